import { functionSide, roleArn } from '../function-side.ts';
import { arn, at, layOver, pair, scopeType, text, to, type ParityCase, type Side } from '../parity-case.ts';

const document = (statement: object): object => ({ Version: '2012-10-17', Statement: [statement] });
const tracing = document({
  Effect: 'Allow',
  Action: ['xray:PutTraceSegments', 'xray:PutTelemetryRecords'],
  Resource: '*',
});
const everything = document({ Effect: 'Allow', Action: '*', Resource: '*' });
const trust = document({
  Effect: 'Allow',
  Principal: { Service: 'lambda.amazonaws.com' },
  Action: 'sts:AssumeRole',
});
const policyArn = 'arn:aws:iam::111122223333:policy/tracing';

type Holder = 'AWS::IAM::ManagedPolicy' | 'AWS::IAM::Policy' | 'AWS::IAM::RolePolicy';

/** A function whose role holds one policy, in one of the manners that templates have. */
function heldSide(holder: Holder, held: object): Side {
  const isManaged = holder === 'AWS::IAM::ManagedPolicy';
  const traced = functionSide({
    properties: { TracingConfig: { Mode: 'Active' } },
    configuration: { TracingConfig: { Mode: 'Active' } },
  });
  const properties: Readonly<Record<Holder, object>> = {
    'AWS::IAM::ManagedPolicy': { ManagedPolicyName: 'tracing', PolicyDocument: held, Roles: [to('Role')] },
    'AWS::IAM::Policy': { PolicyName: 'tracing', PolicyDocument: held, Roles: [to('Role')] },
    'AWS::IAM::RolePolicy': { PolicyName: 'tracing', PolicyDocument: held, RoleName: to('Role') },
  };
  const written = encodeURIComponent(text(held));
  return layOver(traced, {
    resources: {
      Role: ['AWS::IAM::Role', { RoleName: 'orders', AssumeRolePolicyDocument: trust }],
      Policy: [holder, properties[holder]],
    },
    replies: {
      'iam.GetAccountAuthorizationDetails': {
        IsTruncated: false,
        RoleDetailList: [
          {
            RoleName: 'orders',
            Arn: roleArn,
            Path: '/',
            AssumeRolePolicyDocument: encodeURIComponent(text(trust)),
            RolePolicyList: isManaged ? [] : [{ PolicyName: 'tracing', PolicyDocument: written }],
            AttachedManagedPolicies: isManaged ? [{ PolicyName: 'tracing', PolicyArn: policyArn }] : [],
            Tags: [],
          },
        ],
        Policies: isManaged
          ? [
              {
                PolicyName: 'tracing',
                Arn: policyArn,
                Path: '/',
                AttachmentCount: 1,
                DefaultVersionId: 'v2',
                PolicyVersionList: [
                  { VersionId: 'v2', IsDefaultVersion: true, Document: written },
                  {
                    VersionId: 'v1',
                    IsDefaultVersion: false,
                    Document: encodeURIComponent(text(everything)),
                  },
                ],
              },
            ]
          : [],
      },
    },
  });
}

const holding = (holder: Holder): ParityCase => ({
  name: `a role that holds an ${holder}`,
  sound: heldSide(holder, tracing),
  bad: heldSide(holder, everything),
  pairs: [pair('AWS::Lambda::Function', 'Fn', 'orders')],
  proofs: [
    {
      type: holder === 'AWS::IAM::ManagedPolicy' ? holder : 'AWS::IAM::Role',
      declaredAs: holder,
      owner: 'Fn',
      rules: ['all.lambda.tracing.role'],
      change: heldSide(holder, document({ Effect: 'Allow', Action: 'logs:PutLogEvents', Resource: '*' })),
    },
  ],
});

const queueUrl = 'https://sqs.eu-west-1.amazonaws.com/111122223333/';

/** A role that may replay any dead-letter queue and archive, or one that may do neither. */
function operatorsSide(
  Action: readonly string[],
  Resource: readonly [declared: unknown, live: unknown],
): Side {
  const allowing = (index: 0 | 1): object => document({ Effect: 'Allow', Action, Resource: Resource[index] });
  return {
    resources: {
      Operators: [
        'AWS::IAM::Role',
        {
          RoleName: 'operators',
          AssumeRolePolicyDocument: trust,
          Policies: [{ PolicyName: 'own', PolicyDocument: allowing(0) }],
        },
      ],
    },
    replies: {
      'iam.GetAccountAuthorizationDetails': {
        IsTruncated: false,
        RoleDetailList: [
          {
            RoleName: 'operators',
            Arn: 'arn:aws:iam::111122223333:role/operators',
            Path: '/',
            AssumeRolePolicyDocument: encodeURIComponent(text(trust)),
            RolePolicyList: [{ PolicyName: 'own', PolicyDocument: encodeURIComponent(text(allowing(1))) }],
            AttachedManagedPolicies: [],
          },
        ],
        Policies: [],
      },
    },
  };
}

const replaying = ['sqs:StartMessageMoveTask', 'events:StartReplay'];
const replayed: Side = {
  resources: {
    Queue: [
      'AWS::SQS::Queue',
      { QueueName: 'orders', RedrivePolicy: { deadLetterTargetArn: at('Dlq'), maxReceiveCount: 3 } },
    ],
    Dlq: ['AWS::SQS::Queue', { QueueName: 'orders-dlq' }],
    Bus: ['AWS::Events::EventBus', { Name: 'orders' }],
    Archive: ['AWS::Events::Archive', { ArchiveName: 'orders', SourceArn: at('Bus') }],
  },
  replies: {
    'sqs.ListQueues': { QueueUrls: ['orders', 'orders-dlq'].map((name) => queueUrl + name) },
    'sqs.GetQueueAttributes': ({ QueueUrl }) => {
      const name = String(QueueUrl).slice(queueUrl.length);
      return {
        Attributes: {
          QueueArn: arn('sqs', name),
          VisibilityTimeout: '30',
          MessageRetentionPeriod: '345600',
          SqsManagedSseEnabled: 'true',
          ...(name === 'orders'
            ? { RedrivePolicy: text({ deadLetterTargetArn: arn('sqs', 'orders-dlq'), maxReceiveCount: 3 }) }
            : {}),
        },
      };
    },
    'eventbridge.ListEventBuses': {
      EventBuses: [{ Name: 'orders', Arn: arn('events', 'event-bus/orders') }],
    },
    'eventbridge.ListArchives': {
      Archives: [
        { ArchiveName: 'orders', EventSourceArn: arn('events', 'event-bus/orders'), State: 'ENABLED' },
      ],
    },
  },
};

const nothing = operatorsSide(['sqs:ReceiveMessage'], ['*', '*']);

const replays = (name: string, resource: readonly [declared: unknown, live: unknown]): ParityCase => ({
  name,
  sound: layOver(replayed, operatorsSide(replaying, resource)),
  bad: nothing,
  pairs: [
    pair('AWS::SQS::Queue', 'Queue', 'orders'),
    pair('AWS::SQS::Queue', 'Dlq', 'orders-dlq'),
    pair('AWS::Events::EventBus', 'Bus', 'orders'),
    pair('AWS::Events::Archive', 'Archive', 'orders'),
  ],
  proofs: [
    {
      type: 'AWS::IAM::Role',
      owner: 'Dlq',
      rules: ['batch.operations.replay'],
      change: nothing,
    },
    {
      type: 'AWS::IAM::Role',
      owner: 'Archive',
      rules: ['batch.operations.replay.archive'],
      change: nothing,
    },
  ],
});

const hubArn = arn('securityhub', 'hub/default');
const standardArn =
  'arn:aws:securityhub:eu-west-1::standards/aws-foundational-security-best-practices/v/1.0.0';

const otherStandardArn = 'arn:aws:securityhub:::ruleset/cis-aws-foundations-benchmark/v/1.2.0';

const subscriptionOf = (StandardsArn: string): object => ({
  StandardsSubscriptions: [
    {
      StandardsSubscriptionArn: arn('securityhub', 'subscription/1'),
      StandardsArn,
      StandardsInput: {},
      StandardsStatus: 'READY',
    },
  ],
});

const notSubscribed = (): object => {
  throw Object.assign(new Error('Account 111122223333 is not subscribed to AWS Security Hub'), {
    name: 'InvalidAccessException',
    $fault: 'client',
    $metadata: { httpStatusCode: 401 },
  });
};

const hub: ParityCase = {
  name: 'an account with Security Hub',
  sound: layOver(functionSide(), {
    resources: {
      Hub: ['AWS::SecurityHub::Hub', { EnableDefaultStandards: false }],
      Standard: ['AWS::SecurityHub::Standard', { StandardsArn: standardArn }],
    },
    replies: {
      'securityhub.DescribeHub': { HubArn: hubArn, AutoEnableControls: true },
      'securityhub.GetEnabledStandards': subscriptionOf(standardArn),
    },
  }),
  bad: {
    resources: { Hub: undefined, Standard: undefined },
    replies: {
      'securityhub.DescribeHub': notSubscribed,
      'securityhub.GetEnabledStandards': notSubscribed,
    },
  },
  pairs: [pair('AWS::Lambda::Function', 'Fn', 'orders'), pair(scopeType, 'parity', '111122223333/eu-west-1')],
  exceptions: [
    {
      logicalId: 'parity',
      rule: 'all.securityhub.enabled',
      declared: 'unknown',
      live: 'fail',
      reason:
        'whether Security Hub is on is a fact of the account, which a template that says nothing leaves open',
    },
  ],
  proofs: [
    {
      type: 'AWS::SecurityHub::Standard',
      owner: 'parity',
      rules: ['all.securityhub.enabled'],
      change: {
        resources: {
          Standard: ['AWS::SecurityHub::Standard', { StandardsArn: otherStandardArn }],
        },
        replies: { 'securityhub.GetEnabledStandards': subscriptionOf(otherStandardArn) },
      },
    },
    {
      type: 'AWS::SecurityHub::Hub',
      owner: 'parity',
      rules: ['all.securityhub.enabled'],
      change: { resources: { Hub: undefined }, replies: { 'securityhub.DescribeHub': notSubscribed } },
      apart: {
        live: { 'all.securityhub.enabled': 'fail' },
        reason: 'whether Security Hub is on is a fact of the account',
      },
    },
  ],
};

/** Roles with what they may do, and the account as a whole. */
export const identityCases: readonly ParityCase[] = [
  holding('AWS::IAM::ManagedPolicy'),
  holding('AWS::IAM::Policy'),
  holding('AWS::IAM::RolePolicy'),
  replays('a role that may replay everything', ['*', '*']),
  hub,
];
