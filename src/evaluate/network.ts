import { openValue } from '../model/open-value.ts';
import type { Resource } from '../model/resource.ts';
import { Reference, type Value } from '../model/value.ts';
import { areApart } from './address-space.ts';
import type { Context } from './node.ts';
import type { Truth } from '../model/truth.ts';

/** What `CidrBlock` of a VPC or subnet gives stands in its own properties. */
export function rangeOfNetwork(value: Value | undefined, { graph, world }: Context): Value | undefined {
  if (!(value instanceof Reference) || value.attribute !== 'CidrBlock') return value;
  const network = graph.byId(value.resourceId);
  const known = network?.external === true ? undefined : network?.properties.CidrBlock;
  return known === undefined ? value : openValue(known, world);
}

/**
 * Whether a block of addresses may hold one of the VPC that a resource stands in. False only where both are
 * written out and have no address in common; a VPC may have more blocks than its own.
 */
export function meetsNetworkOf(value: Value | undefined, resource: Resource, context: Context): Truth {
  const block = rangeOfNetwork(value, context);
  if (block === undefined || block === null || block === '') return false;
  if (typeof block !== 'string' || block.includes(':')) return true;
  const { edges } = context.graph.related(resource, 'vpc');
  const [vpc] = edges;
  if (edges.length !== 1 || vpc?.to === undefined || vpc.to.external === true) return true;
  const own = rangeOfNetwork(new Reference(vpc.to.id, 'CidrBlock'), context);
  if (typeof own !== 'string' || hasMoreBlocks(vpc.to, context)) return true;
  return areApart(block, own) !== true;
}

function hasMoreBlocks({ scope }: Resource, { graph }: Context): boolean {
  return graph.ofType('AWS::EC2::VPCCidrBlock').some((other) => other.scope === scope);
}
