import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { loadRuleSet } from '../../../src/app/load-rule-set.ts';
import { readFiles, scanTemplates } from '../../../src/app/scan.ts';
import type { Resource } from '../../../src/model/resource.ts';
import type { ScanResult } from '../../../src/model/scan-result.ts';
import type { SourceReading } from '../../../src/model/source.ts';

export const now = new Date('2026-11-28T00:00:00Z');

/** One instance of a plan that is written out in a test. */
export interface Planned {
  readonly address: string;
  readonly module?: string;
  readonly index?: string | number;
  readonly mode?: 'data';
  readonly provider?: string;
  readonly after?: unknown;
  readonly unknown?: unknown;
  readonly sensitive?: unknown;
  readonly actions?: readonly string[];
}

/** The JSON of a plan as `terraform show -json` prints it: instances, and the configuration that they come from. */
export function planOf(
  instances: readonly Planned[],
  configuration: unknown = {},
  more: object = {},
): object {
  return {
    format_version: '1.2',
    terraform_version: '1.11.4',
    resource_changes: instances.map((each) => {
      const local = each.module === undefined ? each.address : each.address.slice(each.module.length + 1);
      const [type = '', name = ''] = local
        .replace(/^data\./, '')
        .replace(/\[.*$/, '')
        .split('.');
      return {
        address: each.address,
        ...(each.module === undefined ? {} : { module_address: each.module }),
        mode: each.mode ?? 'managed',
        type,
        name,
        ...(each.index === undefined ? {} : { index: each.index }),
        provider_name: each.provider ?? 'registry.terraform.io/hashicorp/aws',
        change: {
          actions: each.actions ?? ['create'],
          before: null,
          after: each.after ?? {},
          after_unknown: each.unknown ?? {},
          after_sensitive: each.sensitive ?? {},
        },
      };
    }),
    configuration,
    ...more,
  };
}

/** Runs `work` in a folder of these files. */
export async function withFiles<T>(
  files: Readonly<Record<string, string | Uint8Array>>,
  work: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'headgate-plan-'));
  try {
    for (const [name, content] of Object.entries(files)) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), content);
    }
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Reads one plan. */
export async function readPlan(plan: object | string): Promise<SourceReading> {
  const text = typeof plan === 'string' ? plan : JSON.stringify(plan);
  return withFiles({ 'plan.json': text }, (cwd) => readFiles([join(cwd, 'plan.json')], { cwd }));
}

/** What a plan makes of an address; `suffix` of what stands beside it. */
export function resourceOf(reading: SourceReading, address: string, suffix?: string): Resource {
  const id = `plan.json/${address}${suffix === undefined ? '' : `#${suffix}`}`;
  const found = reading.resources.find((resource) => resource.id === id);
  if (found === undefined)
    throw new Error(`no ${id} among ${reading.resources.map((each) => each.id).join(', ')}`);
  return found;
}

/** Decides files by all shipped rules. */
export async function scan(
  paths: readonly string[],
  cwd: string,
  options: { readonly sources?: string } = {},
): Promise<ScanResult> {
  const ruleSet = await loadRuleSet({}, { folders: [], rule: [], flow: [] }, cwd);
  return scanTemplates(paths, { cwd, ...options }, { ruleSet, version: '0.0.0', now, detail: 'all' });
}
