import { type App, type Environment, Stack } from 'aws-cdk-lib';
import { CodeSigning } from '../lib/code-signing.ts';
import { Foundation } from '../lib/foundation.ts';
import type { NetworkFoundationProps } from '../lib/network-foundation.ts';
import type { Posture } from '../lib/posture.ts';
import { addOutputs } from '../lib/outputs.ts';
import { Audit, type AuditProps } from './audit.ts';
import { addStsEndpoint } from './audit-network.ts';

/** Settings of the audit's application; every one has a default that synthesizes without an account. */
export interface AuditApplicationProps extends Omit<AuditProps, 'foundation'> {
  /** Beginning of every stack's name. @default 'Headgate' */
  readonly prefix?: string;
  readonly env?: Environment;
  /** @default 'production' */
  readonly posture?: Posture;
  /** @default the foundation stack asks for `AlarmEmail` */
  readonly alarmEmail?: string;
  /** Zones and prefix lists of the Region, which `deploy.mjs` looks up. */
  readonly network?: Pick<NetworkFoundationProps, 'zones' | 'prefixLists'>;
  /** Whether Security Hub is enabled by the stack; `false` where the account has it already. @default true */
  readonly enableSecurityHub?: boolean;
}

/** The stacks of the audit. */
export interface AuditApplication {
  readonly foundation: Foundation;
  readonly audit: Audit;
  readonly stacks: readonly Stack[];
}

/** One account audited on a schedule: signing, network and alarms, and the audit itself. */
export class AuditStack extends Stack {
  readonly audit: Audit;

  constructor(app: App, id: string, props: AuditProps & { readonly env?: Environment }) {
    super(app, id, { description: 'Headgate on a schedule', ...(props.env && { env: props.env }) });
    const audit = new Audit(this, 'Audit', props);
    this.audit = audit;
    addOutputs(this, {
      AuditFunction: [audit.function.function.functionName, 'Function that audits the account'],
      ReportBucket: [audit.bucket.bucketName, 'Bucket of reports and evaluations'],
    });
  }
}

/** Builds the stacks of the audit: signing before any function, then what they stand on, then the audit. */
export function auditApplication(app: App, props: AuditApplicationProps = {}): AuditApplication {
  const { prefix = 'Headgate', env } = props;
  const { signing, foundation } = auditFoundation(app, 'Audit', props);
  const stack = new AuditStack(app, `${prefix}Audit`, { ...props, foundation, ...(env && { env }) });
  return { foundation, audit: stack.audit, stacks: [signing, Stack.of(foundation), stack] };
}

/**
 * What an audit of one account or of many stands on. Each has stacks of its own: their endpoints admit other callers,
 * and who deletes one must not take the other's network away.
 */
export function auditFoundation(
  app: App,
  kind: 'Audit' | 'Fleet',
  props: AuditApplicationProps,
): { readonly signing: Stack; readonly foundation: Foundation } {
  const { prefix = 'Headgate', env } = props;
  const stack = (name: string, description: string) =>
    new Stack(app, `${prefix}${kind}${name}`, { description, ...(env && { env }) });
  const signing = stack('Signing', 'Signing profile and code signing configuration');
  const foundation = new Foundation(stack('Foundation', 'Network and alarms of the audit'), 'Foundation', {
    codeSigning: new CodeSigning(signing, 'CodeSigning'),
    posture: props.posture ?? 'production',
    // Most services that an audit reads have no endpoint in the VPC, and other Regions never have one.
    network: { ...props.network, externalCidrs: ['0.0.0.0/0'] },
    securityHub: props.enableSecurityHub ?? true,
    ...(props.alarmEmail !== undefined && { alarmEmail: props.alarmEmail }),
  });
  addStsEndpoint(foundation.network);
  return { signing, foundation };
}
