import { mappedType } from '../../../../src/terraform/mapping/index.ts';
import {
  addressOf,
  Blocks,
  Encoded,
  isList,
  isObject,
  Reference,
  referencesOf,
  Text,
  type Block,
  type Expression,
} from './expressions.ts';

/** Stands for what is not known before a configuration is applied. */
const unknown = Symbol('unknown');
type Known = unknown;

/** The JSON of the plan that creates everything. */
export function planOfBlocks(blocks: readonly Block[]): object {
  const byAddress = new Map(blocks.map((block) => [addressOf(block), block]));
  return {
    format_version: '1.2',
    terraform_version: '1.11.4',
    resource_changes: blocks.map((block) => {
      const after: Record<string, Known> = {};
      const after_unknown: Record<string, unknown> = {};
      for (const attribute of Object.keys(mappedType(block.type)?.ids ?? {})) after_unknown[attribute] = true;
      for (const [name, value] of Object.entries(block.attributes)) {
        Reflect.deleteProperty(after_unknown, name);
        const known = knownOf(value, byAddress);
        if (known === unknown) after_unknown[name] = true;
        else {
          after[name] = withoutUnknown(known);
          const mirror = unknownIn(known);
          if (mirror !== false) after_unknown[name] = mirror;
        }
      }
      return {
        address: addressOf(block),
        mode: 'managed',
        type: block.type,
        name: block.name,
        provider_name: 'registry.terraform.io/hashicorp/aws',
        change: { actions: ['create'], before: null, after, after_unknown, after_sensitive: {} },
      };
    }),
    configuration: {
      provider_config: {
        aws: {
          name: 'aws',
          full_name: 'registry.terraform.io/hashicorp/aws',
          expressions: { region: { constant_value: 'eu-west-1' } },
        },
      },
      root_module: {
        resources: blocks.map((block) => ({
          address: addressOf(block),
          mode: 'managed',
          type: block.type,
          name: block.name,
          provider_config_key: 'aws',
          expressions: expressionsOf(block.attributes),
        })),
      },
    },
  };
}

function expressionsOf(attributes: Readonly<Record<string, Expression>>): object {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [
      name,
      value instanceof Blocks ? value.items.map(expressionsOf) : expressionOf(value),
    ]),
  );
}

function expressionOf(value: Expression): object {
  const references = referencesOf(value);
  if (references.length > 0)
    return { references: [...new Set(references.flatMap((each) => [each.toString(), each.address]))] };
  // A call has no references and is no constant.
  return value instanceof Encoded ? {} : { constant_value: value };
}

function knownOf(value: Expression, byAddress: ReadonlyMap<string, Block>): Known {
  if (value instanceof Reference) {
    const written = byAddress.get(value.address)?.attributes[value.attribute];
    return written === undefined ? unknown : knownOf(written, byAddress);
  }
  if (value instanceof Text) {
    const parts = value.parts.map((part) => (typeof part === 'string' ? part : knownOf(part, byAddress)));
    return parts.some((part) => typeof part !== 'string') ? unknown : parts.join('');
  }
  if (value instanceof Encoded) {
    const inner = knownOf(value.value, byAddress);
    return holdsUnknown(inner) ? unknown : JSON.stringify(inner);
  }
  if (value instanceof Blocks) return value.items.map((item) => membersOf(item, byAddress));
  if (isList(value)) return value.map((item) => knownOf(item, byAddress));
  if (!isObject(value)) return value;
  const members = membersOf(value, byAddress);
  // One element that is not known makes a map unknown.
  return holdsUnknown(members) ? unknown : members;
}

function membersOf(
  members: Readonly<Record<string, Expression>>,
  byAddress: ReadonlyMap<string, Block>,
): Readonly<Record<string, Known>> {
  return Object.fromEntries(Object.entries(members).map(([name, item]) => [name, knownOf(item, byAddress)]));
}

function holdsUnknown(known: Known): boolean {
  if (known === unknown) return true;
  return typeof known === 'object' && known !== null && Object.values(known).some(holdsUnknown);
}

function withoutUnknown(known: Known): Known {
  if (known === unknown) return null;
  if (Array.isArray(known)) return known.map(withoutUnknown);
  if (typeof known !== 'object' || known === null) return known;
  return Object.fromEntries(
    Object.entries(known)
      .filter(([, item]) => item !== unknown)
      .map(([name, item]) => [name, withoutUnknown(item)]),
  );
}

function unknownIn(known: Known): unknown {
  if (known === unknown) return true;
  if (Array.isArray(known)) return known.map(unknownIn);
  if (typeof known !== 'object' || known === null) return false;
  return Object.fromEntries(
    Object.entries(known)
      .map(([name, item]) => [name, unknownIn(item)] as const)
      .filter(([, item]) => item !== false),
  );
}
