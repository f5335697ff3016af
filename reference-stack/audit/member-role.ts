/** Name of the role in every member account. */
export const memberRoleName = 'HeadgateAuditMember';

/** What `headgate iam-policy` prints. */
export interface ReadPolicy {
  readonly Statement: readonly {
    readonly Sid: string;
    readonly Action: readonly string[];
    readonly Resource: readonly string[];
  }[];
}

/**
 * The template of the role that the fleet assumes in each member account, for a service-managed StackSet, in one
 * Region. Only the fleet's function may assume it, only out of the organization, and only with the external id.
 */
export function memberRoleTemplate(policy: ReadPolicy): object {
  const hubs = 'arn:${AWS::Partition}:securityhub:*:${AWS::AccountId}';
  return {
    AWSTemplateFormatVersion: '2010-09-09',
    Description: 'Headgate uses this role to read the account and to write findings to its Security Hub',
    Parameters: {
      AuditorRoleArn: {
        Type: 'String',
        Description: 'Execution role of the fleet function, output AuditorRoleArn of the fleet stack',
        AllowedPattern: 'arn:aws[a-z-]*:iam::\\d{12}:role/.+',
      },
      ExternalId: {
        Type: 'String',
        Description: 'External ID, output ExternalId of the fleet stack',
        MinLength: 8,
      },
      OrganizationId: { Type: 'String', AllowedPattern: 'o-[a-z0-9]{10,32}' },
    },
    Resources: {
      Role: {
        Type: 'AWS::IAM::Role',
        Properties: {
          RoleName: memberRoleName,
          Description: 'Headgate uses this role to read the account and to write findings to Security Hub',
          AssumeRolePolicyDocument: {
            Version: '2012-10-17',
            Statement: [
              {
                Effect: 'Allow',
                Principal: { AWS: { Ref: 'AuditorRoleArn' } },
                Action: 'sts:AssumeRole',
                Condition: {
                  StringEquals: {
                    'sts:ExternalId': { Ref: 'ExternalId' },
                    'aws:PrincipalOrgID': { Ref: 'OrganizationId' },
                  },
                },
              },
            ],
          },
          Policies: [
            {
              PolicyName: 'Audit',
              PolicyDocument: {
                Version: '2012-10-17',
                Statement: [
                  ...policy.Statement.map(({ Sid, Action, Resource }) => ({
                    Sid,
                    Effect: 'Allow',
                    Action,
                    Resource: Resource.map((arn) =>
                      arn === '*'
                        ? arn
                        : { 'Fn::Sub': arn.replace(/^arn:aws[a-z-]*:/, 'arn:${AWS::Partition}:') },
                    ),
                  })),
                  {
                    Sid: 'HeadgatePublishes',
                    Effect: 'Allow',
                    Action: ['securityhub:BatchImportFindings', 'securityhub:GetFindings'],
                    Resource: [
                      { 'Fn::Sub': `${hubs}:product/\${AWS::AccountId}/default` },
                      { 'Fn::Sub': `${hubs}:hub/default` },
                    ],
                  },
                ],
              },
            },
          ],
        },
      },
    },
    Outputs: { RoleArn: { Value: { 'Fn::GetAtt': ['Role', 'Arn'] } } },
  };
}
