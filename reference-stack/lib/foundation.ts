import type * as kms from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { CodeSigning } from './code-signing.ts';
import { FlowKey } from './flow-key.ts';
import { NetworkFoundation, type NetworkFoundationProps } from './network-foundation.ts';
import { Operations } from './operations.ts';
import type { Posture } from './posture.ts';
import { AccessLogBucket } from './secure-bucket.ts';
import { SecurityHub } from './security-hub.ts';

/** Properties of {@link Foundation}. */
export interface FoundationProps {
  /** @default 'production' */
  readonly posture?: Posture;
  /** @default no way out, endpoints in two zones */
  readonly network?: Omit<NetworkFoundationProps, 'posture' | 'key'>;
  /**
   * Code signing of every function. Where the stack holds functions, it stands in a stack of its own: its profile
   * must be there before the first bundle can be signed.
   *
   * @default made here
   */
  readonly codeSigning?: CodeSigning;
  /** @default the stack's parameter `AlarmEmail` */
  readonly alarmEmail?: string;
  /**
   * Enables Security Hub with the AWS Foundational Security Best Practices standard. Turn it off where the
   * account has Security Hub already, by hand or through an organization.
   *
   * @default true
   */
  readonly securityHub?: boolean;
}

/** What every flow stands on: network, code signing, alarms, keys, access logs and Security Hub. */
export class Foundation extends Construct {
  readonly posture: Posture;
  readonly network: NetworkFoundation;
  readonly codeSigning: CodeSigning;
  readonly operations: Operations;
  /** Key of the foundation's own logs, topic and secret. */
  readonly key: kms.IKey;
  /** Key of personal data that handlers encrypt field by field; no service may use it. */
  readonly personalDataKey: kms.IKey;
  private logBucket?: AccessLogBucket;

  constructor(scope: Construct, id: string, props: FoundationProps = {}) {
    super(scope, id);
    this.posture = props.posture ?? 'production';
    this.key = new FlowKey(this, 'Key', {
      description: 'Flow logs, alarms and secrets of the foundation',
      posture: this.posture,
      services: ['logs', 'cloudwatch', 'sns', 'events'],
    });
    this.personalDataKey = new FlowKey(this, 'PersonalDataKey', {
      description: 'Encrypts the data keys for fields with personal data',
      posture: this.posture,
    });
    this.network = new NetworkFoundation(this, 'Network', {
      ...props.network,
      posture: this.posture,
      key: this.key,
    });
    this.codeSigning = props.codeSigning ?? new CodeSigning(this, 'CodeSigning');
    this.operations = new Operations(this, 'Operations', {
      key: this.key,
      ...(props.alarmEmail !== undefined && { alarmEmail: props.alarmEmail }),
    });
    if (props.securityHub ?? true) new SecurityHub(this, 'SecurityHub');
  }

  /** Takes the access logs of the flows' buckets; made where there is one. */
  get accessLogs(): AccessLogBucket {
    return (this.logBucket ??= new AccessLogBucket(this, 'AccessLogs', { posture: this.posture }));
  }
}
