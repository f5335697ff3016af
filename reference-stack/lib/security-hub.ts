import { Stack } from 'aws-cdk-lib';
import * as securityhub from 'aws-cdk-lib/aws-securityhub';
import { Construct } from 'constructs';

/** Security Hub with the standard that the flows are checked against: AWS Foundational Security Best Practices. */
export class SecurityHub extends Construct {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    const hub = new securityhub.CfnHub(this, 'Hub', {
      enableDefaultStandards: false,
      controlFindingGenerator: 'SECURITY_CONTROL',
    });
    const { partition, region } = Stack.of(this);
    const standard = new securityhub.CfnStandard(this, 'BestPractices', {
      standardsArn: `arn:${partition}:securityhub:${region}::standards/aws-foundational-security-best-practices/v/1.0.0`,
    });
    standard.addResourceDependency(hub);
  }
}
