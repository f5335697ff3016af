import { apiTypes } from './api.ts';
import { identityTypes } from './identity.ts';
import { lambdaTypes } from './lambda.ts';
import type { MappedType } from './mapped-type.ts';
import { messagingTypes } from './messaging.ts';
import { monitoringTypes } from './monitoring.ts';
import { networkTypes } from './network.ts';
import { othersTypes } from './others.ts';
import { storageTypes } from './storage.ts';

/**
 * All types of hashicorp/aws that rules and relations read, versions 5 and 6. Names were held against the
 * schemas of 5.99 and 6.66 and against CloudFormation's resource model (2026-11-27).
 */
export const mappedTypes: readonly MappedType[] = [
  ...lambdaTypes,
  ...messagingTypes,
  ...apiTypes,
  ...monitoringTypes,
  ...storageTypes,
  ...identityTypes,
  ...networkTypes,
  ...othersTypes,
];

const byName: ReadonlyMap<string, MappedType> = new Map(mappedTypes.map((each) => [each.terraform, each]));

/** What the provider calls by two names. */
const otherNames: readonly (readonly [prefix: string, other: string])[] = [['aws_alb', 'aws_lb']];

/** The row of a type of Terraform's; undefined for what no rule reads. */
export function mappedType(terraform: string): MappedType | undefined {
  const known = byName.get(terraform);
  if (known !== undefined) return known;
  for (const [prefix, other] of otherNames)
    if (terraform === prefix || terraform.startsWith(`${prefix}_`))
      return byName.get(`${other}${terraform.slice(prefix.length)}`);
  return undefined;
}
