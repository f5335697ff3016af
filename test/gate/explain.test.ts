import { describe, expect, it } from '@jest/globals';
import { failing, folderWith, headgate, scan } from './command.ts';

const files = { 't.yaml': `Resources:\n  F: ${failing}\n` };
const secrets = 'all.lambda.no-plaintext-secrets';

describe('headgate explain', () => {
  it('shows why, fix and examples of a rule before its logic', async () => {
    const { code, stdout } = await headgate(folderWith({}), 'explain', 'all.lambda.tracing');
    const headings = stdout.split('\n').filter((line) => /^[A-Z]/.test(line));
    expect(code).toBe(0);
    expect(stdout).toMatch(/^all\.lambda\.tracing: Functions have active tracing/);
    expect(headings.slice(0, 7).map((heading) => heading.split(':')[0])).toEqual([
      'Why',
      'Fix',
      'Fix in CloudFormation',
      'Fix in SAM',
      'Fix in Terraform',
      'Fix in CDK',
      'Fix in AWS CLI',
    ]);
    expect(headings.indexOf('Asserts')).toBeGreaterThan(
      headings.findIndex((line) => line.startsWith('Passes')),
    );
  });

  it('explains rules that the configuration switches off', async () => {
    const cwd = folderWith({ 'headgate.yaml': `rules: {${secrets}: off}\n` });
    expect((await headgate(cwd, 'explain', secrets)).code).toBe(0);
  });

  it('shows a finding of a saved result by the beginning of its fingerprint', async () => {
    const cwd = folderWith(files);
    const { result } = await scan(cwd, 't.yaml', '--report', 'json=headgate.json');
    const found = result.evaluations.find(({ ruleId }) => ruleId === secrets);
    const { code, stdout } = await headgate(cwd, 'explain', found?.fingerprint.slice(0, 12) ?? '');
    expect(code).toBe(0);
    expect(stdout).toContain(`${secrets} on F (AWS::Lambda::Function)`);
    expect(stdout).toContain(found?.message);
    expect(stdout).toMatch(/Where\n {2}t\.yaml:2:\d+/);
    expect(stdout).toContain(`# headgate:ignore ${secrets}`);
    expect(stdout).not.toContain('not-a-real-one');
  });

  it('says what is missing', async () => {
    const cwd = folderWith(files);
    const said = async (...argv: string[]): Promise<unknown> => {
      const { code, stderr } = await headgate(cwd, 'explain', ...argv);
      return [code, stderr];
    };
    expect(await said('all.lambda.tracin')).toEqual([
      2,
      expect.stringContaining('did you mean `all.lambda.tracing`'),
    ]);
    expect(await said('0123456789')).toEqual([2, expect.stringContaining('There is no saved result')]);
    await scan(cwd, 't.yaml', '--report', 'json=r.json');
    expect(await said('0123456789ab', '--result', 'r.json')).toEqual([
      2,
      expect.stringContaining('no finding with the fingerprint'),
    ]);
    expect(await said('abcdef', '--result', 't.yaml')).toEqual([
      2,
      expect.stringContaining('cannot be read as a result'),
    ]);
  });
});
