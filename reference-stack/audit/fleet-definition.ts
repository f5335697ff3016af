import {
  answerOfAudit,
  everything,
  integration,
  killed,
  retries,
  splitStates,
  taskSeconds,
  type SplitDefinitionProps,
} from './split-states.ts';

/** What the definition names beside what an audit in parts does. */
export interface FleetDefinitionProps extends SplitDefinitionProps {
  /** ARN of the function that plans and reports. */
  readonly fleetFunction: string;
  readonly bucket: string;
  /** Empty, or ended by a slash. */
  readonly prefix: string;
  readonly database: string;
  readonly table: string;
  /** Accounts and Regions that are audited at once. */
  readonly maxConcurrency: number;
  /** Below 100 and with a fraction: the share of failed audits at which the rest is not tried any more. */
  readonly toleratedFailurePercentage: number;
}

const recordFailure = [{ ErrorEquals: everything, ResultPath: '$.failure', Next: 'RecordFailure' }];
const runFailed = [{ ErrorEquals: everything, ResultPath: '$.failure', Next: 'RunFailed' }];

/**
 * The state machine of a fleet: plan, audit every account and Region, report. In Amazon States Language with
 * JSONPath, so that it also runs where there is no JSONata. Input `{time}`. Findings never pass through it: the
 * functions hand over by S3.
 */
export function fleetDefinition(props: FleetDefinitionProps): object {
  return {
    Comment: 'Audits every account and Region of an organization',
    StartAt: 'Plan',
    TimeoutSeconds: 24 * 3600,
    States: {
      Plan: {
        Type: 'Task',
        Resource: integration(props.partition, 'lambda:invoke'),
        Parameters: {
          FunctionName: props.fleetFunction,
          Payload: { action: 'plan', 'time.$': '$.time' },
        },
        ResultSelector: {
          'folder.$': '$.Payload.folder',
          'itemsKey.$': '$.Payload.itemsKey',
          'items.$': '$.Payload.items',
        },
        Retry: retries,
        Catch: runFailed,
        TimeoutSeconds: taskSeconds,
        Next: 'AuditAll',
      },
      AuditAll: auditAll(props),
      Report: {
        Type: 'Task',
        Resource: integration(props.partition, 'lambda:invoke'),
        Parameters: {
          FunctionName: props.fleetFunction,
          Payload: { action: 'report', 'folder.$': '$.folder' },
        },
        ResultSelector: { 'overview.$': '$.Payload.overview', 'totals.$': '$.Payload.totals' },
        Retry: retries,
        Catch: runFailed,
        TimeoutSeconds: taskSeconds,
        End: true,
      },
      // An alarm watches for it.
      RunFailed: { Type: 'Fail', ErrorPath: '$.failure.Error', CausePath: '$.failure.Cause' },
    },
  };
}

function auditAll(props: FleetDefinitionProps): object {
  return {
    Type: 'Map',
    Label: 'Audits',
    MaxConcurrency: props.maxConcurrency,
    ToleratedFailurePercentage: props.toleratedFailurePercentage,
    ItemReader: {
      Resource: integration(props.partition, 's3:getObject'),
      ReaderConfig: { InputType: 'JSON' },
      Parameters: { Bucket: props.bucket, 'Key.$': '$.itemsKey' },
    },
    ItemProcessor: {
      // Standard: an express workflow ends after five minutes, an audit may take fifteen and be split then.
      ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
      StartAt: 'Audit',
      States: auditOne(props),
    },
    ResultWriter: {
      Resource: integration(props.partition, 's3:putObject'),
      Parameters: {
        Bucket: props.bucket,
        'Prefix.$': `States.Format('${props.prefix}{}/map', $.folder)`,
      },
    },
    ResultPath: '$.map',
    Retry: [{ ErrorEquals: ['States.ItemReaderFailed'], IntervalSeconds: 5, BackoffRate: 2, MaxAttempts: 3 }],
    // Even where next to everything failed, the report says what did.
    Catch: [{ ErrorEquals: everything, ResultPath: '$.mapFailure', Next: 'Report' }],
    Next: 'Report',
  };
}

/** One account and Region. Input: an item of the plan. */
function auditOne(props: FleetDefinitionProps): object {
  const { partition, auditFunction, bucket, prefix } = props;
  const place = {
    'time.$': '$.time',
    'account.$': '$.account',
    'region.$': '$.region',
    'homeRegion.$': '$.homeRegion',
  };
  return {
    Audit: {
      Type: 'Task',
      Resource: integration(partition, 'lambda:invoke'),
      Parameters: { FunctionName: auditFunction, 'Payload.$': '$' },
      ResultSelector: answerOfAudit,
      ResultPath: '$.result',
      Retry: retries,
      TimeoutSeconds: taskSeconds,
      Catch: [{ ErrorEquals: killed, ResultPath: '$.failure', Next: 'ServicesApart' }, ...recordFailure],
      Next: 'InTime',
    },
    // Of what died nobody knows how far it came.
    ServicesApart: {
      Type: 'Pass',
      Parameters: { 'split.$': '$.groups', nextRound: 1 },
      ResultPath: '$.result',
      Next: 'AuditServices',
    },
    ...splitStates({
      partition,
      auditFunction,
      place,
      more: { 'folder.$': '$.folder' },
      next: 'AddPartitions',
      Catch: recordFailure,
    }),
    AddPartitions: {
      Type: 'Task',
      Resource: integration(partition, 'aws-sdk:glue:batchCreatePartition'),
      Parameters: {
        DatabaseName: props.database,
        TableName: props.table,
        // One that is there already is answered as such, and is no error.
        'PartitionInputList.$': '$.result.partitions',
      },
      ResultPath: null,
      Retry: [{ ErrorEquals: everything, IntervalSeconds: 2, BackoffRate: 2, MaxAttempts: 4 }],
      Catch: recordFailure,
      Next: 'Audited',
    },
    // Small: a map of thousands must stay within the 256 KiB of a state.
    Audited: {
      Type: 'Pass',
      Parameters: {
        'account.$': '$.account',
        'region.$': '$.region',
        'completeness.$': '$.result.completeness',
      },
      End: true,
    },
    RecordFailure: {
      Type: 'Task',
      Resource: integration(partition, 'aws-sdk:s3:putObject'),
      Parameters: {
        Bucket: bucket,
        'Key.$': `States.Format('${prefix}{}/failures/{}-{}.json', $.folder, $.account, $.region)`,
        'Body.$': 'States.JsonToString($.failure)',
        ContentType: 'application/json',
        // A locked bucket takes nothing without one.
        ChecksumAlgorithm: 'CRC32',
      },
      ResultPath: null,
      Retry: [{ ErrorEquals: everything, IntervalSeconds: 2, BackoffRate: 2, MaxAttempts: 4 }],
      // The report takes a run that left nothing for a failed one.
      Catch: [{ ErrorEquals: everything, ResultPath: null, Next: 'NotAudited' }],
      Next: 'NotAudited',
    },
    // The map run counts it.
    NotAudited: { Type: 'Fail', Error: 'NotAudited', Cause: 'The report of the fleet run shows the cause.' },
  };
}
