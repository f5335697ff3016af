import { Duration } from 'aws-cdk-lib';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { SecureBucket } from '../lib/secure-bucket.ts';
import type { Posture } from '../lib/posture.ts';

/** Properties of {@link AuditBucket}. */
export interface AuditBucketProps {
  readonly posture: Posture;
  readonly key: kms.IKey;
  readonly accessLogs: s3.IBucket;
  /**
   * Days after which reports and evaluations are deleted; they can be brought back for 90 days more, or for `keepDays`
   * if that is less.
   *
   * @default 2,555: seven years
   */
  readonly keepDays?: number;
  /**
   * Days for which nobody, the account's owner included, can delete or replace a version: evidence for auditors.
   * It can not be taken back.
   *
   * @default no lock
   */
  readonly lockDays?: number;
}

/** Reports, evaluations and states: private, versioned, encrypted, TLS alone, kept for years, cheaper with age. */
export class AuditBucket extends SecureBucket {
  constructor(scope: Construct, id: string, props: AuditBucketProps) {
    super(scope, id, {
      posture: props.posture,
      key: props.key,
      accessLogs: props.accessLogs,
      accessLogPrefix: 'audits',
      expireAfter: Duration.days(props.keepDays ?? 2555),
    });
    // Years of evaluations are read rarely, reports hardly ever.
    for (const prefix of ['reports/', 'evaluations/', 'fleet/'])
      this.addLifecycleRule({
        prefix,
        transitions: [
          { storageClass: s3.StorageClass.INTELLIGENT_TIERING, transitionAfter: Duration.days(30) },
        ],
      });
    if (props.lockDays !== undefined) this.lock(props.lockDays);
  }

  private lock(days: number): void {
    const bucket = this.node.defaultChild as s3.CfnBucket; // what a Bucket always is
    bucket.objectLockEnabled = true;
    bucket.objectLockConfiguration = {
      objectLockEnabled: 'Enabled',
      rule: { defaultRetention: { mode: 'COMPLIANCE', days } },
    };
  }
}
