import { describe, expect, it } from '@jest/globals';
import { folderWith, scan } from './command.ts';

const template = (
  value: string,
  more = '',
): string => `Parameters: {Stage: {Type: String}, Other: {Type: String, AllowedValues: [dev, prod]}}
Mappings:
  Settings:
    dev: {Password: not-a-real-one, Runtime: nodejs8.10, Same: nodejs24.x}
    test: {Password: '', Runtime: nodejs24.x, Same: nodejs24.x}
    prod: {Password: '', Runtime: nodejs24.x, Same: nodejs24.x}
${more}Resources:
  F:
    Type: AWS::Lambda::Function
    Properties: {Handler: a.b, Code: {ZipFile: x}, Role: 'arn:aws:iam::111122223333:role/x', ${value}}
`;
const password = (key: string): string =>
  `Runtime: nodejs24.x, Environment: {Variables: {DB_PASSWORD: !FindInMap [Settings, ${key}, Password]}}`;
const runtime = (lookup: string): string => `Runtime: !FindInMap [Settings, ${lookup}]`;

async function verdictOf(rule: string, text: string, ...options: readonly string[]) {
  const cwd = folderWith({ 't.yaml': text });
  const { code, result } = await scan(cwd, 't.yaml', '--rule', rule, '--fail-on', 'medium', ...options);
  const [{ verdict, failsWhen } = {}] = result.evaluations;
  return { code, verdict, ...(failsWhen === undefined ? {} : { failsWhen }) };
}

describe('a mapping whose key the template leaves open', () => {
  it('hides no entry that fails', async () => {
    const rule = 'all.lambda.no-plaintext-secrets';
    for (const key of ['!Ref Stage', '!Ref Other', '!Ref AWS::StackName'])
      expect([key, await verdictOf(rule, template(password(key)))]).toEqual([
        key,
        { code: 1, verdict: 'unknown', failsWhen: expect.any(String) },
      ]);
    // A key that is known in part leads to those that fit it.
    expect(await verdictOf(rule, template(password("!Sub 'd${Stage}'")))).toEqual({
      code: 1,
      verdict: 'fail',
    });
    expect(await verdictOf(rule, template(password("!Sub 'x-${Stage}'")))).toEqual({
      code: 0,
      verdict: 'unknown',
    });
  });

  it('is decided where all entries agree, and settled by --parameters', async () => {
    const rule = 'all.lambda.runtime';
    expect(await verdictOf(rule, template(runtime('!Ref Stage, Same')))).toEqual({
      code: 0,
      verdict: 'pass',
    });
    expect(await verdictOf(rule, template(runtime('!Ref Stage, Runtime')))).toMatchObject({
      code: 1,
      verdict: 'unknown',
    });
    expect(await verdictOf(rule, template(runtime('!Ref Other, Runtime')))).toMatchObject({ code: 1 });
    const cwd = folderWith({
      't.yaml': template(runtime('!Ref Stage, Runtime')),
      'p.json': { Parameters: { Stage: 'prod', Other: 'dev' } },
    });
    expect((await scan(cwd, 't.yaml', '--rule', rule, '--parameters', 'p.json')).code).toBe(0);
  });

  it('is one with a condition on the same parameter', async () => {
    const conditions = 'Conditions: {IsDev: !Equals [!Ref Stage, dev]}\n';
    const guarded = 'Runtime: !If [IsDev, nodejs24.x, !FindInMap [Settings, !Ref Stage, Runtime]]';
    expect(await verdictOf('all.lambda.runtime', template(guarded, conditions))).toEqual({
      code: 0,
      verdict: 'pass',
    });
  });

  it('says no more of a large one than that it is unknown, and still finds what fails', async () => {
    const rows = Array.from({ length: 300 }, (_, index) => `    k${index}: {Runtime: nodejs24.x}\n`).join('');
    const large = template(runtime('!Ref Stage, Runtime')).replace('    test:', () => `${rows}    test:`);
    expect(await verdictOf('all.lambda.runtime', large)).toMatchObject({ code: 1, verdict: 'unknown' });
  });
});
