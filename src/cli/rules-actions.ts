import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { HeadgateError } from '../model/headgate-error.ts';
import type { Rule } from '../model/rule.ts';
import { runExamples } from '../app/rule-examples.ts';
import { singleLine } from '../report/plain-text.ts';
import { nearest } from '../rules/nearest.ts';
import { readConfigIn } from '../rules/read-config.ts';
import { ruleScaffold } from '../rules/scaffold.ts';
import { schemaLine } from '../rules/schema-reference.ts';
import { version } from '../app/version.ts';
import { loadRuleSet } from '../app/load-rule-set.ts';
import { describeRule } from './describe-rule.ts';
import type { Surroundings } from './surroundings.ts';

/** Options that the rules commands share. */
export interface RulesOptions {
  readonly rules: readonly string[];
  readonly config?: string;
}

/** `rules list`. */
export async function listRules(
  options: RulesOptions & { readonly json?: boolean },
  surroundings: Surroundings,
): Promise<void> {
  surroundings.stdout.write(listText((await load(options, surroundings)).rules, options.json === true));
}

/** `rules show`. */
export async function showRule(id: string, options: RulesOptions, surroundings: Surroundings): Promise<void> {
  surroundings.stdout.write(showText((await load(options, surroundings)).rules, id));
}

async function load(options: RulesOptions, { cwd }: Surroundings): ReturnType<typeof loadRuleSet> {
  const config = await readConfigIn(cwd, options.config);
  return loadRuleSet(
    config,
    { folders: options.rules, rule: [], flow: [], level: 'reference', examples: true },
    cwd,
  );
}

function listText(rules: readonly Rule[], json: boolean): string {
  if (json)
    return `${JSON.stringify(
      rules.map(({ id, title, severity, level, requirement, flows, appliesTo, origin }) => ({
        id,
        title,
        severity,
        level,
        requirement,
        flows,
        appliesTo,
        origin,
      })),
      null,
      2,
    )}\n`;
  const width = Math.max(...rules.map(({ id }) => id.length));
  return rules
    .map(
      ({ id, severity, level, title }) =>
        `${id.padEnd(width)}  ${severity.padEnd(8)}  ${level.padEnd(9)}  ${title}\n`,
    )
    .join('');
}

function showText(rules: readonly Rule[], id: string): string {
  const rule = rules.find((candidate) => candidate.id === id);
  if (rule === undefined) {
    const meant = nearest(
      id,
      rules.map((candidate) => candidate.id),
    );
    throw new HeadgateError(
      'rule-unknown',
      `Unknown rule \`${id}\`${meant === undefined ? '' : `; did you mean \`${meant}\`?`} Run \`headgate rules list\` to see all rules.`,
    );
  }
  return describeRule(rule);
}

/** `rules test`: 0 when every example turns out as it says and every edit repairs one, else 1. */
export async function testRules(
  id: string | undefined,
  options: RulesOptions,
  surroundings: Surroundings,
): Promise<number> {
  const ruleSet = await load(options, surroundings);
  const rules = id === undefined ? ruleSet.rules : ruleSet.rules.filter((rule) => rule.id === id);
  if (rules.length === 0) showText(ruleSet.rules, id ?? '');
  const outcomes = runExamples({ ...ruleSet, rules }, surroundings.now());
  const broken = outcomes.filter(({ problem }) => problem !== undefined);
  for (const { rule, example, problem } of broken)
    surroundings.stdout.write(`${rule.file}: example "${example.name}": ${problem ?? ''}\n`);
  const edits = await (await import('../app/edit-examples.ts')).runEdits(rules, ruleSet, surroundings.now());
  const wrong = edits.filter(({ problems }) => problems.length > 0);
  for (const { rule, edit, problems } of wrong)
    for (const problem of problems)
      surroundings.stdout.write(`${rule.file}: fix.edits.${edit}: ${singleLine(problem)}\n`);
  const ofEdits =
    edits.length === 0 ? '' : `; ${edits.length - wrong.length} edits passed, ${wrong.length} failed`;
  surroundings.stdout.write(
    `${rules.length} rules, ${outcomes.length - broken.length} examples passed, ${broken.length} failed${ofEdits}\n`,
  );
  return broken.length + wrong.length === 0 ? 0 : 1;
}

/** `rules new`: never over a file that is there. */
export async function newRule(id: string, folder: string, { cwd, stdout }: Surroundings): Promise<void> {
  if (!/^[a-z][a-z0-9-]*(\.[a-z0-9-]+)+$/.test(id))
    throw new HeadgateError(
      'rule-id-invalid',
      `\`${id}\` is not a valid rule ID; use lower-case words with dots, such as team.lambda.memory.`,
    );
  const file = resolve(cwd, folder, `${id}.yaml`);
  await mkdir(dirname(file), { recursive: true });
  try {
    await writeFile(file, ruleScaffold(id, schemaLine(file, 'rules.schema.json', version)), { flag: 'wx' });
  } catch (cause) {
    throw new HeadgateError(
      'rule-exists',
      `Cannot write \`${folder}/${id}.yaml\`: the file already exists, or the folder is not writable.`,
      { file },
      { cause },
    );
  }
  stdout.write(`Wrote ${folder}/${id}.yaml. Next: headgate rules test ${id} --rules ${folder}\n`);
}
