import { Aws, Duration } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import { dataRemovalPolicy, type Posture } from './posture.ts';

/** Properties of {@link AccessLogBucket}. */
export interface AccessLogBucketProps {
  /** `production`, or `sandbox` for tests, which deletes data with the stack. The security controls are the same. */
  readonly posture: Posture;
  /** Days after which logs expire. @default 400 */
  readonly retentionDays?: number;
}

/** A bucket to which only the server access logs of the account's buckets are delivered. */
export class AccessLogBucket extends s3.Bucket {
  constructor(scope: Construct, id: string, props: AccessLogBucketProps) {
    super(scope, id, {
      // Log delivery can not write with a customer-managed key.
      encryption: s3.BucketEncryption.S3_MANAGED,
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      versioned: true,
      lifecycleRules: [
        {
          expiration: Duration.days(props.retentionDays ?? 400),
          noncurrentVersionExpiration: Duration.days(30),
        },
      ],
      removalPolicy: dataRemovalPolicy(props.posture),
    });
    this.addToResourcePolicy(
      new iam.PolicyStatement({
        principals: [new iam.ServicePrincipal('logging.s3.amazonaws.com')],
        actions: ['s3:PutObject'],
        resources: [this.arnForObjects('*')],
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      }),
    );
    acknowledge(this, {
      'AwsSolutions-S1':
        'The bucket is the target of access logs; logging its own access would create an endless loop.',
    });
  }
}

/** Properties of {@link SecureBucket}. */
export interface SecureBucketProps {
  /** `production`, or `sandbox` for tests, which deletes data with the stack. The security controls are the same. */
  readonly posture: Posture;
  /** Customer managed key that encrypts every object. */
  readonly key: kms.IKey;
  /** Bucket that the access logs are delivered to. */
  readonly accessLogs: s3.IBucket;
  /** Prefix of this bucket's access logs. */
  readonly accessLogPrefix: string;
  /** Whether object events are sent to the account's default event bus. @default false */
  readonly eventBridge?: boolean;
  /**
   * Time after which objects expire. Expired objects can be restored for the time in `restorable`, and are then
   * deleted permanently.
   *
   * @default none: objects do not expire
   */
  readonly expireAfter?: Duration;
  /**
   * Time for which a deleted or replaced object can be restored.
   *
   * @default 90 days, or `expireAfter` if that is less
   */
  readonly restorable?: Duration;
}

/**
 * A private, versioned bucket that is encrypted with a customer managed key, requires TLS 1.2 or later, and writes
 * access logs.
 */
export class SecureBucket extends s3.Bucket {
  constructor(scope: Construct, id: string, props: SecureBucketProps) {
    const kept = Math.min(90, props.expireAfter?.toDays() ?? 90);
    super(scope, id, {
      encryption: s3.BucketEncryption.KMS,
      encryptionKey: props.key,
      bucketKeyEnabled: true,
      blockPublicAccess: s3.BlockPublicAccess.BLOCK_ALL,
      objectOwnership: s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      versioned: true,
      lifecycleRules: [
        {
          abortIncompleteMultipartUploadAfter: Duration.days(7),
          noncurrentVersionExpiration: props.restorable ?? Duration.days(kept),
          ...(props.expireAfter && { expiration: props.expireAfter }),
        },
      ],
      removalPolicy: dataRemovalPolicy(props.posture),
    });
    const bucket = this.node.defaultChild as s3.CfnBucket; // what a Bucket always is
    // The log bucket may stand in another stack: written here, its policy needs no reference back.
    bucket.loggingConfiguration = {
      destinationBucketName: props.accessLogs.bucketName,
      logFilePrefix: `${props.accessLogPrefix}/`,
    };
    if (props.eventBridge) {
      // The L2 switch is a custom resource, whose function nobody signed.
      bucket.notificationConfiguration = { eventBridgeConfiguration: { eventBridgeEnabled: true } };
    }
  }
}
