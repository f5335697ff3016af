import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import {
  ownFileLimitBytes,
  readRegularText,
  UnreadableFileError,
  type FileAccess,
} from '../files/read-regular-file.ts';
import { HeadgateError } from '../model/headgate-error.ts';
import type { FlowDiagram, Requirement, Rule, RuleData } from '../model/rule.ts';
import type { RuleSources } from './apply-config.ts';
import { parseRule } from './parse-rule.ts';
import { peerAliasesOf, type PeerChecks } from './peer-checks.ts';
import { parseYaml } from './yaml-document.ts';

async function yamlFilesBelow(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && /\.ya?ml$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

export interface RuleFolderOptions {
  readonly origin: string;
  /** Rule files are named relative to this folder in messages and reports. */
  readonly base: string;
  /** Names that `related` may use; undefined skips that check. */
  readonly relations?: ReadonlySet<string>;
  /** Which files are read, and what stands in for them; any file on disk where it is absent. */
  readonly access?: FileAccess;
}

/**
 * Rules of one folder, in the order of their file names; all broken files are reported together.
 * @throws HeadgateError `rules-missing`, `rule-invalid`.
 */
export async function readRuleFolder(
  folder: string,
  { origin, base, relations, access = {} }: RuleFolderOptions,
): Promise<Rule[]> {
  const files = await yamlFilesBelow(folder).catch((cause: unknown) => {
    throw new HeadgateError(
      'rules-missing',
      `The rule folder \`${folder}\` cannot be read; check the path.`,
      { file: folder },
      { cause },
    );
  });
  const rules: Rule[] = [];
  const problems: string[] = [];
  for (const file of files) {
    if (/(^|\/)(data|flows)\//.test(relative(folder, file).replaceAll('\\', '/'))) continue;
    const shown = relative(base, file).replaceAll('\\', '/');
    try {
      rules.push(parseRule(await readRegularText(file, ownFileLimitBytes, access), shown, origin, relations));
    } catch (error) {
      if (error instanceof UnreadableFileError) problems.push(`${shown} was not read: ${error.message}`);
      else if (error instanceof HeadgateError) problems.push(error.message);
      else throw error;
    }
  }
  if (problems.length > 0) throw new HeadgateError('rule-invalid', problems.join('\n'), { file: folder });
  return rules;
}

/**
 * Everything below the shipped `rules` folder.
 * @throws HeadgateError as `readRuleFolder`.
 */
export async function readShippedRules(
  folder: string,
  relations?: ReadonlySet<string>,
): Promise<RuleSources> {
  const table = async (name: string): Promise<unknown> =>
    parseYaml(await readFile(join(folder, name), 'utf8'), name).value;
  const rules = await readRuleFolder(folder, {
    origin: 'shipped',
    base: dirname(folder),
    ...(relations === undefined ? {} : { relations }),
  });
  const diagrams = await yamlFilesBelow(join(folder, 'flows'));
  return {
    rules,
    data: {
      defaults: (await table('data/defaults.yaml')) as RuleData['defaults'],
      runtimes: (await table('data/runtimes.yaml')) as RuleData['runtimes'],
      credentials: (await table('data/credentials.yaml')) as RuleData['credentials'],
      peerAliases: peerAliasesOf((await table('data/peer-checks.yaml')) as PeerChecks),
    },
    requirements: [
      ...((await table('data/requirements.yaml')) as Requirement[]),
      ...((await table('data/more.yaml')) as Requirement[]).map((requirement): Requirement => ({
        ...requirement,
        catalogue: 'more',
      })),
    ],
    diagrams: await Promise.all(
      diagrams.map(async (file) => parseYaml(await readFile(file, 'utf8'), file).value as FlowDiagram),
    ),
  };
}
