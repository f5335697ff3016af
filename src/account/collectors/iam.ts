import type { IAM, ManagedPolicyDetail, RoleDetail } from '@aws-sdk/client-iam';
import { defineCollector, type Found } from '../collector.ts';
import { pages } from '../pages.ts';
import { parseDocument } from '../plain.ts';

const roleType = 'AWS::IAM::Role';
const policyType = 'AWS::IAM::ManagedPolicy';

/** Roles with all that they may do, in one list instead of five calls a role. */
export const iam = defineCollector<IAM>({
  service: 'iam',
  prefix: 'iam',
  isGlobal: true,
  open: async (config) => new (await import('@aws-sdk/client-iam')).IAM(config),
  operations: [
    {
      operation: 'GetAccountAuthorizationDetails',
      finds: [roleType, policyType],
      // A role shows its inline policies whichever resource of a template wrote them.
      standsFor: ['AWS::IAM::Policy', 'AWS::IAM::RolePolicy'],
      async *list(api) {
        const listed = pages(
          (Marker) =>
            api.getAccountAuthorizationDetails({
              Marker,
              MaxItems: 1_000,
              Filter: ['Role', 'LocalManagedPolicy', 'AWSManagedPolicy'],
            }),
          (page) => (page.IsTruncated === true ? page.Marker : undefined),
        );
        for await (const { RoleDetailList = [], Policies = [] } of listed) {
          const roles = RoleDetailList.filter(({ Path }) => Path?.startsWith('/aws-service-role/') !== true);
          const attached = Policies.filter(({ AttachmentCount = 0 }) => AttachmentCount > 0);
          yield { found: [...roles.map(roleFound), ...attached.map(policyFound)] };
        }
      },
    },
  ],
});

function roleFound(role: RoleDetail): Found {
  return {
    type: roleType,
    name: role.RoleName ?? '',
    arn: role.Arn ?? '',
    properties: {
      RoleName: role.RoleName,
      Arn: role.Arn,
      RoleId: role.RoleId,
      Path: role.Path,
      AssumeRolePolicyDocument: decode(role.AssumeRolePolicyDocument),
      Policies: role.RolePolicyList?.map(({ PolicyName, PolicyDocument }) => ({
        PolicyName,
        PolicyDocument: decode(PolicyDocument),
      })),
      ManagedPolicyArns: role.AttachedManagedPolicies?.map(({ PolicyArn }) => PolicyArn),
      PermissionsBoundary: role.PermissionsBoundary?.PermissionsBoundaryArn,
      Tags: role.Tags?.length === 0 ? undefined : role.Tags,
    },
  };
}

function policyFound(policy: ManagedPolicyDetail): Found {
  const current = policy.PolicyVersionList?.find(({ IsDefaultVersion }) => IsDefaultVersion);
  return {
    type: policyType,
    name: policy.PolicyName ?? '',
    arn: policy.Arn ?? '',
    properties: {
      ManagedPolicyName: policy.PolicyName,
      PolicyArn: policy.Arn,
      Path: policy.Path,
      PolicyDocument: decode(current?.Document),
    },
  };
}

/** IAM hands out its documents in the encoding of URLs. */
function decode(document: string | undefined): unknown {
  if (document === undefined) return undefined;
  try {
    return parseDocument(decodeURIComponent(document));
  } catch {
    return parseDocument(document);
  }
}
