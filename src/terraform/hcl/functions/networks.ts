import { objectOf, type Term } from '../terms.ts';
import { fail, firstUnknown, ofTexts, readNumber, readText } from './arguments.ts';
import type { HclFunction } from './function.ts';

interface Block {
  readonly address: bigint;
  readonly length: number;
  readonly width: 32 | 128;
}

function parseBlock(text: string): Block {
  const [address = '', length = ''] = text.split('/');
  const width = address.includes(':') ? 128 : 32;
  const base = width === 128 ? parseV6(address) : parseV4(address);
  if (base === undefined || !/^\d{1,3}$/.test(length) || Number(length) > width)
    return fail(`\`${text}\` is not a CIDR block`);
  const free = BigInt(width - Number(length));
  return { address: (base >> free) << free, length: Number(length), width };
}

function parseV4(text: string): bigint | undefined {
  const octets = text.split('.');
  if (
    octets.length !== 4 ||
    !octets.every((octet) => /^(?:0|[1-9]\d{0,2})$/.test(octet) && Number(octet) < 256)
  )
    return undefined;
  return octets.reduce((sum, octet) => (sum << 8n) + BigInt(octet), 0n);
}

function parseV6(text: string): bigint | undefined {
  const [head = '', tail, more] = text.split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const missing = 8 - left.length - right.length;
  if (more !== undefined || missing < 0 || (tail === undefined && missing !== 0)) return undefined;
  const groups = [...left, ...Array.from({ length: missing }, () => '0'), ...right];
  if (!groups.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return undefined;
  return groups.reduce((sum, group) => (sum << 16n) + BigInt(`0x${group}`), 0n);
}

function formatAddress(value: bigint, width: 32 | 128): string {
  if (width === 32) return [24n, 16n, 8n, 0n].map((shift) => String((value >> shift) & 255n)).join('.');
  const groups = Array.from({ length: 8 }, (_, index) =>
    ((value >> BigInt(112 - 16 * index)) & 0xffffn).toString(16),
  );
  // The longest run of zeros, the first of equal ones, is left out.
  const runs = [...groups.join(':').matchAll(/\b0(?::0\b)+/g)];
  const longest = runs.reduce<RegExpMatchArray | undefined>(
    (best, run) => (best === undefined || run[0].length > best[0].length ? run : best),
    undefined,
  );
  if (longest === undefined) return groups.join(':');
  const text = groups.join(':');
  const before = text.slice(0, longest.index).replace(/:$/, '');
  const after = text.slice((longest.index ?? 0) + longest[0].length).replace(/^:/, '');
  return `${before}::${after}`;
}

const formatBlock = ({ address, length, width }: Block): string =>
  `${formatAddress(address, width)}/${length}`;

function subnet(block: Block, newBits: number, number: number): Block {
  const length = block.length + newBits;
  if (!Number.isInteger(newBits) || newBits < 0 || length > block.width) fail('the block has too few bits');
  if (!Number.isInteger(number) || number < 0 || BigInt(number) >> BigInt(newBits) !== 0n)
    fail('the block has no such subnet');
  return { ...block, length, address: block.address + (BigInt(number) << BigInt(block.width - length)) };
}

/** A function of a block and numbers. */
const ofBlock =
  (apply: (block: Block, numbers: readonly number[]) => Term): HclFunction =>
  ([text, ...others]) => {
    const block = readText(text);
    if (typeof block !== 'string') return block;
    const numbers = others.map(readNumber);
    return (
      firstUnknown(numbers) ??
      apply(
        parseBlock(block),
        numbers.filter((value) => typeof value === 'number'),
      )
    );
  };

function consecutive(block: Block, bits: readonly number[]): Term {
  let at = block.address;
  const end = block.address + (1n << BigInt(block.width - block.length));
  return bits.map((newBits) => {
    const { length } = subnet(block, newBits, 0);
    const size = 1n << BigInt(block.width - length);
    const address = ((at + size - 1n) / size) * size;
    if (address + size > end) fail('the block has too few addresses');
    at = address + size;
    return formatBlock({ ...block, address, length });
  });
}

function contains(outer: string, inner: string): boolean {
  const block = parseBlock(outer);
  const other = parseBlock(inner.includes('/') ? inner : `${inner}/${inner.includes(':') ? 128 : 32}`);
  const free = BigInt(block.width - block.length);
  return (
    block.width === other.width &&
    other.length >= block.length &&
    other.address >> free === block.address >> free
  );
}

const arnPattern = /^arn:([^:]*):([^:]*):([^:]*):([^:]*):(.*)$/s;

export const networkFunctions: Readonly<Record<string, HclFunction>> = {
  cidrhost: ofBlock((block, [number = 0]) => {
    const size = 1n << BigInt(block.width - block.length);
    const host = BigInt(number) < 0n ? size + BigInt(number) : BigInt(number);
    if (host < 0n || host >= size) fail('the block has no such address');
    return formatAddress(block.address + host, block.width);
  }),
  cidrnetmask: ofBlock((block) => {
    if (block.width === 128) fail('`cidrnetmask` is for IPv4');
    const free = BigInt(32 - block.length);
    return formatAddress((0xffffffffn >> free) << free, 32);
  }),
  cidrsubnet: ofBlock((block, [bits = 0, number = 0]) => formatBlock(subnet(block, bits, number))),
  cidrsubnets: ofBlock(consecutive),
  cidrcontains: ofTexts(([outer = '', inner = '']) => contains(outer, inner)),
  'provider::aws::arn_parse': ofTexts(([arn = '']) => {
    const [, partition = '', service = '', region = '', account_id = '', resource = ''] =
      arnPattern.exec(arn) ?? fail(`\`${arn}\` is not an ARN`);
    return objectOf(Object.entries({ partition, service, region, account_id, resource }));
  }),
  'provider::aws::arn_build': (given, context) =>
    context.join(
      ['arn', ...given.slice(0, 5)].flatMap((part, index) => (index === 0 ? [part] : [':', part])),
    ),
};
