import { realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { HeadgateError } from '../model/headgate-error.ts';
import { snippetFor } from '../model/fix-words.ts';
import { severities, type RuleSet } from '../model/rule.ts';
import type { Evaluation } from '../model/scan-result.ts';
import { applyFixes, type AppliedFix, type FixOutcome } from '../app/apply-fixes.ts';
import type { ScannedGraph, UnplannedFinding } from '../app/plan-fixes.ts';
import { decideGraph, readFor } from '../app/scan.ts';
import { unifiedDiffs } from '../app/unified-diff.ts';
import { plural, singleLine } from '../report/plain-text.ts';
import { EditableFiles } from './editable-files.ts';
import { loadSettings } from './load-settings.ts';
import type { ScanOptions } from './options.ts';
import { saveFile } from './save-file.ts';
import { prepareScan, reportUnread, type PreparedScan } from './scan-paths.ts';
import { writeVerbatim, type OutputStream, type Surroundings } from './surroundings.ts';

/** Options of `fix`. */
export interface FixOptions extends ScanOptions {
  readonly unsafe?: boolean;
  readonly dryRun?: boolean;
}

/**
 * `headgate fix`: edits templates, or prints the diff.
 * @returns 0 where nothing is left to write, 1 where `--dry-run` has changes, 2 where something could not be read or written.
 */
export async function fixPaths(
  paths: readonly string[],
  options: FixOptions,
  surroundings: Surroundings,
): Promise<0 | 1 | 2> {
  refuseOtherSources(paths);
  const { cwd, stdout, stderr } = surroundings;
  // What an edit may not make worse is asked of all rules; the options say only what is edited.
  const prepared = await prepareScan(paths, withAllRules(options), surroundings, { baseline: false });
  const selected = await selectedRules(options, cwd);
  const files = new EditableFiles(paths, cwd);
  const texts: { reading?: ScannedGraph['reading'] } = {};
  const rescan = async (changed: ReadonlyMap<string, string>): Promise<ScannedGraph> => {
    const scanned = await scanWith(changed, paths, prepared, cwd);
    texts.reading ??= scanned.reading;
    return scanned;
  };
  const outcome = await applyFixes(rescan, {
    unsafe: options.unsafe === true,
    only: (finding) => selected(finding),
    mayNotEdit: (file) => {
      const found = files.find(file, texts.reading?.text?.(file) ?? '');
      return typeof found === 'string' ? found : undefined;
    },
  });
  const isDry = options.dryRun === true;
  if (isDry) for (const patch of unifiedDiffs(outcome.files)) writeVerbatim(stdout, patch);
  else await writeAll(outcome, files);
  if (options.quiet !== true) report(outcome, isDry ? stderr : stdout, options);
  reportUnread(outcome.after.result, options, surroundings);
  if (outcome.after.result.inputs.length === 0) {
    stderr.write(`headgate: no templates found in ${paths.map((path) => `\`${path}\``).join(', ')}.\n`);
    return 2;
  }
  if (outcome.after.result.diagnostics.some(({ severity }) => severity === 'error')) return 2;
  return isDry && outcome.files.size > 0 ? 1 : 0;
}

function refuseOtherSources(paths: readonly string[]): void {
  if (paths.includes('-'))
    throw new HeadgateError(
      'fix-needs-files',
      '`headgate fix` edits files; name a template or a folder instead of `-`.',
    );
  const snapshot = paths.find((path) => /\.(gz|ndjson)$/.test(path));
  if (snapshot !== undefined)
    throw new HeadgateError(
      'fix-needs-files',
      `\`${snapshot}\` is a snapshot of an account, which cannot be edited; fix the templates that the account was deployed from.`,
      { file: snapshot },
    );
}

function withAllRules(options: FixOptions): FixOptions {
  const whole: { level?: unknown; skipRule?: unknown; minSeverity?: unknown } & FixOptions = {
    ...options,
    rule: [],
    flow: [],
  };
  delete whole.level;
  delete whole.skipRule;
  delete whole.minSeverity;
  return whole as FixOptions;
}

/** Which findings the options ask for: by rule, flow, level and severity. */
async function selectedRules(options: FixOptions, cwd: string): Promise<(finding: Evaluation) => boolean> {
  const { ruleSet } = await loadSettings(options, cwd);
  const ids = new Set(ruleSet.rules.map(({ id }) => id));
  const { minSeverity } = options;
  const limit = minSeverity === undefined ? severities.length : severities.indexOf(minSeverity);
  return ({ ruleId, severity }) => ids.has(ruleId) && severities.indexOf(severity) <= limit;
}

async function scanWith(
  changed: ReadonlyMap<string, string>,
  paths: readonly string[],
  { read, decide }: PreparedScan,
  cwd: string,
): Promise<ScannedGraph> {
  const byPath = new Map([...changed].map(([file, text]) => [realpathSync(resolve(cwd, file)), text]));
  const { ruleSet, now } = decide;
  const reading = await readFor(ruleSet, paths, { ...read, readFile: (path) => byPath.get(path) });
  return { reading, ruleSet, now, ...decideGraph(reading, decide) };
}

/** @throws HeadgateError `fix-failed` where a file has changed meanwhile or cannot be written. */
async function writeAll({ files: changed }: FixOutcome, files: EditableFiles): Promise<void> {
  for (const [name, { before, after }] of changed) {
    const file = files.find(name, before);
    if (typeof file === 'string') throw notWritten(name, file);
    if (files.read(file) !== before)
      throw notWritten(name, 'the file has changed since it was scanned; run again');
    try {
      await saveFile(file.path, file.mark + after, { cwd: files.cwd });
    } catch (cause) {
      throw notWritten(name, cause instanceof Error ? cause.message : String(cause), cause);
    }
  }
}

function notWritten(file: string, why: string, cause?: unknown): HeadgateError {
  return new HeadgateError('fix-failed', `\`${file}\` is not edited: ${why}.`, { file }, { cause });
}

/** Findings that a list shows before it counts the others. */
const shownLeft = 20;

function report(outcome: FixOutcome, stream: OutputStream, { dryRun, unsafe, verbose }: FixOptions): void {
  const { applied, left, files } = outcome;
  for (const fix of applied) stream.write(describeFix(fix));
  const verb = dryRun === true ? 'would fix' : 'fixed';
  const repaired = new Set(applied.map(({ finding }) => `${finding.ruleId} ${finding.resource.id}`)).size;
  stream.write(
    applied.length === 0
      ? 'No finding can be fixed by the selected edits.\n'
      : `${plural(applied.length, 'edit')} ${verb} ${plural(repaired, 'finding')} in ${plural(files.size, 'file')}.\n`,
  );
  const refused = left.filter(({ kind }) => kind === 'refused');
  const shown = verbose === true ? refused : refused.slice(0, shownLeft);
  for (const each of shown) stream.write(describeRefused(each, outcome.after.ruleSet));
  if (refused.length > shown.length)
    stream.write(`and ${refused.length - shown.length} more that are not edited; --verbose lists them\n`);
  const counts = {
    unsafe: left.filter(({ kind }) => kind === 'unsafe').length,
    none: left.filter(({ kind }) => kind === 'no-edit').length,
  };
  if (left.length === 0) return;
  const parts = [
    ...(counts.unsafe > 0 && unsafe !== true
      ? [`${counts.unsafe} can be fixed with --unsafe, which changes behavior or adds resources`]
      : []),
    ...(refused.length > 0 ? [`${refused.length} cannot be edited here, for the reasons above`] : []),
    ...(counts.none > 0
      ? [
          `${counts.none} ${counts.none === 1 ? 'needs' : 'need'} a manual fix; run \`headgate explain RULE\` for instructions`,
        ]
      : []),
  ];
  stream.write(`${plural(left.length, 'finding')} left: ${parts.join('; ')}.\n`);
}

function describeFix({ finding, title, because, safety, brings }: AppliedFix): string {
  const lines = [
    `${placeOf(finding)}  ${finding.ruleId}  ${title}${safety === 'unsafe' ? ' (unsafe)' : ''}`,
    ...(because === undefined ? [] : [`  note: ${because}`]),
    ...brings.map(
      (each) => `  new: ${each.ruleId} (${each.severity}) on ${each.resource.name}: ${each.message}`,
    ),
  ];
  return lines.map((line) => `${singleLine(line)}\n`).join('');
}

function describeRefused({ finding, title, reason }: UnplannedFinding, { rules }: RuleSet): string {
  const rule = rules.find(({ id }) => id === finding.ruleId);
  const snippet =
    rule === undefined ? undefined : snippetFor(rule.fix, finding.resource, finding.location?.file);
  const isMade = snippet?.language === 'CDK' || snippet?.language === 'Terraform';
  const lines = [
    `${placeOf(finding)}  ${finding.ruleId}  not edited: ${reason ?? 'it cannot be edited'}`,
    ...(title === undefined ? [] : [`  edit: ${title}`]),
    ...(isMade ? [`  ${snippet.language}: ${snippet.text}`] : []),
  ];
  return lines.map((line) => `${singleLine(line)}\n`).join('');
}

function placeOf({ location, resource }: Evaluation): string {
  if (resource.sourceLine !== undefined) return resource.sourceLine;
  return location === undefined
    ? resource.name
    : `${location.file}:${location.startLine}:${location.startColumn}`;
}
