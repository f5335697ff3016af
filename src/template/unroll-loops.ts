import { scalarText } from '../model/scalar-text.ts';
import { fromPointer, toPointer } from '../model/location.ts';
import { SecretTexts } from '../model/secret-texts.ts';
import { Unresolved, type Path, type Value } from '../model/value.ts';
import { forEachPrefix, parseForEach, substitute, type CopyBudget } from './for-each.ts';
import type { ParsedTemplate } from '../text/parse-template.ts';
import { isRawObject, onlyKey, setMember, type RawObject } from '../text/raw.ts';
import { Resolver } from './resolver.ts';
import { causeOf } from './strings.ts';
import { depthLimit } from '../text/syntax-error.ts';
import type { StackSurroundings } from './value-resolver.ts';

/** How many nodes the loops of a template may copy: a stack has 500 resources at most, so 200 nodes for each. */
const copyLimit = 100_000;

/** Sections in which loops may stand (user guide, "Fn::ForEach", read 2026-11). */
const sections = ['Conditions', 'Resources', 'Outputs'];

/**
 * A template with all loops unrolled whose lists are known, for a transform that runs after
 * AWS::LanguageExtensions and reads what the loops make. Positions lead into the loops' bodies.
 * A loop whose list is not known stays.
 */
export function unrollLoops(parsed: ParsedTemplate, given: (name: string) => unknown): ParsedTemplate {
  const { root } = parsed;
  if (root === undefined) return parsed;
  const unroller = new Unroller(new Resolver(root, surroundingsOf(parsed, given)));
  const unrolled: Record<string, unknown> = { ...root };
  for (const section of sections) {
    const declared = root[section];
    if (isRawObject(declared))
      unrolled[section] = unroller.walk(declared, { raw: declared, path: [section] }, [section]);
  }
  if (sections.every((section) => unrolled[section] === root[section])) return parsed;
  const written = (pointer: string): string => writtenPointer(pointer, unroller.origins);
  return {
    ...parsed,
    root: unrolled,
    value: unrolled,
    span: (pointer) => parsed.span(written(pointer)),
    locate: (pointer, target) => parsed.locate(written(pointer), target),
  };
}

/** Parameters and mappings are all that a loop's list may need. */
function surroundingsOf(parsed: ParsedTemplate, given: (name: string) => unknown): StackSurroundings {
  const outside = (): Value =>
    new Unresolved({ code: 'outside', message: 'a loop cannot run over what other stacks hold' });
  return {
    stackId: parsed.file,
    rootId: parsed.file,
    environment: {},
    given: (name) => given(name) as Value | undefined, // text, or what a parent stack hands over
    importValue: outside,
    stackOutput: outside,
    nestedOutput: () => undefined,
    declared: () => undefined,
    mayAddResources: true,
    recursion: { depth: 0 },
    budget: { left: copyLimit },
    secrets: new SecretTexts(),
  };
}

/** The pointer of the text that a place in the unrolled template was made from. */
function writtenPointer(pointer: string, origins: ReadonlyMap<string, Path>): string {
  const segments = fromPointer(pointer);
  for (let length = segments.length; length > 0; length--) {
    const origin = origins.get(toPointer(segments.slice(0, length)));
    if (origin !== undefined) return toPointer([...origin, ...segments.slice(length)]);
  }
  return pointer;
}

/** A node as its author wrote it, before loops' identifiers were replaced. */
interface Written {
  readonly raw: unknown;
  readonly path: Path;
}

/** Walks a template and keeps account of where each part is written. */
class Unroller {
  /** Where each member that a loop made is written, by its pointer in the unrolled template. */
  readonly origins = new Map<string, Path>();
  readonly #budget: CopyBudget = { left: copyLimit };

  constructor(readonly resolver: Resolver) {}

  /** A node without its loops; the node itself where it has none. `at` is where it will stand. */
  walk(raw: unknown, written: Written, at: Path): unknown {
    if (typeof raw !== 'object' || raw === null || at.length > depthLimit) return raw;
    // What was copied has its keys in the order of what it was copied from.
    const sources = Object.entries(written.raw ?? {});
    let isChanged = false;
    const made = Object.entries(raw).flatMap(([key, value], index): [string, unknown][] => {
      const [name, source] = sources[index] ?? [key, undefined];
      const from = { raw: source, path: [...written.path, name] };
      const members = key.startsWith(forEachPrefix) && this.#unroll(value, from, at);
      if (members !== false) {
        isChanged = true;
        return members;
      }
      const walked = this.#member(key, value, from, at);
      isChanged ||= walked !== value;
      return [[key, walked]];
    });
    if (!isChanged) return raw;
    if (Array.isArray(raw)) return made.map(([, value]) => value);
    const copy: Record<string, unknown> = {};
    for (const [key, value] of made) setMember(copy, key, value);
    return copy;
  }

  #member(key: string, value: unknown, from: Written, at: Path): unknown {
    if (from.path.at(-1) !== key) this.origins.set(toPointer([...at, key]), from.path);
    return this.walk(value, from, [...at, key]);
  }

  /** What a loop stands for; false where that is not known. */
  #unroll(argument: unknown, from: Written, at: Path): [string, unknown][] | false {
    const loop = parseForEach(argument);
    const list = loop === undefined ? undefined : this.resolver.resolve(loop.collection);
    if (loop === undefined || !isKnownList(list)) return false;
    const bodies = Object.entries(parseForEach(from.raw)?.body ?? {});
    const members: [string, unknown][] = [];
    for (const item of list) {
      const round = substitute(loop.body, loop.identifier, scalarText(item), this.#budget);
      if (this.#budget.left <= 0) return false;
      for (const [index, [key, value]] of Object.entries(round as RawObject).entries()) {
        const [name, raw] = bodies[index] ?? [key, undefined];
        members.push(...this.#round(key, value, { raw, path: [...from.path, 2, name] }, at));
      }
    }
    return members;
  }

  /** A member of a round with functions of constants worked out: `/${Name}` is text once the loop has filled it in. */
  #settled(tree: unknown): unknown {
    if (Array.isArray(tree)) return tree.map((item) => this.#settled(item));
    if (!isRawObject(tree)) return tree;
    const key = onlyKey(tree);
    if (key !== undefined && constantFunctions.has(key) && isConstant(tree[key], 2)) {
      const value = this.resolver.resolve(tree);
      return typeof value === 'string' ? value : tree;
    }
    const copy: Record<string, unknown> = {};
    for (const [name, value] of Object.entries(tree)) setMember(copy, name, this.#settled(value));
    return copy;
  }

  /** One member of a body in one round: itself a loop, or what is to be there. */
  #round(key: string, value: unknown, from: Written, at: Path): [string, unknown][] {
    const inner = key.startsWith(forEachPrefix) && this.#unroll(value, from, at);
    if (inner !== false) return inner;
    this.origins.set(toPointer([...at, key]), from.path);
    return [[key, this.#settled(this.walk(value, from, [...at, key]))]];
  }
}

/** Functions that the transform works out itself where their arguments are constants. */
const constantFunctions: ReadonlySet<string> = new Set([
  'Fn::Sub',
  'Fn::Join',
  'Fn::Select',
  'Fn::FindInMap',
]);

/** True for texts and numbers, in lists and maps of no more than `depth` levels, that refer to nothing. */
function isConstant(value: unknown, depth: number): boolean {
  if (typeof value === 'string') return true;
  if (typeof value !== 'object' || value === null) return typeof value === 'number';
  if (depth === 0 || Object.hasOwn(value, 'Ref')) return false;
  return Object.entries(value).every(([key, item]) => !key.startsWith('Fn::') && isConstant(item, depth - 1));
}

function isKnownList(value: Value | undefined): value is readonly Value[] {
  return (
    Array.isArray(value) && value.every((item: Value) => causeOf(item) === undefined && !isRawObject(item))
  );
}
