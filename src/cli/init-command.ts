import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { version } from '../app/version.ts';
import { HeadgateError } from '../model/headgate-error.ts';
import type { Surroundings } from './surroundings.ts';

const starter = `# Headgate configuration. Everything is optional; what you change is listed in every report.

# Exit code 1 at findings of this severity or worse: critical, high, medium, low, info, none.
failOn: high

# What unknown verdicts do to the exit code: ignore, warn, fail.
unknown: warn

# Folders with rules of your own (\`headgate rules new <id>\` writes one).
# ruleFolders: [./policies]

# Values of AWS::Region and AWS::AccountId, and of template parameters.
# region: eu-central-1
# account: '123456789012'
# parameters: ./parameters.json

# Rules to switch off, weigh differently or set differently. Say why: auditors read it.
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

# Facts about what stands outside of the templates that are scanned.
# outside:
#   - resource: '*/ApiStage'
#     relation: webAcl
#     target: {type: AWS::WAFv2::WebACL, name: company-edge-acl}
#     reason: the platform team associates every stage by Firewall Manager
`;

/** `headgate init`: a commented headgate.yaml, never over one that is there. */
export function addInitCommand(
  program: Command,
  { cwd, stdout }: Surroundings,
  done: (code: number) => void,
): void {
  program
    .command('init')
    .description('Write a commented headgate.yaml.')
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
            ? '`headgate.yaml` is already there; nothing was changed.'
            : '`headgate.yaml` cannot be written here; check the permissions of this folder.',
          { file: 'headgate.yaml' },
          { cause },
        );
      }
      stdout.write('Wrote headgate.yaml. Next: headgate scan <path>\n');
      done(0);
    });
}
