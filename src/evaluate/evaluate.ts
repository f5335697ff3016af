import { TooManyWorlds, World, beyondSides, plainDoubt } from '../model/conditions.ts';
import type { PositionLookup } from '../model/location.ts';
import type { ResourceGraph } from '../model/resource-graph.ts';
import type { Resource } from '../model/resource.ts';
import { severities, type Rule, type RuleSet, type Severity } from '../model/rule.ts';
import type { Evaluation, ResourceSummary, Verdict } from '../model/scan-result.ts';
import type { Cause } from '../model/value.ts';
import { compileExpression } from './compile.ts';
import { evidenceOf, placeOf } from './evidence.ts';
import { fingerprints, type Identify } from './fingerprint.ts';
import { fillMessage } from './message.ts';
import { nodeOf, type Context, type Node, type Observation } from './node.ts';
import { unobserved } from './observe.ts';
import { isUnknown, type Truth } from '../model/truth.ts';

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
  /** Of the gravest clause that fails, or that is not decided. */
  readonly severity: Severity;
  readonly message: string;
  readonly cause?: Cause;
  readonly reason?: string;
  readonly failsWhen?: string;
  readonly followsFrom?: string;
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
  const runOf = runsByResource(ruleSet, { graph, options, identify, failing: new Map() });
  const byRule = new Map<string, Evaluation[]>(ruleSet.rules.map(({ id }) => [id, []]));
  const causes = causesOf(ruleSet.rules);
  for (const { id, appliesTo } of causesFirst(ruleSet.rules)) {
    const evaluations = byRule.get(id) ?? [];
    for (const type of appliesTo) {
      for (const resource of graph.ofType(type)) {
        if (resource.external === true) continue;
        const run = runOf(resource);
        const rule = run.rules.get(id);
        if (rule === undefined) continue;
        const evaluation = evaluateOne(rule, resource, run, flowsOf.get(resource) ?? []);
        evaluations.push(evaluation);
        if (evaluation.verdict === 'fail' && causes.has(id)) remember(evaluation, resource, run.failing);
      }
    }
  }
  return [...byRule.values()].flat();
}

/** Ids of the rules that others follow from. */
function causesOf(rules: readonly Rule[]): ReadonlySet<string> {
  return new Set(rules.flatMap(followedBy));
}

function followedBy({ follows = [], assert }: Rule): string[] {
  return [...follows, ...assert.flatMap((clause) => clause.follows ?? [])];
}

/** The rules in their order, but each after those that it follows from. */
function causesFirst(rules: readonly Rule[]): readonly Rule[] {
  const byId = new Map(rules.map((rule) => [rule.id, rule]));
  const ordered = new Set<Rule>();
  const add = (rule: Rule, above: readonly Rule[]): void => {
    for (const id of followedBy(rule)) {
      const cause = byId.get(id);
      if (cause !== undefined && !ordered.has(cause) && !above.includes(cause)) add(cause, [...above, cause]);
    }
    ordered.add(rule);
  };
  for (const rule of rules) if (!ordered.has(rule)) add(rule, [rule]);
  return [...ordered];
}

/** Failures of rules that others follow from, on one resource. */
type Failing = Map<string, { readonly severity: Severity; readonly root: string }>;

function remember(
  { ruleId, severity, followsFrom }: Evaluation,
  resource: Resource,
  failing: Map<Resource, Failing>,
): void {
  const here: Failing = failing.get(resource) ?? new Map();
  here.set(ruleId, { severity, root: followsFrom ?? ruleId });
  failing.set(resource, here);
}

/** The rules by which a resource is decided: those of the set, or those that hold in its file. */
function runsByResource(
  ruleSet: RuleSet,
  shared: Pick<Run, 'graph' | 'options' | 'identify' | 'failing'>,
): (resource: Resource) => Run {
  const runOf = (set: Pick<RuleSet, 'rules' | 'parameters'>): Run => ({
    ...shared,
    ruleSet: { ...ruleSet, ...set },
    rules: new Map(set.rules.map((rule) => [rule.id, rule])),
  });
  const { forFile } = ruleSet;
  if (forFile === undefined) {
    const everywhere = runOf(ruleSet);
    return () => everywhere;
  }
  const runs = new Map<Pick<RuleSet, 'rules' | 'parameters'>, Run>();
  const byResource = new Map<Resource, Run>();
  const find = (resource: Resource): Run => {
    const set = forFile(shared.options.positions(resource.locate([]))?.file);
    const known = runs.get(set) ?? runOf(set);
    runs.set(set, known);
    return known;
  };
  return (resource) => {
    const known = byResource.get(resource) ?? find(resource);
    byResource.set(resource, known);
    return known;
  };
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

/** What the evaluations share that are made by the same rules. */
interface Run {
  readonly ruleSet: RuleSet;
  readonly rules: ReadonlyMap<string, Rule>;
  readonly graph: ResourceGraph;
  readonly options: EvaluateOptions;
  readonly identify: Identify;
  readonly failing: Map<Resource, Failing>;
}

function evaluateOne(rule: Rule, resource: Resource, run: Run, flows: readonly string[]): Evaluation {
  const { options, identify } = run;
  const self = nodeOf(resource);
  const context = contextOf(rule, self, run, options.detail === 'findings');
  const decision = withoutSecrets(decideSafely(rule, self, context), resource.secrets);
  const { severity, verdict, message, reason, cause, failsWhen, followsFrom } = decision;
  // Member by member: it is made for every rule and resource, and spreading what is mostly absent takes long.
  const common: Writable<Common> = {
    ruleId: rule.id,
    requirement: rule.requirement,
    severity,
    verdict,
    message,
  };
  if (reason !== undefined) common.reason = reason;
  if (cause !== undefined) common.cause = cause.code;
  if (resource.uncertain?.code === 'condition') common.createdWhen = conditionIs(resource.uncertain, true);
  if (failsWhen !== undefined) common.failsWhen = failsWhen;
  if (followsFrom !== undefined) common.followsFrom = followsFrom;
  if (options.detail === 'findings') return leanEvaluation(common, rule, self, run, flows);
  const location = placeOf(verdict, context, resource, options.positions);
  const others = [...context.related].filter((other) => other !== resource).slice(0, 20);
  // In the order of the contract, so that reports need not put thousands of them into it.
  const evaluation = common as Writable<Evaluation>; // whose other members follow
  evaluation.fingerprint = identify(rule.id, resource);
  evaluation.resource = summarizeResource(resource);
  if (location !== undefined) evaluation.location = location;
  evaluation.evidence = evidenceOf(verdict, context, options.positions);
  evaluation.related = others.map(summarizeResource);
  evaluation.flows = flows;
  return evaluation;
}

const nothing: readonly never[] = [];

type Writable<T> = { -readonly [Member in keyof T]: T[Member] };
type Common = Omit<Evaluation, 'fingerprint' | 'resource' | 'location' | 'evidence' | 'related' | 'flows'>;

/**
 * An evaluation for who sees only findings: the place of a few is asked, and the fingerprint of hardly
 * any, so each is worked out when it is read. Members of its own, so that copies and JSON have them.
 */
function leanEvaluation(
  common: Common,
  rule: Rule,
  self: Node,
  run: Run,
  flows: readonly string[],
): Evaluation {
  const lean = {
    ...common,
    resource: summarizeResource(self.resource),
    evidence: nothing,
    related: nothing,
    flows,
    get fingerprint() {
      return run.identify(rule.id, self.resource);
    },
  };
  const { verdict } = common;
  if (verdict === 'fail' || verdict === 'unknown')
    Object.defineProperty(lean, 'location', {
      enumerable: true,
      configurable: true,
      get() {
        const context = contextOf(rule, self, run, false);
        decideSafely(rule, self, context);
        const value = placeOf(verdict, context, self.resource, run.options.positions);
        Object.defineProperty(lean, 'location', { enumerable: true, value });
        return value;
      },
    });
  return lean;
}

/** Turns of conditions in one evaluation, those aside included that turn out not to matter. */
const turnsLimit = 2048;

function contextOf(
  rule: Rule,
  self: Node,
  { ruleSet, graph, options, failing }: Run,
  silent: boolean,
): Context {
  return {
    graph,
    rule,
    parameters: ruleSet.parameters[rule.id] ?? {},
    data: ruleSet.data,
    now: options.now,
    patternEngine: ruleSet.patternEngine,
    failing,
    bindings: { name: 'self', node: self, outer: undefined },
    observations: [],
    silent,
    related: new Set(),
    negated: false,
    world: new World(turnsLimit),
  };
}

/** What a question about one resource is asked in, by the rules and parameters that hold in its file. */
export function contextFor(
  rule: Rule,
  resource: Resource,
  ruleSet: RuleSet,
  graph: ResourceGraph,
  options: EvaluateOptions,
): { readonly self: Node; readonly context: Context } {
  const identify = (): string => '';
  const run = runsByResource(ruleSet, { graph, options, identify, failing: new Map() })(resource);
  const self = nodeOf(resource);
  return { self, context: contextOf(rule, self, run, true) };
}

// A defect in a rule or operator must never look like a finding, nor stop the others.
function decideSafely(rule: Rule, self: Node, context: Context): Decision {
  try {
    return decide(rule, self, context);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    // Nobody knows that no way fails, and a template must not buy its silence with conditions: it counts as one that does.
    if (error instanceof TooManyWorlds)
      return {
        ...unknown(rule, {
          code: 'condition',
          message,
          remedy: 'pass --parameters with values for what they compare',
        }),
        failsWhen: 'one of the combinations that were not checked does',
      };
    return unknown(rule, {
      code: 'failed',
      message: `the rule could not be evaluated (${message})`,
      remedy: 'report this as a bug in Headgate, or fix the rule if it is a custom rule',
    });
  }
}

/** Ways that conditions may turn out, beyond which no more are gone through. */
const waysLimit = 64;

/**
 * The decision that all ways give in which the undecided conditions may turn out that it meets; unknown,
 * with the condition that decides, where two of them differ. A way that fails is looked for to the end, so
 * that nothing else hides it; of several the gravest is told.
 */
function decide(rule: Rule, self: Node, context: Context): Decision {
  let first: Decision | undefined;
  let seen: readonly Observation[] = [];
  let differing: Decision | undefined;
  let ways = 0;
  context.world.enumerate(
    () => {
      context.observations.length = 0;
      // Where it does not exist nothing is judged.
      return context.world.admits(self.resource.uncertain) ? decideOneWay(rule, self, context) : undefined;
    },
    (decision) => {
      if (decision === undefined) return true;
      ways += 1;
      if (ways > waysLimit) throw new TooManyWorlds(waysLimit);
      const isFail = decision.verdict === 'fail';
      // What is not as it should be is what to look at.
      const isToShow =
        first === undefined || (isFail && (first.verdict !== 'fail' || isGraver(decision, first)));
      if (isToShow && !context.silent) seen = [...context.observations];
      if (first === undefined) {
        first = decision;
        return true;
      }
      if (isFail && first.verdict === 'fail') {
        first = graverOf(first, decision, context.world);
        return true;
      }
      if (decision.verdict === first.verdict) return true;
      if (isFail || first.verdict === 'fail') {
        differing = hangsOn(rule, first, decision, context.world);
        return false;
      }
      const undecided = [first, decision].find(({ verdict }) => verdict === 'unknown');
      differing ??= undecided ?? hangsOn(rule, first, decision, context.world);
      return true;
    },
  );
  context.observations.splice(0, context.observations.length, ...seen);
  const doubt = self.resource.uncertain ?? neverThere;
  const decision = differing ?? first ?? unknown(rule, doubt);
  const isJudged = decision.verdict === 'pass' || decision.verdict === 'fail';
  return isJudged && isPart(self.resource, context.graph) ? perhapsThere(rule, decision, doubt) : decision;
}

function isGraver(one: Decision, other: Decision): boolean {
  return severities.indexOf(one.severity) < severities.indexOf(other.severity);
}

/** Of two ways that fail the graver, which says on which side it is. */
function graverOf(first: Decision, second: Decision, world: World): Decision {
  // A way that follows from another rule must not hide one that stands for itself.
  if ((first.followsFrom === undefined) !== (second.followsFrom === undefined))
    return first.followsFrom === undefined ? first : second;
  const cause = world.turned;
  if (cause === undefined || first.severity === second.severity) return first;
  const graver = isGraver(second, first) ? second : first;
  const when = conditionIs(cause, world.holds(cause) === (graver === second));
  return { ...graver, message: `${graver.message} (when ${when})` };
}

const neverThere: Cause = { code: 'condition', message: 'the resource is created under no condition' };

function hangsOn(rule: Rule, first: Decision, second: Decision, world: World): Decision {
  const cause = world.turned ?? neverThere;
  const said = [first, second].map(({ verdict, message, reason }) => {
    if (verdict === 'fail') return `fails (${message})`;
    if (verdict === 'pass') return 'passes';
    return verdict === 'unknown' ? `is unknown (${reason})` : `does not apply (${reason})`;
  });
  const failing = [first, second].find(({ verdict }) => verdict === 'fail');
  const { reason = '', ...decision } = unknown(rule, plainDoubt(cause), failing?.severity);
  const failsWhen =
    failing === undefined ? undefined : conditionIs(cause, world.holds(cause) === (failing === second));
  return {
    ...decision,
    reason: `${reason}; one way it ${said[0]}, the other way it ${said[1]}`,
    ...(failsWhen === undefined ? {} : { failsWhen }),
  };
}

/** A route or subscription that a document has on one side alone is no resource of its own to judge. */
function isPart(resource: Resource, graph: ResourceGraph): boolean {
  const [parent, key] = resource.generated === true ? resource.id.split('#') : [];
  if (parent === undefined || key === undefined) return false;
  const ofParent = graph.byId(parent)?.uncertain?.sides ?? [];
  return (resource.uncertain?.sides ?? []).length > ofParent.length;
}

function perhapsThere(rule: Rule, decision: Decision, doubt: Cause): Decision {
  const cause = unknown(rule, plainDoubt(doubt));
  return decision.verdict === 'fail'
    ? {
        ...cause,
        reason: `${cause.reason}; where it is there: ${decision.message}`,
        failsWhen: 'it is there',
      }
    : cause;
}

function decideOneWay(rule: Rule, self: Node, context: Context): Decision {
  let mayApply: Cause | undefined;
  for (const clause of rule.when) {
    const applies = compileExpression(clause.that)(self, unobserved(context));
    if (applies === false)
      return {
        verdict: 'notApplicable',
        severity: rule.severity,
        message: rule.title,
        reason: fillMessage(clause.otherwise, context),
      };
    if (isUnknown(applies)) mayApply ??= applies;
  }
  if (mayApply !== undefined) return unknown(rule, mayApply);
  // What may not exist for another reason than a condition may neither pass nor fail.
  const doubt = beyondSides(self.resource.uncertain);
  if (doubt !== undefined && doubt.code !== 'condition') return unknown(rule, doubt);
  // Where it is not created it harms nobody, so that what it would be decides.
  const decision = decideAssertions(rule, self, context);
  const { uncertain } = self.resource;
  if (decision.verdict !== 'fail' || uncertain === undefined) return decision;
  return { ...decision, message: `${decision.message} (created when ${conditionIs(uncertain, true)})` };
}

/** What a cause says may name a value. */
function withoutSecrets(decision: Decision, secrets: Resource['secrets']): Decision {
  if (secrets === undefined || secrets.isEmpty) return decision;
  const message = secrets.withhold(decision.message);
  const reason = decision.reason === undefined ? undefined : secrets.withhold(decision.reason);
  if (message === decision.message && reason === decision.reason) return decision;
  return { ...decision, message, ...(reason === undefined ? {} : { reason }) };
}

/** "condition `IsProd` is true" or "parameter `Stage` is `prod`", as the cause of an undecided condition names it. */
function conditionIs({ code, about, condition, holds: kept }: Cause, holds: boolean): string {
  if (code === 'condition' && about !== undefined) return `condition \`${about}\` is ${holds}`;
  if (about === undefined || condition?.kind !== 'atom' || kept === 'secret')
    return `its condition is ${holds}`;
  const { literal } = condition;
  if (literal === undefined) return `its condition is ${holds}`;
  const what = code === 'parameter' ? `parameter \`${about}\`` : `\`${about}\``;
  return `${what} is ${holds ? '' : 'not '}\`${literal}\``;
}

function decideAssertions(rule: Rule, self: Node, context: Context): Decision {
  const failures: Failure[] = [];
  const following: (Failure & { readonly cause: string })[] = [];
  const undecided: { readonly severity: Severity; readonly cause: Cause }[] = [];
  let blockedBy: Cause | undefined;
  let isMoot = false;
  let isAsked = false;
  let leftOut = '';
  for (const clause of rule.assert) {
    // Who is told that there is no alarm need not hear that the alarm does nothing.
    isMoot &&= clause.refines === true;
    if (isMoot) continue;
    const asked = unobserved(context);
    const holds: Truth = compileExpression(clause.that)(self, asked);
    if (clause.reported === false) {
      isMoot = holds === false;
      if (isMoot) leftOut = fillMessage(clause.otherwise, context);
      continue;
    }
    isAsked = true;
    if (holds === false) {
      if (failures.length === 0) context.observations.length = 0;
      const message = fillMessage(clause.otherwise, context);
      const failure = { message, severity: clause.severity ?? rule.severity };
      const cause = causeOf(failure, clause, self.resource, context);
      if (cause === undefined) failures.push(failure);
      else following.push({ ...failure, cause });
      isMoot = true;
    } else if (isUnknown(holds)) {
      blockedBy ??= holds;
      undecided.push({ severity: clause.severity ?? rule.severity, cause: holds });
    }
    if (!context.silent && (holds === false || failures.length === 0))
      context.observations.push(...asked.observations);
  }
  const told = failures.length > 0 ? failures : following;
  if (told.length > 0) {
    const ordered = severities.flatMap((severity) => told.filter((failure) => failure.severity === severity));
    const cause = failures.length > 0 ? undefined : following[0]?.cause;
    return {
      verdict: 'fail',
      severity: ordered[0]?.severity ?? rule.severity,
      message: [...ordered.map(({ message }) => message), ...graverUnknown(undecided, ordered[0])].join('. '),
      ...(cause === undefined ? {} : { followsFrom: cause }),
    };
  }
  if (!isAsked)
    return {
      verdict: 'notApplicable',
      severity: rule.severity,
      message: rule.title,
      reason: `${leftOut}, which this run does not check`,
    };
  return blockedBy === undefined
    ? { verdict: 'pass', severity: rule.severity, message: fillMessage(rule.pass, context) }
    : unknown(rule, blockedBy, gravest(undecided.map(({ severity }) => severity)));
}

interface Failure {
  readonly message: string;
  readonly severity: Severity;
}

/** The rule whose failure there says the same: one that is less grave would hide it. */
function causeOf(
  { severity }: Failure,
  { follows = [], followsOn }: Rule['assert'][number],
  resource: Resource,
  { failing, graph, rule }: Context,
): string | undefined {
  if (!rule.waivable || failing === undefined) return undefined;
  const causeOn = (on: Resource, ids: readonly string[]): string | undefined => {
    const here = failing.get(on);
    if (here === undefined) return undefined;
    const id = ids.find((each) => {
      const cause = here.get(each);
      return cause !== undefined && severities.indexOf(cause.severity) <= severities.indexOf(severity);
    });
    return id === undefined ? undefined : here.get(id)?.root;
  };
  if (followsOn === undefined) return causeOn(resource, [...follows, ...(rule.follows ?? [])]);
  // Whoever mends one of them would leave the others.
  const { edges } = graph.related(resource, followsOn);
  const causes = edges.map(({ to }) => (to === undefined ? undefined : causeOn(to, follows)));
  return causes.includes(undefined) ? undefined : causes[0];
}

/** What fails is told, and what nobody knows of a graver part with it: to mend the one does not answer the other. */
function graverUnknown(
  undecided: readonly { readonly severity: Severity; readonly cause: Cause }[],
  failed: { readonly severity: Severity } | undefined,
): readonly string[] {
  const graver = severities.slice(0, severities.indexOf(failed?.severity ?? 'info'));
  const part = graver.flatMap((severity) => undecided.filter((each) => each.severity === severity))[0];
  if (part === undefined) return [];
  const { message, remedy } = part.cause;
  const toResolve = remedy === undefined ? '' : `; to resolve this, ${remedy}`;
  return [`Another part of this rule, of severity ${part.severity}, is unknown: ${message}${toResolve}`];
}

function gravest(of: readonly Severity[]): Severity {
  return severities.find((severity) => of.includes(severity)) ?? 'info';
}

function unknown(rule: Rule, cause: Cause, severity = rule.severity): Decision {
  const remedy = cause.remedy === undefined ? '' : `; to resolve this, ${cause.remedy}`;
  return {
    verdict: 'unknown',
    severity,
    message: `Unknown: ${rule.title}`,
    reason: `${cause.message}${remedy}`,
    cause,
  };
}

const summaries = new WeakMap<Resource, ResourceSummary>();

/** A resource as results show it. */
export function summarizeResource(resource: Resource): ResourceSummary {
  let summary = summaries.get(resource);
  if (summary === undefined) summaries.set(resource, (summary = describeResource(resource)));
  return summary;
}

function describeResource(resource: Resource): ResourceSummary {
  const { type, stack, constructPath, declaredType, declaredName, sourceLine, account, region } = resource;
  // What nobody wrote as a resource is called by a text that names it; a parameter may hold that which is not to be echoed.
  const shown = (text: string): string =>
    resource.external === true || resource.generated === true
      ? (resource.secrets?.withhold(text) ?? text)
      : text;
  const arn = resource.arn === undefined ? undefined : shown(resource.arn);
  return {
    id: shown(resource.id),
    type,
    name: shown(resource.name),
    ...(stack === undefined ? {} : { stack }),
    ...(constructPath === undefined ? {} : { constructPath }),
    ...(declaredType === undefined ? {} : { declaredType }),
    ...(declaredName === undefined ? {} : { declaredName }),
    ...(sourceLine === undefined
      ? {}
      : { sourceLine: `${sourceLine.file}:${sourceLine.line}:${sourceLine.column}` }),
    ...(account === undefined ? {} : { account }),
    ...(region === undefined ? {} : { region }),
    ...(arn === undefined ? {} : { arn }),
  };
}
