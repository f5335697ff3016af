import { describe, expect, it } from '@jest/globals';
import { parseTemplateText } from '../../../src/text/parse-template.ts';
import { expandSam } from '../../../src/sam/expand.ts';

/** `severity line message` of what is said about a template. */
function said(body: string): string[] {
  const parsed = parseTemplateText(`Transform: AWS::Serverless-2016-10-31\n${body}`, 'template.yaml');
  return expandSam(parsed, () => undefined).diagnostics.map(
    ({ severity, location, message }) => `${severity} ${location?.startLine ?? 'nowhere'} ${message}`,
  );
}

const plain = 'Runtime: nodejs22.x, Handler: a.b, CodeUri: ./src';
const stage = 'StageName: Prod';

describe('what is refused', () => {
  it('names the event whose property is wrong', () => {
    expect(
      said(`Resources:
  F:
    Type: AWS::Serverless::Function
    Properties:
      ${plain.replaceAll(', ', '\n      ')}
      Events:
        Jobs: {Type: SQS, Properties: {BatchSize: 5}}
`),
    ).toEqual(['error 10 `F`: event `Jobs`: the required property `Queue` of SQS is missing; add it']);
  });

  it('is every connector of a resource that cannot be made, at its own place', () => {
    expect(
      said(`Resources:
  T: {Type: AWS::DynamoDB::Table}
  F:
    Type: AWS::Serverless::Function
    Connectors:
      First: nothing
      Second: {Properties: {Destination: {Id: Nobody}, Permissions: [Read]}}
      Third: {Properties: {Destination: {Id: T}, Permissions: []}}
      Fourth: {Properties: {Destination: {Id: T}, Permissions: [Read]}}
    Properties: {${plain}}
`),
    ).toEqual([
      'error 7 `F`: connector `First`: it should be a map',
      'error 8 `F`: connector `Second`: there is no resource `Nobody` in the template',
      'error 9 `F`: connector `Third`: `Permissions` cannot be empty; valid values are: Read, Write',
    ]);
  });

  it('is the user pool, and not the function, where the pool is wrong', () => {
    expect(
      said(`Resources:
  Pool: {Type: AWS::Cognito::UserPool, Properties: {LambdaConfig: text}}
  F: {Type: AWS::Serverless::Function, Properties: {${plain}, Events: {E: {Type: Cognito, Properties: {UserPool: !Ref Pool, Trigger: PreSignUp}}}}}
`),
    ).toEqual(['error 3 `Pool`: property `LambdaConfig` should be a map']);
  });

  it('is a list of triggers or bucket events that a parameter holds: the transform needs it itself', () => {
    const event = (type: string, properties: string): string[] =>
      said(`Parameters: {P: {Type: String, Default: x}}
Resources:
  B: {Type: AWS::S3::Bucket}
  F: {Type: AWS::Serverless::Function, Properties: {${plain}, Events: {E: {Type: ${type}, Properties: {${properties}}}}}}
`);
    expect(event('S3', 'Bucket: !Ref B, Events: !Ref P')).toEqual([
      'error 5 `F`: event `E`: the type of property `Events` is invalid; it takes a string or a list',
    ]);
    expect(event('S3', "Bucket: !Ref B, Events: 's3:ObjectCreated:*'")).toEqual([]);
    expect(event('ScheduleV2', 'ScheduleExpression: rate(1 day), OmitName: !Ref P')).toEqual([
      'error 5 `F`: event `E`: the type of property `OmitName` is invalid; it takes true or false',
    ]);
  });

  it('leaves a route free whose function is refused', () => {
    const event = 'Type: Api, Properties: {Path: /, Method: get';
    expect(
      said(`Resources:
  F: {Type: AWS::Serverless::Function, Properties: {${plain}, Events: {E: {${event}, RequestParameters: [method.request.body.x]}}}}}
  G: {Type: AWS::Serverless::Function, Properties: {${plain}, Events: {E: {${event}}}}}}
`),
    ).toEqual([
      'error 3 `F`: event `E`: invalid value for `RequestParameters`: `method.request.body.x` is not of the form `method.request.{querystring|path|header}.{name}`',
    ]);
  });

  it('is an HTTP API whose default authorizer would miss a method', () => {
    expect(
      said(`Resources:
  A:
    Type: AWS::Serverless::HttpApi
    Properties:
      DefinitionBody: {openapi: 3.0.1, paths: {/x: {any: {}}}}
      Auth:
        DefaultAuthorizer: Jwt
        Authorizers: {Jwt: {IdentitySource: $request.header.A, JwtConfiguration: {issuer: x, audience: [y]}}}
`),
    ).toEqual([
      'error 6 `any` of path `/x` is not a method: `x-amazon-apigateway-any-method` is not in `DefinitionBody`; rename it',
    ]);
  });

  it('is a property of the other kind of authorizer', () => {
    expect(
      said(`Resources:
  A: {Type: AWS::Serverless::HttpApi, Properties: {Auth: {Authorizers: {Jwt: {IdentitySource: x, JwtConfiguration: {issuer: x}, EnableSimpleResponses: true}}}}}
`),
    ).toEqual([
      'error 3 `A`: authorizer `Jwt`: `EnableSimpleResponses` is only supported for Lambda authorizers',
    ]);
  });

  it('is properties that exclude each other, in `Globals` too', () => {
    expect(
      said(`Globals: {Function: {CapacityProviderConfig: {Arn: x}}}
Resources:
  F: {Type: AWS::Serverless::Function, Properties: {${plain}, VpcConfig: {SubnetIds: [a], SecurityGroupIds: [b]}}}
`),
    ).toEqual(['error 4 `F`: `CapacityProviderConfig` and `VpcConfig` cannot be specified together']);
  });

  it('is a parameter whose default is a list, where a text takes it in', () => {
    expect(
      said(`Parameters:
  P: {Type: String, Default: [a, b]}
Resources:
  A: {Type: AWS::Serverless::Api, Properties: {${stage}, BinaryMediaTypes: [!Sub 'image/\${P}']}}
`),
    ).toEqual(['error 3 the default of `P` must be a string, not a list']);
  });
});

describe('what is only warned of', () => {
  it('is a default authorizer without authorizers: it is deployed, and protects nothing', () => {
    expect(
      said(`Resources:
  A: {Type: AWS::Serverless::Api, Properties: {${stage}, Auth: {DefaultAuthorizer: Jwt}}}
`),
    ).toEqual([
      'warning 3 `A`: `DefaultAuthorizer` has no effect, because `Auth` has no `Authorizers`; add them',
    ]);
  });
});
