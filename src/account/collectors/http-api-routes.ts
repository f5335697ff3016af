import type { ApiGatewayV2, Route, Stage } from '@aws-sdk/client-apigatewayv2';
import { Unresolved, type Cause } from '../../model/value.ts';
import { causeOfFailure, classifyError } from '../errors.ts';
import { parseDocument } from '../plain.ts';

/** A route as the stages of its API serve it. */
export interface ServedRoute {
  /** As the draft has it; undefined for one that only a deployment has. */
  readonly draft?: Route;
  readonly routeKey: string;
  /** The most open type that any stage serves. */
  readonly authorizationType: string | Unresolved | undefined;
}

/** What the stages of one API serve. */
export interface Serving {
  readonly routes: readonly ServedRoute[];
  /** Stage name -> how the draft differs from what the stage serves. */
  readonly changes: ReadonlyMap<string, readonly string[] | Unresolved>;
  /** Raised by the first export that failed. */
  readonly failure?: unknown;
}

/** Route key -> authorization type; unresolved where nothing tells. */
type Deployed = ReadonlyMap<string, string> | Unresolved;

/**
 * A stage that deploys by itself serves the routes as they are written; any other serves the deployment that it was given,
 * of which only the export of an HTTP API's stage tells. A stage without a deployment serves nothing, nor does an API
 * without a stage. https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-export.html (2026-11-28)
 */
export async function servedRoutes(
  api: ApiGatewayV2,
  { ApiId, protocol }: { readonly ApiId: string; readonly protocol: unknown },
  stages: readonly Stage[],
  drafts: readonly Route[],
): Promise<Serving> {
  const draft = new Map(drafts.map((route) => [route.RouteKey ?? '', route.AuthorizationType ?? 'NONE']));
  const changes = new Map<string, readonly string[] | Unresolved>();
  const serving: Deployed[] = [];
  let failure: unknown;
  for (const { StageName = '', AutoDeploy, DeploymentId } of stages) {
    if (AutoDeploy === true) {
      serving.push(draft);
      changes.set(StageName, []);
      continue;
    }
    if (DeploymentId === undefined) continue;
    let deployed: Deployed = new Unresolved(untold(StageName));
    if (protocol !== 'WEBSOCKET') {
      try {
        deployed = await exportedRoutes(api, ApiId, StageName);
      } catch (error) {
        failure ??= error;
        deployed = new Unresolved(causeOfFailure(classifyError(error, 'apigateway:GET')));
      }
    }
    serving.push(deployed);
    changes.set(StageName, deployed instanceof Unresolved ? deployed : changesBetween(draft, deployed));
  }
  const keys = new Set([
    ...draft.keys(),
    ...serving.flatMap((each) => (isKnown(each) ? [...each.keys()] : [])),
  ]);
  const byKey = new Map(drafts.map((route) => [route.RouteKey ?? '', route]));
  const routes = [...keys].flatMap((routeKey): ServedRoute[] => {
    const types = serving.map((each) => (isKnown(each) ? each.get(routeKey) : each));
    if (types.every((type) => type === undefined)) return [];
    const own = byKey.get(routeKey);
    return [{ routeKey, authorizationType: mostOpen(types), ...(own === undefined ? {} : { draft: own }) }];
  });
  return { routes, changes, ...(failure === undefined ? {} : { failure }) };
}

function isKnown(deployed: Deployed): deployed is ReadonlyMap<string, string> {
  return !(deployed instanceof Unresolved);
}

function mostOpen(types: readonly (string | Unresolved | undefined)[]): string | Unresolved | undefined {
  if (types.includes('NONE')) return 'NONE';
  return types.find((type) => type instanceof Unresolved) ?? types.find((type) => type !== undefined);
}

function untold(stage: string): Cause {
  return {
    code: 'evidence',
    message: `the stage \`${stage}\` of a WebSocket API does not deploy changes automatically, and no API call shows which routes it serves`,
    remedy: 'set AutoDeploy on the stage, or bring the evidence as a waiver with a reason',
  };
}

function changesBetween(
  draft: ReadonlyMap<string, string>,
  deployed: ReadonlyMap<string, string>,
): readonly string[] {
  const keys = [...new Set([...draft.keys(), ...deployed.keys()])].sort();
  return keys.flatMap((key) => describeChange(key, draft.get(key), deployed.get(key)));
}

/** What is told of a stage: whether it serves the draft, and in what it does not. */
export function deploymentFacts(changes: readonly string[] | Unresolved): Readonly<Record<string, unknown>> {
  if (changes instanceof Unresolved) return { DraftDeployed: changes, UndeployedChanges: changes };
  return { DraftDeployed: changes.length === 0, UndeployedChanges: changes };
}

/** How a route or method differs from what is deployed of it; nothing where it does not. */
export function describeChange(
  key: string,
  drafted: string | undefined,
  deployed: string | undefined,
): readonly string[] {
  if (drafted === deployed) return [];
  if (deployed === undefined) return [`${key} is not deployed`];
  if (drafted === undefined) return [`${key} is deployed (${deployed}) and deleted since`];
  return [`${key} is deployed with ${deployed} and set to ${drafted} since`];
}

async function exportedRoutes(
  api: ApiGatewayV2,
  ApiId: string,
  StageName: string,
): Promise<ReadonlyMap<string, string>> {
  const request = { ApiId, StageName, Specification: 'OAS30', OutputType: 'JSON', IncludeExtensions: true };
  const { body } = await api.exportApi(request);
  const document = parseDocument(Buffer.from(body ?? []).toString('utf8'));
  const paths = memberOf(document, 'paths');
  if (!isRecord(paths)) throw new SyntaxError('an export without paths');
  const schemes = memberOf(memberOf(document, 'components'), 'securitySchemes');
  const routes = new Map<string, string>();
  for (const [path, item] of Object.entries(paths)) {
    if (!isRecord(item)) continue;
    for (const [method, operation] of Object.entries(item)) {
      if (!verbs.has(method)) continue;
      const verb = method === anyMethod ? 'ANY' : method.toUpperCase();
      routes.set(path === '/$default' ? '$default' : `${verb} ${path}`, authorizationOf(operation, schemes));
    }
  }
  return routes;
}

const anyMethod = 'x-amazon-apigateway-any-method';
const verbs: ReadonlySet<string> = new Set([
  ...['get', 'put', 'post', 'delete', 'options', 'head', 'patch'],
  anyMethod,
]);

/** As an import of the same document makes it. */
function authorizationOf(operation: unknown, schemes: unknown): string {
  const own = memberOf(memberOf(operation, 'x-amazon-apigateway-auth'), 'type');
  if (typeof own === 'string') return own.toUpperCase();
  const security = memberOf(operation, 'security');
  const names = Array.isArray(security) ? security.filter(isRecord).flatMap((each) => Object.keys(each)) : [];
  const used = names.map((name) => memberOf(schemes, name));
  if (used.some((scheme) => memberOf(scheme, 'x-amazon-apigateway-authtype') === 'awsSigv4'))
    return 'AWS_IAM';
  const types = used.map((scheme) => memberOf(memberOf(scheme, 'x-amazon-apigateway-authorizer'), 'type'));
  const type = types.find((each) => typeof each === 'string');
  if (type === undefined) return 'NONE';
  return String(type).toLowerCase() === 'jwt' ? 'JWT' : 'CUSTOM';
}

function memberOf(value: unknown, name: string): unknown {
  return isRecord(value) ? value[name] : undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What is not known of a route that only a deployment has. */
export function deletedSince(stageOwner: string): Cause {
  return {
    code: 'evidence',
    message: `a stage of \`${stageOwner}\` serves it, and it was deleted since, so that no call shows the rest of it`,
    remedy: 'deploy the API, so that the stage serves what is written',
  };
}
