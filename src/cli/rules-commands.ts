import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Command } from 'commander';
import { stringify } from 'yaml';
import { HeadgateError } from '../model/headgate-error.ts';
import type { Rule } from '../model/rule.ts';
import { runExamples } from '../rule-examples.ts';
import { readConfigIn } from '../rules/read-config.ts';
import { ruleScaffold } from '../rules/scaffold.ts';
import { nearest } from '../rules/yaml-document.ts';
import { loadRuleSet } from './rule-set.ts';
import type { Surroundings } from './run.ts';

interface RulesOptions {
  readonly rules: readonly string[];
  readonly config?: string;
}

const addFolder = (folder: string, previous: readonly string[]): string[] => [...previous, folder];

/** `headgate rules list|show|test|new`. */
export function addRulesCommands(
  program: Command,
  surroundings: Surroundings,
  done: (code: number) => void,
): void {
  const rules = program.command('rules').description('List, show, test and write rules.');
  const withOptions = (command: Command): Command =>
    command
      .option('--rules <dir>', 'add a folder of your own rules (repeatable)', addFolder, [])
      .option('--config <file>', 'configuration file')
      .option('--debug', 'show stack traces of errors');
  withOptions(
    rules.command('list').description('Every rule, one a line.').option('--json', 'as JSON'),
  ).action(async (options: RulesOptions & { json?: boolean }) => {
    surroundings.stdout.write(listRules((await load(options, surroundings)).rules, options.json === true));
  });
  withOptions(rules.command('show').description('Everything about one rule.').argument('<id>')).action(
    async (id: string, options: RulesOptions) => {
      surroundings.stdout.write(showRule((await load(options, surroundings)).rules, id));
    },
  );
  withOptions(
    rules
      .command('test')
      .description('Run the examples of the shipped rules and of your own.')
      .argument('[id]', 'only this rule'),
  ).action(async (id: string | undefined, options: RulesOptions) => {
    done(await testRules(id, options, surroundings));
  });
  rules
    .command('new')
    .description('Write a new rule file that passes its own examples.')
    .argument('<id>', 'for example team.lambda.memory')
    .option('--folder <dir>', 'rule folder', 'policies')
    .action(async (id: string, { folder }: { folder: string }) => {
      await newRule(id, folder, surroundings);
    });
}

async function load(options: RulesOptions, { cwd }: Surroundings): ReturnType<typeof loadRuleSet> {
  const config = await readConfigIn(cwd, options.config);
  return loadRuleSet(config, { folders: options.rules, rule: [], flow: [] }, cwd);
}

function listRules(rules: readonly Rule[], json: boolean): string {
  if (json)
    return `${JSON.stringify(
      rules.map(({ id, title, severity, requirement, flows, appliesTo, origin }) => ({
        id,
        title,
        severity,
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
    .map(({ id, severity, title }) => `${id.padEnd(width)}  ${severity.padEnd(8)}  ${title}\n`)
    .join('');
}

function showRule(rules: readonly Rule[], id: string): string {
  const rule = rules.find((candidate) => candidate.id === id);
  if (rule === undefined) {
    const meant = nearest(
      id,
      rules.map((candidate) => candidate.id),
    );
    throw new HeadgateError(
      'rule-unknown',
      `No rule is called \`${id}\`${meant === undefined ? '' : `; did you mean \`${meant}\`?`} \`headgate rules list\` lists them all.`,
    );
  }
  const {
    id: name,
    title,
    severity,
    requirement,
    appliesTo,
    file,
    why,
    fix,
    parameters,
    when,
    assert,
    controls,
    references,
  } = rule;
  const sections: [string, string][] = [
    ['Applies to', appliesTo.join(', ')],
    ['When', when.length === 0 ? 'always' : stringify(when).trimEnd()],
    ['Asserts', stringify(assert).trimEnd()],
    ['Parameters', Object.keys(parameters).length === 0 ? 'none' : stringify(parameters).trimEnd()],
    ['Why', why.trim()],
    [
      'How to fix',
      [fix.text, fix.cloudformation, fix.cdk, fix.cli]
        .filter((text) => text !== undefined)
        .map((text) => text.trim())
        .join('\n\n'),
    ],
    [
      'Controls',
      controls.length === 0
        ? 'none'
        : controls
            .map(
              (control) =>
                `${control.framework} ${control.id} (${control.source === 'aws' ? "AWS's mapping" : 'our mapping'})`,
            )
            .join('\n'),
    ],
    ['References', references.length === 0 ? 'none' : references.join('\n')],
  ];
  const body = sections
    .map(
      ([heading, text]) =>
        `${heading}\n${text
          .split('\n')
          .map((line) => `  ${line}`.trimEnd())
          .join('\n')}\n`,
    )
    .join('\n');
  return `${name}: ${title}\n${severity}; decides ${requirement}; ${file}\n\n${body}`;
}

async function testRules(
  id: string | undefined,
  options: RulesOptions,
  surroundings: Surroundings,
): Promise<number> {
  const ruleSet = await load(options, surroundings);
  const rules = id === undefined ? ruleSet.rules : ruleSet.rules.filter((rule) => rule.id === id);
  if (rules.length === 0) showRule(ruleSet.rules, id ?? '');
  const outcomes = runExamples({ ...ruleSet, rules }, surroundings.now());
  const broken = outcomes.filter(({ problem }) => problem !== undefined);
  for (const { rule, example, problem } of broken)
    surroundings.stdout.write(`${rule.file}: example "${example.name}": ${problem ?? ''}\n`);
  surroundings.stdout.write(
    `${rules.length} rules, ${outcomes.length - broken.length} examples passed, ${broken.length} failed\n`,
  );
  return broken.length === 0 ? 0 : 1;
}

async function newRule(id: string, folder: string, { cwd, stdout }: Surroundings): Promise<void> {
  if (!/^[a-z][a-z0-9-]*(\.[a-z0-9-]+)+$/.test(id))
    throw new HeadgateError(
      'rule-id-invalid',
      `\`${id}\` cannot be a rule id; use lower-case words with dots, such as team.lambda.memory.`,
    );
  const file = resolve(cwd, folder, `${id}.yaml`);
  await mkdir(dirname(file), { recursive: true });
  try {
    await writeFile(file, ruleScaffold(id), { flag: 'wx' });
  } catch (cause) {
    throw new HeadgateError(
      'rule-exists',
      `\`${folder}/${id}.yaml\` cannot be written: it is already there, or the folder may not be written to.`,
      { file },
      { cause },
    );
  }
  stdout.write(`Wrote ${folder}/${id}.yaml. Next: headgate rules test ${id} --rules ${folder}\n`);
}
