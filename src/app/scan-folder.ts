import { readdir } from 'node:fs/promises';
import type { FileAccess, ReadFile } from '../files/read-regular-file.ts';
import type { RuleSet } from '../model/rule.ts';
import type { SourceReading } from '../model/source.ts';
import { readConfigIn, type HeadgateConfig } from '../rules/read-config.ts';
import { fileFilter } from './file-filter.ts';
import { loadRuleSet } from './load-rule-set.ts';
import { readDecideSettings } from './read-decide-settings.ts';
import type { ScannedGraph } from './plan-fixes.ts';
import { readParameters } from './read-parameters.ts';
import { decideGraph, readFor, type DecideOptions, type ScanFilesOptions } from './scan.ts';
import type { RuleSelection } from './select-rules.ts';
import { version } from './version.ts';

export type { ReadFile, ScannedGraph };

/** What the configuration of a folder says of a scan, read and checked. */
export interface FolderSettings {
  /** Absolute; files are named relative to it. */
  readonly folder: string;
  readonly config: HeadgateConfig;
  readonly ruleSet: RuleSet;
  readonly read: ScanFilesOptions;
  readonly decide: Omit<DecideOptions, 'ruleSet' | 'version' | 'now' | 'detail'>;
}

export interface LoadFolderOptions {
  /** Configuration file in the place of the folder's own. */
  readonly config?: string | undefined;
  /** Rules that are asked; all where it is absent. */
  readonly selection?: Partial<RuleSelection>;
  /** Which files are read, and what stands in for them; any file on disk where it is absent. */
  readonly access?: FileAccess;
}

/**
 * The settings with which `headgate scan` in a folder scans.
 * @throws HeadgateError for a configuration, or a file that it names, that is not valid.
 */
export async function loadFolder(
  folder: string,
  { config: file, selection = {}, access = {} }: LoadFolderOptions = {},
): Promise<FolderSettings> {
  const config = await readConfigIn(folder, file, access);
  const chosen = { folders: [], rule: [], flow: [], ...selection };
  const [ruleSet, parameters, decide] = await Promise.all([
    loadRuleSet(config, chosen, folder, access),
    readParameters(config.parameters, folder, access),
    readDecideSettings(config, folder, true, access),
  ]);
  const leaveOut = fileFilter(config, [], folder);
  const { region, account, assumptions } = config;
  const read: ScanFilesOptions = {
    cwd: folder,
    ...(region === undefined ? {} : { region }),
    ...(account === undefined ? {} : { account }),
    ...(assumptions === undefined ? {} : { assumptions }),
    ...(parameters === undefined ? {} : { parameters }),
    ...(leaveOut === undefined ? {} : { leaveOut }),
  };
  return { folder, config, ruleSet, read, decide };
}

/**
 * Scans as `headgate scan` in the folder does. No network.
 * @param more of reading, such as what stands in for files; it counts before what the settings say.
 * @throws HeadgateError for a path that cannot be read; anything wrong inside a file is a diagnostic of the result.
 */
export async function scanFolder(
  settings: FolderSettings,
  paths: readonly string[],
  now: Date,
  more: Partial<ScanFilesOptions> = {},
): Promise<ScannedGraph> {
  return decideFolder(settings, await readFolder(settings, paths, more), now);
}

/** The first half of `scanFolder`, for callers that may give up between both. */
export async function readFolder(
  { ruleSet, read }: FolderSettings,
  paths: readonly string[],
  more: Partial<ScanFilesOptions> = {},
): Promise<SourceReading> {
  return readFor(ruleSet, paths, { ...read, ...more });
}

/** The second half of `scanFolder`; evidence is part of the result. */
export function decideFolder(
  { ruleSet, decide }: FolderSettings,
  reading: SourceReading,
  now: Date,
): ScannedGraph {
  const decided = decideGraph(reading, { ...decide, ruleSet, version, now, detail: 'all' });
  return { reading, ruleSet, now, ...decided };
}

/** Where the configuration behind Terraform plans is: where it is said to be, else the folder itself if it is a root module. */
export async function sourcesOf(folder: string, given?: string): Promise<{ readonly sources?: string }> {
  if (given !== undefined) return { sources: given };
  const names = await readdir(folder).catch(() => []);
  return names.some((name) => /\.(?:tf|tofu)(?:\.json)?$/.test(name)) ? { sources: '.' } : {};
}
