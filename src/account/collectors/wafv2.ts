import type { Scope, WAFV2 } from '@aws-sdk/client-wafv2';
import { defineCollector, type Collector, type Found, type Operation } from '../collector.ts';
import { pages } from '../pages.ts';

const aclType = 'AWS::WAFv2::WebACL';
const ipSetType = 'AWS::WAFv2::IPSet';
const groupType = 'AWS::WAFv2::RuleGroup';

/** Web ACLs that guard APIs of a Region. Associations come from the stages: asking the firewall is ten times slower. */
export const wafv2 = firewall('wafv2', 'REGIONAL');

/** Web ACLs that guard CloudFront distributions. */
export const wafv2Global: Collector = {
  ...firewall('wafv2-global', 'CLOUDFRONT'),
  isGlobal: true,
  absentIn: ['aws-us-gov'],
};

function firewall(service: string, Scope: Scope): Collector {
  return defineCollector<WAFV2>({
    service,
    prefix: 'wafv2',
    open: async (config) => new (await import('@aws-sdk/client-wafv2')).WAFV2(config),
    operations: operationsFor(Scope),
  });
}

interface Summary {
  readonly Name?: string | undefined;
  readonly Id?: string | undefined;
  readonly ARN?: string | undefined;
  readonly Description?: string | undefined;
}

function operationsFor(Scope: Scope): readonly Operation<WAFV2>[] {
  const found = (type: string, summaries: readonly Summary[] = []): Found[] =>
    summaries.map(({ Name = '', Id, ARN = '', Description }) => ({
      type,
      name: Name,
      arn: ARN,
      keys: { Name, Id },
      properties: { Name, Id, Arn: ARN, Scope, Description: Description === '' ? undefined : Description },
    }));
  return [
    {
      operation: 'ListWebACLs',
      finds: [aclType],
      async *list(api) {
        const listed = pages(
          (NextMarker) => api.listWebACLs({ Scope, NextMarker }),
          (page) => page.NextMarker,
        );
        for await (const { WebACLs } of listed) yield { found: found(aclType, WebACLs) };
      },
    },
    {
      operation: 'ListIPSets',
      finds: [ipSetType],
      async *list(api) {
        const listed = pages(
          (NextMarker) => api.listIPSets({ Scope, NextMarker }),
          (page) => page.NextMarker,
        );
        for await (const { IPSets } of listed) yield { found: found(ipSetType, IPSets) };
      },
    },
    {
      operation: 'ListRuleGroups',
      finds: [groupType],
      async *list(api) {
        const listed = pages(
          (NextMarker) => api.listRuleGroups({ Scope, NextMarker }),
          (page) => page.NextMarker,
        );
        for await (const { RuleGroups } of listed) yield { found: found(groupType, RuleGroups) };
      },
    },
    {
      operation: 'ListLoggingConfigurations',
      finds: ['AWS::WAFv2::LoggingConfiguration'],
      async *list(api) {
        const listed = pages(
          (NextMarker) => api.listLoggingConfigurations({ Scope, NextMarker }),
          (page) => page.NextMarker,
        );
        for await (const { LoggingConfigurations = [] } of listed) {
          yield {
            found: LoggingConfigurations.map((config) => ({
              type: 'AWS::WAFv2::LoggingConfiguration',
              name: config.ResourceArn ?? '',
              properties: {
                ResourceArn: config.ResourceArn,
                LogDestinationConfigs: config.LogDestinationConfigs,
                RedactedFields: config.RedactedFields,
                LoggingFilter: config.LoggingFilter,
              },
            })),
          };
        }
      },
    },
    {
      operation: 'GetWebACL',
      each: aclType,
      fills: [
        'AssociationConfig',
        'Capacity',
        'CaptchaConfig',
        'ChallengeConfig',
        'CustomResponseBodies',
        'DefaultAction',
        'ManagedByFirewallManager',
        'PostProcessFirewallManagerRuleGroups',
        'PreProcessFirewallManagerRuleGroups',
        'Rules',
        'TokenDomains',
        'VisibilityConfig',
      ],
      async *read(api, { keys = {} }) {
        const { WebACL } = await api.getWebACL({ Scope, Name: keys.Name, Id: keys.Id });
        yield {
          properties: {
            AssociationConfig: WebACL?.AssociationConfig,
            Capacity: WebACL?.Capacity,
            CaptchaConfig: WebACL?.CaptchaConfig,
            ChallengeConfig: WebACL?.ChallengeConfig,
            CustomResponseBodies: WebACL?.CustomResponseBodies,
            DefaultAction: WebACL?.DefaultAction,
            ManagedByFirewallManager: WebACL?.ManagedByFirewallManager,
            PostProcessFirewallManagerRuleGroups: WebACL?.PostProcessFirewallManagerRuleGroups,
            PreProcessFirewallManagerRuleGroups: WebACL?.PreProcessFirewallManagerRuleGroups,
            Rules: WebACL?.Rules,
            TokenDomains: WebACL?.TokenDomains,
            VisibilityConfig: WebACL?.VisibilityConfig,
          },
        };
      },
    },
    {
      operation: 'GetIPSet',
      each: ipSetType,
      fills: ['Addresses', 'IPAddressVersion'],
      async *read(api, { keys = {} }) {
        const { IPSet } = await api.getIPSet({ Scope, Name: keys.Name, Id: keys.Id });
        yield { properties: { Addresses: IPSet?.Addresses, IPAddressVersion: IPSet?.IPAddressVersion } };
      },
    },
    {
      operation: 'GetRuleGroup',
      each: groupType,
      fills: ['Capacity', 'Rules', 'VisibilityConfig'],
      async *read(api, { keys = {} }) {
        const { RuleGroup } = await api.getRuleGroup({ Scope, Name: keys.Name, Id: keys.Id });
        yield {
          properties: {
            Capacity: RuleGroup?.Capacity,
            Rules: RuleGroup?.Rules,
            VisibilityConfig: RuleGroup?.VisibilityConfig,
          },
        };
      },
    },
  ];
}
