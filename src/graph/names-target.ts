import { lookup } from '../model/lookup.ts';
import type { Truth } from '../model/truth.ts';
import { sameQualifier } from '../policy/match.ts';
import type { Call } from '../policy/request.ts';
import { beyondSides, type World } from '../model/conditions.ts';
import { openTop } from '../model/open-value.ts';
import type { Resource } from '../model/resource.ts';
import { isPlain, toSymbolicText } from '../model/symbolic-text.ts';
import type { Value } from '../model/value.ts';
import { wildcardMatches } from '../model/wildcard.ts';
import { parseArn, type ArnTarget } from './arn.ts';
import { identityProperties } from './identities.ts';
import { isOfArn, resolveTargets, type LinkContext } from './resolve-target.ts';

/**
 * Whether a value of `from` names `target`: by reference, ARN, URL or name, or by a pattern of ARNs
 * as policies hold it. A name that only the deployment gives leaves the answer open.
 */
export function namesTarget(
  value: Value,
  from: Resource,
  target: Resource,
  context: LinkContext & { readonly world: World; readonly call?: Call | undefined },
): Truth {
  const { world, call } = context;
  const targets = resolveTargets(value, { from, types: [target.type] }, context).filter(({ uncertain }) =>
    world.admits(uncertain),
  );
  const hit = targets.find(({ to }) => to === target || isSameOutside(to, target) || isServedBy(to, target));
  const text = toSymbolicText(value)?.text;
  const isPattern = text !== undefined && /[*?]/.test(text);
  if (hit !== undefined && !(isPattern && call !== undefined)) {
    const isCalled = call === undefined || sameQualifier(hit.attributes?.['qualifier'], call.qualifier);
    return isCalled === true ? (beyondSides(hit.uncertain) ?? true) : isCalled;
  }
  if (isPattern) return patternCovers(text, target, world, call);
  const unknown = targets.find(({ to }) => to === undefined)?.cause;
  if (unknown !== undefined) return unknown;
  const name = nameOf(target, world);
  const mayBe = targets.some(({ to }) => to?.external === true) && name !== undefined;
  return mayBe && !isPlain(name) ? unknownName(target) : false;
}

/** A version of a function is named with it. */
function isServedBy(named: Resource | undefined, { served }: Resource): boolean {
  return named !== undefined && named.id === served?.functionId;
}

/** What stands outside is known once a Region that names it: an ARN says that both are one. */
function isSameOutside(one: Resource | undefined, other: Resource): boolean {
  if (one?.external !== true || other.external !== true) return false;
  return one.arn !== undefined && one.arn === other.arn && one.type === other.type;
}

function patternCovers(pattern: string, target: Resource, world: World, call: Call | undefined): Truth {
  if (pattern === '*') return true;
  const arn = parseArn(pattern);
  // A star may stand for the rest of the ARN, colons included: `arn:aws:sqs:*`.
  if (arn === undefined) return pattern.startsWith('arn:') ? unknownPattern : false;
  if (!isOfArn(target.type, arn)) return false;
  if (call !== undefined && !qualifierCovered(arn, call)) return false;
  if (target.type === 'AWS::IAM::Role' && target.external !== true)
    return roleCovered(pattern, target, world);
  if (arn.name === '*') return true;
  const name = nameOf(target, world);
  if (name === undefined) return unknownName(target);
  if (wildcardMatches(arn.name, name)) return true;
  return isPlain(arn.name) && isPlain(name) ? false : unknownName(target);
}

/** The name of a role follows its path, which a star may cover too: `role/*`, `role/tenants/*`. */
function roleCovered(pattern: string, role: Resource, world: World): Truth {
  const covered = pattern.slice(pattern.indexOf(':role/') + ':role/'.length);
  const written = openTop(role.properties.Path, world) ?? '/';
  const path = toSymbolicText(written)?.text.slice(1);
  const name = nameOf(role, world);
  if (path === undefined || !isPlain(path)) return covered === '*' ? true : unknownName(role);
  const text = name === undefined ? undefined : path + name;
  if (text !== undefined && wildcardMatches(covered, text)) return true;
  if (text !== undefined && isPlain(text) && isPlain(covered)) return false;
  // Only the deployment knows the name, which holds no slash.
  const [head = ''] = covered.split(/[*?\uE000]/, 1);
  if (!path.startsWith(head) && !head.startsWith(path)) return false;
  if (head.slice(path.length).includes('/')) return false;
  return covered === `${head}*` && path.startsWith(head) ? true : unknownName(role);
}

// A star at the end of the name stands for a qualifier too.
function qualifierCovered({ name, qualifier }: ArnTarget, call: Call): boolean {
  if (qualifier === undefined) return call.qualifier === undefined || name.endsWith('*');
  return call.qualifier !== undefined;
}

/** What others call a resource, as far as it is written; it may hold markers. */
function nameOf({ type, properties, name, external }: Resource, world: World): string | undefined {
  if (external === true) return name;
  for (const property of lookup(identityProperties, type) ?? []) {
    const value = openTop(properties[property], world);
    if (value !== undefined) return toSymbolicText(value)?.text;
  }
  return undefined;
}

function unknownName({ name }: Resource): Truth {
  return { code: 'attribute', message: `the name that \`${name}\` gets is known only after deployment` };
}

const unknownPattern: Truth = {
  code: 'unsupported',
  message: 'what a pattern of the policy covers is not known',
};
