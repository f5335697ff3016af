/** A range of addresses, first and last included. IPv4 counts as `::ffff:a.b.c.d` would: all addresses are of one space. */
export interface AddressRange {
  readonly first: bigint;
  readonly last: bigint;
  readonly version: 4 | 6;
  /** Length of the prefix within its version: 0 to 32, or to 128. */
  readonly prefix: number;
}

const base4 = 0xffff_0000_0000n;

/** `203.0.113.0/24`, `2001:db8::/32`, or one address; undefined for what is neither. */
export function parseRange(text: string): AddressRange | undefined {
  const [address = '', bits, ...rest] = text.trim().split('/');
  if (rest.length > 0) return undefined;
  const four = parseFour(address);
  const value = four === undefined ? parseSix(address) : base4 + four;
  if (value === undefined) return undefined;
  const width = four === undefined ? 128 : 32;
  const prefix = bits === undefined ? width : /^\d{1,3}$/.test(bits) ? Number(bits) : -1;
  if (prefix < 0 || prefix > width) return undefined;
  const size = 1n << BigInt(width - prefix);
  const start = four === undefined ? 0n : base4;
  const first = start + ((value - start) / size) * size;
  return { first, last: first + size - 1n, version: four === undefined ? 6 : 4, prefix };
}

function parseFour(text: string): bigint | undefined {
  const fields = text.split('.');
  if (fields.length !== 4 || !fields.every((field) => /^\d{1,3}$/.test(field) && Number(field) < 256))
    return undefined;
  return fields.reduce((sum, field) => sum * 256n + BigInt(field), 0n);
}

function parseSix(text: string): bigint | undefined {
  const halves = text.split('::');
  if (!text.includes(':') || halves.length > 2) return undefined;
  const groupsOf = (half: string | undefined): string[] =>
    half === undefined || half === '' ? [] : half.split(':');
  const [head, tail] = [groupsOf(halves[0]), groupsOf(halves[1])];
  const gap = 8 - head.length - tail.length;
  if (halves.length === 2 ? gap < 1 : gap !== 0) return undefined;
  const groups = [...head, ...Array.from({ length: gap }, () => '0'), ...tail];
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  return groups.reduce((sum, group) => sum * 65_536n + BigInt(`0x${group}`), 0n);
}

const privateRanges = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7'].flatMap(
  (text) => parseRange(text) ?? [],
);

/**
 * Whether a range is too broad to say who calls: above /8 of IPv4 and /32 of IPv6, private ranges aside
 * (https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html, read 2026-11-27).
 */
export function isBroad(range: AddressRange): boolean {
  return range.prefix < (range.version === 4 ? 8 : 32) && !isPrivate(range);
}

function isPrivate(range: AddressRange): boolean {
  return privateRanges.some(({ first, last }) => range.first >= first && range.last <= last);
}

/** Each version with an address that nobody's list is likely to hold. */
const spaces = ['0.0.0.0/0', '::/0'].flatMap((text) => parseRange(text) ?? []);

/**
 * One address of every part of the space that the given ranges cut it into; parts inside of `closed`
 * ranges are left out.
 */
export function sampleAddresses(
  ranges: readonly AddressRange[],
  closed: readonly AddressRange[],
): readonly AddressRange[] {
  return spaces.flatMap((space) => {
    const cuts = new Set<bigint>([space.first]);
    for (const { first, last, version } of [...ranges, ...privateRanges]) {
      if (version !== space.version) continue;
      cuts.add(first);
      if (last < space.last) cuts.add(last + 1n);
    }
    return (
      [...cuts]
        .filter(
          (cut) =>
            ![...closed, ...privateRanges].some(
              ({ first, last, version }) => version === space.version && cut >= first && cut <= last,
            ),
        )
        // IPv4 stands inside of the space of IPv6, in a part that is reserved for it.
        .filter((cut) => space.version === 4 || cut < base4 || cut > base4 + 0xffff_ffffn)
        .map((cut): AddressRange => ({
          first: cut,
          last: cut,
          version: space.version,
          prefix: space.version === 4 ? 32 : 128,
        }))
    );
  });
}

/** Whether narrow ranges together leave less than half of the addresses of IPv4 to everyone else. */
export function coverMost(ranges: readonly AddressRange[]): boolean {
  const four = ranges.filter(({ version }) => version === 4).sort((a, b) => (a.first < b.first ? -1 : 1));
  let covered = 0n;
  let reached = base4 - 1n;
  for (const { first, last } of four) {
    if (last <= reached) continue;
    covered += last - (first > reached ? first - 1n : reached);
    reached = last;
  }
  return covered >= 1n << 31n;
}

/** Whether the address stands in the range. */
export function isWithinRange(address: AddressRange, range: AddressRange): boolean {
  return address.version === range.version && address.first >= range.first && address.last <= range.last;
}
