import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { failing, folderWith, headgate, scan } from './command.ts';

const secrets = 'all.lambda.no-plaintext-secrets';
const runtime = 'all.lambda.runtime';
const only = ['--rule', secrets, '--rule', runtime] as const;

/** A function of development alone, one of production alone, and a value that both choose. */
const template = `Parameters: {Stage: {Type: String}, Debug: {Type: String, Default: 'no'}}
Conditions:
  IsProd: !Equals [!Ref Stage, prod]
  IsDev: !Equals [!Ref Stage, dev]
  IsNotProd: !Not [!Condition IsProd]
  IsDebug: !Equals [!Ref Debug, 'yes']
  IsLoop: !Condition IsLoop
Resources:
  Dev: ${failing.replace('{Type', '{Condition: IsDev, Type')}
  Other: ${failing.replace('{Type', '{Condition: IsNotProd, Type')}
  Prod: {Type: AWS::Lambda::Function, Condition: IsProd, Properties: {Runtime: !If [IsProd, nodejs22.x, nodejs8.10], Handler: a.b, Code: {ZipFile: x}, Role: 'arn:aws:iam::111122223333:role/x'}}
`;

const config = (...lines: readonly string[]): string =>
  `assumptions:\n${lines.map((line) => `  - ${line}\n`).join('')}`;
const production = '{condition: IsProd, holds: true, reason: the gate is about production}';

async function failures(files: Record<string, string>, ...argv: readonly string[]): Promise<string[]> {
  const cwd = folderWith({ 't.yaml': template, ...files });
  const { result } = await scan(cwd, 't.yaml', ...only, ...argv);
  return result.evaluations
    .filter(({ verdict }) => verdict === 'fail' || verdict === 'unknown')
    .map(({ ruleId, resource, verdict }) => `${verdict} ${resource.name} ${ruleId}`)
    .sort();
}

describe('an assumption of the configuration', () => {
  it('settles a condition, and what follows from it', async () => {
    const open = [
      `fail Dev ${secrets}`,
      `fail Dev ${runtime}`,
      `fail Other ${secrets}`,
      `fail Other ${runtime}`,
    ];
    expect(await failures({})).toEqual(open.sort());
    expect(await failures({ 'headgate.yaml': config(production) })).toEqual([]);
    const development = '{condition: IsDev, holds: true, reason: r}';
    expect(await failures({ 'headgate.yaml': config(development) })).toEqual(open);
    const neither = '{condition: IsDev, holds: false, reason: r}';
    expect(await failures({ 'headgate.yaml': config(neither) })).toEqual([
      `fail Other ${secrets}`,
      `fail Other ${runtime}`,
    ]);
  });

  it('gives a parameter a value, unless one is given', async () => {
    const files = { 'headgate.yaml': config('{parameter: Stage, value: prod, reason: r}') };
    expect(await failures(files)).toEqual([]);
    const given = { ...files, 'p.json': '{"Stage": "dev"}' };
    expect(await failures(given, '--parameters', 'p.json')).toHaveLength(4);
  });

  it('never changes what the template decides', async () => {
    const decided = template.replace('Stage: {Type: String}', 'Stage: {Type: String, Default: dev}');
    const cwd = folderWith({ 't.yaml': decided, 'headgate.yaml': config(production) });
    const { result, code } = await scan(cwd, 't.yaml', ...only);
    expect(code).toBe(1);
    expect(result.summary.fail).toBe(4);
    expect(result.diagnostics.map(({ message }) => message)).toContain(
      'the assumption about the condition `IsProd` has no effect: the template determines it (it is false)',
    );
  });

  it('may be about one template or stack', async () => {
    const about = (stack: string): string =>
      config(production.replace('reason', `stack: '${stack}', reason`));
    expect(await failures({ 'headgate.yaml': about('*/t.yaml') })).toHaveLength(4);
    expect(await failures({ 'headgate.yaml': about('t.y*') })).toEqual([]);
    const artifact = {
      type: 'aws:cloudformation:stack',
      environment: 'aws://unknown-account/unknown-region',
      properties: { templateFile: 'App.json' },
    };
    const cwd = folderWith({
      'cdk.out/manifest.json': { version: '36.0.0', artifacts: { App: artifact } },
      'cdk.out/App.json': template,
      'headgate.yaml': about('App'),
    });
    expect((await scan(cwd, 'cdk.out', ...only)).result.summary.fail).toBe(0);
  });

  it('holds in a nested stack for what its parent leaves open', async () => {
    const nested = 'Resources:\n  N: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: t.yaml}}\n';
    const cwd = folderWith({ 't.yaml': template, 'root.yaml': nested, 'headgate.yaml': config(production) });
    expect((await scan(cwd, '.', ...only)).result.summary.fail).toBe(0);
  });

  it('settles a parameter before SAM is expanded', async () => {
    const sam = `Transform: AWS::Serverless-2016-10-31
Parameters: {Stage: {Type: String}}
Conditions: {IsDev: !Equals [!Ref Stage, dev]}
Resources:
  F: {Type: AWS::Serverless::Function, Condition: IsDev, Properties: {Runtime: nodejs8.10, Handler: a.b, InlineCode: x}}
`;
    const cwd = folderWith({
      't.yaml': sam,
      'headgate.yaml': config('{parameter: Stage, value: prod, reason: r}'),
    });
    expect((await scan(cwd, 't.yaml', ...only)).result.summary.fail).toBe(0);
  });

  it('that changes nothing is said', async () => {
    const cwd = folderWith({
      't.yaml': template,
      'p.json': { Stage: 'prod' },
      'headgate.yaml': config(
        '{condition: isProd, holds: true, reason: r}',
        '{condition: IsDebug, holds: true, reason: r}',
        '{condition: IsLoop, holds: true, reason: r}',
        '{parameter: Nope, value: x, reason: r}',
        '{parameter: Stage, value: dev, reason: r}',
        "{condition: IsProd, holds: true, stack: 'other*', reason: r}",
      ),
    });
    const { result } = await scan(cwd, 't.yaml', ...only, '--parameters', 'p.json');
    const said = result.diagnostics.filter(({ code }) => code === 'assumption-without-effect');
    expect(said.map(({ message }) => message.replace('the assumption about the ', ''))).toEqual([
      'condition `isProd` has no effect: no template declares it; did you mean `IsProd`?',
      'condition `IsDebug` has no effect: the template determines it (it is false)',
      expect.stringMatching(/^condition `IsLoop` has no effect: /),
      'parameter `Nope` has no effect: no template declares it',
      'parameter `Stage` has no effect: another value is given for it',
      'condition `IsProd` has no effect: no template or stack matches `other*`',
    ]);
  });

  it.each(['console', 'json', 'sarif', 'html', 'junit', 'markdown', 'annotations'])(
    'is named in %s with its reason, and so is a file of parameters',
    async (format) => {
      const cwd = folderWith({
        't.yaml': template,
        'values.json': {},
        'headgate.yaml': `parameters: values.json\n${config(production, "{parameter: Stage, value: prod, stack: 't*', reason: another reason}")}`,
      });
      const { stdout } = await headgate(cwd, 'scan', 't.yaml', '--format', format);
      const plain = stdout.replaceAll(/\s+/g, ' ').replaceAll(/\\(?=[_-])/g, '');
      for (const words of [
        'condition IsProd is true',
        'the gate is about production',
        'parameter Stage is prod in t',
        'another reason',
        'values of parameters: values.json',
      ])
        expect(plain).toContain(words);
    },
  );

  it('does not show a value that is named like a secret', async () => {
    const cwd = folderWith({
      't.yaml': template.replace('Debug:', 'DbPassword: {Type: String, NoEcho: true}, Debug:'),
      'headgate.yaml': config('{parameter: DbPassword, value: not-a-real-one, reason: r}'),
    });
    for (const format of ['console', 'json', 'markdown', 'html', 'sarif'])
      expect((await headgate(cwd, 'scan', 't.yaml', '--format', format)).stdout).not.toContain(
        'not-a-real-one',
      );
  });

  it('does not show the value of a NoEcho parameter, whatever its name', async () => {
    const cwd = folderWith({
      't.yaml': `Parameters: {P: {Type: String, NoEcho: true}}
Resources:
  F: {Type: AWS::Lambda::Function, Properties: {Runtime: nodejs8.10, Environment: {Variables: {X: !Ref P}}}}
`,
      'headgate.yaml': config('{parameter: P, value: not-a-real-one, reason: r}'),
    });
    for (const format of ['console', 'json', 'markdown', 'html', 'sarif', 'junit', 'annotations']) {
      const { stdout } = await headgate(cwd, 'scan', 't.yaml', '--format', format);
      expect(stdout).toContain('parameter P is (secret)');
      expect(stdout).not.toContain('not-a-real-one');
    }
  });

  it('of the scanned folder has no effect where the gate names its own configuration', async () => {
    const cwd = folderWith({
      'org/headgate.yaml': 'trust: {templateWaivers: false, baseline: false}\n',
      'pr/headgate.yaml': config(production),
      'pr/t.yaml': template,
    });
    const { result, code } = await scan(
      join(cwd, 'pr'),
      't.yaml',
      ...only,
      '--config',
      '../org/headgate.yaml',
    );
    expect([code, result.summary.fail]).toEqual([1, 4]);
    expect(JSON.stringify(result)).not.toContain('the gate is about production');
  });

  it.each([
    ['{condition: IsProd, reason: r}', '`holds` is missing'],
    ['{condition: IsProd, holds: true}', '`reason` is missing'],
    ['{condition: IsProd, holds: yes please, reason: r}', 'must be boolean'],
    ['{parameter: Stage, reason: r}', '`value` is missing'],
  ])('%s is refused', async (line, problem) => {
    const cwd = folderWith({ 't.yaml': template, 'headgate.yaml': config(line) });
    const { code, stderr } = await headgate(cwd, 'scan', 't.yaml');
    expect(code).toBe(2);
    expect(stderr).toContain('headgate.yaml:2:');
    expect(stderr).toContain(problem);
  });
});
