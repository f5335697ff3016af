import { scalarText } from '../model/scalar-text.ts';
import { toPointer } from '../model/location.ts';
import type { SourceDiagnostic } from '../model/source.ts';
import { templateDiagnostic } from '../text/diagnostic.ts';
import type { ParsedTemplate } from '../text/parse-template.ts';
import { entriesOf, isRawObject, setMember, type RawObject } from '../text/raw.ts';
import { SamContext, type SamResource } from './context.ts';
import { expandDeployments } from './deployment-preference.ts';
import { expandFunction } from './function.ts';
import { expandApplication } from './application.ts';
import { expandCapacityProvider } from './capacity-provider.ts';
import { addEmbeddedConnectors, expandConnector } from './connector.ts';
import { Globals } from './globals.ts';
import { expandGraphqlApi } from './graphql-api.ts';
import { expandHttpApi } from './http-api.ts';
import { expandLayerVersion } from './layer-version.ts';
import { expandSimpleTable } from './simple-table.ts';
import { expandStateMachine } from './state-machine.ts';
import { expandWebSocketApi } from './web-socket-api.ts';
import { addImplicitApis } from './implicit-apis.ts';
import { SamDocumentProblem } from './problem.ts';
import { renameDependencies, renameReferences } from './references.ts';
import { expandRestApi } from './rest-api.ts';
import { isGiven, listOf, omit, type Tree } from './tree.ts';

/** What is known of a template's parameters before it is resolved: name -> value. */
export type GivenParameters = (name: string) => unknown;

/** Expanders in the order in which they run: APIs last, because events write into their documents. */
const expanders: readonly (readonly [string, (resource: SamResource, context: SamContext) => void])[] = [
  ['AWS::Serverless::Function', expandFunction],
  ['AWS::Serverless::StateMachine', expandStateMachine],
  ['AWS::Serverless::Api', expandRestApi],
  ['AWS::Serverless::HttpApi', expandHttpApi],
  ['AWS::Serverless::WebSocketApi', expandWebSocketApi],
  ['AWS::Serverless::SimpleTable', expandSimpleTable],
  ['AWS::Serverless::LayerVersion', expandLayerVersion],
  ['AWS::Serverless::Application', expandApplication],
  ['AWS::Serverless::CapacityProvider', expandCapacityProvider],
  ['AWS::Serverless::GraphQLApi', expandGraphqlApi],
  ['AWS::Serverless::Connector', expandConnector],
];

/**
 * Expands AWS::Serverless resources into what CloudFormation makes of them. A resource that cannot
 * be expanded stays as it is, and a diagnostic `sam-invalid` says why and where.
 */
export function expandSam(parsed: ParsedTemplate, given: GivenParameters): ParsedTemplate {
  const { root } = parsed;
  if (root === undefined) return parsed;
  const context = new SamContext(root, given);
  try {
    prepare(context, root);
    expandAll(context);
  } catch (error) {
    if (!(error instanceof SamDocumentProblem)) throw error;
    context.problem(error.pointer, error.message);
    return { ...parsed, diagnostics: [...parsed.diagnostics, ...diagnosticsOf(parsed, context)] };
  }
  return {
    ...parsed,
    root: assembled(context),
    origins: context.origins,
    diagnostics: [...parsed.diagnostics, ...diagnosticsOf(parsed, context)],
  };
}

function prepare(context: SamContext, root: RawObject): void {
  if (!isRawObject(root['Resources'])) {
    throw new SamDocumentProblem('the `Resources` section is required, and must be a map', '/Resources');
  }
  const globals = new Globals(root['Globals']);
  for (const [id, resource] of context.resources) {
    const type = scalarText(resource['Type']);
    if (!type.startsWith('AWS::Serverless::')) continue;
    context.resources.set(id, globals.apply(type, resource));
  }
  addEmbeddedConnectors(context);
  addImplicitApis(context, (type, resource) => globals.apply(type, resource));
}

function expandAll(context: SamContext): void {
  const deployed: SamResource[] = [];
  for (const [type, expand] of expanders) {
    for (const [id, raw] of [...context.resources]) {
      if (raw['Type'] !== type) continue;
      const resource = readResource(id, type, raw, context);
      if (resource === undefined) continue;
      context.for(id, () => {
        expand(resource, context);
      });
      if (context.output.has(id) && type === 'AWS::Serverless::Function') deployed.push(resource);
    }
  }
  expandDeployments(deployed, context);
}

function readResource(id: string, type: string, raw: Tree, context: SamContext): SamResource | undefined {
  const properties = raw['Properties'];
  if (Object.hasOwn(raw, 'Properties') && !isRawObject(properties)) {
    context.problem(toPointer(['Resources', id, 'Properties']), `\`${id}\`: \`Properties\` should be a map`);
    return undefined;
  }
  const condition = raw['Condition'];
  if (isGiven(condition) && typeof condition !== 'string') {
    context.problem(toPointer(['Resources', id, 'Condition']), `\`${id}\`: \`Condition\` must be a string`);
    return undefined;
  }
  checkLookups(id, properties, context);
  return { id, type, raw, properties: isRawObject(properties) ? properties : {} };
}

/** Lookups that CloudFormation refuses would be carried along unseen. */
function checkLookups(id: string, tree: unknown, context: SamContext): void {
  if (typeof tree !== 'object' || tree === null) return;
  if (!Array.isArray(tree)) {
    const lookup = (tree as Tree)['Fn::FindInMap']; // neither null nor a list
    if (Array.isArray(lookup) && lookup.length < 3) {
      const message = `\`${id}\`: \`Fn::FindInMap\` takes a list of three: the map, and a key at each of its levels`;
      context.problem(toPointer(['Resources', id]), message);
    }
  }
  for (const value of Object.values(tree)) checkLookups(id, value, context);
}

/** The template with what its resources became; loops and other members of a section stay as they are. */
function assembled(context: SamContext): RawObject {
  const resources: Tree = {};
  for (const [id, raw] of entriesOf(context.root['Resources'])) {
    if (!isRawObject(raw)) setMember(resources, id, raw);
  }
  for (const [id, raw] of context.resources) {
    if (!isExpanded(id, context)) setMember(resources, id, renameDependencies(raw, context));
  }
  for (const [id, raw] of context.output) setMember(resources, id, renameDependencies(raw, context));
  const { Transform, ...written } = context.root;
  const rest = omit(written, ['Globals']);
  const root: Tree = { ...rest, Resources: renameReferences(resources, context) };
  const left = context.isWhole ? withoutSam(Transform) : Transform;
  if (left !== undefined) root['Transform'] = left;
  if (Object.keys(context.conditions).length > 0) root['Conditions'] = context.conditions;
  if (isGiven(rest['Outputs'])) root['Outputs'] = renameReferences(rest['Outputs'], context);
  return root;
}

/** The transforms that are still to run. */
function withoutSam(transform: unknown): unknown {
  const rest = listOf(transform).filter((name) => name !== samTransform);
  return rest.length > 0 ? rest : undefined;
}

const samTransform = 'AWS::Serverless-2016-10-31';

function isExpanded(id: string, context: SamContext): boolean {
  return context.output.has(id) || context.renamed.has(id);
}

function diagnosticsOf(parsed: ParsedTemplate, context: SamContext): SourceDiagnostic[] {
  return context.problems.map(({ pointer, message, severity, affects }) =>
    templateDiagnostic(parsed, pointer, { code: 'sam-invalid', severity, message, affects }),
  );
}
