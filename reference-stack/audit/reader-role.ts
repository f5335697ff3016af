import { Aws, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { acknowledge } from '../lib/acknowledge.ts';
import { publishStatement, readStatements } from './read-policy.ts';

/** Properties of {@link ReaderRole}. */
export interface ReaderRoleProps {
  /** Execution role of the function that audits. */
  readonly auditor: iam.IRole;
  /** Name, fixed so that the auditor can be allowed to assume it before it is there. */
  readonly roleName: string;
  readonly externalId: string;
  /** Whether findings are imported into Security Hub. */
  readonly securityHub: boolean;
  readonly policyFile?: string;
}

/**
 * The role that reads an account: what `headgate iam-policy` prints, and what Security Hub asks for. The function
 * that audits has nothing of it itself: it assumes the role, and its code stays without any other right.
 */
export class ReaderRole extends Construct {
  readonly role: iam.Role;
  /** By name: a reference would close a circle with the auditor's own policy. */
  readonly arn: string;

  constructor(scope: Construct, id: string, props: ReaderRoleProps) {
    super(scope, id);
    const { auditor, roleName, externalId, securityHub, policyFile } = props;
    const statements = [...readStatements(policyFile), ...(securityHub ? [publishStatement()] : [])];
    this.role = new iam.Role(this, 'Role', {
      roleName,
      description: 'Headgate uses this role to read the account and to write findings to Security Hub',
      assumedBy: new iam.ArnPrincipal(auditor.roleArn).withConditions({
        StringEquals: { 'sts:ExternalId': externalId },
      }),
      inlinePolicies: { Audit: new iam.PolicyDocument({ statements, minimize: false }) },
    });
    this.arn = Stack.of(this).formatArn({
      service: 'iam',
      region: '',
      resource: 'role',
      resourceName: roleName,
    });
    const reason =
      'An audit lists resources whose names are not known before. Each action only reads, and headgate iam-policy shows its purpose. Findings go to the Security Hub of the account in each Region.';
    const wide = statements.flatMap(({ resources }) => resources).filter((arn) => arn.includes('*'));
    acknowledge(
      this,
      Object.fromEntries(wide.map((arn) => [`AwsSolutions-IAM5[Resource::${named(arn)}]`, reason])),
    );
  }
}

/** As cdk-nag writes an ARN that the deployment completes. */
function named(arn: string): string {
  return arn.replaceAll(Aws.PARTITION, '<AWS::Partition>').replaceAll(Aws.ACCOUNT_ID, '<AWS::AccountId>');
}
