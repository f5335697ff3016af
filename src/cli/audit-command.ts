import { InvalidArgumentError, Option, type Command } from 'commander';
import { reportFormats } from '../report/render.ts';
import type { ResourceTag } from '../model/slice.ts';
import type { AuditOptions, CollectOptions, PolicyOptions } from './audit-actions.ts';
import { commonOptions } from './options.ts';
import type { Surroundings } from './surroundings.ts';

const actions = async () => import('./audit-actions.ts');

function positive(text: string): number {
  const number = Number(text);
  if (!Number.isFinite(number) || number <= 0)
    throw new InvalidArgumentError('Specify a number of seconds greater than 0.');
  return number;
}

const collected = (text: string, previous: readonly string[]): string[] => [...previous, text];

/** `0.5`, `50%`, `1/3` or `all`. */
function share(text: string): number {
  const [, over, under] = /^(\d+)\/(\d+)$/.exec(text) ?? [];
  const percent = /^(\d+(?:\.\d+)?)%$/.exec(text)?.[1];
  const value =
    text === 'all'
      ? 1
      : over !== undefined
        ? Number(over) / Number(under)
        : percent === undefined
          ? Number(text)
          : Number(percent) / 100;
  if (!(value > 0 && value <= 1))
    throw new InvalidArgumentError('Set a share above 0 and at most 1, such as 0.5, 50%, 1/3 or all.');
  return value;
}

const list = (text: string): string[] =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');

function addAccountOptions(command: Command): Command {
  return command
    .option('--profile <name>', 'AWS profile to use (SSO profiles are supported)')
    .option(
      '--region <region>',
      'Region to check, or all (repeatable; default: the Region from the environment or profile)',
      (text: string, previous: readonly string[]) => [...previous, ...list(text)],
      [],
    )
    .option('--role-arn <arn>', 'IAM role to assume')
    .option('--external-id <id>', 'external ID to use with --role-arn')
    .option('--web-identity-token-file <file>', 'file with the OIDC token to use with --role-arn')
    .option('--services <names>', 'check only these services (comma-separated)', list)
    .addOption(inventoryOption('config: list resources with AWS Config before calling each service'))
    .option(
      '--aggregator <name>',
      'report accounts and Regions in this AWS Config aggregator that the audit does not cover',
    )
    .option(
      '--timeout <seconds>',
      'stop after this many seconds; checks that need missing data are unknown',
      positive,
    )
    .option('--rate <share>', 'share of the documented API rates to use, or all (default: 1/3)', share)
    .option('--endpoint <url>', 'use this endpoint instead of the AWS endpoints');
}

function inventoryOption(description: string): Option {
  return new Option('--inventory <source>', description).choices(['config']);
}

function addSelected(command: Command, names: readonly string[]): Command {
  for (const option of commonOptions(reportFormats.map(({ name }) => name)))
    if (names.includes(option.attributeName())) command.addOption(option);
  return command;
}

/** `headgate audit`: the live account, or a saved snapshot of one. */
export function addAuditCommand(
  program: Command,
  surroundings: Surroundings,
  done: (code: number) => void,
): void {
  const command = addAccountOptions(
    program.command('audit').description('Check a live AWS account. Makes read-only API calls.'),
  )
    .option('--from <snapshot>', 'check a saved snapshot instead of the live account')
    .option(
      '--compare <path>',
      'compare the account with these templates: list missing resources and differing results',
    );
  command
    .option('--organization', 'audit the accounts of the AWS organization, with --role-name in each')
    .option(
      '--unit <id>',
      'audit only accounts in this organizational unit and its child units (repeatable)',
      collected,
      [],
    )
    .addOption(
      new Option(
        '--account-tag <key=value>',
        'audit only accounts of the organization with this tag (repeatable; one of several values of a key is enough)',
      )
        .argParser((text: string, previous: readonly ResourceTag[]) => [...previous, accountTagOf(text)])
        .default([], 'none'),
    )
    .option('--accounts <file>', 'audit the accounts in this file, one ID in each line')
    .option('--role-name <name>', 'IAM role to assume in each account', 'headgate')
    .option(
      '--folder <folder>',
      'folder for the snapshots, results and overview of the accounts',
      'headgate-accounts',
    )
    .option('--resume', 'read only accounts and Regions that have no snapshot in the folder');
  command
    .option(
      '--resource <arn>',
      'check only this resource, the flows through it, and what they depend on (repeatable)',
      collected,
      [],
    )
    .addOption(
      new Option(
        '--tag <key=value>',
        'check only resources with this tag, their flows and dependencies (repeatable; one of several values of a key is enough)',
      )
        .argParser((text: string, previous: readonly ResourceTag[]) => [...previous, accountTagOf(text)])
        .default([], 'none'),
    );
  command.option('--since <file>', 'print what changed since this snapshot or JSON result');
  for (const option of commonOptions(reportFormats.map(({ name }) => name))) {
    if (option.attributeName() === 'flow')
      option.description =
        'run only the rules for this flow: api, events or batch; api/ENTRY: only on the flow that starts at this resource (repeatable)';
    command.addOption(option);
  }
  command.action(async (options: AuditOptions) => {
    done(await (await actions()).audit(options, surroundings));
  });
}

/** `headgate collect`: saves what the rules read of the live account. */
export function addCollectCommand(
  program: Command,
  surroundings: Surroundings,
  done: (code: number) => void,
): void {
  const command = addAccountOptions(
    program
      .command('collect')
      .description('Save a snapshot of a live account, without secrets, to scan offline.'),
  ).option('--output <file>', 'snapshot file to write', 'account.json.gz');
  addSelected(command, ['rules', 'config', 'rule', 'skipRule', 'flow', 'quiet', 'debug']).action(
    async (options: CollectOptions) => {
      done(await (await actions()).collect(options, surroundings));
    },
  );
}

/** `headgate iam-policy`: what an audit needs to be allowed. */
export function addPolicyCommand(
  program: Command,
  surroundings: Surroundings,
  done: (code: number) => void,
): void {
  const command = program
    .command('iam-policy')
    .description('Print the least-privilege IAM policy for an audit with the selected rules.')
    .option('--partition <partition>', 'AWS partition: aws, aws-cn or aws-us-gov', 'aws')
    .option('--services <names>', 'check only these services (comma-separated)', list)
    .addOption(inventoryOption('config: include permissions for --inventory config'))
    .option('--aggregator <name>', 'include permissions for this AWS Config aggregator')
    .option('--tag', 'include permissions for headgate audit --tag');
  addSelected(command, ['rules', 'config', 'rule', 'skipRule', 'flow', 'debug']).action(
    async (options: PolicyOptions) => {
      done(await (await actions()).printPolicy(options, surroundings));
    },
  );
}

function accountTagOf(text: string): ResourceTag {
  const [key = '', ...value] = text.split('=');
  if (key === '' || value.length === 0)
    throw new InvalidArgumentError('Write a tag as KEY=VALUE, for example environment=production.');
  return { key, value: value.join('=') };
}
