/** A field of a message: a number, or bytes that hold a text or another message. */
export interface ProtobufField {
  readonly number: number;
  readonly bytes: Uint8Array;
  readonly integer: number;
}

const nothing = new Uint8Array();

/**
 * The fields of a Protocol Buffers message in their order. Throws RangeError for what is cut off.
 * Source: protobuf.dev, Encoding, read 2026-11.
 */
export function protobufFields(bytes: Uint8Array): readonly ProtobufField[] {
  const fields: ProtobufField[] = [];
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; shift < 64; shift += 7) {
      const byte = bytes[at];
      if (byte === undefined) throw new RangeError('the message is cut off');
      at += 1;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw new RangeError('a number of the message is too long');
  };
  while (at < bytes.byteLength) {
    const tag = varint();
    const [number, wire] = [Math.floor(tag / 8), tag % 8];
    if (wire === 0) {
      fields.push({ number, bytes: nothing, integer: varint() });
      continue;
    }
    const length = wire === 2 ? varint() : wire === 1 ? 8 : wire === 5 ? 4 : -1;
    if (length < 0 || at + length > bytes.byteLength) throw new RangeError('the message is cut off');
    fields.push({ number, bytes: bytes.subarray(at, at + length), integer: 0 });
    at += length;
  }
  return fields;
}
