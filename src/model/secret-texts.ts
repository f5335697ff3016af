import { Choice, PartialString, isArrayValue, isObjectValue, type Value } from './value.ts';

/** What is shown in the place of a text that is marked as secret. */
export const withheldMark = '(secret)';

/** Shorter texts stand in others by accident, so that they are withheld only as a word of their own. */
const telling = 6;

/**
 * The texts of one reading that are secret: values of `NoEcho` parameters, and what functions make of
 * them. They are marked where they are read, and withheld wherever a text is shown.
 */
export class SecretTexts {
  readonly #texts = new Set<string>();
  /** By their first characters, so that a text is gone through once, however many are marked. */
  readonly #byStart = new Map<string, string[]>();
  /** First code units of all: hardly any place of a text passes this glance. */
  readonly #firstUnits = new Uint8Array(0x1_0000);

  get isEmpty(): boolean {
    return this.#texts.size === 0;
  }

  /** Marks every text and number of a value; blank texts are no secret. */
  add(value: Value | undefined): void {
    if (value instanceof Choice) {
      this.add(value.whenTrue);
      this.add(value.whenFalse);
    } else if (value instanceof PartialString) {
      for (const part of value.parts) if (typeof part === 'string' && part.length >= telling) this.add(part);
    } else if (isArrayValue(value)) for (const item of value) this.add(item);
    else if (isObjectValue(value)) for (const item of Object.values(value)) this.add(item);
    else if (typeof value === 'string' || typeof value === 'number') {
      const text = String(value);
      for (const form of [text, text.trim(), JSON.stringify(text.trim()).slice(1, -1)]) this.#addForm(form);
    }
  }

  #addForm(text: string): void {
    if (text.trim() === '' || this.#texts.has(text)) return;
    this.#texts.add(text);
    this.#firstUnits[text.charCodeAt(0)] = 1;
    const start = text.slice(0, text.length < telling ? 1 : telling);
    const others = this.#byStart.get(start);
    if (others === undefined) this.#byStart.set(start, [text]);
    else {
      others.push(text);
      others.sort((a, b) => b.length - a.length);
    }
  }

  /** True where a text is, or holds, one that is marked. */
  isIn(text: string): boolean {
    return this.#texts.size > 0 && (this.#texts.has(text.trim()) || this.withhold(text) !== text);
  }

  /** Marks what a function makes of a text that holds a marked one: its encoding, or the pieces that it is cut into. */
  derive(from: string, made: Value): void {
    if (!this.isIn(from)) return;
    if (!isArrayValue(made)) {
      this.add(made);
      return;
    }
    const secrets = [...this.#texts];
    for (const piece of made)
      if (typeof piece === 'string' && piece !== '' && secrets.some((secret) => secret.includes(piece)))
        this.add(piece);
  }

  /** A text without what is marked; `(secret)` stands in its place. */
  withhold(text: string): string {
    if (this.#texts.size === 0) return text;
    let shown = '';
    let from = 0;
    for (let at = 0; at < text.length;) {
      const length = this.#firstUnits[text.charCodeAt(at)] === 1 ? this.#markedAt(text, at) : 0;
      if (length === 0) {
        at += 1;
        continue;
      }
      shown += text.slice(from, at) + withheldMark;
      at += length;
      from = at;
    }
    return from === 0 ? text : shown + text.slice(from);
  }

  /** Length of the longest marked text at a place; 0 for none. */
  #markedAt(text: string, at: number): number {
    const long = this.#byStart.get(text.slice(at, at + telling));
    const found = long?.find((secret) => text.startsWith(secret, at));
    if (found !== undefined) return found.length;
    const short = this.#byStart.get(text.charAt(at));
    const word = short?.find(
      (secret) => text.startsWith(secret, at) && !isWord(text, at - 1) && !isWord(text, at + secret.length),
    );
    return word?.length ?? 0;
  }
}

function isWord(text: string, at: number): boolean {
  return /[\p{L}\p{N}_]/u.test(text.charAt(at));
}
