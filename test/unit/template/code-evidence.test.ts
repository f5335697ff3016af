import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { CodeEvidence } from '../../../src/model/resource.ts';
import { readTemplateObject, readTemplates } from '../../../src/template/read-templates.ts';

let cwd = '';
beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'headgate-code-'));
});
afterAll(async () => {
  await rm(cwd, { recursive: true, force: true });
});

async function evidence(
  files: Record<string, string>,
  code: unknown = './src',
  readCode = true,
): Promise<CodeEvidence | undefined> {
  await rm(join(cwd, 'src'), { recursive: true, force: true });
  const template = { Resources: { F: { Type: 'AWS::Lambda::Function', Properties: { Code: code } } } };
  for (const [name, text] of Object.entries({ ...files, 't.json': JSON.stringify(template) })) {
    await mkdir(dirname(join(cwd, name)), { recursive: true });
    await writeFile(join(cwd, name), text);
  }
  const { resources } = await readTemplates(['t.json'], { cwd, readCode });
  return resources.find(({ name }) => name === 'F')?.code;
}

const capabilities = (found: CodeEvidence | undefined): string[] =>
  found?.found.map(({ capability }) => capability) ?? [];

describe('code evidence', () => {
  it.each([
    ['logger', 'from aws_lambda_powertools import Logger, Tracer', 'py'],
    ['correlation', '@logger.inject_lambda_context(correlation_id_path=x)', 'py'],
    ['tracer', "import { Tracer } from '@aws-lambda-powertools/tracer'", 'ts'],
    ['metrics', 'console.log({ _aws: { CloudWatchMetrics: [] } })', 'js'],
    ['idempotency', 'export const handler = makeIdempotent(work)', 'ts'],
    ['batch', 'return processPartialResponse(event, record, processor)', 'ts'],
    ['parameters', "import { getSecret } from '@aws-lambda-powertools/parameters/secrets'", 'ts'],
    ['retry', 'new DynamoDBClient({ maxAttempts: 5 })', 'js'],
    ['circuit-breaker', "const CircuitBreaker = require('opossum')", 'js'],
    ['transactions', 'client.send(new TransactWriteCommand({}))', 'js'],
    ['field-encryption', 'kms.send(new GenerateDataKeyCommand({}))', 'js'],
  ])('sees %s in source', async (capability, text, extension) => {
    const found = await evidence({ [`src/index.${extension}`]: text });
    expect(capabilities(found)).toContain(capability);
    expect(found).toMatchObject({ complete: true, source: `src (index.${extension})` });
  });

  it('sees dependencies', async () => {
    const found = await evidence({
      'src/package.json':
        '{"dependencies": {"@aws-crypto/client-node": "4", "opossum": "8"}, "devDependencies": {"pino": "9"}}',
      'src/fn/requirements.txt': '# tenacity\naws-xray-sdk>=2\n',
    });
    expect(capabilities(found).sort()).toEqual(['circuit-breaker', 'field-encryption', 'tracer']);
  });

  it.each([
    ['logger', 'var L="@aws-lambda-powertools/logger";process.env.POWERTOOLS_LOG_LEVEL'],
    ['tracer', 'super("@aws-lambda-powertools/tracer")'],
    ['metrics', '{_aws:{Timestamp:t,CloudWatchMetrics:[{Namespace:n}]}}'],
    ['idempotency', 'class a extends Error{name="x"}throw new b("@aws-lambda-powertools/idempotency")'],
    ['batch', 'return{batchItemFailures:this.f}'],
  ])('sees %s in what esbuild leaves of a minified bundle', async (capability, kept) => {
    const minified = `"use strict";${'var a=1;'.repeat(1000)}${kept}\n//# sourceMappingURL=index.js.map\n`;
    const found = await evidence({ 'src/index.js': minified });
    expect(capabilities(found)).toContain(capability);
    expect(found?.complete).toBe(false);
  });

  it.each([
    [
      'src/pom.xml',
      '<dependencies><dependency><artifactId>powertools-logging</artifactId></dependency><dependency><artifactId>powertools-metrics</artifactId><scope>test</scope></dependency></dependencies>',
    ],
    [
      'src/build.gradle',
      "implementation 'software.amazon.lambda:powertools-logging:2.3.0'\ntestImplementation 'software.amazon.lambda:powertools-metrics:2.3.0'",
    ],
  ])('sees what a Java project depends on, tests left out: %s', async (file, text) => {
    const found = await evidence({
      [file]: text,
      'src/src/main/java/Handler.java': 'import com.amazonaws.xray.AWSXRay;',
      'src/src/test/java/HandlerTest.java':
        'import software.amazon.lambda.powertools.idempotency.Idempotent;',
      'src/target/classes/Old.java': 'import software.amazon.lambda.powertools.batch.Batch;',
    });
    expect(capabilities(found).sort()).toEqual(['logger', 'tracer']);
  });

  it.each(['./src/target/orders.jar', './src/build/libs/orders.jar'])(
    'reads the Java project that an archive is built of: %s',
    async (code) => {
      const files = {
        'src/pom.xml': '<dependency><artifactId>powertools-tracing</artifactId></dependency>',
        'src/src/main/java/Handler.java': 'class Handler {}',
      };
      expect(capabilities(await evidence(files, code))).toEqual(['tracer']);
    },
  );

  it('reads the folder that an image is built from, and says that it is not all of the image', async () => {
    const template = {
      Transform: 'AWS::Serverless-2016-10-31',
      Resources: {
        F: {
          Type: 'AWS::Serverless::Function',
          Metadata: { Dockerfile: 'Dockerfile', DockerContext: './image', DockerTag: 'v1' },
          Properties: { PackageType: 'Image' },
        },
      },
    };
    await mkdir(join(cwd, 'image'), { recursive: true });
    await writeFile(join(cwd, 'image/index.js'), "require('@aws-lambda-powertools/logger')");
    await writeFile(join(cwd, 'image.json'), JSON.stringify(template));
    const { resources } = await readTemplates(['image.json'], { cwd, readCode: true });
    const found = resources.find(({ name }) => name === 'F')?.code;
    expect(capabilities(found)).toEqual(['logger']);
    expect(found).toMatchObject({ complete: false, source: 'image (index.js)' });
  });

  it('sees the packages that a source map names', async () => {
    const sources = [
      '../../node_modules/@aws-lambda-powertools/parameters/lib/esm/secrets.js',
      '../node_modules/.pnpm/opossum@8.0.0/node_modules/opossum/index.js',
      '../src/p-retry.ts',
    ];
    const map = JSON.stringify({ version: 3, sources, sourcesContent: ['makeIdempotent'] });
    const found = await evidence({ 'src/index.js': 'a()', 'src/index.js.map': map });
    expect(capabilities(found)).toEqual(['parameters', 'circuit-breaker']);
    expect(capabilities(await evidence({ 'src/index.js': 'a()', 'src/index.js.map': '{' }))).toEqual([]);
  });

  it('does not take libraries for the function', async () => {
    const found = await evidence({
      'src/index.js': 'exports.handler = 1',
      'src/node_modules/x/index.js': 'makeIdempotent',
      'src/aws_xray_sdk/core.py': 'aws_xray_sdk',
      'src/aws_xray_sdk-2.1.dist-info/METADATA': '',
      'src/lib.js': 'new import_client.TransactWriteItemsCommand(this.input)',
      'src/image.png': 'makeIdempotent',
    });
    expect(found).toEqual({ source: 'src (index.js, lib.js)', complete: true, found: [] });
  });

  it('reads inline code', async () => {
    const found = await evidence({}, { ZipFile: { 'Fn::Join': ['', ['import aws_xray', '_sdk']] } });
    expect(found).toEqual({
      source: 'inline code',
      complete: true,
      found: [{ capability: 'tracer', sign: 'aws_xray_sdk', file: 'inline code' }],
    });
  });

  it('says when it did not see everything', async () => {
    const many = Object.fromEntries(Array.from({ length: 201 }, (_, index) => [`src/f${index}.js`, 'x']));
    expect(await evidence(many)).toMatchObject({ complete: false });
    expect(await evidence({ 'src/index.js': `var a=${'b+'.repeat(4000)}1` })).toMatchObject({
      complete: false,
    });
    expect(await evidence({ 'src/lib.zip': '' })).toMatchObject({ complete: false, found: [] });
    expect(await evidence({ 'src/x.zip': '' }, './src/x.zip')).toMatchObject({ complete: false });
  });

  it('may be stated for a template that is held in memory', () => {
    const template = { Resources: { F: { Type: 'AWS::Lambda::Function' } } };
    const [found] = readTemplateObject(template, 'example', { code: { F: ['idempotency'] } }).resources;
    expect(found?.code).toEqual({
      source: 'example',
      complete: true,
      found: [{ capability: 'idempotency', sign: 'idempotency', file: '' }],
    });
  });

  it('is absent where there is no code at hand, or none was asked for', async () => {
    expect(await evidence({}, { S3Bucket: 'b', S3Key: 'k.zip' })).toBeUndefined();
    expect(await evidence({}, '../../../../../../etc')).toBeUndefined();
    expect(await evidence({}, './dist/not-built-yet')).toBeUndefined();
    expect(await evidence({ 'src/README.md': 'makeIdempotent' })).toBeUndefined();
    expect(await evidence({ 'src/index.js': 'makeIdempotent' }, './src', false)).toBeUndefined();
  });
});
