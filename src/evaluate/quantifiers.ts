import type { Expression } from '../model/rule.ts';
import type { Cause } from '../model/value.ts';
import { compileInner, type Compile, type Form } from './form.ts';
import { boundNode, type Context, type Node, type Test } from './node.ts';
import { bind, negated, observe, relate, unobserved } from './observe.ts';
import type { Members } from './members.ts';
import { compileSource, describeSource } from './sources.ts';
import { every, isUnknown, not, some, type Truth } from '../model/truth.ts';
import { present, unlessConditionsMatter } from './worlds.ts';

/** At least one member of the source is as `where` says. */
export const someForm: Form = (raw, compile) => quantify(raw['some'] as Expression, someOf, compile);

/** Every member that `where` picks is as `satisfies` says. */
export const everyForm: Form = (raw, compile) => quantify(raw['every'] as Expression, everyOf, compile);

/** No member of the source is as `where` says. */
export const noneForm: Form = (raw, compile) => {
  const test = quantify(raw['none'] as Expression, someOf, compile);
  return (node, context) => not(test(node, negated(context)));
};

type Combine = (
  members: Members,
  where: Test | undefined,
  satisfies: Test | undefined,
  context: Context,
) => Truth;

function quantify(quantifier: Expression, combine: Combine, compile: Compile): Test {
  const source = compileSource(quantifier);
  const where = compileInner(quantifier, 'where', compile);
  const satisfies = compileInner(quantifier, 'satisfies', compile);
  const name = quantifier['as'] as string | undefined;
  const of = quantifier['of'] as string | undefined;
  const named: Test | undefined =
    satisfies === undefined ? undefined : (member, context) => satisfies(member, bind(context, name, member));
  const what = describeSource(quantifier);
  return (node, context) => {
    const start = of === undefined ? node : (boundNode(context, of) ?? node);
    const members = source(start, context);
    relate(context, node, members.nodes);
    let met: Node | undefined;
    const picks: Test = (member, inner) => {
      const truth = where === undefined || where(member, bind(inner, name, member));
      if (withDoubt(truth, member, true) === true) met ??= member;
      return truth;
    };
    const holds = combine(members, picks, named, context);
    if (!context.silent)
      observePresence(context, start, what, holds, {
        isEmpty: members.nodes.length === 0,
        met: combine === someOf ? met : undefined,
      });
    return holds;
  };
}

/** What a quantifier found: nothing, or a member that settled it. */
interface Presence {
  readonly isEmpty: boolean;
  readonly met: Node | undefined;
}

function observePresence(
  context: Context,
  start: Node,
  what: string,
  holds: Truth,
  { isEmpty, met }: Presence,
): void {
  const present = (value: string, outcome: Truth): void => {
    observe(context, outcome, {
      node: start,
      path: start.path,
      value,
      expected: `${what} present`,
      source: 'derived',
      text: what,
    });
  };
  if (isEmpty) present('none', isUnknown(holds) ? holds : context.negated);
  else if (met !== undefined && met.resource !== start.resource) present(met.resource.name, true);
}

/** A member that may not exist can neither prove nor break anything by itself. */
export function withDoubt(truth: Truth, member: Node, decisive: boolean): Truth {
  return truth === decisive && member.uncertain !== undefined ? member.uncertain : truth;
}

/** What a member says where it is there; `absent` where the conditions that it hangs on turn out against it. */
function ifPresent(member: Node, absent: boolean, context: Context, ask: (there: Node) => Truth): Truth {
  if (member.uncertain?.sides === undefined) return ask(member);
  return unlessConditionsMatter(context, () => {
    const there = present(member, context);
    return there === undefined ? absent : ask(there);
  });
}

// An incomplete list proves what it holds, but not what is missing from it.
function unlessIncomplete(truth: Truth, whenComplete: boolean, incomplete: Cause | undefined): Truth {
  return truth === whenComplete && incomplete !== undefined ? incomplete : truth;
}

const someOf: Combine = ({ nodes, incomplete }, where, _satisfies, context) => {
  const found = some(nodes, (member) =>
    ifPresent(member, false, context, (there) =>
      withDoubt(where === undefined ? true : where(there, context), there, true),
    ),
  );
  return unlessIncomplete(found, false, incomplete);
};

const everyOf: Combine = ({ nodes, incomplete }, where, satisfies, context) => {
  const all = every(nodes, (member) =>
    ifPresent(member, true, context, (there) => {
      const counts = where === undefined ? true : where(there, unobserved(context));
      if (counts === false) return true;
      const holds = satisfies === undefined ? true : satisfies(there, context);
      if (isUnknown(counts)) return holds === true ? true : counts;
      return withDoubt(holds, there, false);
    }),
  );
  return unlessIncomplete(all, true, incomplete);
};
