import { scalarText } from '../model/scalar-text.ts';
import { toPointer } from '../model/location.ts';
import type { ResourceOrigin } from '../text/parse-template.ts';
import { entriesOf, isRawObject, member, setMember, type RawObject } from '../text/raw.ts';
import type { Cause } from './cause.ts';
import { SamDocumentProblem, SamProblem } from './problem.ts';
import { propertyBases } from './property-bases.ts';
import { copyTree, isMap, listOf, pick, type Tree } from './tree.ts';
import { writtenNames } from './written-names.ts';

/** What stands wrong in a template, and where. */
export interface FoundProblem {
  readonly pointer: string;
  readonly message: string;
  /** A warning does not keep the resource from being expanded. */
  readonly severity: 'error' | 'warning';
  /** Types whose absence from the expansion the problem explains. */
  readonly affects: readonly string[];
}

/** One resource of the template while the template is expanded. */
export interface SamResource {
  readonly id: string;
  readonly type: string;
  /** Properties with those of `Globals` in them; read only. */
  readonly properties: Tree;
  /** The resource with all its attributes. */
  readonly raw: RawObject;
}

const inherited = ['Condition', 'DeletionPolicy', 'UpdateReplacePolicy'];

/** A template on its way from SAM to CloudFormation. */
export class SamContext {
  /** Resources of the template that are still to be expanded, or never are, by logical id. */
  readonly resources = new Map<string, Tree>();
  readonly output = new Map<string, Tree>();
  readonly origins = new Map<string, ResourceOrigin>();
  readonly problems: FoundProblem[] = [];
  readonly #said = new Set<string>();
  readonly conditions: Tree;
  /** New logical id by the one in the template: layer versions carry a hash of their content. */
  readonly renamed = new Map<string, string>();
  /** Generated resource by `<logicalId>.<part>`, such as `Api.Stage` or `Function.Alias`. */
  readonly parts = new Map<string, string>();
  readonly #given: (name: string) => unknown;
  /** Ids in the order in which they were made, and the copies that may be changed: neither is searched. */
  readonly #emitted: string[] = [];
  readonly #copies = new WeakSet<Tree>();
  /** Events that made an implicit API: its id -> keys that lead to the first of them. */
  readonly implicitCauses = new Map<string, readonly string[]>();
  /** Connectors that stand inside a resource: logical id -> that resource, and the name in it. */
  readonly embedded = new Map<string, { readonly id: string; readonly name: string }>();
  /** Places of single properties, added to while the origin that shows them stays the same. */
  readonly #places = new Map<string, Record<string, string>>();
  readonly #routes = new Map<string, Record<string, readonly string[]>>();
  #owner: string | undefined;

  constructor(
    readonly root: RawObject,
    given: (name: string) => unknown,
  ) {
    for (const [id, raw] of entriesOf(root['Resources'])) {
      if (isRawObject(raw)) this.resources.set(id, raw as Tree); // copied before it is changed
    }
    this.conditions = { ...(isRawObject(root['Conditions']) ? root['Conditions'] : {}) };
    this.#given = given;
  }

  /** How many resources have been made; for `emittedSince`. */
  get emitted(): number {
    return this.#emitted.length;
  }

  /** Ids of the resources that were made after a count was taken. */
  emittedSince(count: number): string[] {
    return this.#emitted.slice(count);
  }

  /** A copy of a resource that may be changed, in place of the written one. */
  edit(id: string): Tree | undefined {
    const holder = this.output.has(id) ? this.output : this.resources;
    const found = holder.get(id);
    if (found === undefined) return undefined;
    if (this.#copies.has(found)) return found;
    const copy = copyTree(found);
    this.#copies.add(copy);
    holder.set(id, copy);
    return copy;
  }

  /** Type of a resource of the template. */
  typeOf(id: string): string | undefined {
    const type = member(this.resources.get(id), 'Type');
    return typeof type === 'string' ? type : undefined;
  }

  /** Work that is done for one resource: what it generates may not take the place of another's. */
  for(id: string, work: () => void): void {
    this.#owner = id;
    const before = this.#emitted.length;
    try {
      work();
    } catch (error) {
      this.#report(id, error);
      for (const made of this.emittedSince(before)) this.output.delete(made);
    } finally {
      this.#owner = undefined;
    }
  }

  #report(id: string, error: unknown): void {
    if (error instanceof SamDocumentProblem) {
      this.problem(error.pointer, error.message);
    } else if (error instanceof SamProblem) {
      const inside = this.embedded.get(id);
      const place = inside === undefined ? [id] : [inside.id, 'Connectors', inside.name];
      const below = error.path.length > 0 ? ['Properties', ...error.path] : [];
      const subject = inside === undefined ? `\`${id}\`` : `\`${inside.id}\`: connector \`${inside.name}\``;
      this.problem(toPointer(['Resources', ...place, ...below]), `${subject}: ${error.message}`);
    } else throw error;
  }

  /** Records what is wrong at a place. */
  problem(pointer: string, message: string): void {
    // An event may find the same fault of its API as the API itself does.
    const key = `${pointer}\0${message}`;
    if (this.#said.has(key)) return;
    this.#said.add(key);
    this.problems.push({ pointer, message, severity: 'error', affects: ['*'] });
  }

  /** Records what the deployed form would be refused for, but tools may settle before. */
  warn(id: string, message: string, path: readonly string[] = []): void {
    const pointer = toPointer(['Resources', id, ...(path.length > 0 ? ['Properties', ...path] : [])]);
    this.problems.push({ pointer, message: `\`${id}\`: ${message}`, severity: 'warning', affects: [] });
  }

  /** True when nothing kept the template from being expanded as a whole. */
  get isWhole(): boolean {
    return this.problems.every(({ severity }) => severity === 'warning');
  }

  /** Adds a resource to the expanded template. */
  emit(id: string, resource: Tree, cause: Cause): void {
    const isOwn = id === this.#owner;
    if (!isOwn && this.resources.has(id)) {
      const type = scalarText(resource['Type']);
      throw new SamProblem(
        `its expansion makes a resource \`${id}\` of type ${type}, but the template has one of that id; give one of them another name`,
      );
    }
    this.output.set(id, resource);
    this.#emitted.push(id);
    const implicit = this.implicitCauses.get(cause.id);
    const isDirect = cause.direct === true && implicit === undefined;
    const names = writtenNames[scalarText(resource['Type'])];
    this.origins.set(id, {
      pointer: toPointer(implicit ?? segmentsOf(cause)),
      generated: !isDirect,
      bases: propertyBases(cause, this.resources.get(cause.id), this.root),
      ...(names === undefined ? {} : { names }),
    });
  }

  /** Sets where single properties of a resource are written: path joined by NUL -> keys below the template. */
  place(id: string, properties: Readonly<Record<string, readonly (string | number)[]>>): void {
    const known = this.#places.get(id) ?? {};
    for (const [path, segments] of Object.entries(properties)) known[path] = toPointer(segments);
    if (this.#places.has(id)) return;
    this.#places.set(id, known);
    this.origins.set(id, { ...(this.origins.get(id) ?? writtenOrigin(id)), properties: known });
  }

  /** Notes where a part of an API's document is written; told to the API when it is made. */
  noteRoute(apiId: string, below: readonly string[], segments: readonly string[]): void {
    const routes = this.#routes.get(apiId) ?? {};
    this.#routes.set(apiId, routes);
    routes[['Body', ...below].join('\0')] = segments;
  }

  /** Places of the routes that events wrote into an API. */
  routePlaces(apiId: string): Readonly<Record<string, readonly string[]>> {
    return this.#routes.get(apiId) ?? {};
  }

  /** Partition of the region, `aws` where nobody tells it. */
  get partition(): string {
    const known = this.#given('AWS::Partition');
    return typeof known === 'string' ? known : 'aws';
  }

  /** Value of a parameter as far as it is known before deployment; undefined otherwise. */
  parameter(name: string): unknown {
    return this.#given(name) ?? member(member(this.root['Parameters'], name), 'Default');
  }

  /** `value`, or what the parameter is that it refers to, or what `Fn::Sub` and `Fn::FindInMap` make of parameters. */
  resolved(value: unknown): unknown {
    if (!isRawObject(value)) return value;
    const name = value['Ref'];
    if (typeof name === 'string') return this.parameter(name) ?? value;
    const text = value['Fn::Sub'];
    if (typeof text === 'string') return this.#substituted(text) ?? value;
    const lookup = value['Fn::FindInMap'];
    return (Array.isArray(lookup) ? this.#looked(lookup) : undefined) ?? value;
  }

  /** True for a `Ref` to a declared parameter without a value: it has one in each deployment. */
  isOpenParameter(value: unknown): boolean {
    const name = isRawObject(value) ? value['Ref'] : undefined;
    const declared = typeof name === 'string' ? member(this.root['Parameters'], name) : undefined;
    return declared !== undefined && this.parameter(scalarText(name)) === undefined;
  }

  /** A tree with all references to known parameters replaced. */
  resolvedDeep(tree: unknown): unknown {
    if (Array.isArray(tree)) return tree.map((item) => this.resolvedDeep(item));
    if (!isRawObject(tree)) return tree;
    if (typeof tree['Ref'] === 'string') return this.resolved(tree);
    const text = tree['Fn::Sub'];
    if (typeof text === 'string') return { 'Fn::Sub': this.#filled(text) };
    return Object.fromEntries(Object.entries(tree).map(([key, value]) => [key, this.resolvedDeep(value)]));
  }

  /** A text of `Fn::Sub` with the parameters in it that are known. @throws SamDocumentProblem for a list. */
  #filled(text: string): string {
    return text.replace(/\$\{([A-Za-z0-9:]+)\}/g, (whole, name: string) => {
      const value = this.parameter(name);
      if (Array.isArray(value)) {
        const pointer = toPointer(['Parameters', name, 'Default']);
        throw new SamDocumentProblem(`the default of \`${name}\` must be a string, not a list`, pointer);
      }
      return value === undefined || typeof value === 'object' ? whole : scalarText(value);
    });
  }

  #substituted(text: string): string | undefined {
    const filled = this.#filled(text);
    return filled.includes('${') ? undefined : filled;
  }

  #looked(argument: readonly unknown[]): unknown {
    if (argument.length < 3) {
      throw new SamProblem('`Fn::FindInMap` takes a list of three: the map, and a key at each of its levels');
    }
    const [map, top, second] = argument.map((part) => this.resolved(part));
    const found = member(
      member(member(this.root['Mappings'], scalarText(map)), scalarText(top)),
      scalarText(second),
    );
    return isRawObject(found) ? undefined : found;
  }

  /** A condition that holds where any of `names` does; the name of it, made where it is needed. */
  anyOf(names: readonly string[], base: string): string {
    const [only] = names;
    if (names.length === 1 && only !== undefined) return only;
    this.#combine([...names].sort(), base, 0);
    return base;
  }

  /** `Fn::Or` takes ten at most: larger sets are split, and the parts numbered. */
  #combine(names: readonly string[], base: string, depth: number): void {
    const groups: string[][] = [];
    for (let at = 0; at < names.length; at += 10) groups.push(names.slice(at, at + 10));
    if (groups.length === 1) {
      setMember(this.conditions, base, { 'Fn::Or': names.map((Condition) => ({ Condition })) });
      return;
    }
    const parts = groups.map((group, index) => {
      const [only] = group;
      if (group.length === 1 && only !== undefined) return only;
      const name = `${base}${index + 1 + depth * 100}`;
      setMember(this.conditions, name, { 'Fn::Or': group.map((Condition) => ({ Condition })) });
      return name;
    });
    this.#combine(parts, base, depth + 1);
  }
}

/** A resource of the template that the expansion writes into. */
function writtenOrigin(id: string): ResourceOrigin {
  const own = ['Resources', id];
  return { pointer: toPointer(own), generated: false, bases: [{ own: [...own, 'Properties'] }] };
}

function segmentsOf({ id, path, connector }: Cause): (string | number)[] {
  if (connector !== undefined) return ['Resources', id, 'Connectors', connector];
  return ['Resources', id, ...(path === undefined ? [] : ['Properties', ...path])];
}

/** What a generated resource inherits from the one that it is generated for. */
export function inheritedAttributes(resource: { readonly raw: RawObject }): Tree {
  return pick(resource.raw, inherited);
}

/** All attributes that the main resource of an expansion keeps. */
export function ownAttributes(resource: { readonly raw: RawObject }): Tree {
  return pick(resource.raw, ['DependsOn', 'Metadata', ...inherited]);
}

/** Adds a name to the `DependsOn` of a resource. */
export function addDependency(resource: Tree, id: string, at: string): void {
  const written = resource['DependsOn'];
  // CloudFormation refuses `DependsOn` with nothing behind it.
  const names = written === null ? [written] : listOf(written);
  if (!names.every((name) => typeof name === 'string')) {
    throw new SamProblem(`\`DependsOn\` of \`${at}\` takes a name or a list of names`);
  }
  if (!names.includes(id)) resource['DependsOn'] = [...names, id];
}

/** Properties of a resource, for changing them; made where it has none. */
export function editProperties(resource: Tree): Tree {
  const found = resource['Properties'];
  if (isMap(found)) return found;
  const made: Tree = {};
  resource['Properties'] = made;
  return made;
}
