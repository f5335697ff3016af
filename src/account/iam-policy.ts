import type { CollectAccountOptions } from './collect-account.ts';
import { actionsOf } from './collector.ts';
import { collectors } from './collectors/index.ts';
import { aggregatorActions, inventoryActions } from './inventory-config.ts';
import { planCollection, type Needs } from './plan.ts';
import { taggedActions } from './tagged-resources.ts';

/** A policy document. */
export interface PolicyDocument {
  readonly Version: '2012-10-17';
  readonly Statement: readonly {
    readonly Sid: string;
    readonly Effect: 'Allow';
    readonly Action: readonly string[];
    readonly Resource: readonly string[];
  }[];
}

/** Called before any collector: who is asking (needs no permission), and which Regions are enabled. */
export const accountActions: readonly string[] = ['ec2:DescribeRegions'];

/**
 * The least-privilege policy for what the needs make Headgate call: read-only, and no call outside of it is made.
 * `partition` is `aws`, `aws-cn` or `aws-us-gov`; the options are those of the audit.
 */
export function iamPolicy(
  needs: Needs,
  partition: string,
  {
    services,
    inventory,
    aggregator,
    tag,
  }: Pick<CollectAccountOptions, 'services' | 'inventory' | 'aggregator'> & { readonly tag?: boolean } = {},
): PolicyDocument {
  const plan = planCollection(collectors, needs, services);
  const anywhere = new Set([
    ...accountActions,
    ...(inventory === 'config' ? inventoryActions : []),
    ...(aggregator === undefined ? [] : aggregatorActions),
    ...(tag === true ? taggedActions : []),
  ]);
  const bounded = new Map<string, Set<string>>();
  for (const { collector, operations } of plan.collectors) {
    for (const operation of operations) {
      const { resources } = operation;
      for (const action of actionsOf(collector, operation)) {
        if (resources === undefined) anywhere.add(action);
        else
          addAll(
            bounded,
            action,
            resources.map((resource) => `arn:${partition}:${resource}`),
          );
      }
    }
  }
  return {
    Version: '2012-10-17',
    Statement: [
      { Sid: 'HeadgateReads', Effect: 'Allow', Action: [...anywhere].sort(), Resource: ['*'] },
      ...[...bounded.entries()]
        .sort(([left], [right]) => (left < right ? -1 : 1))
        .map(([action, resources]) => ({
          Sid: `HeadgateReads${sidPart(action)}`,
          Effect: 'Allow' as const,
          Action: [action],
          Resource: [...resources].sort(),
        })),
    ],
  };
}

function sidPart(action: string): string {
  return action.replace(/(^|[^A-Za-z0-9])([A-Za-z0-9])/g, (_whole, _before, letter: string) =>
    letter.toUpperCase(),
  );
}

function addAll(map: Map<string, Set<string>>, key: string, items: readonly string[]): void {
  const set = map.get(key) ?? new Set<string>();
  for (const item of items) set.add(item);
  map.set(key, set);
}
