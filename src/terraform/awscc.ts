import { isRawObject } from '../text/raw.ts';
import { hasOwnKeys } from './conversions.ts';
import { mappedTypes } from './mapping/index.ts';
import type { MappedType, Row } from './mapping/mapped-type.ts';

/**
 * Types of the awscc provider are those of CloudFormation in snake case, attributes alike. A name is turned back by
 * the names that the mapping has (`kms_master_key_id` is `KmsMasterKeyId` or `KMSMasterKeyID`), and by its words
 * where the mapping has none.
 */
export function awsccType(type: string, after: unknown, unknown: unknown): MappedType | undefined {
  const name = typeNames().get(type);
  if (name === undefined) return undefined;
  const names = propertyNames(name);
  const attributes = new Set([...keysOf(after), ...keysOf(unknown)]);
  const rows: Row[] = [...attributes]
    .filter((attribute) => attribute !== 'id')
    .map((attribute) => [
      attribute,
      names.get(attribute) ?? words(attribute),
      documents.has(attribute)
        ? { as: 'json' }
        : attribute === 'definition_string'
          ? { as: 'definition' }
          : hasOwnKeys(attribute)
            ? {}
            : { as: 'awscc', names },
    ]);
  return { terraform: type, type: name, rows, ids: { id: 'Ref', arn: 'Arn' } };
}

/** Attributes of policies and the like, which are JSON texts. */
const documents: ReadonlySet<string> = new Set([
  'policy_document',
  'assume_role_policy_document',
  'key_policy',
  'policy',
  'redrive_policy',
  'redrive_allow_policy',
  'event_pattern',
  'filter_policy',
  'resource_policy',
  'definition',
]);

function keysOf(value: unknown): readonly string[] {
  return isRawObject(value) ? Object.keys(value) : [];
}

let types: ReadonlyMap<string, string> | undefined;
let properties: Map<string, Map<string, string>> | undefined;
let others: ReadonlyMap<string, string> | undefined;

function typeNames(): ReadonlyMap<string, string> {
  types ??= new Map(
    mappedTypes
      .flatMap(({ type, also = [] }) => [type, ...also.map((each) => each.type)])
      .filter((type) => type.startsWith('AWS::'))
      .map((type) => {
        const [, service = '', resource = ''] = type.split('::');
        return [`awscc_${service.toLowerCase()}_${snake(resource)}`, type];
      }),
  );
  return types;
}

/** Names of a type's properties by those in snake case; where its rows have none, those of the other types. */
function propertyNames(type: string): ReadonlyMap<string, string> {
  properties ??= new Map();
  let names = properties.get(type);
  if (names === undefined) {
    names = namesIn(mappedTypes.filter((each) => each.type === type));
    others ??= namesIn(mappedTypes);
    for (const [name, property] of others) if (!names.has(name)) names.set(name, property);
    properties.set(type, names);
  }
  return names;
}

function namesIn(types: readonly MappedType[]): Map<string, string> {
  const names = new Map<string, string>();
  for (const { rows } of types) {
    for (const [, property] of rows) {
      // The first level goes first: a name below it may be written in another way.
      const segments = property.replaceAll('[]', '').split('.');
      for (const segment of segments) {
        const name = snake(segment);
        if (segment !== '-' && segment !== '' && (!names.has(name) || segment === segments[0]))
          names.set(name, segment);
      }
    }
  }
  return names;
}

/** `SSESpecification` -> `sse_specification`. */
function snake(name: string): string {
  return name
    .replace(/([a-z\d])([A-Z])/g, '$1_$2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1_$2')
    .toLowerCase();
}

function words(name: string): string {
  return name
    .split('_')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}
