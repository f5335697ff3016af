import { scalarText } from '../model/scalar-text.ts';
import { fromPointer, type SymbolicLocation } from '../model/location.ts';
import type { Path, PathSegment } from '../model/value.ts';
import { isIntrinsic, placeAt, settle, step, type DerivedResource, type Place } from './locate.ts';
import type { PropertyBase, ResourceOrigin } from '../text/parse-template.ts';
import { isRawObject, member } from '../text/raw.ts';
import type { Resolver } from './resolver.ts';

/** How far a path could be followed through what is written. */
interface Followed {
  readonly at: Place;
  readonly matched: number;
  readonly isWhole: boolean;
}

/**
 * The place in the author's file of a property of a resource that a transform made: the written
 * property where there is one, also in a section of shared properties or under another name;
 * else the place that the resource was derived from.
 */
export function locateDerived(derived: DerivedResource, path: Path, resolver: Resolver): SymbolicLocation {
  const { file } = derived;
  if (path.length === 0) return homeOf(derived, resolver);
  const fixed = fixedCandidate(derived.origin, path);
  let best = fixed && follow(derived.source, ...fixed, resolver);
  if (best !== undefined && best.matched > 0) return placeAt(file, best.at);
  for (const [base, wanted] of candidates(derived.origin, path)) {
    const found = follow(derived.source, base, wanted, resolver);
    if (found === undefined || found.matched === 0) continue;
    if (found.isWhole) return placeAt(file, found.at);
    if (best === undefined || found.matched > best.matched) best = found;
  }
  return best === undefined ? homeOf(derived, resolver) : placeAt(file, best.at);
}

/**
 * Where in the author's file the property at a path is written or would be: where most of it stands, else at the likeliest
 * place. Undefined where the author writes nothing that becomes the property.
 */
export function writeDerived(
  { origin, source }: DerivedResource,
  path: Path,
  resolver: Resolver,
): Path | undefined {
  const all = [...candidates(origin, path)];
  const fixed = fixedCandidate(origin, path);
  if (fixed !== undefined) all.unshift(fixed);
  let best: { readonly matched: number; readonly path: Path } | undefined;
  for (const [base, wanted] of all) {
    const found = follow(source, base, wanted, resolver);
    const matched = found?.matched ?? 0;
    if (best !== undefined && matched <= best.matched) continue;
    const from = found === undefined || matched === 0 ? base.own : found.at.segments;
    best = { matched, path: [...from, ...wanted.slice(matched)] };
    if (found?.isWhole === true) break;
  }
  return best?.path;
}

/** Where the resource as a whole comes from: the property that asks for it, where one does. */
function homeOf({ file, origin, source }: DerivedResource, resolver: Resolver): SymbolicLocation {
  for (const [base, wanted] of renamed(origin, [], 0)) {
    const found = follow(source, base, wanted, resolver);
    if (found?.isWhole === true) return placeAt(file, found.at, 'key');
  }
  return { file, pointer: origin.pointer, target: 'key' };
}

type Candidate = readonly [base: PropertyBase, path: Path];

/** Where a property may be written, the likeliest place first. */
function* candidates(origin: ResourceOrigin, path: Path): Generator<Candidate> {
  for (let length = Math.min(path.length, 6); length > 0; length--) {
    yield* renamed(origin, path, length);
  }
  if (member(origin.names, scalarText(path[0])) !== undefined) return;
  for (const base of origin.bases ?? []) if (base.onlyRenamed !== true) yield [base, path];
}

/** The place that a transform told of the longest part of a path. */
function fixedCandidate({ properties }: ResourceOrigin, path: Path): Candidate | undefined {
  if (properties === undefined) return undefined;
  for (let length = path.length; length > 0; length--) {
    const pointer = properties[path.slice(0, length).join('\0')];
    if (pointer === undefined) continue;
    const segments = fromPointer(pointer);
    // Its last segment counts as followed.
    return [{ own: segments.slice(0, -1) }, [...segments.slice(-1), ...path.slice(length)]];
  }
  return undefined;
}

function* renamed({ bases, names }: ResourceOrigin, path: Path, length: number): Generator<Candidate> {
  const written = member(names, path.slice(0, length).join('.'));
  if (!Array.isArray(written)) return;
  for (const name of written as readonly string[]) {
    for (const base of bases ?? []) yield [base, [...name.split('.'), ...path.slice(length)]];
  }
}

/** Two mappings of which the second gives what the first does not. */
interface Merged {
  readonly own: Place | undefined;
  readonly shared: Place | undefined;
}

function follow(source: unknown, base: PropertyBase, path: Path, resolver: Resolver): Followed | undefined {
  let merged: Merged = {
    own: descend(source, base.own),
    shared: base.shared === undefined ? undefined : descend(source, base.shared),
  };
  let at = merged.own ?? merged.shared;
  if (at === undefined) return undefined;
  let matched = 0;
  for (const [index, segment] of path.entries()) {
    if (index === 0 && base.except?.includes(scalarText(segment)) === true)
      merged = { ...merged, shared: undefined };
    merged = stepMerged(merged, segment, resolver);
    const next = merged.own ?? merged.shared;
    if (next === undefined) break;
    at = next;
    matched += 1;
  }
  return { at, matched, isWhole: matched === path.length || (matched > 0 && isIntrinsic(at.raw)) };
}

function descend(source: unknown, segments: Path): Place | undefined {
  let raw = source;
  for (const segment of segments) {
    raw = Array.isArray(raw) ? (raw as unknown[])[Number(segment)] : member(raw, scalarText(segment));
    if (raw === undefined || raw === null) return undefined;
  }
  return { raw, segments };
}

/** Mirrors how shared properties are merged: lists joined, mappings member by member, else the own value. */
function stepMerged({ own, shared }: Merged, segment: PathSegment, resolver: Resolver): Merged {
  if (own === undefined || shared === undefined) {
    return { own: own && child(own, segment, resolver), shared: shared && child(shared, segment, resolver) };
  }
  if (Array.isArray(own.raw) && Array.isArray(shared.raw)) {
    const before = shared.raw.length;
    return Number(segment) < before
      ? { own: undefined, shared: child(shared, segment, resolver) }
      : { own: child(own, Number(segment) - before, resolver), shared: undefined };
  }
  const [mine, theirs] = [child(own, segment, resolver), child(shared, segment, resolver)];
  if (!isPlainMap(own.raw) || !isPlainMap(shared.raw)) return { own: mine, shared: undefined };
  // Nothing behind a key leaves the shared value in force.
  return { own: mine?.raw === null && theirs !== undefined ? undefined : mine, shared: theirs };
}

function isPlainMap(raw: unknown): boolean {
  return isRawObject(raw) && !isIntrinsic(raw);
}

function child(from: Place, segment: PathSegment, resolver: Resolver): Place | undefined {
  if (isIntrinsic(from.raw)) return undefined;
  const next = step(from, segment, resolver);
  return next === undefined ? undefined : settle(next, resolver);
}
