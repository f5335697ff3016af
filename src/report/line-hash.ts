const blockSize = 100;
const endOfFile = 65_535;
const word = 2 ** 32;
const tab = 9;
const lineFeed = 10;
const carriageReturn = 13;
const space = 32;

/** 37 to the power of 100, modulo 2 to the power of 64, as two 32-bit halves. */
const leading = BigInt.asUintN(64, 37n ** BigInt(blockSize));
const leadingHigh = Number(leading >> 32n);
const leadingLow = Number(leading & 0xffff_ffffn);

/**
 * GitHub's `primaryLocationLineHash` of every line: a 64-bit rolling hash to base 37 over the first
 * 100 characters from the start of the line on, spaces and tabs left out, line ends read as one line
 * feed, the end padded; in hexadecimal with the number of its occurrence. `[0]` is line 1.
 * Source: github/codeql-action src/fingerprints.ts, read 2026-11-23. Time is linear in the text.
 */
export function lineHashes(text: string): readonly string[] {
  const hashes: string[] = [];
  const seen = new Map<string, number>();
  const roll = new RollingHash((value) => {
    const occurrence = (seen.get(value) ?? 0) + 1;
    seen.set(value, occurrence);
    hashes.push(`${value}:${occurrence}`);
  });
  let previous = 0;
  let lineStart = true;
  for (let index = 0; index <= text.length; index += 1) {
    const read = index === text.length ? endOfFile : text.charCodeAt(index);
    const ignored = read === space || read === tab || (previous === carriageReturn && read === lineFeed);
    previous = ignored ? 0 : read;
    if (ignored) continue;
    const character = read === carriageReturn ? lineFeed : read;
    roll.push(character, lineStart);
    lineStart = character === lineFeed;
  }
  for (let index = 0; index < blockSize; index += 1) roll.push(0, false);
  return hashes;
}

/** The window of the last 100 characters, and the hash of them. */
class RollingHash {
  private readonly window = new Uint16Array(blockSize);
  private readonly starts = new Uint8Array(blockSize);
  private index = 0;
  private high = 0;
  private low = 0;

  /** `complete` gets the hash of a line once its 100 characters are read. */
  constructor(private readonly complete: (hash: string) => void) {}

  push(character: number, startsLine: boolean): void {
    if (this.starts[this.index] === 1) this.complete(this.toString());
    this.starts[this.index] = startsLine ? 1 : 0;
    const leaving = this.window[this.index] ?? 0;
    this.window[this.index] = character;
    this.index = (this.index + 1) % blockSize;
    // Every product stays under 2^53, so plain numbers are exact and much faster than BigInt.
    const low = this.low * 37 + character - leadingLow * leaving;
    const carry = Math.floor(low / word);
    this.low = low - carry * word;
    const high = this.high * 37 + carry - leadingHigh * leaving;
    this.high = high - Math.floor(high / word) * word;
  }

  toString(): string {
    return ((BigInt(this.high) << 32n) | BigInt(this.low)).toString(16);
  }
}
