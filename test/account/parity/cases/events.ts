import { functionArn, functionSide, roleArn } from '../function-side.ts';
import {
  arn,
  at,
  layOver,
  pair,
  text,
  to,
  type Exception,
  type ParityCase,
  type Side,
} from '../parity-case.ts';

const connectionArn = arn('events', 'connection/partner/1');
const destinationArn = arn('events', 'api-destination/partner/2');

/** A rule that hands events to a partner over HTTPS. */
function partnerSide(isSound: boolean): Side {
  const rate = isSound ? { InvocationRateLimitPerSecond: 10 } : {};
  const role = isSound ? { RoleArn: at('Role') } : {};
  const header = { Key: 'x-client', IsValueSecret: true };
  return layOver(functionSide(), {
    resources: {
      Connection: [
        'AWS::Events::Connection',
        {
          Name: 'partner',
          AuthorizationType: 'API_KEY',
          AuthParameters: {
            ApiKeyAuthParameters: {
              ApiKeyName: 'x-api-key',
              ApiKeyValue: isSound
                ? '{{resolve:secretsmanager:partner:SecretString:key}}'
                : 'k3y-in-clear-text',
            },
            InvocationHttpParameters: {
              HeaderParameters: [
                {
                  ...header,
                  Value: isSound ? '{{resolve:secretsmanager:partner:SecretString:client}}' : 'cl13nt',
                },
              ],
            },
          },
        },
      ],
      Destination: [
        'AWS::Events::ApiDestination',
        {
          Name: 'partner',
          ConnectionArn: at('Connection'),
          HttpMethod: 'POST',
          InvocationEndpoint: 'https://partner.example.com/orders',
          ...rate,
        },
      ],
      Rule: [
        'AWS::Events::Rule',
        {
          Name: 'partner',
          EventPattern: { source: ['orders'] },
          Targets: [{ Id: 'partner', Arn: at('Destination'), ...role }],
        },
      ],
    },
    replies: {
      'eventbridge.ListEventBuses': {
        EventBuses: [{ Name: 'default', Arn: arn('events', 'event-bus/default') }],
      },
      'eventbridge.ListRules': {
        Rules: [
          {
            Name: 'partner',
            Arn: arn('events', 'rule/partner'),
            EventBusName: 'default',
            EventPattern: '{"source":["orders"]}',
            State: 'ENABLED',
          },
        ],
      },
      'eventbridge.ListTargetsByRule': {
        Targets: [{ Id: 'partner', Arn: destinationArn, ...(isSound ? { RoleArn: roleArn } : {}) }],
      },
      'eventbridge.ListConnections': {
        Connections: [
          {
            Name: 'partner',
            ConnectionArn: connectionArn,
            AuthorizationType: 'API_KEY',
            ConnectionState: 'AUTHORIZED',
          },
        ],
      },
      'eventbridge.DescribeConnection': {
        Name: 'partner',
        ConnectionArn: connectionArn,
        AuthorizationType: 'API_KEY',
        SecretArn: arn('secretsmanager', 'secret:events!connection/partner/1-AbCdEf'),
        AuthParameters: {
          ApiKeyAuthParameters: { ApiKeyName: 'x-api-key' },
          InvocationHttpParameters: {
            HeaderParameters: [header],
            QueryStringParameters: [],
            BodyParameters: [],
          },
        },
      },
      'eventbridge.ListApiDestinations': {
        ApiDestinations: [
          {
            Name: 'partner',
            ApiDestinationArn: destinationArn,
            ApiDestinationState: 'ACTIVE',
            ConnectionArn: connectionArn,
            HttpMethod: 'POST',
            InvocationEndpoint: 'https://partner.example.com/orders',
            InvocationRateLimitPerSecond: 300,
            ...rate,
          },
        ],
      },
    },
  });
}

const defaultBus = {
  side: 'live',
  type: 'AWS::Events::EventBus',
  name: 'default',
  reason: 'every account has a default bus, which no template declares',
} as const;

const partner: ParityCase = {
  name: 'a rule that calls a partner',
  sound: partnerSide(true),
  bad: partnerSide(false),
  pairs: [
    pair('AWS::Lambda::Function', 'Fn', 'orders'),
    pair('AWS::Events::Connection', 'Connection', 'partner'),
    pair('AWS::Events::ApiDestination', 'Destination', 'partner'),
    pair('AWS::Events::Rule', 'Rule', 'partner'),
  ],
  oneSided: [defaultBus],
  exceptions: [
    {
      logicalId: 'Connection',
      rule: 'api.external.api-key',
      declared: 'fail',
      live: 'pass',
      reason:
        'what stands written out in a template lies in a secret once it is deployed: the account has no such fault, and never shows the value',
    },
    {
      logicalId: 'Destination',
      rule: 'batch.downstream.api-timeouts',
      declared: 'fail',
      live: 'unknown',
      reason: 'the service answers 300 a second where nobody set a rate, as it does where somebody set 300',
    },
  ],
};

const busArn = arn('events', 'event-bus/orders');
const openStatement = (Resource: unknown, isSound: boolean): object => ({
  Sid: 'partners',
  Effect: 'Allow',
  Principal: isSound ? { AWS: 'arn:aws:iam::444455556666:root' } : '*',
  Action: 'events:PutEvents',
  Resource,
});

/** A bus of the account's own and its default bus, each with a policy. */
function policiesSide(isSound: boolean): Side {
  const policy = (resource: string): string =>
    text({ Version: '2012-10-17', Statement: [openStatement(resource, isSound)] });
  const defaultArn = arn('events', 'event-bus/default');
  return {
    resources: {
      Bus: ['AWS::Events::EventBus', { Name: 'orders' }],
      BusPolicy: [
        'AWS::Events::EventBusPolicy',
        { EventBusName: to('Bus'), StatementId: 'partners', Statement: openStatement(at('Bus'), isSound) },
      ],
      DefaultPolicy: [
        'AWS::Events::EventBusPolicy',
        { StatementId: 'partners', Statement: openStatement(defaultArn, isSound) },
      ],
    },
    replies: {
      'eventbridge.ListEventBuses': {
        EventBuses: [
          { Name: 'default', Arn: defaultArn, Policy: policy(defaultArn) },
          { Name: 'orders', Arn: busArn, Policy: policy(busArn) },
        ],
      },
    },
  };
}

const busPolicies: ParityCase = {
  name: 'buses with policies',
  sound: policiesSide(true),
  bad: policiesSide(false),
  pairs: [pair('AWS::Events::EventBus', 'Bus', 'orders')],
  oneSided: [
    defaultBus,
    {
      side: 'declared',
      type: 'AWS::Events::EventBusPolicy',
      name: 'BusPolicy',
      reason: 'a bus shows its policy as its own',
    },
    {
      side: 'declared',
      type: 'AWS::Events::EventBusPolicy',
      name: 'DefaultPolicy',
      reason: 'the default bus, which no template declares, shows its policy as its own',
      decides: {
        rule: 'events.bus.policy.default',
        other: { type: 'AWS::Events::EventBus', name: 'default', rule: 'events.bus.policy' },
      },
    },
  ],
};

const queueArn = arn('sqs', 'orders');
const dlqArn = arn('sqs', 'orders-dlq');
const queueUrl = 'https://sqs.eu-west-1.amazonaws.com/111122223333/';

/** A pipe from a queue to the function; with a dead-letter queue behind it, or without one. */
function pipeSide(isSound: boolean): Side {
  const redrive = isSound ? { RedrivePolicy: { deadLetterTargetArn: at('Dlq'), maxReceiveCount: 3 } } : {};
  const read = {
    Effect: 'Allow',
    Action: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
  };
  const call = { Effect: 'Allow', Action: 'lambda:InvokeFunction' };
  const statements = [
    [
      { ...read, Resource: at('Queue') },
      { ...read, Resource: queueArn },
    ],
    [
      { ...call, Resource: at('Fn') },
      { ...call, Resource: functionArn },
    ],
  ] as const;
  return layOver(functionSide({ statements: isSound ? statements : [] }), {
    resources: {
      Queue: ['AWS::SQS::Queue', { QueueName: 'orders', VisibilityTimeout: 180, ...redrive }],
      Dlq: ['AWS::SQS::Queue', { QueueName: 'orders-dlq', MessageRetentionPeriod: 1_209_600 }],
      Pipe: [
        'AWS::Pipes::Pipe',
        {
          Name: 'orders',
          RoleArn: at('Role'),
          Source: at('Queue'),
          Target: at('Fn'),
          TargetParameters: { LambdaFunctionParameters: { InvocationType: 'FIRE_AND_FORGET' } },
        },
      ],
    },
    replies: {
      'sqs.ListQueues': { QueueUrls: ['orders', 'orders-dlq'].map((name) => queueUrl + name) },
      'sqs.GetQueueAttributes': ({ QueueUrl }) => {
        const isQueue = String(QueueUrl).endsWith('/orders');
        return {
          Attributes: {
            QueueArn: isQueue ? queueArn : dlqArn,
            SqsManagedSseEnabled: 'true',
            VisibilityTimeout: isQueue ? '180' : '30',
            MessageRetentionPeriod: isQueue ? '345600' : '1209600',
            ...(isQueue && isSound
              ? { RedrivePolicy: text({ deadLetterTargetArn: dlqArn, maxReceiveCount: 3 }) }
              : {}),
          },
        };
      },
      'pipes.ListPipes': {
        Pipes: [
          {
            Name: 'orders',
            Arn: arn('pipes', 'pipe/orders'),
            Source: queueArn,
            Target: functionArn,
            DesiredState: 'RUNNING',
            CurrentState: 'RUNNING',
          },
        ],
      },
      'pipes.DescribePipe': {
        Name: 'orders',
        RoleArn: roleArn,
        Source: queueArn,
        SourceParameters: { SqsQueueParameters: { BatchSize: 1 } },
        Target: functionArn,
        TargetParameters: { LambdaFunctionParameters: { InvocationType: 'FIRE_AND_FORGET' } },
      },
    },
  });
}

const pipe: ParityCase = {
  name: 'a pipe from a queue to a function',
  sound: pipeSide(true),
  bad: pipeSide(false),
  pairs: [
    pair('AWS::Lambda::Function', 'Fn', 'orders'),
    pair('AWS::SQS::Queue', 'Queue', 'orders'),
    pair('AWS::SQS::Queue', 'Dlq', 'orders-dlq'),
    pair('AWS::Pipes::Pipe', 'Pipe', 'orders'),
  ],
  proofs: [
    {
      type: 'AWS::Pipes::Pipe',
      owner: 'Queue',
      rules: ['batch.alarm.queue-age', 'events.sqs.dlq', 'events.sqs.visibility'],
      change: { resources: { Pipe: undefined }, replies: { 'pipes.ListPipes': { Pipes: [] } } },
    },
  ],
};

interface Service {
  readonly type: string;
  readonly principal: string;
  readonly source: string;
  readonly properties: object;
  readonly rules: readonly string[];
  readonly exceptions?: ParityCase['exceptions'];
}

/** Who invokes by a permission, and leaves no other mark that an audit reads. */
const invoking = (name: string, service: Service): ParityCase => {
  const { type, principal, source, properties, rules, exceptions = [] } = service;
  const permission = (SourceArn: unknown): object => ({
    FunctionName: to('Fn'),
    Action: 'lambda:InvokeFunction',
    Principal: principal,
    SourceArn,
  });
  const policy = (condition: object): object => ({
    Policy: text({
      Version: '2012-10-17',
      Statement: [
        {
          Sid: 'one',
          Effect: 'Allow',
          Principal: { Service: principal },
          Action: 'lambda:InvokeFunction',
          Resource: functionArn,
          ...condition,
        },
      ],
    }),
  });
  return {
    name,
    sound: layOver(functionSide(), {
      resources: {
        Invoker: [type, properties],
        Permission: ['AWS::Lambda::Permission', permission(source)],
      },
      replies: { 'lambda.GetPolicy': policy({ Condition: { ArnLike: { 'AWS:SourceArn': source } } }) },
    }),
    bad: {
      resources: {
        Permission: [
          'AWS::Lambda::Permission',
          { FunctionName: to('Fn'), Action: 'lambda:InvokeFunction', Principal: principal },
        ],
      },
      replies: { 'lambda.GetPolicy': policy({}) },
    },
    pairs: [
      pair('AWS::Lambda::Function', 'Fn', 'orders'),
      pair('AWS::Lambda::Permission', 'Permission', 'one'),
    ],
    exceptions,
    proofs: [
      {
        type: 'AWS::Lambda::Permission',
        declaredAs: type,
        with: ['AWS::Lambda::Permission'],
        owner: 'Fn',
        rules,
        change: {
          resources: { Invoker: undefined, Permission: undefined },
          replies: { 'lambda.GetPolicy': {} },
        },
      },
    ],
  };
};

const uponEvents = ['all.lambda.async-failure', 'all.lambda.destinations', 'batch.function.idempotency'];
const uponRequests = ['all.lambda.async-failure'];

const eitherIot = (rule: string, declared: string): Exception => ({
  logicalId: 'Fn',
  rule,
  declared,
  live: 'unknown',
  reason:
    'a permission for IoT that names no source may be for a rule, which hands over, or for an authorizer',
});

const invokers: readonly ParityCase[] = [
  invoking('a function that IoT invokes for messages', {
    type: 'AWS::IoT::TopicRule',
    principal: 'iot.amazonaws.com',
    source: arn('iot', 'rule/orders'),
    properties: {
      TopicRulePayload: { Sql: "SELECT * FROM 'orders'", Actions: [{ Lambda: { FunctionArn: at('Fn') } }] },
    },
    rules: uponEvents,
    exceptions: ['all.lambda.async-failure', 'all.lambda.destinations'].map((rule) =>
      eitherIot(rule, 'fail'),
    ),
  }),
  invoking('a function that IoT asks whom to let in', {
    type: 'AWS::IoT::Authorizer',
    principal: 'iot.amazonaws.com',
    source: arn('iot', 'authorizer/devices'),
    properties: { AuthorizerName: 'devices', AuthorizerFunctionArn: at('Fn') },
    rules: uponRequests,
    exceptions: uponEvents.map((rule) => eitherIot(rule, 'notApplicable')),
  }),
  invoking('a function that SES invokes for mail', {
    type: 'AWS::SES::ReceiptRule',
    principal: 'ses.amazonaws.com',
    source: arn('ses', 'receipt-rule-set/in:receipt-rule/orders'),
    properties: { RuleSetName: 'in', Rule: { Actions: [{ LambdaAction: { FunctionArn: at('Fn') } }] } },
    rules: uponEvents,
  }),
  invoking('a function that Config invokes', {
    type: 'AWS::Config::ConfigRule',
    principal: 'config.amazonaws.com',
    source: arn('config', 'config-rule/config-rule-1'),
    properties: { Source: { Owner: 'CUSTOM_LAMBDA', SourceIdentifier: at('Fn') } },
    rules: uponEvents,
  }),
  invoking('a function that CodeCommit invokes', {
    type: 'AWS::CodeCommit::Repository',
    principal: 'codecommit.amazonaws.com',
    source: arn('codecommit', 'orders'),
    properties: {
      RepositoryName: 'orders',
      Triggers: [{ Name: 'push', Events: ['all'], DestinationArn: at('Fn') }],
    },
    rules: uponEvents,
  }),
  invoking('a function behind a load balancer', {
    type: 'AWS::ElasticLoadBalancingV2::TargetGroup',
    principal: 'elasticloadbalancing.amazonaws.com',
    source: arn('elasticloadbalancing', 'targetgroup/orders/1'),
    properties: { TargetType: 'lambda', Targets: [{ Id: at('Fn') }] },
    rules: [...uponRequests, 'all.lambda.provisioned-concurrency'],
  }),
];

/** Buses, pipes and whoever else hands over events. */
export const eventCases: readonly ParityCase[] = [partner, busPolicies, pipe, ...invokers];
