import type { PositionLookup } from '../model/location.ts';
import type { ResourceGraph } from '../model/resource-graph.ts';
import type { Resource } from '../model/resource.ts';
import type { Rule, RuleSet } from '../model/rule.ts';
import type { Evaluation, ResourceSummary, Verdict } from '../model/scan-result.ts';
import type { Cause } from '../model/value.ts';
import { compileExpression } from './compile.ts';
import { evidenceOf, placeOf } from './evidence.ts';
import { fingerprints } from './fingerprint.ts';
import { fillMessage } from './message.ts';
import { nodeOf, type Context, type Node, type Observation } from './node.ts';
import { isUnknown, type Truth } from './truth.ts';

/** What an evaluation needs beside rules and graph; nothing is read from outside. */
export interface EvaluateOptions {
  /** The time that deadlines are measured against. */
  readonly now: Date;
  readonly positions: PositionLookup;
  /** `findings`: places only of fail and unknown and no evidence, for readers who see nothing else. */
  readonly detail: 'all' | 'findings';
}

interface Decision {
  readonly verdict: Verdict;
  readonly message: string;
  readonly cause?: Cause;
  readonly reason?: string;
}

/**
 * Decides every rule on every resource it applies to.
 * @returns one evaluation per rule and resource, ordered by rule, then resource; pure and deterministic.
 */
export function evaluateRules(
  ruleSet: RuleSet,
  graph: ResourceGraph,
  options: EvaluateOptions,
): Evaluation[] {
  const flowsOf = flowIndex(graph);
  const identify = fingerprints(graph.resources);
  const evaluations: Evaluation[] = [];
  for (const rule of ruleSet.rules) {
    for (const type of rule.appliesTo) {
      for (const resource of graph.ofType(type)) {
        if (resource.external === true) continue;
        evaluations.push(
          evaluateOne(
            rule,
            resource,
            ruleSet,
            graph,
            options,
            flowsOf.get(resource) ?? [],
            identify(rule.id, resource),
          ),
        );
      }
    }
  }
  return evaluations;
}

/**
 * Ids of the flows that each resource belongs to, in the order of the flows. Flows share the arrays of
 * their nodes: each is gone through once, and resources that stand in the same arrays share the answer.
 */
function flowIndex(graph: ResourceGraph): Map<Resource, readonly string[]> {
  const flowsOf = new Map<readonly Resource[], Set<number>>();
  graph.flows.forEach((flow, at) => {
    for (const members of [[flow.entry], ...flow.nodes.values()]) {
      const flows = flowsOf.get(members);
      if (flows === undefined) flowsOf.set(members, new Set([at]));
      else flows.add(at);
    }
  });
  const standsIn = new Map<Resource, Set<number>[]>();
  for (const [members, flows] of flowsOf) {
    for (const member of members) {
      const all = standsIn.get(member);
      if (all === undefined) standsIn.set(member, [flows]);
      else all.push(flows);
    }
  }
  const numbers = new Map([...flowsOf.values()].map((flows, at) => [flows, at]));
  const answers = new Map<string, readonly string[]>();
  const index = new Map<Resource, readonly string[]>();
  for (const [resource, sets] of standsIn) {
    const key = sets.map((flows) => numbers.get(flows)).join();
    const known = answers.get(key) ?? idsOf(sets, graph);
    answers.set(key, known);
    index.set(resource, known);
  }
  return index;
}

function idsOf(sets: readonly ReadonlySet<number>[], graph: ResourceGraph): readonly string[] {
  const flows = new Set<number>();
  for (const set of sets) for (const at of set) flows.add(at);
  return [...flows].sort((a, b) => a - b).flatMap((at) => graph.flows[at]?.id ?? []);
}

function evaluateOne(
  rule: Rule,
  resource: Resource,
  ruleSet: RuleSet,
  graph: ResourceGraph,
  options: EvaluateOptions,
  flows: readonly string[],
  fingerprint: string,
): Evaluation {
  const self = nodeOf(resource);
  const context: Context = {
    graph,
    rule,
    parameters: ruleSet.parameters[rule.id] ?? {},
    data: ruleSet.data,
    now: options.now,
    patternEngine: ruleSet.patternEngine,
    bindings: new Map([['self', self]]),
    observations: [],
    related: new Set(),
    negated: false,
  };
  const decision = decideSafely(rule, self, context);
  const isFinding = decision.verdict === 'fail' || decision.verdict === 'unknown';
  const detailed = isFinding || options.detail === 'all';
  const location = detailed ? placeOf(decision.verdict, context, resource, options.positions) : undefined;
  return {
    ruleId: rule.id,
    requirement: rule.requirement,
    severity: rule.severity,
    verdict: decision.verdict,
    message: decision.message,
    ...(decision.reason === undefined ? {} : { reason: decision.reason }),
    ...(decision.cause === undefined ? {} : { cause: decision.cause.code }),
    fingerprint,
    resource: summarizeResource(resource),
    ...(location === undefined ? {} : { location }),
    evidence: options.detail === 'all' ? evidenceOf(decision.verdict, context, options.positions) : [],
    related:
      options.detail === 'all'
        ? [...context.related]
            .filter((other) => other !== resource)
            .slice(0, 20)
            .map(summarizeResource)
        : [],
    flows,
  };
}

// A defect in a rule or operator must never look like a finding, nor stop the others.
function decideSafely(rule: Rule, self: Node, context: Context): Decision {
  try {
    return decide(rule, self, context);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return unknown(rule, {
      code: 'failed',
      message: `the rule could not be evaluated (${message})`,
      remedy: 'report this as a defect of Headgate, or of the rule where it is your own',
    });
  }
}

function decide(rule: Rule, self: Node, context: Context): Decision {
  for (const clause of rule.when) {
    const applies = compileExpression(clause.that)(self, { ...context, observations: [] });
    if (applies === false)
      return {
        verdict: 'notApplicable',
        message: rule.title,
        reason: fillMessage(clause.otherwise, context),
      };
    if (isUnknown(applies)) return unknown(rule, applies);
  }
  // Nothing that is not certain to exist may pass or fail.
  const doubt = self.resource.uncertain;
  if (doubt !== undefined) return unknown(rule, doubt);
  return decideAssertions(rule, self, context);
}

function decideAssertions(rule: Rule, self: Node, context: Context): Decision {
  let blockedBy: Cause | undefined;
  for (const clause of rule.assert) {
    const observations: Observation[] = [];
    const holds: Truth = compileExpression(clause.that)(self, { ...context, observations });
    if (holds === false) context.observations.length = 0;
    context.observations.push(...observations);
    if (holds === false) {
      return { verdict: 'fail', message: fillMessage(clause.otherwise, context) };
    }
    if (isUnknown(holds)) blockedBy ??= holds;
  }
  return blockedBy === undefined
    ? { verdict: 'pass', message: fillMessage(rule.pass, context) }
    : unknown(rule, blockedBy);
}

function unknown(rule: Rule, cause: Cause): Decision {
  const remedy = cause.remedy === undefined ? '' : `; to settle it, ${cause.remedy}`;
  return {
    verdict: 'unknown',
    message: `Not decided: ${rule.title}`,
    reason: `${cause.message}${remedy}`,
    cause,
  };
}

/** A resource as results show it. */
export function summarizeResource(resource: Resource): ResourceSummary {
  const { id, type, name, stack, constructPath, sourceLine, account, region, arn } = resource;
  return {
    id,
    type,
    name,
    ...(stack === undefined ? {} : { stack }),
    ...(constructPath === undefined ? {} : { constructPath }),
    ...(sourceLine === undefined
      ? {}
      : { sourceLine: `${sourceLine.file}:${sourceLine.line}:${sourceLine.column}` }),
    ...(account === undefined ? {} : { account }),
    ...(region === undefined ? {} : { region }),
    ...(arn === undefined ? {} : { arn }),
  };
}
