import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { version } from '../app/version.ts';
import { HeadgateError } from '../model/headgate-error.ts';
import type { Surroundings } from './surroundings.ts';

const starter = `# Headgate configuration. All settings are optional. Every report lists your changes to the defaults.

# Exit with code 1 if a check of this severity or higher fails: critical, high, medium, low, info, none.
failOn: high

# How unknown results affect the exit code: ignore, warn, fail.
unknown: warn

# Folders with custom rules (create one with \`headgate rules new <id>\`).
# ruleFolders: [./policies]

# Values of AWS::Region and AWS::AccountId, and of template parameters.
# region: eu-central-1
# account: '123456789012'
# parameters: ./parameters.json

# Disable rules, or change their severity or parameters. Give a reason: auditors read it.
# rules:
#   api.gateway.usage-plans: off
#   all.alarm.*: {severity: info, reason: alarms are in the monitoring account}
#   all.lambda.runtime:
#     parameters: {deprecationWarningDays: 180}
#     reason: our upgrade cycle takes half a year

# How much is checked: essential, standard, reference.
# level: reference

# Files in folders that are read, and that are not.
# include: ['services/**']
# exclude: ['**/test/**']

# Level and rules for the resources of some files; later entries win.
# overrides:
#   - paths: ['services/legacy/**']
#     level: essential
#     rules: {all.lambda.runtime: off}
#     reason: replaced in the second quarter

# What templates leave to the deployment, for example where one template is for development and production.
# assumptions:
#   - condition: IsProd
#     holds: true
#     reason: this gate checks production
#   - parameter: Stage
#     value: prod
#     stack: 'templates/*.yaml'
#     reason: this gate checks production

# Resources outside the scanned templates that Headgate should take into account.
# outside:
#   - resource: '*/ApiStage'
#     relation: webAcl
#     target: {type: AWS::WAFv2::WebACL, name: company-edge-acl}
#     reason: the platform team associates every stage through Firewall Manager
`;

/** `headgate init`: a commented headgate.yaml, never over one that is there. */
export function addInitCommand(
  program: Command,
  { cwd, stdout }: Surroundings,
  done: (code: number) => void,
): void {
  program
    .command('init')
    .description('Create a headgate.yaml with comments.')
    .action(async () => {
      try {
        const { schemaLine } = await import('../rules/schema-reference.ts');
        const file = resolve(cwd, 'headgate.yaml');
        await writeFile(file, `${schemaLine(file, 'config.schema.json', version)}${starter}`, { flag: 'wx' });
      } catch (cause) {
        const exists = (cause as NodeJS.ErrnoException).code === 'EEXIST';
        throw new HeadgateError(
          'init-failed',
          exists
            ? '`headgate.yaml` already exists. No file was changed.'
            : '`headgate.yaml` cannot be written here; check the permissions of this folder.',
          { file: 'headgate.yaml' },
          { cause },
        );
      }
      stdout.write('Wrote headgate.yaml. Next: headgate scan <path>\n');
      done(0);
    });
}
