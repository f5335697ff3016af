import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type * as Cdk from 'aws-cdk-lib';
import type * as Sam from 'aws-cdk-lib/aws-sam';
import type { Resource } from '../../../src/model/resource.ts';
import { readTemplates, type ReadTemplatesOptions } from '../../../src/template/read-templates.ts';

// The library is loaded the CommonJS way, which is the faster one.
const requireModule = createRequire(import.meta.url);

let cwd = '';
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'headgate-layouts-'));
});
afterEach(async () => {
  await rm(cwd, { recursive: true, force: true });
});

async function write(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(cwd, name)), { recursive: true });
    await writeFile(join(cwd, name), text);
  }
}

async function read(
  path: string,
  options: Omit<ReadTemplatesOptions, 'cwd'> = {},
): Promise<(name: string) => Resource | undefined> {
  const { resources, diagnostics } = await readTemplates([path], { cwd, readCode: true, ...options });
  expect(diagnostics).toEqual([]);
  return (name) => resources.find((resource) => resource.name === name);
}

const template = `Transform: AWS::Serverless-2016-10-31
Parameters: {Stage: {Type: String, Default: dev}}
Globals: {Function: {Runtime: python3.13, Handler: app.handler}}
Resources:
  Orders:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: CODE
      AutoPublishAlias: !Ref Stage
  Shared:
    Type: AWS::Serverless::Application
    Properties: {Location: NESTED, Parameters: {Stage: !Ref Stage}}
`;

const nested = `Transform: AWS::Serverless-2016-10-31
Parameters: {Stage: {Type: String, Default: dev}}
Resources:
  Inner:
    Type: AWS::Serverless::Function
    Properties: {Runtime: python3.13, Handler: app.handler, CodeUri: Inner, AutoPublishAlias: !Ref Stage}
`;

const sources = {
  'template.yaml': template.replace('CODE', 'src/').replace('NESTED', 'shared/template.yaml'),
  'src/app.py': 'from aws_lambda_powertools import Logger\n',
  'shared/template.yaml': nested,
};

const built = {
  '.aws-sam/build/template.yaml': template
    .replace('CODE', 'Orders')
    .replace('NESTED', 'Shared/template.yaml'),
  '.aws-sam/build/Orders/app.py': 'from aws_lambda_powertools import Logger\n',
  '.aws-sam/build/Orders/aws_lambda_powertools/tracing.py': 'from aws_xray_sdk.core import xray_recorder\n',
  '.aws-sam/build/Orders/aws_lambda_powertools-3.0.0.dist-info/METADATA': 'Name: aws_lambda_powertools\n',
  '.aws-sam/build/Shared/template.yaml': nested,
  '.aws-sam/build/Shared/Inner/app.py': 'print(1)\n',
};

describe('an application of SAM', () => {
  it('is read from its source with its parameters, code and nested applications', async () => {
    await write({ ...sources, ...built });
    const find = await read('.', { parameters: { Stage: 'prod' } });
    expect(find('Orders')?.code?.found.map(({ capability }) => capability)).toContain('logger');
    expect(find('OrdersAliasprod')?.id).toBe('template.yaml/OrdersAliasprod');
    expect(find('InnerAliasprod')?.id).toBe('template.yaml/Shared/InnerAliasprod');
  });

  it.each(['.aws-sam/build', '.aws-sam/build/template.yaml'])('is read from %s', async (path) => {
    await write({ ...sources, ...built });
    const find = await read(path, { parameters: { Stage: 'prod' } });
    const code = find('Orders')?.code;
    expect(code?.source).toBe('Orders (app.py)');
    expect(code?.found.map(({ capability }) => capability)).toEqual(['logger']);
    expect(find('OrdersAliasprod')?.id).toBe('.aws-sam/build/template.yaml/OrdersAliasprod');
    expect(find('InnerAliasprod')).toBeDefined();
    expect(find('Inner')?.code?.source).toBe('Inner (app.py)');
  });

  it('is scanned once where its folder holds what was built of it', async () => {
    await write({ ...sources, ...built });
    const { inputs } = await readTemplates(['.'], { cwd });
    expect(inputs.map(({ name }) => name)).toEqual(['shared/template.yaml', 'template.yaml']);
  });

  it('nests a template with other parameters each time', async () => {
    const twice = `Resources:
  Blue: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: inner.yaml, Parameters: {Stage: blue}}}
  Green: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: inner.yaml, Parameters: {Stage: green}}}
`;
    await write({ 'twice.yaml': twice, 'inner.yaml': nested });
    const find = await read('twice.yaml', { parameters: { Stage: 'of the root alone' } });
    expect(find('InnerAliasblue')?.id).toBe('twice.yaml/Blue/InnerAliasblue');
    expect(find('InnerAliasgreen')?.id).toBe('twice.yaml/Green/InnerAliasgreen');
  });
});

describe('a cloud assembly with SAM in it', () => {
  function synthesize(): void {
    const cdk = requireModule('aws-cdk-lib') as typeof Cdk;
    const sam = requireModule('aws-cdk-lib/aws-sam') as typeof Sam;
    const app = new cdk.App({ outdir: join(cwd, 'cdk.out') });
    const env = { account: '111111111111', region: 'cn-north-1' };
    const stack = new cdk.Stack(app, 'Orders', { env });
    const stage = new cdk.CfnParameter(stack, 'Stage', { default: 'dev' });
    new sam.CfnFunction(stack, 'Fn', {
      runtime: 'nodejs22.x',
      handler: 'index.handler',
      inlineCode: 'makeIdempotent()',
      autoPublishAlias: stage.valueAsString,
      tracing: 'Active',
      events: { Jobs: { type: 'SQS', properties: { queue: 'arn:aws-cn:sqs:cn-north-1:111111111111:jobs' } } },
    });
    app.synth();
  }

  beforeEach(() => {
    process.env['CDK_VALIDATION'] = 'false';
  });

  it('is expanded with the parameters that are given, in its own region', async () => {
    synthesize();
    const find = await read('cdk.out', { parameters: { Stage: 'prod' } });
    expect(find('FnAliasprod')?.type).toBe('AWS::Lambda::Alias');
    expect(find('FnJobs')?.type).toBe('AWS::Lambda::EventSourceMapping');
    expect(JSON.stringify(find('FnRole')?.properties)).toContain(
      'arn:aws-cn:iam::aws:policy/AWSXRayDaemonWriteAccess',
    );
    expect(find('Fn')?.constructPath).toBe('Orders/Fn');
    expect(find('Fn')?.code?.source).toBe('inline code');
  });

  it('takes the defaults where none are given', async () => {
    synthesize();
    expect((await read('cdk.out'))('FnAliasdev')?.type).toBe('AWS::Lambda::Alias');
  });
});
