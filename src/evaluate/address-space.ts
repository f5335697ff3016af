/** Whether blocks of addresses (CIDR notation) together hold all of IPv4 or all of IPv6, as 0.0.0.0/1 and 128.0.0.0/1 do. */
export function holdsEveryAddress(blocks: readonly string[]): boolean {
  const ranges: Record<'4' | '6', Range[]> = { '4': [], '6': [] };
  for (const block of blocks) {
    const range = rangeOf(block.trim());
    if (range !== undefined) ranges[range.bits === 32 ? '4' : '6'].push(range);
  }
  return isWhole(ranges['4'], 32) || isWhole(ranges['6'], 128);
}

/** Whether two blocks of addresses have none in common; undefined where one is not read. */
export function areApart(one: string, other: string): boolean | undefined {
  const [a, b] = [rangeOf(one.trim()), rangeOf(other.trim())];
  if (a === undefined || b === undefined) return undefined;
  return a.bits !== b.bits || a.last < b.first || b.last < a.first;
}

interface Range {
  readonly bits: 32 | 128;
  readonly first: bigint;
  readonly last: bigint;
}

function isWhole(ranges: readonly Range[], bits: number): boolean {
  let next = 0n;
  for (const { first, last } of [...ranges].sort((a, b) => (a.first < b.first ? -1 : 1))) {
    if (first > next) return false;
    if (last >= next) next = last + 1n;
  }
  return next === 1n << BigInt(bits);
}

function rangeOf(block: string): Range | undefined {
  const [address = '', length] = block.split('/');
  const bits = address.includes(':') ? 128 : 32;
  const value = bits === 32 ? ipv4(address) : ipv6(address);
  const prefix = length === undefined ? bits : Number(length);
  if (value === undefined || !Number.isInteger(prefix) || prefix < 0 || prefix > bits) return undefined;
  const size = 1n << BigInt(bits - prefix);
  const first = value - (value % size);
  return { bits, first, last: first + size - 1n };
}

function ipv4(text: string): bigint | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) < 256))
    return undefined;
  return parts.reduce((value, part) => value * 256n + BigInt(part), 0n);
}

function ipv6(text: string): bigint | undefined {
  const [head = '', tail] = text.split('::');
  const front = head === '' ? [] : head.split(':');
  const back = tail === undefined || tail === '' ? [] : tail.split(':');
  const missing = 8 - front.length - back.length;
  if (tail === undefined ? missing !== 0 : missing < 0) return undefined;
  const groups = [...front, ...Array.from({ length: missing }, () => '0'), ...back];
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  return groups.reduce((value, group) => value * 65536n + BigInt(`0x${group}`), 0n);
}
