import { lookup } from '../model/lookup.ts';
import { bothDoubts, type World } from '../model/conditions.ts';
import { readJsonText } from '../model/json-text.ts';
import { openTop, openValue } from '../model/open-value.ts';
import type { PolicyStatement, Relation, ResourceGraph } from '../model/resource-graph.ts';
import type { Resource } from '../model/resource.ts';
import type { PatternEngine, Rule, RuleData, Severity } from '../model/rule.ts';
import {
  Choice,
  PartialString,
  SymbolicValue,
  Unresolved,
  isObjectValue,
  type Cause,
  type Path,
  type Value,
} from '../model/value.ts';
import type { Truth } from '../model/truth.ts';

/** The thing an expression is about: a resource, a part of one, or something derived from one. */
export interface Node {
  readonly resource: Resource;
  /** Where in the resource's properties the node stands. */
  readonly path: Path;
  readonly value: Value | undefined;
  /** The edge that led here. */
  readonly edge?: Relation | undefined;
  readonly statement?: PolicyStatement;
  /** Derived things have no place of their own below `path`. */
  readonly derived?: string;
  readonly uncertain?: Cause | undefined;
}

/** One leaf that was held against an expectation. */
export interface Observation {
  readonly node: Node;
  readonly path: Path;
  readonly value: Value | undefined;
  readonly text?: string;
  readonly expected: string;
  readonly holds: Truth;
  readonly source: 'default' | 'code' | 'derived' | undefined;
}

/** A name that a rule has given, and those given around it; the outermost is `self`. */
export interface Binding {
  readonly name: string;
  readonly node: Node;
  readonly outer: Binding | undefined;
}

/** The node that a name is bound to. */
export function boundNode({ bindings }: Context, name: string): Node | undefined {
  let binding: Binding | undefined = bindings;
  while (binding !== undefined && binding.name !== name) binding = binding.outer;
  return binding?.node;
}

/** State of one evaluation of one rule on one resource. */
export interface Context {
  readonly graph: ResourceGraph;
  readonly rule: Rule;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly data: RuleData;
  readonly now: Date;
  readonly patternEngine: PatternEngine | undefined;
  /** Failures on each resource, of rules from which others follow. */
  readonly failing:
    | ReadonlyMap<Resource, ReadonlyMap<string, { readonly severity: Severity; readonly root: string }>>
    | undefined;
  readonly bindings: Binding;
  readonly observations: Observation[];
  /** True while nobody will ask what the verdict rests on: nothing is then observed. */
  readonly silent: boolean;
  readonly related: Set<Resource>;
  readonly negated: boolean;
  /** How undecided conditions turn out, as far as they were met. */
  readonly world: World;
}

/** What the compiled form of an expression is. */
export type Test = (node: Node, context: Context) => Truth;

const top: Path = [];

/** The node of a whole resource, as the edge that led there tells of it. */
export function nodeOf(resource: Resource, edge?: Relation): Node {
  const uncertain = bothDoubts(resource.uncertain, edge?.uncertain);
  return { resource, path: top, value: resource.properties, edge, uncertain };
}

/** Called with what stands at a path, on the side of undecided conditions that the evaluation takes. */
export type Continuation = (value: Value | undefined, path: Path, isDefault: boolean) => Truth;

/**
 * Follows `steps` from the node and answers what `then` says of the value there. Undecided conditions on
 * the way are settled, and those inside of the value too, unless only its top is asked for.
 */
export function follow(
  node: Node,
  steps: Path,
  context: Context,
  then: Continuation,
  part: 'whole' | 'top' = 'whole',
): Truth {
  if (node.resource.external === true && node.path.length === 0 && node.value !== undefined) {
    return followExternal(node, steps, then);
  }
  return walk(node.value, steps, 0, node, context, part === 'top' ? then : opening(context, then));
}

function opening({ world }: Context, then: Continuation): Continuation {
  return (value, path, isDefault) => then(openValue(value, world), path, isDefault);
}

function followExternal(node: Node, steps: Path, then: Continuation): Truth {
  let value: Value | undefined = node.resource.properties;
  for (const step of steps) value = isObjectValue(value) ? value[step] : undefined;
  if (value !== undefined) return then(value, steps, false);
  return then(
    new Unresolved({
      code: 'outside',
      message: `\`${node.resource.name}\` is not in the scan`,
      remedy: 'include its template or account in the scan, or declare it under `outside` in headgate.yaml',
    }),
    steps,
    false,
  );
}

function walk(
  found: Value | undefined,
  steps: Path,
  index: number,
  node: Node,
  context: Context,
  then: Continuation,
): Truth {
  const value = found instanceof Choice ? openTop(found, context.world) : found;
  const step = steps[index];
  if (step === undefined) {
    const path = pathTo(node, steps, index);
    return value === undefined ? absent(node, path, context, then) : then(value, path, false);
  }
  if (value instanceof Unresolved) return then(value, pathTo(node, steps, index), false);
  // Text, of which pieces are unknown, has no members unless it is JSON.
  if (value instanceof PartialString && !mayBeJson(value))
    return absent(node, pathTo(node, steps, steps.length), context, then);
  const inner = typeof value === 'string' ? parsed(value) : jsonInside(value);
  if (inner instanceof SymbolicValue) return then(unresolvedPart(inner), pathTo(node, steps, index), false);
  if (Array.isArray(inner)) {
    return walk((inner as readonly Value[])[Number(step)], steps, index + 1, node, context, then);
  }
  const next = isObjectValue(inner) && Object.hasOwn(inner, step) ? inner[step] : undefined;
  if (next !== undefined) return walk(next, steps, index + 1, node, context, then);
  return absent(node, pathTo(node, steps, steps.length), context, then);
}

function pathTo(node: Node, steps: Path, length: number): Path {
  if (node.path.length === 0) return length === steps.length ? steps : steps.slice(0, length);
  return [...node.path, ...steps.slice(0, length)];
}

function absent(node: Node, path: Path, context: Context, then: Continuation): Truth {
  if (node.derived !== undefined) return then(undefined, path, false);
  const defaults = lookup(context.data.defaults, node.resource.type);
  const standard = defaults === undefined ? undefined : lookup(defaults, keyOfDefault(path));
  return standard === undefined ? then(undefined, path, false) : then(standard as Value, path, true);
}

const defaultKeys = new WeakMap<Path, string>();

// Lists stand in the table of defaults as `Targets[].RetryPolicy`.
function keyOfDefault(path: Path): string {
  let key = defaultKeys.get(path);
  if (key === undefined) {
    key = path
      .map((step) => (typeof step === 'number' ? '[]' : step))
      .join('.')
      .replaceAll('.[]', '[]');
    defaultKeys.set(path, key);
  }
  return key;
}

function unresolvedPart(value: SymbolicValue): Unresolved {
  const isSecret = value.kind === 'secret';
  return new Unresolved({
    code: 'attribute',
    message: isSecret ? 'the value is kept in a secret' : 'the value is known only after deployment',
  });
}

function mayBeJson(value: PartialString): boolean {
  const [first, last] = [value.parts[0], value.parts.at(-1)];
  return (
    (typeof first !== 'string' || /^\s*([[{]|$)/.test(first)) &&
    (typeof last !== 'string' || /([\]}]|^)\s*$/.test(last))
  );
}

/** JSON with unknown pieces, which stand in it as values; anything else as it is. */
function jsonInside(value: Value | undefined): Value | undefined {
  if (!(value instanceof PartialString)) return value;
  const [first] = value.parts;
  return typeof first === 'string' && /^\s*[[{]/.test(first) ? readJsonText(value) : value;
}

// Some properties may be given as JSON text (policies, redrive policies, event patterns).
function parsed(text: string): Value | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text) as Value;
  } catch {
    return undefined;
  }
}
