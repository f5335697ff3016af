import { Names, Stack } from 'aws-cdk-lib';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as wafv2 from 'aws-cdk-lib/aws-wafv2';
import { Construct } from 'constructs';
import { dataRemovalPolicy, type Posture } from './posture.ts';

/** Properties of {@link WebAcl}. */
export interface WebAclProps {
  /** `production`, or `sandbox` for tests, which deletes data with the stack. The security controls are the same. */
  readonly posture: Posture;
  /** Key of the log group. */
  readonly key: kms.IKey;
  /** Maximum number of requests from one IP address in five minutes. @default 2000 */
  readonly requestsPerFiveMinutes?: number;
  /** IPv4 addresses to block, in CIDR notation. @default none, except those in the IP reputation list of AWS */
  readonly blockedAddresses?: readonly string[];
}

/**
 * The internet boundary: a web ACL that limits the request rate and blocks addresses with a bad reputation, common
 * exploits and SQL injection. It logs requests and writes metrics for every rule.
 */
export class WebAcl extends Construct {
  readonly acl: wafv2.CfnWebACL;
  readonly logGroup: logs.LogGroup;

  constructor(scope: Construct, id: string, props: WebAclProps) {
    super(scope, id);
    const blocked = new wafv2.CfnIPSet(this, 'BlockedAddresses', {
      scope: 'REGIONAL',
      ipAddressVersion: 'IPV4',
      addresses: [...(props.blockedAddresses ?? [])],
      description: 'Blocked addresses',
    });
    this.acl = new wafv2.CfnWebACL(this, 'Acl', {
      scope: 'REGIONAL',
      defaultAction: { allow: {} },
      description: 'Rate limiting, IP filtering, SQL injection protection',
      visibilityConfig: visible('WebAcl'),
      rules: [
        {
          name: 'BlockedAddresses',
          priority: 0,
          action: { block: {} },
          statement: { ipSetReferenceStatement: { arn: blocked.attrArn } },
          visibilityConfig: visible('BlockedAddresses'),
        },
        {
          name: 'RateLimit',
          priority: 1,
          action: { block: { customResponse: { responseCode: 429 } } },
          statement: {
            rateBasedStatement: {
              limit: props.requestsPerFiveMinutes ?? 2000,
              evaluationWindowSec: 300,
              aggregateKeyType: 'IP',
            },
          },
          visibilityConfig: visible('RateLimit'),
        },
        managed('AWSManagedRulesAmazonIpReputationList', 2),
        managed('AWSManagedRulesKnownBadInputsRuleSet', 3),
        managed('AWSManagedRulesCommonRuleSet', 4),
        managed('AWSManagedRulesSQLiRuleSet', 5),
      ],
    });
    this.logGroup = this.createLogging(props);
  }

  /** Associates the web ACL with a stage. @param resourceArn ARN of the stage */
  protect(id: string, resourceArn: string): wafv2.CfnWebACLAssociation {
    return new wafv2.CfnWebACLAssociation(this, id, { webAclArn: this.acl.attrArn, resourceArn });
  }

  private createLogging(props: WebAclProps): logs.LogGroup {
    const logGroup = new logs.LogGroup(this, 'Logs', {
      // The service accepts no other beginning.
      logGroupName: `aws-waf-logs-${Names.uniqueResourceName(this, { maxLength: 100 })}`,
      retention: logs.RetentionDays.THREE_MONTHS,
      encryptionKey: props.key,
      removalPolicy: dataRemovalPolicy(props.posture),
    });
    new wafv2.CfnLoggingConfiguration(this, 'Logging', {
      resourceArn: this.acl.attrArn,
      // The log group's own ARN ends in `:*`, which the service refuses.
      logDestinationConfigs: [
        Stack.of(this).formatArn({
          service: 'logs',
          resource: `log-group:${logGroup.logGroupName}`,
        }),
      ],
      redactedFields: [{ singleHeader: { Name: 'authorization' } }, { singleHeader: { Name: 'x-api-key' } }],
    });
    return logGroup;
  }
}

function visible(metricName: string): wafv2.CfnWebACL.VisibilityConfigProperty {
  return { cloudWatchMetricsEnabled: true, sampledRequestsEnabled: true, metricName };
}

function managed(name: string, priority: number): wafv2.CfnWebACL.RuleProperty {
  return {
    name,
    priority,
    overrideAction: { none: {} },
    statement: { managedRuleGroupStatement: { vendorName: 'AWS', name } },
    visibilityConfig: visible(name),
  };
}
