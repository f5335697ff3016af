import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';

/** Properties of {@link ExecutionRole}. */
export interface ExecutionRoleProps {
  /** Service that runs with the role. */
  readonly service: string;
  readonly description: string;
  /** What a request for the role must fulfil. @default nothing beside the service */
  readonly conditions?: Record<string, Record<string, unknown>>;
}

/**
 * A role whose whole policy is written into the role itself. What runs with it has its permissions from its first
 * second, without a dependency on a policy that CloudFormation makes later. Every statement is asked for by
 * {@link allow}; a construct's own grants change nothing.
 */
export class ExecutionRole extends iam.Role {
  private readonly policy: iam.PolicyDocument;

  constructor(scope: Construct, id: string, props: ExecutionRoleProps) {
    const policy = new iam.PolicyDocument();
    super(scope, id, {
      assumedBy: new iam.ServicePrincipal(
        props.service,
        props.conditions && { conditions: props.conditions },
      ),
      description: props.description,
      inlinePolicies: { Execution: policy },
    });
    this.policy = policy;
  }

  /** Allows exactly these actions on exactly these resources. */
  allow(
    actions: readonly string[],
    resources: readonly string[],
    conditions?: Record<string, Record<string, unknown>>,
  ): void {
    this.add(
      new iam.PolicyStatement({
        actions: [...actions],
        resources: [...resources],
        ...(conditions && { conditions }),
      }),
    );
  }

  /** Adds a statement of any form. */
  add(...statements: iam.PolicyStatement[]): void {
    this.policy.addStatements(...statements);
  }

  /**
   * The role as constructs are to see it: they can name it and not widen it, and they do not depend on more than
   * its name.
   */
  sealed(): iam.IRole {
    return iam.Role.fromRoleArn(this, 'Sealed', this.roleArn, { mutable: false });
  }
}
