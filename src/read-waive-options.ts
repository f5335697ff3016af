import { resolve } from 'node:path';
import type { Baseline, Waiver } from './model/waiver.ts';
import type { HeadgateConfig } from './rules/read-config.ts';
import type { WaiveOptions } from './waive.ts';

/** Waivers, baseline and counted tools that headgate.yaml names. */
export async function readWaiveOptions(
  config: HeadgateConfig,
  cwd: string,
  useBaseline: boolean,
): Promise<WaiveOptions> {
  const { waivers, baseline, peerSuppressions } = config;
  return {
    ...(waivers === undefined ? {} : { waivers: await readWaiversOf(waivers, cwd) }),
    ...(baseline === undefined || !useBaseline
      ? {}
      : { baseline: { file: baseline, entries: await readBaselineOf(baseline, cwd) } }),
    ...(peerSuppressions === undefined ? {} : { peerSuppressions }),
  };
}

async function readWaiversOf(file: string, cwd: string): Promise<Waiver[]> {
  const { readWaivers } = await import('./rules/read-waivers.ts');
  return readWaivers(resolve(cwd, file), file);
}

async function readBaselineOf(file: string, cwd: string): Promise<Baseline> {
  const { readBaseline } = await import('./rules/read-baseline.ts');
  return readBaseline(resolve(cwd, file), file);
}
