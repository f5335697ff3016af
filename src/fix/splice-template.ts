import { isDeepStrictEqual } from 'node:util';
import { groupBy } from '../model/group-by.ts';
import type { Path } from '../model/value.ts';
import { parseTemplateText } from '../text/parse-template.ts';
import { jsonTree, yamlTree, type TreeNode } from './template-tree.ts';
import { changeTree, type TreeChange } from './tree-change.ts';
import {
  writeBlockMembers,
  writeBlockValue,
  writeFlow,
  writeItem,
  writeJsonLines,
  writeScalar,
  type WritingStyle,
} from './write-value.ts';

/** A range of a text and what to write in its place: 0-based UTF-16 offsets, end exclusive. */
export interface Splice {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** How changes are written into a text, or why they are not. */
export type SplicePlan = { readonly splices: readonly Splice[] } | { readonly refused: string };

/** Why a place is not edited; thrown inside, told outside. */
class Refusal extends Error {}

/** What of a text is read once for all of its changes. */
export interface EditableText {
  readonly text: string;
  readonly root: unknown;
  readonly format: 'json' | 'yaml';
  readonly tree: TreeNode;
}

/**
 * Reads a template's text for edits.
 * @param file its name: what counts as YAML although it starts with a brace goes by it.
 * @returns a reason where the text cannot be edited with certainty.
 */
export function editableText(text: string, file: string): EditableText | { readonly refused: string } {
  const { root, format, diagnostics } = parseTemplateText(text, file);
  if (root === undefined) return { refused: 'the file is not well-formed' };
  if (diagnostics.some(({ code }) => code === 'several-documents'))
    return { refused: 'the file holds several YAML documents' };
  const tree = format === 'json' ? jsonTree(text) : yamlTree(text);
  if (typeof tree === 'string') return { refused: tree };
  return { text, root, format: format === 'json' ? 'json' : 'yaml', tree };
}

/**
 * Writes changes into a text such that everything else stays as it is. What comes out is read again: it differs from
 * the original by exactly the changes.
 */
export function spliceTemplate(
  source: EditableText,
  changes: readonly TreeChange[],
  file: string,
): SplicePlan {
  try {
    const splicer = new Splicer(source);
    const fitted = changes.map((change) => splicer.add(change));
    const splices = splicer.finish();
    const after = parseTemplateText(applySplices(source.text, splices), file);
    if (!isDeepStrictEqual(plain(after.value), plain(changeTree(source.root, fitted))))
      return { refused: 'the edited text would not read as it should' };
    return { splices };
  } catch (error) {
    if (error instanceof Refusal) return { refused: error.message };
    throw error;
  }
}

/** Mappings of the parser may lack a prototype. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

/** The text with splices made; they are in order and do not overlap. */
export function applySplices(text: string, splices: readonly Splice[]): string {
  const pieces: string[] = [];
  let from = 0;
  for (const { start, end, text: replacement } of splices) {
    pieces.push(text.slice(from, start), replacement);
    from = end;
  }
  return pieces.join('') + text.slice(from);
}

class Splicer {
  readonly #text: string;
  readonly #tree: TreeNode;
  readonly #format: 'json' | 'yaml';
  readonly #replaced = new Map<TreeNode, { readonly value: unknown; readonly indent: string }>();
  /** Members that are added to mappings. */
  readonly #members = new Map<TreeNode, Record<string, unknown>>();
  readonly #items = new Map<TreeNode, unknown[]>();
  /** Column text of the key over a node. */
  readonly #keyIndents = new Map<TreeNode, string>();
  readonly #isShort: boolean;
  readonly #hasLines: boolean;

  constructor({ text, tree, format }: EditableText) {
    this.#text = text;
    this.#tree = tree;
    this.#format = format;
    this.#hasLines = /[\n\r]/.test(text.trim());
    this.#isShort = format === 'yaml' && (/![A-Z]/.test(text) || !/\bFn::|\bRef['"]?:/.test(text));
  }

  /** Takes one change; returns it as it will read. */
  add(change: TreeChange): TreeChange {
    const { path } = change;
    let node = this.#tree;
    for (const [at, segment] of path.entries()) {
      this.#demandOwn(node, path, at);
      if (node.kind === 'map') {
        const key = String(segment);
        if (key.startsWith('Fn::')) throw new Refusal(`${nameOf(path, at)} hangs on \`${key}\``);
        const entry = node.entries.get(key);
        if (entry === undefined) {
          const rest = path.slice(at + 1);
          this.#addMember(
            node,
            key,
            nest(rest, change.kind === 'append' ? [change.value] : change.value),
            path,
            at,
          );
          return change;
        }
        if (!entry.node.isFlow || entry.node.isAbsent)
          this.#keyIndents.set(entry.node, this.#columnText(entry.keyStart));
        node = entry.node;
      } else if (node.kind === 'list') {
        const item = node.items[Number(segment)];
        if (item === undefined) throw new Refusal(`${nameOf(path, at)} has no member ${String(segment)}`);
        node = item;
      } else if (node.value === null && node.kind === 'scalar') {
        const rest = path.slice(at);
        this.#replace(node, nest(rest, change.kind === 'append' ? [change.value] : change.value), path, at);
        return change;
      } else {
        throw new Refusal(`${nameOf(path, at)} is a text and not a mapping`);
      }
    }
    return this.#addAtNode(node, change);
  }

  #addAtNode(node: TreeNode, change: TreeChange): TreeChange {
    const { path } = change;
    this.#demandOwn(node, path, path.length);
    if (change.kind === 'append') {
      if (node.kind === 'scalar' && node.value === null)
        this.#replace(node, [change.value], path, path.length);
      else if (node.kind === 'list') this.#items.set(node, [...(this.#items.get(node) ?? []), change.value]);
      else throw new Refusal(`${nameOf(path, path.length)} is not a list`);
      return change;
    }
    const { value } = change;
    if (node.kind === 'map' && isMapping(value)) {
      for (const [key, member] of Object.entries(value))
        this.add({ kind: 'set', path: [...path, key], value: member });
      return change;
    }
    if (node.kind !== 'scalar' && !node.isFlow)
      throw new Refusal(`${nameOf(path, path.length)} holds more than one value`);
    const fitted =
      node.quote !== undefined && !isContainer(value) && typeof value !== 'string' ? String(value) : value;
    this.#replace(node, fitted, path, path.length);
    return { ...change, value: fitted };
  }

  /** Whatever several places share, or a function decides, is not edited. */
  #demandOwn(node: TreeNode, path: Path, at: number): void {
    const name = nameOf(path, at);
    if (node.kind === 'alias') throw new Refusal(`${name} is an alias of another place`);
    if (node.isShared) throw new Refusal(`${name} is an anchor that other places share`);
    if (node.tag !== undefined) throw new Refusal(`${name} is set by \`${node.tag}\``);
    if (node.kind !== 'map') return;
    if (node.entries.has('<<')) throw new Refusal(`${name} takes members from another place (\`<<\`)`);
    for (const key of node.entries.keys())
      if (key.startsWith('Fn::') || (key === 'Ref' && node.entries.size === 1))
        throw new Refusal(`${name} is set by \`${key}\``);
  }

  #addMember(node: TreeNode, key: string, value: unknown, path: Path, at: number): void {
    const members = this.#members.get(node) ?? {};
    const before = Object.hasOwn(members, key) ? members[key] : undefined;
    members[key] = before === undefined ? value : joined(before, value, nameOf(path, at + 1));
    this.#members.set(node, members);
  }

  #replace(node: TreeNode, value: unknown, path: Path, at: number): void {
    const before = this.#replaced.get(node);
    const joint = before === undefined ? value : joined(before.value, value, nameOf(path, at));
    this.#replaced.set(node, { value: joint, indent: this.#keyIndents.get(node) ?? '' });
  }

  finish(): Splice[] {
    const splices = [
      ...[...this.#replaced].map(([node, { value, indent }]) => this.#replacement(node, value, indent)),
      ...[...this.#members].map(([node, members]) => this.#insertMembers(node, members)),
      ...[...this.#items].map(([node, items]) => this.#insertItems(node, items)),
    ];
    return joinAtOnePlace(splices.sort((a, b) => a.start - b.start || a.end - b.end));
  }

  #style(at: number): WritingStyle {
    const isCompact = this.#format === 'json' && !this.#hasLines && !this.#text.includes('": ');
    return {
      format: this.#format,
      newline: this.#newlineAt(at),
      unit: this.#unit(),
      isShort: this.#isShort,
      isCompact,
    };
  }

  #replacement(node: TreeNode, value: unknown, keyIndent: string): Splice {
    const { start, end } = node;
    const style = this.#style(start);
    if (!node.isAbsent) {
      const text = isContainer(value)
        ? this.#insideFlow(value, start, style)
        : writeScalar(value, style, node.quote);
      return { start, end, text };
    }
    if (node.isFlow) return { start, end, text: ` ${writeFlow(value, style)}` };
    // What is written below a key stands below a comment behind it too.
    const isBelow = isContainer(value) && !/^ /.test(writeBlockValue(value, keyIndent, style));
    const at = isBelow ? this.#lineEnd(start) : start;
    return { start: at, end: at, text: writeBlockValue(value, keyIndent, style) };
  }

  #insideFlow(value: unknown, at: number, style: WritingStyle): string {
    return style.format === 'json' && this.#hasLines
      ? writeJsonLines(value, this.#leading(at), style)
      : writeFlow(value, style);
  }

  #insertMembers(node: TreeNode, members: Record<string, unknown>): Splice {
    const style = this.#style(node.start);
    const entries = [...node.entries.values()];
    const last = entries.at(-1);
    if (!node.isFlow) {
      const first = entries[0];
      if (first === undefined) throw new Refusal('a mapping without members cannot be added to');
      const indent = this.#columnText(first.keyStart);
      const at = this.#lineEnd(node.end);
      return {
        start: at,
        end: at,
        text: `${style.newline}${indent}${writeBlockMembers(members, indent, style)}`,
      };
    }
    const isLines =
      last === undefined
        ? this.#format === 'json' && this.#hasLines
        : this.#isOnOtherLine(node.start, last.keyStart);
    const outer = this.#leading(node.start);
    const indent = last === undefined ? `${outer}${style.unit}` : isLines ? this.#leading(last.keyStart) : '';
    const colon = style.isCompact ? ':' : ': ';
    const written = Object.entries(members).map(([key, value]) => {
      const text =
        isLines && style.format === 'json' ? writeJsonLines(value, indent, style) : writeFlow(value, style);
      return `${style.format === 'json' ? JSON.stringify(key) : writeScalar(key, style)}${colon}${text}`;
    });
    return this.#insertFlow(node, last?.node.end, written, isLines, indent, style);
  }

  #insertItems(node: TreeNode, items: readonly unknown[]): Splice {
    const style = this.#style(node.start);
    const last = node.items.at(-1);
    if (!node.isFlow) {
      // It starts with its first dash.
      const indent = this.#columnText(node.start);
      const at = this.#lineEnd(node.end);
      const text = items
        .map((item) => `${style.newline}${indent}- ${writeItem(item, indent, style)}`)
        .join('');
      return { start: at, end: at, text };
    }
    const isLines =
      last === undefined
        ? this.#format === 'json' && this.#hasLines
        : this.#isOnOtherLine(node.start, last.start);
    const outer = this.#leading(node.start);
    const indent = last === undefined ? `${outer}${style.unit}` : isLines ? this.#leading(last.start) : '';
    const written = items.map((item) =>
      isLines && style.format === 'json' ? writeJsonLines(item, indent, style) : writeFlow(item, style),
    );
    return this.#insertFlow(node, last?.end, written, isLines, indent, style);
  }

  /** More members inside of brackets: behind the last one, or as the only ones. */
  #insertFlow(
    node: TreeNode,
    lastEnd: number | undefined,
    written: readonly string[],
    isLines: boolean,
    indent: string,
    style: WritingStyle,
  ): Splice {
    const separator = isLines ? `,${style.newline}${indent}` : style.isCompact ? ',' : ', ';
    if (lastEnd !== undefined)
      return { start: lastEnd, end: lastEnd, text: written.map((text) => `${separator}${text}`).join('') };
    const inside = written.join(separator);
    if (/\S/.test(this.#text.slice(node.start + 1, node.end - 1)))
      throw new Refusal('there is a comment at the place where members would be added');
    const text = isLines
      ? `${style.newline}${indent}${inside}${style.newline}${this.#leading(node.start)}`
      : inside;
    return { start: node.start + 1, end: node.end - 1, text };
  }

  #isOnOtherLine(start: number, end: number): boolean {
    return /[\n\r]/.test(this.#text.slice(start, end));
  }

  #lineStart(offset: number): number {
    const before = this.#text.slice(0, offset);
    return Math.max(before.lastIndexOf('\n'), before.lastIndexOf('\r')) + 1;
  }

  #lineEnd(offset: number): number {
    const found = this.#text.slice(offset).search(/[\n\r]/);
    return found === -1 ? this.#text.length : offset + found;
  }

  /** White space that the line of an offset begins with. */
  #leading(offset: number): string {
    const start = this.#lineStart(offset);
    return /^[ \t]*/.exec(this.#text.slice(start, offset))?.[0] ?? '';
  }

  /** As many spaces as stand or could stand before an offset on its line. */
  #columnText(offset: number): string {
    return ' '.repeat(offset - this.#lineStart(offset));
  }

  #newlineAt(offset: number): string {
    const found = /\r\n|\n|\r/.exec(this.#text.slice(this.#lineEnd(offset)));
    return found?.[0] ?? /\r\n|\n|\r/.exec(this.#text)?.[0] ?? '\n';
  }

  /** One step of indentation: that between the sections of the file and their members. */
  #unit(): string {
    for (const { node } of this.#tree.entries.values()) {
      const [first] = node.entries.values();
      if (
        first === undefined ||
        !this.#isOnOtherLine(
          node.start - (node.isFlow ? 0 : this.#columnText(node.start).length + 1),
          first.keyStart,
        )
      )
        continue;
      const outer = this.#leading([...this.#tree.entries.values()][0]?.keyStart ?? 0);
      const inner = this.#leading(first.keyStart);
      if (inner.startsWith(outer) && inner.length > outer.length) return inner.slice(outer.length);
    }
    return '  ';
  }
}

/** Insertions at one offset become one: lines that end an inner mapping stand before those that end an outer one. */
function joinAtOnePlace(splices: readonly Splice[]): Splice[] {
  const joint: Splice[] = [];
  for (const group of groupBy(splices, ({ start }) => String(start)).values()) {
    const at = group[0]?.start ?? 0;
    const inserted = group.filter(({ end }) => end === at);
    const replaced = group.filter(({ end }) => end !== at);
    if (replaced.length > 1 || (joint.at(-1)?.end ?? 0) > at)
      throw new Refusal('two changes meet at one place');
    if (inserted.length > 0)
      joint.push({
        start: at,
        end: at,
        text: inserted
          .toSorted(deepestFirst)
          .map(({ text }) => text)
          .join(''),
      });
    joint.push(...replaced);
  }
  return joint;
}

function deepestFirst(one: Splice, other: Splice): number {
  return depthOf(other) - depthOf(one);
}

function depthOf({ text }: Splice): number {
  return /^[\n\r]+( *)/.exec(text)?.[1]?.length ?? 0;
}

function nest(path: Path, value: unknown): unknown {
  return path.reduceRight((inner: unknown, segment) => {
    if (typeof segment === 'number') throw new Refusal('a list that is not there has no members to change');
    return { [segment]: inner };
  }, value);
}

/** Two values that are written at one place, where they can be one. */
function joined(one: unknown, other: unknown, name: string): unknown {
  if (isMapping(one) && isMapping(other)) {
    const copy: Record<string, unknown> = { ...one };
    for (const [key, value] of Object.entries(other))
      copy[key] = Object.hasOwn(copy, key) ? joined(copy[key], value, name) : value;
    return copy;
  }
  if (Array.isArray(one) && Array.isArray(other)) return [...(one as unknown[]), ...(other as unknown[])];
  if (isDeepStrictEqual(one, other)) return one;
  throw new Refusal(`two changes of ${name} differ`);
}

function isContainer(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return isContainer(value) && !Array.isArray(value);
}

/** "`Properties.Tags`", as far as a path was followed, for people. */
function nameOf(path: Path, length: number): string {
  const shown = path.slice(
    path[0] === 'Resources' && length > 2 ? (path[2] === 'Properties' && length > 3 ? 3 : 2) : 0,
    length,
  );
  return shown.length === 0 ? 'the template' : `\`${shown.join('.')}\``;
}
