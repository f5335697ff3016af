import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { add, failing, folderWith, headgate, quiet, scan } from './command.ts';

const outside = `Resources:\n  OutsideThing: ${failing}\n`;
const nested = (url: string): string =>
  `Resources:\n  N: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: ${url}}}\n`;
const stack = (templateFile: string, more: object = {}): object => ({
  type: 'aws:cloudformation:stack',
  environment: 'aws://unknown-account/unknown-region',
  properties: { templateFile },
  ...more,
});
const manifest = (artifacts: object): object => ({ version: '36.0.0', artifacts });

describe('nothing outside of the scanned folder is read', () => {
  const ways: Readonly<Record<string, Readonly<Record<string, string | object>>>> = {
    'a TemplateURL': { 't.yaml': nested('../outside/n.yaml') },
    'an absolute TemplateURL': { 't.yaml': nested('%/outside/n.yaml') },
    'a TemplateURL through a link': { 't.yaml': nested('link/n.yaml') },
    'the Location of an application': {
      't.yaml':
        'Transform: AWS::Serverless-2016-10-31\nResources:\n  N: {Type: AWS::Serverless::Application, Properties: {Location: ../outside/n.yaml}}\n',
    },
    'an included body': {
      't.yaml':
        'Resources:\n  A: {Type: AWS::ApiGateway::RestApi, Properties: {Body: {Fn::Transform: {Name: AWS::Include, Parameters: {Location: ../outside/api.yaml}}}}}\n',
    },
    'a DefinitionUri': {
      't.yaml':
        'Transform: AWS::Serverless-2016-10-31\nResources:\n  A: {Type: AWS::Serverless::Api, Properties: {StageName: x, DefinitionUri: ../outside/api.yaml}}\n',
    },
    'a CodeUri': {
      't.yaml':
        'Transform: AWS::Serverless-2016-10-31\nResources:\n  A: {Type: AWS::Serverless::Function, Properties: {Runtime: nodejs24.x, Handler: a.b, CodeUri: ../outside/}}\n',
    },
    'a CodeUri through a link': {
      't.yaml':
        'Transform: AWS::Serverless-2016-10-31\nResources:\n  A: {Type: AWS::Serverless::Function, Properties: {Runtime: nodejs24.x, Handler: a.b, CodeUri: link}}\n',
    },
    'the templateFile of an assembly': { 'manifest.json': manifest({ S: stack('../outside/n.yaml') }) },
    'the additional metadata of an assembly': {
      'manifest.json': manifest({ S: stack('s.json', { additionalMetadataFile: '../outside/meta.json' }) }),
      's.json': { Resources: { Q: { Type: 'AWS::SQS::Queue' } } },
    },
    'an assembly in an assembly': {
      'manifest.json': manifest({
        S: { type: 'cdk:cloud-assembly', properties: { directoryName: '../outside' } },
      }),
    },
    'an asset of an assembly': {
      'manifest.json': manifest({ S: stack('s.json') }),
      's.json': {
        Resources: {
          F: {
            Type: 'AWS::Lambda::Function',
            Properties: { Runtime: 'nodejs24.x', Code: { S3Key: `${'a'.repeat(64)}.zip` } },
          },
        },
      },
      'S.assets.json': { files: { ['a'.repeat(64)]: { source: { path: '../outside' } } } },
    },
  };
  it.each(Object.keys(ways))('by %s', async (way) => {
    const cwd = folderWith({
      'outside/n.yaml': outside,
      'outside/api.yaml': 'openapi: 3.0.1\npaths: {/OutsideThing: {get: {}}}\n',
      'outside/index.js': "require('@aws-lambda-powertools/logger'); // OutsideThing\n",
      'outside/meta.json': { '/S/OutsideThing': [{ type: 'aws:cdk:logicalId', data: 'Q' }] },
      'outside/manifest.json': manifest({ O: stack('n.yaml') }),
    });
    const files = Object.entries(ways[way] ?? {}).map(([name, content]) => [
      `root/${name}`,
      typeof content === 'string' ? content.replaceAll('%', cwd) : content,
    ]);
    add(cwd, Object.fromEntries(files) as Record<string, string | object>);
    symlinkSync(join(cwd, 'outside'), join(cwd, 'root/link'));
    const { stdout, stderr, result } = await scan(cwd, 'root');
    expect(stdout).not.toContain('OutsideThing');
    expect(stdout).not.toContain('powertools/logger');
    expect(stderr).not.toContain('unexpected');
    expect(
      result.diagnostics.some(({ message }) => message.includes('outside') || message.includes('out of')),
    ).toBe(true);
  });

  it('by links in a folder, which are said', async () => {
    const cwd = folderWith({ 'outside/n.yaml': outside, 'root/t.yaml': quiet });
    symlinkSync(join(cwd, 'outside/n.yaml'), join(cwd, 'root/link.yaml'));
    symlinkSync(join(cwd, 'outside'), join(cwd, 'root/folder'));
    symlinkSync(join(cwd, 'nowhere'), join(cwd, 'root/dangling.yaml'));
    const { code, stdout, result } = await scan(cwd, 'root');
    expect(code).toBe(0);
    expect(stdout).not.toContain('OutsideThing');
    expect(result.skipped.map(({ name }) => name)).toEqual([
      'root/dangling.yaml',
      'root/folder',
      'root/link.yaml',
    ]);
    expect(result.diagnostics.map(({ code: found, where }) => [found, where])).toEqual([
      ['outside-of-root', 'root/folder'],
      ['outside-of-root', 'root/link.yaml'],
    ]);
  });

  it('by a link that stands for what was named', async () => {
    const cwd = folderWith({ 'outside/n.yaml': outside, 'work/t.yaml': quiet });
    symlinkSync(join(cwd, 'outside/n.yaml'), join(cwd, 'work/link.yaml'));
    symlinkSync(join(cwd, 'outside'), join(cwd, 'work/folder'));
    for (const name of ['link.yaml', 'folder']) {
      const { code, stderr } = await headgate(join(cwd, 'work'), 'scan', name);
      expect(code).toBe(2);
      expect(stderr).toContain(`\`${name}\` is a link that leads out of the working folder`);
    }
  });

  it('but by links that stay inside', async () => {
    const cwd = folderWith({ 'root/deep/n.yaml': outside });
    symlinkSync(join(cwd, 'root/deep/n.yaml'), join(cwd, 'root/link.yaml'));
    const { result } = await scan(cwd, 'root');
    expect(result.inputs.map(({ name }) => name)).toEqual(['root/deep/n.yaml', 'root/link.yaml']);
  });

  it('unless --root allows it', async () => {
    const cwd = folderWith({ 'outside/n.yaml': outside, 'root/t.yaml': nested('../outside/n.yaml') });
    const { stdout } = await scan(cwd, 'root/t.yaml', '--root', '.');
    expect(stdout).toContain('OutsideThing');
    const { code, stderr } = await headgate(cwd, 'scan', 'root/t.yaml', '--root', 'outside');
    expect(code).toBe(2);
    expect(stderr).toContain('--root');
  });

  it('and no device or pipe inside', async () => {
    const cwd = folderWith({ 't.yaml': quiet });
    execFileSync('mkfifo', [join(cwd, 'pipe.yaml')]);
    mkdirSync(join(cwd, 'folder.yaml'));
    const { code, result } = await scan(cwd, '.');
    expect(code).toBe(0);
    expect(result.skipped).toEqual([{ name: 'pipe.yaml', reason: 'it is not a regular file' }]);
  });
});

describe('a report is not written through a link', () => {
  it.each([
    ['--report', 'markdown=summary.md'],
    ['--output', 'summary.md'],
  ])('%s %s', async (...option) => {
    const cwd = folderWith({ 't.yaml': quiet, target: 'keep' });
    symlinkSync(join(cwd, 'target'), join(cwd, 'summary.md'));
    const { code, stderr } = await headgate(cwd, 'scan', 't.yaml', ...option);
    expect(readFileSync(join(cwd, 'target'), 'utf8')).toBe('keep');
    expect(code).toBe(2);
    expect(stderr).toContain('is a link');
  });

  it('nor through a link in its folder that leads out of the working folder', async () => {
    const cwd = folderWith({ 'work/t.yaml': quiet, 'outside/summary.md': 'keep' });
    symlinkSync(join(cwd, 'outside'), join(cwd, 'work/reports'));
    const { code } = await headgate(join(cwd, 'work'), 'scan', 't.yaml', '--output', 'reports/summary.md');
    expect(code).toBe(2);
    expect(readFileSync(join(cwd, 'outside/summary.md'), 'utf8')).toBe('keep');
  });

  it('by migrate: the configuration of another tool that is a link', async () => {
    const parent = folderWith({
      'outside/skips.yaml': 'skip-check: [CKV_AWS_28]\n',
      'app/t.yaml': `Resources:\n  T: {Type: AWS::DynamoDB::Table}\n`,
    });
    symlinkSync(join(parent, 'outside/skips.yaml'), join(parent, 'app/.checkov.yaml'));
    const { code, stdout, stderr } = await headgate(join(parent, 'app'), 'migrate', '.', '--dry-run');
    expect(code).toBe(2);
    expect(stderr).toContain('`.checkov.yaml` was not read: it is outside of the folders');
    expect(stdout).not.toContain('CKV_AWS_28');
  });
});
