import { mappedTypes } from '../../../../src/terraform/mapping/index.ts';
import type { MappedType, Row } from '../../../../src/terraform/mapping/mapped-type.ts';
import {
  addressOf,
  Blocks,
  Encoded,
  isList,
  isObject,
  Reference,
  type Block,
  type Configuration,
  type Expression,
} from './expressions.ts';
import { IntrinsicReader, NotConvertible, type TemplateResources } from './intrinsics.ts';
import { specialTypes, type Special } from './special-types.ts';
import { backwards } from './words.ts';

export { NotConvertible } from './intrinsics.ts';

type Properties = Record<string, Expression>;

/**
 * The resources of a template as Terraform, by the rows of the mapping read backwards.
 *
 * @throws NotConvertible where a template has what no plan can say: conditions, parameters, types without a row.
 */
export function terraformOf(
  resources: TemplateResources,
  outputs: Record<string, unknown> = {},
): Configuration {
  return new Converter(resources, outputs).run();
}

/** What Terraform writes for a type of CloudFormation. */
export function mainTypeOf(type: string): MappedType | undefined {
  const preferred = preferredTypes[type];
  return mappedTypes.find((each) =>
    preferred === undefined ? each.type === type && each.partOf === undefined : each.terraform === preferred,
  );
}

const preferredTypes: Readonly<Record<string, string>> = {
  'AWS::EC2::SecurityGroupIngress': 'aws_vpc_security_group_ingress_rule',
  'AWS::EC2::VPCGatewayAttachment': 'aws_internet_gateway_attachment',
};

/** Types of which teams write the parts rather than the blocks that came before them. */
const partsFirst: ReadonlySet<string> = new Set(['AWS::S3::Bucket', 'AWS::IAM::Role']);

class Converter {
  readonly blocks: Block[] = [];
  readonly lost: string[] = [];
  readonly reader: IntrinsicReader;

  constructor(
    readonly resources: TemplateResources,
    outputs: Record<string, unknown>,
  ) {
    this.reader = new IntrinsicReader(resources, outputs, mainTypeOf);
  }

  run(): Configuration {
    for (const [id, resource] of Object.entries(this.resources)) {
      if (resource.Type === 'AWS::CDK::Metadata') continue;
      if (resource.Condition !== undefined) throw new NotConvertible('a condition');
      const properties = this.reader.expression(resource.Properties ?? {});
      if (!isObject(properties)) throw new NotConvertible('properties that are not an object');
      this.#add(id, resource.Type, structuredCopy(properties) as Properties);
    }
    for (const { on, attribute, value } of this.reader.changes) {
      const block = this.blocks.find((each) => addressOf(each) === on);
      if (block !== undefined) block.attributes[attribute] = value;
    }
    return { blocks: this.blocks, lost: this.lost };
  }

  #add(id: string, type: string, properties: Properties): void {
    const name = this.reader.nameOf(id);
    const special: Special | undefined = specialTypes[type];
    const context = { id, name, reader: this.reader, add: (block: Block) => this.blocks.push(block) };
    const outcome = special?.(properties, context);
    if (outcome === 'done') return;
    const mapped = mainTypeOf(type);
    if (mapped === undefined) throw new NotConvertible(`no type of Terraform for ${type}`);
    const main: Block = { type: mapped.terraform, name, attributes: { ...outcome } };
    const parts = mappedTypes.filter(
      (each) =>
        each.partOf !== undefined &&
        each.type === type &&
        each.each === undefined &&
        !unused.has(each.terraform),
    );
    const pieces: Block[] = [];
    if (partsFirst.has(type)) this.#addParts(parts, main, properties, pieces);
    const clones = this.#fill(mapped.rows, main, properties);
    for (const also of mapped.also ?? []) if (also.type === type) this.#fill(also.rows, main, properties);
    this.#addParts(parts, main, properties, pieces);
    this.blocks.push(main, ...clones, ...pieces);
    this.lost.push(...leaves(properties).map((path) => `${type} ${path}`));
  }

  #addParts(parts: readonly MappedType[], main: Block, properties: Properties, into: Block[]): void {
    for (const part of parts) {
      const block: Block = { type: part.terraform, name: main.name, attributes: {} };
      const clones = this.#fill(part.rows, block, properties);
      if (Object.keys(block.attributes).length === 0) continue;
      for (const each of [block, ...clones]) {
        const index = into.filter(({ type }) => type === part.terraform).length;
        into.push({
          type: each.type,
          name: index === 0 ? main.name : `${main.name}_${index + 1}`,
          attributes: { ...ownerOf(part, main), ...each.attributes },
        });
      }
    }
  }

  /** Moves properties into attributes; further elements of a list of which a resource has one become further resources. */
  #fill(rows: readonly Row[], block: Block, properties: Properties): Block[] {
    const further = new Map<number, Block>();
    for (const row of rows) {
      const [attribute, property, how = {}] = row;
      if (property === '-' || property === '') continue;
      if (attribute === 'rule_json' && block.attributes['rule'] !== undefined) {
        Reflect.deleteProperty(properties, property);
        continue;
      }
      const names = attribute.split('.');
      const lists = names.filter((each) => each.endsWith('[]')).length;
      for (const { value, indices, remove } of found(properties, property.split('.'))) {
        const [own, rest] = [indices.slice(0, lists), indices.slice(lists)];
        const clone = rest[0] ?? 0;
        if (rest.length > 1 && rest.slice(1).some((each) => each > 0)) continue;
        // Elements that others have taken leave an empty object.
        if (isTaken(value) || (isList(value) && value.length > 0 && value.every(isTaken))) continue;
        const converted = backwards(value, how.as, attribute);
        if (converted === undefined) continue;
        let target = block;
        if (clone > 0) {
          target = further.get(clone) ?? {
            type: block.type,
            name: `${block.name}_${clone + 1}`,
            attributes: {},
          };
          further.set(clone, target);
        }
        if (place(target.attributes, names, own, converted, how.as)) remove();
      }
    }
    // What holds for all of them stands in each.
    for (const each of further.values())
      for (const [name, value] of Object.entries(block.attributes)) each.attributes[name] ??= value;
    return [...further.values()];
  }
}

/** Parts that say in another way what one before them says. */
const unused: ReadonlySet<string> = new Set([
  'aws_api_gateway_rest_api_put',
  'aws_iam_role_policy_attachments_exclusive',
  'aws_s3_bucket_object_lock_configuration',
]);

/** The attributes of a part by which it names its owner. */
function ownerOf(part: MappedType, main: Block): Record<string, Expression> {
  const mapped = mappedTypes.find(({ terraform }) => terraform === main.type);
  const named: Record<string, Expression> = {};
  for (const [attribute, property] of Object.entries(part.partOf ?? {})) {
    const id = Object.entries(mapped?.ids ?? {}).find(([, meaning]) => meaning === property)?.[0];
    const row = mapped?.rows.find(([, of]) => of === property)?.[0];
    const own = row === undefined ? undefined : main.attributes[row];
    if (id !== undefined && row === undefined) named[attribute] = new Reference(addressOf(main), id);
    else if (own instanceof Reference) named[attribute] = own;
    else if (row !== undefined && (own !== undefined || id !== undefined || ownNames.has(property)))
      named[attribute] = new Reference(addressOf(main), row);
  }
  return named;
}

const ownNames: ReadonlySet<string> = new Set([
  'Name',
  'FunctionName',
  'RoleName',
  'TableName',
  'RepositoryName',
]);

interface Found {
  readonly value: Expression;
  readonly indices: readonly number[];
  readonly remove: () => void;
}

/** What stands at a property path; `[]` for each element. */
function found(at: Expression, path: readonly string[]): Found[] {
  const [head, ...rest] = path;
  if (head === undefined || !isObject(at)) return [];
  const isListed = head.endsWith('[]');
  const name = isListed ? head.slice(0, -2) : head;
  const value = at[name];
  if (value === undefined) return [];
  const holder = at as Properties;
  if (!isListed)
    return rest.length === 0
      ? [{ value, indices: [], remove: () => Reflect.deleteProperty(holder, name) }]
      : found(value, rest);
  const items = isList(value) ? value : [value];
  return items.flatMap((item, index) =>
    rest.length === 0
      ? [
          {
            value: item,
            indices: [index],
            remove: () => {
              if (isList(value)) (value as Expression[])[index] = {};
              else Reflect.deleteProperty(holder, name);
            },
          },
        ]
      : found(item, rest).map((each) => ({ ...each, indices: [index, ...each.indices] })),
  );
}

function isTaken(value: Expression): boolean {
  return isObject(value) && Object.keys(value).length === 0;
}

/** Sets an attribute in its blocks; false where something else stands there. */
function place(
  attributes: Properties,
  names: readonly string[],
  indices: readonly number[],
  value: Expression,
  as: string | undefined,
): boolean {
  let at = attributes;
  const left = [...indices];
  for (const [position, segment] of names.entries()) {
    const isListed = segment.endsWith('[]');
    const name = isListed ? segment.slice(0, -2) : segment;
    const index = isListed ? (left.shift() ?? 0) : 0;
    if (position === names.length - 1 && !isListed) {
      if (name in at && as !== 'methodVerb') return false;
      if (as === 'methodVerb') {
        const path = at[name];
        at[name] = typeof path === 'string' && typeof value === 'string' ? methodPath(path, value) : value;
      } else at[name] = value;
      return true;
    }
    const known = at[name];
    const blocks = known instanceof Blocks ? known : new Blocks([]);
    if (known !== undefined && !(known instanceof Blocks)) return false;
    at[name] = blocks;
    while (blocks.items.length <= index) blocks.items.push({});
    if (position === names.length - 1) {
      const [own] = value instanceof Blocks ? value.items : [];
      if (own === undefined) return false;
      blocks.items[index] = own;
      return true;
    }
    at = blocks.items[index] ?? {};
  }
  return false;
}

/** `/*` and `*` are all methods; `/orders` and `GET` one. */
function methodPath(path: string, verb: string): string {
  const resource = path.replace(/^\//, '');
  return resource === '*' ? `*/${verb}` : `${resource.replaceAll('/', '~1')}/${verb}`;
}

/** Paths of what is left. */
function leaves(value: Expression, path = ''): string[] {
  if (isObject(value))
    return Object.entries(value).flatMap(([name, item]) =>
      leaves(item, path === '' ? name : `${path}.${name}`),
    );
  if (isList(value) && value.every(isObject))
    return [...new Set(value.flatMap((item) => leaves(item, `${path}[]`)))];
  return [path];
}

/** A copy of what holds other values; references are taken over. */
function structuredCopy(value: Expression): Expression {
  if (isList(value)) return value.map(structuredCopy);
  if (isObject(value))
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, structuredCopy(item)]));
  return value instanceof Encoded ? new Encoded(structuredCopy(value.value)) : value;
}
