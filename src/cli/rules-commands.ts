import type { Command } from 'commander';
import type { RulesOptions } from './rules-actions.ts';
import type { Surroundings } from './surroundings.ts';

// Commands are registered at every start; what they do is loaded when one is used.
const actions = async () => import('./rules-actions.ts');

const addFolder = (folder: string, previous: readonly string[]): string[] => [...previous, folder];

/** `headgate rules list|show|test|new`. */
export function addRulesCommands(
  program: Command,
  surroundings: Surroundings,
  done: (code: number) => void,
): void {
  const rules = program.command('rules').description('List, show, test and create rules.');
  const withOptions = (command: Command): Command =>
    command
      .option('--rules <dir>', 'also load custom rules from this folder (repeatable)', addFolder, [])
      .option('--config <file>', 'configuration file')
      .option('--debug', 'show stack traces for errors');
  withOptions(
    rules.command('list').description('List all rules, one per line.').option('--json', 'as JSON'),
  ).action(async (options: RulesOptions & { json?: boolean }) => {
    await (await actions()).listRules(options, surroundings);
  });
  withOptions(rules.command('show').description('Show the details of one rule.').argument('<id>')).action(
    async (id: string, options: RulesOptions) => {
      await (await actions()).showRule(id, options, surroundings);
    },
  );
  withOptions(
    rules
      .command('test')
      .description('Run the examples of built-in and custom rules as tests.')
      .argument('[id]', 'test only this rule'),
  ).action(async (id: string | undefined, options: RulesOptions) => {
    done(await (await actions()).testRules(id, options, surroundings));
  });
  rules
    .command('new')
    .description('Create a rule file with working examples.')
    .argument('<id>', 'rule ID, for example team.lambda.memory')
    .option('--folder <dir>', 'rule folder', 'policies')
    .action(async (id: string, { folder }: { folder: string }) => {
      await (await actions()).newRule(id, folder, surroundings);
    });
}
