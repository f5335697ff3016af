import type { AccountReading } from './collect-account.ts';
import { globalRegion } from './collect-place.ts';

/**
 * One reading for each Region, and one for what has none (`global`), so that each is kept by itself. Regions that a stop or a
 * deadline cut off are left out: a later audit reads them whole.
 */
export function splitReading(reading: AccountReading): ReadonlyMap<string, AccountReading> {
  const parts = new Map<string, AccountReading>();
  for (const region of [...reading.regions, globalRegion]) {
    const part = partOf(reading, region);
    if (!isCutOff(part)) parts.set(region, part);
  }
  return parts;
}

function partOf(reading: AccountReading, region: string): AccountReading {
  const { account, regions } = reading;
  const scope = `${account}/${region}`;
  const isGlobal = region === globalRegion;
  const isHere = ({ where }: { readonly where: string }): boolean => {
    const named = regions.find((name) => where.endsWith(` ${name}`));
    return named === region || (isGlobal && named === undefined);
  };
  const scopes = reading.completeness.scopes.filter((each) => each.scope === scope);
  return {
    ...reading,
    regions: isGlobal ? [] : [region],
    resources: reading.resources.filter((resource) => resource.scope === scope),
    incomplete: reading.incomplete.filter((each) => each.scope === scope),
    diagnostics: reading.diagnostics.filter(isHere),
    skipped: isGlobal ? reading.skipped : [],
    calls: reading.calls.filter(
      (call) => (regions.includes(call.region) ? call.region : globalRegion) === region,
    ),
    completeness: {
      scopes,
      complete: reading.completeness.complete || scopes.every(({ failed }) => failed === 0),
      nothing: false,
    },
  };
}

function isCutOff({ incomplete, diagnostics }: AccountReading): boolean {
  return (
    incomplete.some(({ cause }) => cause.code === 'timeout') ||
    diagnostics.some(({ code }) => code === 'account-call-timeout')
  );
}

/** The account as its parts show it; of parts of the same place the first. Not empty. */
export function joinReadings(parts: readonly AccountReading[]): AccountReading {
  const [first] = parts;
  if (first === undefined) throw new Error('an account without a part');
  const scopes = new Map(
    parts
      .flatMap(({ completeness }) => completeness.scopes)
      .reverse()
      .map((each) => [each.scope, each] as const),
  );
  const resources = parts.flatMap((part) => part.resources);
  return {
    ...first,
    regions: [...new Set(parts.flatMap(({ regions }) => regions))],
    resources: [
      ...new Map(resources.map((resource) => [`${resource.scope} ${resource.id}`, resource])).values(),
    ].sort((left, right) => (left.id < right.id ? -1 : 1)),
    inputs: parts.flatMap(({ inputs }) => inputs),
    incomplete: parts.flatMap(({ incomplete }) => incomplete),
    diagnostics: parts.flatMap(({ diagnostics }) => diagnostics),
    skipped: parts.flatMap(({ skipped }) => skipped),
    calls: parts.flatMap(({ calls }) => calls),
    completeness: {
      scopes: [...scopes.values()],
      complete: parts.every(({ completeness }) => completeness.complete),
      nothing: parts.every(({ completeness }) => completeness.nothing),
    },
  };
}
