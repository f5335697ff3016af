import { execFileSync } from 'node:child_process';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { add, failing, folderWith, headgate, quiet, scan } from './command.ts';

const resource = `{"Type": "AWS::Lambda::Function", "Properties": {"Runtime": "nodejs8.10", "Environment": {"Variables": {"DB_PASSWORD": "not-a-real-one"}}}}`;

describe('a file that is named is read, or the exit code is 2', () => {
  const unread = {
    'JSON that is cut': '{"Resources": {"F": {"Type": "AWS::Lambda::Function", "Properties": {}}}',
    'JSON with a comma too many': '{"Resources": {"F": {"Type": "AWS::SQS::Queue",}}}',
    'YAML that is indented wrongly': 'Resources:\n  A:\n    Type: AWS::SQS::Queue\n   B: c\n',
    'YAML with a tab': 'Resources:\n  A:\n    Type: AWS::SQS::Queue\n    Properties:\n\tX: y\n',
    'neither of both': 'not: [valid\n',
    'nested too deep': `{"Resources": ${'['.repeat(600)}${']'.repeat(600)}}`,
    'a mapping without resources': 'hello: world\n',
    'a section in lower case': 'resources:\n  A: {Type: AWS::SQS::Queue}\n',
    'no resources': 'Resources: {}\n',
    'a list': '[{"Resources": {}}]\n',
    'an empty file': '',
    'spaces alone': ' \n \n',
  };
  it.each(Object.entries(unread))('%s', async (_what, text) => {
    const cwd = folderWith({ 'named.template': text, 'good.yaml': quiet });
    const outcomes = [
      await headgate(cwd, 'scan', 'named.template'),
      await headgate(cwd, 'scan', 'good.yaml', 'named.template', '--quiet'),
      await headgate(cwd, 'scan', 'named.template', 'good.yaml', '--fail-on', 'none', '--unknown', 'ignore'),
    ];
    for (const { code, stderr } of outcomes) {
      expect(code).toBe(2);
      expect(stderr).toContain('named.template');
      expect(stderr).not.toContain('unexpected');
    }
  });

  it('also when it is no regular file', async () => {
    const cwd = folderWith({ 'good.yaml': quiet });
    execFileSync('mkfifo', [join(cwd, 'pipe.yaml')]);
    symlinkSync('/dev/zero', join(cwd, 'zero.yaml'));
    for (const name of ['pipe.yaml', '/dev/zero', 'zero.yaml']) {
      const { code, stderr } = await headgate(cwd, 'scan', 'good.yaml', name, '--quiet');
      expect([name, code]).toEqual([name, 2]);
      expect(stderr).toContain(name);
    }
  });
});

describe('a template is read', () => {
  const utf16 = (text: string): Buffer => Buffer.from(`\ufeff${text}`, 'utf16le');
  const forms = {
    'flow.template': `{Resources: {F: ${failing}}}\n`,
    'flow.json': `{Resources: {F: ${failing}}}\n`,
    'block.json': `Resources:\n  F: ${failing}\n`,
    'block.txt': `Resources:\n  F: ${failing}\n`,
    'block.cfn': `# a comment\nResources:\n  F: ${failing}\n`,
    'json.yaml': `{"Resources": {"F": ${resource}}}`,
    'escaped.json': `{"Res\\u006furces": {"F": ${resource}}}`,
    'escaped.yaml': `"Res\\x6furces":\n  F: ${failing}\n`,
    'anchor.yaml': `Parameters: {P: {Type: String, Default: &key Resources}}\n*key : {F: ${failing}}\n`,
    'merged.yaml': `Metadata: {m: &m {Resources: {F: ${failing}}}}\n<<: *m\n`,
    'mark.json': `\ufeff{"Resources": {"F": ${resource}}}`,
    'utf16.yaml': utf16(`Resources:\n  F: ${failing}\n`),
    'utf16.json': utf16(`{"Resources": {"F": ${resource}}}`),
  };
  it.each(Object.keys(forms))('%s, named and in a folder', async (name) => {
    const cwd = folderWith({ [`in/${name}`]: forms[name as keyof typeof forms] });
    for (const path of [`in/${name}`, 'in']) {
      const { code, result } = await scan(cwd, path);
      expect(code).toBe(1);
      expect(result.evaluations.some(({ verdict }) => verdict === 'fail')).toBe(true);
    }
  });
});

describe('a folder', () => {
  const events = '[\n {"Source": "x",\n  "Resources": ["AWS::SNS::Topic"],\n  "Detail": "{}"}\n]\n';

  it('does not fail for well-formed files that are no templates', async () => {
    const cwd = folderWith({
      't.yaml': quiet,
      'events.json': events,
      'list.yaml': '- Resources:\n    A: {Type: AWS::SQS::Queue}\n',
      'version.yaml': "AWSTemplateFormatVersion: '2010-09-09'\n",
      'text.json': '"Resources: AWS::SNS::Topic"',
      'resources.json': '{"Resources": [{"Type": "AWS::SNS::Topic"}]}',
      'helm.yaml': 'kind: List\nitems: {{ .Values.Resources }}\n',
    });
    const { code, stderr, stdout } = await headgate(cwd, 'scan', '.', '--fail-on', 'none');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain('it does not hold a mapping at its top (3)');
    expect(stdout).toContain('--verbose');
    const { stderr: listed } = await headgate(cwd, 'scan', '.', '--fail-on', 'none', '--verbose');
    for (const name of [
      'events.json',
      'list.yaml',
      'version.yaml',
      'text.json',
      'resources.json',
      'helm.yaml',
    ])
      expect(listed).toContain(`skipped \`${name}\`: `);
  });

  it('fails for a broken file that is meant as a template', async () => {
    const cwd = folderWith({
      't.yaml': quiet,
      'cut.json': '{"Resources": {"F": {"Type": "AWS::Lambda::Function"',
    });
    const { code, stderr } = await headgate(cwd, 'scan', '.', '--quiet');
    expect(code).toBe(2);
    expect(stderr).toContain('cut.json:1:');
  });
});

describe('an assembly', () => {
  const stack = (templateFile: string): object => ({
    type: 'aws:cloudformation:stack',
    environment: 'aws://unknown-account/unknown-region',
    properties: { templateFile },
  });

  it.each([{}, { Resources: {} }, { Parameters: { P: { Type: 'String' } } }])(
    'decides the other stacks as without an empty one: %j',
    async (empty) => {
      const cwd = folderWith({
        'one/manifest.json': { version: '36.0.0', artifacts: { Main: stack('Main.json') } },
        'one/Main.json': { Resources: { Queue: { Type: 'AWS::SQS::Queue' } } },
        'two/manifest.json': {
          version: '36.0.0',
          artifacts: { Main: stack('Main.json'), Empty: stack('Empty.json') },
        },
        'two/Main.json': { Resources: { Queue: { Type: 'AWS::SQS::Queue' } } },
        'two/Empty.json': empty,
      });
      const verdicts = async (path: string): Promise<string[]> => {
        const { code, result } = await scan(cwd, path, '--fail-on', 'none');
        expect(code).toBe(0);
        return result.evaluations
          .filter(({ resource: { name } }) => name === 'Queue')
          .map(({ ruleId, verdict }) => `${ruleId} ${verdict}`);
      };
      expect(await verdicts('two')).toEqual(await verdicts('one'));
    },
  );

  it('that names a template that is not there is not complete', async () => {
    const cwd = folderWith({ 'manifest.json': { version: '36.0.0', artifacts: { A: stack('a.json') } } });
    const { code, stderr } = await headgate(cwd, 'scan', '.', '--quiet');
    expect(code).toBe(2);
    expect(stderr).toContain('the assembly names `a.json` as a template, but it does not exist');
    add(cwd, { 'a.json': '{"Resources": ' });
    expect((await headgate(cwd, 'scan', '.', '--quiet')).code).toBe(2);
  });
});
