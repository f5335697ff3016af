import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';

/** Properties of {@link ExecutionRole}. */
export interface ExecutionRoleProps {
  /** Service principal that assumes the role, such as `lambda.amazonaws.com`. */
  readonly service: string;
  /** Description of the role. */
  readonly description: string;
  /** Conditions of the trust policy. @default none: only the principal is checked */
  readonly conditions?: Record<string, Record<string, unknown>>;
}

/**
 * A role with one inline policy. Its permissions exist as soon as the role exists, without a dependency on a policy
 * that CloudFormation creates later. Add each statement with {@link allow} or {@link add}; grants to the role that
 * {@link sealed} returns have no effect.
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
   * Returns the role for other constructs: they can refer to it but cannot add permissions, and they depend only on
   * its name.
   */
  sealed(): iam.IRole {
    return iam.Role.fromRoleArn(this, 'Sealed', this.roleArn, { mutable: false });
  }
}
