import type { Expression } from '../model/rule.ts';
import type { ResourceGraph } from '../model/resource-graph.ts';
import type { CodeCapability, Resource } from '../model/resource.ts';
import { flowDoubt } from './flow-doubt.ts';
import { Choice, Unresolved, type Cause, type Path, type Value, describeValue } from '../model/value.ts';
import { carriedValue, credentialDoubt, credentialIn } from './credentials.ts';
import { follow, parsePath, type Context, type Node, type Test } from './node.ts';
import { compileOperand } from './operands.ts';
import { predicates, type Predicate } from './predicates.ts';
import { compileSource, type Members } from './sources.ts';
import { statementHolds, type StatementWish } from './statements.ts';
import { agree, every, isUnknown, not, some, type Truth } from './truth.ts';

const cache = new WeakMap<Expression, Test>();

/** An expression of a validated rule as a closure; compiled once per expression object. */
export function compileExpression(expression: Expression): Test {
  let test = cache.get(expression);
  if (test === undefined) {
    test = build(expression);
    cache.set(expression, test);
  }
  return test;
}

function build(raw: Expression): Test {
  const form = Object.keys(raw).find((name) => name in forms);
  const make = form === undefined ? undefined : forms[form];
  if (make === undefined) throw new TypeError(`unvalidated expression ${JSON.stringify(raw)}`);
  const test = make(raw);
  const of =
    form === 'property' ||
    form === 'edge' ||
    form === 'type' ||
    form === 'code' ||
    form === 'inFlow' ||
    form === 'sameAs'
      ? raw['of']
      : undefined;
  if (typeof of !== 'string') return test;
  return (node, context) => test(context.bindings.get(of) ?? node, context);
}

const forms: Readonly<Record<string, (raw: Expression) => Test>> = {
  all: (raw) => {
    const tests = (raw['all'] as Expression[]).map(compileExpression);
    return (node, context) => every(tests, (test) => test(node, context));
  },
  any: (raw) => {
    const tests = (raw['any'] as Expression[]).map(compileExpression);
    return (node, context) => some(tests, (test) => test(node, context));
  },
  not: (raw) => {
    const test = compileExpression(raw['not'] as Expression);
    return (node, context) => not(test(node, { ...context, negated: !context.negated }));
  },
  if: buildIf,
  unknown: (raw) => {
    const cause: Cause = {
      code: 'evidence',
      message: String(raw['unknown']),
      ...(raw['remedy'] === undefined ? {} : { remedy: String(raw['remedy']) }),
    };
    return () => cause;
  },
  property: buildProperty,
  value: buildValue,
  edge: buildEdge,
  some: (raw) => quantify(raw['some'] as Expression, someOf),
  every: (raw) => quantify(raw['every'] as Expression, everyOf),
  none: (raw) => {
    const test = quantify(raw['none'] as Expression, someOf);
    return (node, context) => not(test(node, { ...context, negated: !context.negated }));
  },
  count: buildCount,
  statement: (raw) => {
    const wish = raw['statement'] as StatementWish;
    return (node, context) => {
      if (node.statement === undefined) return false;
      const holds = statementHolds(wish, node.statement, node, context);
      observe(
        node,
        context,
        node.path,
        node.value,
        `a statement with ${JSON.stringify(wish)}`,
        holds,
        undefined,
      );
      return holds;
    };
  },
  type: (raw) => (node) => (raw['type'] as string[]).includes(node.resource.type),
  external: (raw) => (node) => (node.resource.external === true) === raw['external'],
  sameAs: (raw) => (node, context) =>
    context.bindings.get(String(raw['sameAs']))?.resource.id === node.resource.id,
  inFlow: (raw) => {
    const wanted = raw['inFlow'] as string[];
    return (node, context) =>
      wanted.some((diagram) => diagramsOf(context.graph).get(node.resource)?.has(diagram) === true) ||
      (flowDoubt(context.graph, node.resource.scope) ?? false);
  },
  code: (raw) => codeTest(raw['code'] as CodeCapability[]),
  credential: () => (node, context) => {
    const entry = node.value as { readonly Key?: string; readonly Value?: Value };
    const value = carriedValue(entry.Value);
    const found = bothSides(value, (side) => credentialIn(entry.Key ?? '', side, context.data.credentials));
    const carries: Truth = found === undefined ? (credentialDoubt(value) ?? false) : true;
    observe(
      node,
      context,
      node.path,
      `${entry.Key ?? ''}: ${found === undefined ? 'no credential' : '(redacted)'}`,
      'a credential',
      carries,
      undefined,
    );
    return carries;
  },
};

const diagramIndexes = new WeakMap<ResourceGraph, ReadonlyMap<Resource, ReadonlySet<string>>>();

// Which diagrams each resource is part of; asked once per graph.
function diagramsOf(graph: ResourceGraph): ReadonlyMap<Resource, ReadonlySet<string>> {
  const known = diagramIndexes.get(graph);
  if (known !== undefined) return known;
  const index = new Map<Resource, Set<string>>();
  // Flows share the arrays of their nodes, and a flow's id starts with its diagram.
  const seen = new Set<readonly Resource[]>();
  let diagram: string | undefined;
  for (const flow of graph.flows) {
    if (flow.diagram !== diagram) seen.clear();
    diagram = flow.diagram;
    const fresh = [...new Set(flow.nodes.values())].filter((members) => !seen.has(members));
    for (const members of fresh) seen.add(members);
    for (const resource of fresh.flat()) {
      const diagrams = index.get(resource);
      if (diagrams === undefined) index.set(resource, new Set([flow.diagram]));
      else diagrams.add(flow.diagram);
    }
  }
  diagramIndexes.set(graph, index);
  return index;
}

function bothSides(
  value: Value | undefined,
  look: (value: Value | undefined) => string | undefined,
): string | undefined {
  return value instanceof Choice ? (look(value.whenTrue) ?? look(value.whenFalse)) : look(value);
}

function buildIf(raw: Expression): Test {
  const condition = compileExpression(raw['if'] as Expression);
  const whenTrue = raw['then'] === undefined ? undefined : compileExpression(raw['then'] as Expression);
  const whenFalse = raw['else'] === undefined ? undefined : compileExpression(raw['else'] as Expression);
  const side = (test: Test | undefined, node: Node, context: Context): Truth =>
    test === undefined ? true : test(node, context);
  return (node, context) => {
    const holds = condition(node, { ...context, observations: [] });
    if (isUnknown(holds)) return agree(side(whenTrue, node, context), side(whenFalse, node, context), holds);
    return side(holds ? whenTrue : whenFalse, node, context);
  };
}

interface Expected {
  readonly test: Predicate;
  /** What evidence says was expected: "at least 360". */
  readonly expected: (node: Node, context: Context) => string;
}

function predicatesOf(raw: Expression): Expected[] {
  return Object.entries(raw).flatMap(([name, argument]) => {
    const make = predicates[name];
    return make === undefined ? [] : [{ test: make(argument), expected: expectation(name, argument) }];
  });
}

const computed = ['parameter', 'property', 'add', 'subtract', 'multiply', 'divide'];

function expectation(name: string, argument: unknown): Expected['expected'] {
  const words = name.replaceAll(/([A-Z])/g, ' $1').toLowerCase();
  if (typeof argument === 'object' && argument !== null && computed.some((key) => key in argument)) {
    const operand = compileOperand(argument);
    return (node, context) => {
      const value = operand(node, context);
      return `${words} ${'unknown' in value ? 'a value that is not known' : describeValue(value.known)}`;
    };
  }
  const text = name === 'exists' || name === 'empty' ? presence(name, argument === true) : undefined;
  const shown = text ?? `${words} ${typeof argument === 'string' ? argument : JSON.stringify(argument)}`;
  return () => shown;
}

function presence(name: 'exists' | 'empty', wanted: boolean): string {
  if (name === 'exists') return wanted ? 'present' : 'absent';
  return wanted ? 'empty' : 'not empty';
}

function buildProperty(raw: Expression): Test {
  const steps = parsePath(raw['property'] as string);
  const tests = predicatesOf(raw);
  return (node, context) =>
    follow(node, steps, context, (value, path, isDefault) =>
      every(tests, ({ test, expected }) => {
        const holds = partOfUnknown(value, path, node, steps) ?? test({ value, isDefault, node, context });
        observe(
          node,
          context,
          path,
          value,
          context.silent ? '' : expected(node, context),
          holds,
          isDefault ? 'default' : undefined,
        );
        return holds;
      }),
    );
}

// Of what stands inside an unknown value nothing is known, not even whether it is there.
function partOfUnknown(value: Value | undefined, path: Path, node: Node, steps: Path): Cause | undefined {
  const isAbove = path.length < node.path.length + steps.length;
  return value instanceof Unresolved && isAbove ? value.cause : undefined;
}

function buildValue(raw: Expression): Test {
  const operand = compileOperand(raw['value']);
  const tests = predicatesOf(raw);
  return (node, context) => {
    const value = operand(node, context);
    if ('unknown' in value) return value.unknown;
    return every(tests, ({ test, expected }) => {
      const holds = test({ value: value.known, isDefault: false, node, context });
      observe(
        node,
        context,
        node.path,
        value.known,
        context.silent ? '' : expected(node, context),
        holds,
        'derived',
        'computed value',
      );
      return holds;
    });
  };
}

function buildEdge(raw: Expression): Test {
  const name = raw['edge'] as string;
  const tests = predicatesOf(raw);
  return (node, context) =>
    every(tests, ({ test, expected }) => {
      const value = node.edge?.attributes?.[name];
      const holds = test({ value, isDefault: false, node, context });
      const what = `${name} of the relation to ${node.resource.name}`;
      observe(
        node,
        context,
        node.path,
        value,
        context.silent ? '' : expected(node, context),
        holds,
        'derived',
        what,
      );
      return holds;
    });
}

type Combine = (
  members: Members,
  where: Test | undefined,
  satisfies: Test | undefined,
  context: Context,
) => Truth;

function bind(context: Context, name: string | undefined, node: Node): Context {
  return name === undefined
    ? context
    : { ...context, bindings: new Map([...context.bindings, [name, node]]) };
}

function quantify(quantifier: Expression, combine: Combine): Test {
  const source = compileSource(quantifier);
  const where =
    quantifier['where'] === undefined ? undefined : compileExpression(quantifier['where'] as Expression);
  const satisfies =
    quantifier['satisfies'] === undefined
      ? undefined
      : compileExpression(quantifier['satisfies'] as Expression);
  const name = quantifier['as'] as string | undefined;
  const of = quantifier['of'] as string | undefined;
  const named = (test: Test | undefined): Test | undefined =>
    test === undefined ? undefined : (node, context) => test(node, bind(context, name, node));
  const what = describeSource(quantifier);
  return (node, context) => {
    const start = of === undefined ? node : (context.bindings.get(of) ?? node);
    const members = source(start, context);
    for (const member of members.nodes)
      if (member.resource !== node.resource) context.related.add(member.resource);
    let met: Node | undefined;
    const picks: Test = (member, inner) => {
      const truth = where === undefined || where(member, bind(inner, name, member));
      if (truth === true && member.uncertain === undefined) met ??= member;
      return truth;
    };
    const holds = combine(members, picks, named(satisfies), context);
    const present = (value: string, outcome: Truth): void => {
      observe(start, context, start.path, value, `${what} present`, outcome, 'derived', what);
    };
    if (members.nodes.length === 0) present('none', isUnknown(holds) ? holds : context.negated);
    else if (combine === someOf && met !== undefined && met.resource !== start.resource)
      present(met.resource.name, true);
    return holds;
  };
}

function describeSource(quantifier: Expression): string {
  for (const key of ['related', 'elements', 'entries', 'resources', 'statements', 'states', 'services']) {
    const value = quantifier[key];
    if (value === undefined) continue;
    if (key === 'services') return 'used services';
    return key === 'statements' ? `${String(value)} policy statements` : String(value);
  }
  return 'members';
}

// A member that may not exist can neither prove nor break anything by itself.
function withDoubt(truth: Truth, member: Node, decisive: boolean): Truth {
  return truth === decisive && member.uncertain !== undefined ? member.uncertain : truth;
}

const someOf: Combine = (members, where, _satisfies, context) => {
  const found = some(members.nodes, (member) =>
    withDoubt(where === undefined ? true : where(member, context), member, true),
  );
  return found === false && members.incomplete !== undefined ? members.incomplete : found;
};

const everyOf: Combine = (members, where, satisfies, context) => {
  const all = every(members.nodes, (member) => {
    const counts = where === undefined ? true : where(member, { ...context, observations: [] });
    if (counts === false) return true;
    const holds = satisfies === undefined ? true : satisfies(member, context);
    if (isUnknown(counts)) return holds === true ? true : counts;
    return withDoubt(holds, member, false);
  });
  return all === true && members.incomplete !== undefined ? members.incomplete : all;
};

function buildCount(raw: Expression): Test {
  const quantifier = raw['count'] as Expression;
  const source = compileSource(quantifier);
  const where =
    quantifier['where'] === undefined ? undefined : compileExpression(quantifier['where'] as Expression);
  const distinct = typeof quantifier['distinct'] === 'string' ? parsePath(quantifier['distinct']) : undefined;
  const of = quantifier['of'] as string | undefined;
  const tests = predicatesOf(raw);
  const what = describeSource(quantifier);
  return (node, context) => {
    const start = of === undefined ? node : (context.bindings.get(of) ?? node);
    const members = source(start, context);
    for (const member of members.nodes)
      if (member.resource !== node.resource) context.related.add(member.resource);
    const counted = countMembers(members, where, distinct, context);
    return every(tests, ({ test, expected }) => {
      const at = (value: number): Truth => test({ value, isDefault: false, node, context });
      const [least, most] = [at(counted.least), at(counted.most)];
      const holds = counted.doubt === undefined ? least : agree(least, most, counted.doubt);
      observe(
        start,
        context,
        start.path,
        counted.least,
        context.silent ? '' : expected(node, context),
        holds,
        'derived',
        distinct === undefined ? `number of ${what}` : `different ${distinct.join('.')} of ${what}`,
      );
      return holds;
    });
  };
}

interface Counted {
  readonly least: number;
  readonly most: number;
  readonly doubt?: Cause;
}

// How many there are at least and at most: what is unknown may or may not count.
function countMembers(
  members: Members,
  where: Test | undefined,
  distinct: readonly (string | number)[] | undefined,
  context: Context,
): Counted {
  let doubt = members.incomplete;
  let [least, open] = [0, 0];
  const seen = new Set<string>();
  for (const member of members.nodes) {
    const counts = withDoubt(where === undefined ? true : where(member, context), member, true);
    if (counts === false) continue;
    if (isUnknown(counts)) {
      doubt ??= counts;
      open += 1;
      continue;
    }
    if (distinct === undefined) least += 1;
    else {
      const key = distinctKey(member, distinct, context);
      if (typeof key === 'string') seen.add(key);
      else {
        doubt ??= key;
        open += 1;
      }
    }
  }
  if (distinct !== undefined) least = seen.size;
  const most = members.incomplete === undefined ? least + open : Number.MAX_SAFE_INTEGER;
  return doubt === undefined ? { least, most } : { least, most, doubt };
}

// Two texts that differ in their known pieces around the same unknown ones are different.
function distinctKey(member: Node, steps: readonly (string | number)[], context: Context): string | Cause {
  let key: string | Cause = {
    code: 'malformed',
    message: `\`${member.resource.name}\` does not say its ${steps.join('.')}`,
  };
  follow(member, steps, context, (value) => {
    if (value !== undefined) key = keyOf(value);
    return true;
  });
  return key;
}

function keyOf(value: Value): string | Cause {
  if (typeof value !== 'object' || value === null) return String(value);
  if (value instanceof Unresolved) return value.cause;
  return JSON.stringify(value, (_key, item: unknown) =>
    typeof item === 'object' && item !== null && 'cause' in item
      ? (item as { cause: Cause }).cause.message
      : item,
  );
}

function codeTest(capabilities: readonly CodeCapability[]): Test {
  return (node, context) => {
    const code = node.resource.code;
    const sign = code?.found.find((found) => capabilities.includes(found.capability));
    if (code !== undefined && sign !== undefined) {
      observe(
        node,
        context,
        [],
        `${sign.sign} in ${sign.file}`,
        `code that shows ${capabilities.join(' or ')}`,
        true,
        'code',
        `code of ${node.resource.name}`,
      );
      return true;
    }
    const message =
      code === undefined
        ? `the code of \`${node.resource.name}\` was not at hand`
        : `the code of \`${node.resource.name}\` (${code.source}) shows no known sign of ${capabilities.join(' or ')}${code.complete ? '' : ', as far as it could be read'}`;
    return {
      code: 'code',
      message,
      remedy:
        code === undefined
          ? 'scan the cloud assembly with its assets, or bring the evidence by hand'
          : 'bring the evidence by hand, as a waiver with a reason',
    };
  };
}

// What breaks or blocks a verdict is kept longer than what merely agrees with it.
const observationLimit = { holds: 24, other: 48 };

function observe(
  node: Node,
  context: Context,
  path: readonly (string | number)[],
  value: Value | undefined,
  expected: string,
  holds: Truth,
  source: 'default' | 'code' | 'derived' | undefined,
  text?: string,
): void {
  if (context.silent) return;
  const outcome = context.negated ? not(holds) : holds;
  if (context.observations.length >= (outcome === true ? observationLimit.holds : observationLimit.other))
    return;
  context.observations.push({
    node,
    path,
    value,
    expected: context.negated ? `not ${expected}` : expected,
    holds: outcome,
    source,
    ...(text === undefined ? {} : { text }),
  });
}
