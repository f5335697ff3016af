import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { ScanResult } from '../../../src/model/scan-result.ts';
import { scan, withFiles } from './scan-plan.ts';

/** What teams write: a module for each, planned by hashicorp/aws 5.100, with the verdicts it must get in comments. */
const folder = fileURLToPath(new URL('./planned/teams', import.meta.url));

interface Wanted {
  readonly rule: string;
  readonly address: string;
  readonly verdict: string;
}

const wanted = readdirSync(folder, { withFileTypes: true }).flatMap((entry): Wanted[] => {
  if (!entry.isDirectory()) return [];
  const text = readFileSync(join(folder, entry.name, 'main.tf'), 'utf8');
  return [...text.matchAll(/^# verdict: (\S+) (\S+) (\S+)$/gm)].map(
    ([, rule = '', address = '', verdict = '']) => ({
      rule,
      address: `module.${entry.name}.${address}`,
      verdict,
    }),
  );
});

function verdictOf({ evaluations }: ScanResult, { rule, address }: Wanted): string {
  const found = evaluations.filter(({ ruleId, resource }) => ruleId === rule && resource.name === address);
  return found.map(({ verdict }) => verdict).join(' and ') || 'none';
}

describe('what teams write', () => {
  let plan: ScanResult;
  let alone: ScanResult;
  beforeAll(async () => {
    plan = await scan(['teams.tfplan'], folder);
    const text = gunzipSync(readFileSync(join(folder, 'plan.json.gz')));
    alone = await withFiles({ 'plan.json': text }, (cwd) => scan(['plan.json'], cwd));
  });

  it('gets the right verdicts', () => {
    expect(wanted.length).toBeGreaterThan(85);
    const wrong = wanted.filter((each) => verdictOf(plan, each) !== each.verdict);
    expect(wrong.map((each) => ({ ...each, got: verdictOf(plan, each) }))).toEqual([]);
  });

  it('gets them without sources, or is unknown', () => {
    const wrong = wanted
      .map((each) => ({ ...each, got: verdictOf(alone, each) }))
      // Another rule says that the role is not known.
      .filter(({ rule, got }) => !(rule === 'more.role.service-wildcards' && got === 'notApplicable'))
      .filter(({ verdict, got }) => got !== verdict && got !== 'unknown');
    expect(wrong).toEqual([]);
  });

  it('is read without a warning', () => {
    expect(plan.diagnostics.filter(({ severity }) => severity !== 'info')).toEqual([]);
  });

  it('shows nothing of a sensitive variable', () => {
    const secret = /default *= *"(sk-live-\w+)"/.exec(
      readFileSync(join(folder, 'sensitive_and_moved/main.tf'), 'utf8'),
    )?.[1];
    expect(secret).toBeDefined();
    for (const result of [plan, alone]) expect(JSON.stringify(result)).not.toContain(secret);
  });
});
