import { existsSync } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { stringify } from 'yaml';
import { decideReading, readFor } from '../app/scan.ts';
import { migrate, skipsOf, type Migration, type WrittenWaiver } from '../app/migrate.ts';
import { kicsComments, peerOf, readPeerConfig, type PeerConfig, type PeerSkip } from '../app/peer-config.ts';
import { ownFileLimitBytes, readRegularText } from '../files/read-regular-file.ts';
import { HeadgateError } from '../model/headgate-error.ts';
import type { SourceReading } from '../model/source.ts';
import { plural, singleLine } from '../report/plain-text.ts';
import type { PeerChecks } from '../rules/peer-checks.ts';
import { peerChecks } from '../rules/shipped-peer-checks.ts';
import type { ScanOptions } from './options.ts';
import { saveFile } from './save-file.ts';
import { prepareScan, reportUnread } from './scan-paths.ts';
import type { Surroundings } from './surroundings.ts';

/** Options of `headgate migrate`. */
export interface MigrateOptions extends ScanOptions {
  readonly waivers: string;
  readonly force?: boolean;
  readonly dryRun?: boolean;
}

/**
 * `headgate migrate`: writes the waivers file and prints what became of each suppression. Answers 0, or 2 where
 * something was not read; nothing is written then.
 * @throws HeadgateError for what cannot be read, and `waivers-exist`.
 */
export async function migrateSuppressions(
  paths: readonly string[],
  options: MigrateOptions,
  surroundings: Surroundings,
): Promise<0 | 2> {
  const { cwd, stdout } = surroundings;
  const file = resolve(cwd, options.waivers);
  if (options.dryRun !== true && options.force !== true && existsSync(file))
    throw new HeadgateError(
      'waivers-exist',
      `\`${options.waivers}\` already exists; select another file with --waivers, or replace it with --force.`,
      { file: options.waivers },
    );
  const configs = await readConfigs(paths, cwd);
  const scanned = paths.filter((path) => path === '-' || !configs.named.has(path));
  const { read, decide } = await prepareScan(scanned, { ...options, report: [] }, surroundings, {
    baseline: false,
  });
  const reading = await readFor(decide.ruleSet, scanned, read);
  // Without what the other tools were told, and without waivers that exist: both count as open here.
  const result = decideReading(reading, { ...decide, detail: 'findings', peerSuppressions: [], waivers: [] });
  reportUnread(result, options, surroundings);
  if (result.diagnostics.some(({ severity }) => severity === 'error')) return 2;
  const table = await peerChecks();
  const skips = [...configs.skips, ...skipsOf(reading.suppressions), ...kicsSkips(reading)];
  const migration: Migration = {
    ...migrate(skips, {
      table,
      rules: decide.ruleSet.rules,
      evaluations: result.evaluations,
      now: surroundings.now(),
    }),
    settings: configs.settings,
  };
  const waivers = migration.migrated.flatMap((each) => each.waivers);
  const text = waiversFile(waivers);
  if (options.dryRun !== true && waivers.length > 0) await saveFile(file, text, { cwd });
  if (options.format === 'json') stdout.write(`${JSON.stringify({ waivers, ...migration }, null, 2)}\n`);
  else stdout.write(describe(migration, table, waivers, text, options));
  return 0;
}

interface FoundConfigs extends PeerConfig {
  /** Paths of the command line that are such a configuration, and no template. */
  readonly named: ReadonlySet<string>;
}

/** Configurations among the paths, and directly in folders among them. */
async function readConfigs(paths: readonly string[], cwd: string): Promise<FoundConfigs> {
  const named = new Set<string>();
  /** With the folder outside of which nothing is read. */
  const files = new Map<string, string>();
  for (const path of paths) {
    const real = resolve(cwd, path);
    const kind = path === '-' ? undefined : await stat(real).catch(() => undefined);
    if (kind?.isDirectory() === true) {
      for (const name of await readdir(real))
        if (peerOf(name) !== undefined) files.set(join(real, name), real);
    } else if (kind !== undefined && peerOf(basename(path)) !== undefined) {
      named.add(path);
      files.set(real, dirname(real));
    }
  }
  const configs = await Promise.all(
    [...files].sort().map(async ([file, folder]): Promise<PeerConfig> => {
      const shown = relative(cwd, file).replaceAll('\\', '/');
      const within = [await realpath(folder)];
      const text = await readRegularText(file, ownFileLimitBytes, { within }).catch((cause: unknown) => {
        throw new HeadgateError(
          'peer-config-invalid',
          `\`${shown}\` was not read: ${cause instanceof Error ? cause.message : String(cause)}.`,
          { file: shown },
          { cause },
        );
      });
      return readPeerConfig(basename(file), text, shown);
    }),
  );
  return {
    named,
    skips: configs.flatMap(({ skips }) => skips),
    settings: configs.flatMap(({ settings }) => settings),
  };
}

/** What the first comments of the files that were read disable for KICS. */
function kicsSkips({ inputs, text }: SourceReading): readonly PeerSkip[] {
  return inputs.flatMap(({ name }) => kicsComments(text?.(name) ?? '', name));
}

function waiversFile(waivers: readonly WrittenWaiver[]): string {
  const list = stringify({ waivers: waivers.map((waiver) => ({ ...waiver })) }, { lineWidth: 0 });
  return `# Written by headgate migrate from the suppressions of other tools. Read each reason, add an owner and an expiry date.\n${list}`;
}

const headings = {
  none: 'No rule replaces these checks',
  unknown: 'Headgate does not support these checks',
  'nothing-open': 'No waiver is needed, because the rules have no findings there',
  'not-waivable': 'Rules that cannot be waived',
  expired: 'Suppressions that have expired',
} as const;

function describe(
  { migrated, left, settings }: Migration,
  { tools }: PeerChecks,
  waivers: readonly WrittenWaiver[],
  text: string,
  { waivers: file, dryRun }: MigrateOptions,
): string {
  const name = ({ tool, check }: PeerSkip): string => `${tools[tool] ?? tool} ${check}`;
  const lines: string[] = [];
  if (migrated.length > 0) lines.push('Accepted as before:');
  for (const { skip, check, waivers: own } of migrated) {
    const rules = [...new Set(own.map(({ rule }) => rule))].join(', ') || (check.rules ?? []).join(', ');
    const differs = check.is === 'same' ? '' : `; ${check.is}: ${check.note ?? ''}`;
    lines.push(
      `  ${skip.where}  ${name(skip)} -> ${rules} (${own.length === 0 ? 'accepted above' : plural(own.length, 'waiver')}${differs})`,
    );
  }
  for (const [why, heading] of Object.entries(headings)) {
    const these = left.filter((each) => each.why === why);
    if (these.length === 0) continue;
    lines.push(
      `${heading}:`,
      ...these.map(({ skip, message }) => `  ${skip.where}  ${name(skip)}: ${message}`),
    );
  }
  if (settings.length > 0) lines.push('Settings to change manually:');
  for (const { setting, instead, where } of settings) lines.push(`  ${where}  ${setting}: use ${instead}`);
  if (migrated.length + left.length + settings.length === 0)
    lines.push('No suppressions of other tools were found.');
  const shown = `${lines.map(singleLine).join('\n')}\n`;
  if (waivers.length === 0) return `${shown}No waiver is needed, and no file was written.\n`;
  if (dryRun === true) return `${shown}\n${text}`;
  return `${shown}\nWrote ${file}: ${plural(waivers.length, 'waiver')}. To use it, write \`waivers: ${file}\` in headgate.yaml.\n`;
}
