/** ARN of what a task calls, e.g. `lambda:invoke`: the optimised integration, which waits for the function's answer. */
export function integration(partition: string, call: string): string {
  return `arn:${partition}:states:::${call}`;
}

export const everything = ['States.ALL'];

/** Errors of the service, not of the audit: asked again, nothing was done twice. */
const transient = {
  ErrorEquals: [
    'Lambda.ServiceException',
    'Lambda.AWSLambdaException',
    'Lambda.SdkClientException',
    'Lambda.ClientExecutionTimeoutException',
  ],
  IntervalSeconds: 5,
  BackoffRate: 2,
  MaxAttempts: 5,
  MaxDelaySeconds: 120,
  JitterStrategy: 'FULL',
};

/** Another audit has the reserved concurrency, for up to a quarter of an hour; the jitter halves the delays. */
const busy = {
  ErrorEquals: ['Lambda.TooManyRequestsException'],
  IntervalSeconds: 30,
  BackoffRate: 2,
  MaxAttempts: 30,
  MaxDelaySeconds: 120,
  JitterStrategy: 'FULL',
};

/** What every call of a function is tried again for. */
export const retries = [busy, transient];

/**
 * How Step Functions is told that a function was killed, for its time or its memory
 * (its guide, Handling errors in Step Functions, read 2026-11).
 */
export const killed = ['Lambda.Unknown', 'Sandbox.Timedout', 'Runtime.ExitError', 'Runtime.OutOfMemory'];

/** A little more than the function's own time-out, so that its own error comes first. */
export const taskSeconds = 930;

/** What of an audit's answer the next states need. */
export const answerOfAudit = {
  'completeness.$': '$.Payload.completeness',
  'partitions.$': '$.Payload.partitions',
  'split.$': '$.Payload.split',
  'nextRound.$': '$.Payload.nextRound',
};

/** What the definition names; tokens of the CDK, or plain texts in tests. */
export interface SplitDefinitionProps {
  /** `aws`, `aws-cn`, ... */
  readonly partition: string;
  /** ARN of the function that audits. */
  readonly auditFunction: string;
}

/** What differs between one account on its own and one of a fleet. */
export interface SplitProps extends SplitDefinitionProps {
  /** JSONPath members that name the audit, for every part and for the one that decides. */
  readonly place: Readonly<Record<string, string>>;
  /** More for the one that decides. */
  readonly more?: Readonly<Record<string, string>>;
  readonly next: string;
  readonly Catch: readonly object[];
}

/**
 * Where one function does not get through an account: each part gets a function of its own, one after the other, and
 * a last one decides on all of them. Where even the parts were too large, they are halved and read again. Expects
 * `$.result.split` and `$.result.nextRound`.
 */
export function splitStates(props: SplitProps): object {
  const { partition, auditFunction, place, more = {}, next, Catch } = props;
  return {
    AuditServices: {
      Type: 'Map',
      ItemsPath: '$.result.split',
      // Parts of one service share its rate limits.
      MaxConcurrency: 1,
      ItemSelector: {
        ...place,
        'part.$': '$$.Map.Item.Value.part',
        'services.$': '$$.Map.Item.Value.services',
        'share.$': '$$.Map.Item.Value.share',
      },
      ItemProcessor: readPart(props),
      ResultPath: '$.parts',
      // Where a service was away for minutes, everything is read once more.
      Retry: [{ ...transient, IntervalSeconds: 60, MaxAttempts: 1 }],
      Catch,
      Next: 'Decide',
    },
    Decide: {
      Type: 'Task',
      Resource: integration(partition, 'lambda:invoke'),
      Parameters: {
        FunctionName: auditFunction,
        Payload: { ...place, ...more, 'parts.$': '$.parts', 'round.$': '$.result.nextRound' },
      },
      ResultSelector: answerOfAudit,
      ResultPath: '$.result',
      Retry: retries,
      TimeoutSeconds: taskSeconds,
      Catch,
      Next: 'InTime',
    },
    InTime: {
      Type: 'Choice',
      Choices: [{ Variable: '$.result.split[0]', IsPresent: true, Next: 'AuditServices' }],
      Default: next,
    },
  };
}

function readPart({ partition, auditFunction }: SplitDefinitionProps): object {
  return {
    ProcessorConfig: { Mode: 'INLINE' },
    StartAt: 'ReadServices',
    States: {
      ReadServices: {
        Type: 'Task',
        Resource: integration(partition, 'lambda:invoke'),
        Parameters: { FunctionName: auditFunction, 'Payload.$': '$' },
        ResultSelector: { 'key.$': '$.Payload.key' },
        OutputPath: '$.key',
        // A part that is read again is written over.
        Retry: [...retries, { ErrorEquals: killed, IntervalSeconds: 5, BackoffRate: 2, MaxAttempts: 1 }],
        Catch: [{ ErrorEquals: everything, ResultPath: '$.failure', Next: 'ServicesUnread' }],
        TimeoutSeconds: taskSeconds,
        End: true,
      },
      ServicesUnread: { Type: 'Fail', ErrorPath: '$.failure.Error', CausePath: '$.failure.Cause' },
    },
  };
}

/**
 * The state machine that goes on where the scheduled audit of one account did not get through.
 * Input: `{time, result: {split, nextRound}}`, as src/lambda/hand-over.ts gives it.
 */
export function splitDefinition(props: SplitDefinitionProps): object {
  const Catch = [{ ErrorEquals: everything, ResultPath: '$.failure', Next: 'NotAudited' }];
  return {
    Comment: 'Reads an account in parts and evaluates it, if one function does not have enough time',
    StartAt: 'AuditServices',
    TimeoutSeconds: 24 * 3600,
    States: {
      ...splitStates({ ...props, place: { 'time.$': '$.time' }, next: 'Audited', Catch }),
      Audited: { Type: 'Succeed' },
      // An alarm watches for it.
      NotAudited: { Type: 'Fail', ErrorPath: '$.failure.Error', CausePath: '$.failure.Cause' },
    },
  };
}
