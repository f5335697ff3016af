import type { Edit, Mutation } from './apply-mutation.ts';

/** What no role of a function may do, by the rule that says so. */
const tooMuch: Readonly<Record<string, string>> = {
  'more.role.decrypt': 'kms:Decrypt',
  'more.role.escalation': 'iam:PutRolePolicy',
  'more.role.pass-role': 'iam:PassRole',
  'more.role.service-wildcards': 'ec2:*',
};

/** Beginning of the names: the audit of one account, or of an organization, or the hook. */
export type AuditKind = 'Audit' | 'Fleet' | 'Hook';

/** Edits of synthesized stacks, each of which breaks one rule that has a place there; a rule may be broken twice. */
export function auditMatrix(kind: AuditKind): readonly Mutation[] {
  if (kind === 'Hook') return hookMatrix;
  return [
    ...functionMutations(`${kind}Auditor`),
    ...(kind === 'Audit' ? asynchronous : planner),
    ...observed(kind),
    ...stored(kind),
    ...started(kind),
    ...foundation(kind),
    ...endpoints(kind),
  ];
}

const awsManagedKey = 'alias/aws/sqs';
const both = (id: string): Edit[] => [
  { id, remove: 'KmsMasterKeyId' },
  { id, set: 'SqsManagedSseEnabled', to: false },
];

/** What tells the function of the hook from those of an audit. */
interface Surroundings {
  /** Metric filters that count for the function beside its own metrics. */
  readonly filters: readonly string[];
  /** True where resources of the stacks invoke it; CloudFormation invokes the hook. */
  readonly isInFlow: boolean;
  readonly usesBucket: boolean;
}

/** What is asked of each function, whatever it does. */
function functionMutations(
  name: string,
  { filters, isInFlow, usesBucket }: Surroundings = { filters: [], isInFlow: true, usesBucket: true },
): Mutation[] {
  const on = `${name}Function`;
  return [
    {
      on,
      rule: 'all.lambda.code-signing',
      mistake: 'no code signing configuration',
      edits: [{ id: on, remove: 'CodeSigningConfigArn' }],
    },
    {
      on,
      rule: 'all.lambda.environment-encryption',
      mistake: 'the environment is encrypted with the key that AWS manages',
      edits: [{ id: on, remove: 'KmsKeyArn' }],
    },
    {
      on,
      rule: 'all.lambda.log-group',
      mistake: 'logs are deleted after a week',
      edits: [{ id: `${name}Logs`, set: 'RetentionInDays', to: 7 }],
    },
    {
      on,
      rule: 'all.lambda.log-group',
      mistake: 'logs are encrypted with keys of CloudWatch',
      edits: [{ id: `${name}Logs`, remove: 'KmsKeyId' }],
    },
    {
      on,
      rule: 'all.lambda.no-plaintext-secrets',
      mistake: 'a password stands in the environment',
      edits: [{ id: on, set: 'Environment.Variables.HUB_PASSWORD', to: 'not-a-secret-any-more' }],
    },
    {
      on,
      rule: 'all.lambda.permission.role',
      mistake: 'the role may do everything',
      edits: [
        {
          id: `${name}Role`,
          set: 'Policies.0.PolicyDocument.Statement.-',
          to: { Action: '*', Effect: 'Allow', Resource: '*' },
        },
      ],
      also: [
        ...[
          'all.application.field-level',
          'all.vpce.other-services',
          'api.vpce.dynamodb',
          ...(usesBucket ? [] : ['api.vpce.s3']),
          'api.vpce.secrets-manager',
        ].map((rule) => ({
          ...{ on, rule, becomes: 'unknown' as const },
          because: 'nothing says any more what the function calls',
        })),
        ...Object.keys(tooMuch).map((rule) => ({
          ...{ on, rule },
          because: 'everything holds it; these follow and are not listed',
        })),
      ],
    },
    ...Object.entries(tooMuch).map(([rule, Action]) => ({
      on,
      rule,
      mistake: `the role may call ${Action} on everything`,
      edits: [
        {
          id: `${name}Role`,
          set: 'Policies.0.PolicyDocument.Statement.-',
          to: { Action, Effect: 'Allow', Resource: '*' },
        },
      ],
    })),
    {
      on,
      rule: 'all.lambda.powertools',
      becomes: 'unknown',
      mistake: 'nothing says that the function logs in structure',
      edits: [{ id: on, remove: 'Environment.Variables.POWERTOOLS_SERVICE_NAME' }],
    },
    {
      on,
      rule: 'all.metrics.custom',
      becomes: 'unknown',
      mistake: 'nothing says that the function counts',
      edits: [
        { id: on, remove: 'Environment.Variables.POWERTOOLS_METRICS_NAMESPACE' },
        ...filters.map((drop) => ({ drop })),
      ],
      also: [{ on, rule: 'all.lambda.powertools', becomes: 'unknown', because: 'it asks for all three' }],
    },
    {
      on,
      rule: 'all.lambda.reserved-concurrency',
      mistake: 'the function may take all of the account',
      edits: [{ id: on, remove: 'ReservedConcurrentExecutions' }],
    },
    {
      on,
      rule: 'all.lambda.runtime',
      mistake: 'a runtime that gets no more patches',
      edits: [{ id: on, set: 'Runtime', to: 'nodejs16.x' }],
    },
    {
      on,
      rule: 'all.lambda.structured-logging',
      mistake: 'plain text logs',
      edits: [
        { id: on, set: 'LoggingConfig.LogFormat', to: 'Text' },
        ...['SERVICE_NAME', 'LOG_LEVEL', 'METRICS_NAMESPACE'].map((name) => ({
          id: on,
          remove: `Environment.Variables.POWERTOOLS_${name}`,
        })),
      ],
      also: ['all.lambda.powertools', ...(filters.length === 0 ? ['all.metrics.custom'] : [])].map(
        (rule) => ({
          ...{ on, rule, becomes: 'unknown' as const },
          because: 'Powertools, which would log in structure, are gone',
        }),
      ),
    },
    {
      on,
      rule: 'all.lambda.tracing',
      mistake: 'only what a caller samples is traced',
      edits: [{ id: on, set: 'TracingConfig.Mode', to: 'PassThrough' }],
      ...(isInFlow && {
        also: [{ on, rule: 'all.xray.everywhere', because: 'it asks the same of everything that can trace' }],
      }),
    },
    {
      on,
      rule: 'all.lambda.tracing.role',
      mistake: 'the role may not write traces',
      edits: [{ id: `${name}Role`, in: 'Policies', replace: 'xray:PutTraceSegments', by: 'xray:GetGroups' }],
    },
    {
      on,
      rule: 'all.lambda.vpc',
      mistake: 'subnets of one zone alone',
      edits: [{ id: on, remove: 'VpcConfig.SubnetIds.1' }],
    },
    {
      on,
      rule: 'all.alarm.throttles',
      mistake: 'no alarm on throttles',
      edits: [{ drop: `${name}ThrottleAlarm` }],
    },
    {
      on,
      rule: 'batch.alarm.error-rate',
      mistake: 'the alarm waits for a fifth of all invocations to fail',
      edits: [
        { id: `${name}ErrorRateAlarm`, set: 'Threshold', to: 20 },
        // One failed audit raises an alarm of its own.
        ...(name === 'AuditAuditor' ? [{ drop: 'AuditFailedAlarm' }] : []),
      ],
    },
    {
      on,
      rule: 'api.external.tls',
      mistake: 'an address outside is called without TLS',
      edits: [{ id: on, set: 'Environment.Variables.EXTERNAL_API_URL', to: 'http://hub.example.com' }],
    },
  ];
}

const planner = functionMutations('FleetPlanner');

/** The scheduler invokes the audit of one account asynchronously; a state machine waits for its answers. */
const asynchronous: Mutation[] = [
  {
    rule: 'all.lambda.async-failure',
    on: 'AuditAuditorFunction',
    mistake: 'the destination is that of an alias which nothing invokes',
    edits: [{ id: 'AuditAuditorFunctionEventInvokeConfig', set: 'Qualifier', to: 'live' }],
  },
  {
    rule: 'all.lambda.async-failure.target',
    on: 'AuditAuditorFunction',
    mistake: 'the role may not send to the destination',
    edits: [
      { id: 'AuditAuditorRole', in: 'Policies', replace: 'sqs:SendMessage', by: 'sqs:GetQueueAttributes' },
    ],
  },
  {
    rule: 'all.lambda.destinations',
    on: 'AuditAuditorFunction',
    mistake: 'a dead-letter queue of the old kind in place of a destination',
    edits: [
      { drop: 'AuditAuditorFunctionEventInvokeConfig' },
      {
        id: 'AuditAuditorFunction',
        set: 'DeadLetterConfig.TargetArn',
        to: { 'Fn::GetAtt': ['AuditDeadLettersQueue', 'Arn'] },
      },
    ],
  },
];

/** What is seen of the audit, and of what it could not do. */
function observed(kind: AuditKind): Mutation[] {
  return [
    ...deadLetters(`${kind}DeadLetters`),
    {
      rule: 'all.logs.insights',
      on: `${kind}AuditorFunction`,
      mistake: 'no saved query reads its logs',
      edits: [{ drop: `${kind}ObservabilityErrorsQuery` }, { drop: `${kind}ObservabilitySlowestQuery` }],
      ...(kind === 'Fleet' && {
        also: [
          { rule: 'all.logs.insights', on: 'FleetPlannerFunction', because: 'the queries are for both' },
        ],
      }),
    },
  ];
}

/** A queue of what could not be done, and the alarm on it. */
function deadLetters(name: string): Mutation[] {
  const queue = `${name}Queue`;
  return [
    {
      rule: 'all.alarm.dlq-depth',
      on: queue,
      mistake: 'the alarm waits for ten messages',
      edits: [{ id: `${name}DepthAlarm`, set: 'Threshold', to: 10 }],
    },
    {
      rule: 'batch.dlq.retention',
      on: queue,
      mistake: 'dead letters are deleted after four days',
      edits: [{ id: queue, remove: 'MessageRetentionPeriod' }],
    },
    {
      rule: 'batch.operations.runbook',
      on: queue,
      becomes: 'unknown',
      mistake: 'nothing says what to do about a dead letter',
      edits: [
        { id: queue, remove: 'Tags' },
        { id: `${name}DepthAlarm`, set: 'AlarmDescription', to: 'What failed' },
      ],
    },
    {
      rule: 'all.application.payload',
      on: queue,
      mistake: 'dead letters are encrypted with the key that AWS manages',
      edits: [{ id: queue, set: 'KmsMasterKeyId', to: awsManagedKey }],
      also: [
        {
          rule: 'batch.queue.encryption.customer-managed',
          on: queue,
          because: 'it asks the same of queues',
        },
      ],
    },
    {
      rule: 'batch.queue.encryption',
      on: queue,
      mistake: 'encryption of dead letters is switched off',
      edits: both(queue),
      also: [
        {
          rule: 'all.application.payload',
          on: queue,
          because: 'what is not encrypted at all is not encrypted with a key of the account',
        },
      ],
    },
    {
      rule: 'batch.queue.encryption.customer-managed',
      on: queue,
      mistake: 'dead letters are encrypted with keys of SQS',
      edits: [{ id: queue, remove: 'KmsMasterKeyId' }],
      also: [
        {
          rule: 'all.application.payload',
          on: queue,
          because: 'it asks the same of every place where messages wait',
        },
      ],
    },
    {
      rule: 'batch.queue.policy',
      on: queue,
      mistake: 'the policy of the dead letters lets plain HTTP in',
      edits: [{ id: `${queue}Policy`, remove: 'PolicyDocument.Statement.0' }],
    },
  ];
}

/** Reports, evaluations and states, and what one function hands to the next; under one key. */
function stored(kind: AuditKind): Mutation[] {
  const buckets = [
    ['Reports', 'reports'],
    ['Work', 'what is handed over'],
  ].flatMap(([name = '', what = '']) => bucketMutations(`${kind}${name}`, what));
  return [...buckets, ...keyAndTemplate(kind)];
}

/** One key for what is kept, and no secret in the template. */
function keyAndTemplate(kind: AuditKind): Mutation[] {
  return [
    {
      rule: 'all.kms.policy',
      on: `${kind}Key`,
      mistake: 'everybody may decrypt',
      edits: [
        {
          id: `${kind}Key`,
          set: 'KeyPolicy.Statement.-',
          to: { Action: 'kms:Decrypt', Effect: 'Allow', Principal: '*', Resource: '*' },
        },
      ],
    },
    {
      rule: 'all.kms.rotation',
      on: `${kind}Key`,
      mistake: 'the key does not rotate',
      edits: [{ id: `${kind}Key`, set: 'EnableKeyRotation', to: false }],
    },
    {
      rule: 'all.lambda.no-plaintext-secrets.template',
      on: `Headgate${kind}.template.json`,
      mistake: 'a password is the default of a parameter',
      edits: [
        {
          stack: `Headgate${kind}`,
          set: 'Parameters.HubPassword',
          to: { Type: 'String', Default: 'not-a-secret-any-more' },
        },
      ],
    },
  ];
}

function bucketMutations(on: string, what: string): Mutation[] {
  return [
    {
      on,
      rule: 'api.s3.encryption',
      mistake: `${what}: encrypted with keys of S3`,
      edits: [
        {
          id: on,
          set: 'BucketEncryption.ServerSideEncryptionConfiguration.0.ServerSideEncryptionByDefault',
          to: { SSEAlgorithm: 'AES256' },
        },
      ],
    },
    {
      on,
      rule: 'api.s3.public-access',
      mistake: `${what}: a public bucket policy is not blocked`,
      edits: [{ id: on, set: 'PublicAccessBlockConfiguration.BlockPublicPolicy', to: false }],
    },
    {
      on,
      rule: 'api.s3.tls',
      mistake: `${what}: the bucket policy lets plain HTTP in`,
      edits: [{ id: `${on}Policy`, remove: 'PolicyDocument.Statement.0' }],
    },
    {
      on,
      rule: 'api.s3.versioning',
      mistake: `${what}: versioning is suspended`,
      edits: [{ id: on, set: 'VersioningConfiguration.Status', to: 'Suspended' }],
    },
    {
      on,
      rule: 'batch.downstream.audit-trail',
      mistake: `${what}: nobody logs who reads and writes`,
      edits: [{ id: on, remove: 'LoggingConfiguration' }],
    },
  ];
}

/** The schedule, and the state machine that runs functions one after the other. */
function started(kind: AuditKind): Mutation[] {
  const machine = `${kind}MachineStateMachine`;
  return [
    {
      rule: 'events.schedule.expression',
      on: `${kind}Schedule`,
      mistake: 'an audit that cannot be started is lost',
      edits: [{ id: `${kind}Schedule`, remove: 'Target.DeadLetterConfig' }],
      ...(kind === 'Fleet' && {
        also: [
          {
            rule: 'batch.dlq.redrive',
            on: 'FleetDeadLettersQueue',
            because: 'nothing else sends to the queue',
          },
        ],
      }),
    },
    {
      rule: 'events.rule.target.schedule',
      on: `${kind}Schedule`,
      mistake: 'the schedule may not assume its role',
      edits: [
        {
          id: `${kind}ScheduleRole`,
          set: 'AssumeRolePolicyDocument.Statement.0.Principal.Service',
          to: 'lambda.amazonaws.com',
        },
      ],
    },
    {
      rule: 'events.stepfunctions.observability',
      on: machine,
      mistake: 'executions are not logged',
      edits: [{ id: machine, set: 'LoggingConfiguration.Level', to: 'OFF' }],
    },
    {
      rule: 'events.stepfunctions.observability.encryption',
      on: machine,
      mistake: 'executions are encrypted with a key that AWS owns',
      edits: [{ id: machine, remove: 'EncryptionConfiguration' }],
    },
    {
      rule: 'more.logs.retention',
      on: `${kind}MachineLogs`,
      mistake: 'logs of executions are kept forever',
      edits: [{ id: `${kind}MachineLogs`, remove: 'RetentionInDays' }],
    },
    {
      rule: 'more.logs.encryption',
      on: `${kind}MachineLogs`,
      mistake: 'logs of executions are encrypted with keys of CloudWatch',
      edits: [{ id: `${kind}MachineLogs`, remove: 'KmsKeyId' }],
    },
    {
      rule: 'more.workflow.secrets',
      on: machine,
      mistake: 'a substitution of the definition holds a password',
      edits: [{ id: machine, set: 'DefinitionSubstitutions', to: { HubPassword: 'not-a-secret' } }],
    },
    {
      rule: 'more.workflow.role',
      on: machine,
      mistake: 'everyone may assume the role of the state machine',
      edits: [
        {
          id: `${kind}MachineRole`,
          set: 'AssumeRolePolicyDocument.Statement.0.Principal',
          to: { AWS: '*' },
        },
      ],
    },
    {
      rule: 'events.stepfunctions.retry',
      on: machine,
      mistake: 'retries do not back off',
      edits: [{ id: machine, in: 'DefinitionString', replace: 'BackoffRate\\":2', by: 'BackoffRate\\":1' }],
    },
    {
      rule: 'events.stepfunctions.retry',
      on: machine,
      mistake: 'what fails after its retries is caught nowhere',
      edits: [{ id: machine, in: 'DefinitionString', replace: '\\"Catch\\"', by: '\\"Comment\\"' }],
    },
    {
      rule: 'all.xray.everywhere',
      on: machine,
      mistake: 'traces end at the state machine',
      edits: [{ id: machine, set: 'TracingConfiguration.Enabled', to: false }],
      also: [
        { rule: 'events.stepfunctions.observability', on: machine, because: 'it asks for logs and traces' },
      ],
    },
  ];
}

/** Other findings of one edit: the planner of an organization's audit stands where its auditor does. */
function planned(kind: AuditKind, rule: string, because: string): Pick<Mutation, 'also'> {
  return kind === 'Fleet' ? { also: [{ rule, on: 'FleetPlannerFunction', because }] } : {};
}

/** What functions stand on. */
function foundation(kind: AuditKind): Mutation[] {
  const on = kind === 'Hook' ? 'HookGateFunction' : `${kind}AuditorFunction`;
  return [
    {
      on,
      rule: 'all.lambda.private-subnets',
      mistake: 'the subnet of a zone routes to the internet itself',
      edits: [
        { id: 'FoundationNetworkVpcEgressSubnet1DefaultRoute', remove: 'NatGatewayId' },
        {
          id: 'FoundationNetworkVpcEgressSubnet1DefaultRoute',
          set: 'GatewayId',
          to: { Ref: 'FoundationNetworkVpcIGW' },
        },
      ],
      ...planned(kind, 'all.lambda.private-subnets', 'it stands in the same subnets'),
    },
    {
      on,
      rule: 'all.lambda.security-groups',
      mistake: 'the security group lets everything out',
      edits: [
        {
          id: 'FoundationNetworkEgressGroup',
          set: 'SecurityGroupEgress.-',
          to: { CidrIp: '0.0.0.0/0', IpProtocol: '-1' },
        },
      ],
      ...planned(kind, 'all.lambda.security-groups', 'it has the same group'),
    },
    {
      rule: 'more.logs.retention',
      on: 'FoundationNetworkFlowLogs',
      mistake: 'flow logs are kept forever',
      edits: [{ id: 'FoundationNetworkFlowLogs', remove: 'RetentionInDays' }],
    },
    {
      rule: 'more.logs.encryption',
      on: 'FoundationNetworkFlowLogs',
      mistake: 'flow logs are encrypted with keys of CloudWatch',
      edits: [{ id: 'FoundationNetworkFlowLogs', remove: 'KmsKeyId' }],
    },
    {
      rule: 'all.lambda.private-subnets.nat',
      on: 'FoundationNetworkVpcNatSubnet1NATGateway',
      mistake: 'the NAT gateway stands in a private subnet',
      edits: [
        {
          id: 'FoundationNetworkVpcNatSubnet1NATGateway',
          set: 'SubnetId',
          to: { Ref: 'FoundationNetworkVpcFunctionsSubnet1Subnet' },
        },
      ],
    },
    {
      rule: 'all.securityhub.enabled',
      on: '.',
      mistake: 'the hub checks no standard',
      edits: [{ drop: 'FoundationSecurityHubBestPractices' }],
    },
    {
      rule: 'events.sns.encryption',
      on: 'FoundationOperationsAlarms',
      mistake: 'alarms may not use the key of the topic',
      edits: [
        {
          id: 'FoundationKey',
          in: 'KeyPolicy',
          replace: 'cloudwatch.amazonaws.com',
          by: 'budgets.amazonaws.com',
        },
      ],
    },
    {
      rule: 'events.sns.fan-out',
      on: 'FoundationOperationsAlarms',
      mistake: 'nobody hears an alarm',
      edits: [{ drop: 'FoundationOperationsAlarmsTokenSubscription1' }],
      also: [
        {
          rule: 'batch.dlq.redrive',
          on: 'FoundationOperationsUndeliveredQueue',
          because: 'nothing else sends to the queue',
        },
      ],
    },
    {
      rule: 'events.sns.transit',
      on: 'FoundationOperationsAlarms',
      mistake: 'no topic policy, so plain HTTP is let in',
      edits: [{ drop: 'FoundationOperationsAlarmsPolicy' }],
    },
  ];
}

/** How the functions of an audit reach what they read and write. */
function endpoints(kind: 'Audit' | 'Fleet'): Mutation[] {
  const on = `${kind}AuditorFunction`;
  return [
    {
      on,
      rule: 'all.vpce.other-services',
      mistake: 'no endpoint for STS, so that roles are assumed outside of the network',
      edits: [{ drop: 'FoundationNetworkVpcsts' }],
    },
    {
      rule: 'all.vpce.other-services.access',
      on: 'FoundationNetworkVpcsts',
      mistake: 'the endpoint admits nobody',
      edits: [
        {
          id: 'FoundationNetworkVpcsts',
          set: 'SecurityGroupIds',
          to: [{ 'Fn::GetAtt': ['FoundationNetworkFunctionGroup', 'GroupId'] }],
        },
      ],
    },
    {
      rule: 'all.vpce.policy',
      on: 'FoundationNetworkVpcsts',
      mistake: 'the endpoint has the policy that allows everything',
      edits: [{ id: 'FoundationNetworkVpcsts', remove: 'PolicyDocument' }],
    },
    {
      on,
      rule: 'api.vpce.s3',
      mistake: 'no endpoint for S3, so that reports leave the network',
      edits: [{ drop: 'FoundationNetworkVpcS3' }],
      ...planned(kind, 'api.vpce.s3', 'it writes to the same bucket'),
    },
  ];
}

/** The hook: a function that CloudFormation waits for, so that nothing of it is stored, scheduled or queued. */
const hookMatrix: readonly Mutation[] = [
  ...functionMutations('HookGate', { filters: ['HookUndecided'], isInFlow: false, usesBucket: false }),
  ...keyAndTemplate('Hook'),
  ...foundation('Hook'),
  ...deadLetters('FoundationOperationsUndelivered'),
  {
    rule: 'all.logs.insights',
    on: 'HookGateFunction',
    mistake: 'no saved query reads its logs',
    edits: [{ drop: 'HookObservabilityErrorsQuery' }, { drop: 'HookObservabilitySlowestQuery' }],
  },
  {
    rule: 'all.vpce.other-services',
    on: 'HookGateFunction',
    mistake: 'no endpoint for X-Ray, so that traces leave the network',
    edits: [{ drop: 'FoundationNetworkVpcxray' }],
  },
  {
    rule: 'all.vpce.other-services.access',
    on: 'FoundationNetworkVpcxray',
    mistake: 'the endpoint admits nobody',
    edits: [
      {
        id: 'FoundationNetworkVpcxray',
        set: 'SecurityGroupIds',
        to: [{ 'Fn::GetAtt': ['FoundationNetworkFunctionGroup', 'GroupId'] }],
      },
    ],
  },
  {
    rule: 'all.vpce.policy',
    on: 'FoundationNetworkVpcS3',
    mistake: 'the endpoint of payloads has the policy that allows everything',
    edits: [{ id: 'FoundationNetworkVpcS3', remove: 'PolicyDocument' }],
  },
];
