import type { Resource } from '../model/resource.ts';
import type { SecretTexts } from '../model/secret-texts.ts';
import type { ObjectValue } from '../model/value.ts';

/** Resources that nobody scanned but something names. One object each, made when first named. */
export interface ExternalResources {
  named(type: string, name: string, scope: string, arn: string | undefined): Resource;
  /** One declared in headgate.yaml. */
  declared(
    target: {
      readonly type: string;
      readonly name?: string;
      readonly arn?: string;
      readonly properties?: ObjectValue;
    },
    scope: string,
    because: string,
  ): Resource;
}

/** An empty collection of external resources; `secrets` are what the scanned ones mark as secret. */
export function createExternalResources(secrets?: SecretTexts): ExternalResources {
  const known = new Map<string, Resource>();
  const make = (id: string, build: () => Omit<Resource, 'id' | 'external' | 'locate'>): Resource => {
    const found = known.get(id);
    if (found !== undefined) return found;
    const resource: Resource = {
      ...build(),
      id,
      external: true,
      ...(secrets === undefined ? {} : { secrets }),
      locate: (path) => ({ arn: id, path }),
    };
    known.set(id, resource);
    return resource;
  };
  return {
    named: (type, name, scope, arn) =>
      make(`external|${scope}|${type}|${arn ?? name}`, () => ({
        type,
        name,
        scope,
        properties: {},
        ...(arn === undefined ? {} : { arn }),
      })),
    declared: ({ type, name, arn, properties }, scope, because) =>
      make(`declared|${scope}|${type}|${arn ?? name ?? ''}|${because}`, () => ({
        type,
        name: name ?? arn ?? type,
        scope,
        properties: properties ?? {},
        declaredBecause: because,
        ...(arn === undefined ? {} : { arn }),
      })),
  };
}
