import { beyondSides, bothDoubts } from '../model/conditions.ts';
import type { Context, Node } from './node.ts';
import type { Truth } from '../model/truth.ts';

/** Ways beyond these are left to the whole evaluation, which goes through more of them. */
const localLimit = 8;

/**
 * Asks a question in each way that the conditions it meets may turn out. An answer that all of them give
 * leaves the conditions open: they do not matter here. Else they are settled for the whole evaluation.
 */
export function unlessConditionsMatter(context: Context, ask: () => Truth): Truth {
  const { world, observations } = context;
  const seen = observations.length;
  const settled = world.settled;
  let first: Truth | undefined;
  let kept: typeof observations = [];
  let ways = 0;
  const isOne = world.enumerate(
    () => {
      observations.length = Math.min(seen, observations.length);
      const truth = ask();
      if (ways === 0 && world.settled > settled) kept = observations.slice(seen);
      return truth;
    },
    (truth) => {
      ways += 1;
      first ??= truth;
      return truth === first && ways < localLimit;
    },
  );
  if (isOne && first !== undefined) {
    // What was seen first is what is shown.
    if (ways > 1) observations.splice(seen, observations.length - seen, ...kept);
    return first;
  }
  observations.length = seen;
  return ask();
}

/** The member, if it is there; the conditions that this hangs on are settled. */
export function present(member: Node, context: Context): Node | undefined {
  const doubt = member.uncertain;
  if (doubt?.sides === undefined) return member;
  return context.world.admits(doubt) ? { ...member, uncertain: beyondSides(doubt) } : undefined;
}

/** The node, doubted as what leads to it is. */
export function doubtedAs(node: Node, leading: Node): Node {
  const uncertain = bothDoubts(leading.uncertain, node.uncertain);
  return uncertain === node.uncertain ? node : { ...node, uncertain };
}
