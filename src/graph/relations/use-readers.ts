import type { PolicyStatement, StatementSet } from '../../model/resource-graph.ts';
import type { Resource } from '../../model/resource.ts';
import { coversAction } from '../../policy/actions.ts';
import { Reference, type Cause, type Value } from '../../model/value.ts';
import { findValues } from '../property-path.ts';
import { resolveTargets, type LinkContext } from '../resolve-target.ts';
import { isPlain, toSymbolicText } from '../../model/symbolic-text.ts';
import { noRegion } from '../resource-index.ts';
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
  readonly target: ReadTarget;
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
    for (const target of statementTargets(statement, context)) uses.push({ access, target });
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
  if (known.access === 'unknown') known.access = access;
  else if (access !== 'unknown' && access !== known.access) known.access = 'any';
}

function environmentTargets(lambda: Resource, context: LinkContext): readonly ReadTarget[] {
  return findValues(lambda.properties, ['Environment', 'Variables', '{}']).flatMap(({ value, uncertain }) => {
    const doubt = uncertain === undefined ? {} : { uncertain };
    return namedByText(value, lambda, context).map((target) => ({ ...target, ...doubt }));
  });
}

function namedByText(value: Value, lambda: Resource, context: LinkContext): readonly ReadTarget[] {
  const text = toSymbolicText(value);
  if (text === undefined) return [];
  if (text.pieces.size === 0 && !text.text.startsWith('arn:') && !text.text.includes('://')) {
    const named = namedInEnvironment.map((type) => context.index.byName(type, lambda, text.text));
    return named.flatMap((to) => (to === undefined ? [] : [{ to }]));
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
  readonly byQueue: ReadonlyMap<Resource, readonly Resource[]>;
  /** Those that may replay any queue: one is enough. */
  readonly ofAny: readonly Resource[];
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
    ...(known.byQueue.get(queue) ?? []),
    // In an account roles stand beside the Regions, in a scope of their own.
    ...known.ofAny
      .filter(({ scope }) => scope === queue.scope || scope === `${queue.account}/${noRegion}`)
      .slice(0, 1),
  ];
  return [...new Set(found)].map((to) => ({ to }));
};

function findReplayers(row: RelationRow, context: LinkContext): Replayers {
  const byQueue = new Map<Resource, Resource[]>();
  const ofAny: Resource[] = [];
  const add = (queue: Resource, by: Resource): void => {
    byQueue.set(queue, [...(byQueue.get(queue) ?? []), by]);
  };
  for (const role of context.index.ofType('AWS::IAM::Role')) {
    for (const statement of context.identityStatements(role).statements) {
      if (statement.effect !== 'Allow' || coversAction(statement, replay) !== true) continue;
      if (statement.resources.includes('*')) ofAny.push(role);
      for (const value of statement.resources)
        for (const queue of queuesIn(value, role, context)) add(queue, role);
    }
  }
  for (const type of row.to.filter((each) => each !== 'AWS::IAM::Role')) {
    for (const holder of context.index.ofType(type)) {
      for (const queue of mentionedQueues(holder, context)) add(queue, holder);
    }
  }
  return { byQueue, ofAny };
}

function queuesIn(value: Value, from: Resource, context: LinkContext): readonly Resource[] {
  const targets = resolveTargets(value, { from, types: ['AWS::SQS::Queue'] }, context);
  return targets.flatMap(({ to }) => (to === undefined ? [] : [to]));
}

/** Queues that a state machine's task or a document's step names as the source of a replay. */
function mentionedQueues(holder: Resource, context: LinkContext): readonly Resource[] {
  if (holder.type === 'AWS::StepFunctions::StateMachine') {
    return context.workflowStates(holder).states.flatMap(({ body }) => {
      const task = toSymbolicText(body.Resource)?.text.toLowerCase() ?? '';
      if (!task.includes('sqs:startmessagemovetask')) return [];
      return findValues(body, ['Parameters', 'SourceArn']).flatMap(({ value }) =>
        queuesIn(value, holder, context),
      );
    });
  }
  const steps = findValues(holder.properties, ['Content', 'mainSteps', '[]', 'inputs']);
  return steps.flatMap(({ value }) => {
    const api = findValues(value, ['Api'])[0]?.value;
    if (typeof api !== 'string' || api.toLowerCase().replaceAll('_', '') !== 'startmessagemovetask')
      return [];
    return findValues(value, ['SourceArn']).flatMap((found) => queuesIn(found.value, holder, context));
  });
}

const scopeReplayers = new WeakMap<LinkContext, ReadonlyMap<string, Resource>>();

/** A role of the scope that may call events:StartReplay; a replay is named when it is made, so the resource does not tell. */
export const readArchiveReplayers: Reader = (_found, archive, _row, context) => {
  let known = scopeReplayers.get(context);
  if (known === undefined) {
    known = findArchiveReplayers(context);
    scopeReplayers.set(context, known);
  }
  // In an account roles stand beside the Regions, in a scope of their own.
  const to = known.get(archive.scope) ?? known.get(`${archive.account}/${noRegion}`);
  return to === undefined ? [] : [{ to }];
};

function findArchiveReplayers(context: LinkContext): ReadonlyMap<string, Resource> {
  const byScope = new Map<string, Resource>();
  for (const role of context.index.ofType('AWS::IAM::Role')) {
    if (byScope.has(role.scope)) continue;
    const { statements } = context.identityStatements(role);
    const mayReplay = statements.some(
      (statement) =>
        statement.effect === 'Allow' &&
        statement.unresolved === undefined &&
        coversAction(statement, 'events:StartReplay') === true,
    );
    if (mayReplay) byScope.set(role.scope, role);
  }
  return byScope;
}
