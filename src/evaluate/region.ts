import type { ResourceGraph } from '../model/resource-graph.ts';
import type { Resource } from '../model/resource.ts';
import { isPlain, splitText, toSymbolicText } from '../model/symbolic-text.ts';
import { Choice, Reference, Unresolved, type Value } from '../model/value.ts';
import { agree, type Truth } from '../model/truth.ts';

/**
 * Whether an ARN is of the Region in which a resource stands. True where it names none, and of what a reference
 * or an export names unless another Region is known; unknown where the deployment chooses one of the two.
 */
export function isInRegionOf(value: Value | undefined, resource: Resource, graph: ResourceGraph): Truth {
  if (value === undefined || value === null) return false;
  if (value instanceof Choice) {
    const side = (one: Value | undefined): Truth => isInRegionOf(one, resource, graph);
    return agree(side(value.whenTrue), side(value.whenFalse), value.cause);
  }
  // Exports are of one Region; what a parameter or a custom resource gives may be of any.
  if (value instanceof Unresolved) return value.cause.code === 'import' ? true : value.cause;
  if (value instanceof Reference) return sameRegion(graph.byId(value.resourceId)?.region, resource.region);
  const found = toSymbolicText(value);
  if (found?.text.startsWith('arn:') !== true) return true;
  const region = splitText(found.text, ':', 6)[3] ?? '';
  if (region === '' || isPlain(region)) return regionIs(region, resource);
  const piece = found.pieces.get(region);
  if (!(piece instanceof Unresolved)) return true;
  return piece.cause.code === 'pseudo-parameter' ? true : piece.cause;
}

function sameRegion(one: string | undefined, other: string | undefined): boolean {
  return one === undefined || other === undefined || one === other;
}

function regionIs(region: string, { region: own }: Resource): Truth {
  if (region === '' || region === own) return true;
  if (own !== undefined) return false;
  return {
    code: 'pseudo-parameter',
    message: `whether the template is deployed to \`${region}\`, which the ARN names, is not known`,
    remedy: 'write ${AWS::Region} into the ARN, or pass --region',
  };
}
