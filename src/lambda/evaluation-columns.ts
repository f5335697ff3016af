/** Columns of the stored evaluations, with their types in Glue. Partitions come apart: date, account, region. */
export const evaluationColumns = {
  audited_at: 'string',
  complete: 'boolean',
  rule_id: 'string',
  requirement: 'string',
  severity: 'string',
  verdict: 'string',
  waived: 'boolean',
  message: 'string',
  reason: 'string',
  cause: 'string',
  fingerprint: 'string',
  resource_id: 'string',
  resource_type: 'string',
  resource_name: 'string',
  resource_arn: 'string',
  flows: 'array<string>',
  waiver_reason: 'string',
  waiver_owner: 'string',
  waiver_expires: 'string',
  tool_version: 'string',
  rule_set_digest: 'string',
} as const;

/** Partition keys of the evaluations, in the order of their folders. */
export const evaluationPartitions = ['date', 'account', 'region'] as const;

/** How Glue reads evaluations at a place: the part of a table's or partition's description that does not differ. */
export function evaluationStorage(location: string) {
  return {
    Location: location,
    Columns: Object.entries(evaluationColumns).map(([Name, Type]) => ({ Name, Type })),
    InputFormat: 'org.apache.hadoop.mapred.TextInputFormat',
    OutputFormat: 'org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat',
    SerdeInfo: { SerializationLibrary: 'org.openx.data.jsonserde.JsonSerDe' },
  };
}

/** What Glue is told of a day's evaluations, so that Athena finds them. */
export interface EvaluationPartition {
  readonly Values: readonly [date: string, account: string, region: string];
  readonly StorageDescriptor: ReturnType<typeof evaluationStorage>;
}

/** The partition that an object of evaluations stands in; `root` is the `s3://` address in front of its key. */
export function partitionOf(key: string, root: string): EvaluationPartition {
  const folder = key.slice(0, key.lastIndexOf('/') + 1);
  const value = (name: string): string => new RegExp(`/${name}=([^/]+)/`).exec(folder)?.[1] ?? '';
  return {
    Values: [value('date'), value('account'), value('region')],
    StorageDescriptor: evaluationStorage(`${root}${folder}`),
  };
}
