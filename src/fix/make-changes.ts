import type { ResourceGraph } from '../model/resource-graph.ts';
import type { Resource, WritePlace } from '../model/resource.ts';
import { editWords, type EditChange, type EditNeed, type Expression, type RuleEdit } from '../model/rule.ts';
import { Reference, SecretReference, isArrayValue, valueAt, type Path, type Value } from '../model/value.ts';
import type { TreeChange } from './tree-change.ts';

/** What is asked of the graph while an edit is worked out. */
export interface EditQuestions {
  readonly parameters: Readonly<Record<string, unknown>>;
  certainly(expression: Expression, of?: Resource, at?: Path): boolean;
  compute(raw: unknown): number | undefined;
}

/** What is worked out of an edit for one resource. */
export interface MadeEdit {
  /** By the name of the file in reports. */
  readonly changes: ReadonlyMap<string, readonly TreeChange[]>;
  /** What is done, imperative, one phrase for each change. */
  readonly title: string;
  /** Logical ids of the resources that are added. */
  readonly added: readonly string[];
}

/** Why an edit is not made here. */
class Refusal extends Error {}

/**
 * Works out what an edit of a rule changes for one resource. Pure.
 * @param rootOf data of a file as its author wrote it.
 * @returns a reason where it cannot be made.
 */
export function makeChanges(
  edit: RuleEdit,
  resource: Resource,
  graph: ResourceGraph,
  ask: EditQuestions,
  rootOf: (file: string) => unknown,
): MadeEdit | { readonly refused: string } {
  try {
    return new EditMaker(edit, resource, graph, ask, rootOf).make();
  } catch (error) {
    if (error instanceof Refusal) return { refused: error.message };
    throw error;
  }
}

class EditMaker {
  readonly #changes = new Map<string, TreeChange[]>();
  readonly #titles: string[] = [];
  readonly #words = new Map<string, string>();
  readonly #added: string[] = [];

  constructor(
    readonly edit: RuleEdit,
    readonly resource: Resource,
    readonly graph: ResourceGraph,
    readonly ask: EditQuestions,
    readonly rootOf: (file: string) => unknown,
  ) {}

  make(): MadeEdit {
    const { edit, resource } = this;
    this.#words.set('name', resource.name);
    for (const [word, need] of Object.entries(edit.needs ?? {})) this.#words.set(word, this.#needed(need));
    for (const change of edit.changes)
      if ('add' in change) this.#words.set(`new.${change.add}`, this.#freeId(change.add));
    for (const change of edit.changes) {
      if ('add' in change) this.#addResource(change);
      else for (const target of this.#targets(change)) this.#changeProperties(change, target);
    }
    if (this.#titles.length === 0) throw new Refusal('everything that the edit sets is set already');
    return { changes: this.#changes, title: this.#titles.join('; '), added: this.#added };
  }

  /** The resources whose properties a change is about. */
  #targets(change: Exclude<EditChange, { readonly add: string }>): readonly Resource[] {
    const all = change.on === undefined ? [this.resource] : this.#reach(change.on);
    const { where } = change;
    const kept =
      where === undefined || hasMembers(change) ? all : all.filter((each) => this.ask.certainly(where, each));
    if (all.length === 0) throw new Refusal(`no resource of the template is its \`${change.on ?? ''}\``);
    for (const { external, name } of kept)
      if (external === true) throw new Refusal(`\`${name}\` is not in the scan`);
    return kept;
  }

  /** The resources along a relation, or several with dots; each must be known. */
  #reach(relations: string): readonly Resource[] {
    let reached: readonly Resource[] = [this.resource];
    for (const relation of relations.split('.')) {
      reached = reached.flatMap((from) => {
        const { edges, incomplete } = this.graph.related(from, relation);
        if (incomplete !== undefined) throw new Refusal(incomplete.message);
        return edges.map(({ to, cause }) => {
          if (to === undefined) throw new Refusal(cause?.message ?? 'what it refers to is not known');
          return to;
        });
      });
    }
    return [...new Set(reached)];
  }

  #changeProperties(change: Exclude<EditChange, { readonly add: string }>, target: Resource): void {
    const path = ('set' in change ? change.set : change.append).split('.');
    for (const each of this.#spread(path, target, change.where)) this.#changeAt(change, target, each);
  }

  /** The paths that one with `*` stands for. */
  #spread(path: readonly string[], target: Resource, where: Expression | undefined): Path[] {
    const star = path.indexOf('*');
    if (star === -1) return [path.map((step) => (/^\d+$/.test(step) ? Number(step) : step))];
    const list = valueAt(target.properties, path.slice(0, star));
    if (list === undefined) return [];
    if (!isArrayValue(list))
      throw new Refusal(`\`${path.slice(0, star).join('.')}\` is not a list with known members`);
    return list.flatMap((_member, index) => {
      const at = [...path.slice(0, star), index];
      if (where !== undefined && !this.ask.certainly(where, target, at)) return [];
      return [[...at, ...path.slice(star + 1)]];
    });
  }

  #changeAt(change: Exclude<EditChange, { readonly add: string }>, target: Resource, path: Path): void {
    const value = this.#fill('set' in change ? change.to : change.value);
    const present = valueAt(target.properties, path);
    if (present instanceof SecretReference) throw new Refusal(`\`${path.join('.')}\` is kept in a secret`);
    if ('set' in change) {
      if (change.only === 'absent' && present !== undefined) return;
      if (isSame(present, value)) return;
    }
    const { file, path: place } = this.#placeOf(target, path);
    const written: TreeChange =
      'set' in change ? { kind: 'set', path: place, value } : { kind: 'append', path: place, value };
    this.#note(file, written);
    this.#titles.push(describeChange(written, target));
  }

  #placeOf(target: Resource, path: Path): Exclude<WritePlace, { readonly refused: string }> {
    const isDeclared =
      target === this.resource && this.edit.types?.includes(target.declaredType ?? '') === true;
    const place = target.writeAt?.(path, isDeclared ? 'declared' : 'deployed') ?? {
      refused: `\`${target.name}\` is not written in a template`,
    };
    if ('refused' in place) throw new Refusal(place.refused);
    return place;
  }

  #addResource({ add, resource }: Extract<EditChange, { readonly add: string }>): void {
    const id = this.#word(`new.${add}`);
    const { file } = this.#placeOf(this.resource, []);
    const condition = this.#conditionIn(file);
    const { Type, ...others } = this.#fill(resource) as Record<string, unknown>;
    const value = { Type, ...(condition === undefined ? {} : { Condition: condition }), ...others };
    this.#note(file, { kind: 'set', path: ['Resources', id], value });
    this.#added.push(id);
    this.#titles.push(`add \`${id}\` (${String(Type)})`);
  }

  /** What is made for a resource is made where that is. */
  #conditionIn(file: string): string | undefined {
    const written = ['Resources', this.resource.declaredName ?? this.resource.name, 'Condition'];
    const found = written.reduce<unknown>(
      (at, key) =>
        typeof at === 'object' && at !== null && Object.hasOwn(at, key)
          ? (at as Record<string, unknown>)[key]
          : undefined,
      this.rootOf(file),
    );
    return typeof found === 'string' ? found : undefined;
  }

  #needed({ type, related, where }: EditNeed): string {
    const all = related === undefined ? this.graph.ofType(type) : this.#reach(related);
    const found = all.filter(
      (each) =>
        each.type === type &&
        each.stack === this.resource.stack &&
        each.external !== true &&
        each.uncertain === undefined &&
        (where === undefined || this.ask.certainly(where, each)),
    );
    const [only, second] = found;
    if (only === undefined) throw new Refusal(`the template has no ${type} that it can use`);
    if (second !== undefined)
      throw new Refusal(`the template has ${found.length} of ${type}; which to use is a decision`);
    return only.name;
  }

  #freeId(suffix: string): string {
    const { declaredName, name, stack } = this.resource;
    const taken = new Set(
      this.graph.resources.flatMap((each) => (each.stack === stack ? [each.logicalId ?? each.name] : [])),
    );
    const base = `${declaredName ?? name}${suffix}`;
    let id = base;
    for (let count = 2; taken.has(id); count++) id = `${base}${count}`;
    return id;
  }

  #word(word: string): string {
    const known = this.#words.get(word);
    if (known === undefined) throw new Refusal(`the edit names \`{${word}}\`, which nothing stands for`);
    return known;
  }

  /** A value with what stands for names and numbers put in. */
  #fill(value: unknown): unknown {
    if (typeof value === 'string') {
      const [, parameter] = /^\{parameter\.(\w+)\}$/.exec(value) ?? [];
      if (parameter !== undefined) return this.ask.parameters[parameter];
      return value.replaceAll(editWords, (_whole, word: string) =>
        word.startsWith('parameter.')
          ? String(this.ask.parameters[word.slice('parameter.'.length)])
          : this.#word(word),
      );
    }
    if (Array.isArray(value)) return value.map((item) => this.#fill(item));
    if (typeof value !== 'object' || value === null) return value;
    const members = Object.entries(value);
    const [only] = members;
    if (members.length === 1 && only?.[0] === 'compute') {
      const number = this.ask.compute(only[1]);
      if (number === undefined) throw new Refusal('the value that it needs is not known');
      return number;
    }
    return Object.fromEntries(members.map(([key, item]) => [key, this.#fill(item)]));
  }

  #note(file: string, change: TreeChange): void {
    const changes = this.#changes.get(file);
    if (changes === undefined) this.#changes.set(file, [change]);
    else changes.push(change);
  }
}

function hasMembers(change: Exclude<EditChange, { readonly add: string }>): boolean {
  return ('set' in change ? change.set : change.append).split('.').includes('*');
}

function isSame(present: Value | undefined, value: unknown): boolean {
  if (present instanceof Reference) return false;
  if (typeof present === 'string' && (typeof value === 'number' || typeof value === 'boolean'))
    return present === String(value);
  return typeof value !== 'object' && present === value;
}

/** "set `Properties.EnableKeyRotation` of `Key` to `true`". */
function describeChange({ kind, path, value }: TreeChange, target: Resource): string {
  const below = path.slice(path.indexOf('Properties') + 1);
  const name = (path[0] === 'Globals' ? path : below).join('.');
  const shown = typeof value === 'object' ? '' : ` to \`${String(value)}\``;
  const of = path[0] === 'Globals' ? '' : ` of \`${target.declaredName ?? target.name}\``;
  return kind === 'append' ? `add to \`${name}\`${of}` : `set \`${name}\`${of}${shown}`;
}
