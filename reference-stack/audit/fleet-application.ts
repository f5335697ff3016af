import { type App, Stack } from 'aws-cdk-lib';
import { addOutputs } from '../lib/outputs.ts';
import type { FoundationStacksProps } from '../lib/foundation-stacks.ts';
import { auditFoundation } from './audit-application.ts';
import { Fleet, type FleetProps } from './fleet.ts';

/** Settings of the fleet's application. */
export interface FleetApplicationProps extends Omit<FleetProps, 'foundation'>, FoundationStacksProps {}

/** An organization audited on a schedule, from its management account or a delegated administrator of Organizations. */
export class FleetStack extends Stack {
  readonly fleet: Fleet;

  constructor(app: App, id: string, props: FleetProps & Pick<FoundationStacksProps, 'env'>) {
    super(app, id, {
      description: 'Scheduled audit of an organization by Headgate',
      ...(props.env && { env: props.env }),
    });
    const fleet = new Fleet(this, 'Fleet', props);
    this.fleet = fleet;
    addOutputs(this, {
      AuditorRoleArn: [
        fleet.auditor.role.roleArn,
        'Parameter of the StackSet that creates the role in each member account',
      ],
      ExternalId: [
        fleet.externalId,
        'Parameter of the StackSet that creates the role in each member account',
      ],
      StateMachineArn: [fleet.stateMachine.stateMachineArn, 'State machine that audits the organization'],
      ReportBucket: [fleet.bucket.bucketName, 'Bucket with reports and evaluations'],
    });
  }
}

/** Builds the stacks of the fleet. */
export function fleetApplication(
  app: App,
  props: FleetApplicationProps,
): { readonly fleet: Fleet; readonly stacks: readonly Stack[] } {
  const { prefix = 'Headgate' } = props;
  const { signing, foundation } = auditFoundation(app, 'Fleet', props);
  const stack = new FleetStack(app, `${prefix}Fleet`, { ...props, foundation });
  return { fleet: stack.fleet, stacks: [signing, Stack.of(foundation), stack] };
}
