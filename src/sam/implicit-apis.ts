import { scalarText } from '../model/scalar-text.ts';
import { isRawObject, member } from '../text/raw.ts';
import { methodKey } from './api-document.ts';
import { apiState } from './api-state.ts';
import type { SamContext } from './context.ts';
import { isGiven, isMap, present, ref, refName, type Tree } from './tree.ts';
import { routeNames } from './written-names.ts';

/** One of the two kinds of API that events can make. */
interface Kind {
  readonly eventType: string;
  readonly idProperty: string;
  readonly apiType: string;
  readonly implicitId: string;
  readonly stageName: string | undefined;
}

const kinds: readonly Kind[] = [
  {
    eventType: 'Api',
    idProperty: 'RestApiId',
    apiType: 'AWS::Serverless::Api',
    implicitId: 'ServerlessRestApi',
    stageName: 'Prod',
  },
  {
    eventType: 'HttpApi',
    idProperty: 'ApiId',
    apiType: 'AWS::Serverless::HttpApi',
    implicitId: 'ServerlessHttpApi',
    stageName: undefined,
  },
];

const eventOwners: ReadonlySet<string> = new Set([
  'AWS::Serverless::Function',
  'AWS::Serverless::StateMachine',
]);

/** A route that an event asks for. */
interface Route {
  readonly ownerId: string;
  readonly owner: Tree;
  readonly eventName: string;
  readonly apiId: string;
  readonly path: string;
  readonly method: string;
}

/**
 * Adds `ServerlessRestApi` and `ServerlessHttpApi` where events name no API, and writes the routes
 * of all events into the documents that the transform writes.
 */
export function addImplicitApis(context: SamContext, global: (type: string, resource: Tree) => Tree): void {
  for (const kind of kinds) {
    const routes = readRoutes(kind, context);
    const own = routes.filter((route) => route.apiId === kind.implicitId);
    if (own.length > 0 && context.typeOf(kind.implicitId) !== kind.apiType) {
      const [first] = own;
      if (first !== undefined) {
        const at = ['Resources', first.ownerId, 'Properties', 'Events', first.eventName];
        context.implicitCauses.set(kind.implicitId, at);
      }
      context.resources.set(kind.implicitId, global(kind.apiType, implicitApi(kind, own, context)));
    }
    writeRoutes(routes, context);
  }
}

function implicitApi(kind: Kind, routes: readonly Route[], context: SamContext): Tree {
  const conditions = routes.map(({ owner }) => owner['Condition']);
  const all = conditions.filter((condition) => typeof condition === 'string');
  const condition =
    all.length < routes.length ? undefined : context.anyOf([...new Set(all)], `${kind.implicitId}Condition`);
  return present({
    Type: kind.apiType,
    Condition: condition,
    DeletionPolicy: strongest(routes, 'DeletionPolicy'),
    UpdateReplacePolicy: strongest(routes, 'UpdateReplacePolicy'),
    Properties: present({ StageName: kind.stageName, ...propagatedTags(routes) }),
  });
}

/** Tags that the owners of the routes pass on. */
function propagatedTags(routes: readonly Route[]): Tree {
  const tags: Tree = {};
  for (const { owner } of routes) {
    const written = member(owner['Properties'], 'Tags');
    if (member(owner['Properties'], 'PropagateTags') === true && isMap(written)) Object.assign(tags, written);
  }
  return Object.keys(tags).length > 0 ? { Tags: tags, PropagateTags: true } : {};
}

/** What one function must keep, the API that it shares must keep. */
function strongest(routes: readonly Route[], attribute: string): unknown {
  const written = routes.map(({ owner }) => owner[attribute]);
  return ['Retain', 'Delete'].find((policy) => written.includes(policy));
}

function readRoutes(kind: Kind, context: SamContext): Route[] {
  return [...context.resources].flatMap(([ownerId, owner]) => {
    if (!eventOwners.has(scalarText(owner['Type']))) return [];
    const events = member(owner['Properties'], 'Events');
    if (!isMap(events)) return [];
    const apis = Object.entries(events).filter(([, event]) => member(event, 'Type') === kind.eventType);
    return apis.flatMap(([eventName]) => readRoute(kind, ownerId, eventName, context));
  });
}

function readRoute(kind: Kind, ownerId: string, eventName: string, context: SamContext): Route[] {
  const written = context.resources.get(ownerId) ?? {};
  const event = member(member(written['Properties'], 'Events'), eventName);
  const properties = member(event, 'Properties') ?? {};
  if (!isRawObject(properties)) return [];
  const apiId = properties[kind.idProperty];
  const target = isGiven(apiId) ? (refName(apiId) ?? apiId) : kind.implicitId;
  if (!isGiven(apiId)) nameApi(kind, ownerId, eventName, context);
  const { path, method } = routeOf(kind, properties);
  if (typeof target !== 'string' || typeof path !== 'string' || typeof method !== 'string') return [];
  return [{ ownerId, owner: written, eventName, apiId: target, path, method }];
}

/** HTTP APIs have a route for all that no other takes. */
function routeOf(kind: Kind, properties: Tree): { path: unknown; method: unknown } {
  const { Path, Method } = properties;
  if (kind.eventType === 'HttpApi' && !isGiven(Path) && !isGiven(Method))
    return { path: '$default', method: 'any' };
  return { path: Path, method: Method };
}

function nameApi(kind: Kind, ownerId: string, eventName: string, context: SamContext): void {
  const owner = context.edit(ownerId);
  const events = member(member(owner, 'Properties'), 'Events');
  const event = isMap(events) ? events[eventName] : undefined;
  if (!isRawObject(event)) return;
  const properties = isRawObject(event['Properties']) ? event['Properties'] : {};
  (event as Tree)['Properties'] = { ...properties, [kind.idProperty]: ref(kind.implicitId) }; // a copy of its own
}

function writeRoutes(routes: readonly Route[], context: SamContext): void {
  const byApi = new Map<string, Map<string, (string | undefined)[]>>();
  for (const route of routes) {
    const state = apiState(route.apiId, context);
    if (state?.document === undefined) continue;
    if (state.isManaged || !isWritten(route, state.properties['DefinitionBody'])) noteRoute(route, context);
    if (!state.isManaged) continue;
    state.document.add(route.path, route.method);
    const paths = byApi.get(route.apiId) ?? new Map<string, (string | undefined)[]>();
    byApi.set(route.apiId, paths);
    const condition = route.owner['Condition'];
    const known = paths.get(route.path) ?? [];
    known.push(typeof condition === 'string' ? condition : undefined);
    paths.set(route.path, known);
  }
  for (const [apiId, paths] of byApi) {
    for (const [path, conditions] of paths) makePathConditional(apiId, path, conditions, context);
  }
}

/** True where the author's own document has the route. */
function isWritten({ path, method }: Route, document: unknown): boolean {
  return isGiven(member(member(member(document, 'paths'), path), methodKey(method)));
}

const validators = ['x-amazon-apigateway-request-validators'];

/** Tells where a route of a document is written: at its event, and what the event says of it there. */
function noteRoute(route: Route, context: SamContext): void {
  const { apiId, path, method } = route;
  const at = ['Resources', route.ownerId, 'Properties', 'Events', route.eventName];
  const key = methodKey(method);
  context.noteRoute(apiId, ['paths', path, key], at);
  const properties = member(
    member(member(route.owner['Properties'], 'Events'), route.eventName),
    'Properties',
  );
  for (const [name, below] of Object.entries(routeNames)) {
    if (!isGiven(member(properties, name))) continue;
    context.noteRoute(apiId, ['paths', path, key, ...below], [...at, 'Properties', name]);
    if (name === 'RequestModel') context.noteRoute(apiId, validators, [...at, 'Properties', name]);
  }
}

/** A path exists where any of its routes does. */
function makePathConditional(
  apiId: string,
  path: string,
  conditions: readonly (string | undefined)[],
  context: SamContext,
): void {
  const names = [...new Set(conditions)].filter((name) => name !== undefined);
  if (conditions.includes(undefined) || names.length === 0) return;
  const word = path.replaceAll('/', 'SLASH').replace(/[^A-Za-z0-9]/g, '');
  const condition = context.anyOf(names, `${apiId}${word}PathCondition`);
  apiState(apiId, context)?.document?.makeConditional(path, condition);
}
