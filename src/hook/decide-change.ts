import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StackFacts } from '../account/stack-facts.ts';
import { loadRuleSet } from '../app/load-rule-set.ts';
import { readDecideSettings } from '../app/read-decide-settings.ts';
import { scanTemplates, type DecideOptions } from '../app/scan.ts';
import { version } from '../app/version.ts';
import { knownFindings } from '../evaluate/apply-baseline.ts';
import type { ScanResult } from '../model/scan-result.ts';
import { readConfigIn } from '../rules/read-config.ts';
import type { HookCall } from './event.ts';
import type { HookSettings } from './hook-settings.ts';
import type { HookPayload } from './payload.ts';
import { stateBefore, withResolvedValues } from './resolved-values.ts';

/** Rules and settings of the function, read once for all calls that it serves. */
export type Judge = Omit<DecideOptions, 'now' | 'detail'>;

/**
 * Loads the rules that the settings and the configuration in `folder` ask for.
 * @throws HeadgateError for a configuration that is not valid.
 */
export async function loadJudge(folder: string, { level }: Pick<HookSettings, 'level'>): Promise<Judge> {
  const config = await readConfigIn(folder, undefined);
  const selection = { folders: [], rule: [], flow: [], ...(level === undefined ? {} : { level }) };
  return {
    ruleSet: await loadRuleSet(config, selection, folder),
    version,
    ...(await readDecideSettings(config, folder, true)),
  };
}

/** Decides the template of a call; with `compare: new`, what the state before had open is waived. */
export async function decideChange(
  call: HookCall,
  payload: HookPayload,
  known: StackFacts | undefined,
  judge: Judge,
  { compare }: Pick<HookSettings, 'compare'>,
): Promise<ScanResult> {
  const folder = await mkdtemp(join(tmpdir(), 'headgate-hook-'));
  try {
    const exports = await writeExports(folder, known?.exports ?? {});
    const scan = async (template: string, options: Partial<DecideOptions>): Promise<ScanResult> =>
      scanTemplates(
        ['-', ...exports],
        {
          cwd: folder,
          stdin: Buffer.from(template),
          parameters: known?.parameters ?? {},
          ...(call.region === undefined ? {} : { region: call.region }),
          ...(call.account === undefined ? {} : { account: call.account }),
        },
        { ...judge, now: new Date(), detail: 'findings', ...options },
      );
    const before = compare === 'new' ? beforeOf(payload, known) : '';
    const against =
      before === ''
        ? {}
        : {
            against: {
              source: 'the stack before',
              findings: knownFindings((await scan(before, {})).evaluations),
            },
          };
    return await scan(withResolvedValues(payload.template, payload.changes), against);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function beforeOf(
  { template, previousTemplate, changes }: HookPayload,
  known: StackFacts | undefined,
): string {
  if (previousTemplate !== '') return previousTemplate;
  if (known?.deployed !== undefined) return known.deployed;
  return changes.length === 0 ? '' : stateBefore(template, changes);
}

/** Exports of other stacks, as a template that exports their values. */
async function writeExports(folder: string, exports: Readonly<Record<string, string>>): Promise<string[]> {
  const entries = Object.entries(exports);
  if (entries.length === 0) return [];
  const outputs = entries.map(([Name, Value], index) => [`Export${index}`, { Value, Export: { Name } }]);
  const text = JSON.stringify({ Resources: {}, Outputs: Object.fromEntries(outputs) });
  await writeFile(join(folder, 'exports.json'), text);
  return ['exports.json'];
}
