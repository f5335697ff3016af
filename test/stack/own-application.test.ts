import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ScanResult } from '../../src/model/scan-result.ts';
import { scanTemplates } from '../../src/app/scan.ts';
import { applySettings } from '../../src/rules/apply-config.ts';
import { shippedRules } from '../../src/rules/shipped.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const { context } = JSON.parse(readFileSync(join(root, 'reference-stack/cdk.json'), 'utf8')) as {
  context: object;
};

let folder: string;
beforeAll(() => {
  // Below the checkout, where packages are found.
  mkdirSync(join(root, '.cache'), { recursive: true });
  folder = mkdtempSync(join(root, '.cache', 'own-application-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Runs an application as the CDK's command does; the package is the checkout itself. */
function synthesize(file: string): string {
  const out = join(folder, `cdk.out-${file.split('/').at(-2) ?? ''}`);
  const text = readFileSync(file, 'utf8').replaceAll(
    "'headgate/reference-stack'",
    `'${join(root, 'reference-stack/lib/index.ts')}'`,
  );
  writeFileSync(file, text);
  const hooks = join(root, 'reference-stack/typescript.mjs');
  const { status, stderr } = spawnSync(process.execPath, ['--import', hooks, file], {
    cwd: join(file, '..'),
    encoding: 'utf8',
    env: {
      ...process.env,
      CDK_OUTDIR: out,
      CDK_CONTEXT_JSON: JSON.stringify(context),
      CDK_VALIDATION: 'false',
      NODE_OPTIONS: '',
    },
  });
  if (status !== 0) throw new Error(stderr);
  return out;
}

async function scan(out: string): Promise<ScanResult> {
  const ruleSet = applySettings(await shippedRules(), {});
  return scanTemplates(
    [out],
    { cwd: root },
    { ruleSet, version: '0', now: new Date('2026-11-28T00:00:00Z'), detail: 'findings' },
  );
}

const findings = ({ evaluations }: ScanResult): string[] =>
  evaluations
    .filter(({ verdict, waiver }) => (verdict === 'fail' || verdict === 'unknown') && waiver === undefined)
    .map(({ verdict, ruleId, resource }) => `${verdict} ${ruleId} ${resource.name}`)
    .sort();

describe('an application of one’s own', () => {
  it('passes every rule with the snippet of the README, as it is printed', async () => {
    const readme = readFileSync(join(root, 'reference-stack/README.md'), 'utf8');
    const snippet = /## Constructs for your own application\n+```ts\n(.*?)```/s.exec(readme)?.[1] ?? '';
    expect(snippet).toContain("from 'headgate/reference-stack'");
    const place = join(folder, 'readme');
    mkdirSync(join(place, 'src'), { recursive: true });
    writeFileSync(join(place, 'app.ts'), snippet);
    cpSync(join(root, 'examples/own-application/src'), join(place, 'src'), { recursive: true });
    const result = await scan(synthesize(join(place, 'app.ts')));
    expect(findings(result)).toEqual([]);
    expect(result.summary.pass).toBeGreaterThan(100);
  }, 120_000);

  it('passes every rule with each flow and its own handlers', async () => {
    const place = join(folder, 'flows');
    cpSync(join(root, 'examples/own-application'), place, { recursive: true });
    const result = await scan(synthesize(join(place, 'app.ts')));
    expect(findings(result)).toEqual([]);
    expect(Object.entries(result.summary.byFlow ?? {}).map(([flow, { flows }]) => [flow, flows > 0])).toEqual(
      expect.arrayContaining([
        ['api', true],
        ['batch', true],
        ['events', true],
      ]),
    );
  }, 120_000);
});
