import type { PolicyStatement, StatementSet } from '../model/resource-graph.ts';
import type { Resource } from '../model/resource.ts';
import { Unresolved, type Value } from '../model/value.ts';
import { actionMatches } from './actions.ts';
import { some, every, type Truth } from '../model/truth.ts';
import {
  atTime,
  ofOutsider,
  ofRole,
  ofService,
  ofTakenBucket,
  ofUnlisted,
  whatever,
  withoutTls,
  type CandidatesOf,
} from './candidates.ts';
import type { Caller } from './condition-keys.ts';
import { actionWithin, admitsSome, deniesAll, listedKeys, type RequestPattern } from './decide.ts';
import type { Asked, Candidate, PolicyWorld, Requester } from './request.ts';

/**
 * Actions of a question: a list, of which stars stand for actions that nobody lists; `any` that a statement
 * allows; `whole-service` for all of some service's.
 */
export type AskedActions = readonly string[] | 'any' | 'whole-service';

/** What is asked of one set of policies. */
export interface Question {
  readonly set: StatementSet;
  readonly actions: AskedActions;
  readonly asked: readonly Asked[];
  /** The prefix of the actions of the resource's own service (`sqs`), where it is known: `any` means of these. */
  readonly service?: string | undefined;
  readonly world: PolicyWorld;
  /** Told of the statement by which a request is, or may be, allowed. */
  readonly onAllowed?: (by: PolicyStatement) => void;
}

/** Whether an outsider can get some request of the question allowed: unsigned, signed by another account, or through some service. */
export function admitsEveryone(question: Question): Truth {
  const callers: readonly (readonly [Caller, Requester])[] = [
    ['anonymous', { kind: 'anonymous' }],
    ['principal', { kind: 'foreign' }],
    ['service', { kind: 'service' }],
  ];
  const ofOthers = question.asked.some(({ kind }) => kind === 'foreign');
  return some(callers, ([caller, requester]) =>
    someRequest(question, requester, ofOutsider(caller, undefined, ofOthers)),
  );
}

/** Whether an outsider can get one allowed through a service that the policies name. */
export function admitsThroughServices(question: Question): Truth {
  return some(namedServices(question.set.statements), (name) => admitsThrough(question, name));
}

/** Whether an outsider can get one allowed through this service; with `takenOver`, one who got hold of the name of a bucket. */
export function admitsThrough(question: Question, service: string, takenOver = false): Truth {
  const requester: Requester = { kind: 'service', name: service };
  const candidates = ofOutsider('service', service);
  return someRequest(question, requester, takenOver ? ofTakenBucket(candidates) : candidates);
}

function namedServices(statements: readonly PolicyStatement[]): readonly string[] {
  const names = statements.flatMap(({ principals }) =>
    principals.flatMap(({ kind, value }) => (kind === 'Service' || kind === '?' ? serviceName(value) : [])),
  );
  return [...new Set(names)];
}

/** Stands in for a service that nobody knows. */
const anyService = 'zz.amazonaws.com';

function serviceName(value: PolicyStatement['actions'][number]): readonly string[] {
  if (value instanceof Unresolved) return [anyService];
  if (typeof value === 'string') return value === '*' ? [] : [value];
  const [first] =
    typeof value === 'object' && value !== null && 'parts' in value
      ? (value.parts as readonly unknown[])
      : [];
  return typeof first === 'string' && first.endsWith('.') ? [`${first}amazonaws.com`] : [];
}

/** Whether the service, acting for `source`, is allowed each action on each of the resources. */
export function admitsService(question: Question, service: string, source: Resource | undefined): Truth {
  return everyRequest(question, { kind: 'service', name: service }, ofService(service, source));
}

/** Whether what the policies of a role say allows it each action on each of the resources. */
export function admitsHolder(question: Question, roles: readonly Resource[], via?: string): Truth {
  return everyRequest(question, undefined, ofRole(roles, via));
}

/**
 * Whether the policies on a resource allow the roles each action, or leave that to what their account allows
 * them; with `named`, only whether they allow it by naming a role.
 */
export function admitsRole(
  question: Question,
  roles: readonly Resource[],
  { via, named = false }: { readonly via?: string | undefined; readonly named?: boolean } = {},
): Truth {
  return everyRequest(question, { kind: 'role', roles, named }, ofRole(roles, via));
}

/**
 * Whether the policies of a role allow every action of every service; with `almost`, the actions that a
 * NotAction leaves out aside. Conditions are taken as met where they can be.
 */
export function admitsEverything(question: Question, almost: boolean): Truth {
  const { set, asked, world, onAllowed } = question;
  const leftOut = set.statements
    .filter(({ effect }) => effect === 'Allow')
    .flatMap(({ notActions }) => notActions.flatMap((pattern) => actionWithin(pattern) ?? []));
  return every(['zz:Zz', ...(almost ? [] : leftOut)], (action) =>
    every(asked, (one) =>
      admitsSome(
        set,
        patternOf(set, undefined, action, one, atTime(whatever, world.now, true)),
        world,
        onAllowed,
      ),
    ),
  );
}

/**
 * Whether the policies of a role allow all actions of some service. Conditions are taken as met where they
 * can be.
 */
export function admitsWholeService(question: Question): Truth {
  return someRequest({ ...question, actions: 'whole-service' }, undefined, whatever);
}

/**
 * Whether the policies of a role allow one of the actions on a resource that they do not name, so on all of its type.
 * Conditions that say nothing of the resource are taken as met where they can be.
 */
export function admitsUnlisted(question: Question): Truth {
  return someRequest({ ...question, asked: [{ kind: 'unlisted' }] }, undefined, ofUnlisted);
}

/**
 * Whether the policies of a role allow one of the actions on one of the resources. Conditions that bind what is done to
 * it, such as which policy may be attached, count as not met; others are taken as met where they can be.
 */
export function admitsOneOf(question: Question): Truth {
  return someRequest(question, undefined, ofUnlisted);
}

/** Whether every request without TLS is denied, of each action, on each of the resources, whoever sends it. */
export function deniesWithoutTls(question: Question): Truth {
  const { set, asked, world } = question;
  const spared = set.statements.flatMap(({ effect, notPrincipals }) =>
    effect === 'Deny' ? notPrincipals.map(({ value }): Requester => ({ kind: 'named', value })) : [],
  );
  const requesters: readonly Requester[] = [{ kind: 'anonymous' }, { kind: 'foreign' }, ...spared];
  return every(deniedActions(question), (action) =>
    every(asked, (one) =>
      every(requesters, (requester) =>
        deniesAll(set, patternOf(set, requester, action, one, atTime(withoutTls, world.now, true)), world),
      ),
    ),
  );
}

/** The actions of the question, and of those that its stars stand for each that a Deny tells from the rest. */
function deniedActions(question: Question): readonly string[] {
  const { actions, set } = question;
  if (typeof actions === 'string') return actionsOf(question);
  const denies = set.statements.filter(({ effect }) => effect === 'Deny');
  const told = instancesOf(denies.flatMap(({ actions: named, notActions }) => [...named, ...notActions]));
  return [
    ...new Set([
      ...actionsOf(question),
      ...actions.flatMap((pattern) => told.filter((action) => actionMatches(pattern, action))),
    ]),
  ];
}

function someRequest(question: Question, requester: Requester | undefined, candidates: CandidatesOf): Truth {
  const { set, asked, world, onAllowed } = question;
  const found = some(actionsOf(question), (action) =>
    some(asked, (one) =>
      admitsSome(
        set,
        patternOf(set, requester, action, one, atTime(candidates, world.now, true)),
        world,
        onAllowed,
      ),
    ),
  );
  return found === false ? (set.incomplete ?? false) : found;
}

function everyRequest(question: Question, requester: Requester | undefined, candidates: CandidatesOf): Truth {
  const { set, asked, world, onAllowed } = question;
  return every(actionsOf(question), (action) =>
    every(asked, (one) =>
      admitsSome(
        set,
        patternOf(set, requester, action, one, atTime(candidates, world.now, false)),
        world,
        onAllowed,
      ),
    ),
  );
}

function actionsOf({ actions, set, service }: Question): readonly string[] {
  if (typeof actions !== 'string') return actions.map((action) => actionWithin(action) ?? action);
  const allows = set.statements.filter(({ effect }) => effect === 'Allow');
  if (actions === 'whole-service') {
    const patterns = allows.flatMap(({ actions: named, notActions }) =>
      notActions.length > 0 ? ['*'] : named,
    );
    return instancesOf(
      patterns.filter((pattern) =>
        typeof pattern === 'string' ? wholeService.test(pattern) : pattern instanceof Unresolved,
      ),
    );
  }
  // What is left of an Allow may be exactly what a Deny spares, so every pattern gives an action.
  const patterns = set.statements.flatMap(({ actions: named, notActions }) => [...named, ...notActions]);
  const isOpen = allows.some(({ notActions }) => notActions.length > 0);
  const found = allows.length === 0 ? [] : instancesOf(isOpen ? ['*', ...patterns] : patterns);
  return service === undefined
    ? found
    : [...new Set(found.flatMap((action) => ofOwnService(action, service)))];
}

/** The action as one of the service: what a policy says of other services admits nobody to its resource. */
function ofOwnService(action: string, service: string): readonly string[] {
  const [prefix = '', name = ''] = action.split(':', 2);
  return /^zz?$/i.test(prefix) || prefix.toLowerCase() === service ? [`${service}:${name}`] : [];
}

const wholeService = /^[^:]*[^:]:\*+$|^\*+(:\*+)?$/;

function instancesOf(patterns: readonly Value[]): readonly string[] {
  return [...new Set(patterns.map((pattern) => actionWithin(pattern) ?? 'zz:Zz'))];
}

function patternOf(
  { statements }: StatementSet,
  requester: Requester | undefined,
  action: string,
  asked: Asked,
  candidates: CandidatesOf,
): RequestPattern {
  const keys = listedKeys(statements);
  return {
    requester,
    action,
    asked,
    candidates: (key): readonly Candidate[] => candidates(key, keys.get(key) ?? []),
  };
}
