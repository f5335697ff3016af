/** A 1-based place in a text; columns count UTF-16 units. */
export interface TextPosition {
  readonly line: number;
  readonly column: number;
}

/** Decodes a file's bytes: UTF-8, or UTF-16 of either byte order; a byte order mark is dropped. */
export function decodeText(bytes: Uint8Array): string {
  return new TextDecoder(detectEncoding(bytes)).decode(bytes);
}

function detectEncoding(bytes: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  // Every template starts with an ASCII character, so one zero byte tells the order without a mark.
  if (first !== 0 && second === 0) return 'utf-16le';
  if (first === 0 && second !== undefined && second !== 0) return 'utf-16be';
  return 'utf-8';
}

/** A text whose line starts are indexed when the first position is asked for. */
export class SourceText {
  #lineStarts: number[] | undefined;

  constructor(readonly text: string) {}

  /** Position of a character offset; offsets past the end give the end. */
  position(offset: number): TextPosition {
    const starts = (this.#lineStarts ??= indexLines(this.text));
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: Math.min(offset, this.text.length) - (starts[low] ?? 0) + 1 };
  }

  /** Offset at which a 1-based line starts; undefined past the last one. */
  lineStart(line: number): number | undefined {
    this.#lineStarts ??= indexLines(this.text);
    return this.#lineStarts[line - 1];
  }
}

/** Line breaks are LF, CRLF and a lone CR, as YAML has them. */
function indexLines(text: string): number[] {
  const starts = [0];
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === 10 || (code === 13 && text.charCodeAt(index + 1) !== 10)) starts.push(index + 1);
  }
  return starts;
}
