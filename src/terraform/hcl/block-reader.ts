import { Unresolved, type Cause, type Path } from '../../model/value.ts';
import { isAlike } from './compare.ts';
import { attributeIn, blocksIn, memberIn, plainText } from './configuration.ts';
import { entriesOf, member, type ExpressionEvaluator } from './evaluate-expression.ts';
import { BoundScope, type Scope } from './scope.ts';
import type { Expression, HclBlock, HclBody, Placed } from './syntax.ts';
import { force, isObjectTerm, itemsOf, objectOf, type ObjectTerm, type Term } from './terms.ts';

/** What stands in a block: arguments and blocks, or an expression that stands for them. */
export type Content =
  | { readonly kind: 'body'; readonly body: HclBody; readonly scope: Scope; readonly place?: Placed }
  | { readonly kind: 'term'; readonly term: Term; readonly place?: Placed };

/** Arguments that speak to Terraform, not to the provider. */
const metaArguments: ReadonlySet<string> = new Set([
  'count',
  'for_each',
  'depends_on',
  'provider',
  'providers',
  '//',
]);

/** Reads the arguments of a block, blocks in it and dynamic ones, as a plan has them: each kind of block is a list. */
export class BlockReader {
  readonly #members = new Map<Content, Map<string, Term | undefined>>();
  readonly #blocks = new Map<Content, Map<string, readonly Content[] | Unresolved>>();

  readonly #contents = new WeakMap<readonly Term[], readonly Content[]>();
  /** Which block each element of a plan's list comes from, by the list. */
  readonly #assigned = new WeakMap<
    readonly unknown[],
    { readonly blocks: readonly Content[]; readonly to: readonly (Content | undefined)[] }
  >();

  constructor(
    readonly expressions: ExpressionEvaluator,
    readonly content: Content,
  ) {}

  /** What is written at a path; undefined where nothing is. */
  termAt(path: Path, after: unknown): Term | undefined {
    return this.#termAt(this.content, path, after);
  }

  /** Everything that is written. */
  whole(): ObjectTerm | undefined {
    const found = this.#whole(this.content);
    return isObjectTerm(found) ? found : undefined;
  }

  #termAt(content: Content, path: Path, after: unknown): Term | undefined {
    const [name, ...rest] = path;
    if (name === undefined) return this.#whole(content);
    if (typeof name === 'number') return undefined;
    const values = memberOf(after, name);
    const term = this.#argument(content, name);
    if (term !== undefined) return this.#select(term, rest, values);
    const blocks = this.#blocksOf(content, name);
    if (blocks instanceof Unresolved) return blocks;
    if (blocks.length === 0) return undefined;
    const [index, ...further] = rest;
    if (index === undefined) return blocks.map((block) => this.#whole(block));
    const position = typeof index === 'number' ? index : 0;
    const block = this.#pick(blocks, position, values);
    if (block === undefined || block instanceof Unresolved) return block;
    return this.#termAt(block, typeof index === 'number' ? further : rest, elementOf(values, position));
  }

  /** What stands at the rest of a path in an argument's value. */
  #select(term: Term, path: Path, after: unknown): Term {
    const [key, ...rest] = path;
    if (key === undefined) return term;
    const found = force(term);
    const items = itemsOf(found);
    // One object stands for a list of itself in JSON files, and one element for its list.
    if (items === undefined && key === 0 && isObjectTerm(found))
      return this.#select(found, rest, elementOf(after, 0));
    if (items === undefined) return this.#select(member(found, key), rest, memberOf(after, key));
    if (typeof key !== 'number')
      return items.length === 1
        ? this.#select(items[0] ?? null, path, elementOf(after, 0))
        : this.#select(member(found, key), rest, memberOf(after, key));
    const contents = this.#contentsOf(items);
    const picked = this.#pick(contents, key, after);
    if (picked instanceof Unresolved) return picked;
    return this.#select(picked?.kind === 'term' ? picked.term : null, rest, elementOf(after, key));
  }

  #contentsOf(items: readonly Term[]): readonly Content[] {
    const known = this.#contents.get(items) ?? items.map((item): Content => ({ kind: 'term', term: item }));
    this.#contents.set(items, known);
    return known;
  }

  #argument(content: Content, name: string): Term | undefined {
    if (content.kind === 'term') {
      const found = force(content.term);
      if (!isObjectTerm(found)) return found instanceof Unresolved ? found : undefined;
      return Object.hasOwn(found, name) ? found[name] : undefined;
    }
    const known = this.#members.get(content) ?? new Map<string, Term | undefined>();
    this.#members.set(content, known);
    if (known.has(name)) return known.get(name);
    const attribute = attributeIn(content.body, name);
    const term =
      attribute === undefined ? undefined : this.expressions.evaluate(attribute.value, content.scope);
    known.set(name, term);
    return term;
  }

  /** Blocks of one kind, dynamic ones as often as they are made; unknown where that is. */
  #blocksOf(content: Content, type: string): readonly Content[] | Unresolved {
    if (content.kind === 'term') return [];
    const known = this.#blocks.get(content) ?? new Map<string, readonly Content[] | Unresolved>();
    this.#blocks.set(content, known);
    const found = known.get(type) ?? this.#expand(content, type);
    known.set(type, found);
    return found;
  }

  #expand(
    { body, scope }: Content & { readonly kind: 'body' },
    type: string,
  ): readonly Content[] | Unresolved {
    const all: Content[] = [];
    for (const block of blocksIn(body)) {
      if (block.type === type) all.push({ kind: 'body', body: block.body, scope, place: block });
      if (block.type !== 'dynamic' || block.labels[0]?.text !== type) continue;
      const made = this.#dynamic(dynamicBlock(block), type, scope);
      if (made instanceof Unresolved) return made;
      all.push(...made);
    }
    for (const dynamic of dynamicsInJson(body, type)) {
      const made = this.#dynamic(dynamic, type, scope);
      if (made instanceof Unresolved) return made;
      all.push(...made);
    }
    return all;
  }

  #dynamic(dynamic: Dynamic, type: string, scope: Scope): readonly Content[] | Unresolved {
    const { forEach, content, iterator = type, place } = dynamic;
    if (forEach === undefined || content === undefined) return [];
    const entries = entriesOf(force(this.expressions.evaluate(forEach, scope)));
    if (entries instanceof Unresolved) return entries;
    return entries.map(([key, value]): Content => {
      const inner = new BoundScope(scope, [[iterator, { key, value }]]);
      return content.kind === 'body'
        ? { kind: 'body', body: content.body, scope: inner, place }
        : { kind: 'term', term: this.expressions.evaluate(content.expression, inner), place };
    });
  }

  #whole(content: Content): Term {
    if (content.kind === 'term') return content.term;
    const { body } = content;
    const entries: (readonly [string, Term])[] = [];
    const types = new Set<string>();
    for (const item of body.items) {
      if (item.kind === 'block')
        types.add(item.type === 'dynamic' ? (item.labels[0]?.text ?? '') : item.type);
      else if (!metaArguments.has(item.name))
        entries.push([item.name, this.#argument(content, item.name) ?? null]);
    }
    for (const type of types) {
      if (type === 'lifecycle' || type === 'provisioner' || type === 'connection') continue;
      const blocks = this.#blocksOf(content, type);
      entries.push([type, blocks instanceof Unresolved ? blocks : blocks.map((block) => this.#whole(block))]);
    }
    return objectOf(entries);
  }

  /**
   * The block that an element of a plan's list comes from. Sets are kept in another order than they are written
   * in, so that what is known of both says which is which; unknown where that does not tell.
   */
  #pick(blocks: readonly Content[], index: number, values: unknown): Content | Unresolved | undefined {
    const elements = Array.isArray(values) ? (values as readonly unknown[]) : [];
    if (blocks.length <= 1 || elements[index] === undefined) return blocks[index];
    const known = this.#assigned.get(elements);
    const assigned = known?.blocks === blocks ? known.to : this.#assign(blocks, elements);
    this.#assigned.set(elements, { blocks, to: assigned });
    return assigned[index] ?? new Unresolved(ambiguous);
  }

  #assign(blocks: readonly Content[], elements: readonly unknown[]): (Content | undefined)[] {
    if (blocks.length > comparedLimit || elements.length > blocks.length) return [];
    const candidates = elements.map(
      (element) => new Set(blocks.filter((block) => this.#fits(block, element))),
    );
    return assign(
      candidates,
      elements.map((element) => this.#writtenOf(element, blocks)),
    );
  }

  /** What an element has of the arguments that are written: the others tell no block from another. */
  #writtenOf(element: unknown, blocks: readonly Content[]): string {
    if (typeof element !== 'object' || element === null) return JSON.stringify(element);
    const names = Object.keys(element).filter((name) =>
      blocks.some((block) => this.#argument(block, name) !== undefined),
    );
    return JSON.stringify(names.map((name) => [name, memberOf(element, name)]));
  }

  #fits(block: Content, element: unknown): boolean {
    if (typeof element !== 'object' || element === null)
      return block.kind !== 'term' || isAlike(block.term, element);
    return Object.entries(element).every(([name, value]: [string, unknown]) => {
      // What is not set is null or empty in a plan; what is not known is left out of it.
      if ((typeof value === 'object' && value !== null) || value === '') return true;
      const term = this.#argument(block, name);
      if (term === undefined) return true;
      return value === null ? !isSet(term) : isAlike(term, value);
    });
  }

  /** The place of what is written at a path, or of the nearest block around it. */
  placeAt(path: Path, after: unknown): Placed | undefined {
    let { content } = this;
    let place: Placed | undefined;
    let values = after;
    let rest = path;
    while (content.kind === 'body') {
      const [name, index, ...further] = rest;
      if (typeof name !== 'string') return place;
      const attribute = attributeIn(content.body, name);
      if (attribute !== undefined) return within(attribute.value, rest.slice(1)) ?? attribute;
      const blocks = this.#blocksOf(content, name);
      if (blocks instanceof Unresolved || blocks.length === 0)
        return dynamicPlace(content.body, name) ?? place;
      values = memberOf(values, name);
      const position = typeof index === 'number' ? index : 0;
      const block = this.#pick(blocks, position, values);
      if (block === undefined || block instanceof Unresolved) return headOf(blocks[0]?.place) ?? place;
      place = headOf(block.place) ?? place;
      values = elementOf(values, position);
      rest = typeof index === 'number' ? further : rest.slice(1);
      content = block;
    }
    return place;
  }
}

/** True for what certainly is no unset value. */
function isSet(term: Term): boolean {
  const found = force(term);
  return typeof found === 'boolean' || typeof found === 'string' || typeof found === 'number'
    ? Boolean(found)
    : false;
}

/** More blocks than these are not held against each other. */
const comparedLimit = 300;

const ambiguous: Cause = {
  code: 'attribute',
  message: 'which block of the configuration this is, is known only after the plan is applied',
};

/**
 * Gives each element a candidate of its own: those that have one alone first, which leaves fewer for the others.
 * Elements that are alike may have any of as many candidates; what is left then has none.
 */
function assign<T>(candidates: readonly Set<T>[], texts: readonly string[]): (T | undefined)[] {
  const found = new Array<T | undefined>(candidates.length).fill(undefined);
  const settle = (index: number, candidate: T): void => {
    found[index] = candidate;
    for (const others of candidates) others.delete(candidate);
  };
  for (let isSettling = true; isSettling;) {
    isSettling = false;
    for (const [index, own] of candidates.entries()) {
      const [only] = own;
      if (found[index] !== undefined || only === undefined || own.size !== 1) continue;
      settle(index, only);
      isSettling = true;
    }
    if (isSettling) continue;
    const alike = alikeGroup(candidates, texts, found);
    for (const [index, candidate] of alike) {
      settle(index, candidate);
      isSettling = true;
    }
  }
  return found;
}

/** Elements that are alike, with as many candidates as there are of them. */
function alikeGroup<T>(
  candidates: readonly Set<T>[],
  texts: readonly string[],
  found: readonly (T | undefined)[],
): readonly (readonly [number, T])[] {
  for (const [index, own] of candidates.entries()) {
    if (found[index] !== undefined || own.size === 0) continue;
    const group = texts.flatMap((text, at) => (text === texts[index] && found[at] === undefined ? [at] : []));
    if (group.length !== own.size) continue;
    const all = [...own];
    return group.flatMap((at, position) => {
      const candidate = all[position];
      return candidate === undefined ? [] : [[at, candidate] as const];
    });
  }
  return [];
}

/** The place of a member of a written object or list; undefined where the value is not written out. */
function within(expression: Expression, path: Path): Placed | undefined {
  const [key, ...rest] = path;
  if (key === undefined) return undefined;
  if (expression.kind === 'call' && expression.name === 'jsonencode' && expression.arguments[0] !== undefined)
    return within(expression.arguments[0], path);
  if (expression.kind === 'parentheses') return within(expression.of, path);
  if (expression.kind === 'tuple' && typeof key === 'number') {
    const item = expression.items[key];
    return item === undefined ? undefined : (within(item, rest) ?? item);
  }
  if (expression.kind !== 'object') return undefined;
  const item = expression.items.find(({ key: name }) => plainText(name) === key);
  return item === undefined ? undefined : (within(item.value, rest) ?? item);
}

function headOf(place: Placed | undefined): Placed | undefined {
  if (place === undefined || !('typeEnd' in place)) return place;
  const block = place as HclBlock; // Blocks alone have the end of a type.
  return { start: block.start, end: block.labels.at(-1)?.end ?? block.typeEnd };
}

function dynamicPlace(body: HclBody, type: string): Placed | undefined {
  return headOf(blocksIn(body).find((block) => block.type === 'dynamic' && block.labels[0]?.text === type));
}

/** A block that is made once for each element of a collection. */
interface Dynamic {
  readonly forEach: Expression | undefined;
  readonly iterator?: string;
  readonly content:
    | { readonly kind: 'body'; readonly body: HclBody }
    | { readonly kind: 'expression'; readonly expression: Expression }
    | undefined;
  readonly place: Placed;
}

function dynamicBlock(block: HclBlock): Dynamic {
  const content = blocksIn(block.body).find(({ type }) => type === 'content');
  const iterator = nameIn(attributeIn(block.body, 'iterator')?.value);
  return {
    forEach: attributeIn(block.body, 'for_each')?.value,
    ...(iterator === undefined ? {} : { iterator }),
    content: content === undefined ? undefined : { kind: 'body', body: content.body },
    place: block,
  };
}

function nameIn(expression: Expression | undefined): string | undefined {
  return expression?.kind === 'variable'
    ? expression.name
    : expression === undefined
      ? undefined
      : plainText(expression);
}

/** `"dynamic": { "rule": { "for_each": ..., "content": { ... } } }`, or a list of them. */
function dynamicsInJson(body: HclBody, type: string): Dynamic[] {
  const written = attributeIn(body, 'dynamic')?.value;
  return objectsIn(written).flatMap((object) =>
    object.items
      .filter(({ key }) => plainText(key) === type)
      .flatMap(({ value }) =>
        objectsIn(value).map((dynamic): Dynamic => {
          const iterator = nameIn(memberIn(dynamic, 'iterator'));
          const content = memberIn(dynamic, 'content');
          return {
            forEach: memberIn(dynamic, 'for_each'),
            ...(iterator === undefined ? {} : { iterator }),
            content: content === undefined ? undefined : { kind: 'expression', expression: content },
            place: dynamic,
          };
        }),
      ),
  );
}

function objectsIn(expression: Expression | undefined): (Expression & { readonly kind: 'object' })[] {
  if (expression?.kind === 'object') return [expression];
  return expression?.kind === 'tuple' ? expression.items.filter((item) => item.kind === 'object') : [];
}

function memberOf(value: unknown, name: string | number): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  return Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined;
}

function elementOf(value: unknown, index: number): unknown {
  return Array.isArray(value) ? (value as readonly unknown[])[index] : value;
}
