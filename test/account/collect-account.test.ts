import { describe, expect, it } from '@jest/globals';
import type { AccountReading } from '../../src/account/collect-account.ts';
import type { Resource } from '../../src/model/resource.ts';
import { collect } from './collect.ts';
import { needsOf } from './needs.ts';
import { ordersAccount } from './orders-account.ts';

const lambda = 'arn:aws:lambda:eu-west-1:111122223333';

function only(reading: AccountReading, type: string): Resource {
  const found = reading.resources.filter((resource) => resource.type === type);
  expect(found).toHaveLength(1);
  return found[0] as Resource; // the length was just checked
}

describe('a live account in the terms of CloudFormation', () => {
  it('reads every page of the functions, with what other calls tell of them', async () => {
    const { reading } = await collect(ordersAccount);
    const [orders, refunds] = reading.resources.filter(({ type }) => type === 'AWS::Lambda::Function');
    expect(orders).toMatchObject({
      id: `${lambda}:function:orders`,
      arn: `${lambda}:function:orders`,
      name: 'orders',
      account: '111122223333',
      region: 'eu-west-1',
      scope: '111122223333/eu-west-1',
    });
    expect(orders?.properties).toMatchObject({
      FunctionName: 'orders',
      KmsKeyArn: 'arn:aws:kms:eu-west-1:111122223333:key/1',
      CodeSigningConfigArn: `${lambda}:code-signing-config:csc-1`,
      ReservedConcurrentExecutions: 20,
      Layers: [`${lambda}:layer:powertools:1`],
    });
    expect(orders?.properties).not.toHaveProperty('VpcConfig');
    expect(refunds?.properties).not.toHaveProperty('CodeSigningConfigArn');
    expect(refunds?.properties).not.toHaveProperty('ReservedConcurrentExecutions');
  });

  it('locates every value at the ARN', async () => {
    const { reading } = await collect(ordersAccount);
    const queue = only(reading, 'AWS::SQS::Queue');
    expect(queue.locate(['RedrivePolicy'])).toEqual({
      arn: 'arn:aws:sqs:eu-west-1:111122223333:orders',
      path: ['RedrivePolicy'],
    });
  });

  it('names properties of mappings and queues as CloudFormation does', async () => {
    const { reading } = await collect(ordersAccount);
    expect(only(reading, 'AWS::Lambda::EventSourceMapping').properties).toEqual({
      Id: '6b1d9f4a-0000-4000-8000-000000000001',
      EventSourceMappingArn: `${lambda}:event-source-mapping:6b1d9f4a-0000-4000-8000-000000000001`,
      FunctionName: `${lambda}:function:orders`,
      Enabled: true,
      KmsKeyArn: 'arn:aws:kms:eu-west-1:111122223333:key/1',
      EventSourceArn: 'arn:aws:sqs:eu-west-1:111122223333:orders',
      BatchSize: 10,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
    });
    expect(only(reading, 'AWS::SQS::Queue').properties).toEqual({
      QueueName: 'orders',
      QueueUrl: 'https://sqs.eu-west-1.amazonaws.com/111122223333/orders',
      Arn: 'arn:aws:sqs:eu-west-1:111122223333:orders',
      VisibilityTimeout: 180,
      MessageRetentionPeriod: 1_209_600,
      SqsManagedSseEnabled: true,
      RedrivePolicy: {
        deadLetterTargetArn: 'arn:aws:sqs:eu-west-1:111122223333:orders-dlq',
        maxReceiveCount: 3,
      },
      Tags: [{ Key: 'runbook', Value: 'https://runbooks.example.com/orders' }],
    });
    expect(only(reading, 'AWS::SQS::QueuePolicy').properties).toEqual({
      Queues: ['arn:aws:sqs:eu-west-1:111122223333:orders'],
      PolicyDocument: {
        Version: '2012-10-17',
        Statement: [{ Effect: 'Deny', Principal: '*', Action: 'sqs:*', Resource: '*' }],
      },
    });
  });

  it('splits a function policy into permissions, and keeps what no permission can say', async () => {
    const { reading } = await collect(ordersAccount);
    const permissions = reading.resources.filter(({ type }) => type === 'AWS::Lambda::Permission');
    expect(permissions[0]?.properties).toEqual({
      Id: 'api',
      FunctionName: `${lambda}:function:orders`,
      Action: 'lambda:InvokeFunction',
      Principal: 'apigateway.amazonaws.com',
      SourceArn: 'arn:aws:execute-api:eu-west-1:111122223333:abc123/*',
    });
    const rest = reading.resources.filter(({ type }) => type === 'AWS::Lambda::ResourcePolicy');
    expect(rest[0]?.properties).toMatchObject({
      ResourceArn: `${lambda}:function:orders`,
      PolicyDocument: { Statement: [{ Sid: 'no-http', Effect: 'Deny' }] },
    });
  });

  it('reads an API with stage, association, methods and firewall', async () => {
    const { reading } = await collect(ordersAccount);
    const stageArn = 'arn:aws:apigateway:eu-west-1::/restapis/abc123/stages/prod';
    expect(only(reading, 'AWS::ApiGateway::RestApi').properties).toMatchObject({
      RestApiId: 'abc123',
      EndpointConfiguration: { Types: ['REGIONAL'] },
      Policy: { Version: '2012-10-17', Statement: [] },
    });
    expect(only(reading, 'AWS::ApiGateway::Stage')).toMatchObject({ arn: stageArn, name: 'orders-api/prod' });
    expect(only(reading, 'AWS::ApiGateway::Stage').properties.MethodSettings).toEqual([
      {
        ResourcePath: '/*',
        HttpMethod: '*',
        DataTraceEnabled: false,
        ThrottlingBurstLimit: 100,
        ThrottlingRateLimit: 50,
      },
      { ResourcePath: '/orders/{id}', HttpMethod: 'GET', LoggingLevel: 'ERROR' },
    ]);
    expect(only(reading, 'AWS::WAFv2::WebACLAssociation').properties).toEqual({
      ResourceArn: stageArn,
      WebACLArn: 'arn:aws:wafv2:eu-west-1:111122223333:regional/webacl/orders/1',
    });
    expect(only(reading, 'AWS::ApiGateway::Method').properties).toMatchObject({
      HttpMethod: 'POST',
      RequestValidatorId: 'v1',
      Integration: { Type: 'AWS_PROXY', IntegrationHttpMethod: 'POST' },
    });
    expect(reading.resources.find(({ id }) => id.endsWith('webacl/orders/1'))?.properties).toMatchObject({
      Scope: 'REGIONAL',
      Rules: [{ Statement: { ByteMatchStatement: { SearchString: '../' } } }],
    });
  });

  it('gives a rule its targets, and leaves out rules that services made for themselves', async () => {
    const { reading } = await collect(ordersAccount);
    expect(only(reading, 'AWS::Events::Rule').properties).toMatchObject({
      EventPattern: { source: ['orders'] },
      Targets: [{ DeadLetterConfig: { Arn: 'arn:aws:sqs:eu-west-1:111122223333:orders-dlq' } }],
    });
  });

  it('gives subnets without a table of their own the main table, and groups one rule a peer', async () => {
    const { reading } = await collect(ordersAccount);
    const associations = reading.resources.filter(
      ({ type }) => type === 'AWS::EC2::SubnetRouteTableAssociation',
    );
    expect(associations.map(({ properties }) => [properties.SubnetId, properties.RouteTableId])).toEqual([
      ['subnet-b', 'rtb-main'],
      ['subnet-a', 'rtb-private'],
    ]);
    const routes = reading.resources.filter(({ type }) => type === 'AWS::EC2::Route');
    expect(routes.map(({ properties }) => properties)).toEqual([
      { RouteTableId: 'rtb-main', DestinationCidrBlock: '0.0.0.0/0', GatewayId: 'igw-1' },
      { RouteTableId: 'rtb-private', DestinationPrefixListId: 'pl-1', VpcEndpointId: 'vpce-1' },
    ]);
    const rule = { IpProtocol: 'tcp', FromPort: 443, ToPort: 443 };
    expect(only(reading, 'AWS::EC2::SecurityGroup').properties).toMatchObject({
      SecurityGroupIngress: [],
      SecurityGroupEgress: [
        { ...rule, CidrIp: '10.0.0.0/16' },
        { ...rule, DestinationSecurityGroupId: 'sg-2' },
        { ...rule, DestinationPrefixListId: 'pl-1' },
      ],
    });
  });

  it('says of each account and Region that it is there, and whether it was read whole', async () => {
    const { reading } = await collect(ordersAccount);
    expect(only(reading, 'Headgate::Scope')).toMatchObject({
      scope: '111122223333/eu-west-1',
      properties: { Kind: 'account', Complete: true },
    });
    expect(reading.completeness.complete).toBe(true);
    expect(reading.incomplete.filter(({ cause }) => cause.code !== 'not-collected')).toEqual([]);
  });

  it('skips Regions that are not enabled, and says so', async () => {
    const { reading } = await collect(ordersAccount, {
      regions: ['eu-west-1', 'eu-south-2', 'eu-nowhere-1'],
    });
    expect(reading.regions).toEqual(['eu-west-1']);
    expect(reading.skipped).toEqual([
      { name: 'eu-south-2', reason: 'the Region is not enabled in this account' },
      { name: 'eu-nowhere-1', reason: 'the Region does not exist in this partition' },
    ]);
  });

  it('reads Regions side by side under ids of their own', async () => {
    const { reading } = await collect(
      { 'sqs.ListQueues': { QueueUrls: ['https://sqs/111122223333/orders'] } },
      { regions: ['all'], needs: needsOf({ 'AWS::SQS::Queue': [] }) },
    );
    expect(reading.resources.map(({ id }) => id)).toEqual([
      'Headgate::Scope|111122223333|eu-west-1|111122223333/eu-west-1',
      'Headgate::Scope|111122223333|us-east-1|111122223333/us-east-1',
      'arn:aws:sqs:eu-west-1:111122223333:orders',
      'arn:aws:sqs:us-east-1:111122223333:orders',
    ]);
  });
});

describe('types that no collector reads', () => {
  const needs = needsOf({
    'AWS::EventsV2::Subscriber': 'all',
    'AWS::CloudTrail::Trail': 'all',
    'AWS::IoT::TopicRule': 'all',
  });
  const doubted = (reading: AccountReading): string[] =>
    reading.incomplete.filter(({ type }) => needs.types.has(type)).map(({ type }) => type);

  it('are in doubt, unless they are taken to be absent and that is said', async () => {
    const { reading } = await collect(ordersAccount, { needs });
    expect(doubted(reading)).toEqual(['AWS::CloudTrail::Trail']);
    expect(reading.diagnostics.map(({ message }) => message)).toEqual([
      'Headgate does not read these types from accounts: AWS::CloudTrail::Trail',
      'Headgate does not read these types, and takes them to be absent unless headgate.yaml declares them: AWS::EventsV2::Subscriber',
    ]);
  });

  it('are shown by the policies of functions, where these can be read', async () => {
    const faults = [{ call: 'lambda.GetPolicy', fault: 'deny' } as const];
    const { reading } = await collect(ordersAccount, { needs, faults });
    expect(doubted(reading)).toEqual(['AWS::CloudTrail::Trail']);
  });
});

describe('other partitions', () => {
  it('have their own ARNs, and lack services that they do not have', async () => {
    const identity = { Account: '111122223333', Arn: 'arn:aws-us-gov:iam::111122223333:user/auditor' };
    const { reading, account } = await collect(
      {
        'sts.GetCallerIdentity': identity,
        'ec2.DescribeRegions': { Regions: [{ RegionName: 'us-gov-west-1' }] },
        'sqs.ListQueues': { QueueUrls: ['https://sqs.us-gov-west-1.amazonaws.com/111122223333/orders'] },
      },
      {
        regions: ['us-gov-west-1'],
        needs: needsOf({
          'AWS::SQS::Queue': [],
          'AWS::CloudFront::Distribution': 'all',
          'AWS::IAM::Role': 'all',
        }),
      },
    );
    expect(only(reading, 'AWS::SQS::Queue').arn).toBe('arn:aws-us-gov:sqs:us-gov-west-1:111122223333:orders');
    expect(account.counts()).not.toHaveProperty(['cloudfront.ListDistributions']);
    expect(account.attempts.filter(({ service }) => service === 'iam').map(({ region }) => region)).toEqual([
      'us-gov-west-1',
    ]);
  });
});

describe('what is called', () => {
  it('is what the needs ask for and nothing else', async () => {
    const needs = needsOf({ 'AWS::Lambda::Function': ['Timeout'], 'AWS::SQS::Queue': ['VisibilityTimeout'] });
    const { account } = await collect(ordersAccount, { needs });
    expect(account.counts()).toEqual({
      'sts.GetCallerIdentity': 1,
      'ec2.DescribeRegions': 1,
      'lambda.ListFunctions': 2,
      'sqs.ListQueues': 1,
      'sqs.GetQueueAttributes': 1,
    });
  });

  it('leaves a property unresolved that nobody asked for', async () => {
    const { reading } = await collect(ordersAccount, {
      needs: needsOf({ 'AWS::Lambda::Function': ['Timeout'] }),
    });
    const lambdas = reading.resources.filter(({ type }) => type === 'AWS::Lambda::Function');
    expect(lambdas[0]?.properties.ReservedConcurrentExecutions).toMatchObject({
      cause: { code: 'not-collected' },
    });
    expect(reading.incomplete).toContainEqual({
      scope: '111122223333/eu-west-1',
      type: 'AWS::Lambda::Url',
      cause: expect.objectContaining({ code: 'not-collected' }),
    });
  });

  it('marks the types of services that were left out', async () => {
    const needs = needsOf({
      'AWS::SQS::Queue': [],
      'AWS::Lambda::Function': [],
      'AWS::CloudTrail::Trail': 'all',
    });
    const { reading } = await collect(ordersAccount, { needs, services: ['sqs'] });
    const types = reading.incomplete
      .filter(({ cause }) => cause.message.includes('the audit excludes'))
      .map(({ type }) => type);
    expect(types).toEqual(['AWS::Lambda::Function']);
    expect(reading.incomplete.map(({ type }) => type)).toContain('AWS::CloudTrail::Trail');
    expect(only(reading, 'Headgate::Scope').properties.Complete).toBe(false);
  });
});
