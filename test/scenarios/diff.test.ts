import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { run } from '../../src/cli/run.ts';
import type { ResultDiff } from '../../src/model/result-diff.ts';

const fn = (properties: string): string =>
  `{Type: AWS::Lambda::Function, Properties: {Handler: a.b, Code: {ZipFile: x}, Role: 'arn:aws:iam::111122223333:role/x', ${properties}}}`;
const secret = 'Environment: {Variables: {DB_PASSWORD: not-a-real-one}}';
const plain = 'Environment: {Variables: {MODE: fast}}';
const turned = fn(
  'Runtime: nodejs24.x, Environment: {Variables: !If [Prod, {MODE: fast}, {DB_PASSWORD: not-a-real-one}]}',
);
const policy = (principal: string): string =>
  `{Type: AWS::SQS::QueuePolicy, Properties: {Queues: [!Ref Queue], PolicyDocument: {Statement: [{Effect: Allow, Principal: ${principal}, Action: 'sqs:SendMessage', Resource: '*'}]}}}`;
const head =
  'Parameters: {Stage: {Type: String}}\nConditions: {Prod: !Equals [!Ref Stage, prod]}\nResources:\n';

const old = `${head}  Stays: ${fn(`Runtime: nodejs24.x, ${secret}`)}
  Repaired: ${fn(`Runtime: nodejs24.x, ${secret}`)}
  Deleted: ${fn(`Runtime: nodejs24.x, ${secret}`)}
  # headgate:ignore all.lambda.no-plaintext-secrets until the migration expires=2026-11-20
  Accepted: ${fn(`Runtime: nodejs24.x, ${secret}`)}
  Turned: ${fn(`Runtime: nodejs24.x, ${plain}`)}
  Queue: {Type: AWS::SQS::Queue}
  Open: ${policy("{AWS: 'arn:aws:iam::111122223333:root'}")}
`;
const changed = `${head}  Stays: ${fn(`Runtime: nodejs24.x, MemorySize: 256, ${secret}`)}
  Repaired: ${fn(`Runtime: nodejs24.x, ${plain}`)}
  Added: ${fn(`Runtime: nodejs24.x, ${secret}`)}
  # headgate:ignore all.lambda.no-plaintext-secrets until the migration expires=2026-11-20
  Accepted: ${fn(`Runtime: nodejs24.x, ${secret}`)}
  Turned: ${turned}
  Queue: {Type: AWS::SQS::Queue}
  Open: ${policy("'*'")}
`;

let cwd: string;

async function command(day: string, ...argv: readonly string[]): Promise<{ code: number; stdout: string }> {
  let stdout = '';
  const code = await run(argv, {
    cwd,
    now: () => new Date(`${day}T12:00:00Z`),
    env: {},
    stdout: { write: (text) => (stdout += text), columns: 100 },
    stderr: { write: () => undefined },
  });
  return { code, stdout };
}

const rules = ['--rule', 'all.lambda.no-plaintext-secrets', '--rule', 'batch.queue.policy'];

beforeAll(async () => {
  cwd = mkdtempSync(join(tmpdir(), 'headgate-diff-'));
  writeFileSync(join(cwd, 't.yaml'), old);
  await command('2026-11-19', 'scan', 't.yaml', ...rules, '--report', 'json=old.json');
  writeFileSync(join(cwd, 't.yaml'), changed);
  await command('2026-11-23', 'scan', 't.yaml', ...rules, '--report', 'json=new.json');
});
afterAll(() => {
  rmSync(cwd, { recursive: true, force: true });
});

const diff = async (...options: readonly string[]): Promise<{ code: number; stdout: string }> =>
  command('2026-11-23', 'diff', 'old.json', 'new.json', ...options);

describe('two saved results of a template that was changed', () => {
  it('tell what became of each finding', async () => {
    const { code, stdout } = await diff('--format', 'json');
    const found = JSON.parse(stdout) as ResultDiff;
    const nameOf = ({ resource }: ResultDiff['stillOpen'][number]): string => resource.name;
    expect({
      added: found.added.map(({ finding, before }) => [nameOf(finding), before]),
      waiversEnded: found.waiversEnded.map(nameOf),
      newlyUnknown: found.newlyUnknown.map(({ finding, before }) => [nameOf(finding), before]),
      stillOpen: found.stillOpen.map(nameOf),
      repaired: found.repaired.map(({ finding, now }) => [nameOf(finding), now]),
    }).toEqual({
      added: [
        ['Added', 'absent'],
        ['Queue', 'fail'],
      ],
      waiversEnded: ['Accepted'],
      newlyUnknown: [['Turned', 'pass']],
      stillOpen: ['Stays'],
      repaired: [
        ['Deleted', 'gone'],
        ['Repaired', 'pass'],
      ],
    });
    expect(code).toBe(1);
  });

  it('are written for a terminal', async () => {
    const { stdout } = await diff();
    // What a rule says of a failure is no matter of a comparison, nor is the column.
    const lines = stdout.split('\n').filter((line) => !/^ {11}(?!at )/.test(line));
    expect(lines.map((line) => line.replace(/:\d+$/, '')).join('\n')).toBe(`New (2)
  critical all.lambda.no-plaintext-secrets on Added (not in the older result)
           at t.yaml:6
  critical batch.queue.policy on Queue (failed before, and is more severe now)
           at t.yaml:10

Waiver ended (1)
  critical all.lambda.no-plaintext-secrets on Accepted (was waived)
           at t.yaml:8

Newly unknown (1)
  critical all.lambda.no-plaintext-secrets on Turned (passed before)
           at t.yaml:9

Still open (1)
  critical all.lambda.no-plaintext-secrets on Stays
           at t.yaml:4

Fixed (2)
  critical all.lambda.no-plaintext-secrets on Deleted (is gone)
           at t.yaml:6
  critical all.lambda.no-plaintext-secrets on Repaired (passes)
           at t.yaml:5

2 new, 1 waiver ended, 1 newly unknown, 1 still open, 2 fixed
`);
  });

  it('are written for a pull request, and as a page of its own', async () => {
    const { stdout: markdown } = await diff('--format', 'markdown');
    expect(markdown).toContain('### Headgate: 2 new, 1 waiver ended, 1 newly unknown, 1 still open, 2 fixed');
    for (const row of [
      '#### New (2)',
      '#### Waiver ended (1)',
      '| was waived |',
      '| is gone |',
      '| passes |',
    ])
      expect(markdown).toContain(row);
    const { code, stdout } = await diff('--format', 'html', '--output', 'diff.html');
    expect([code, stdout]).toEqual([1, '']);
    const page = readFileSync(join(cwd, 'diff.html'), 'utf8');
    for (const text of [
      'Waiver ended (1)',
      'Newly unknown (1)',
      'Accepted',
      'Turned',
      'failed before, and is more severe',
    ])
      expect(page).toContain(text);
    expect(page).not.toMatch(/<script|https?:\/\/(?!docs\.aws|headgate)/);
  });

  it('fail for what is new, and for what one side of a condition fails, unless that is to be ignored', async () => {
    expect((await diff('--fail-on', 'none')).code).toBe(0);
    writeFileSync(join(cwd, 't.yaml'), old.replace(/ {2}Turned: .*/, `  Turned: ${turned}`));
    await command('2026-11-19', 'scan', 't.yaml', ...rules, '--report', 'json=turned.json');
    const codes = await Promise.all(
      ['warn', 'ignore', 'fail'].map(
        async (unknown) =>
          (await command('2026-11-19', 'diff', 'old.json', 'turned.json', '--unknown', unknown)).code,
      ),
    );
    expect(codes).toEqual([1, 0, 1]);
    expect((await command('2026-11-19', 'diff', 'old.json', 'old.json')).code).toBe(0);
  });
});
