import { randomBytes } from 'node:crypto';
import { join, resolve } from 'node:path';
import type { AccountReading } from '../account/collect-account.ts';
import { iamPolicy } from '../account/iam-policy.ts';
import { encodeSnapshot } from '../account/snapshot.ts';
import { describeDrift, driftBetween } from '../app/drift.ts';
import { credentialRanges } from '../evaluate/credentials.ts';
import { HeadgateError } from '../model/headgate-error.ts';
import { severities, type RuleSet } from '../model/rule.ts';
import { describeSlice, type ResourceTag, type SliceRequest } from '../model/slice.ts';
import type { SourceReading } from '../model/source.ts';
import type { ScanResult } from '../model/scan-result.ts';
import { needsOf } from '../app/needs.ts';
import type { HeadgateConfig } from '../rules/read-config.ts';
import { decideReading, type DecideOptions } from '../app/scan.ts';
import { readTemplates } from '../template/read-templates.ts';
import type { CommonOptions } from './options.ts';
import { collectOrganization, mergeAccounts, type OrganizationOptions } from './audit-organization.ts';
import { collectLive, type AccountOptions } from './collect-live.ts';
import { emit, print, save, type EmitOptions } from './emit.ts';
import { exitCodeOfDiff } from './diff-action.ts';
import { readResult } from './read-result.ts';
import { diffResults } from '../app/diff.ts';
import type { ResultDiff } from '../model/result-diff.ts';
import { diffFormats, renderDiff, type DiffFormat } from '../report/diff.ts';
import { exitCodeOf } from '../app/exit-code.ts';
import { loadSettings } from './load-settings.ts';
import { readSnapshot } from './read-snapshot.ts';
import { saveFile } from './save-file.ts';
import type { Surroundings } from './surroundings.ts';
import { readDecideSettings } from '../app/read-decide-settings.ts';
import { version } from '../app/version.ts';

/** Options of `headgate audit`. */
export interface AuditOptions extends CommonOptions, OrganizationOptions {
  readonly from?: string;
  readonly compare?: string;
  readonly since?: string;
  readonly resource: readonly string[];
  readonly tag: readonly ResourceTag[];
}

/** Options of `headgate collect`. */
export type CollectOptions = AccountOptions &
  Pick<CommonOptions, 'rules' | 'config' | 'rule' | 'skipRule' | 'flow' | 'quiet' | 'debug'> & {
    readonly output: string;
  };

/** Options of `headgate iam-policy`. */
export type PolicyOptions = Pick<AccountOptions, 'services' | 'inventory' | 'aggregator'> &
  Pick<CommonOptions, 'rules' | 'config' | 'rule' | 'skipRule' | 'flow' | 'debug'> & {
    readonly partition: string;
    readonly tag?: boolean;
  };

// The SDK tells whoever runs Node 20 what its releases of 2027 will need; that is Headgate's to care for.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';

/** `headgate audit`. */
export async function audit(given: AuditOptions, surroundings: Surroundings): Promise<number> {
  const { cwd } = surroundings;
  const options = withSlice(given);
  const { config, ruleSet } = await loadSettings(options, cwd);
  if (options.organization === true || options.accounts !== undefined)
    return auditOrganization(options, { config, ruleSet }, surroundings);
  const { slice } = options;
  // Before anything is called: a name that is wrong is told at once.
  const since = options.since === undefined ? undefined : await readSince(options, options.since, cwd);
  const { reading, isInterrupted } =
    options.from === undefined
      ? await collectLive(options, ruleSet, surroundings)
      : { reading: await readSnapshot(options.from, cwd), isInterrupted: false };
  const part = slice === undefined ? undefined : await partOf(reading, slice, options.from === undefined);
  const result = await decide(reading, ruleSet, config, surroundings, part);
  const drifts =
    options.compare === undefined
      ? undefined
      : await compare({ reading, result }, options.compare, ruleSet, surroundings);
  const whole =
    since && ('evaluations' in since ? since : await decide(since, ruleSet, config, surroundings));
  const older = whole && (part === undefined ? whole : cutResult(whole, part.ids));
  const changes = older && (await tellChanges({ older, result, reading }, options, surroundings));
  if (drifts === undefined && changes === undefined) await emit(result, emitOptions(options), surroundings);
  tellCompleteness(reading, options, surroundings);
  if (reading.completeness.nothing || isInterrupted) return 2;
  if (drifts !== undefined) return drifts ? 1 : 0;
  if (changes !== undefined)
    return exitCodeOfDiff(changes, options.failOn ?? 'high', options.unknown ?? 'warn');
  // What an account refuses to say is unknown in the report; only an audit that says nothing is none.
  return exitCodeOf(
    { ...result, diagnostics: [] },
    options.failOn ?? config.failOn ?? 'high',
    options.unknown ?? config.unknown ?? 'warn',
  );
}

/** What the options limit the audit to: `--flow api/ENTRY` names a flow as well as its rules. */
function withSlice(options: AuditOptions): AuditOptions {
  const flows = options.flow.flatMap((text) => {
    const slash = text.indexOf('/');
    return slash < 0 ? [] : [{ diagram: text.slice(0, slash), entry: text.slice(slash + 1) }];
  });
  const slice = { resources: options.resource, tags: options.tag, flows };
  if (describeSlice(slice).length === 0) return options;
  if (flows.some(({ entry }) => entry === ''))
    throw new HeadgateError('slice-unknown', 'Write a flow as NAME/ENTRY, for example --flow api/orders.');
  const { organization, accounts, inventory } = options;
  const other =
    organization === true
      ? '--organization'
      : accounts !== undefined
        ? '--accounts'
        : inventory === undefined
          ? undefined
          : '--inventory';
  if (other !== undefined)
    throw new HeadgateError(
      'options-invalid',
      `${other} cannot be combined with --resource, --tag or --flow NAME/ENTRY; audit only the account of the resource.`,
    );
  const flow = [...new Set(options.flow.map((text) => text.replace(/\/.*$/, '')))];
  return { ...options, flow, slice };
}

/** The slice of what was read, as the result tells it. Tags of a live account are those that AWS listed. */
async function partOf(
  reading: AccountReading,
  request: SliceRequest,
  isLive: boolean,
): Promise<NonNullable<DecideOptions['slice']>> {
  const { sliceOf } = await import('../app/slice.ts');
  const where = `account ${reading.account}, ${reading.regions.join(', ')}`;
  const tagged = isLive ? { tagged: reading.tagged ?? new Set<string>() } : {};
  return { options: describeSlice(request), ids: sliceOf({ reading, where, ...tagged }, request) };
}

/** An older result, without what is outside of a slice. */
function cutResult(result: ScanResult, ids: ReadonlySet<string>): ScanResult {
  return { ...result, evaluations: result.evaluations.filter(({ resource }) => ids.has(resource.id)) };
}

/** Accounts of an organization: a result of each, one of all, and an overview. */
async function auditOrganization(
  options: AuditOptions,
  { config, ruleSet }: { readonly config: HeadgateConfig; readonly ruleSet: RuleSet },
  surroundings: Surroundings,
): Promise<number> {
  const { cwd, stderr } = surroundings;
  const { from, compare: other, since, roleArn } = options;
  if (from !== undefined || other !== undefined || since !== undefined || roleArn !== undefined)
    throw new HeadgateError(
      'options-invalid',
      '--organization cannot be combined with --from, --compare, --since or --role-arn; use --role-name for the role in each account.',
    );
  const { accounts, isInterrupted } = await collectOrganization(options, ruleSet, surroundings);
  const rows = [];
  for (const { account, name, reading, problem, isResumed } of accounts) {
    const result = reading && (await decide(reading, ruleSet, config, surroundings));
    if (result !== undefined) {
      await save(join(options.folder, `${account}.json`), [JSON.stringify(result)], cwd);
      const report = [{ format: 'html', file: join(options.folder, `${account}.html`) }];
      await emit(
        result,
        { ...emitOptions({ ...options, quiet: true }, false), format: 'console', report },
        surroundings,
      );
    }
    const open = (severity: string): number =>
      result?.evaluations.filter(
        (each) => each.verdict === 'fail' && !each.waiver && each.severity === severity,
      ).length ?? 0;
    rows.push({
      account,
      name,
      audited: reading !== undefined,
      complete: reading?.completeness.complete ?? false,
      resumed: isResumed,
      ...(problem === undefined ? {} : { problem }),
      resources: reading?.resources.length ?? 0,
      failed: Object.fromEntries(severities.map((severity) => [severity, open(severity)])),
      unknown: result?.evaluations.filter(({ verdict }) => verdict === 'unknown').length ?? 0,
    });
  }
  await save(
    join(options.folder, 'overview.json'),
    [`${JSON.stringify({ accounts: rows }, null, 2)}\n`],
    cwd,
  );
  const result = await decide(mergeAccounts(accounts), ruleSet, config, surroundings);
  await emit(result, emitOptions(options), surroundings);
  const missing = accounts.filter(({ reading }) => reading === undefined).length;
  stderr.write(
    `headgate: ${accounts.length - missing} of ${accounts.length} accounts audited, ${missing} not; see ${join(options.folder, 'overview.json')}\n`,
  );
  if (isInterrupted || missing > 0) return 2;
  return exitCodeOf(
    { ...result, diagnostics: [] },
    options.failOn ?? config.failOn ?? 'high',
    options.unknown ?? config.unknown ?? 'warn',
  );
}

/** What an audit is compared with. @throws HeadgateError `options-invalid`, or as the readers of results and snapshots. */
async function readSince(
  { format, compare: other }: AuditOptions,
  file: string,
  cwd: string,
): Promise<ScanResult | AccountReading> {
  if (other !== undefined)
    throw new HeadgateError('options-invalid', '--since and --compare cannot be combined.');
  if (!isDiffFormat(format))
    throw new HeadgateError(
      'options-invalid',
      `--since cannot be written as \`${format}\`; use --format ${diffFormats.join(', ')}, and --report for reports of the whole audit.`,
    );
  return /\.(gz|ndjson)$/.test(file) ? readSnapshot(file, cwd) : readResult(file, cwd);
}

function isDiffFormat(format: string): format is DiffFormat {
  return (diffFormats as readonly string[]).includes(format);
}

/** Prints what changed, and writes the reports of the whole audit. What was not listed to its end is not repaired. */
async function tellChanges(
  { older, result, reading }: { older: ScanResult; result: ScanResult; reading: AccountReading },
  options: AuditOptions,
  surroundings: Surroundings,
): Promise<ResultDiff> {
  const unlisted = new Set(reading.incomplete.map(({ scope, type }) => `${scope} ${type}`));
  const all = diffResults(older, result);
  const diff = {
    ...all,
    // What a slice leaves open was no question of the older audit.
    newlyUnknown: all.newlyUnknown.filter(({ finding }) => finding.cause !== 'slice'),
    repaired: all.repaired.filter(
      ({ now, finding: { resource } }) =>
        now !== 'gone' ||
        // What a slice does not show may stand outside of it.
        (result.ruleSet.selection?.slice === undefined &&
          !unlisted.has(`${resource.account ?? ''}/${resource.region ?? ''} ${resource.type}`)),
    ),
  };
  const { format, output } = options;
  const parts = renderDiff(isDiffFormat(format) ? format : 'console', diff);
  if (output !== undefined) await save(output, parts, surroundings.cwd);
  else if (options.quiet !== true) await print(parts, surroundings.stdout);
  const { report } = options;
  await emit(
    result,
    { ...emitOptions({ ...options, quiet: true }, false), format: 'console', report },
    surroundings,
  );
  return diff;
}

function emitOptions(
  { format, output, report, quiet, color, groupBy, sarifProfile, category, pathPrefix }: AuditOptions,
  saves = true,
): EmitOptions {
  return {
    format,
    report,
    color,
    sarifProfile,
    ...(output === undefined || !saves ? {} : { output }),
    ...(quiet === undefined ? {} : { quiet }),
    ...(groupBy === undefined ? {} : { groupBy }),
    ...(category === undefined ? {} : { category }),
    ...(pathPrefix === undefined ? {} : { pathPrefix }),
  };
}

async function decide(
  reading: SourceReading,
  ruleSet: RuleSet,
  config: HeadgateConfig,
  { cwd, now }: Surroundings,
  slice?: DecideOptions['slice'],
): Promise<ScanResult> {
  const settings = await readDecideSettings(config, cwd, true);
  const limits = slice === undefined ? {} : { slice };
  return decideReading(reading, { ruleSet, version, now: now(), detail: 'all', ...settings, ...limits });
}

/** Prints the drift; true where there is any. */
async function compare(
  live: { readonly reading: AccountReading; readonly result: ScanResult },
  path: string,
  ruleSet: RuleSet,
  { cwd, now, stdout }: Surroundings,
): Promise<boolean> {
  const { account, regions } = live.reading;
  const [region, ...others] = regions;
  const where = { account, ...(region === undefined || others.length > 0 ? {} : { region }) };
  const reading = await readTemplates([path], { cwd, ...where });
  const result = decideReading(reading, { ruleSet, version, now: now(), detail: 'all' });
  const drift = driftBetween({ reading, result }, live);
  stdout.write(describeDrift(drift));
  return drift.missing.length + drift.differing.length > 0;
}

/** `headgate collect`. */
export async function collect(options: CollectOptions, surroundings: Surroundings): Promise<number> {
  const { cwd } = surroundings;
  const { ruleSet } = await loadSettings(options, cwd);
  const { reading, isInterrupted } = await collectLive(options, ruleSet, surroundings);
  if (!reading.completeness.nothing) await saveSnapshot(reading, options, ruleSet, surroundings);
  tellCompleteness(reading, options, surroundings);
  return reading.completeness.nothing || isInterrupted ? 2 : 0;
}

async function saveSnapshot(
  reading: AccountReading,
  { output, quiet }: Pick<CollectOptions, 'output' | 'quiet'>,
  ruleSet: RuleSet,
  { cwd, now, stdout }: Surroundings,
): Promise<void> {
  const { credentials } = ruleSet.data;
  const bytes = encodeSnapshot(reading, {
    takenAt: now(),
    version,
    findSecrets: (name, text) => credentialRanges(name, text, credentials),
    key: randomBytes(32),
    compress: !output.endsWith('.ndjson') && !output.endsWith('.json'),
  });
  try {
    // It describes an account: nobody else on this machine needs to read it.
    await saveFile(resolve(cwd, output), bytes, { mode: 0o600, cwd });
  } catch (cause) {
    throw new HeadgateError(
      'output-failed',
      `The snapshot cannot be written to \`${output}\`; check the path and its permissions.`,
      { file: output },
      { cause },
    );
  }
  if (quiet === true) return;
  stdout.write(`Wrote ${output}: ${reading.resources.length} resources. Next: headgate scan ${output}\n`);
}

/** `headgate iam-policy`. */
export async function printPolicy(options: PolicyOptions, { cwd, stdout }: Surroundings): Promise<number> {
  const { ruleSet } = await loadSettings(options, cwd);
  const { services, inventory, aggregator, tag } = options;
  const policy = iamPolicy(needsOf(ruleSet.rules), options.partition, {
    ...(tag === undefined ? {} : { tag }),
    ...(services === undefined ? {} : { services }),
    ...(inventory === undefined ? {} : { inventory }),
    ...(aggregator === undefined ? {} : { aggregator }),
  });
  stdout.write(`${JSON.stringify(policy, null, 2)}\n`);
  return 0;
}

/** The last line of an audit; `quiet` leaves it to those that lack something. */
function tellCompleteness(
  reading: AccountReading,
  { quiet }: Pick<CommonOptions, 'quiet'>,
  { stderr }: Surroundings,
): void {
  if (quiet !== true || !reading.completeness.complete) stderr.write(`${describeCompleteness(reading)}\n`);
}

function describeCompleteness({ account, regions, calls, completeness }: AccountReading): string {
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  const operations = sum(completeness.scopes.map((scope) => scope.operations));
  const failed = sum(completeness.scopes.map((scope) => scope.failed));
  const sent = sum(calls.map(({ attempts }) => attempts));
  const how = completeness.complete
    ? 'complete'
    : failed === 0 && !completeness.nothing
      ? 'complete in the services that were selected'
      : completeness.nothing
        ? 'no data could be collected'
        : `incomplete: ${failed} of ${operations} operations failed; checks that depend on them are unknown`;
  return `headgate: account ${account}, ${regions.join(', ')}: ${how} (${sent} calls)`;
}
