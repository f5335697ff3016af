import { bothDoubts, onSide } from '../../model/conditions.ts';
import type { Resource } from '../../model/resource.ts';
import {
  Choice,
  Unresolved,
  isArrayValue,
  type Cause,
  type ObjectValue,
  type Path,
  type Value,
} from '../../model/value.ts';

/** What stands in a resource's document as resources of their own, and why there may be more. */
export interface Generated {
  readonly resources: readonly Resource[];
  readonly incomplete?: Cause;
}

/** What makes a derived resource: from which, where in it, and what it is. */
export interface Generation {
  readonly parent: Resource;
  /** Where in the parent's properties it is derived from. */
  readonly path: Path;
  /** Where single properties stand below `path`, by the first segment of theirs. */
  readonly places?: Readonly<Record<string, Path>>;
  readonly type: string;
  /** Unique among what the parent generates; stable under reordering. */
  readonly key: string;
  readonly name: string;
  readonly properties: ObjectValue;
  readonly uncertain?: Cause;
}

/** Id of what a parent generates under a key. */
export function generatedId(parent: Resource, key: string): string {
  return `${parent.id}#${key}`;
}

/** A resource that stands in another's document; it is located where it was derived from. */
export function generateResource(generation: Generation): Resource {
  const { parent, path, type, key, name, properties } = generation;
  const uncertain = bothDoubts(generation.uncertain, parent.uncertain);
  return {
    id: generatedId(parent, key),
    type,
    name,
    scope: parent.scope,
    properties,
    generated: true,
    locate: (property) => parent.locate([...path, ...placeOf(property, generation.places)]),
    ...(uncertain === undefined ? {} : { uncertain }),
    ...(parent.secrets === undefined ? {} : { secrets: parent.secrets }),
    ...(parent.stack === undefined ? {} : { stack: parent.stack }),
    ...(parent.account === undefined ? {} : { account: parent.account }),
    ...(parent.region === undefined ? {} : { region: parent.region }),
    ...(parent.sourceLine === undefined ? {} : { sourceLine: parent.sourceLine }),
    ...(parent.declaredType === undefined ? {} : { declaredType: parent.declaredType }),
    ...(parent.declaredName === undefined ? {} : { declaredName: parent.declaredName }),
    ...(parent.constructPath === undefined ? {} : { constructPath: parent.constructPath }),
  };
}

function placeOf([first, ...rest]: Path, places: Generation['places']): Path {
  const found = places?.[String(first)];
  return found === undefined ? [] : [...found, ...rest.map(documentName)];
}

/** Documents begin their names with a small letter. */
function documentName(segment: Path[number]): Path[number] {
  return typeof segment === 'string' ? segment.charAt(0).toLowerCase() + segment.slice(1) : segment;
}

/** Object without its absent members. */
export function present(members: Readonly<Record<string, Value | undefined>>): ObjectValue {
  const known: Record<string, Value> = {};
  for (const [name, value] of Object.entries(members)) if (value !== undefined) known[name] = value;
  return known;
}

/** A value, or both sides of an undecided one. */
export interface Side {
  readonly value: Value;
  readonly uncertain?: Cause;
}

/** The sides that a value may take. */
export function sidesOf(value: Value | undefined, uncertain?: Cause): readonly Side[] {
  if (value === undefined || value === null) return [];
  if (value instanceof Choice) {
    return [
      ...sidesOf(value.whenTrue, onSide(value.cause, true, uncertain)),
      ...sidesOf(value.whenFalse, onSide(value.cause, false, uncertain)),
    ];
  }
  return [{ value, ...(uncertain === undefined ? {} : { uncertain }) }];
}

/** Undecided members of one list beyond which it is not known as a whole: each doubles the sides. */
const membersLimit = 4;

/** What comes of a value, or of both sides of an undecided one, of which a list may have several. */
export function onEachSide(
  value: Value | undefined,
  make: (known: Value | undefined) => Value | undefined,
): Value | undefined {
  if (value instanceof Unresolved) return value;
  if (value instanceof Choice)
    return new Choice(value.cause, onEachSide(value.whenTrue, make), onEachSide(value.whenFalse, make));
  if (!isArrayValue(value)) return make(value);
  const open = value.filter((item) => item instanceof Choice);
  const [first] = open;
  if (first === undefined) return make(value);
  if (open.length > membersLimit) return new Unresolved(first.cause);
  const side = (item: Value | undefined): Value | undefined =>
    onEachSide(
      value.flatMap((each) => (each === first ? (item ?? []) : [each])),
      make,
    );
  return new Choice(first.cause, side(first.whenTrue), side(first.whenFalse));
}
