import { spawnSync } from 'node:child_process';
import { dirname } from 'node:path';
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

  /** @throws Error with what is wrong, which the CDK reports as the plugin's failure. */
  validate({ appConstruct, templatePaths }: IPolicyValidationContext): PolicyValidationPluginReport {
    // The CDK hands over the root of the tree, and only an App is asked to validate.
    const { outdir: assembly } = appConstruct as App;
    const folders = [...new Set(templatePaths.map((path) => dirname(path)))];
    const { violations, counts } = ask({ ...this.#options, assembly, folders });
    return {
      success: violations.every(({ severity }) => severity !== 'error'),
      violations: [...violations],
      metadata: Object.fromEntries(Object.entries(counts).map(([name, count]) => [name, String(count)])),
    };
  }
}

function ask(request: ScanRequest): ScanAnswer {
  const { status, stdout, stderr, error } = spawnSync(process.execPath, [scanner], {
    input: JSON.stringify(request),
    encoding: 'utf8',
    maxBuffer: Infinity,
  });
  if (status !== 0) throw new Error(error?.message ?? stderr, { cause: error });
  // Written by the process above.
  return JSON.parse(stdout) as ScanAnswer;
}
