import type { Trial } from './weaken.ts';

/** Weakenings after which a rule may still pass, and why: they do not touch what it asks for. */
export interface Allowed {
  readonly operators: readonly string[];
  /** Ids of rules; all rules where absent. */
  readonly rules?: readonly string[];
  /** Found in `<type>.<path without indexes>`. */
  readonly place?: RegExp;
  /** Names of examples: for what holds of their setting alone. */
  readonly inputs?: readonly string[];
  readonly because: string;
}

/** Rules that ask whom policies leave out. */
const closed = [
  'all.kms.policy',
  'all.lambda.code-signing.repository',
  'all.lambda.no-plaintext-secrets.policy',
  'all.lambda.no-plaintext-secrets.policy.alone',
  'all.lambda.permission',
  'all.lambda.permission.layer',
  'all.lambda.permission.resource-policy',
  'all.lambda.permission.role',
  'all.vpce.policy',
  'all.vpce.policy.table',
  'api.authorizer.present',
  'api.s3.public-access.policy',
  'batch.queue.policy',
  'batch.queue.policy.alone',
  'events.bus.policy',
  'events.bus.policy.default',
  'events.sns.transit',
  'events.sns.transit.policy',
  'more.logs.policy',
  'more.private-api.policy',
  'more.role.decrypt',
  'more.role.escalation',
  'more.role.pass-role',
  'more.role.service-wildcards',
  'more.workflow.role',
];

/** Rules that ask whether somebody who delivers or reads is let in. */
const open = [
  'all.lambda.async-failure.target',
  'all.lambda.tracing.role',
  'batch.mapping.partial-failure.stream',
  'events.rule.dlq',
  'events.rule.dlq.bus',
  'events.rule.dlq.subscriber',
  'events.rule.target',
  'events.rule.target.pipe',
  'events.rule.target.schedule',
  'events.s3.encrypted-notification',
  'events.s3.encrypted-notification.target',
  'events.schedule.expression',
  'events.sns.encryption',
  'events.sns.fan-out.subscription',
];

/** Rules that a role only tells of what a function or a person does. */
const weighed = [
  'api.vpce.dynamodb',
  'api.vpce.s3',
  'api.vpce.secrets-manager',
  'all.vpce.other-services',
  'batch.downstream.database',
  'batch.function.idempotency',
  'batch.operations.replay',
  'batch.operations.replay.archive',
];

const policies =
  /Polic(y|ies)|Statement|Principal|SourceArn|SourceAccount|OrgID|Token|^AWS::(KMS|ECR|IAM|EC2|DynamoDB|ApiGateway)::\w+$/;

/** The table; every line holds for some weakening, or the test fails. */
export const allowed: readonly Allowed[] = [
  {
    operators: [
      'empty',
      'list-of-nothing',
      'extra-condition',
      'other-effect',
      'negated',
      'everything denied',
      'other-action',
    ],
    rules: closed,
    place: policies,
    because: 'the policy then allows less, and the rule asks whom it leaves out',
  },
  {
    operators: ['wildcard'],
    rules: closed,
    place: /Condition|SourceAccount/,
    because: 'StringEquals knows no wildcards, so that the statement then allows nothing',
  },
  {
    operators: ['wildcard'],
    rules: [...closed, 'api.s3.tls'],
    place: /Statement\.(Action|Resource)$/,
    because: 'what is denied is denied for more',
  },
  {
    operators: ['if-exists'],
    rules: [...closed, 'api.s3.tls'],
    because: 'the key is in every request that the statement is about',
  },
  {
    operators: ['other-resource'],
    rules: ['api.gateway.cache-encryption'],
    place: /ParentId$/,
    because: 'the service refuses a path under the root of another API',
  },
  {
    operators: ['empty'],
    rules: ['more.dynamodb.capacity'],
    place: /IndexName$/,
    because: 'the service refuses an index without a name',
  },
  {
    operators: ['empty'],
    rules: ['more.workflow.secrets'],
    place: /States$/,
    because: 'a definition without states holds nothing, and is not deployed',
  },
  {
    operators: ['everyone allowed', 'everyone allowed with a header', 'everyone but one allowed'],
    rules: ['api.s3.tls', 'batch.queue.policy'],
    because: 'a statement that denies is stronger; requests without TLS, or from elsewhere, stay denied',
  },
  {
    operators: ['everyone allowed', 'everyone allowed with a header', 'everyone but one allowed'],
    rules: ['all.lambda.permission.role'],
    inputs: ['everything, within a boundary of the scan'],
    because: 'the boundary of the role allows no more, whatever its policies say',
  },
  {
    operators: ['everything denied'],
    rules: ['api.s3.tls'],
    because: 'requests without TLS are then denied too',
  },
  {
    operators: [
      'wildcard',
      'everyone allowed',
      'everyone allowed with a header',
      'everyone but one allowed',
      'if-exists',
    ],
    rules: open,
    because:
      'more is then allowed, what the rule asks for included; whom a policy leaves out is asked by rules of its own',
  },
  {
    operators: [
      'wildcard',
      'extra-condition',
      'negated',
      'other-effect',
      'everything denied',
      'everyone allowed',
      'everyone allowed with a header',
      'everyone but one allowed',
      'other-resource',
    ],
    rules: weighed,
    place: /IAM::|Role$/,
    because:
      'the role is a sign of what is used and by whom, and is weighed as one: what it says need not be allowed always',
  },
  {
    operators: ['extra-condition', 'other-effect', 'negated', 'everything denied'],
    rules: open,
    place: /AssumeRolePolicyDocument|IAM::Role$/,
    because:
      'who may take the role is not asked: a service refuses a role that it may not assume when it is set up',
  },
  {
    operators: ['other-account', 'other-region'],
    because:
      'an account and a Region that are written out are taken for those that the template is deployed to, which it does not say; a policy that names another account names it on purpose',
  },
  {
    operators: ['other-type'],
    because:
      'the reference to another type has no such attribute, or the service refuses it when the template is deployed',
  },
  {
    operators: ['key disabled'],
    because: 'what is stored stays encrypted; that deliveries need a key in use is asked where they are',
  },
  {
    operators: ['other-key'],
    place: /(KmsKeyId|KmsKeyIdentifier|KmsMasterKeyId|KmsKeyArn|KmsKey|KMSMasterKeyI[dD])$/,
    because: 'another key of the customer is one as well',
  },
  {
    operators: ['rule disabled', 'mapping disabled', 'alarm actions disabled', 'no alarm actions'],
    because:
      'the rule asks how the thing is set, or that it is watched; that it runs and tells somebody is asked by other clauses and rules',
  },
  {
    operators: ['other-resource'],
    rules: [
      'all.application.payload',
      'all.lambda.environment-encryption',
      'all.lambda.environment-encryption.web-function',
      'all.lambda.log-group',
      'api.dynamodb.encryption',
      'api.s3.encryption',
      'api.secrets.kms',
      'batch.queue.encryption.customer-managed',
      'events.bus.encryption',
      'events.rule.dlq.bus',
      'events.stepfunctions.observability.encryption',
      'more.ecr.encryption',
      'more.kinesis.encryption',
      'more.logs.encryption',
    ],
    place: /(Key(Id|Arn|Identifier)|KeyI[dD]|KmsKey)$/i,
    because: 'another key of the customer is one as well',
  },
  {
    operators: ['other-resource'],
    place:
      /(Destination|TargetArn|deadLetterTargetArn|DeadLetterConfig\.Arn|Endpoint|AlarmActions|AlarmRule|DestinationArn|LogGroupArn|LogGroupName|EventSourceArn)$/,
    because:
      'another queue, topic, log group or stream takes what is sent as well; whether it lets it in is asked where its policy is',
  },
  {
    operators: ['other-resource'],
    rules: [
      'all.application.jwt',
      'api.authorizer.jwt',
      'all.lambda.code-signing',
      'api.gateway.tls-termination',
      'api.external.api-key',
      'api.external.tls',
      'all.lambda.no-plaintext-secrets',
      'all.lambda.no-plaintext-secrets.web-function',
      'api.waf.associated.http-api',
      'batch.operations.runbook',
      'more.cloudfront.origin-access',
      'more.ssm.secrets',
      'more.stage.secrets',
    ],
    because:
      'another user pool, client, profile, certificate, connection, secret, endpoint, web ACL, access control or runbook is one as well',
  },
  {
    operators: ['other-resource'],
    rules: closed,
    because: 'another role or source of the same account is bound as well',
  },
  {
    operators: ['other-resource'],
    rules: [
      'all.lambda.private-subnets',
      'all.lambda.private-subnets.nat',
      'all.lambda.vpc',
      'api.vpce.secrets-manager',
      'events.rule.target',
    ],
    place: /(SubnetIds|GatewayId|SecurityGroupIds|CidrIp|Targets\.Arn)$/,
    because: 'another subnet, gateway, group, block or workflow is as good, as far as the rule asks',
  },
  {
    operators: ['other-resource'],
    rules: ['all.lambda.provisioned-concurrency'],
    place: /FunctionVersion$/,
    because: 'another version of the function is as good: what is provisioned belongs to the alias',
  },
  {
    operators: ['other-resource'],
    rules: [
      'all.lambda.async-failure.target',
      'api.gateway.throttling',
      'api.waf.ip-filtering',
      'batch.queue.visibility-timeout',
      'events.stepfunctions.retry',
    ],
    place: /(QueueName|ParentId|IPSetReferenceStatement\.Arn|Alias\.FunctionName|DefinitionString)$/,
    because:
      'the name fits the pattern too; the path, the function and its timeout, and the states are what they were; a set without addresses blocks everybody',
  },
  {
    operators: ['above', 'below'],
    rules: ['all.lambda.security-groups', 'all.vpce.other-services.access', 'api.vpce.secrets-manager'],
    place: /(From|To)Port$/,
    because:
      'the range then holds other ports, or more, and is still not all; port numbers end at 65535, and the service refuses more',
  },
  {
    operators: ['above', 'below'],
    rules: [
      'api.gateway.throttling',
      'api.gateway.throttling.web-function',
      'api.gateway.usage-plans',
      'batch.downstream.api-timeouts',
    ],
    because:
      'a limit is set: 0 lets nothing through, and one above the quota of the account is held to the quota',
  },
  {
    operators: ['above', 'below'],
    place: /Priority$/,
    because:
      'a priority only puts rules in order, and no other rule of the example lets requests through before',
  },
  {
    operators: ['above'],
    rules: [
      'all.lambda.log-group',
      'all.lambda.log-group.web-function',
      'batch.dlq.retention',
      'batch.queue.retention',
      'events.bus.archive',
      'events.bus.archive.storage',
      'more.cognito.password',
      'more.kinesis.retention',
      'more.logs.retention',
    ],
    because: 'more is kept for longer; the service refuses what is above its own maximum',
  },
  {
    operators: ['other-resource'],
    rules: ['api.waf.rate-limiting'],
    place: /IPSetReferenceStatement\.Arn/,
    because: 'the other IP set is a copy of the first: the same known addresses are left out',
  },
  {
    operators: ['above'],
    rules: [
      'all.lambda.provisioned-concurrency',
      'all.lambda.reserved-concurrency',
      'batch.queue.visibility-timeout',
      'events.sqs.visibility',
      'batch.function.retry',
      'batch.mapping.partial-failure.stream',
      'api.waf.rate-limiting',
    ],
    because:
      'the rule has a minimum, or asks that the value is set; the service refuses what is above its own maximum',
  },
  {
    operators: ['below'],
    rules: [
      'batch.alarm.error-rate',
      'batch.alarm.queue-age',
      'batch.queue.visibility-timeout',
      'events.sqs.visibility',
      'events.bus.archive',
      'batch.mapping.partial-failure.stream',
      'api.waf.rate-limiting',
    ],
    because:
      'the alarm fires earlier, the function has less time, 0 days are for ever, 0 retries are none; the rule has a maximum, and the service refuses what is below its own minimum',
  },
  {
    operators: ['below'],
    rules: ['api.secrets.rotation', 'batch.downstream.api-timeouts.integration'],
    because: 'the service refuses 0 days and 0 milliseconds',
  },
  {
    operators: ['empty'],
    rules: ['api.waf.sql-injection', 'events.bus.filtering', 'api.gateway.request-validation'],
    place: /(FieldToMatch|EventPattern\.|Schema\.type)/,
    because:
      'the service refuses an empty object there; an empty text in a pattern is one that events are compared with, and a schema without a type has its other words',
  },
  {
    operators: ['empty'],
    rules: ['batch.downstream.audit-trail', 'events.s3.eventbridge'],
    because:
      'an empty object is the whole of the setting: logs go to the bucket itself, and events to the default bus',
  },
  {
    operators: ['minimum', 'other namespace'],
    rules: [
      'all.alarm.dlq-depth',
      'all.alarm.throttles',
      'all.alarm.throttles.stage',
      'batch.alarm.queue-age',
      'batch.operations.runbook',
    ],
    because:
      'the least of what is counted rises too while messages stay, and when all calls fail; a runbook is a text, whatever the alarm is about',
  },
  {
    operators: ['negated'],
    rules: ['events.bus.filtering'],
    because: 'a pattern with anything-but still chooses',
  },
  {
    operators: ['private name off'],
    rules: ['all.vpce.other-services.access', 'api.vpce.dynamodb', 'api.vpce.s3'],
    because:
      'whom the endpoint lets in is not changed by its name, and functions may call DynamoDB and S3 by the name of the endpoint',
  },
  {
    operators: ['qualifier'],
    rules: [
      'all.lambda.async-failure',
      'all.lambda.destinations',
      'api.authorizer.jwt',
      'batch.queue.visibility-timeout',
    ],
    because: 'the service refuses a second qualifier; an authorizer may be of any version',
  },
  {
    operators: ['rules count', 'everything allowed first'],
    rules: ['api.waf.security-events'],
    because: 'the rule asks that the events of the web ACL are kept',
  },
  {
    operators: ['schedule over'],
    because: 'what ends, and when, is known to its author alone, and a verdict would change with the day',
  },
  {
    operators: ['negated'],
    rules: ['events.rule.target.pipe', 'events.rule.target.schedule'],
    because:
      'a pipe starts a workflow by one of two calls, and either will do; which queue a call of an API is for stands in its input',
  },
  {
    operators: ['other-resource', 'qualifier'],
    rules: ['all.lambda.destinations.on-success', 'events.rule.target.schedule'],
    place: /FunctionName$|Target\.Arn$/,
    because: 'the role may invoke every alias, and the destination is what it was',
  },
  {
    operators: ['other-resource'],
    rules: ['all.vpce.other-services.access'],
    place: /CidrIp$/,
    because: 'the block of another network is not known, and may hold the functions',
  },
  {
    operators: ['disabled'],
    rules: ['events.bus.filtering'],
    place: /exists$/,
    because: 'a pattern for events that lack a member still chooses',
  },
];

/** Why the trial may pass; undefined where nothing says so. */
export function reasonFor({
  operator,
  rule,
  place,
  input,
}: Pick<Trial, 'operator' | 'rule' | 'place' | 'input'>): Allowed | undefined {
  return allowed.find(
    (each) =>
      each.operators.includes(operator) &&
      (each.rules === undefined || each.rules.includes(rule)) &&
      (each.place === undefined || each.place.test(place)) &&
      (each.inputs === undefined || each.inputs.includes(input)),
  );
}
