import { existsSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import {
  ownFileLimitBytes,
  readRegularText,
  UnreadableFileError,
  type FileAccess,
} from '../files/read-regular-file.ts';
import { globProblem } from '../model/glob.ts';
import { HeadgateError } from '../model/headgate-error.ts';
import type { Assumption } from '../model/assumption.ts';
import type { Level, Severity } from '../model/rule.ts';
import type { ObjectValue } from '../model/value.ts';
import type { RuleSettings } from './apply-config.ts';

/** headgate.yaml, validated. */
export interface HeadgateConfig {
  /** How much of the diagrams is asked for. @default reference */
  readonly level?: Level;
  readonly failOn?: Severity | 'none';
  readonly unknown?: 'ignore' | 'warn' | 'fail';
  readonly ruleFolders?: readonly string[];
  readonly waivers?: string;
  readonly baseline?: string;
  readonly region?: string;
  readonly account?: string;
  readonly parameters?: string;
  readonly peerSuppressions?: readonly ('checkov' | 'cfn_nag' | 'cfn-guard' | 'cdk-nag')[];
  readonly rules?: RuleSettings;
  readonly outside?: readonly OutsideFact[];
  /** Conditions and parameters that templates leave open. */
  readonly assumptions?: readonly Assumption[];
  readonly trust?: TrustSettings;
  /** Globs of files in folders that are read; all where it is absent. Like `exclude`, relative to `folder`. */
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
  /** What holds in some files alone; of several that fit a file, later ones win. */
  readonly overrides?: readonly PathOverride[];
  /** The folder of the configuration, absolute; not a setting. */
  readonly folder?: string;
}

/** Settings for the resources of some files. */
export interface PathOverride {
  /** Globs, relative to the folder of the configuration. */
  readonly paths: readonly string[];
  readonly level?: Level;
  readonly rules?: RuleSettings;
  readonly reason?: string;
}

/** What the configuration takes from the files that are scanned; everything unless it says otherwise. */
export interface TrustSettings {
  /** Waivers in templates: comments, Metadata, acknowledgements of CDK applications, suppressions for other tools. */
  readonly templateWaivers?: boolean;
  /** A baseline beside what is scanned, also with `headgate baseline check`. */
  readonly baseline?: boolean;
}

/** Something that stands outside of what is scanned, and why the user says so. */
export interface OutsideFact {
  readonly resource: string;
  readonly relation: string;
  readonly absent?: boolean;
  readonly reason: string;
  readonly target?: {
    readonly type: string;
    readonly name?: string;
    readonly arn?: string;
    readonly properties?: ObjectValue;
  };
}

/**
 * Reads a configuration file.
 * @param shown how messages name the file.
 * @returns undefined when `required` is false and the file does not exist.
 * @throws HeadgateError `config-missing`, `config-invalid`, `yaml-invalid`; every problem of the file at once.
 */
async function readConfig(
  file: string,
  shown: string,
  required: boolean,
  access: FileAccess,
): Promise<HeadgateConfig | undefined> {
  let text: string;
  try {
    text = await readRegularText(file, ownFileLimitBytes, access);
  } catch (cause) {
    const why = cause instanceof UnreadableFileError ? cause : undefined;
    // A folder above may be out of reach; its configuration is then none.
    const isNone = why?.reason === 'missing' || (why?.reason === 'outside' && access.within !== undefined);
    if (!required && isNone) return undefined;
    throw new HeadgateError(
      'config-missing',
      `The configuration \`${shown}\` was not read${why === undefined ? '' : `: ${why.message}`}; check the path given by --config.`,
      { file: shown },
      { cause },
    );
  }
  // Most scans have no configuration: what parses and validates one is loaded for those that do.
  const [{ describeProblems, parseYaml }, { validateConfig }, { configSchema }] = await Promise.all([
    import('./yaml-document.ts'),
    import('./validators.ts'),
    import('./schema.ts'),
  ]);
  const document = parseYaml(text, shown);
  const value = document.value ?? {};
  const problems = validateConfig(value);
  if (problems.length > 0) {
    const words = Object.keys(configSchema.properties);
    const described = describeProblems(document, problems, words);
    throw new HeadgateError(
      'config-invalid',
      `The configuration is not valid:\n${described.lines.join('\n')}`,
      { file: shown },
      { problems: described.problems },
    );
  }
  const config = value as HeadgateConfig;
  refuseGlobs(config, shown);
  return config;
}

/** A sign that a glob does not know would make it fit nothing, unnoticed. */
function refuseGlobs({ include = [], exclude = [], overrides = [] }: HeadgateConfig, shown: string): void {
  for (const glob of [...include, ...exclude, ...overrides.flatMap(({ paths }) => paths)]) {
    const problem = globProblem(glob);
    if (problem !== undefined)
      throw new HeadgateError('config-invalid', `The path \`${glob}\` in \`${shown}\` ${problem}.`, {
        file: shown,
      });
  }
}

/**
 * The configuration of a folder: the file given, else the headgate.yaml of the folder or of the nearest folder above
 * it that has one, up to the root of the repository; else nothing.
 * @param access which files are read, and what stands in for them; any file on disk where it is absent.
 * @throws HeadgateError as `readConfig`.
 */
export async function readConfigIn(
  cwd: string,
  given: string | undefined,
  access: FileAccess = {},
): Promise<HeadgateConfig> {
  for (const folder of given === undefined ? foldersUpToRoot(resolve(cwd)) : [cwd]) {
    const file = resolve(folder, given ?? 'headgate.yaml');
    const shown = given ?? (relative(cwd, file) || 'headgate.yaml');
    const config = await readConfig(file, shown, given !== undefined, access);
    if (config !== undefined) return { ...withPathsFrom(config, dirname(file), cwd), folder: dirname(file) };
  }
  return {};
}

/** The folder and those above it, up to the one that holds `.git`; the folder alone where none does. */
function foldersUpToRoot(start: string): string[] {
  const folders: string[] = [];
  for (let folder = start; ; folder = dirname(folder)) {
    folders.push(folder);
    if (existsSync(join(folder, '.git'))) return folders;
    if (folder === dirname(folder)) return [start];
  }
}

/** Paths in a configuration start from its own folder, wherever the command is run. */
function withPathsFrom(config: HeadgateConfig, folder: string, cwd: string): HeadgateConfig {
  if (folder === resolve(cwd)) return config;
  const from = (path: string): string => relative(cwd, resolve(folder, path)) || '.';
  const { ruleFolders, waivers, baseline, parameters } = config;
  return {
    ...config,
    ...(ruleFolders === undefined ? {} : { ruleFolders: ruleFolders.map(from) }),
    ...(waivers === undefined ? {} : { waivers: from(waivers) }),
    ...(baseline === undefined ? {} : { baseline: from(baseline) }),
    ...(parameters === undefined ? {} : { parameters: from(parameters) }),
  };
}
