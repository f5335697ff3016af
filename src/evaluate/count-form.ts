import type { Expression } from '../model/rule.ts';
import { Unresolved, type Cause, type Path, type Value } from '../model/value.ts';
import { compileExpectations } from './expectations.ts';
import { compileInner, type Form } from './form.ts';
import { boundNode, follow, type Context, type Node, type Test } from './node.ts';
import { parsePath } from '../model/parse-path.ts';
import { observe, relate } from './observe.ts';
import { withDoubt } from './quantifiers.ts';
import type { Members } from './members.ts';
import { compileSource, describeSource } from './sources.ts';
import { agree, every, isUnknown, type Truth } from '../model/truth.ts';
import { present } from './worlds.ts';

/** How many members the source has satisfies the predicates beside it. */
export const countForm: Form = (raw, compile) => {
  const quantifier = raw['count'] as Expression;
  const source = compileSource(quantifier);
  const where = compileInner(quantifier, 'where', compile);
  const distinct = distinctPaths(quantifier['distinct']);
  const of = quantifier['of'] as string | undefined;
  const expectations = compileExpectations(raw);
  const what = describeSource(quantifier);
  const text =
    distinct === undefined ? `number of ${what}` : `different ${distinct[0]?.join('.') ?? ''} of ${what}`;
  return (node, context) => {
    const start = of === undefined ? node : (boundNode(context, of) ?? node);
    const members = source(start, context);
    relate(context, node, members.nodes);
    const counted = countMembers(members, where, distinct, context);
    return every(expectations, ({ test, expected }) => {
      const at = (value: number): Truth => test({ value, isDefault: false, node, context });
      const [least, most] = [at(counted.least), at(counted.most)];
      const holds = counted.doubt === undefined ? least : agree(least, most, counted.doubt);
      if (!context.silent)
        observe(context, holds, {
          node: start,
          path: start.path,
          value: counted.least,
          expected: expected(node, context),
          source: 'derived',
          text,
        });
      return holds;
    });
  };
};

function distinctPaths(raw: unknown): readonly Path[] | undefined {
  if (raw === undefined) return undefined;
  return (Array.isArray(raw) ? (raw as string[]) : [raw as string]).map(parsePath); // of a validated rule
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
  distinct: readonly Path[] | undefined,
  context: Context,
): Counted {
  let doubt = members.incomplete;
  let [least, open] = [0, members.unresolved ?? 0];
  // Values of one property say nothing of those of another: a zone by its name may be a zone by its id.
  const seen = new Map<number, Set<string>>();
  for (const node of members.nodes) {
    const member = present(node, context);
    if (member === undefined) continue;
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
      if ('code' in key) {
        doubt ??= key;
        open += 1;
      } else seen.set(key.path, (seen.get(key.path) ?? new Set()).add(key.text));
    }
  }
  const sizes = [...seen.values()].map(({ size }) => size);
  const sum = sizes.reduce((all, size) => all + size, 0);
  if (distinct !== undefined) least = Math.max(0, ...sizes);
  const known = distinct === undefined ? least : sum;
  if (sizes.length > 1)
    doubt ??= {
      code: 'attribute',
      message: 'some are given by name and some by id, which only AWS can compare',
    };
  const isBounded = members.incomplete === undefined || members.unresolved !== undefined;
  const most = isBounded ? known + open : Number.MAX_SAFE_INTEGER;
  return doubt === undefined ? { least, most } : { least, most, doubt };
}

interface DistinctKey {
  readonly path: number;
  readonly text: string;
}

// Two texts that differ in their known pieces around the same unknown ones are different.
function distinctKey(member: Node, paths: readonly Path[], context: Context): DistinctKey | Cause {
  for (const [path, steps] of paths.entries()) {
    let key: string | Cause | undefined;
    follow(member, steps, context, (value) => {
      if (value !== undefined && value !== '') key = keyOf(value);
      return true;
    });
    if (key !== undefined) return typeof key === 'string' ? { path, text: key } : key;
  }
  return {
    code: 'malformed',
    message: `\`${member.resource.name}\` does not say its ${paths.map((steps) => steps.join('.')).join(' or ')}`,
  };
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
