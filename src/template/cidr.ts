import { scalarText } from '../model/scalar-text.ts';

/**
 * Fn::Cidr: `count` blocks with `hostBits` bits each, cut one after another from `block`.
 * Undefined when the arguments do not fit (user guide, "Fn::Cidr", read 2026-11).
 */
export function cutCidr(block: string, count: number, hostBits: number | undefined): string[] | undefined {
  const [address = '', prefixText = ''] = block.split('/');
  const isV6 = address.includes(':');
  const width = isV6 ? 128 : 32;
  const base = isV6 ? parseV6(address) : parseV4(address);
  const prefix = Number(prefixText);
  const bits = hostBits ?? (isV6 ? 64 : 8);
  if (base === undefined || prefixText === '' || !Number.isInteger(prefix) || prefix > width)
    return undefined;
  const isCount = Number.isInteger(count) && count >= 1 && count <= 256;
  if (!isCount || !Number.isInteger(bits) || bits < 0 || bits > width - prefix) return undefined;
  if (BigInt(count) << BigInt(bits) > 1n << BigInt(width - prefix)) return undefined;
  const network = (base >> BigInt(width - prefix)) << BigInt(width - prefix);
  return Array.from({ length: count }, (_, index) => {
    const start = network + (BigInt(index) << BigInt(bits));
    return `${isV6 ? formatV6(start) : formatV4(start)}/${width - bits}`;
  });
}

function parseV4(text: string): bigint | undefined {
  const octets = text.split('.').map(Number);
  const isValid =
    octets.length === 4 && octets.every((octet) => Number.isInteger(octet) && octet >= 0 && octet < 256);
  return isValid ? octets.reduce((sum, octet) => (sum << 8n) + BigInt(octet), 0n) : undefined;
}

function formatV4(value: bigint): string {
  return [24n, 16n, 8n, 0n].map((shift) => scalarText((value >> shift) & 255n)).join('.');
}

function parseV6(text: string): bigint | undefined {
  const [head = '', tail] = text.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const missing = 8 - left.length - right.length;
  if (missing < 0 || (tail === undefined && missing !== 0)) return undefined;
  const groups = [...left, ...new Array<string>(missing).fill('0'), ...right];
  if (!groups.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return undefined;
  return groups.reduce((sum, group) => (sum << 16n) + BigInt(`0x${group}`), 0n);
}

function formatV6(value: bigint): string {
  const groups = Array.from({ length: 8 }, (_, index) =>
    ((value >> BigInt(112 - 16 * index)) & 0xffffn).toString(16),
  );
  return groups.join(':').replace(/(?:^|:)0(?::0)+$/, '::');
}
