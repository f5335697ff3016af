import { Aws, Names, Stack } from 'aws-cdk-lib';
import * as athena from 'aws-cdk-lib/aws-athena';
import * as glue from 'aws-cdk-lib/aws-glue';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { evaluationPartitions, evaluationStorage } from '../../src/lambda/evaluation-columns.ts';

/** Properties of {@link EvaluationsTable}. */
export interface EvaluationsTableProps {
  readonly bucket: s3.IBucket;
  readonly prefix: string;
  readonly key: kms.IKey;
}

/** The evaluations of every audit as a table, and three questions that people ask of years of them. */
export class EvaluationsTable extends Construct {
  readonly databaseName: string;
  readonly tableName = 'evaluations';

  constructor(scope: Construct, id: string, props: EvaluationsTableProps) {
    super(scope, id);
    const { bucket, prefix, key } = props;
    // Glue takes small letters, digits and underscores.
    this.databaseName = Names.uniqueResourceName(this, { maxLength: 60, separator: '_' }).toLowerCase();
    const database = new glue.CfnDatabase(this, 'Database', {
      catalogId: Aws.ACCOUNT_ID,
      databaseInput: { name: this.databaseName, description: 'Evaluations of Headgate' },
    });
    const storage = evaluationStorage(`s3://${bucket.bucketName}/${prefix}evaluations/`);
    const table = new glue.CfnTable(this, 'Table', {
      catalogId: Aws.ACCOUNT_ID,
      databaseName: this.databaseName,
      tableInput: {
        name: this.tableName,
        tableType: 'EXTERNAL_TABLE',
        parameters: { classification: 'json', compressionType: 'gzip' },
        partitionKeys: evaluationPartitions.map((name) => ({ name, type: 'string' })),
        storageDescriptor: {
          location: storage.Location,
          columns: storage.Columns.map(({ Name: name, Type: type }) => ({ name, type })),
          inputFormat: storage.InputFormat,
          outputFormat: storage.OutputFormat,
          serdeInfo: { serializationLibrary: storage.SerdeInfo.SerializationLibrary },
        },
      },
    });
    table.addResourceDependency(database);
    this.addQueries(bucket, prefix, key);
  }

  private addQueries(bucket: s3.IBucket, prefix: string, key: kms.IKey): void {
    const name = `${Stack.of(this).stackName}-evaluations`;
    const workGroup = new athena.CfnWorkGroup(this, 'WorkGroup', {
      name,
      description: 'Queries for the evaluations of Headgate',
      workGroupConfiguration: {
        enforceWorkGroupConfiguration: true,
        publishCloudWatchMetricsEnabled: true,
        bytesScannedCutoffPerQuery: 100 * 1024 ** 3,
        resultConfiguration: {
          outputLocation: `s3://${bucket.bucketName}/${prefix}athena/`,
          encryptionConfiguration: { encryptionOption: 'SSE_KMS', kmsKey: key.keyArn },
        },
      },
    });
    for (const [title, { description, sql }] of Object.entries(savedQueries)) {
      const query = new athena.CfnNamedQuery(this, title, {
        name: `${Stack.of(this).stackName}/${title}`,
        description,
        database: this.databaseName,
        workGroup: name,
        queryString: sql,
      });
      query.addResourceDependency(workGroup);
    }
  }
}

// The last day of each account and Region by itself: one whose audit failed today is not left out.
const lastDays = `last AS (
  SELECT account, region, max("date") AS day
  FROM evaluations
  WHERE "date" >= date_format(current_date - interval '7' day, '%Y-%m-%d')
  GROUP BY account, region
)`;

/** Saved questions. `date` is the day of the audit, as text; each reads the days that it names and no others. */
export const savedQueries: Readonly<Record<string, { readonly description: string; readonly sql: string }>> =
  {
    OpenFailuresOverTime: {
      description: 'Failed checks of each week that are not waived, by severity, for one year',
      sql: `SELECT date_trunc('week', date("date")) AS week,
       severity,
       count(DISTINCT concat(account, ' ', region, ' ', rule_id, ' ', resource_id)) AS open_failures
FROM evaluations
WHERE "date" >= date_format(current_date - interval '1' year, '%Y-%m-%d')
  AND verdict = 'fail' AND NOT waived
GROUP BY 1, 2
ORDER BY 1, 2`,
    },
    LongestOpen: {
      description: 'Failed checks of the last day that are not waived, and since when, most severe first',
      sql: `WITH ${lastDays},
history AS (
  SELECT account, region, rule_id, resource_id, severity, "date",
         verdict = 'fail' AND NOT waived AS open,
         max(IF((verdict = 'fail' AND NOT waived) OR verdict = 'unknown', NULL, "date"))
           OVER (PARTITION BY account, region, rule_id, resource_id) AS last_closed
  FROM evaluations
  WHERE "date" >= date_format(current_date - interval '2' year, '%Y-%m-%d')
),
still AS (
  SELECT account, region, rule_id, resource_id,
         max_by(severity, "date") AS severity,
         min("date") AS open_since
  FROM history JOIN last USING (account, region)
  WHERE open AND (last_closed IS NULL OR "date" > last_closed)
  GROUP BY account, region, rule_id, resource_id
  HAVING max("date") = max(day)
)
SELECT account, region, rule_id, severity, resource_id, open_since,
       date_diff('day', date(open_since), current_date) AS days
FROM still
ORDER BY CASE severity WHEN 'critical' THEN 1 WHEN 'high' THEN 2 WHEN 'medium' THEN 3 WHEN 'low' THEN 4 ELSE 5 END,
         days DESC, account, region, rule_id, resource_id
LIMIT 500`,
    },
    CoverageAndUnknowns: {
      description: 'Unknown checks of the last day of each account: causes, rules, and whether a call failed',
      sql: `WITH ${lastDays}
SELECT account, region, day, rule_id, cause, arbitrary(reason) AS reason,
       count(*) AS unknowns,
       count_if(NOT complete) AS from_incomplete_audits
FROM evaluations JOIN last USING (account, region)
WHERE "date" = day AND verdict = 'unknown'
  AND "date" >= date_format(current_date - interval '7' day, '%Y-%m-%d')
GROUP BY account, region, day, rule_id, cause
ORDER BY unknowns DESC, account, region, rule_id
LIMIT 500`,
    },
  };
