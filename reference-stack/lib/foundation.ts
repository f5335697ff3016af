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
  /**
   * `production`, or `sandbox` for tests, which deletes data with the stack. The security controls are the same.
   *
   * @default 'production'
   */
  readonly posture?: Posture;
  /**
   * Properties of the network. See `NetworkFoundation`.
   *
   * @default no route to the internet, endpoints in two Availability Zones
   */
  readonly network?: Omit<NetworkFoundationProps, 'posture' | 'key'>;
  /**
   * Code signing of every function. If the stack contains functions, create this construct in a separate stack and
   * deploy that stack first. The signing profile must exist before the first bundle can be signed.
   *
   * @default created by the foundation
   */
  readonly codeSigning?: CodeSigning;
  /** Email address that alarms are sent to. @default the stack's parameter `AlarmEmail` */
  readonly alarmEmail?: string;
  /**
   * Enables Security Hub with the AWS Foundational Security Best Practices standard. Set it to `false` if Security
   * Hub is already enabled in the account, manually or by an organization.
   *
   * @default true
   */
  readonly securityHub?: boolean;
}

/** The resources that all flows use: network, code signing, alarms, keys, access logs and Security Hub. */
export class Foundation extends Construct {
  readonly posture: Posture;
  readonly network: NetworkFoundation;
  readonly codeSigning: CodeSigning;
  readonly operations: Operations;
  /** Key of the foundation's own logs, topic and secret. */
  readonly key: kms.IKey;
  /** Key of personal data that handlers encrypt field by field; AWS services are not allowed to use it. */
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

  /** Bucket for the access logs of the flows' buckets; created when it is first read. */
  get accessLogs(): AccessLogBucket {
    return (this.logBucket ??= new AccessLogBucket(this, 'AccessLogs', { posture: this.posture }));
  }
}
