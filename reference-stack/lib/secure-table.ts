import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { dataRemovalPolicy, type Posture } from './posture.ts';

/** Properties of {@link SecureTable}. */
export interface SecureTableProps {
  readonly posture: Posture;
  readonly key: kms.IKey;
  /** Name of the partition key, a string. */
  readonly partitionKey: string;
  /** Name of the attribute that holds the expiry, in seconds since 1970. @default items do not expire */
  readonly timeToLiveAttribute?: string;
}

/** An on-demand table with a customer-managed key, point-in-time recovery and, in production, no deletion. */
export class SecureTable extends dynamodb.Table {
  constructor(scope: Construct, id: string, props: SecureTableProps) {
    super(scope, id, {
      partitionKey: { name: props.partitionKey, type: dynamodb.AttributeType.STRING },
      billingMode: dynamodb.BillingMode.PAY_PER_REQUEST,
      encryption: dynamodb.TableEncryption.CUSTOMER_MANAGED,
      encryptionKey: props.key,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      deletionProtection: props.posture === 'production',
      removalPolicy: dataRemovalPolicy(props.posture),
      ...(props.timeToLiveAttribute && { timeToLiveAttribute: props.timeToLiveAttribute }),
    });
  }
}

/** The table of Powertools idempotency records, which expire by themselves. */
export class IdempotencyTable extends SecureTable {
  constructor(scope: Construct, id: string, props: Pick<SecureTableProps, 'posture' | 'key'>) {
    super(scope, id, { ...props, partitionKey: 'id', timeToLiveAttribute: 'expiration' });
  }
}
