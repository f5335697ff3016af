import type { Cause, Value } from '../model/value.ts';
import { Choice, isArrayValue, isObjectValue, Reference, Unresolved } from '../model/value.ts';
import type { SecretTexts } from '../model/secret-texts.ts';
import { awsccType } from './awscc.ts';
import type { Draft } from './drafts.ts';
import { mainAssociations } from './main-routes.ts';
import { mapRows, setAt, valueAt } from './map-rows.ts';
import { mappedType } from './mapping/index.ts';
import type { AlsoType, MappedType } from './mapping/mapped-type.ts';
import type { PlanInstance } from './plan-document.ts';
import { define } from './define.ts';
import { isSet, type PlanValues } from './plan-values.ts';
import { adjust, expand } from './special-types.ts';

/** What becomes of a plan's instances. */
export interface MappedPlan {
  readonly drafts: readonly Draft[];
  /** Types that no row knows, with an instance of each. */
  readonly unread: ReadonlyMap<string, PlanInstance>;
}

/** Types of drafts that stand for what no row knows: what refers to them is not known. */
export const unreadPrefix = 'Terraform::';

/** Makes resources of instances, and gives parts to the resources that they belong to. */
export function mapPlan(
  instances: readonly PlanInstance[],
  values: PlanValues,
  secrets: SecretTexts,
): MappedPlan {
  const mapper = new Mapper(values, secrets);
  const parts: { instance: PlanInstance; mapped: MappedType }[] = [];
  for (const instance of instances) {
    if (instance.mode !== 'managed') continue;
    const mapped = typeOf(instance);
    if (mapped === undefined) mapper.addUnread(instance);
    else if (mapped.partOf === undefined) mapper.add(instance, mapped);
    else parts.push({ instance, mapped });
  }
  for (const { instance, mapped } of parts) mapper.addPart(instance, mapped);
  mapper.finish();
  return { drafts: mapper.drafts, unread: mapper.unread };
}

function typeOf(instance: PlanInstance): MappedType | undefined {
  if (instance.provider === 'aws') return mappedType(instance.type);
  return instance.provider === 'awscc'
    ? awsccType(instance.type, instance.after, instance.unknown)
    : undefined;
}

class Mapper {
  readonly drafts: Draft[] = [];
  readonly unread = new Map<string, PlanInstance>();
  readonly #owners = new Map<string, OwnerTable>();
  readonly #byId = new Map<string, Draft>();

  constructor(
    readonly values: PlanValues,
    readonly secrets: SecretTexts,
  ) {}

  add(instance: PlanInstance, mapped: MappedType): void {
    const draft = this.#draft(instance, mapped.type);
    mapRows(mapped.rows, instance, this.values, this.secrets, draft);
    adjust(instance, draft, this.values);
    this.#keep(draft);
    for (const extra of expand(instance, this.values)) {
      const made = this.#draft(instance, extra.type, extra.suffix);
      for (const [property, value] of Object.entries(extra.properties))
        define(made.properties, property, value);
      for (const [property, path] of Object.entries(extra.places))
        made.places.set(property, { instance, path });
      this.#keep(made);
    }
    for (const also of mapped.also ?? []) this.#addBeside(instance, draft, also);
  }

  #addBeside(instance: PlanInstance, owner: Draft, also: AlsoType): void {
    if (!isSet(this.values.attribute(instance, [also.when]))) return;
    const draft = this.#draft(instance, also.type, also.suffix);
    const segments = also.owner.endsWith('[]') ? [also.owner.slice(0, -2), 0] : [also.owner];
    setAt(draft.properties, segments, new Reference(owner.id));
    mapRows(also.rows, instance, this.values, this.secrets, draft);
    this.#keep(draft);
  }

  addUnread(instance: PlanInstance): void {
    if (instance.provider !== 'aws' && instance.provider !== 'awscc') return;
    if (!this.unread.has(instance.type)) this.unread.set(instance.type, instance);
    const draft = this.#draft(instance, `${unreadPrefix}${instance.type}`);
    const all = this.values.value(instance, this.values.rootOf(instance));
    if (isObjectValue(all)) Object.assign(draft.properties, all);
    this.#keep(draft);
  }

  /** Gives a part to its owner; to all that it may be for, where that is not known. */
  addPart(instance: PlanInstance, mapped: MappedType): void {
    if (mapped.type === 'Headgate::Scope') {
      this.#keepScope(instance, mapped);
      return;
    }
    const part = this.#draft(instance, mapped.type);
    mapRows(mapped.rows, instance, this.values, this.secrets, part);
    const { owners, cause } = this.#ownersOf(instance, mapped);
    if (owners.length === 0) {
      this.#addOutside(part, instance, mapped, cause);
      return;
    }
    for (const owner of owners) merge(owner, part, cause);
  }

  #keepScope(instance: PlanInstance, mapped: MappedType): void {
    const part = this.#draft(instance, mapped.type);
    mapRows(mapped.rows, instance, this.values, this.secrets, part);
    this.drafts.push(part);
  }

  /** A part of something that is not in the plan: whoever looks for it finds that there is such an owner. */
  #addOutside(part: Draft, instance: PlanInstance, mapped: MappedType, cause: Cause | undefined): void {
    const external: Draft = { ...part, external: true };
    for (const [attribute, property] of Object.entries(mapped.partOf ?? {})) {
      const value = this.values.attribute(instance, [attribute]);
      const named = property === 'Ref' || property === 'Arn' ? nameProperty[mapped.type] : property;
      if (value === undefined || named === undefined || named.includes('.')) continue;
      if (external.properties[named] === undefined) define(external.properties, named, lastOfArn(value));
    }
    if (cause !== undefined) external.uncertain = cause;
    this.#keep(external);
  }

  #ownersOf(
    instance: PlanInstance,
    mapped: MappedType,
  ): { readonly owners: readonly Draft[]; readonly cause?: Cause } {
    const types = [mapped.type, ...(mapped.alsoOf ?? [])];
    const names = Object.entries(mapped.partOf ?? {});
    if (mapped.each !== undefined) return { owners: this.#listed(instance, mapped, mapped.each) };
    const [first, ...others] = names;
    if (first === undefined) return { owners: [] };
    const owners = new Set<Draft>();
    let cause: Cause | undefined;
    for (const value of sidesOf(this.values.attribute(instance, [first[0]]))) {
      if (value instanceof Unresolved) cause = value.cause;
      for (const type of types)
        for (const owner of this.#table(type).find(first[1], formsOf(value, this.#byId))) owners.add(owner);
    }
    const direct = this.#directOwner(instance, names, types);
    if (direct !== undefined) return { owners: [direct] };
    const fitting = [...owners].filter((owner) =>
      others.every(([attribute, property]) => {
        const forms = sidesOf(this.values.attribute(instance, [attribute])).flatMap((side) =>
          formsOf(side, this.#byId),
        );
        const own = this.#table(owner.type).formsOf(owner, property);
        return forms.length === 0 || own.length === 0 || forms.some((form) => own.includes(form));
      }),
    );
    if (fitting.length > 1) cause ??= severalOwners(instance, fitting);
    return { owners: fitting, ...(cause === undefined ? {} : { cause }) };
  }

  /** An attribute that refers to the owner itself says more than all names. */
  #directOwner(
    instance: PlanInstance,
    names: readonly (readonly [string, string])[],
    types: readonly string[],
  ): Draft | undefined {
    for (const [attribute] of names) {
      const value = this.values.attribute(instance, [attribute]);
      if (!(value instanceof Reference)) continue;
      for (const type of types) {
        const owner = this.#table(type).byId.get(value.resourceId);
        if (owner !== undefined) return owner;
      }
    }
    return undefined;
  }

  #listed(instance: PlanInstance, mapped: MappedType, attribute: string): readonly Draft[] {
    const listed = this.values.attribute(instance, [attribute], { list: true });
    const items = isArrayValue(listed) ? listed : [];
    const property = mapped.partOf?.[attribute] ?? 'Ref';
    return items.flatMap((item) =>
      sidesOf(item).flatMap((side) => [
        ...this.#table(mapped.type).find(property, formsOf(side, this.#byId)),
      ]),
    );
  }

  #table(type: string): OwnerTable {
    let table = this.#owners.get(type);
    if (table === undefined) {
      table = new OwnerTable(
        this.drafts.filter((draft) => draft.type === type && draft.external !== true),
        this.#byId,
      );
      this.#owners.set(type, table);
    }
    return table;
  }

  #draft(instance: PlanInstance, type: string, suffix?: string): Draft {
    const name = suffix === undefined ? instance.address : `${instance.address} (${suffix})`;
    const draft: Draft = {
      id: this.values.idOf(instance, suffix),
      type,
      name,
      instance,
      properties: {},
      places: new Map(),
      ...(suffix === undefined ? {} : { generated: true }),
    };
    if (instance.deferred !== undefined) draft.uncertain = deferredCause(instance);
    return draft;
  }

  #keep(draft: Draft): void {
    this.drafts.push(draft);
    if (draft.external !== true) this.#byId.set(draft.id, draft);
  }

  finish(): void {
    this.#owners.clear();
    const idOf = ({ instance }: Draft, suffix: string): string => this.values.idOf(instance, suffix);
    this.drafts.push(...mainAssociations(this.drafts, idOf));
  }
}

/** The property by which others call a type that parts name by its reference. */
const nameProperty: Readonly<Record<string, string>> = {
  'AWS::S3::Bucket': 'BucketName',
  'AWS::SQS::Queue': 'QueueName',
  'AWS::ECR::Repository': 'RepositoryName',
  'AWS::KMS::Key': 'KeyId',
  'AWS::DynamoDB::Table': 'TableName',
  'AWS::EC2::VPCEndpoint': 'Id',
  'AWS::ApiGateway::RestApi': 'RestApiId',
};

function lastOfArn(value: Value): Value {
  if (typeof value !== 'string') return value;
  const arn = /^arn:[^:]*:[^:]*:[^:]*:[^:]*:(?:[a-z-]+[/:])?(.+)$/.exec(value);
  const url = /^https?:\/\/.*\/([^/]+)$/.exec(value);
  return arn?.[1] ?? url?.[1] ?? value;
}

/** Owners of a type by everything that they may be called. */
class OwnerTable {
  readonly byId = new Map<string, Draft>();
  readonly #byProperty = new Map<string, Map<string, Draft[]>>();

  constructor(
    readonly drafts: readonly Draft[],
    readonly all: ReadonlyMap<string, Draft>,
  ) {
    for (const draft of drafts) this.byId.set(draft.id, draft);
  }

  /** Owners of which a property has one of these forms; those that a reference leads to go first. */
  find(property: string, forms: readonly string[]): readonly Draft[] {
    let table = this.#byProperty.get(property);
    if (table === undefined) {
      table = new Map();
      for (const draft of this.drafts)
        for (const form of this.formsOf(draft, property))
          table.set(form, [...(table.get(form) ?? []), draft]);
      this.#byProperty.set(property, table);
    }
    for (const form of forms) {
      const found = table.get(form);
      if (found !== undefined) return found;
    }
    return [];
  }

  formsOf(draft: Draft, property: string): readonly string[] {
    if (property === 'Ref' || property === 'Arn') return ownForms(draft);
    const value = valueAt(draft.properties, [property]);
    const forms = sidesOf(value).flatMap((side) => formsOf(side, this.all));
    // What others name by this property they may name by a reference as well.
    return isOwnName(draft, value) ? [...forms, ...ownForms(draft)] : forms;
  }
}

/** Properties that hold a type's own name, so that a reference to it means the same. */
const ownNames: ReadonlySet<string> = new Set([
  'FunctionName',
  'Name',
  'RoleName',
  'QueueName',
  'TopicName',
  'TableName',
  'BucketName',
  'RepositoryName',
]);

function isOwnName(draft: Draft, value: Value | undefined): boolean {
  for (const name of ownNames)
    if (draft.properties[name] === value && mappedNames(draft.type).includes(name)) return true;
  return false;
}

function mappedNames(type: string): readonly string[] {
  if (type === 'AWS::Lambda::Alias') return [];
  if (type === 'AWS::Lambda::Function') return ['FunctionName'];
  return [...ownNames];
}

/** A reference to the resource, and every text by which the plan knows it already. */
function ownForms({ id, instance, properties }: Draft): readonly string[] {
  const forms = [`ref:${id}`];
  const after = instance.after;
  if (typeof after === 'object' && after !== null) {
    for (const attribute of ['id', 'arn', 'name', 'bucket', 'function_name', 'url', 'key_id']) {
      const known: unknown = (after as Record<string, unknown>)[attribute];
      if (typeof known === 'string' && known !== '') forms.push(`text:${known}`);
    }
  }
  for (const name of ownNames) {
    const value = properties[name];
    if (typeof value === 'string') forms.push(`text:${value}`);
  }
  return forms;
}

function formsOf(value: Value, byId: ReadonlyMap<string, Draft>): readonly string[] {
  if (value instanceof Reference) {
    const named = byId.get(value.resourceId);
    return named === undefined ? [`ref:${value.resourceId}`] : ownForms(named);
  }
  if (typeof value === 'string') return [`text:${value}`];
  if (value instanceof Unresolved && value.subject !== undefined) return [`open:${value.subject}`];
  return [];
}

/** The sides of a choice, each once. */
function sidesOf(value: Value | undefined): readonly Value[] {
  if (value === undefined) return [];
  return value instanceof Choice ? [...sidesOf(value.whenTrue), ...sidesOf(value.whenFalse)] : [value];
}

function deferredCause({ address, deferred }: PlanInstance): Cause {
  return {
    code: 'attribute',
    message: `Terraform defers \`${address}\` to a later plan (${deferred?.reason ?? ''})`,
    remedy: 'apply what is planned, and scan the plan that follows',
  };
}

function severalOwners({ address }: PlanInstance, owners: readonly Draft[]): Cause {
  const names = owners
    .slice(0, 3)
    .map(({ name }) => `\`${name}\``)
    .join(', ');
  return {
    code: 'attribute',
    message: `\`${address}\` can belong to ${names}${owners.length > 3 ? ' and others' : ''}`,
    remedy: 'scan the plan with its configuration: add --sources with the folder of the .tf files',
  };
}

/** Puts the properties of a part into its owner: objects are joined, lists continued, all else taken over. */
function merge(owner: Draft, part: Draft, doubt: Cause | undefined): void {
  for (const [property, value] of Object.entries(part.properties)) {
    const known = owner.properties[property];
    const merged =
      doubt === undefined ? joined(known, value) : new Choice(doubt, joined(known, value), known);
    const shift = isArrayValue(known) && isArrayValue(value) ? known.length : 0;
    define(owner.properties, property, merged);
    for (const [path, place] of part.places) {
      const [top = '', index, ...rest] = path.split('/');
      if (top !== property) continue;
      const moved = shift > 0 && index !== undefined ? [top, Number(index) + shift, ...rest].join('/') : path;
      owner.places.set(moved, place);
    }
    if (!owner.places.has(property) || shift === 0)
      owner.places.set(property, owner.places.get(property) ?? { instance: part.instance, path: [] });
  }
}

function joined(known: Value | undefined, added: Value): Value {
  if (isArrayValue(known) && isArrayValue(added)) return [...known, ...added];
  if (isObjectValue(known) && isObjectValue(added)) {
    const members: Record<string, Value> = { ...known };
    for (const [name, value] of Object.entries(added)) define(members, name, joined(members[name], value));
    return members;
  }
  return added;
}
