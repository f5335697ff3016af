import type { Evaluation } from '../model/scan-result.ts';
import type { Rule } from '../model/rule.ts';
import type { SourceSuppression } from '../model/source.ts';
import type { PeerCheck, PeerChecks } from '../rules/peer-checks.ts';
import { globMatches } from '../model/glob.ts';
import type { PeerConfig, PeerSkip } from './peer-config.ts';

/** A waiver in the form of a waivers file. */
export interface WrittenWaiver {
  readonly rule: string;
  readonly resource: string;
  readonly reason: string;
  readonly expires?: string;
}

/** A suppression that became waivers. */
export interface MigratedSkip {
  readonly skip: PeerSkip;
  readonly check: PeerCheck;
  readonly waivers: readonly WrittenWaiver[];
}

/** A suppression that became none, with the reason. */
export interface UnmigratedSkip {
  readonly skip: PeerSkip;
  /**
   * `none`: no rule replaces the check; `unknown`: the table does not know it; `nothing-open`: the rules find nothing
   * there; `not-waivable`: the rule takes no waivers; `expired`: it holds no longer.
   */
  readonly why: 'none' | 'unknown' | 'nothing-open' | 'not-waivable' | 'expired';
  readonly message: string;
}

/** What `headgate migrate` takes over, and what it leaves. */
export interface Migration {
  readonly migrated: readonly MigratedSkip[];
  readonly left: readonly UnmigratedSkip[];
  readonly settings: PeerConfig['settings'];
}

/** What a migration goes by. */
export interface MigrateOptions {
  readonly table: PeerChecks;
  readonly rules: readonly Rule[];
  /** Verdicts without any suppression of the other tools. */
  readonly evaluations: readonly Evaluation[];
  readonly now: Date;
}

/** Suppressions in templates and Terraform sources, as the configurations of the tools say theirs. */
export function skipsOf(suppressions: readonly SourceSuppression[]): readonly PeerSkip[] {
  const seen = new Set<string>();
  return suppressions.flatMap((suppression): PeerSkip[] => {
    const { source, ruleId, resourceId, reason, expires, file, line } = suppression;
    const colon = ruleId.indexOf(':');
    if (source !== 'peer' || colon === -1) return [];
    const skip: PeerSkip = {
      tool: ruleId.slice(0, colon),
      // cdk-nag names a single finding in brackets.
      check: ruleId.slice(colon + 1).replace(/\[.*\]$/s, ''),
      resourceId,
      where: file === undefined ? resourceId : line === undefined ? file : `${file}:${line}`,
      ...(reason === undefined ? {} : { reason }),
      ...(expires === undefined ? {} : { expires }),
    };
    const key = JSON.stringify([skip.tool, skip.check, resourceId]);
    if (seen.has(key)) return [];
    seen.add(key);
    return [skip];
  });
}

/** Waivers for what other tools were told to accept: for findings that are open, and no more. Pure. */
export function migrate(skips: readonly PeerSkip[], options: MigrateOptions): Omit<Migration, 'settings'> {
  const open = new Map<string, Evaluation[]>();
  for (const evaluation of options.evaluations)
    if (evaluation.verdict === 'fail' || evaluation.failsWhen !== undefined)
      open.set(evaluation.ruleId, [...(open.get(evaluation.ruleId) ?? []), evaluation]);
  const migrated: MigratedSkip[] = [];
  const left: UnmigratedSkip[] = [];
  const written = new Set<string>();
  for (const one of skips.flatMap((skip) => expand(skip, options.table))) {
    const outcome = migrateSkip(one, open, options);
    if ('why' in outcome) left.push(outcome);
    else {
      const isWritten = (rule: string, resource: string): boolean => written.has(`${rule}\n${resource}`);
      // What is accepted everywhere needs no waiver of a place.
      const waivers = outcome.waivers.filter(
        ({ rule, resource }) => !isWritten(rule, '*') && !isWritten(rule, resource),
      );
      for (const { rule, resource } of waivers) written.add(`${rule}\n${resource}`);
      migrated.push({ ...outcome, waivers });
    }
  }
  return { migrated, left };
}

/** A pattern (`CKV_AWS_1*`) as the checks of the table that fit it. */
function expand(skip: PeerSkip, { checks }: PeerChecks): readonly PeerSkip[] {
  if (!skip.check.includes('*')) return [skip];
  const found = Object.keys(checks[skip.tool] ?? {}).filter((check) => globMatches(skip.check, check));
  return found.length === 0 ? [skip] : found.map((check) => ({ ...skip, check }));
}

function migrateSkip(
  skip: PeerSkip,
  open: ReadonlyMap<string, readonly Evaluation[]>,
  { table, rules, now }: MigrateOptions,
): MigratedSkip | UnmigratedSkip {
  const known = table.checks[skip.tool] ?? {};
  const check = lookupCheck(known, skip.check);
  const tool = table.tools[skip.tool] ?? skip.tool;
  if (check === undefined) return { skip, why: 'unknown', message: 'not in the table of checks' };
  if (check.rules === undefined)
    return { skip, why: 'none', message: check.note ?? 'no rule replaces this check' };
  if (skip.expires !== undefined && skip.expires < now.toISOString().slice(0, 10))
    return { skip, why: 'expired', message: `it held until ${skip.expires}` };
  const findings = check.rules.flatMap((id) =>
    (open.get(id) ?? []).filter((finding) => covers(skip, finding)),
  );
  if (findings.length === 0)
    return { skip, why: 'nothing-open', message: `${check.rules.join(' and ')} has no open finding there` };
  const waivable = findings.filter(({ ruleId }) => rules.find(({ id }) => id === ruleId)?.waivable !== false);
  if (waivable.length === 0)
    return {
      skip,
      why: 'not-waivable',
      message: `${check.rules.join(' and ')} cannot be waived; fix the finding`,
    };
  const reason =
    skip.reason ?? `suppressed for ${tool} (${skip.check}) without a reason: add a reason, or fix it`;
  const everywhere = skip.resourceId === undefined && skip.paths === undefined;
  const places = everywhere
    ? [...new Set(waivable.map(({ ruleId }) => ruleId))].map((rule) => ({ rule, resource: '*' }))
    : waivable.map(({ ruleId, resource }) => ({ rule: ruleId, resource: resource.id }));
  return {
    skip,
    check,
    waivers: places.map((place) => ({
      ...place,
      reason,
      ...(skip.expires === undefined ? {} : { expires: skip.expires }),
    })),
  };
}

/** KICS's own reports shorten its ids to eight characters. */
function lookupCheck(known: Readonly<Record<string, PeerCheck>>, id: string): PeerCheck | undefined {
  if (Object.hasOwn(known, id)) return known[id];
  const full = Object.keys(known).find(
    (each) =>
      (/^[0-9a-f]{8}$/.test(id) && each.startsWith(`${id}-`)) || (known[each]?.also ?? []).includes(id),
  );
  return full === undefined ? undefined : known[full];
}

function covers({ resourceId, paths }: PeerSkip, { resource, location }: Evaluation): boolean {
  if (resourceId !== undefined) return resource.id === resourceId;
  if (paths === undefined) return true;
  const file = location?.file ?? '';
  return paths.some((path) => path === file || globMatches(path, file));
}
