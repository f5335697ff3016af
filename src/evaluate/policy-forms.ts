import { saysFalse } from '../model/scalar-text.ts';
import { beyondSides, bothDoubts } from '../model/conditions.ts';
import { openTop } from '../model/open-value.ts';
import { Unresolved } from '../model/value.ts';
import type { PolicyStatement, StatementSet } from '../model/resource-graph.ts';
import type { Resource } from '../model/resource.ts';
import type { Cause } from '../model/value.ts';
import {
  admitsEveryone,
  admitsEverything,
  admitsHolder,
  admitsRole,
  admitsService,
  admitsThrough,
  admitsThroughServices,
  admitsOneOf,
  admitsUnlisted,
  admitsWholeService,
  deniesWithoutTls,
  type AskedActions,
  type Question,
} from '../policy/ask.ts';
import type { Asked } from '../policy/request.ts';
import type { Form } from './form.ts';
import { outside } from './members.ts';
import { boundNode, type Context, type Node } from './node.ts';
import { observe } from './observe.ts';
import { every, some, type Truth } from '../model/truth.ts';
import { unlessConditionsMatter } from './worlds.ts';

/** All actions of all services; or all but those that a NotAction leaves out. */
type Extent = 'everything' | 'almost-everything';

interface AdmitsWish {
  readonly who: string;
  readonly actions?: AskedActions | Extent;
  readonly on?: string | readonly string[];
  readonly for?: string;
  readonly through?: string;
}

interface DeniesWish {
  readonly actions: readonly string[];
  readonly on?: string | readonly string[];
  readonly without: 'tls';
}

/** The policies on the resource, or what its role holds, let somebody do something. */
export const admitsForm: Form = (raw) => {
  const wish = raw['admits'] as AdmitsWish; // of a validated rule
  return (node, context) => {
    const found: { by?: PolicyStatement } = {};
    const holds = admits(wish, node, context, (by) => (found.by = by));
    tell(node, context, holds, `a policy that allows ${describe(wish)}`, found.by);
    return holds;
  };
};

/** The policies on the resource deny all requests of a kind. */
export const deniesForm: Form = (raw) => {
  const wish = raw['denies'] as DeniesWish; // of a validated rule
  return (node, context) => {
    const holds = askOf(node.resource, 'resource', context, (set) =>
      deniesWithoutTls({
        set,
        actions: wish.actions,
        asked: askedOf(wish.on, node, context),
        world: worldOf(node, context),
      }),
    );
    tell(
      node,
      context,
      holds,
      `a policy that denies ${wish.actions.join(', ')} to everyone without TLS`,
      undefined,
    );
    return holds;
  };
};

function describe({ who, actions }: AdmitsWish): string {
  const what = typeof actions === 'string' || actions === undefined ? '' : ` for ${actions.join(', ')}`;
  return who === 'role' ? `the role${what}` : `${who}${what}`;
}

function tell(
  node: Node,
  context: Context,
  holds: Truth,
  expected: string,
  by: PolicyStatement | undefined,
): void {
  if (context.silent) return;
  if (by === undefined) {
    const count = context.graph.resourceStatements(node.resource).statements.length;
    observe(context, holds, {
      node,
      path: [],
      value:
        count === 0 ? 'no policy statement' : `${String(count)} policy statement${count === 1 ? '' : 's'}`,
      expected,
      source: 'derived',
      text: 'policies',
    });
    return;
  }
  const { holder, path, sid, effect } = by;
  observe(context, holds, {
    node: { resource: holder, path, value: undefined, derived: 'statement' },
    path,
    value: {
      ...(sid === undefined ? {} : { Sid: sid }),
      Effect: effect,
      Principals: by.principals.map(({ kind, value }) => ({ Kind: kind, Value: value })),
      Actions: by.actions,
      NotActions: by.notActions,
      Resources: by.resources,
      Conditions: by.conditions.map(({ operator, key, values }) => ({
        Operator: operator,
        Key: key,
        Values: values,
      })),
    },
    expected,
  });
}

interface Asking {
  readonly node: Node;
  readonly context: Context;
  readonly onAllowed: (by: PolicyStatement) => void;
}

function admits(wish: AdmitsWish, node: Node, context: Context, onAllowed: Asking['onAllowed']): Truth {
  const asking = { node, context, onAllowed };
  if (wish.who === 'role') return unlessConditionsMatter(context, () => roleMay(wish, asking));
  const source = wish.for === undefined ? undefined : boundNode(context, wish.for)?.resource;
  return askOf(node.resource, 'resource', context, (set) => {
    const question = questionOf(set, wish, asking);
    if (wish.who === 'everyone') return admitsEveryone(question);
    if (wish.who === 'services') return admitsThroughServices(question);
    if (wish.for === 'outsiders') return admitsThrough(question, wish.who, wish.who.startsWith('s3.'));
    return every(
      [() => isEnabled(node.resource, context), () => admitsService(question, wish.who, source)],
      ask,
    );
  });
}

function ask(test: () => Truth): Truth {
  return test();
}

/** Whatever its policy says, a disabled key encrypts and decrypts nothing. */
function isEnabled({ type, properties }: Resource, { world }: Context): Truth {
  if (!keyTypes.has(type)) return true;
  const enabled = openTop(properties.Enabled, world);
  if (enabled instanceof Unresolved) return enabled.cause;
  const state = openTop(properties.KeyState, world);
  const isOut = typeof state === 'string' && outOfUse.test(state);
  return !isOut && !saysFalse(enabled);
}

const outOfUse = /^(Disabled|PendingDeletion|PendingReplicaDeletion)$/;

/** Prefixes of actions, by the service of a type. */
const servicePrefixes: Readonly<Record<string, string>> = {
  DynamoDB: 'dynamodb',
  ECR: 'ecr',
  Events: 'events',
  EventsV2: 'events',
  KMS: 'kms',
  Lambda: 'lambda',
  Logs: 'logs',
  S3: 's3',
  SNS: 'sns',
  SQS: 'sqs',
  SecretsManager: 'secretsmanager',
};

function isExtent(actions: AdmitsWish['actions']): actions is Extent {
  return actions === 'everything' || actions === 'almost-everything';
}

function questionOf(set: StatementSet, wish: AdmitsWish, { node, context, onAllowed }: Asking): Question {
  return {
    set,
    actions: wish.actions === undefined || isExtent(wish.actions) ? 'any' : wish.actions,
    asked: wish.on === 'every' || wish.on === 'own-role' ? [] : askedOf(wish.on, node, context),
    service: servicePrefixes[node.resource.type.split('::')[1] ?? ''],
    world: worldOf(node, context),
    onAllowed,
  };
}

/** What the role of the current thing may do; a key's own policy has its say too. */
function roleMay(wish: AdmitsWish, asking: Asking): Truth {
  const { node, context } = asking;
  const roles = rolesOf(node.resource, context);
  const isEvery = wish.on === 'every';
  const isOwn = wish.on === 'own-role';
  const isOpen = isExtent(wish.actions) || wish.actions === 'whole-service' || isEvery || isOwn;
  const ask = (holder: Resource): Truth =>
    askOf(holder, 'identity', context, (set) => {
      const question = questionOf(set, wish, asking);
      if (isEvery) return admitsUnlisted(question);
      if (isOwn) return admitsOneOf({ ...question, asked: roles.map(roleItself) });
      if (isExtent(wish.actions)) return admitsEverything(question, wish.actions === 'almost-everything');
      if (wish.actions === 'whole-service') return admitsWholeService(question);
      return admitsHolder(question, roles, wish.through);
    });
  const held = every(
    [
      () => ask(node.resource),
      ...boundariesOf(roles, isOpen, context).map((policy) => () => ask(policy)),
      () => (isOpen ? (openBoundary(roles, context) ?? true) : true),
    ],
    (test) => test(),
  );
  if (isEvery || isOwn) return held;
  const found = askedOf(wish.on, node, context);
  const keys = found.flatMap((asked) =>
    asked.kind === 'resource' && keyTypes.has(asked.resource.type) ? [asked.resource] : [],
  );
  if (keys.length > 0) return every(keys, (key) => mayUse(key, held, roles, wish, asking));
  return every(found, (asked) => letsRole(asked, held, roles, wish, asking));
}

function roleItself(resource: Resource): Asked {
  return { kind: 'resource', resource };
}

/** Why it is not known what bounds a role. */
function openBoundary(roles: readonly Resource[], { graph }: Context): Cause | undefined {
  return roles
    .flatMap((role) => graph.related(role, 'permissionsBoundary').edges)
    .find(({ to }) => to === undefined)?.cause;
}

/**
 * Policies that bound what roles may do. One that nobody scanned leaves open only whether a role may do too much:
 * what it has to be able to do, its boundary is taken to let it do.
 */
function boundariesOf(
  roles: readonly Resource[],
  isOpen: boolean,
  { graph, world }: Context,
): readonly Resource[] {
  return roles
    .flatMap((role) => graph.related(role, 'permissionsBoundary').edges)
    .flatMap(({ to, uncertain }) =>
      to !== undefined && world.admits(bothDoubts(uncertain, to.uncertain)) ? [to] : [],
    )
    .filter(
      (policy) =>
        policy.external !== true || isOpen || graph.identityStatements(policy).incomplete === undefined,
    );
}

// What a role holds counts unless the resource's own policies deny it; these may also name the role themselves.
function letsRole(
  asked: Asked,
  held: Truth,
  roles: readonly Resource[],
  wish: AdmitsWish,
  { node, context, onAllowed }: Asking,
): Truth {
  if (!('resource' in asked) || asked.resource.external === true) return held;
  const { resource } = asked;
  const { statements, incomplete } = context.graph.resourceStatements(resource);
  if (statements.length === 0 && incomplete === undefined) return held;
  const ask = (change: (set: StatementSet) => StatementSet, named: boolean): Truth =>
    askOf(resource, 'resource', context, (set) =>
      admitsRole({ ...questionOf(change(set), wish, { node, context, onAllowed }), asked: [asked] }, roles, {
        via: wish.through,
        named,
      }),
    );
  const isDenied = statements.some(({ effect }) => effect === 'Deny');
  const unlessDenied = (): Truth => (isDenied ? ask((set) => withAllowed(set, resource), false) : true);
  return some(
    [() => every([() => held, unlessDenied], (test) => test()), () => ask((set) => set, true)],
    (test) => test(),
  );
}

/** Everything is allowed but what the statements deny. */
function withAllowed({ statements, ...set }: StatementSet, holder: Resource): StatementSet {
  const all: PolicyStatement = {
    effect: 'Allow',
    principals: [{ kind: '*', value: '*' }],
    notPrincipals: [],
    actions: ['*'],
    notActions: [],
    resources: ['*'],
    notResources: [],
    conditions: [],
    holder,
    path: [],
  };
  return { ...set, statements: [all, ...statements.filter(({ effect }) => effect === 'Deny')] };
}

const keyTypes: ReadonlySet<string> = new Set(['AWS::KMS::Key', 'AWS::KMS::ReplicaKey']);

// A key's policy admits the role by its name, or leaves it to the account, whose policies then decide.
function mayUse(
  key: Resource,
  held: Truth,
  roles: readonly Resource[],
  wish: AdmitsWish,
  asking: Asking,
): Truth {
  const { context } = asking;
  const enabled = isEnabled(key, context);
  const isDefault = key.external !== true && key.properties.KeyPolicy === undefined;
  if (isDefault) return every([enabled, held], (truth) => truth);
  const node: Node = { ...asking.node, resource: key, path: [], value: key.properties };
  const named = (byName: boolean): Truth =>
    askOf(key, 'resource', context, (set) =>
      admitsRole({ ...questionOf(set, { ...wish, on: 'itself' }, { ...asking, node }) }, roles, {
        via: wish.through,
        named: byName,
      }),
    );
  return every(
    [() => enabled, () => some([() => named(true), () => every([() => named(false), () => held], ask)], ask)],
    ask,
  );
}

function rolesOf(resource: Resource, { graph, world }: Context): readonly Resource[] {
  if (resource.type === 'AWS::IAM::Role') return [resource];
  return graph
    .related(resource, 'role')
    .edges.flatMap(({ to, uncertain }) => (to === undefined || !world.admits(uncertain) ? [] : [to]));
}

function worldOf({ resource }: Node, { graph, world, now }: Context): Question['world'] {
  return {
    account: resource.account,
    now: Math.floor(now.getTime() / 1000),
    names: (value, from, target, call) => graph.names(value, from, target, world, call),
  };
}

function askedOf(on: AdmitsWish['on'], node: Node, context: Context): readonly Asked[] {
  const words = on === undefined ? ['itself'] : typeof on === 'string' ? [on] : on;
  return words.map((word): Asked => {
    const { resource } = node;
    if (word === 'itself') return resourceOf(node);
    if (word === 'objects') return { kind: 'objects', resource };
    if (word === 'anything') return { kind: 'any' };
    if (word === 'others') return { kind: 'foreign' };
    const [name = word, part] = word.split('.');
    const bound = boundNode(context, name) ?? node;
    if (part === 'records') return { kind: 'objects', resource: bound.resource, key: recordKey };
    return resourceOf(bound);
  });
}

/**
 * The key of a record that Lambda writes of a failed invocation.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
 */
const recordKey = 'aws/lambda/zz9/zz9/2026/11/28/zz9';

function resourceOf({ resource, edge }: Node): Asked {
  if (resource.type !== 'AWS::Lambda::Function' || edge === undefined) return { kind: 'resource', resource };
  return { kind: 'resource', resource, call: { qualifier: edge.attributes?.qualifier } };
}

/** Asks a question of the statements as they stand on each side of the undecided conditions that matter for it. */
function askOf(
  resource: Resource,
  kind: 'resource' | 'identity',
  context: Context,
  ask: (set: StatementSet) => Truth,
): Truth {
  const { graph, world } = context;
  const { statements, incomplete } =
    kind === 'identity' ? graph.identityStatements(resource) : graph.resourceStatements(resource);
  // Nobody read the policy of what stands outside, unless it was declared with its properties.
  const isUnread = resource.external === true && Object.keys(resource.properties).length === 0;
  const doubt = incomplete ?? (isUnread ? outside(resource) : undefined);
  return unlessConditionsMatter(context, () =>
    ask({
      statements: statements.flatMap((statement) => {
        if (statement.unresolved?.sides === undefined) return [statement];
        if (!world.admits(statement.unresolved)) return [];
        const { unresolved, ...settled } = statement;
        const beyond = beyondSides(unresolved);
        return [beyond === undefined ? settled : { ...settled, unresolved: beyond }];
      }),
      ...(doubt === undefined ? {} : { incomplete: doubt }),
    }),
  );
}
