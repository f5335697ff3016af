import { isArrayValue, Reference, Unresolved, type Value } from '../model/value.ts';
import { define } from './define.ts';
import type { Draft } from './drafts.ts';

/** The property of a route table that names the VPC of which it is the main table; nothing outside of a plan has it. */
export const mainOf = 'MainOf';

/**
 * Subnets that no association names are routed by the main table of their VPC: CloudFormation has no way to say so,
 * and rules read associations.
 *
 * @param idOf an id in the graph for what stands beside a draft
 */
export function mainAssociations(
  drafts: readonly Draft[],
  idOf: (draft: Draft, suffix: string) => string,
): readonly Draft[] {
  const tables = drafts.filter(
    ({ type, properties }) => type === 'AWS::EC2::RouteTable' && mainOf in properties,
  );
  if (tables.length === 0) return [];
  const byVpc = new Map<string, Draft>();
  for (const table of tables) {
    const vpc = keyOf(table.properties[mainOf]);
    if (vpc !== undefined) byVpc.set(vpc, table);
    Reflect.deleteProperty(table.properties, mainOf);
  }
  const associations = drafts.filter(({ type }) => type === 'AWS::EC2::SubnetRouteTableAssociation');
  const named = new Set(associations.flatMap(({ properties }) => keyOf(properties['SubnetId']) ?? []));
  const open = associations
    .map(({ properties }) => properties['SubnetId'])
    .find((each) => keyOf(each) === undefined);
  return drafts.flatMap((subnet): Draft[] => {
    if (subnet.type !== 'AWS::EC2::Subnet') return [];
    const table = byVpc.get(keyOf(subnet.properties['VpcId']) ?? '');
    if (table === undefined || named.has(subnet.id) || isKnownIn(named, subnet.properties['SubnetId']))
      return [];
    const properties: Record<string, Value> = {};
    define(properties, 'SubnetId', new Reference(subnet.id));
    define(properties, 'RouteTableId', new Reference(table.id));
    return [
      {
        id: idOf(subnet, 'main-route-table'),
        type: 'AWS::EC2::SubnetRouteTableAssociation',
        name: `${subnet.name} (main-route-table)`,
        instance: subnet.instance,
        properties,
        places: new Map(),
        generated: true,
        // An association of which the subnet is not known may be that of any.
        ...(open instanceof Unresolved ? { uncertain: open.cause } : {}),
      },
    ];
  });
}

function keyOf(value: Value | undefined): string | undefined {
  const one = value !== undefined && isArrayValue(value) && value.length === 1 ? value[0] : value;
  if (one instanceof Reference) return one.resourceId;
  return typeof one === 'string' ? one : undefined;
}

function isKnownIn(named: ReadonlySet<string>, id: Value | undefined): boolean {
  return typeof id === 'string' && named.has(id);
}
