import { inflateRawSync } from 'node:zlib';

const endSignature = 0x06054b50;
const entrySignature = 0x02014b50;
const stored = 0;
const deflated = 8;

/** A file in an archive, unpacked when it is read. */
export interface ZipEntry {
  readonly name: string;
  /** Bytes of the file; undefined where they are damaged, or more than the limit. */
  readonly read: (limitBytes: number) => Uint8Array | undefined;
}

/**
 * Entries of a zip archive by its central directory; undefined where the bytes are no archive that is read
 * (encrypted, split, or of more than 4 GB). Source: PKWARE's APPNOTE 6.3.10, sections 4.3.12 and 4.3.16.
 */
export function zipEntries(bytes: Uint8Array): readonly ZipEntry[] | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = endRecord(view);
  if (end === undefined) return undefined;
  const entries: ZipEntry[] = [];
  const count = view.getUint16(end + 10, true);
  let at = view.getUint32(end + 16, true);
  for (let index = 0; index < count; index += 1) {
    if (at + 46 > view.byteLength || view.getUint32(at, true) !== entrySignature) return undefined;
    const nameLength = view.getUint16(at + 28, true);
    const next = at + 46 + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
    if (next > view.byteLength) return undefined;
    const name = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + nameLength));
    const header = at;
    entries.push({ name, read: (limitBytes) => unpack(bytes, view, header, limitBytes) });
    at = next;
  }
  return entries;
}

/** The record at the end, behind which a comment may stand. */
function endRecord(view: DataView): number | undefined {
  const last = view.byteLength - 22;
  for (let at = last; at >= Math.max(0, last - 0xffff); at -= 1)
    if (view.getUint32(at, true) === endSignature) return at;
  return undefined;
}

function unpack(
  bytes: Uint8Array,
  view: DataView,
  header: number,
  limitBytes: number,
): Uint8Array | undefined {
  const isEncrypted = (view.getUint16(header + 8, true) & 1) === 1;
  const method = view.getUint16(header + 10, true);
  const packed = view.getUint32(header + 20, true);
  const size = view.getUint32(header + 24, true);
  const local = view.getUint32(header + 42, true);
  if (isEncrypted || size > limitBytes || local + 30 > view.byteLength) return undefined;
  const start = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
  const content = bytes.subarray(start, start + packed);
  if (method === stored) return content;
  if (method !== deflated || content.byteLength !== packed) return undefined;
  try {
    return inflateRawSync(content, { maxOutputLength: Math.max(1, limitBytes) });
  } catch {
    return undefined;
  }
}
