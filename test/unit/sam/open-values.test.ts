import { describe, expect, it } from '@jest/globals';
import { expandSam } from '../../../src/sam/expand.ts';
import { expandTransforms } from '../../../src/template/transforms.ts';
import { parseTemplateText } from '../../../src/text/parse-template.ts';

interface Expanded {
  readonly said: readonly string[];
  readonly resources: Record<string, { Type: string; Properties: Record<string, unknown> } | undefined>;
}

function expand(body: string, transform = 'AWS::Serverless-2016-10-31'): Expanded {
  const parsed = parseTemplateText(`Transform: ${transform}\n${body}`, 'template.yaml');
  const made = expandTransforms(parsed, expandSam);
  return {
    said: made.diagnostics.map(({ message }) => message),
    resources: (made.root?.['Resources'] ?? {}) as Expanded['resources'],
  };
}

const code = "Runtime: python3.13, Handler: app.run, InlineCode: 'x = 1'";
const worker = (properties: string): string =>
  `  Worker: {Type: AWS::Serverless::Function, Properties: {${properties}}}\n`;

describe('a parameter without a value', () => {
  const parameter = 'Parameters: {Release: {Type: String}}\nResources:\n';

  it('names an alias whose name is not known yet', () => {
    const { said, resources } = expand(parameter + worker(`${code}, AutoPublishAlias: !Ref Release`));
    expect(said).toEqual([]);
    expect(Object.values(resources).find((made) => made?.Type === 'AWS::Lambda::Alias')).toMatchObject({
      Properties: { Name: { Ref: 'Release' }, FunctionName: { Ref: 'Worker' } },
    });
  });

  it('is a hash of the code that makes some version', () => {
    const { said, resources } = expand(
      parameter + worker(`${code}, AutoPublishAlias: live, AutoPublishCodeSha256: !Ref Release`),
    );
    expect(said).toEqual([]);
    expect(Object.values(resources).map((made) => made?.Type)).toContain('AWS::Lambda::Version');
  });

  it('that is not declared is refused still', () => {
    const { said } = expand(`Resources:\n${worker(`${code}, AutoPublishAlias: !Ref Release`)}`);
    expect(said).toEqual([
      '`Worker`: `AutoPublishAlias` must be a string or a `Ref` to a parameter with a default',
    ]);
  });
});

it.each([
  ['canary-two', 'WorkerAliascanaryDtwo'],
  ['canary_two', 'WorkerAliascanaryUtwo'],
  ['live', 'WorkerAliaslive'],
])('the alias %s has the id %s', (name, id) => {
  const { resources } = expand(`Resources:\n${worker(`${code}, AutoPublishAlias: ${name}`)}`);
  expect(resources[id]?.Properties['Name']).toBe(name);
});

it.each([
  ['s3://%%DEPLOY%%/jobs/worker.zip', { S3Bucket: '%%DEPLOY%%', S3Key: 'jobs/worker.zip' }],
  ['s3://<bucket>/worker.zip', { S3Bucket: '<bucket>', S3Key: 'worker.zip' }],
  ['s3://b/k.zip?versionId=v1', { S3Bucket: 'b', S3Key: 'k.zip', S3ObjectVersion: 'v1' }],
])('%s is where the code lies', (uri, location) => {
  const { said, resources } = expand(
    `Resources:\n${worker(`Runtime: python3.13, Handler: app.run, CodeUri: '${uri}'`)}`,
  );
  expect(said).toEqual([]);
  expect(resources['Worker']?.Properties['Code']).toEqual(location);
});

it.each(['s3://', 's3://bucket', 's3://bucket/', 's3:///key'])('%s is no place for code', (uri) => {
  const { said } = expand(
    `Resources:\n${worker(`Runtime: python3.13, Handler: app.run, CodeUri: '${uri}'`)}`,
  );
  expect(said).toEqual([expect.stringContaining('is not an S3 URI')]);
});

it('CORS under a condition is taken as the transform takes it', () => {
  const { said, resources } = expand(`Conditions: {Open: !Equals [!Ref AWS::Region, eu-west-1]}
Resources:
  Front: {Type: AWS::Serverless::HttpApi, Properties: {CorsConfiguration: !If [Open, ['*'], [https://a.example.com]]}}
${worker(`${code}, Events: {Get: {Type: HttpApi, Properties: {ApiId: !Ref Front, Path: /, Method: get}}}`)}`);
  expect(said).toEqual([]);
  expect(resources['Front']?.Properties['Body']).toMatchObject({
    'x-amazon-apigateway-cors': {
      allowOrigins: { 'Fn::If': ['Open', ['*'], ['https://a.example.com']] },
    },
  });
});

it('a document that its author hands over is written by events', () => {
  const { said, resources } = expand(`Resources:
  Front:
    Type: AWS::Serverless::Api
    Properties:
      StageName: live
      __MANAGE_SWAGGER: true
      DefinitionBody: {swagger: '2.0', info: {version: '1.0', title: t}, paths: {}}
${worker(`${code}, Events: {Get: {Type: Api, Properties: {RestApiId: !Ref Front, Path: /jobs, Method: get}}}`)}`);
  expect(said).toEqual([]);
  expect(resources['Front']?.Properties['Body']).toMatchObject({ paths: { '/jobs': { get: {} } } });
});

it.each(["!Sub '/v1/${Name}'", "!Sub ['/v1/${N}', {N: !Ref Name}]", "!Join ['', [/v1/, !Ref Name]]"])(
  'in a loop that runs before, %s is text',
  (path) => {
    const { said, resources } = expand(
      `Resources:
  Fn::ForEach::Jobs:
    - Name
    - [mail, print]
    - '\${Name}Job':
        Type: AWS::Serverless::Function
        Properties: {${code}, Events: {Get: {Type: Api, Properties: {Path: ${path}, Method: get}}}}
`,
      '[AWS::LanguageExtensions, AWS::Serverless-2016-10-31]',
    );
    expect(said).toEqual([]);
    expect(resources['ServerlessRestApi']?.Properties['Body']).toMatchObject({
      paths: { '/v1/mail': {}, '/v1/print': {} },
    });
  },
);
