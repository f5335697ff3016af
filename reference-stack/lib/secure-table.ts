import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type { Construct } from 'constructs';
import { dataRemovalPolicy, type Posture } from './posture.ts';

/** Properties of {@link SecureTable}. */
export interface SecureTableProps {
  /** `production`, or `sandbox` for tests, which deletes data with the stack. The security controls are the same. */
  readonly posture: Posture;
  /** Customer managed key that encrypts the table. */
  readonly key: kms.IKey;
  /** Name of the partition key, which is a string. */
  readonly partitionKey: string;
  /** Name of the attribute with the expiry time, in seconds since 1970. @default none: items do not expire */
  readonly timeToLiveAttribute?: string;
}

/** An on-demand table with a customer managed key, point-in-time recovery and, in production, deletion protection. */
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

/** A table for the idempotency records of Powertools, which expire automatically. */
export class IdempotencyTable extends SecureTable {
  constructor(scope: Construct, id: string, props: Pick<SecureTableProps, 'posture' | 'key'>) {
    super(scope, id, { ...props, partitionKey: 'id', timeToLiveAttribute: 'expiration' });
  }
}
