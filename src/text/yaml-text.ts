import { scalarText } from '../model/scalar-text.ts';
import {
  EVENT_ID,
  getScalarValue,
  parseEvents,
  SCALAR_STYLE,
  YAMLException,
  type AliasEvent,
  type MappingEvent,
  type ScalarEvent,
  type SequenceEvent,
} from 'js-yaml';
import { joinFlowLines } from './flow-lines.ts';
import { setMember } from './raw.ts';
import type { Span } from './span.ts';
import { depthLimit, TemplateSyntaxError, type DuplicateKey } from './syntax-error.ts';

/** A YAML document as long-form plain data, and where each node stands. */
export interface YamlTree {
  readonly value: unknown;
  readonly span: Span;
  readonly duplicates: readonly DuplicateKey[];
  readonly unknownTags: readonly { readonly tag: string; readonly offset: number }[];
  /** How many documents the text holds; only the first is read. */
  readonly documents: number;
}

/** How many nodes aliases may add to a document. Expanded ones are shared, but every walk meets them. */
const aliasNodeLimit = 200_000;

/** How many characters are read over to put a file's indentation right: each repair starts again. */
const repairLimit = 10_000_000;

/** Short tags of CloudFormation (user guide, "Intrinsic function reference", read 2026-11). */
const shortFunctions: ReadonlySet<string> = new Set([
  'And',
  'Base64',
  'Cidr',
  'Equals',
  'FindInMap',
  'GetAtt',
  'GetAZs',
  'If',
  'ImportValue',
  'Join',
  'Length',
  'Not',
  'Or',
  'Select',
  'Split',
  'Sub',
  'ToJsonString',
  'Transform',
]);

/** A finished node on its way into its parent. `size` and `height` count what aliases bring with them. */
interface Node {
  readonly value: unknown;
  readonly span: Span;
  readonly size: number;
  readonly height: number;
  /** True for a plain `<<`. */
  readonly mergeKey?: boolean;
  /** What a plain `yes`, `no`, `on` or `off` is in YAML 1.1, which CloudFormation reads. */
  readonly flag?: boolean;
}

interface Frame {
  readonly kind: 'document' | 'list' | 'mapping';
  readonly start: number;
  readonly tag: string | undefined;
  readonly anchor: string | undefined;
  readonly flow: boolean;
  readonly items: unknown[];
  readonly members: Record<string, unknown>;
  readonly spans: Span[];
  readonly memberSpans: Map<string, Span>;
  /** Keys that came by a merge and give way to written ones. */
  merged: Set<string> | undefined;
  key: Node | undefined;
  end: number;
  size: number;
  height: number;
}

/**
 * Reads YAML 1.2 (core schema, merge keys, short intrinsic tags). Throws TemplateSyntaxError
 * for a text that is not well-formed, nested too deep, or grows too much by aliases.
 */
export function parseYaml(text: string): YamlTree {
  return new TreeBuilder(text).build();
}

class TreeBuilder {
  readonly #duplicates: DuplicateKey[] = [];
  readonly #unknownTags: { tag: string; offset: number }[] = [];
  readonly #anchors = new Map<string, Node | undefined>();
  readonly #frames: Frame[] = [];
  #aliasNodes = 0;
  #documents = 0;
  #root: Node = { value: null, span: { keyStart: 0, keyEnd: 0, start: 0, end: 0 }, size: 1, height: 0 };

  constructor(readonly text: string) {}

  build(): YamlTree {
    for (const event of readEvents(this.text)) {
      if (event.type === EVENT_ID.DOCUMENT) {
        this.#documents++;
        this.#frames.push(newFrame('document', 0, undefined, undefined, false));
      } else if (this.#documents > 1) {
        continue;
      } else if (event.type === EVENT_ID.SCALAR) {
        this.#scalar(event as ScalarEvent);
      } else if (event.type === EVENT_ID.ALIAS) {
        this.#alias(event as AliasEvent);
      } else if (event.type === EVENT_ID.POP) {
        this.#close();
      } else {
        this.#open(event as SequenceEvent | MappingEvent);
      }
    }
    return {
      value: this.#root.value,
      span: this.#root.span,
      duplicates: this.#duplicates,
      unknownTags: this.#unknownTags,
      documents: this.#documents,
    };
  }

  #open(event: SequenceEvent | MappingEvent): void {
    const tag = event.tagStart === -1 ? undefined : this.text.slice(event.tagStart, event.tagEnd);
    const anchor = this.#anchorName(event);
    const start = event.tagStart === -1 ? event.start : event.tagStart;
    const kind = event.type === EVENT_ID.SEQUENCE ? 'list' : 'mapping';
    this.#frames.push(newFrame(kind, start, tag, anchor, event.style === 2));
    // An alias to a node that is still open would be a circle.
    if (anchor !== undefined) this.#anchors.set(anchor, undefined);
  }

  #close(): void {
    const frame = this.#frames.pop();
    if (frame === undefined || frame.kind === 'document') return;
    const span: Span = {
      keyStart: frame.start,
      keyEnd: frame.start,
      start: frame.start,
      end: this.#endOf(frame),
      children: frame.kind === 'list' ? frame.spans : frame.memberSpans,
    };
    const value = frame.kind === 'list' ? frame.items : frame.members;
    const node = { value, span, size: frame.size + 1, height: frame.height + 1 };
    this.#finish(node, frame.tag, frame.anchor);
  }

  #endOf(frame: Frame): number {
    if (!frame.flow) return Math.max(frame.end, frame.start);
    const closing = this.text.indexOf(frame.kind === 'list' ? ']' : '}', Math.max(frame.end, frame.start));
    return closing === -1 ? frame.end : closing + 1;
  }

  #scalar(event: ScalarEvent): void {
    const tag = event.tagStart === -1 ? undefined : this.text.slice(event.tagStart, event.tagEnd);
    // A text that was put on one line to be read is still decoded as it is written.
    const isFast = event.fast && !this.text.slice(event.valueStart, event.valueEnd).includes('\n');
    const text = getScalarValue(this.text, isFast ? event : { ...event, fast: false });
    const plain = event.style === SCALAR_STYLE.PLAIN;
    const value = plain && tag === undefined ? plainValue(text) : text;
    const mergeKey = plain && text === '<<';
    const flag = plain && tag === undefined ? flags.get(text) : undefined;
    const scalar = { value, span: this.#scalarSpan(event), size: 1, height: 0, mergeKey };
    const node: Node = flag === undefined ? scalar : { ...scalar, flag };
    this.#finish(node, tag, this.#anchorName(event));
  }

  #scalarSpan(event: ScalarEvent): Span {
    if (event.valueStart === -1) {
      const at = event.tagStart === -1 ? (this.#frames.at(-1)?.key?.span.end ?? 0) : event.tagStart;
      const end = Math.max(at, event.tagEnd);
      return { keyStart: at, keyEnd: at, start: at, end };
    }
    // The events of js-yaml 5 point inside the quotes.
    const quoted =
      event.style === SCALAR_STYLE.SINGLE_QUOTED || event.style === SCALAR_STYLE.DOUBLE_QUOTED ? 1 : 0;
    const start = event.tagStart === -1 ? event.valueStart - quoted : event.tagStart;
    return { keyStart: start, keyEnd: start, start, end: event.valueEnd + quoted };
  }

  #alias(event: AliasEvent): void {
    const name = this.text.slice(event.anchorStart, event.anchorEnd);
    const start = event.anchorStart - 1;
    const target = this.#anchors.get(name);
    if (target === undefined) {
      const why = this.#anchors.has(name) ? 'is inside its own anchor' : 'has no anchor before it';
      throw new TemplateSyntaxError('syntax', `alias \`*${name}\` ${why}`, start);
    }
    this.#aliasNodes += target.size;
    if (this.#aliasNodes > aliasNodeLimit) {
      throw new TemplateSyntaxError('alias-limit', `aliases add more than ${aliasNodeLimit} values`, start);
    }
    if (this.#frames.length + target.height > depthLimit) {
      throw new TemplateSyntaxError('too-deep', `nested more than ${depthLimit} levels deep`, start);
    }
    const span = { ...target.span, keyStart: start, keyEnd: start, start, end: event.anchorEnd };
    this.#add({ ...target, span });
  }

  #anchorName(event: { anchorStart: number; anchorEnd: number }): string | undefined {
    return event.anchorStart === -1 ? undefined : this.text.slice(event.anchorStart, event.anchorEnd);
  }

  #finish(node: Node, tag: string | undefined, anchor: string | undefined): void {
    const done = tag === undefined ? node : this.#applyTag(node, tag);
    if (anchor !== undefined) this.#anchors.set(anchor, done);
    this.#add(done);
  }

  #applyTag(node: Node, tag: string): Node {
    if (tag.startsWith('!!') || tag === '!')
      return tag === '!!str' || tag === '!' ? node : coreTagged(node, tag);
    const name = tag.slice(1);
    if (name !== 'Ref' && name !== 'Condition' && !shortFunctions.has(name)) {
      this.#unknownTags.push({ tag, offset: node.span.start });
    }
    const key = name === 'Ref' || name === 'Condition' ? name : `Fn::${name}`;
    const argument =
      name === 'GetAtt' && typeof node.value === 'string' ? splitAttribute(node.value) : node.value;
    const value: Record<string, unknown> = {};
    setMember(value, key, argument);
    const span: Span = { ...node.span, children: new Map([[key, node.span]]) };
    return { value, span, size: node.size + 1, height: node.height + 1 };
  }

  #add(node: Node): void {
    const frame = this.#frames.at(-1);
    if (frame === undefined) return;
    if (frame.kind === 'document') {
      this.#root = node;
      return;
    }
    frame.end = Math.max(frame.end, node.span.end);
    frame.size += node.size;
    if (node.height > frame.height) frame.height = node.height;
    if (frame.kind === 'list') {
      frame.items.push(node.value);
      frame.spans.push(node.span);
    } else if (frame.key === undefined) {
      frame.key = node;
    } else {
      this.#addMember(frame, frame.key, node);
      frame.key = undefined;
    }
  }

  #addMember(frame: Frame, key: Node, node: Node): void {
    if (key.mergeKey === true) {
      this.#merge(frame, key, node);
      return;
    }
    const name = this.#keyText(key);
    if (frame.memberSpans.has(name) && frame.merged?.has(name) !== true) {
      this.#duplicates.push({ key: name, offset: key.span.start });
    }
    frame.merged?.delete(name);
    const value = node.flag === undefined || namedBy.has(name) ? node.value : node.flag;
    setMember(frame.members, name, value);
    frame.memberSpans.set(name, { ...node.span, keyStart: key.span.start, keyEnd: key.span.end });
  }

  #keyText(key: Node): string {
    if (typeof key.value === 'object' && key.value !== null) {
      throw new TemplateSyntaxError('syntax', 'a mapping key must be a plain value', key.span.start);
    }
    return key.span.end > key.span.start && typeof key.value !== 'string'
      ? this.text.slice(key.span.start, key.span.end)
      : scalarText(key.value);
  }

  /** `<<: *base` or `<<: [*a, *b]`: written keys win over merged ones, earlier merges over later ones. */
  #merge(frame: Frame, key: Node, node: Node): void {
    const isList = Array.isArray(node.value);
    const sources: readonly unknown[] = isList ? (node.value as unknown[]) : [node.value];
    sources.forEach((source, index) => {
      if (typeof source !== 'object' || source === null || Array.isArray(source)) {
        throw new TemplateSyntaxError('syntax', '`<<` takes a mapping or a list of mappings', key.span.start);
      }
      const span = isList ? (node.span.children as readonly Span[])[index] : node.span;
      for (const [name, value] of Object.entries(source)) {
        if (frame.memberSpans.has(name)) continue;
        setMember(frame.members, name, value);
        const from = (span?.children as ReadonlyMap<string, Span> | undefined)?.get(name);
        frame.memberSpans.set(name, from ?? key.span);
        (frame.merged ??= new Set()).add(name);
      }
    });
  }
}

function newFrame(
  kind: Frame['kind'],
  start: number,
  tag: string | undefined,
  anchor: string | undefined,
  flow: boolean,
): Frame {
  return {
    kind,
    start,
    tag,
    anchor,
    flow,
    items: [],
    members: {},
    spans: [],
    memberSpans: new Map(),
    merged: undefined,
    key: undefined,
    end: start,
    size: 0,
    height: 0,
  };
}

function readEvents(text: string): ReturnType<typeof parseEvents> {
  let prepared = text;
  const budget = { left: repairLimit };
  for (;;) {
    try {
      return parseEvents(prepared, { maxDepth: depthLimit });
    } catch (error) {
      if (!(error instanceof YAMLException)) throw error;
      const position = error.mark?.position ?? 0;
      budget.left -= position;
      const isIndentation = error.reason === 'deficient indentation' && budget.left > 0;
      const joined = isIndentation ? joinFlowLines(prepared, position, budget) : undefined;
      if (joined === undefined || joined === prepared) throw syntaxError(error, position);
      prepared = joined;
    }
  }
}

function syntaxError(error: YAMLException, position: number): TemplateSyntaxError {
  const code = error.reason.includes('maxDepth') ? 'too-deep' : 'syntax';
  return new TemplateSyntaxError(code, error.reason, position);
}

const flags: ReadonlyMap<string, boolean> = new Map([
  ...['yes', 'Yes', 'YES', 'on', 'On', 'ON'].map((text): [string, boolean] => [text, true]),
  ...['no', 'No', 'NO', 'off', 'Off', 'OFF'].map((text): [string, boolean] => [text, false]),
]);

/** Keys whose value is a name, which a template's author spells as the key that it refers to. */
const namedBy: ReadonlySet<string> = new Set(['Ref', 'Condition', 'DependsOn', 'Default', 'Fn::GetAtt']);

const integerPattern = /^[-+]?(?:0|[1-9][0-9]*)$/;
const floatPattern = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;

/**
 * A plain scalar by the core schema of YAML 1.2. Two forms stay text because they are never
 * meant as numbers in a template: a leading zero (account ids) and integers beyond 2^53.
 */
function plainValue(text: string): unknown {
  const code = text.charCodeAt(0);
  // Digits, sign, dot, tilde, or the first letter of true, false and null: all else is text.
  if (!(code < 58 || code === 126) && !'tTfFnN'.includes(text.charAt(0))) return text;
  switch (text) {
    case '':
    case '~':
    case 'null':
    case 'Null':
    case 'NULL':
      return null;
    case 'true':
    case 'True':
    case 'TRUE':
      return true;
    case 'false':
    case 'False':
    case 'FALSE':
      return false;
  }
  if (integerPattern.test(text)) return Number.isSafeInteger(Number(text)) ? Number(text) : text;
  if (/^[-+]?0[0-9]/.test(text) || !floatPattern.test(text)) return text;
  return Number(text);
}

function coreTagged(node: Node, tag: string): Node {
  if (typeof node.value !== 'string' || !['!!int', '!!float', '!!bool', '!!null'].includes(tag)) return node;
  return { ...node, value: plainValue(node.value) };
}

/** `Resource.Attribute`, where the attribute may have dots of its own. */
function splitAttribute(text: string): string[] {
  const dot = text.indexOf('.');
  return dot === -1 ? [text] : [text.slice(0, dot), text.slice(dot + 1)];
}
