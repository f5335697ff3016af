import { dirname, relative, resolve } from 'node:path';
import { readRegularText, UnreadableFileError } from '../files/read-regular-file.ts';
import { HeadgateError } from '../model/headgate-error.ts';
import type { Level, Severity } from '../model/rule.ts';
import type { ObjectValue } from '../model/value.ts';
import type { RuleSetting } from './apply-config.ts';

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
  readonly rules?: Readonly<Record<string, RuleSetting | 'off' | false>>;
  readonly outside?: readonly OutsideFact[];
  readonly trust?: TrustSettings;
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
): Promise<HeadgateConfig | undefined> {
  let text: string;
  try {
    text = await readRegularText(file);
  } catch (cause) {
    const why = cause instanceof UnreadableFileError ? cause : undefined;
    if (!required && why?.reason === 'missing') return undefined;
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
    throw new HeadgateError(
      'config-invalid',
      `The configuration is not valid; correct it.\n${describeProblems(document, problems, words).join('\n')}`,
      { file: shown },
    );
  }
  return value as HeadgateConfig;
}

/**
 * The configuration of a folder: the file given, else its headgate.yaml, else nothing.
 * @throws HeadgateError as `readConfig`.
 */
export async function readConfigIn(cwd: string, given: string | undefined): Promise<HeadgateConfig> {
  const name = given ?? 'headgate.yaml';
  const file = resolve(cwd, name);
  const config = (await readConfig(file, name, given !== undefined)) ?? {};
  return withPathsFrom(config, dirname(file), cwd);
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
