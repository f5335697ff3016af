import { describe, expect, it } from '@jest/globals';
import { failing, folderWith, headgate, scan } from './command.ts';

const template = `Parameters: {Size: {Type: String, Default: '1'}}\nResources:\n  F: ${failing}\n`;

describe('an input that has no effect is said', () => {
  it('facts about what is outside', async () => {
    const fact = (resource: string, relation: string, rest: string): string =>
      `  - {resource: '${resource}', relation: ${relation}, reason: r${rest}}\n`;
    const acl = ', target: {type: AWS::WAFv2::WebACL, name: a}';
    const cwd = folderWith({
      't.yaml': template,
      'headgate.yaml': `outside:\n${fact('*/Nope', 'role', acl)}${fact('*/F', 'rolle', acl)}${fact('*/F', 'role', '')}${fact('*/F', 'role', ', target: {type: Role}')}${fact('*/F', 'role', ', absent: true')}`,
    });
    const { stdout } = await headgate(cwd, 'scan', 't.yaml');
    const text = stdout.replaceAll(/\s+/g, ' ');
    expect(text).toContain('no resource matches `*/Nope`');
    expect(text).toContain('unknown relation `rolle`; did you mean `role`?');
    expect(text).toContain('it has neither `target` nor `absent: true`');
    expect(text).toContain('`Role` is not a resource type');
    expect(text.match(/has no effect/g)).toHaveLength(4);
  });

  it('values for parameters that no template declares', async () => {
    const cwd = folderWith({ 't.yaml': template, 'p.json': { Size: '2', size: '3', Other: '4' } });
    const { result } = await scan(cwd, 't.yaml', '--parameters', 'p.json');
    const said = result.diagnostics.filter(({ code }) => code === 'parameter-unknown');
    expect(said.map(({ message }) => message)).toEqual([
      'the value for the parameter `size` has no effect: no template declares it; did you mean `Size`?',
      'the value for the parameter `Other` has no effect: no template declares it',
    ]);
  });

  it.each([
    '# headgate: ignore all.lambda.runtime a reason',
    '# headgate-ignore all.lambda.runtime a reason',
    '# Headgate:ignore all.lambda.runtime a reason',
    '# headgate:ignored all.lambda.runtime a reason',
    '# headgate:skip all.lambda.runtime a reason',
    '# headgate:ignore',
  ])('the comment %s', async (comment) => {
    const cwd = folderWith({ 't.yaml': `Resources:\n  ${comment}\n  F: ${failing}\n` });
    const { result } = await scan(cwd, 't.yaml');
    expect(result.summary.waived).toBe(0);
    expect(result.diagnostics.map(({ code, where }) => [code, where])).toContainEqual([
      'suppression-malformed',
      't.yaml:2:1',
    ]);
  });

  it('but no comment in inline code', async () => {
    const code = '{Type: AWS::SSM::Parameter, Properties: {Type: String, Value: "# headgate: ignore x"}}';
    const cwd = folderWith({ 't.yaml': `Resources:\n  F: ${code}\n` });
    expect((await scan(cwd, 't.yaml')).result.diagnostics).toEqual([]);
  });

  it.each([
    ['--region', 'eu-west'],
    ['--region', 'Frankfurt'],
    ['--account', '12345'],
    ['--account', 'production'],
  ])('%s %s', async (option, value) => {
    const cwd = folderWith({ 't.yaml': template });
    const { code, stderr } = await headgate(cwd, 'scan', 't.yaml', option, value);
    expect(code).toBe(2);
    expect(stderr).toContain(value);
  });
});

describe('a Region', () => {
  const forms = (
    region: string,
  ): Readonly<Record<string, readonly [Record<string, string>, ...string[]]>> => ({
    option: [{}, '--region', region],
    configuration: [{ 'headgate.yaml': `region: ${region}\n` }],
  });

  it.each(Object.keys(forms('')))('that cannot be is refused with the nearest one: %s', async (form) => {
    const [files = {}, ...options] = forms('eu-wst-1')[form] ?? [{}];
    const cwd = folderWith({ 't.yaml': template, ...files });
    const { code, stderr } = await headgate(cwd, 'scan', 't.yaml', ...options);
    expect([code, stderr]).toEqual([
      2,
      'headgate: `eu-wst-1` is not an AWS Region; did you mean `eu-west-1`?\n',
    ]);
  });

  it.each(Object.keys(forms('')))('that may be new is used, and said: %s', async (form) => {
    const [files = {}, ...options] = forms('eu-west-9')[form] ?? [{}];
    const cwd = folderWith({ 't.yaml': template, ...files });
    const { code, stderr } = await headgate(cwd, 'scan', 't.yaml', ...options, '--fail-on', 'none');
    expect(code).toBe(0);
    expect(stderr).toMatch(
      /^headgate: the Region `eu-west-9` is newer .* misspelled; did you mean `eu-west-\d`\?\n/,
    );
  });

  it.each(['publish security-hub r.json --dry-run --account 111122223333', 'audit', 'collect --output a.gz'])(
    'that cannot be is refused by %s before anything is read',
    async (command) => {
      const { code, stderr } = await headgate(folderWith({}), ...command.split(' '), '--region', 'eu-wst-1');
      expect([code, stderr]).toEqual([2, expect.stringContaining('did you mean `eu-west-1`?')]);
    },
  );

  it.each(['eusc-de-east-1', 'us-gov-west-1', 'cn-northwest-1', 'us-isob-east-1'])(
    '%s is one of another partition',
    async (region) => {
      const cwd = folderWith({ 't.yaml': template, 'headgate.yaml': `region: ${region}\n` });
      const { code, stderr } = await headgate(cwd, 'scan', 't.yaml', '--region', region, '--fail-on', 'none');
      expect([code, stderr]).toEqual([0, '']);
    },
  );
});

describe('a configuration with a misspelled key alone', () => {
  it.each([
    ['rule: {}', 'rules'],
    ['failon: high', 'failOn'],
    ['waiver: w.yaml', 'waivers'],
  ])('%s is told the nearest word', async (text, meant) => {
    const cwd = folderWith({ 't.yaml': template, 'headgate.yaml': `${text}\n` });
    const { code, stderr } = await headgate(cwd, 'scan', 't.yaml');
    expect([code, stderr]).toEqual([2, expect.stringContaining(`did you mean \`${meant}\`?`)]);
  });

  it('is told a key of another mapping as such', async () => {
    const cwd = folderWith({ 't.yaml': template, 'headgate.yaml': 'trust: {waivers: false}\n' });
    const { stderr } = await headgate(cwd, 'scan', 't.yaml');
    expect(stderr).toContain('trust: `waivers` is not a key of this mapping');
  });
});

describe('booleans of YAML 1.1', () => {
  it('are what CloudFormation reads', async () => {
    const table = (value: string): string =>
      `Resources:\n  T: {Type: AWS::DynamoDB::Table, Properties: {PointInTimeRecoverySpecification: {PointInTimeRecoveryEnabled: ${value}}, DeletionProtectionEnabled: ${value}}}\n`;
    const verdicts = async (value: string): Promise<string[]> => {
      const { result } = await scan(folderWith({ 't.yaml': table(value) }), 't.yaml');
      return result.evaluations.map(({ ruleId, verdict }) => `${ruleId} ${verdict}`);
    };
    for (const yes of ['yes', 'On']) expect(await verdicts(yes)).toEqual(await verdicts('true'));
    expect(await verdicts('no')).toEqual(await verdicts('false'));
  });

  it('leave names as they are written', async () => {
    const text = `Parameters: {P: {Type: String, Default: 'yes'}}\nConditions: {On: !Equals [!Ref P, 'yes']}\nResources:\n  F: {Condition: On, ${failing.slice(1)}\n`;
    const { code } = await scan(folderWith({ 't.yaml': text }), 't.yaml');
    expect(code).toBe(1);
  });
});
