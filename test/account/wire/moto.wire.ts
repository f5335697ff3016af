import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { collectAccount, type AccountReading } from '../../../src/account/collect-account.ts';
import { collectors } from '../../../src/account/collectors/index.ts';
import { everythingOf } from '../needs.ts';
import { installMoto, startMoto } from './moto-server.mjs';
import { seedApi, seedBatch, seedEvents, type Wire } from './seed.ts';

const missing = await installMoto();
if (missing !== undefined)
  console.log(`skipped, not passed: the wire suite needs a local AWS endpoint, and ${missing}`);
const describeOnWire = missing === undefined ? describe : describe.skip;

/** Actions that moto 5.2.5 does not offer, or answers in another format. What depends on them is unknown. */
const notOffered = [
  'dynamodb:DescribeContributorInsights',
  'lambda:GetFunctionRecursionConfig',
  'lambda:GetRuntimeManagementConfig',
  'lambda:ListCodeSigningConfigs',
  'lambda:ListFunctionUrlConfigs',
  'lambda:ListProvisionedConcurrencyConfigs',
  'logs:DescribeQueryDefinitions',
  'securityhub:GetEnabledStandards',
  'signer:ListSigningProfiles',
];

describeOnWire('an account on the wire', () => {
  let server: Awaited<ReturnType<typeof startMoto>>;
  let reading: AccountReading;
  beforeAll(async () => {
    server = await startMoto();
    const wire: Wire = {
      endpoint: server.endpoint,
      region: 'eu-west-1',
      credentials: { accessKeyId: 'testing', secretAccessKey: 'testing' },
    };
    await seedBatch(wire);
    await seedApi(wire);
    await seedEvents(wire);
    reading = await collectAccount({
      regions: ['eu-west-1'],
      needs: everythingOf(new Set(collectors.map(({ service }) => service))),
      endpoint: wire.endpoint,
      credentials: wire.credentials,
      maxAttempts: 1,
    });
  }, 120_000);
  afterAll(() => server.stop());

  const named = (type: string, name: string): Readonly<Record<string, unknown>> | undefined =>
    reading.resources.find((resource) => resource.type === type && resource.id.endsWith(name))?.properties;

  it('fails in nothing but what the endpoint does not offer', () => {
    const failed = reading.diagnostics.map(({ message }) => /^`([a-zA-Z0-9:-]+)`/.exec(message)?.[1]);
    expect([...new Set(failed)].sort()).toEqual(notOffered);
    expect(reading.completeness.nothing).toBe(false);
  });

  it('gives functions, mappings, queues and alarms as they were made', () => {
    expect(named('AWS::Lambda::Function', ':orders')).toMatchObject({
      Timeout: 30,
      TracingConfig: { Mode: 'Active' },
      ReservedConcurrentExecutions: 20,
      Environment: { Variables: { TABLE: 'orders' } },
    });
    expect(named('AWS::Lambda::Function', ':insecure')).not.toHaveProperty('ReservedConcurrentExecutions');
    expect(named('AWS::Lambda::Permission', '|anyone')).toMatchObject({ Principal: '*' });
    expect(reading.resources.filter(({ type }) => type === 'AWS::Lambda::EventSourceMapping')).toMatchObject([
      { properties: { BatchSize: 10, FunctionResponseTypes: ['ReportBatchItemFailures'], Enabled: true } },
    ]);
    expect(named('AWS::SQS::Queue', ':orders')).toMatchObject({
      VisibilityTimeout: 180,
      RedrivePolicy: { maxReceiveCount: 3 },
      Tags: [{ Key: 'runbook', Value: 'https://runbooks.example.com/orders' }],
    });
    expect(named('AWS::SQS::QueuePolicy', '|orders')).toMatchObject({
      PolicyDocument: { Statement: [{ Effect: 'Deny' }] },
    });
    expect(named('AWS::CloudWatch::Alarm', ':orders-dlq-depth')).toMatchObject({
      Dimensions: [{ Name: 'QueueName', Value: 'orders-dlq' }],
      Threshold: 1,
    });
  });

  it('gives APIs, firewalls, buses and rules as they were made', () => {
    const api = reading.resources.find(({ type }) => type === 'AWS::ApiGateway::RestApi');
    expect(api?.properties).toMatchObject({ Name: 'orders', EndpointConfiguration: { Types: ['REGIONAL'] } });
    expect(named('AWS::ApiGateway::Stage', '/stages/prod')).toMatchObject({
      RestApiId: api?.properties.RestApiId,
    });
    expect(named('AWS::ApiGateway::Method', '/GET')).toMatchObject({
      // The endpoint tells the draft alone, and not what the stage serves.
      AuthorizationType: expect.objectContaining({ kind: 'unresolved' }),
      Integration: { Type: 'HTTP', Uri: 'https://example.com/' },
    });
    expect(reading.resources.find(({ type }) => type === 'AWS::WAFv2::WebACL')?.properties).toMatchObject({
      Name: 'orders',
      Scope: 'REGIONAL',
      DefaultAction: { Allow: {} },
    });
    expect(named('AWS::Events::Rule', 'rule/orders/placed')).toMatchObject({
      EventPattern: { source: ['orders'] },
      Targets: [{ Id: 'fn', DeadLetterConfig: { Arn: 'arn:aws:sqs:eu-west-1:123456789012:orders-dlq' } }],
    });
  });

  it('gives what is kept, without reading any of it', () => {
    expect(named('AWS::DynamoDB::Table', 'table/orders')).toMatchObject({
      BillingMode: 'PAY_PER_REQUEST',
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: false },
    });
    expect(named('AWS::S3::Bucket', ':::orders-bucket')).toMatchObject({
      VersioningConfiguration: { Status: 'Enabled' },
    });
    expect(
      reading.resources.find(({ type }) => type === 'AWS::StepFunctions::StateMachine')?.properties,
    ).toMatchObject({
      DefinitionString: expect.stringContaining('Succeed'),
    });
    expect(named('AWS::IAM::Role', ':role/orders')).toMatchObject({
      AssumeRolePolicyDocument: { Statement: [{ Effect: 'Allow' }] },
    });
    expect(JSON.stringify(reading.resources)).not.toContain('not-to-be-read');
    expect(reading.calls.map(({ operation }) => operation)).not.toContain('GetSecretValue');
  });

  it('leaves unknown what could not be asked', () => {
    expect(named('AWS::Lambda::Function', ':orders')).toMatchObject({
      CodeSigningConfigArn: { cause: { code: 'failed' } },
    });
    const scope = reading.resources.find(({ type }) => type === 'Headgate::Scope');
    expect(scope?.properties).toMatchObject({ Complete: false });
    expect(reading.incomplete).toContainEqual(
      expect.objectContaining({ type: 'AWS::Signer::SigningProfile' }),
    );
  });
});
