import type { SymbolicLocation } from '../model/location.ts';
import type { Resource } from '../model/resource.ts';
import type { SecretTexts } from '../model/secret-texts.ts';
import type { Cause, Path, Value } from '../model/value.ts';
import type { PlanInstance } from './plan-document.ts';

/** A place in the values of an instance. */
export interface PlanPlace {
  readonly instance: PlanInstance;
  readonly path: Path;
}

/** A resource that is still being filled, by its own instance and by its parts. */
export interface Draft {
  readonly id: string;
  type: string;
  readonly name: string;
  readonly instance: PlanInstance;
  readonly properties: Record<string, Value>;
  /** Where what stands at a property was written: a property's path, joined by `/`. */
  readonly places: Map<string, PlanPlace>;
  readonly external?: true;
  readonly generated?: true;
  uncertain?: Cause;
}

/** What all resources of a plan have in common. */
export interface DraftContext {
  readonly scopeOf: (instance: PlanInstance) => string;
  readonly regionOf: (instance: PlanInstance) => string | undefined;
  readonly account: string | undefined;
  readonly stack: string;
  readonly secrets: SecretTexts;
  readonly locate: (place: PlanPlace) => SymbolicLocation;
  readonly callOf: (instance: PlanInstance) => Resource['sourceLine'];
  readonly constructPathOf: (instance: PlanInstance) => string | undefined;
}

export function toResource(draft: Draft, context: DraftContext): Resource {
  const { id, type, name, instance, properties, places, uncertain } = draft;
  const region = context.regionOf(instance);
  const { account } = context;
  const call = context.callOf(instance);
  const constructPath = context.constructPathOf(instance);
  const arn = arnOf(draft);
  return {
    id,
    type,
    name,
    scope: context.scopeOf(instance),
    stack: context.stack,
    ...(draft.generated === true ? {} : { declaredType: instance.type }),
    properties,
    secrets: context.secrets,
    ...(region === undefined ? {} : { region }),
    ...(account === undefined ? {} : { account }),
    ...(arn === undefined ? {} : { arn }),
    ...(uncertain === undefined ? {} : { uncertain }),
    ...(draft.external === undefined ? {} : { external: true }),
    ...(draft.generated === undefined ? {} : { generated: true }),
    ...(call === undefined ? {} : { sourceLine: call }),
    ...(constructPath === undefined ? {} : { constructPath }),
    locate: (path) => context.locate(placeOf(path, places) ?? { instance, path: [] }),
  };
}

/** An ARN that the plan knows: of what is there already. */
function arnOf({ instance: { after }, generated }: Draft): string | undefined {
  if (generated === true || typeof after !== 'object' || after === null) return undefined;
  const arn: unknown = (after as Record<string, unknown>)['arn'];
  return typeof arn === 'string' && arn.startsWith('arn:') ? arn : undefined;
}

/** The place of a property, or of the nearest one around it that is written. */
function placeOf(path: Path, places: ReadonlyMap<string, PlanPlace>): PlanPlace | undefined {
  for (let length = path.length; length > 0; length -= 1) {
    const found = places.get(path.slice(0, length).join('/'));
    if (found === undefined) continue;
    return found;
  }
  return undefined;
}
