/** What stands for a value that is not known before the plan is applied. */
export const unknownValue: unique symbol = Symbol('unknown');

/** Deeper values do not exist in plans; hostile ones are cut here. */
const depthLimit = 500;

/**
 * Reads MessagePack as Terraform writes values: maps, arrays, texts, numbers, and extensions, which all say that a
 * value is not known. Throws RangeError for what is cut off or nested too deep.
 * Source: MessagePack specification (msgpack/spec.md); go-cty, cty/msgpack, read 2026-11.
 */
export function readMessagePack(bytes: Uint8Array): unknown {
  return new Reader(bytes).value(0);
}

class Reader {
  readonly #view: DataView;
  #at = 0;

  constructor(readonly bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  value(depth: number): unknown {
    if (depth > depthLimit) throw new RangeError('the value is nested too deep');
    const code = this.#number(1);
    if (code < 0x80) return code;
    if (code < 0x90) return this.#map(code & 0x0f, depth);
    if (code < 0xa0) return this.#list(code & 0x0f, depth);
    if (code < 0xc0) return this.#text(code & 0x1f);
    if (code >= 0xe0) return code - 0x100;
    return this.#tagged(code, depth);
  }

  #tagged(code: number, depth: number): unknown {
    switch (code) {
      case 0xc0:
        return null;
      case 0xc2:
        return false;
      case 0xc3:
        return true;
      case 0xc4:
      case 0xc5:
      case 0xc6:
        return this.#text(this.#number(2 ** (code - 0xc4)));
      case 0xc7:
      case 0xc8:
      case 0xc9:
        return this.#extension(this.#number(2 ** (code - 0xc7)));
      case 0xca:
        return this.#view.getFloat32(this.#skip(4));
      case 0xcb:
        return this.#view.getFloat64(this.#skip(8));
      case 0xcc:
      case 0xcd:
      case 0xce:
        return this.#number(2 ** (code - 0xcc));
      case 0xcf:
        return Number(this.#view.getBigUint64(this.#skip(8)));
      case 0xd0:
        return this.#view.getInt8(this.#skip(1));
      case 0xd1:
        return this.#view.getInt16(this.#skip(2));
      case 0xd2:
        return this.#view.getInt32(this.#skip(4));
      case 0xd3:
        return Number(this.#view.getBigInt64(this.#skip(8)));
      case 0xd9:
      case 0xda:
      case 0xdb:
        return this.#text(this.#number(2 ** (code - 0xd9)));
      case 0xdc:
      case 0xdd:
        return this.#list(this.#number(2 ** (code - 0xdb)), depth);
      case 0xde:
      case 0xdf:
        return this.#map(this.#number(2 ** (code - 0xdd)), depth);
      default:
        if (code >= 0xd4 && code <= 0xd8) return this.#extension(2 ** (code - 0xd4));
        throw new RangeError('the value is not MessagePack');
    }
  }

  #extension(length: number): typeof unknownValue {
    this.#skip(length + 1);
    return unknownValue;
  }

  #map(size: number, depth: number): Record<string, unknown> {
    const entries: [string, unknown][] = [];
    for (let index = 0; index < size; index += 1) {
      const key = this.value(depth + 1);
      entries.push([String(key), this.value(depth + 1)]);
    }
    return Object.fromEntries(entries);
  }

  #list(size: number, depth: number): unknown[] {
    const items: unknown[] = [];
    for (let index = 0; index < size; index += 1) items.push(this.value(depth + 1));
    return items;
  }

  #text(length: number): string {
    const start = this.#skip(length);
    return new TextDecoder().decode(this.bytes.subarray(start, start + length));
  }

  #number(width: number): number {
    const at = this.#skip(width);
    if (width === 1) return this.#view.getUint8(at);
    return width === 2 ? this.#view.getUint16(at) : this.#view.getUint32(at);
  }

  /** Answers where the bytes that are passed over start. */
  #skip(length: number): number {
    const at = this.#at;
    if (at + length > this.bytes.byteLength) throw new RangeError('the value is cut off');
    this.#at += length;
    return at;
  }
}
