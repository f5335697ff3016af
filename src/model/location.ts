import type { Path } from './value.ts';

/**
 * Where something stands, before lines and columns are known. Positions are looked up only
 * for what a report shows: see `PositionLookup`.
 */
export type SymbolicLocation =
  | { readonly file: string; readonly pointer: string; readonly target?: 'key' | 'value' }
  | { readonly arn: string; readonly path: Path };

/** A place in a file. Lines and columns are 1-based; `endColumn` is one past the last character (UTF-16 units). */
export interface Location {
  /** Relative to the scan's working directory, with forward slashes. */
  readonly file: string;
  /** JSON pointer (RFC 6901) inside the file. */
  readonly pointer: string;
  readonly startLine: number;
  readonly startColumn: number;
  readonly endLine: number;
  readonly endColumn: number;
}

/** Turns a symbolic location into a position; `undefined` when it has none (a live resource). */
export type PositionLookup = (location: SymbolicLocation) => Location | undefined;

/** RFC 6901 pointer of a path. */
export function toPointer(path: Path): string {
  let pointer = '';
  for (const segment of path) {
    pointer += `/${String(segment).replaceAll('~', '~0').replaceAll('/', '~1')}`;
  }
  return pointer;
}

/** The segments of an RFC 6901 pointer, unescaped; array indices stay strings. */
export function fromPointer(pointer: string): string[] {
  if (pointer === '') return [];
  return pointer
    .slice(1)
    .split('/')
    .map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'));
}
