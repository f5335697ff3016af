import { Command, CommanderError } from 'commander';
import { describePlace, isHeadgateError } from '../model/headgate-error.ts';
import { addAuditCommand, addCollectCommand, addPolicyCommand } from './audit-command.ts';
import { addBaselineCommand } from './baseline-command.ts';
import { addRulesCommands } from './rules-commands.ts';
import { addScanCommand } from './scan-command.ts';
import { addPublishCommand } from './publish-command.ts';
import { addReportCommand } from './report-command.ts';
import { addMigrateCommand } from './migrate-command.ts';
import { addExplainCommand } from './explain-command.ts';
import { addCompletionCommand } from './completion-command.ts';
import { addDiffCommand } from './diff-command.ts';
import { addFixCommand } from './fix-command.ts';
import { addInitCommand } from './init-command.ts';
import { addLspCommand, addMcpCommand } from './serve-commands.ts';
import { guarded, type Surroundings } from './surroundings.ts';
import { version } from '../app/version.ts';

type AddCommand = (program: Command, surroundings: Surroundings, done: (code: number) => void) => void;

const commands: readonly (readonly [name: string, add: AddCommand])[] = [
  ['scan', addScanCommand],
  ['audit', addAuditCommand],
  ['collect', addCollectCommand],
  ['iam-policy', addPolicyCommand],
  ['baseline', addBaselineCommand],
  ['fix', addFixCommand],
  ['report', addReportCommand],
  ['diff', addDiffCommand],
  ['publish', addPublishCommand],
  ['rules', addRulesCommands],
  ['explain', addExplainCommand],
  ['migrate', addMigrateCommand],
  ['init', addInitCommand],
  ['completion', addCompletionCommand],
  ['lsp', addLspCommand],
  ['mcp', addMcpCommand],
];

/** Runs the command line. Never throws; answers the exit code. */
export async function run(argv: readonly string[], given: Surroundings): Promise<number> {
  const surroundings = guarded(given);
  let exitCode = 0;
  const program = new Command('headgate')
    .description(
      'Check AWS serverless applications against security and reliability rules, before and after deployment.',
    )
    .version(version)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => surroundings.stdout.write(text),
      writeErr: (text) => surroundings.stderr.write(text),
    })
    .showSuggestionAfterError(true)
    .showHelpAfterError('(run headgate --help for a list of commands)');
  const done = (code: number): void => {
    exitCode = code;
  };
  // Registering options costs time at every start: a named command registers alone, help and completion need all.
  const named = argv[0] === 'completion' ? undefined : commands.find(([name]) => name === argv[0]);
  for (const [, add] of named === undefined ? commands : [named]) add(program, surroundings, done);
  try {
    await program.parseAsync(argv, { from: 'user' });
    return exitCode;
  } catch (error) {
    return report(error, surroundings, argv.includes('--debug'));
  }
}

function report(error: unknown, { stderr }: Surroundings, debug: boolean): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (isHeadgateError(error)) {
    const place = describePlace(error.where);
    stderr.write(
      `headgate: ${error.message}${place === '' || error.message.includes(place) || error.message.includes('\n') ? '' : ` (${place})`}\n`,
    );
  } else {
    const text = !(error instanceof Error) ? typeof error : quotesInput(error) ? error.name : error.message;
    stderr.write(
      `headgate: unexpected error: ${text}\nThis is a bug in Headgate. Run the command again with --debug and include the output in your bug report.\n`,
    );
  }
  if (debug && error instanceof Error)
    stderr.write(
      `${stackOf(error)}\n${error.cause instanceof Error ? `caused by ${stackOf(error.cause)}\n` : ''}`,
    );
  return 2;
}

/** True for the errors of parsers, which quote what they parsed: nobody asked to see that. */
function quotesInput({ name }: Error): boolean {
  return /syntax|yaml|parse/i.test(name);
}

function stackOf(error: Error): string {
  const { name, message, stack = '' } = error;
  if (!quotesInput(error)) return stack;
  return `${name}\n${stack.slice(stack.indexOf(message) + message.length).trimStart()}`;
}
