/**
 * Where a node of a parsed file stands: 0-based character offsets, ends exclusive. A node
 * that is no member of a mapping has an empty key range (`keyStart` === `keyEnd`).
 */
export interface Span {
  readonly keyStart: number;
  readonly keyEnd: number;
  readonly start: number;
  readonly end: number;
  readonly children?: ReadonlyMap<string, Span> | readonly Span[];
}

/** A half-open range of character offsets. */
export interface TextRange {
  readonly start: number;
  readonly end: number;
}

/** The child at a mapping key or a list index (as text). */
export function childSpan(span: Span, segment: string): Span | undefined {
  const { children } = span;
  if (children === undefined) return undefined;
  return children instanceof Map
    ? (children as ReadonlyMap<string, Span>).get(segment)
    : (children as readonly Span[])[Number(segment)];
}

/** The range to show for a node: its key where that is asked for and there is one, else its value. */
export function rangeOf(span: Span, target: 'key' | 'value'): TextRange {
  if (target === 'key' && span.keyEnd > span.keyStart) return { start: span.keyStart, end: span.keyEnd };
  return { start: span.start, end: span.end };
}
