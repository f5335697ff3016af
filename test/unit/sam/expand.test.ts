import { describe, expect, it } from '@jest/globals';
import { parseTemplateText, type ParsedTemplate } from '../../../src/text/parse-template.ts';
import { expandSam } from '../../../src/sam/expand.ts';

function expand(body: string, parameters: Record<string, string> = {}): ParsedTemplate {
  const parsed = parseTemplateText(`Transform: AWS::Serverless-2016-10-31\n${body}`, 'template.yaml');
  return expandSam(parsed, (name) => parameters[name]);
}

function resources(
  parsed: ParsedTemplate,
): Record<string, { Type: string; Properties: Record<string, unknown> }> {
  return parsed.root?.['Resources'] as never; // read by the tests alone
}

const problems = (parsed: ParsedTemplate): string[] =>
  parsed.diagnostics.map(({ severity, where, message }) => `${severity} ${where} ${message}`);

const plain = 'Runtime: nodejs22.x, Handler: a.b, CodeUri: ./src';

describe('a function', () => {
  it('becomes a function with a role, and is SAM no more', () => {
    const made = expand(
      `Resources:\n  F: {Type: AWS::Serverless::Function, Properties: {${plain}, Tracing: Active}}\n`,
    );
    expect(made.root).not.toHaveProperty('Transform');
    expect(Object.keys(resources(made))).toEqual(['F', 'FRole']);
    expect(resources(made)['F']).toMatchObject({
      Type: 'AWS::Lambda::Function',
      Properties: {
        Code: './src',
        TracingConfig: { Mode: 'Active' },
        Role: { 'Fn::GetAtt': ['FRole', 'Arn'] },
      },
    });
    expect(resources(made)['FRole']?.Properties['ManagedPolicyArns']).toEqual([
      'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole',
      'arn:aws:iam::aws:policy/AWSXrayWriteOnlyAccess',
    ]);
    expect(made.diagnostics).toEqual([]);
  });

  it('takes over globals: maps merged, lists joined, its own values first', () => {
    const made = expand(`Globals:
  Function:
    Timeout: 5
    Layers: [a]
    Environment: {Variables: {X: '1', Y: '1'}}
Resources:
  F: {Type: AWS::Serverless::Function, Properties: {${plain}, Layers: [b], Timeout: 9, Environment: {Variables: {Y: '2'}}}}
  G: {Type: AWS::Serverless::Function, IgnoreGlobals: '*', Properties: {${plain}}}
`);
    expect(resources(made)['F']?.Properties).toMatchObject({
      Timeout: 9,
      Layers: ['a', 'b'],
      Environment: { Variables: { X: '1', Y: '2' } },
    });
    expect(resources(made)['G']?.Properties).not.toHaveProperty('Timeout');
  });

  it('publishes a version under an id that changes with the code', () => {
    const versionOf = (code: string): string[] =>
      Object.keys(
        resources(
          expand(
            `Resources:\n  F: {Type: AWS::Serverless::Function, Properties: {Runtime: r, Handler: h, CodeUri: '${code}', AutoPublishAlias: live}}\n`,
          ),
        ),
      ).filter((id) => id.startsWith('FVersion'));
    expect(versionOf('s3://sam-demo-bucket/hello.zip')).toEqual(['FVersion640128d35d']);
    expect(versionOf('s3://sam-demo-bucket/other.zip')).not.toEqual(['FVersion640128d35d']);
  });

  it('names the alias by a parameter that is given before one that has a default', () => {
    const body = `Parameters: {A: {Type: String, Default: live}}
Resources:
  F: {Type: AWS::Serverless::Function, Properties: {${plain}, AutoPublishAlias: !Ref A}}
Outputs: {X: {Value: !Ref F.Alias}}
`;
    expect(expand(body).root?.['Outputs']).toEqual({ X: { Value: { Ref: 'FAliaslive' } } });
    expect(expand(body, { A: 'beta' }).root?.['Outputs']).toEqual({ X: { Value: { Ref: 'FAliasbeta' } } });
  });
});

describe('events', () => {
  it('make the resources that call the function, each pointing at its event', () => {
    const made = expand(`Resources:
  Q: {Type: AWS::SQS::Queue}
  F:
    Type: AWS::Serverless::Function
    Condition: C
    Properties:
      ${plain.replaceAll(', ', '\n      ')}
      Events:
        Jobs: {Type: SQS, Properties: {Queue: !GetAtt Q.Arn, BatchSize: 5}}
        Nightly: {Type: Schedule, Properties: {Schedule: rate(1 day), DeadLetterConfig: {Type: SQS}}}
`);
    expect(resources(made)['FJobs']).toMatchObject({
      Type: 'AWS::Lambda::EventSourceMapping',
      Condition: 'C',
      Properties: { BatchSize: 5, FunctionName: { Ref: 'F' } },
    });
    expect(Object.keys(resources(made)).filter((id) => id.startsWith('FNightly'))).toEqual([
      'FNightlyQueue',
      'FNightlyQueuePolicy',
      'FNightly',
      'FNightlyPermission',
    ]);
    expect(made.origins?.get('FJobs')?.pointer).toBe('/Resources/F/Properties/Events/Jobs');
    expect(made.origins?.get('FNightlyQueue')).toMatchObject({
      pointer: '/Resources/F/Properties/Events/Nightly',
      generated: true,
    });
  });

  it('make an implicit API, whose routes stand behind the conditions of their functions', () => {
    const made = expand(`Conditions: {C: !Equals [a, b]}
Resources:
  F:
    Type: AWS::Serverless::Function
    Condition: C
    Properties:
      ${plain.replaceAll(', ', '\n      ')}
      Events: {Get: {Type: Api, Properties: {Path: '/items/{id}', Method: get}}}
`);
    expect(resources(made)['ServerlessRestApi']).toMatchObject({
      Type: 'AWS::ApiGateway::RestApi',
      Condition: 'C',
    });
    expect(JSON.stringify(resources(made)['ServerlessRestApi'])).toContain(
      '"/items/{id}":{"Fn::If":["C",{"get":{"Fn::If":["C",',
    );
    expect(JSON.stringify(resources(made)['FGetPermissionProd'])).toContain('/GET/items/*');
    const event = '/Resources/F/Properties/Events/Get';
    expect(made.origins?.get('ServerlessRestApi')).toMatchObject({
      pointer: event,
      generated: true,
      properties: { ['Body\0paths\0/items/{id}\0get']: event },
    });
    expect(Object.keys(resources(made))).toContain('ServerlessRestApiProdStage');
  });

  it('write their authorizer into an API, and the default into all other routes', () => {
    const made = expand(`Resources:
  A:
    Type: AWS::Serverless::Api
    Properties:
      StageName: prod
      Auth: {DefaultAuthorizer: Pool, Authorizers: {Pool: {UserPoolArn: arn:pool}}}
  F:
    Type: AWS::Serverless::Function
    Properties:
      ${plain.replaceAll(', ', '\n      ')}
      Events:
        Open: {Type: Api, Properties: {RestApiId: !Ref A, Path: /open, Method: get, Auth: {Authorizer: NONE}}}
        Closed: {Type: Api, Properties: {RestApiId: !Ref A, Path: /closed, Method: get}}
`);
    expect(resources(made)['A']?.Properties['Body']).toMatchObject({
      paths: {
        '/open': { get: { security: [{ NONE: [] }] } },
        '/closed': { get: { security: [{ Pool: [] }] } },
      },
    });
  });
});

describe('what cannot be expanded', () => {
  it('is named with its place, and the rest is expanded all the same', () => {
    const made = expand(`Resources:
  F: {Type: AWS::Serverless::Function, Properties: {${plain}, Events: {E: {Type: Nonsense}}}}
  T: {Type: AWS::Serverless::SimpleTable}
`);
    expect(problems(made)).toEqual([
      expect.stringMatching(
        /^error template\.yaml:3:\d+ `F`: event `E`: the event type `"Nonsense"` is not known/,
      ),
    ]);
    expect(resources(made)['F']?.Type).toBe('AWS::Serverless::Function');
    expect(resources(made)).not.toHaveProperty('FRole');
    expect(resources(made)['T']?.Type).toBe('AWS::DynamoDB::Table');
    expect(made.root).toHaveProperty('Transform');
  });

  it.each([
    [
      'a property that does not exist',
      '{Type: AWS::Serverless::Api, Properties: {StageName: p, Nope: 1}}',
      /no property `Nope`/,
    ],
    [
      'a missing property',
      '{Type: AWS::Serverless::Api, Properties: {Name: n}}',
      /required property `StageName`/,
    ],
    [
      'a property of another type',
      '{Type: AWS::Serverless::Api, Properties: {StageName: p, Tags: 1}}',
      /type of property `Tags`/,
    ],
    [
      'an unknown policy template',
      `{Type: AWS::Serverless::Function, Properties: {${plain}, Policies: [{NopePolicy: {}}]}}`,
      /known policy template: `NopePolicy`/,
    ],
    [
      'a policy template that lacks a value',
      `{Type: AWS::Serverless::Function, Properties: {${plain}, Policies: [{SQSPollerPolicy: {}}]}}`,
      /needs `QueueName`/,
    ],
    [
      'a deployment preference without an alias',
      `{Type: AWS::Serverless::Function, Properties: {${plain}, DeploymentPreference: {Type: AllAtOnce}}}`,
      /needs `AutoPublishAlias`/,
    ],
    [
      'a bucket outside of the template',
      `{Type: AWS::Serverless::Function, Properties: {${plain}, Events: {E: {Type: S3, Properties: {Bucket: b, Events: x}}}}}`,
      /bucket in the same template/,
    ],
  ])('says so of %s', (_what, resource, message) => {
    expect(problems(expand(`Resources:\n  R: ${resource}\n`))).toEqual([expect.stringMatching(message)]);
  });

  it('says so of globals that do not exist', () => {
    expect(problems(expand('Globals: {Function: {Nope: 1}}\nResources: {}\n'))).toEqual([
      expect.stringMatching(/`Nope` is not a supported property of `Globals.Function`/),
    ]);
  });

  it('warns of a function that has its code from the build alone', () => {
    const made = expand(
      'Resources:\n  F: {Type: AWS::Serverless::Function, Properties: {Runtime: r, Handler: h}}\n',
    );
    expect(problems(made)).toEqual([expect.stringMatching(/^warning .*neither `InlineCode` nor `CodeUri`/)]);
    expect(resources(made)['F']?.Type).toBe('AWS::Lambda::Function');
  });
});

describe('connectors', () => {
  it('give the role of one resource what it needs of the other', () => {
    const made = expand(`Resources:
  T: {Type: AWS::DynamoDB::Table}
  F:
    Type: AWS::Serverless::Function
    Connectors: {Table: {Properties: {Destination: {Id: T}, Permissions: [Read]}}}
    Properties: {${plain}}
`);
    expect(resources(made)['FTablePolicy']).toMatchObject({
      Type: 'AWS::IAM::ManagedPolicy',
      Properties: { Roles: [{ Ref: 'FRole' }] },
    });
    expect(made.origins?.get('FTablePolicy')?.pointer).toBe('/Resources/F/Connectors/Table');
  });
});
