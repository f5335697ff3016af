import type { ResourceGraph } from '../model/resource-graph.ts';
import type { Resource } from '../model/resource.ts';
import type { Expression, Rule, RuleSet } from '../model/rule.ts';
import { valueAt, type Path } from '../model/value.ts';
import { compileExpression } from './compile.ts';
import { contextFor, type EvaluateOptions } from './evaluate.ts';
import { compileOperand } from './operands.ts';
import { boundNode, nodeOf, type Context, type Node } from './node.ts';
import { bind, unobserved } from './observe.ts';

/** Questions about a resource that a rule is asked of, answered as the rule itself would be. */
export interface ResourceQuestions {
  /** The rule's parameters, as they hold in the resource's file. */
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Numbers, from 1, of the clauses of the rule that fail, or may under an undecided condition. */
  failing(): readonly number[];
  /** True where an expression holds whichever way conditions turn out; of another resource, or of a part of its properties. */
  certainly(expression: Expression, of?: Resource, at?: Path): boolean;
  /**
   * A number that an operand comes to, or the largest that `of` comes to over all members along `over`.
   * Undefined where it is not known, or where there is no member.
   */
  compute(raw: unknown): number | undefined;
}

/** Asks about one resource. Pure. */
export function askResource(
  rule: Rule,
  resource: Resource,
  ruleSet: RuleSet,
  graph: ResourceGraph,
  options: Omit<EvaluateOptions, 'detail'>,
): ResourceQuestions {
  const asked = contextFor(rule, resource, ruleSet, graph, { ...options, detail: 'findings' });
  const { self, context } = asked;
  return {
    parameters: context.parameters,
    failing: () =>
      rule.assert.flatMap((clause, at) => (isPossible(clause.that, false, self, context) ? [at + 1] : [])),
    certainly(expression, of = resource, at = []) {
      const node =
        at.length === 0 ? nodeOf(of) : { resource: of, path: at, value: valueAt(of.properties, at) };
      return isAlways(expression, node, context);
    },
    compute: (raw) => compute(raw, self, context),
  };
}

function isAlways(expression: Expression, node: Node, context: Context): boolean {
  const test = compileExpression(expression);
  return context.world.enumerate(
    () => test(node, unobserved(context)),
    (truth) => truth === true,
  );
}

function isPossible(expression: Expression, wanted: boolean, node: Node, context: Context): boolean {
  const test = compileExpression(expression);
  let isMet = false;
  context.world.enumerate(
    () => (context.world.admits(node.resource.uncertain) ? test(node, unobserved(context)) : !wanted),
    (truth) => {
      isMet = truth === wanted;
      return !isMet;
    },
  );
  return isMet;
}

function compute(raw: unknown, node: Node, context: Context): number | undefined {
  const { over, of } = (typeof raw === 'object' && raw !== null ? raw : {}) as {
    readonly over?: readonly { readonly related: string; readonly as: string; readonly of?: string }[];
    readonly of?: unknown;
  };
  if (over === undefined) {
    const operand = compileOperand(raw)(node, context);
    const known = 'known' in operand ? operand.known : undefined;
    return typeof known === 'number'
      ? known
      : typeof known === 'string' && known !== ''
        ? numberOf(known)
        : undefined;
  }
  const [step, ...rest] = over;
  if (step === undefined) return compute(of, node, context);
  const from = step.of === undefined ? node : (boundNode(context, step.of) ?? node);
  const { edges, incomplete } = context.graph.related(from.resource, step.related);
  if (incomplete !== undefined) return undefined;
  let largest: number | undefined;
  for (const edge of edges) {
    if (edge.to === undefined) return undefined;
    const member = nodeOf(edge.to, edge);
    const number = compute({ over: rest, of }, member, bind(context, step.as, member));
    if (number === undefined) return undefined;
    largest = Math.max(largest ?? number, number);
  }
  return largest;
}

function numberOf(text: string): number | undefined {
  const number = Number(text);
  return Number.isFinite(number) ? number : undefined;
}
