import { type App, type Environment, Stack } from 'aws-cdk-lib';
import type { Foundation } from '../lib/foundation.ts';
import { foundationStacks, type FoundationStacksProps } from '../lib/foundation-stacks.ts';
import { addOutputs } from '../lib/outputs.ts';
import { Audit, type AuditProps } from './audit.ts';
import { addStsEndpoint } from './audit-network.ts';

/** Settings of the audit's application; every one has a default that synthesizes without an account. */
export interface AuditApplicationProps extends Omit<AuditProps, 'foundation'>, FoundationStacksProps {}

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
    super(app, id, { description: 'Scheduled audit by Headgate', ...(props.env && { env: props.env }) });
    const audit = new Audit(this, 'Audit', props);
    this.audit = audit;
    addOutputs(this, {
      AuditFunction: [audit.function.function.functionName, 'Function that audits the account'],
      ReportBucket: [audit.bucket.bucketName, 'Bucket with reports and evaluations'],
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

/** What an audit of one account or of many stands on, with the endpoint by which it assumes roles. */
export function auditFoundation(
  app: App,
  kind: 'Audit' | 'Fleet',
  props: FoundationStacksProps,
): { readonly signing: Stack; readonly foundation: Foundation } {
  const stacks = foundationStacks(app, kind, 'the audit', props);
  addStsEndpoint(stacks.foundation.network);
  return stacks;
}
