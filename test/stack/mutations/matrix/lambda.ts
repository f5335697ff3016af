import { imageRepository, layerPermission } from './event-bases.ts';
import type { Mutation } from '../apply-mutation.ts';
import { everyEndpoint, resourcePolicy } from './function-bases.ts';

/** Lambda: code, configuration, invocation, permissions. */
export const lambda: readonly Mutation[] = [
  {
    rule: 'all.lambda.permission.layer',
    on: 'LayerPermission',
    mistake: 'every account may have the layer',
    base: layerPermission,
    edits: [{ id: 'LayerPermission', remove: 'OrganizationId' }],
  },
  {
    rule: 'all.lambda.code-signing.repository',
    on: 'Images',
    mistake: 'everyone may use the repository',
    base: imageRepository,
    edits: [{ id: 'Images', remove: 'RepositoryPolicyText.Statement.0.Condition' }],
  },
  {
    rule: 'all.lambda.async-failure',
    on: 'EventsStartFulfilmentFunction',
    mistake: 'the destination is that of an alias which nothing invokes',
    edits: [{ id: 'EventsStartFulfilmentFunctionEventInvokeConfig', set: 'Qualifier', to: 'live' }],
  },
  {
    rule: 'all.lambda.async-failure.target',
    on: 'EventsStartFulfilmentFunction',
    mistake: 'the role may not send to the destination',
    edits: [
      {
        id: 'EventsStartFulfilmentRole',
        in: 'Policies',
        replace: 'sqs:SendMessage',
        by: 'sqs:GetQueueAttributes',
      },
    ],
  },
  {
    rule: 'all.lambda.code-signing',
    on: 'ApiOrderApiFunction',
    mistake: 'no code signing configuration',
    edits: [{ id: 'ApiOrderApiFunction', remove: 'CodeSigningConfigArn' }],
  },
  {
    rule: 'all.lambda.destinations',
    on: 'EventsStartFulfilmentFunction',
    mistake: 'a dead-letter queue of the old kind in place of a destination',
    edits: [
      { drop: 'EventsStartFulfilmentFunctionEventInvokeConfig' },
      {
        id: 'EventsStartFulfilmentFunction',
        set: 'DeadLetterConfig.TargetArn',
        to: { 'Fn::GetAtt': ['EventsFailuresQueue', 'Arn'] },
      },
    ],
  },
  {
    rule: 'all.lambda.destinations.on-success',
    on: 'EventsIngestUploadFunctionEventInvokeConfig',
    mistake: 'results go to a FIFO queue, which takes none',
    edits: [
      {
        id: 'EventsIngestUploadFunctionEventInvokeConfig',
        set: 'DestinationConfig.OnSuccess.Destination',
        to: { 'Fn::GetAtt': ['EventsOrderedOrdersQueue', 'Arn'] },
      },
    ],
  },
  {
    rule: 'all.lambda.environment-encryption',
    on: 'EventsRecordOrderFunction',
    mistake: 'the environment is encrypted with the key that AWS manages',
    edits: [{ id: 'EventsRecordOrderFunction', remove: 'KmsKeyArn' }],
  },
  {
    rule: 'all.lambda.log-group',
    on: 'EventsRecordOrderFunction',
    mistake: 'logs are deleted after a week',
    edits: [{ id: 'EventsRecordOrderLogs', set: 'RetentionInDays', to: 7 }],
  },
  {
    rule: 'all.lambda.no-plaintext-secrets',
    on: 'EventsRecordOrderFunction',
    mistake: 'a password stands in the environment',
    edits: [
      {
        id: 'EventsRecordOrderFunction',
        set: 'Environment.Variables.DATABASE_PASSWORD',
        to: 'not-a-secret-any-more',
      },
    ],
  },
  {
    rule: 'all.lambda.no-plaintext-secrets.template',
    on: 'HeadgateBatch.template.json',
    mistake: 'a password is the default of a parameter',
    edits: [
      {
        stack: 'HeadgateBatch',
        set: 'Parameters.DatabasePassword',
        to: { Type: 'String', Default: 'not-a-secret-any-more' },
      },
    ],
  },
  {
    rule: 'all.lambda.permission',
    on: 'EventsAcceptedOrdersAllowEventRuleHeadgateEventsStartFulfilmentFunction4D65F996',
    mistake: 'any rule of any account may invoke the function',
    edits: [
      {
        id: 'EventsAcceptedOrdersAllowEventRuleHeadgateEventsStartFulfilmentFunction4D65F996',
        remove: 'SourceArn',
      },
    ],
  },
  {
    rule: 'all.lambda.permission.resource-policy',
    on: 'EventsRecordOrderFunction',
    mistake: 'a resource policy lets everybody invoke the function',
    base: resourcePolicy,
    edits: [{ id: 'RecordOrderPolicy', set: 'PolicyDocument.Statement.0.Principal', to: { AWS: '*' } }],
  },
  {
    rule: 'all.lambda.permission.role',
    on: 'ApiOrderApiFunction',
    mistake: 'the role may do everything',
    base: everyEndpoint,
    edits: [
      {
        id: 'ApiOrderApiRole',
        set: 'Policies.0.PolicyDocument.Statement.-',
        to: { Action: '*', Effect: 'Allow', Resource: '*' },
      },
    ],
    also: ['decrypt', 'escalation', 'pass-role', 'service-wildcards'].map((name) => ({
      rule: `more.role.${name}`,
      on: 'ApiOrderApiFunction',
      because: 'everything holds it; these follow and are not listed',
    })),
  },
  {
    rule: 'all.lambda.private-subnets',
    on: 'ExternalApiRotationFunction',
    mistake: 'one subnet is public',
    edits: [
      {
        id: 'ExternalApiRotationFunction',
        set: 'VpcConfig.SubnetIds.0',
        to: { Ref: 'FoundationNetworkVpcNatSubnet1Subnet' },
      },
    ],
  },
  {
    rule: 'all.lambda.provisioned-concurrency',
    on: 'ApiOrderApiFunction',
    mistake: 'the alias starts cold',
    edits: [{ id: 'ApiOrderApiLive', remove: 'ProvisionedConcurrencyConfig' }],
  },
  {
    rule: 'all.lambda.reserved-concurrency',
    on: 'ApiOrderApiFunction',
    mistake: 'no concurrency is reserved',
    edits: [{ id: 'ApiOrderApiFunction', remove: 'ReservedConcurrentExecutions' }],
  },
  {
    rule: 'all.lambda.runtime',
    on: 'EventsRecordOrderFunction',
    mistake: 'a runtime that gets no more patches',
    edits: [{ id: 'EventsRecordOrderFunction', set: 'Runtime', to: 'nodejs16.x' }],
  },
  {
    rule: 'all.lambda.security-groups',
    on: 'ExternalApiRotationFunction',
    mistake: 'a security group without egress rules, which lets everything out',
    edits: [
      {
        add: 'OpenGroup',
        to: 'HeadgateFoundation',
        resource: {
          Type: 'AWS::EC2::SecurityGroup',
          Properties: { GroupDescription: 'Rotation', VpcId: { Ref: 'FoundationNetworkVpc' } },
        },
      },
      {
        id: 'ExternalApiRotationFunction',
        set: 'VpcConfig.SecurityGroupIds.-',
        to: { 'Fn::GetAtt': ['OpenGroup', 'GroupId'] },
      },
    ],
  },
  {
    rule: 'all.lambda.structured-logging',
    on: 'EventsRecordOrderFunction',
    mistake: 'plain text logs, without Powertools',
    edits: [
      { id: 'EventsRecordOrderFunction', set: 'LoggingConfig.LogFormat', to: 'Text' },
      { id: 'EventsRecordOrderFunction', remove: 'Environment.Variables.POWERTOOLS_SERVICE_NAME' },
      { id: 'EventsRecordOrderFunction', remove: 'Environment.Variables.POWERTOOLS_LOG_LEVEL' },
      { id: 'EventsRecordOrderFunction', remove: 'Environment.Variables.POWERTOOLS_METRICS_NAMESPACE' },
    ],
  },
  {
    rule: 'all.lambda.tracing',
    on: 'EventsRecordOrderFunction',
    mistake: 'only what a caller samples is traced',
    edits: [{ id: 'EventsRecordOrderFunction', set: 'TracingConfig.Mode', to: 'PassThrough' }],
    also: [
      {
        rule: 'all.xray.everywhere',
        on: 'EventsRecordOrderFunction',
        because: 'the function is a node of the trace',
      },
    ],
  },
  {
    rule: 'all.lambda.tracing.role',
    on: 'EventsRecordOrderFunction',
    mistake: 'the role may not write traces',
    edits: [
      { id: 'EventsRecordOrderRole', in: 'Policies', replace: 'xray:PutTraceSegments', by: 'xray:GetGroups' },
    ],
  },
  {
    rule: 'all.lambda.vpc',
    on: 'EventsRecordOrderFunction',
    mistake: 'subnets of one zone alone',
    edits: [{ id: 'EventsRecordOrderFunction', remove: 'VpcConfig.SubnetIds.1' }],
  },
];
