import { describe, expect, it } from '@jest/globals';
import { PartialString, type ObjectValue, type Value } from '../../../src/model/value.ts';
import { graphOf, ref, resource } from './reading.ts';

const body = (Type: string, Properties: ObjectValue = {}) => ({ Type, Properties });

function servicesOf(
  actions: readonly string[],
  lambda: ObjectValue = {},
  more: Record<string, { Type: string; Properties: ObjectValue }> = {},
  on: Value = '*',
) {
  const graph = graphOf({
    Role: body('AWS::IAM::Role', {
      Policies: [{ PolicyDocument: { Statement: [{ Effect: 'Allow', Action: actions, Resource: on }] } }],
    }),
    Orders: body('AWS::Lambda::Function', { Role: ref('Role', 'Arn'), ...lambda }),
    ...more,
  });
  return graph.usedServices(resource(graph, 'Orders')).services;
}

describe('used services', () => {
  it('are those of the actions that the role allows', () => {
    expect(servicesOf(['dynamodb:GetItem', 'cloudwatch:PutMetricData'])).toEqual([
      { service: 'dynamodb', because: 'role statement allows dynamodb:GetItem' },
      { service: 'monitoring', because: 'role statement allows cloudwatch:PutMetricData' },
    ]);
  });

  it('do not count the delivery of logs', () => {
    expect(servicesOf(['logs:PutLogEvents', 'logs:CreateLogStream'])).toEqual([]);
  });

  it('do not count the polling that an event source mapping does', () => {
    const mapping = body('AWS::Lambda::EventSourceMapping', {
      FunctionName: ref('Orders'),
      EventSourceArn: 'arn:aws:sqs:eu-west-1:1:q',
    });
    const poll = ['sqs:ReceiveMessage', 'sqs:DeleteMessage'];
    expect(servicesOf(poll, {}, { Mapping: mapping })).toEqual([]);
    expect(servicesOf(poll).map(({ service }) => service)).toEqual(['sqs']);
  });

  it('are only possible where every action is allowed', () => {
    const services = servicesOf(['*']);
    expect(services.find(({ service }) => service === 's3')?.uncertain?.code).toBe('code');
    expect(services.every(({ uncertain }) => uncertain !== undefined)).toBe(true);
  });

  it('do not count the key of what the function uses', () => {
    const keys = {
      Own: body('AWS::KMS::Key'),
      Key: body('AWS::KMS::Key'),
      Topic: body('AWS::SNS::Topic', { KmsMasterKeyId: ref('Key', 'Arn') }),
    };
    const kms = (actions: readonly string[], on: Value) =>
      servicesOf(actions, {}, keys, on).map(({ service, uncertain }) => [service, uncertain?.code]);
    expect(kms(['kms:Decrypt', 'kms:GenerateDataKey*'], ref('Key', 'Arn'))).toEqual([]);
    expect(kms(['kms:Decrypt', 'kms:GenerateDataKey*'], ref('Own', 'Arn'))).toEqual([['kms', 'code']]);
    expect(kms(['kms:Sign'], ref('Key', 'Arn'))).toEqual([['kms', undefined]]);
  });

  it('do not count what the service sends to a dead-letter queue or a destination', () => {
    const more = {
      Failed: body('AWS::SQS::Queue'),
      Done: body('AWS::SNS::Topic'),
      Config: body('AWS::Lambda::EventInvokeConfig', {
        FunctionName: ref('Orders'),
        DestinationConfig: { OnSuccess: { Destination: ref('Done') } },
      }),
    };
    const lambda = { DeadLetterConfig: { TargetArn: ref('Failed', 'Arn') } };
    expect(servicesOf(['sqs:SendMessage'], lambda, more, ref('Failed', 'Arn'))).toEqual([]);
    expect(servicesOf(['sns:Publish'], lambda, more, [ref('Done'), ref('Failed', 'Arn')])).toEqual([]);
    expect(servicesOf(['sqs:SendMessage'], {}, more, ref('Failed', 'Arn'))).toHaveLength(1);
  });

  it('are those of what the environment names', () => {
    const lambda = {
      Environment: { Variables: { TABLE: ref('Table'), URL: new PartialString(['x', ref('Secret')]) } },
    };
    const more = { Table: body('AWS::DynamoDB::Table'), Secret: body('AWS::SecretsManager::Secret') };
    expect(servicesOf([], lambda, more).map(({ service, because }) => [service, because])).toEqual([
      ['dynamodb', 'environment variable TABLE names Table'],
      ['secretsmanager', 'environment variable URL names Secret'],
    ]);
  });

  it('hold X-Ray where tracing is active, and not because the role could', () => {
    expect(servicesOf(['xray:PutTraceSegments'])).toEqual([]);
    expect(servicesOf([], { TracingConfig: { Mode: 'Active' } })).toEqual([
      { service: 'xray', because: 'TracingConfig.Mode is Active' },
    ]);
  });
});

describe('resources that a role names', () => {
  const uses = (count: number) => {
    const graph = graphOf({
      Role: body('AWS::IAM::Role', {
        Policies: [
          {
            PolicyDocument: {
              Statement: {
                Effect: 'Allow',
                Action: 'dynamodb:GetItem',
                Resource: Array.from(
                  { length: count },
                  (_, at) => `arn:aws:dynamodb:eu-west-1:1:table/t${at}`,
                ),
              },
            },
          },
        ],
      }),
      Orders: body('AWS::Lambda::Function', { Role: ref('Role', 'Arn') }),
    });
    return graph.related(resource(graph, 'Orders'), 'uses');
  };

  it('are all used, as far as a role can name them', () => {
    const { edges, incomplete } = uses(500);
    expect(edges).toHaveLength(500);
    expect(incomplete).toBeUndefined();
  });

  it('are not all looked at where there are more, which is no absence', () => {
    const { edges, incomplete } = uses(501);
    expect(edges).toHaveLength(500);
    expect(incomplete).toMatchObject({ code: 'unsupported' });
  });
});
