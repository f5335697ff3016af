import { beyondSides, bothDoubts } from '../../model/conditions.ts';
import type { PolicyStatement, StatementSet } from '../../model/resource-graph.ts';
import type { Resource } from '../../model/resource.ts';
import { coversAction } from '../../policy/actions.ts';
import { Reference, type Cause, type Value } from '../../model/value.ts';
import { findValues } from '../property-path.ts';
import { resolveTargets, type LinkContext } from '../resolve-target.ts';
import { isPlain, toSymbolicText } from '../../model/symbolic-text.ts';
import { noRegion } from '../resource-index.ts';
import { originalOf, surer } from '../worlds.ts';
import type { Reader, ReadTarget, RelationRow } from './row.ts';

/** Types whose plain name in an environment variable is taken for a use. */
const namedInEnvironment = [
  'AWS::DynamoDB::Table',
  'AWS::DynamoDB::GlobalTable',
  'AWS::S3::Bucket',
  'AWS::SQS::Queue',
  'AWS::SNS::Topic',
  'AWS::SecretsManager::Secret',
  'AWS::Events::EventBus',
  'AWS::Kinesis::Stream',
  'AWS::KinesisFirehose::DeliveryStream',
  'AWS::StepFunctions::StateMachine',
];

type Access = 'read' | 'write' | 'any' | 'unknown';

interface Use {
  access: Access;
  readonly via: Set<string>;
  target: ReadTarget;
}

/** What a function's environment and its role's statements name. */
export const readUses: Reader = (_found, lambda, _row, context) => {
  const uses = new Map<Resource, Use>();
  for (const target of environmentTargets(lambda, context)) note(uses, target, 'unknown', 'environment');
  const held = heldUses(context.identityStatements(lambda), context);
  for (const { access, target } of held.uses) if (target.to !== lambda) note(uses, target, access, 'role');
  const targets: ReadTarget[] = [...uses.values()].map(({ access, via, target }) => ({
    ...target,
    attributes: { access, via: [...via].sort().join(' and ') },
  }));
  return held.isCut ? [...targets, { cause: tooMany, partial: true }] : targets;
};

/**
 * How many resources of one role count. Its policies may hold 10,240 characters inline and 6,144 in each
 * of ten managed ones, which is room for some hundreds of ARNs.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html.
 */
const maximumUses = 500;

const tooMany: Cause = {
  code: 'unsupported',
  message: `the role names more than ${maximumUses} resources, of which the first are looked at`,
};

interface HeldUses {
  readonly uses: readonly { readonly access: Access; readonly target: ReadTarget }[];
  readonly isCut: boolean;
}

const usesOfSets = new WeakMap<StatementSet, HeldUses>();

/** What statements allow to use; functions that share a role share the answer. */
function heldUses(set: StatementSet, context: LinkContext): HeldUses {
  const known = usesOfSets.get(set);
  if (known !== undefined) return known;
  const uses: { access: Access; target: ReadTarget }[] = [];
  for (const statement of set.statements) {
    if (statement.effect !== 'Allow') continue;
    const access = accessOf(statement);
    for (const target of statementTargets(statement, context)) {
      const uncertain = bothDoubts(statement.unresolved, target.uncertain);
      uses.push({ access, target: uncertain === undefined ? target : { ...target, uncertain } });
    }
  }
  const found = { uses: uses.slice(0, maximumUses), isCut: uses.length > maximumUses };
  usesOfSets.set(set, found);
  return found;
}

function note(uses: Map<Resource, Use>, target: ReadTarget, access: Access, via: string): void {
  if (target.to === undefined) return;
  const known = uses.get(target.to);
  if (known === undefined) {
    uses.set(target.to, { access, via: new Set([via]), target });
    return;
  }
  known.via.add(via);
  known.target = surer(known.target, target);
  if (known.access === 'unknown') known.access = access;
  else if (access !== 'unknown' && access !== known.access) known.access = 'any';
}

function environmentTargets(lambda: Resource, context: LinkContext): readonly ReadTarget[] {
  return findValues(lambda.properties, ['Environment', 'Variables', '{}']).flatMap(({ value, uncertain }) => {
    return namedByText(value, lambda, context).map((target) => {
      const doubt = bothDoubts(target.uncertain, uncertain);
      return doubt === undefined ? target : { ...target, uncertain: doubt };
    });
  });
}

/** What a text in the environment of a function names: by reference, ARN, address or name. */
export function namedByText(value: Value, lambda: Resource, context: LinkContext): readonly ReadTarget[] {
  const text = toSymbolicText(value);
  if (text === undefined) return [];
  if (text.pieces.size === 0 && !text.text.startsWith('arn:') && !text.text.includes('://')) {
    return namedInEnvironment.flatMap((type) =>
      context.index.named(type, lambda, text.text).map(({ resource, uncertain }) => ({
        to: resource,
        ...(uncertain === undefined ? {} : { uncertain }),
      })),
    );
  }
  const found = resolveTargets(value, { from: lambda, types: ['*', 'AWS::SQS::Queue'] }, context).filter(
    ({ to }) => to !== undefined,
  );
  if (found.length > 0) return found;
  return [...text.pieces.values()].flatMap((piece) =>
    piece instanceof Reference ? resolveTargets(piece, { from: lambda, types: ['*'] }, context) : [],
  );
}

function statementTargets(statement: PolicyStatement, context: LinkContext): readonly ReadTarget[] {
  return statement.resources.flatMap((value) => {
    const text = toSymbolicText(value)?.text;
    if (text === undefined || text === '*') return [];
    return resolveTargets(value, { from: statement.holder, types: ['*'] }, context).filter(
      ({ to }) => to !== undefined && !(to.external === true && /[*?]/.test(to.name)),
    );
  });
}

const reading =
  /^(get|list|describe|query|scan|batchget|head|receive|select|decrypt|search|view|conditioncheck)/;

function accessOf(statement: PolicyStatement): Access {
  const kinds = new Set<Access>();
  for (const action of statement.actions) {
    const name = toSymbolicText(action)?.text.toLowerCase().split(':')[1];
    if (name === undefined || !isPlain(name) || name.startsWith('*')) return 'any';
    kinds.add(reading.test(name) ? 'read' : 'write');
  }
  const [only] = kinds;
  return kinds.size === 1 && only !== undefined ? only : 'any';
}

const replay = 'sqs:StartMessageMoveTask';

interface Replayers {
  readonly byQueue: ReadonlyMap<Resource, readonly Replayer[]>;
  /** Those that may replay any queue: one is enough. */
  readonly ofAny: readonly Replayer[];
}

const replayers = new WeakMap<LinkContext, Replayers>();

/** Roles, documents and state machines that may call sqs:StartMessageMoveTask on a queue. */
export const readReplayers: Reader = (_found, queue, row, context) => {
  let known = replayers.get(context);
  if (known === undefined) {
    known = findReplayers(row, context);
    replayers.set(context, known);
  }
  const found = [
    ...(known.byQueue.get(originalOf(queue)) ?? []),
    // In an account roles stand beside the Regions, in a scope of their own.
    ...known.ofAny
      .filter(({ to: { scope } }) => scope === queue.scope || scope === `${queue.account}/${noRegion}`)
      .reduce<readonly Replayer[]>(untilCertain, []),
  ];
  // A grant that names the queue and one that covers it are two: each may hang on a condition of its own.
  const surest = { named: new Map<Resource, Replayer>(), covered: new Map<Resource, Replayer>() };
  for (const target of found) {
    const alike = surest[target.attributes === undefined ? 'covered' : 'named'];
    const known = alike.get(target.to);
    alike.set(target.to, known === undefined ? target : surer(known, target));
  }
  const certain = [...surest.named.values()].filter(({ uncertain }) => uncertain === undefined);
  for (const { to } of certain) surest.covered.delete(to);
  return [...surest.named.values(), ...surest.covered.values()];
};

interface Replayer {
  readonly to: Resource;
  readonly uncertain?: Cause;
  /** `named`: the action and the queue are both written out, as for a replay that somebody set up. */
  readonly attributes?: { readonly named: true };
}

/** One that certainly may is enough; those that hang on conditions before it may make up for each other. */
function untilCertain(some: readonly Replayer[], next: Replayer): readonly Replayer[] {
  const isEnough = some.length >= waysLimit || some.some(({ uncertain }) => uncertain === undefined);
  return isEnough ? some : [...some, next];
}

const waysLimit = 8;

function replayer(to: Resource, uncertain: Cause | undefined, attributes?: Replayer['attributes']): Replayer {
  return { to, ...(uncertain !== undefined && { uncertain }), ...(attributes && { attributes }) };
}

const named = { named: true } as const;

/** Whether a statement writes out the action, not a pattern of many. */
function namesReplay({ actions }: PolicyStatement): boolean {
  return actions.some(
    (action) => typeof action === 'string' && action.toLowerCase() === replay.toLowerCase(),
  );
}

function isPattern(value: Value): boolean {
  const text = toSymbolicText(value)?.text;
  return text === undefined || /[*?]/.test(text);
}

function findReplayers(row: RelationRow, context: LinkContext): Replayers {
  const byQueue = new Map<Resource, Replayer[]>();
  const ofAny: Replayer[] = [];
  const add = ({ to: queue, uncertain }: ReadTarget, by: Replayer): void => {
    if (queue === undefined) return;
    const held = replayer(by.to, bothDoubts(by.uncertain, uncertain), by.attributes);
    byQueue.set(queue, [...(byQueue.get(queue) ?? []), held]);
  };
  for (const role of context.index.ofType('AWS::IAM::Role')) {
    for (const statement of context.identityStatements(role).statements) {
      if (statement.effect !== 'Allow' || coversAction(statement, replay) !== true) continue;
      const by = replayer(role, statement.unresolved);
      if (statement.resources.includes('*')) ofAny.push(by);
      const writtenOut = namesReplay(statement);
      for (const value of statement.resources) {
        const grant = writtenOut && !isPattern(value) ? { ...by, attributes: named } : by;
        for (const queue of queuesIn(value, role, context)) add(queue, grant);
      }
    }
  }
  for (const type of row.to.filter((each) => each !== 'AWS::IAM::Role')) {
    for (const holder of context.index.ofType(type)) {
      for (const queue of mentionedQueues(holder, context)) add(queue, { to: holder, attributes: named });
    }
  }
  return { byQueue, ofAny };
}

function queuesIn(value: Value, from: Resource, context: LinkContext): readonly ReadTarget[] {
  return resolveTargets(value, { from, types: ['AWS::SQS::Queue'] }, context);
}

/** Queues that a state machine's task or a document's step names as the source of a replay. */
function mentionedQueues(holder: Resource, context: LinkContext): readonly ReadTarget[] {
  if (holder.type === 'AWS::StepFunctions::StateMachine') {
    return context.workflowStates(holder).states.flatMap(({ body, uncertain }) => {
      const task = toSymbolicText(body.Resource)?.text.toLowerCase() ?? '';
      if (!task.includes('sqs:startmessagemovetask')) return [];
      return findValues(body, ['Parameters', 'SourceArn']).flatMap(({ value }) =>
        doubtedBy(queuesIn(value, holder, context), uncertain),
      );
    });
  }
  const steps = findValues(holder.properties, ['Content', 'mainSteps', '[]', 'inputs']);
  return steps.flatMap(({ value, uncertain }) => {
    const calls = findValues(value, ['Api']).filter(({ value: api }) => isReplayCall(api));
    return calls.flatMap((call) =>
      findValues(value, ['SourceArn']).flatMap((found) =>
        doubtedBy(
          queuesIn(found.value, holder, context),
          bothDoubts(bothDoubts(uncertain, call.uncertain), found.uncertain),
        ),
      ),
    );
  });
}

function isReplayCall(api: Value): boolean {
  return typeof api === 'string' && api.toLowerCase().replaceAll('_', '') === 'startmessagemovetask';
}

function doubtedBy(targets: readonly ReadTarget[], doubt: Cause | undefined): readonly ReadTarget[] {
  return targets.map((target) => {
    const uncertain = bothDoubts(doubt, target.uncertain);
    return uncertain === undefined ? target : { ...target, uncertain };
  });
}

const scopeReplayers = new WeakMap<LinkContext, ReadonlyMap<string, readonly Replayer[]>>();

/** A role of the scope that may call events:StartReplay; a replay is named when it is made, so the resource does not tell. */
export const readArchiveReplayers: Reader = (_found, archive, _row, context) => {
  let known = scopeReplayers.get(context);
  if (known === undefined) {
    known = findArchiveReplayers(context);
    scopeReplayers.set(context, known);
  }
  // In an account roles stand beside the Regions, in a scope of their own.
  return known.get(archive.scope) ?? known.get(`${archive.account}/${noRegion}`) ?? [];
};

function findArchiveReplayers(context: LinkContext): ReadonlyMap<string, readonly Replayer[]> {
  const byScope = new Map<string, readonly Replayer[]>();
  for (const role of context.index.ofType('AWS::IAM::Role')) {
    const known = byScope.get(role.scope) ?? [];
    if (known.some(({ uncertain }) => uncertain === undefined)) continue;
    const allowing = context
      .identityStatements(role)
      .statements.filter(
        (statement) =>
          statement.effect === 'Allow' &&
          beyondSides(statement.unresolved) === undefined &&
          coversAction(statement, 'events:StartReplay') === true,
      )
      .map(({ unresolved }) => replayer(role, unresolved));
    const [first, ...others] = allowing;
    if (first !== undefined) byScope.set(role.scope, untilCertain(known, others.reduce(surer, first)));
  }
  return byScope;
}
