import { spawnSync } from 'node:child_process';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type {
  App,
  IPolicyValidationContext,
  IPolicyValidationPlugin,
  PolicyValidationPluginReport,
} from 'aws-cdk-lib';
import { version } from '../app/version.ts';
import type { HeadgateValidationOptions, ScanAnswer, ScanRequest } from './scan-request.ts';

const scanner = fileURLToPath(new URL('scan-assembly.js', import.meta.url));

/**
 * Decides a CDK application while it is synthesized:
 * `Validations.of(app).addPlugins(new HeadgateValidation())`. Findings come with the construct and the line
 * that made it, and are acknowledged as `headgate::<rule id>`. The whole assembly is scanned, as flows cross
 * stacks; an application that registers the plugin for a stage hears of that stage alone.
 * Source of the contract: IPolicyValidationPlugin of aws-cdk-lib 2.276 (read 2026-11-23).
 */
export class HeadgateValidation implements IPolicyValidationPlugin {
  readonly name = 'headgate';
  readonly version: string = version;
  readonly #options: HeadgateValidationOptions;

  constructor(options: HeadgateValidationOptions = {}) {
    this.#options = options;
  }

  /** Never throws: what keeps the plugin from deciding is a fatal violation of the report. */
  validate({ appConstruct, templatePaths }: IPolicyValidationContext): PolicyValidationPluginReport {
    // The CDK hands over the root of the tree, and only an App is asked to validate.
    // The CDK command names its output folder relative to where it runs, and so the templates in it.
    const assembly = resolve((appConstruct as App).outdir);
    const folders = [...new Set(templatePaths.map((path) => dirname(resolve(path))))];
    const answer = ask({ ...this.#options, assembly, folders });
    if (answer instanceof Error) return undecided(answer.message);
    const { violations, counts } = answer;
    return {
      success: violations.every(({ severity }) => severity !== 'error'),
      violations: [...violations],
      metadata: Object.fromEntries(Object.entries(counts).map(([name, count]) => [name, String(count)])),
    };
  }
}

/**
 * The CDK command passes a synthesis whose plugin threw (aws-cdk 2.1148, read 2026-11-27): it looks at
 * violations alone. Of a fatal one that is bound to no construct it always tells, and nobody can acknowledge it.
 */
function undecided(why: string): PolicyValidationPluginReport {
  const violation = {
    ruleName: 'headgate.scan',
    description: `Headgate could not check this application: ${why.trim()}`,
    severity: 'fatal',
    // One resource that is none: the CDK command counts violations without any, and prints nothing of them.
    violatingResources: [{ locations: [] }],
  };
  return { success: false, violations: [violation], metadata: { error: why.trim() } };
}

function ask(request: ScanRequest): ScanAnswer | Error {
  const { status, stdout, stderr, error } = spawnSync(process.execPath, [scanner], {
    input: JSON.stringify(request),
    encoding: 'utf8',
    maxBuffer: Infinity,
  });
  if (status !== 0) return error ?? new Error(stderr === '' ? 'the scan was stopped.' : stderr);
  // Written by the process above.
  return JSON.parse(stdout) as ScanAnswer;
}
