import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from '@jest/globals';

const synth = fileURLToPath(new URL('../../reference-stack/synth.mjs', import.meta.url));

describe('the synthesized application, as other tools see it', () => {
  let folder: string;
  let status: number | null;

  // The command of the README, in a process of its own, with the CDK's validation on and no credentials.
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'reference-stack-'));
    const { PATH } = process.env;
    ({ status } = spawnSync(process.execPath, [synth, folder], { env: { PATH }, stdio: 'ignore' }));
  }, 120_000);

  it('is synthesized without an account, and the CDK’s own validation finds nothing', () => {
    expect(status).toBe(0);
    const report = JSON.parse(readFileSync(join(folder, 'validation-report.json'), 'utf8')) as {
      pluginReports: { violations: { ruleName: string }[] }[];
    };
    expect(report.pluginReports.flatMap(({ violations }) => violations)).toEqual([]);
  });

  const hasLinter = spawnSync('cfn-lint', ['--version'], { stdio: 'ignore' }).status === 0;
  // Only where cfn-lint is installed: it is a Python program.
  (hasLinter ? it : it.skip)(
    'has no error and no warning of cfn-lint',
    () => {
      const templates = readdirSync(folder).filter((name) => name.endsWith('.template.json'));
      expect(templates).toHaveLength(5);
      const { stdout } = spawnSync('cfn-lint', templates, { cwd: folder, encoding: 'utf8' });
      expect(stdout).toBe('');
    },
    120_000,
  );
});
