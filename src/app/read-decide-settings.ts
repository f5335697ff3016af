import { resolve } from 'node:path';
import type { FileAccess } from '../files/read-regular-file.ts';
import { HeadgateError } from '../model/headgate-error.ts';
import type { Baseline, Waiver } from '../model/waiver.ts';
import type { HeadgateConfig } from '../rules/read-config.ts';
import type { DecideOptions } from './scan.ts';
import type { WaiveOptions } from './waive.ts';

/** What headgate.yaml says of verdicts: waivers, baseline, tools that count, and what stands outside of the scan. */
export async function readDecideSettings(
  config: HeadgateConfig,
  cwd: string,
  useBaseline: boolean,
  access: FileAccess = {},
): Promise<WaiveOptions & Pick<DecideOptions, 'outside'>> {
  const { waivers, baseline, peerSuppressions, outside, trust = {} } = config;
  refuseContradiction(config);
  return {
    ...(waivers === undefined ? {} : { waivers: await readWaiversOf(waivers, cwd, access) }),
    ...(baseline === undefined || !useBaseline
      ? {}
      : { baseline: { file: baseline, entries: await readBaselineOf(baseline, cwd, access) } }),
    ...(peerSuppressions === undefined ? {} : { peerSuppressions }),
    ...(trust.templateWaivers === undefined ? {} : { templateWaivers: trust.templateWaivers }),
    ...(outside === undefined ? {} : { outside }),
  };
}

// Who refuses baselines and names one has not decided which of both is meant.
function refuseContradiction({ baseline, trust }: HeadgateConfig): void {
  if (baseline !== undefined && trust?.baseline === false)
    throw new HeadgateError(
      'config-invalid',
      `The configuration sets the baseline \`${baseline}\` but rejects baselines (\`trust.baseline: false\`); remove one of them.`,
    );
}

async function readWaiversOf(file: string, cwd: string, access: FileAccess = {}): Promise<Waiver[]> {
  const { readWaivers } = await import('../rules/read-waivers.ts');
  return readWaivers(resolve(cwd, file), file, access);
}

async function readBaselineOf(file: string, cwd: string, access: FileAccess = {}): Promise<Baseline> {
  const { readBaseline } = await import('../rules/read-baseline.ts');
  return readBaseline(resolve(cwd, file), file, access);
}
