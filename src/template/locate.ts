import { scalarText } from '../model/scalar-text.ts';
import { isNoValue } from '../sam/tree.ts';
import { toPointer, type SymbolicLocation } from '../model/location.ts';
import type { Path } from '../model/value.ts';
import type { ResourceOrigin } from '../text/parse-template.ts';
import { isRawObject, onlyKey, type RawObject } from '../text/raw.ts';
import type { Resolver } from './resolver.ts';

/** A resource that a transform made, and the file as its author wrote it. */
export interface DerivedResource {
  readonly file: string;
  readonly origin: ResourceOrigin;
  /** Root of the file as written. */
  readonly source: unknown;
}

/** Where the walk starts: the resource as written, and the pointer segments that lead to it. */
export interface WrittenResource {
  readonly file: string;
  readonly segments: Path;
  readonly raw: RawObject;
  /** False when the properties were derived: then every path is at the resource itself. */
  readonly walkable: boolean;
  /** Set where a transform made the resource. */
  readonly derived?: DerivedResource;
}

/** A raw node that a value came from; `undefined` node: `AWS::NoValue`. */
export interface Place {
  readonly raw: unknown;
  readonly segments: Path;
}

/**
 * Follows a path of resolved properties through the raw template, through decided `Fn::If` and
 * lists that lost members to `AWS::NoValue`, as far as it is written out.
 */
export function locatePath(written: WrittenResource, path: Path, resolver: Resolver): SymbolicLocation {
  const atResource = place(written.file, written.segments, 'key');
  if (path.length === 0 || !written.walkable || !Object.hasOwn(written.raw, 'Properties')) return atResource;
  const properties = { raw: written.raw['Properties'], segments: [...written.segments, 'Properties'] };
  let current = settle(properties, resolver);
  for (const [index, segment] of path.entries()) {
    if (isIntrinsic(current.raw)) return place(written.file, current.segments, 'value');
    const next = step(current, segment, resolver);
    if (next === undefined) {
      if (index === 0) return atResource;
      return place(written.file, current.segments, Array.isArray(current.raw) ? 'key' : targetOf(current));
    }
    current = settle(next, resolver);
  }
  return placeAt(written.file, current);
}

/** Where in the file the property at a path is written or would be; what is written is followed through functions. */
export function writePath({ raw, segments }: WrittenResource, path: Path, resolver: Resolver): Path {
  const properties = [...segments, 'Properties'];
  if (!Object.hasOwn(raw, 'Properties')) return [...properties, ...path];
  let current = settle({ raw: raw['Properties'], segments: properties }, resolver);
  for (const [index, segment] of path.entries()) {
    const next = isIntrinsic(current.raw) ? undefined : step(current, segment, resolver);
    if (next === undefined) return [...current.segments, ...path.slice(index)];
    current = settle(next, resolver);
  }
  return current.segments;
}

/** Location of a node: the value where it is small, else the key over it. */
export function placeAt(file: string, current: Place, target?: 'key' | 'value'): SymbolicLocation {
  const isContainer = typeof current.raw === 'object' && current.raw !== null && !isIntrinsic(current.raw);
  return place(file, current.segments, target ?? (isContainer ? targetOf(current) : 'value'));
}

/** A member is shown by its key, which is smaller than all that stands below it. */
function targetOf(current: Place): 'key' | 'value' {
  return typeof current.segments.at(-1) === 'string' ? 'key' : 'value';
}

function place(file: string, segments: Path, target: 'key' | 'value'): SymbolicLocation {
  return { file, pointer: toPointer(segments), target };
}

const onlyKeys = new WeakMap<RawObject, string | undefined>();

/** Asked of one mapping for every place in it, while to look at the keys of a large one takes as long as it is. */
function knownOnlyKey(raw: RawObject): string | undefined {
  if (!onlyKeys.has(raw)) onlyKeys.set(raw, onlyKey(raw));
  return onlyKeys.get(raw);
}

/** True for an intrinsic function in its long form. */
export function isIntrinsic(raw: unknown): boolean {
  const key = isRawObject(raw) ? knownOnlyKey(raw) : undefined;
  return key === 'Ref' || key?.startsWith('Fn::') === true;
}

/** The member or item of a raw node; `undefined` where there is none. */
export function step(current: Place, segment: string | number, resolver: Resolver): Place | undefined {
  if (Array.isArray(current.raw))
    return listItem(current.raw as unknown[], current.segments, Number(segment), resolver);
  if (!isRawObject(current.raw) || !Object.hasOwn(current.raw, scalarText(segment))) return undefined;
  return { raw: current.raw[scalarText(segment)], segments: [...current.segments, scalarText(segment)] };
}

function listItem(
  items: readonly unknown[],
  segments: Path,
  index: number,
  resolver: Resolver,
): Place | undefined {
  let kept = -1;
  for (const [position, raw] of items.entries()) {
    const item = settle({ raw, segments: [...segments, position] }, resolver);
    if (!isNoValue(item.raw)) kept++;
    if (kept === index) return item;
  }
  return undefined;
}

/** Goes through `Fn::If` as long as its condition is decided. */
export function settle(from: Place, resolver: Resolver): Place {
  let current = from;
  for (;;) {
    const argument =
      isRawObject(current.raw) && knownOnlyKey(current.raw) === 'Fn::If' ? current.raw['Fn::If'] : undefined;
    if (!Array.isArray(argument) || typeof argument[0] !== 'string') return current;
    const truth = resolver.condition(argument[0]);
    if (typeof truth !== 'boolean') return current;
    const branch = truth ? 1 : 2;
    current = { raw: (argument as unknown[])[branch], segments: [...current.segments, 'Fn::If', branch] };
  }
}
