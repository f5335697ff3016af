/** Verdicts of shipped rules that no case compares, with the reason that none can. */
interface Uncompared {
  readonly verdicts: readonly ('pass' | 'fail')[];
  readonly reason: string;
  readonly rules: readonly string[];
}

/** Held against what the cases compare: a line that a case makes wrong fails. */
export const uncompared: readonly Uncompared[] = [
  {
    verdicts: ['fail'],
    reason: 'what only code or a person can show never fails',
    rules: [
      'all.application.field-level',
      'all.lambda.powertools',
      'all.metrics.custom',
      'batch.downstream.database',
      'batch.function.correlation',
      'batch.function.idempotency',
      'batch.function.retry',
      'batch.operations.replay',
      'batch.operations.replay.archive',
      'batch.operations.runbook',
    ],
  },
  {
    verdicts: ['pass'],
    reason: 'code alone shows it, which an account does not hand out',
    rules: ['all.application.field-level'],
  },
  {
    verdicts: ['pass', 'fail'],
    reason: 'no collector reads trails, so that an account leaves it open',
    rules: ['batch.downstream.audit-trail'],
  },
  {
    verdicts: ['pass', 'fail'],
    reason: 'only an account shows what is deployed, which may differ from what was written since',
    rules: ['api.authorizer.present.deployed'],
  },
  {
    verdicts: ['pass', 'fail'],
    reason: 'accounts are not read for its types',
    rules: [
      'all.lambda.environment-encryption.web-function',
      'all.lambda.log-group.web-function',
      'all.lambda.no-plaintext-secrets.template',
      'all.lambda.no-plaintext-secrets.web-function',
      'all.lambda.runtime.web-function',
      'all.lambda.vpc.web-function',
      'api.authorizer.present.web-function',
      'api.gateway.throttling.web-function',
      'api.waf.associated.web-function',
      'events.bus.archive.storage',
      'events.bus.filtering.subscriber',
      'events.rule.dlq.subscriber',
      'all.lambda.permission.layer',
      'all.lambda.code-signing.repository',
      'more.appsync.api-key',
      'more.appsync.cache',
      'more.appsync.logging',
      'more.cognito.guests',
      'more.ecr.encryption',
      'more.ecr.immutable-tags',
      'more.ecr.scanning',
      'more.efs.access-point',
      'more.efs.encryption',
      'more.firehose.encryption',
      'more.kinesis.encryption',
      'more.kinesis.retention',
    ],
  },
  {
    verdicts: ['pass', 'fail'],
    reason:
      'an account has no default bus that was not read: `events.bus.policy` decides the same of the bus',
    rules: ['events.bus.policy.default'],
  },
  {
    verdicts: ['pass', 'fail'],
    reason:
      'an account has no bucket, queue, secret or topic that was not read: the rule of each decides the same of it',
    rules: [
      'api.s3.public-access.policy',
      'all.lambda.no-plaintext-secrets.policy.alone',
      'batch.queue.policy.alone',
      'events.sns.transit.policy',
    ],
  },
  {
    verdicts: ['pass', 'fail'],
    reason:
      'an account hands out no code, and the file that a deployment makes of inline code is no template',
    rules: ['more.function.code-secrets'],
  },
  {
    verdicts: ['pass', 'fail'],
    reason: 'values of parameters are not read from accounts, so that none stands in a snapshot',
    rules: ['more.ssm.secrets'],
  },
  {
    verdicts: ['fail'],
    reason: 'an account does not tell which stage a deployment made by itself',
    rules: ['api.waf.associated.extra-stage'],
  },
  {
    verdicts: ['fail'],
    reason: 'the verdicts differ for a reason that stands with the exception',
    rules: ['all.securityhub.enabled', 'api.external.api-key', 'batch.downstream.api-timeouts'],
  },
];
