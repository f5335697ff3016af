import { beforeAll, describe, expect, it } from '@jest/globals';
import { Match } from 'aws-cdk-lib/assertions';
import { synthesize, type TemplateResource } from './reference-app.ts';

describe('the reference application', () => {
  let app: ReturnType<typeof synthesize>;
  beforeAll(() => {
    app = synthesize();
  });
  const all = (type: string): TemplateResource[] => app.resources.filter((each) => each.type === type);
  const names = (resources: TemplateResource[]) => resources.map(({ stack, id }) => `${stack}/${id}`);
  /** Resources of a type for which something does not hold. */
  const without = (type: string, holds: (properties: Record<string, unknown>) => unknown) => {
    const resources = all(type);
    expect(resources).not.toHaveLength(0);
    return names(resources.filter(({ properties }) => !holds(properties)));
  };

  describe('every function', () => {
    const every: [string, (properties: Record<string, unknown>) => unknown][] = [
      ['has code signing', (p) => p['CodeSigningConfigArn']],
      ['has a key of its own', (p) => p['KmsKeyArn']],
      ['traces', (p) => (p['TracingConfig'] as { Mode?: string } | undefined)?.Mode === 'Active'],
      [
        'logs JSON into a declared group',
        (p) => JSON.stringify(p['LoggingConfig']).match(/JSON.*Ref|Ref.*JSON/),
      ],
      ['reserves concurrency', (p) => Number(p['ReservedConcurrentExecutions']) > 0],
      [
        'stands in two subnets',
        (p) => (p['VpcConfig'] as { SubnetIds: unknown[] } | undefined)?.SubnetIds.length === 2,
      ],
      [
        'runs Node.js 24 on arm64',
        (p) => p['Runtime'] === 'nodejs24.x' && String(p['Architectures']) === 'arm64',
      ],
    ];
    it.each(every)('%s', (_name, holds) => {
      expect(without('AWS::Lambda::Function', holds)).toEqual([]);
    });

    it('has an alarm on its error rate and one on its throttles', () => {
      const alarms = JSON.stringify(all('AWS::CloudWatch::Alarm').map(({ properties }) => properties));
      const missing = all('AWS::Lambda::Function').filter(({ id }) => {
        const mentions = alarms.split(`{"Ref":"${id}"}`).length - 1;
        return mentions < 3; // errors and invocations of the rate, and the throttles
      });
      expect(names(missing)).toEqual([]);
    });

    it('has its log group in a saved query', () => {
      const queries = JSON.stringify(all('AWS::Logs::QueryDefinition').map(({ properties }) => properties));
      const groups = all('AWS::Lambda::Function').map(
        ({ properties }) => (properties['LoggingConfig'] as { LogGroup: { Ref: string } }).LogGroup.Ref,
      );
      expect(groups.filter((group) => !queries.includes(group))).toEqual([]);
    });
  });

  const everywhere: [string, string, (properties: Record<string, unknown>) => unknown][] = [
    [
      'AWS::Logs::LogGroup',
      'keeps 30 days or more under a key',
      (p) => p['KmsKeyId'] && Number(p['RetentionInDays']) >= 30,
    ],
    [
      'AWS::SQS::Queue',
      'has a key, and 14 days',
      (p) => p['KmsMasterKeyId'] && p['MessageRetentionPeriod'] === 1209600,
    ],
    [
      'AWS::SQS::Queue',
      'is or has a dead-letter queue',
      (p) => p['RedrivePolicy'] ?? p['RedriveAllowPolicy'],
    ],
    [
      'AWS::SNS::Topic',
      'has a key and traces',
      (p) => p['KmsMasterKeyId'] && p['TracingConfig'] === 'Active',
    ],
    ['AWS::SNS::Subscription', 'has a dead-letter queue', (p) => p['RedrivePolicy']],
    [
      'AWS::DynamoDB::Table',
      'has a key',
      (p) => (p['SSESpecification'] as { SSEType?: string } | undefined)?.SSEType === 'KMS',
    ],
    [
      'AWS::DynamoDB::Table',
      'recovers to a point in time',
      (p) =>
        (p['PointInTimeRecoverySpecification'] as { PointInTimeRecoveryEnabled?: boolean } | undefined)
          ?.PointInTimeRecoveryEnabled,
    ],
    [
      'AWS::S3::Bucket',
      'keeps versions',
      (p) => JSON.stringify(p['VersioningConfiguration']).includes('Enabled'),
    ],
    [
      'AWS::S3::Bucket',
      'is private',
      (p) => !JSON.stringify(p['PublicAccessBlockConfiguration']).includes('false'),
    ],
    ['AWS::KMS::Key', 'rotates', (p) => p['EnableKeyRotation']],
    ['AWS::EC2::VPCEndpoint', 'has a policy of its own', (p) => p['PolicyDocument']],
    ['AWS::EC2::Subnet', 'gives no public address', (p) => !p['MapPublicIpOnLaunch']],
    ['AWS::CloudWatch::Alarm', 'acts', (p) => (p['AlarmActions'] as unknown[] | undefined)?.length],
    [
      'AWS::Lambda::EventSourceMapping',
      'returns single items',
      (p) => String(p['FunctionResponseTypes']) === 'ReportBatchItemFailures',
    ],
    ['AWS::Lambda::Permission', 'names its source', (p) => p['SourceArn']],
    [
      'AWS::Events::Rule',
      'has a dead-letter queue and bounded retries for every target',
      (p) =>
        (p['Targets'] as { DeadLetterConfig?: unknown; RetryPolicy?: unknown }[]).every(
          (target) => target.DeadLetterConfig && target.RetryPolicy,
        ),
    ],
  ];
  it.each(everywhere)('%s %s', (type, _name, holds) => {
    expect(without(type, holds)).toEqual([]);
  });

  it('makes no function that nobody signed, and no custom resource', () => {
    expect(all('AWS::Lambda::Function')).toHaveLength(8);
    expect(app.resources.filter(({ type }) => type.includes('Custom'))).toEqual([]);
  });

  describe('network', () => {
    it('routes functions to NAT gateways or nowhere, never to an internet gateway', () => {
      const functions = new Set(
        all('AWS::Lambda::Function').flatMap(({ properties }) =>
          JSON.stringify(properties['VpcConfig']).match(/(Functions|Egress|Nat)Subnet\d/g),
        ),
      );
      expect([...functions].sort()).toEqual([
        'EgressSubnet1',
        'EgressSubnet2',
        'FunctionsSubnet1',
        'FunctionsSubnet2',
      ]);
      const toInternet = all('AWS::EC2::Route').filter(({ properties }) => properties['GatewayId']);
      expect(toInternet.every(({ id }) => id.includes('NatSubnet'))).toBe(true);
    });

    it('lets functions out on 443 alone, and nobody in', () => {
      const groups = all('AWS::EC2::SecurityGroup').filter(({ id }) => !id.includes('Endpoint'));
      expect(groups).toHaveLength(2);
      for (const { properties } of groups) {
        expect(properties['SecurityGroupIngress']).toBeUndefined();
        const egress = properties['SecurityGroupEgress'] as { FromPort: number; ToPort: number }[];
        expect(egress.map(({ FromPort, ToPort }) => [FromPort, ToPort])).toEqual(
          egress.map(() => [443, 443]),
        );
      }
    });

    it('has an endpoint in both zones for each service', () => {
      const endpoints = all('AWS::EC2::VPCEndpoint');
      const services = endpoints.map(({ properties }) => JSON.stringify(properties['ServiceName']));
      for (const name of [
        's3',
        'dynamodb',
        'secretsmanager',
        'kms',
        'sqs',
        'sns',
        'events',
        'states',
        'xray',
        'logs',
      ]) {
        expect(services.filter((service) => service.includes(`.${name}"`))).toHaveLength(1);
      }
      const interfaces = endpoints.filter(({ properties }) => properties['VpcEndpointType'] === 'Interface');
      expect(interfaces.map(({ properties }) => (properties['SubnetIds'] as unknown[]).length)).toEqual(
        Array(8).fill(2),
      );
    });
  });

  describe('API flow', () => {
    it('speaks TLS 1.3 or 1.2 with forward secrecy, through its own domain alone', () => {
      const tls = { SecurityPolicy: 'SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09', EndpointAccessMode: 'STRICT' };
      app
        .template('Api')
        .hasResourceProperties('AWS::ApiGateway::RestApi', { ...tls, DisableExecuteApiEndpoint: true });
      app.template('Api').hasResourceProperties('AWS::ApiGateway::DomainName', tls);
    });

    it('stands behind a web ACL that blocks by rate, address, reputation and SQL injection', () => {
      const template = app.template('Api');
      template.hasResourceProperties('AWS::WAFv2::WebACL', {
        Rules: Match.arrayWith([
          Match.objectLike({
            Statement: { IPSetReferenceStatement: Match.anyValue() },
            Action: { Block: {} },
          }),
          Match.objectLike({
            Statement: { RateBasedStatement: Match.objectLike({ Limit: 2000, EvaluationWindowSec: 300 }) },
          }),
          Match.objectLike({
            Statement: {
              ManagedRuleGroupStatement: Match.objectLike({ Name: 'AWSManagedRulesAmazonIpReputationList' }),
            },
          }),
          Match.objectLike({
            Statement: {
              ManagedRuleGroupStatement: Match.objectLike({ Name: 'AWSManagedRulesSQLiRuleSet' }),
            },
            OverrideAction: { None: {} },
          }),
        ]),
      });
      template.hasResourceProperties('AWS::WAFv2::WebACLAssociation', {
        ResourceArn: { 'Fn::Join': ['', Match.arrayWith([{ Ref: Match.stringLikeRegexp('Stage') }])] },
      });
    });

    it('asks every method for a token with a scope, a key and a valid request', () => {
      const methods = all('AWS::ApiGateway::Method');
      expect(methods.map(({ properties }) => properties['HttpMethod']).sort()).toEqual(['GET', 'POST']);
      for (const { properties } of methods) {
        expect(properties).toMatchObject({
          AuthorizationType: 'COGNITO_USER_POOLS',
          AuthorizationScopes: [expect.stringMatching(/^orders\/(read|write)$/)],
          ApiKeyRequired: true,
          RequestValidatorId: expect.anything(),
        });
      }
    });

    it('calls the function through its pre-warmed alias', () => {
      app.template('Api').hasResourceProperties('AWS::Lambda::Alias', {
        Name: 'live',
        ProvisionedConcurrencyConfig: { ProvisionedConcurrentExecutions: 2 },
      });
      const uris = all('AWS::ApiGateway::Method').map(({ properties }) =>
        JSON.stringify(properties['Integration']),
      );
      expect(uris.every((uri) => uri.includes('ApiOrderApiLive'))).toBe(true);
    });
  });

  describe('events flow', () => {
    it('retries and catches in every task, map and parallel state', () => {
      const [machine] = all('AWS::StepFunctions::StateMachine');
      const text = (machine?.properties['DefinitionString'] as { 'Fn::Join': [string, unknown[]] })[
        'Fn::Join'
      ][1]
        .map((part) => (typeof part === 'string' ? part : 'token'))
        .join('');
      const states = statesOf(JSON.parse(text) as StateMachine).filter(({ Type: type }) =>
        ['Task', 'Map', 'Parallel'].includes(type),
      );
      expect(states).toHaveLength(6);
      expect(states.filter((state) => !state.Retry?.[0]?.BackoffRate || !state.Catch?.length)).toEqual([]);
    });

    it('makes the fulfilment of an order that it has not stored, and reserves each item once', () => {
      const [machine] = all('AWS::StepFunctions::StateMachine');
      const definition = JSON.stringify(machine?.properties['DefinitionString']);
      expect(definition).not.toContain('attribute_exists(orderId)');
      expect(definition).toContain('NOT contains(reservedItems, :position)');
    });

    it('may read the version of an upload that its event names, by role and endpoint', () => {
      const readers = app.resources
        .filter(({ properties }) => JSON.stringify(properties).includes('"s3:GetObjectVersion"'))
        .map(({ type, id }) => `${type} ${id.replace(/[0-9A-F]{8}$/, '')}`);
      expect(readers).toEqual([
        'AWS::EC2::VPCEndpoint FoundationNetworkVpcS3',
        'AWS::IAM::Role EventsIngestUploadRole',
      ]);
    });

    it('hands no message to the order queue but orders that are due', () => {
      app.template('Batch').hasResourceProperties('AWS::SNS::Subscription', {
        FilterPolicy: { type: ['order.due'] },
      });
    });

    it('keeps order from the queue to its dead letters', () => {
      const fifo = all('AWS::SQS::Queue').filter(({ properties }) => properties['FifoQueue']);
      expect(fifo).toHaveLength(2);
    });
  });

  describe('batch flow', () => {
    it('hides a message six times the time-out and the window, and buries it after three receives', () => {
      app.template('Batch').hasResourceProperties('AWS::SQS::Queue', {
        VisibilityTimeout: 6 * 30 + 5,
        RedrivePolicy: { maxReceiveCount: 3 },
      });
      app.template('Batch').hasResourceProperties('AWS::Lambda::EventSourceMapping', {
        BatchSize: 10,
        MaximumBatchingWindowInSeconds: 5,
        ScalingConfig: { MaximumConcurrency: 10 },
        FunctionName: { Ref: Match.stringLikeRegexp('Live') },
      });
    });

    it('names the runbook in the alarm and on the queue of every dead letter', () => {
      const queues = all('AWS::SQS::Queue').filter(({ properties }) => properties['RedriveAllowPolicy']);
      const alarms = all('AWS::CloudWatch::Alarm').map(({ properties }) => JSON.stringify(properties));
      for (const { id, properties } of queues) {
        const tag = (properties['Tags'] as { Key: string; Value: { Ref: string } }[]).find(
          ({ Key }) => Key === 'runbook',
        );
        const alarm = alarms.find(
          (each) => each.includes('ApproximateNumberOfMessagesVisible') && each.includes(`"${id}"`),
        );
        expect(alarm).toContain(`"${tag?.Value.Ref ?? 'no tag'}"`);
      }
      expect(queues).toHaveLength(10);
    });

    it('says in each alarm how to replay what is dead, which the runbook may do', () => {
      const isSource = (id: string) =>
        all('AWS::SQS::Queue').some(({ properties }) =>
          JSON.stringify(properties['RedrivePolicy'] ?? '').includes(`"${id}"`),
        );
      const statements = all('AWS::IAM::Policy').flatMap(
        ({ properties }) =>
          (properties['PolicyDocument'] as { Statement: { Action: string | string[]; Resource: unknown }[] })
            .Statement,
      );
      const alarms = all('AWS::CloudWatch::Alarm').map(({ properties }) => properties);
      const actions = all('AWS::SQS::Queue')
        .filter(({ properties }) => properties['RedriveAllowPolicy'])
        .map(({ id }) => {
          const alarm = alarms.find((each) => JSON.stringify(each['Dimensions'] ?? '').includes(`"${id}"`));
          const action = /Action (\w+)/.exec(JSON.stringify(alarm?.['AlarmDescription']))?.[1];
          expect([id, action]).toEqual([id, isSource(id) ? 'RedriveAll' : 'RetryAll']);
          const moves = statements.some(
            ({ Action: names, Resource: of }) =>
              names.includes('sqs:StartMessageMoveTask') && JSON.stringify(of).includes(`"${id}"`),
          );
          expect([id, moves]).toEqual([id, isSource(id)]);
          return action;
        });
      expect(actions.filter((action) => action === 'RedriveAll')).toHaveLength(3);
      for (const action of ['lambda:InvokeFunction', 'states:RedriveExecution', 'sns:Publish'])
        expect(JSON.stringify(statements)).toContain(`"${action}"`);
    });

    it('keeps undelivered events under another key than the bus, which may send there itself', () => {
      const { template } = app;
      const [bus] = all('AWS::Events::EventBus');
      const dead = JSON.stringify(bus?.properties['DeadLetterConfig']);
      const queue = all('AWS::SQS::Queue').find(({ id }) => dead.includes(`"${id}"`));
      expect(queue?.properties['KmsMasterKeyId']).not.toEqual(bus?.properties['KmsKeyIdentifier']);
      template('Events').hasResourceProperties('AWS::SQS::QueuePolicy', {
        Queues: [{ Ref: queue?.id }],
        PolicyDocument: {
          Statement: Match.arrayWith([
            Match.objectLike({
              Principal: { Service: 'events.amazonaws.com' },
              Condition: { ArnEquals: { 'aws:SourceArn': { 'Fn::GetAtt': [bus?.id, 'Arn'] } } },
            }),
          ]),
        },
      });
    });

    it('lets the runbook’s role alone move dead messages', () => {
      const movers = app.resources.filter(({ properties }) =>
        JSON.stringify(properties).includes('"sqs:StartMessageMoveTask"'),
      );
      expect(movers.map(({ type }) => type)).toEqual(movers.map(() => 'AWS::IAM::Policy'));
      expect(movers.every(({ id }) => id.includes('Runbook'))).toBe(true);
    });
  });
});

interface State {
  Type: string;
  Retry?: { BackoffRate?: number }[];
  Catch?: unknown[];
  ItemProcessor?: StateMachine;
  Branches?: StateMachine[];
}
interface StateMachine {
  States: Record<string, State>;
}

function statesOf(machine: StateMachine): State[] {
  return Object.values(machine.States).flatMap((state) => [
    state,
    ...(state.ItemProcessor ? statesOf(state.ItemProcessor) : []),
    ...(state.Branches ?? []).flatMap(statesOf),
  ]);
}

describe('a sandbox', () => {
  it('keeps every control, and deletes and saves what it can', () => {
    const { resources } = synthesize({ posture: 'sandbox' });
    const of = (type: string) => resources.filter((each) => each.type === type);
    expect(of('AWS::EC2::NatGateway')).toHaveLength(1);
    expect(JSON.stringify(of('AWS::Lambda::Alias'))).not.toContain('ProvisionedConcurrency');
    expect(of('AWS::WAFv2::WebACLAssociation')).toHaveLength(1);
    expect(of('AWS::Lambda::Function').every(({ properties }) => properties['CodeSigningConfigArn'])).toBe(
      true,
    );
    expect(
      of('AWS::DynamoDB::Table').every(({ properties }) => !properties['DeletionProtectionEnabled']),
    ).toBe(true);
  });
});

describe('settings', () => {
  it('takes a certificate that is there, and then asks for no zone', () => {
    const certificateArn = 'arn:aws:acm:eu-central-1:111122223333:certificate/one';
    const { template } = synthesize({ certificateArn });
    template('Api').hasResourceProperties('AWS::ApiGateway::DomainName', {
      RegionalCertificateArn: certificateArn,
    });
    expect(template('Api').findParameters('HostedZoneId')).toEqual({});
  });

  it('refuses an external API without TLS', () => {
    expect(() => synthesize({ externalApiUrl: 'http://pricing.example.com' })).toThrow(
      'Set a URL that starts with https://',
    );
  });

  it('leaves Security Hub alone where the account has it', () => {
    const { resources } = synthesize({ securityHub: false });
    expect(resources.filter(({ type }) => type.startsWith('AWS::SecurityHub'))).toEqual([]);
  });

  it('stands in the zones and on the prefix lists that were looked up', () => {
    const network = { zones: ['us-east-1b', 'us-east-1d'], prefixLists: { s3: 'pl-1', dynamoDb: 'pl-2' } };
    const { resources, template } = synthesize({ network });
    const zones = resources
      .filter(({ type }) => type === 'AWS::EC2::Subnet')
      .map(({ properties }) => properties['AvailabilityZone']);
    expect([...new Set(zones)]).toEqual(network.zones);
    expect(template('Foundation').findMappings('*')).toEqual({});
  });

  it('says in outputs what callers need, and no address that is disabled', () => {
    const { template } = synthesize();
    const outputs = (name: 'Foundation' | 'Events' | 'Api') =>
      Object.keys(template(name).findOutputs('*')).filter((id) => !id.startsWith('ExportsOutput'));
    expect(outputs('Foundation')).toEqual(['ExternalApiKeySecret']);
    expect(outputs('Events')).toEqual(['UploadBucket']);
    expect(outputs('Api').sort()).toEqual(
      ['Address', 'ApiKeyId', 'ClientId', 'DnsTarget', 'DnsTargetZone', 'SignIn', 'UserPoolId'].sort(),
    );
  });

  it('names the Region’s prefix lists, and says where it knows none', () => {
    const inRegion = synthesize({ env: { account: '111122223333', region: 'eu-central-1' } });
    inRegion.template('Foundation').hasResourceProperties('AWS::EC2::SecurityGroup', {
      SecurityGroupEgress: Match.arrayWith([
        Match.objectLike({ DestinationPrefixListId: 'pl-6ea54007', FromPort: 443 }),
      ]),
    });
    expect(() => synthesize({ env: { account: '111122223333', region: 'eu-north-9' } })).toThrow(
      'Set `prefixLists`',
    );
  });
});
