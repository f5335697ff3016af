import { describe, expect, it } from '@jest/globals';
import { planOf } from '../unit/terraform/scan-plan.ts';
import { failing, folderWith, headgate, quiet, scan } from './command.ts';

const withRole = failing.replace('Runtime: nodejs8.10', 'Runtime: nodejs24.x');
const queue = (statements: string): string =>
  `Resources:
  Q: {Type: AWS::SQS::Queue}
  P: {Type: AWS::SQS::QueuePolicy, Properties: {Queues: [!Ref Q], PolicyDocument: {Statement: [${statements}]}}}
`;
const ownAccount =
  "{Effect: Allow, Principal: {AWS: 'arn:aws:iam::111122223333:root'}, Action: 'sqs:SendMessage', Resource: '*'}";
const everyone = "{Effect: Allow, Principal: '*', Action: 'sqs:SendMessage', Resource: '*'}";
const policy = ['--rule', 'batch.queue.policy'];

/** Of a change that adds one resource with the faults of another, only the new one counts, in the result and on the console. */
async function expectOnlyNew(cwd: string, older: string, newer: string, name: string): Promise<void> {
  const same = await scan(cwd, older, '--against', older);
  expect([same.code, same.result.summary.fail]).toEqual([0, 0]);
  expect(same.result.summary.waived).toBeGreaterThan(0);
  const { code, result } = await scan(cwd, newer, '--against', older);
  expect(code).toBe(1);
  const open = result.evaluations.filter(({ verdict, waiver }) => verdict === 'fail' && waiver === undefined);
  expect([...new Set(open.map(({ resource }) => resource.name.split('.').at(-1)))]).toEqual([name]);
  expect(open.map(({ ruleId }) => ruleId)).toContain('all.lambda.no-plaintext-secrets');
}

describe('a scan held against the state before a change', () => {
  it('fails only for what the change brings, wherever the files lie, and reports say what was there', async () => {
    const cwd = folderWith({
      'base/app/t.yaml': `Resources:\n  F: ${failing}\n`,
      'pull/t.yaml': `Resources:\n  F: ${failing}\n`,
      'more/t.yaml': `Resources:\n  F: ${failing}\n  G: ${withRole}\n`,
    });
    expect((await scan(cwd, 'pull')).code).toBe(1);

    const same = await scan(cwd, 'pull', '--against', 'base');
    expect(same.code).toBe(0);
    expect(same.result.summary).toMatchObject({ fail: 0 });
    expect(same.result.summary.waived).toBeGreaterThan(0);

    const more = await scan(cwd, 'more', '--against', 'base');
    expect(more.code).toBe(1);
    const open = more.result.evaluations.filter(
      ({ verdict, waiver }) => verdict === 'fail' && waiver === undefined,
    );
    expect(new Set(open.map(({ resource }) => resource.name))).toContain('G');
    expect(new Set(open.map(({ resource }) => resource.name))).not.toContain('F');
    const { stdout } = await headgate(cwd, 'scan', 'more', '--against', 'base');
    expect(stdout).toContain('Only new findings of the change count');
  });

  it('fails for a graver finding of a rule that failed before', async () => {
    const cwd = folderWith({
      'old.yaml': queue(ownAccount),
      'new.yaml': queue(everyone),
    });
    expect((await scan(cwd, 'old.yaml', ...policy, '--fail-on', 'low')).code).toBe(1);
    expect((await scan(cwd, 'old.yaml', ...policy, '--fail-on', 'low', '--against', 'old.yaml')).code).toBe(
      0,
    );
    const { code, result } = await scan(cwd, 'new.yaml', ...policy, '--against', 'old.yaml');
    expect([code, result.summary.bySeverity.critical]).toEqual([1, 1]);
  });

  it('fails where what one side of a condition alone did fails on both', async () => {
    const runtime = (value: string): string =>
      `Parameters: {Stage: {Type: String}}\nConditions: {Prod: !Equals [!Ref Stage, prod]}\nResources:\n  F: {Type: AWS::Lambda::Function, Properties: {Runtime: ${value}}}\n`;
    const cwd = folderWith({
      'old.yaml': runtime('!If [Prod, nodejs24.x, nodejs8.10]'),
      'new.yaml': runtime('nodejs8.10'),
    });
    const options = ['--rule', 'all.lambda.runtime', '--fail-on', 'info'];
    expect((await scan(cwd, 'old.yaml', ...options)).code).toBe(1);
    expect((await scan(cwd, 'old.yaml', ...options, '--against', 'old.yaml')).code).toBe(0);
    expect((await scan(cwd, 'new.yaml', ...options, '--against', 'old.yaml')).code).toBe(1);
  });

  it('compares two Terraform plans', async () => {
    const plan = (...names: string[]): object =>
      planOf(
        names.map((name) => ({
          address: `aws_lambda_function.${name}`,
          after: {
            ...{ function_name: name, runtime: 'nodejs8.10', handler: 'a.b' },
            role: 'arn:aws:iam::111122223333:role/r',
            environment: [{ variables: { DB_PASSWORD: 'hunter2hunter2' } }],
          },
        })),
      );
    const cwd = folderWith({
      'old/plan.json': plan('a'),
      'new/tfplan.json': plan('a', 'b'),
      'fewer.json': plan(),
    });
    await expectOnlyNew(cwd, 'old/plan.json', 'new/tfplan.json', 'b');
    expect((await scan(cwd, 'fewer.json', '--against', 'old/plan.json')).code).toBe(0);
  });

  it('compares two cloud assemblies', async () => {
    const stack = (file: string): object => ({
      type: 'aws:cloudformation:stack',
      environment: 'aws://unknown-account/unknown-region',
      properties: { templateFile: file },
    });
    const fn = {
      Type: 'AWS::Lambda::Function',
      Properties: {
        ...{ Runtime: 'nodejs8.10', Handler: 'a.b', Code: { ZipFile: 'x' } },
        Role: 'arn:aws:iam::111122223333:role/r',
        Environment: { Variables: { DB_PASSWORD: 'hunter2hunter2' } },
      },
    };
    const assembly = (
      folder: string,
      stacks: Readonly<Record<string, readonly string[]>>,
    ): Record<string, object> =>
      Object.fromEntries([
        [
          `${folder}/manifest.json`,
          {
            version: '48.0.0',
            artifacts: Object.fromEntries(
              Object.keys(stacks).map((id) => [id, stack(`${id}.template.json`)]),
            ),
          },
        ],
        ...Object.entries(stacks).map(([id, names]): [string, object] => [
          `${folder}/${id}.template.json`,
          { Resources: Object.fromEntries(names.map((name) => [name, fn])) },
        ]),
      ]);
    const cwd = folderWith({
      ...assembly('base/cdk.out', { App: ['A'] }),
      ...assembly('cdk.out', { App: ['A', 'B'] }),
      ...assembly('grown', { App: ['A'], Other: ['C'] }),
    });
    await expectOnlyNew(cwd, 'base/cdk.out', 'cdk.out', 'B');
    await expectOnlyNew(cwd, 'base/cdk.out', 'grown', 'C');
  });

  it('counts a finding whose waiver the change removes', async () => {
    const waived = `Resources:\n  # headgate:ignore all.lambda.no-plaintext-secrets -- it is a test value\n  F: ${failing}\n`;
    const cwd = folderWith({ 'old.yaml': waived, 'new.yaml': `Resources:\n  F: ${failing}\n` });
    const { code, result } = await scan(cwd, 'new.yaml', '--against', 'old.yaml', '--fail-on', 'critical');
    expect(code).toBe(1);
    expect(result.summary.bySeverity.critical).toBe(1);
  });

  it('is refused where the state before was not read, and says where it holds nothing', async () => {
    const cwd = folderWith({
      't.yaml': `Resources:\n  F: ${failing}\n`,
      'broken.yaml': 'Resources: {F: [',
      'empty/notes.txt': 'nothing',
      'quiet.yaml': quiet,
    });
    const broken = await headgate(cwd, 'scan', 't.yaml', '--against', 'broken.yaml');
    expect([broken.code, broken.stderr]).toEqual([
      2,
      expect.stringMatching(/`broken\.yaml` of --against was not read completely/),
    ]);
    const empty = await headgate(cwd, 'scan', 't.yaml', '--against', 'empty');
    expect([empty.code, empty.stderr]).toEqual([1, expect.stringContaining('every finding counts as new')]);
    expect((await headgate(cwd, 'scan', 't.yaml', '--against', 'absent')).code).toBe(2);
    expect((await headgate(cwd, 'scan', 't.yaml', '--against', 'quiet.yaml')).code).toBe(1);
  });
});

describe('a baseline', () => {
  it('hides no graver finding of a rule that it knows, and knows what one side of a condition fails', async () => {
    const cwd = folderWith({
      't.yaml': `Parameters: {Stage: {Type: String}}\nConditions: {Prod: !Equals [!Ref Stage, prod]}\n${queue(`!If [Prod, ${ownAccount}, !Ref AWS::NoValue]`)}`,
    });
    const check = ['baseline', 'check', 't.yaml', ...policy];
    expect((await headgate(cwd, 'baseline', 'write', 't.yaml', ...policy)).code).toBe(0);
    expect((await headgate(cwd, ...check)).code).toBe(0);
    const worse = folderWith({ 't.yaml': queue(everyone) });
    expect((await headgate(worse, ...check, '--file', `${cwd}/headgate-baseline.json`)).stdout).toContain(
      '1 new',
    );
  });
});
