import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type * as Cdk from 'aws-cdk-lib';
import type * as Lambda from 'aws-cdk-lib/aws-lambda';
import type * as Sqs from 'aws-cdk-lib/aws-sqs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Resource } from '../../../src/model/resource.ts';
import type { SourceReading } from '../../../src/model/source.ts';
import { Reference, Unresolved } from '../../../src/model/value.ts';
import { readTemplates } from '../../../src/template/read-templates.ts';

// The library is loaded the CommonJS way, which is the faster one.
const requireModule = createRequire(import.meta.url);

let cwd = '';
let reading: SourceReading;

function synthesize(outdir: string, code: string): void {
  const cdk = requireModule('aws-cdk-lib') as typeof Cdk;
  const lambda = requireModule('aws-cdk-lib/aws-lambda') as typeof Lambda;
  const sqs = requireModule('aws-cdk-lib/aws-sqs') as typeof Sqs;
  const app = new cdk.App({ outdir });
  const build = (scope: typeof app | InstanceType<typeof cdk.Stage>): void => {
    const base = new cdk.Stack(scope, 'Base');
    const shared = new sqs.Queue(base, 'Shared');
    const main = new cdk.Stack(scope, 'Main');
    const local = new sqs.Queue(main, 'Local');
    const nested = new cdk.NestedStack(main, 'Nested');
    const inner = new sqs.Queue(nested, 'Inner');
    new lambda.Function(nested, 'Worker', {
      runtime: lambda.Runtime.NODEJS_22_X,
      handler: 'index.handler',
      code: lambda.Code.fromAsset(code),
      environment: { LOCAL: local.queueArn },
    });
    new lambda.Function(main, 'Fn', {
      runtime: lambda.Runtime.NODEJS_22_X,
      handler: 'index.handler',
      code: lambda.Code.fromInline('exports.handler = () => {}'),
      environment: { SHARED: shared.queueArn, INNER: inner.queueUrl },
    });
    cdk.Validations.of(local).acknowledge({ id: 'headgate::batch.queue', reason: 'agreed' });
    cdk.Validations.of(local).acknowledge({ id: 'Other-Tool::x', reason: 'theirs' });
  };
  build(app);
  build(new cdk.Stage(app, 'Prod', { env: { account: '111111111111', region: 'eu-west-1' } }));
  app.synth();
}

beforeAll(async () => {
  process.env['CDK_VALIDATION'] = 'false';
  cwd = await mkdtemp(join(tmpdir(), 'headgate-assembly-'));
  await mkdir(join(cwd, 'code'));
  await writeFile(join(cwd, 'code/index.js'), 'makeIdempotent()');
  synthesize(join(cwd, 'app/cdk.out'), join(cwd, 'code'));
  reading = await readTemplates(['app'], { cwd, readCode: true, region: 'us-east-1' });
}, 30_000);
afterAll(async () => {
  await rm(cwd, { recursive: true, force: true });
});

function construct(path: string): Resource {
  const found = reading.resources.find(({ constructPath }) => constructPath === path);
  if (found === undefined) throw new Error(`no resource at ${path}`);
  return found;
}

function variables(path: string): unknown {
  return (construct(path).properties['Environment'] as Record<string, unknown>)['Variables'];
}

describe('a cloud assembly', () => {
  it('is one scope with its stages and nested stacks', () => {
    expect(reading.diagnostics).toEqual([]);
    expect(reading.incomplete).toEqual([]);
    expect(new Set(reading.resources.map(({ scope }) => scope))).toEqual(new Set(['app/cdk.out']));
    expect(reading.inputs).toMatchObject([{ name: 'app/cdk.out', kind: 'assembly' }]);
    expect(reading.resources.filter(({ type }) => type === 'Headgate::Template')).toHaveLength(6);
    expect(new Set(reading.resources.map(({ id }) => id)).size).toBe(reading.resources.length);
  });

  it('resolves exports inside each stage, and nested stacks both ways', () => {
    for (const stage of ['', 'Prod/']) {
      const inner = construct(`${stage}Main/Nested/Inner/Resource`);
      expect(variables(`${stage}Main/Fn/Resource`)).toEqual({
        SHARED: new Reference(construct(`${stage}Base/Shared/Resource`).id, 'Arn'),
        INNER: new Reference(inner.id),
      });
      expect(variables(`${stage}Main/Nested/Worker/Resource`)).toEqual({
        LOCAL: new Reference(construct(`${stage}Main/Local/Resource`).id, 'Arn'),
      });
      expect(inner.id.split('/')).toHaveLength(3);
    }
  });

  it('takes each stack by its own environment', () => {
    expect(construct('Prod/Main/Local/Resource')).toMatchObject({
      region: 'eu-west-1',
      account: '111111111111',
    });
    expect(construct('Main/Local/Resource')).toMatchObject({ region: 'us-east-1' });
    expect(construct('Main/Local/Resource').account).toBeUndefined();
  });

  it('leads to the construct, the line of its author, and the template', () => {
    const queue = construct('Main/Nested/Inner/Resource');
    expect(queue.sourceLine?.file).toMatch(/assembly\.test\.ts$/);
    const location = reading.positions(queue.locate([]));
    expect(location?.file).toMatch(/^app\/cdk\.out\/MainNested\w+\.nested\.template\.json$/);
    expect(location?.startLine).toBeGreaterThan(1);
  });

  it('carries acknowledgements, its own and other plugins’', () => {
    const id = construct('Main/Local/Resource').id;
    const found = reading.suppressions.filter(({ resourceId }) => resourceId === id);
    expect(found).toMatchObject([
      { source: 'cdk', ruleId: 'batch.queue', reason: 'agreed' },
      { source: 'peer', ruleId: 'Other-Tool:x', reason: 'theirs' },
    ]);
  });

  it('holds the code of its functions', () => {
    expect(construct('Main/Nested/Worker/Resource').code).toMatchObject({
      complete: true,
      found: [{ capability: 'idempotency', sign: 'makeIdempotent', file: 'index.js' }],
    });
    expect(construct('Main/Fn/Resource').code).toMatchObject({ source: 'inline code', found: [] });
  });

  it('is the same when its folder is named', async () => {
    const same = await readTemplates(['app/cdk.out'], { cwd, readCode: true, region: 'us-east-1' });
    expect(same.resources.map(({ id }) => id)).toEqual(reading.resources.map(({ id }) => id));
  });
});

describe('an assembly that is not whole', () => {
  it('says what is missing', async () => {
    const out = join(cwd, 'part');
    await mkdir(join(out, 'old'), { recursive: true });
    const stack = (file: string, metadata = {}): object => ({
      type: 'aws:cloudformation:stack',
      environment: 'aws://unknown-account/unknown-region',
      properties: { templateFile: file, parameters: { P: 'given' } },
      metadata,
    });
    const trace = [
      'new Queue (/x/node_modules/aws-cdk-lib/q.js:1:1)',
      `new App (${join(cwd, 'lib/app.ts')}:12:5)`,
    ];
    const metadata = { '/Old/Q/Resource': [{ type: 'aws:cdk:logicalId', data: 'Q', trace }] };
    const manifest = {
      version: '20.0.0',
      artifacts: { Gone: stack('gone.json'), Old: stack('old.json', metadata) },
    };
    const template = {
      Parameters: { P: { Type: 'String' } },
      Resources: {
        Q: {
          Type: 'AWS::SQS::Queue',
          Properties: {
            QueueName: { 'Fn::Sub': '${P}-${AWS::StackName}' },
            Tags: { 'Fn::GetAtt': ['N', 'Outputs.X'] },
          },
        },
        M: {
          Type: 'AWS::SQS::Queue',
          Properties: { KmsMasterKeyId: { 'Fn::GetStackOutput': { StackName: 'Old', OutputName: 'Name' } } },
        },
        N: { Type: 'AWS::CloudFormation::Stack', Properties: { TemplateURL: 'https://s3/x' } },
      },
      Outputs: { Name: { Value: { 'Fn::GetAtt': ['Q', 'Arn'] } } },
    };
    await writeFile(join(out, 'manifest.json'), JSON.stringify(manifest));
    await writeFile(join(out, 'old.json'), JSON.stringify(template));
    expect(await readdir(out)).not.toContain('gone.json');
    const part = await readTemplates(['part'], { cwd });
    expect(part.diagnostics.map(({ code }) => code)).toEqual([
      'assembly-incomplete',
      'nested-template-missing',
    ]);
    expect(part.incomplete.map(({ scope, cause }) => [scope, cause.code])).toEqual([
      ['part', 'outside'],
      ['part', 'outside'],
    ]);
    const queue = part.resources.find(({ logicalId }) => logicalId === 'Q');
    expect(queue).toMatchObject({
      id: 'Old/Q',
      constructPath: 'Old/Q/Resource',
      sourceLine: { file: 'lib/app.ts', line: 12, column: 5 },
    });
    expect(queue?.properties['QueueName']).toBe('given-Old');
    expect(queue?.properties['Tags']).toBeInstanceOf(Unresolved);
    const other = part.resources.find(({ logicalId }) => logicalId === 'M');
    expect(other?.properties['KmsMasterKeyId']).toEqual(new Reference('Old/Q', 'Arn'));
  });
});
