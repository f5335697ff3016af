import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { SourceReading } from '../../../src/model/source.ts';
import type { ObjectValue } from '../../../src/model/value.ts';
import { readTemplates } from '../../../src/template/read-templates.ts';

const template = (location: string): string => `Transform: AWS::Serverless-2016-10-31
Resources:
  Authorizer:
    Type: AWS::Serverless::Function
    Properties: {Runtime: r, Handler: h, InlineCode: x}
  Api:
    Type: AWS::Serverless::Api
    Properties:
      StageName: live
      Cors: "'*'"
      Auth:
        DefaultAuthorizer: Own
        Authorizers: {Own: {FunctionArn: !GetAtt Authorizer.Arn}}
      DefinitionBody:
        Fn::Transform: {Name: AWS::Include, Parameters: {Location: ${location}}}
`;

const document = `openapi: 3.0.1
paths:
  /orders:
    get:
      x-amazon-apigateway-integration: {type: aws_proxy, uri: {Fn::Sub: 'arn:\${AWS::Region}'}, httpMethod: POST}
`;

let cwd = '';
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'headgate-included-'));
  await writeFile(join(cwd, 'openapi.yaml'), document);
});
afterEach(async () => {
  await rm(cwd, { recursive: true, force: true });
});

async function read(location: string): Promise<{ reading: SourceReading; body: ObjectValue }> {
  await writeFile(join(cwd, 't.yaml'), template(location));
  const reading = await readTemplates(['t.yaml'], { cwd, region: 'eu-west-1' });
  const api = reading.resources.find(({ name }) => name === 'Api');
  return { reading, body: (api?.properties.Body ?? {}) as ObjectValue }; // each body below is an object
}

describe('an API document that is included', () => {
  it('gets the authorizers and the CORS of the API where it lies at hand', async () => {
    const { reading, body } = await read('./openapi.yaml');
    expect(reading.diagnostics).toEqual([]);
    expect(body).toMatchObject({
      components: { securitySchemes: { Own: { type: 'apiKey' } } },
      paths: {
        '/orders': {
          get: { security: [{ Own: [] }], 'x-amazon-apigateway-integration': { uri: 'arn:eu-west-1' } },
          options: { 'x-amazon-apigateway-integration': { type: 'mock' } },
        },
      },
    });
  });

  it('is shown at the property that includes it', async () => {
    const { reading } = await read('./openapi.yaml');
    const api = reading.resources.find(({ name }) => name === 'Api');
    const at = api && reading.positions(api.locate(['Body', 'paths', '/orders', 'get']));
    expect(at).toMatchObject({ pointer: '/Resources/Api/Properties/DefinitionBody', startLine: 15 });
  });

  it.each(['s3://bucket/openapi.yaml', './gone.yaml', '../openapi.yaml'])(
    'stays open at %s',
    async (location) => {
      const { reading } = await read(location);
      const api = reading.resources.find(({ name }) => name === 'Api');
      expect(JSON.stringify(api?.properties.Body)).toContain('macro');
    },
  );
});
