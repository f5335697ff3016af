import { isAlias, isMap, isScalar, isSeq, parseDocument, visit, type Node, type Pair } from 'yaml';
import { spanJson } from '../text/json-text.ts';
import type { Span } from '../text/span.ts';

/** A member of a mapping, with the range of its key. */
export interface TreeEntry {
  readonly keyStart: number;
  readonly keyEnd: number;
  readonly node: TreeNode;
}

/** A node of a template's text as an edit needs it: 0-based character offsets, ends exclusive. */
export interface TreeNode {
  readonly kind: 'map' | 'list' | 'scalar' | 'alias';
  readonly start: number;
  /** Where its content ends, without what follows it on the line and without blank lines after it. */
  readonly end: number;
  /** True inside brackets, false for YAML's indented form. */
  readonly isFlow: boolean;
  /** Tag as written, such as `!Ref`. */
  readonly tag?: string;
  /** True where an alias elsewhere stands for the same node. */
  readonly isShared: boolean;
  /** True for a scalar of which nothing is written: `Properties:`. */
  readonly isAbsent: boolean;
  readonly quote?: '"' | "'";
  readonly value?: unknown;
  readonly entries: ReadonlyMap<string, TreeEntry>;
  readonly items: readonly TreeNode[];
}

const noEntries: ReadonlyMap<string, TreeEntry> = new Map();

/** The tree of a JSON text that is well-formed. @throws TemplateSyntaxError. */
export function jsonTree(text: string): TreeNode {
  return fromSpan(spanJson(text), text);
}

function fromSpan(span: Span, text: string): TreeNode {
  const { start, end, children } = span;
  const base = { start, end, isFlow: true, isShared: false, isAbsent: false } as const;
  if (children === undefined) {
    const isText = text.charAt(start) === '"';
    const value = JSON.parse(text.slice(start, end)) as unknown;
    return {
      ...base,
      kind: 'scalar',
      value,
      entries: noEntries,
      items: [],
      ...(isText ? { quote: '"' as const } : {}),
    };
  }
  if (children instanceof Map) {
    const entries = new Map(
      [...(children as ReadonlyMap<string, Span>)].map(([key, child]): [string, TreeEntry] => [
        key,
        { keyStart: child.keyStart, keyEnd: child.keyEnd, node: fromSpan(child, text) },
      ]),
    );
    return { ...base, kind: 'map', entries, items: [] };
  }
  const items = (children as readonly Span[]).map((child) => fromSpan(child, text));
  return { ...base, kind: 'list', entries: noEntries, items };
}

/** The tree of a YAML text; a reason where it cannot be edited with certainty. */
export function yamlTree(text: string): TreeNode | string {
  const document = parseDocument(text, { logLevel: 'silent', uniqueKeys: false, merge: false });
  if (document.errors.length > 0)
    return 'the file is not strictly well-formed YAML, though CloudFormation accepts it';
  const aliased = new Set<string>();
  visit(document, { Alias: (_key, node) => void aliased.add(node.source) });
  if (!isMap(document.contents)) return 'the file does not hold a mapping';
  return new YamlReader(text, aliased).node(document.contents as Node, false);
}

class YamlReader {
  constructor(
    readonly text: string,
    readonly aliased: ReadonlySet<string>,
  ) {}

  node(node: Node, inFlow: boolean): TreeNode {
    const [start, valueEnd] = node.range ?? [0, 0];
    const anchor = 'anchor' in node ? node.anchor : undefined;
    const base = {
      start,
      isFlow: inFlow,
      isShared: anchor !== undefined && this.aliased.has(anchor),
      isAbsent: false,
      entries: noEntries,
      items: [],
      ...(node.tag === undefined || !('tag' in node) ? {} : { tag: node.tag }),
    };
    if (isAlias(node)) return { ...base, kind: 'alias', end: valueEnd };
    if (isMap(node)) {
      const isFlow = node.flow === true;
      const entries = new Map<string, TreeEntry>();
      let end = start;
      for (const pair of node.items) {
        const [key, entry] = this.#entry(pair as Pair<Node, Node | null>, isFlow);
        entries.set(key, entry);
        end = Math.max(end, entry.node.end, entry.keyEnd);
      }
      return { ...base, kind: 'map', isFlow, entries, end: isFlow ? valueEnd : end };
    }
    if (isSeq(node)) {
      const isFlow = node.flow === true;
      const items = (node.items as Node[]).map((item) => this.node(item, isFlow));
      const end = isFlow ? valueEnd : Math.max(start, ...items.map((item) => item.end));
      return { ...base, kind: 'list', isFlow, items, end };
    }
    const isText = isScalar(node);
    const isBlockText = isText && (node.type === 'BLOCK_LITERAL' || node.type === 'BLOCK_FOLDED');
    const quote =
      isText && node.type === 'QUOTE_SINGLE' ? "'" : isText && node.type === 'QUOTE_DOUBLE' ? '"' : undefined;
    return {
      ...base,
      kind: 'scalar',
      value: isText ? node.value : undefined,
      end: isBlockText ? this.#endOfBlockText(start, valueEnd) : valueEnd,
      isAbsent: valueEnd === start,
      ...(quote === undefined ? {} : { quote }),
    };
  }

  #entry(pair: Pair<Node, Node | null>, isFlow: boolean): [string, TreeEntry] {
    const [keyStart, keyEnd] = pair.key.range ?? [0, 0];
    const written = isScalar(pair.key) ? (pair.key.source ?? String(pair.key.value)) : '';
    const colon = this.text.indexOf(':', keyEnd) + 1;
    const value = pair.value;
    const isNothing = value === null || value.range?.[0] === value.range?.[1];
    if (value !== null && !isNothing) return [written, { keyStart, keyEnd, node: this.node(value, isFlow) }];
    // Nothing behind the colon stands right behind it, whatever comments follow.
    const isMarked = value !== null && ('anchor' in value ? value.anchor !== undefined : false);
    const node: TreeNode = {
      kind: 'scalar',
      start: colon,
      end: colon,
      isFlow,
      isShared: isMarked,
      isAbsent: true,
      value: null,
      entries: noEntries,
      items: [],
      ...(value?.tag === undefined ? {} : { tag: value.tag }),
    };
    return [written, { keyStart, keyEnd, node }];
  }

  // Blank lines after a text belong to it where its header says so (`|+`).
  #endOfBlockText(start: number, end: number): number {
    const header = this.text.slice(start, this.text.indexOf('\n', start));
    const text = this.text.slice(start, end);
    return header.includes('+') ? start + text.replace(/\r?\n$/, '').length : start + text.trimEnd().length;
  }
}
