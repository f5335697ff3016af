import { describe, expect, it } from '@jest/globals';
import { parseTemplateText, type ParsedTemplate } from '../../../src/text/parse-template.ts';
import { expandSam } from '../../../src/sam/expand.ts';

// Facts about what is deployed, each looked up in what version 1.115 of the official translator makes
// of the same template.

interface Made {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
  readonly [attribute: string]: unknown;
}

const place: Readonly<Record<string, string>> = { 'AWS::Region': 'ap-southeast-1', 'AWS::Partition': 'aws' };
const plain = 'Runtime: nodejs22.x, Handler: a.b, CodeUri: s3://b/k';

function expand(body: string): Record<string, Made> {
  const parsed = parseTemplateText(`Transform: AWS::Serverless-2016-10-31\n${body}`, 'template.yaml');
  const made: ParsedTemplate = expandSam(parsed, (name) => place[name]);
  expect(made.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  return made.root?.['Resources'] as Record<string, Made>; // read by the tests alone
}

/** A function with one event. */
function withEvent(event: string, others = '', head = ''): Record<string, Made> {
  return expand(
    `${head}Resources:\n  F: {Type: AWS::Serverless::Function, Properties: {${plain}, Events: {E: ${event}}}}\n${others}`,
  );
}

describe('logical ids with a hash', () => {
  it('hold the region, where the name does', () => {
    const made = expand(`Resources:
  A: {Type: AWS::Serverless::Api, Properties: {StageName: p, DefinitionUri: s3://b/k, Tags: {x: y}, Domain: {DomainName: !Sub 'a.\${AWS::Region}.com', CertificateArn: arn:c}}}
`);
    expect(made['ApiGatewayDomainNameffd40a8e1c']?.Properties).toMatchObject({
      DomainName: { 'Fn::Sub': 'a.ap-southeast-1.com' },
    });
    expect(made['ApiGatewayDomainNameffd40a8e1c']?.Properties).not.toHaveProperty('Tags');
  });

  it('of versions change with the parameters in the code, or with all properties and layers', () => {
    const made = expand(`Parameters: {P: {Type: String, Default: 'true'}}
Resources:
  L: {Type: AWS::Serverless::LayerVersion, Properties: {ContentUri: s3://b/k, LayerName: ln, PublishLambdaVersion: true}}
  F: {Type: AWS::Serverless::Function, Properties: {${plain}, AutoPublishAlias: live, AutoPublishAliasAllProperties: true, Layers: [!Ref L]}}
  G: {Type: AWS::Serverless::Function, DeletionPolicy: Delete, Properties: {Runtime: nodejs22.x, Handler: a.b, CodeUri: {Bucket: !Ref P, Key: k}, AutoPublishAlias: live, SnapStart: {ApplyOn: None}, MemorySize: 256, Environment: {Variables: {A: b}}}}
`);
    expect(made['FVersion0c0e7ccdf6']).toMatchObject({ DeletionPolicy: 'Retain' });
    expect(made['GVersion39d26a953d']).toMatchObject({ DeletionPolicy: 'Delete' });
  });

  it('of conditions for destinations change with the function', () => {
    const made = expand(`Conditions: {C: !Equals [a, !Ref AWS::Region], D: !Equals [b, !Ref AWS::Region]}
Resources:
  H: {Type: AWS::Serverless::Function, Condition: D, Properties: {${plain}, EventInvokeConfig: {DestinationConfig: {OnSuccess: {Type: SQS, Destination: !If [C, 'arn:q', !Ref AWS::NoValue]}}}}}
`);
    expect(made['HEventInvokeConfigOnSuccessQueue']).toMatchObject({
      Condition: 'DANDNOTCca292980e27cf184f4c6',
    });
  });
});

describe('events', () => {
  it('through a made queue are ordered where the topic is', () => {
    const made = withEvent(
      '{Type: SNS, Properties: {Topic: !Ref T, SqsSubscription: true}}',
      '  T: {Type: AWS::SNS::Topic, Properties: {FifoTopic: !Ref P}}\n',
      "Parameters: {P: {Type: String, Default: 'true'}}\n",
    );
    expect(made['FEQueue']?.Properties).toEqual({ FifoQueue: 'true' });
  });

  it('of a topic by way of a given queue are on, whatever is asked for', () => {
    const made = withEvent(
      '{Type: SNS, Properties: {Topic: arn:t, SqsSubscription: {QueueArn: arn:q, QueueUrl: u, BatchSize: 5, Enabled: false}}}',
    );
    expect(made['FEEventSourceMapping']?.Properties).toMatchObject({ BatchSize: 5, Enabled: true });
  });

  it('of two user pools share a permission, which names the last one', () => {
    const made = expand(`Resources:
  U: {Type: AWS::Cognito::UserPool}
  V: {Type: AWS::Cognito::UserPool}
  F: {Type: AWS::Serverless::Function, Properties: {${plain}, Events: {A: {Type: Cognito, Properties: {UserPool: !Ref U, Trigger: CustomEmailSender}}, B: {Type: Cognito, Properties: {UserPool: !Ref V, Trigger: PreSignUp}}}}}
`);
    expect(made['FCognitoPermission']?.Properties).toMatchObject({
      SourceArn: { 'Fn::GetAtt': ['V', 'Arn'] },
    });
    expect(made['U']?.Properties).toEqual({
      LambdaConfig: { CustomEmailSender: { 'Fn::GetAtt': ['F', 'Arn'] } },
    });
  });

  it('give permission for a path without the slash at its end', () => {
    const rest = withEvent('{Type: Api, Properties: {Path: /e/, Method: get}}');
    expect(JSON.stringify(rest['FEPermissionProd'])).toContain('${__Stage__}/GET/e"');
    const http = withEvent('{Type: HttpApi, Properties: {Path: /e/, Method: get}}');
    expect(JSON.stringify(http['FEPermission'])).toContain('${__Stage__}/GET/e"');
  });

  it('that stream their answers call the function in another way', () => {
    const made = withEvent(
      '{Type: Api, Properties: {Path: /, Method: get, ResponseTransferMode: RESPONSE_STREAM}}',
    );
    const body = JSON.stringify(made['ServerlessRestApi']?.Properties['Body']);
    expect(body).toContain('2021-11-15/functions/${F.Arn}/response-streaming-invocations');
    expect(body).toContain('"responseTransferMode":"STREAM"');
  });
});

describe('APIs', () => {
  const routes = (auth: string): string => `
  F: {Type: AWS::Serverless::Function, Properties: {${plain}, Events: {E: {Type: Api, Properties: {RestApiId: !Ref A, Path: /, Method: get, Auth: ${auth}}}}}}
`;
  const security = (auth: string): unknown => {
    const made = expand(`Resources:
  A: {Type: AWS::Serverless::Api, Properties: {StageName: p, Auth: {ApiKeyRequired: true, DefaultAuthorizer: C, Authorizers: {C: {UserPoolArn: arn:u}}}}}${routes(auth)}`);
    const body = made['A']?.Properties['Body'] as { paths: { '/': { get: { security: unknown } } } };
    return body.paths['/'].get.security;
  };

  it('ask for a key, and for the authorizer unless an event wants none', () => {
    expect(security('{Authorizer: NONE, ApiKeyRequired: false}')).toEqual([]);
    expect(security('{Authorizer: NONE}')).toEqual([{ NONE: [] }, { api_key: [] }]);
    expect(security('{Authorizer: C, ApiKeyRequired: true}')).toEqual([{ C: [] }, { api_key: [] }]);
  });

  it('of HTTP leave preflight requests without the default authorizer', () => {
    const made = expand(`Resources:
  A: {Type: AWS::Serverless::HttpApi, Properties: {Auth: {DefaultAuthorizer: J, Authorizers: {J: {IdentitySource: x, JwtConfiguration: {issuer: i, audience: [a]}}}}}}
  F: {Type: AWS::Serverless::Function, Properties: {${plain}, Events: {G: {Type: HttpApi, Properties: {ApiId: !Ref A, Path: /, Method: get}}, O: {Type: HttpApi, Properties: {ApiId: !Ref A, Path: /, Method: options}}}}}
`);
    const { paths } = made['A']?.Properties['Body'] as { paths: { '/': Record<string, object> } };
    expect(paths['/']['get']).toMatchObject({ security: [{ J: [] }] });
    expect(paths['/']['options']).not.toHaveProperty('security');
  });

  it('of HTTP keep an integration, and take the payload version of the event', () => {
    const made = expand(`Resources:
  A: {Type: AWS::Serverless::HttpApi, Properties: {Tags: {t: v}, DefinitionBody: {openapi: 3.0.1, tags: [{name: t, description: d}], paths: {'/{id}': {get: {x-amazon-apigateway-integration: {uri: own, payloadFormatVersion: '1.0'}}}}}}}
  F: {Type: AWS::Serverless::Function, Properties: {${plain}, Events: {G: {Type: HttpApi, Properties: {ApiId: !Ref A, Path: '/{id}', Method: get, PayloadFormatVersion: '2.0'}}}}}
`);
    expect(made['A']?.Properties['Body']).toMatchObject({
      tags: [
        { name: 't', description: 'd', 'x-amazon-apigateway-tag-value': 'v' },
        { name: 'httpapi:createdBy' },
      ],
      paths: {
        '/{id}': {
          get: {
            parameters: [{ name: 'id', in: 'path', required: true }],
            'x-amazon-apigateway-integration': { uri: 'own', payloadFormatVersion: '2.0' },
          },
        },
      },
    });
  });

  it('of WebSockets are made whatever their condition says', () => {
    const made = expand(`Conditions: {C: !Equals [a, !Ref AWS::Region]}
Resources:
  W: {Type: AWS::Serverless::WebSocketApi, Condition: C, Properties: {RouteSelectionExpression: x, Routes: {$connect: {FunctionArn: arn:f}}}}
`);
    expect(Object.values(made).filter((each) => Object.hasOwn(each, 'Condition'))).toEqual([]);
    expect(Object.keys(made)).toContain('WConnectRoute');
  });
});

describe('tags', () => {
  it('are passed on to the queue and topic that destinations make', () => {
    const made = expand(`Resources:
  F: {Type: AWS::Serverless::Function, Properties: {${plain}, Tags: {a: b}, PropagateTags: true, EventInvokeConfig: {DestinationConfig: {OnSuccess: {Type: SQS}, OnFailure: {Type: SNS}}}}}
`);
    const tags = { Tags: [{ Key: 'a', Value: 'b' }] };
    expect(made['FEventInvokeConfigOnSuccessQueue']?.Properties).toEqual(tags);
    expect(made['FEventInvokeConfigOnFailureTopic']?.Properties).toEqual(tags);
  });
});

describe('names that stand for what is made', () => {
  it('lead to the queue, topic and layer version', () => {
    const made = expand(`Resources:
  L: {Type: AWS::Serverless::LayerVersion, Properties: {ContentUri: s3://b/k}}
  F: {Type: AWS::Serverless::Function, Properties: {${plain}, EventInvokeConfig: {DestinationConfig: {OnSuccess: {Type: SQS}, OnFailure: {Type: SNS}}}}}
  S: {Type: AWS::SNS::Topic, DependsOn: L, Properties: {X: !GetAtt F.DestinationQueue.Arn, Y: !Ref F.DestinationTopic}}
`);
    expect(made['S']).toEqual({
      Type: 'AWS::SNS::Topic',
      DependsOn: 'L0fe3d22673',
      Properties: {
        X: { 'Fn::GetAtt': ['FEventInvokeConfigOnSuccessQueue', 'Arn'] },
        Y: { Ref: 'FEventInvokeConfigOnFailureTopic' },
      },
    });
  });
});

describe('properties by parameter', () => {
  it('switch tracing off', () => {
    const made = expand(`Parameters: {P: {Type: String, Default: Disabled}}
Resources:
  F: {Type: AWS::Serverless::Function, Properties: {${plain}, Tracing: !Ref P}}
`);
    expect(made['F']?.Properties).not.toHaveProperty('TracingConfig');
    expect(JSON.stringify(made['FRole'])).not.toContain('XRay');
  });
});
