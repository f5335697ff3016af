import { isRawObject } from '../text/raw.ts';
import { SamDocumentProblem } from './problem.ts';
import { isGiven, isIntrinsic, isMap, listOf, type Tree } from './tree.ts';

/** Properties that `Globals` may hold, by section (AWS SAM developer guide, "Globals section", read 2026-11). */
const supported: Readonly<Record<string, readonly string[]>> = {
  Function: words(
    'Handler Runtime CodeUri DeadLetterQueue Description MemorySize Timeout VpcConfig Environment Tags PropagateTags Tracing KmsKeyArn AutoPublishAlias AutoPublishAliasAllProperties Layers DeploymentPreference RolePath PermissionsBoundary',
    'ReservedConcurrentExecutions ProvisionedConcurrencyConfig AssumeRolePolicyDocument EventInvokeConfig FileSystemConfigs CodeSigningConfigArn Architectures SnapStart EphemeralStorage FunctionUrlConfig RuntimeManagementConfig LoggingConfig RecursiveLoop SourceKMSKeyArn CapacityProviderConfig FunctionScalingConfig VersionDeletionPolicy PublishToLatestPublished TenancyConfig DurableConfig',
  ),
  Api: words(
    'Auth Name DefinitionUri CacheClusterEnabled CacheClusterSize Variables EndpointConfiguration MethodSettings BinaryMediaTypes MinimumCompressionSize Cors GatewayResponses AccessLogSetting CanarySetting TracingEnabled OpenApiVersion Domain AlwaysDeploy MergeDefinitions PropagateTags SecurityPolicy EndpointAccessMode',
  ),
  HttpApi: words(
    'Auth AccessLogSettings StageVariables Tags CorsConfiguration DefaultRouteSettings Domain RouteSettings FailOnWarnings PropagateTags',
  ),
  WebSocketApi: words(
    'AccessLogSettings ApiKeySelectionExpression DefaultRouteSettings DisableExecuteApiEndpoint DisableSchemaValidation Domain IpAddressType PropagateTags RouteSettings RouteSelectionExpression StageVariables Tags',
  ),
  SimpleTable: words('SSESpecification'),
  StateMachine: words('PropagateTags'),
  LayerVersion: words('PublishLambdaVersion'),
  CapacityProvider: words(
    'VpcConfig OperatorRole Tags InstanceRequirements ScalingConfig KmsKeyArn PropagateTags LoggingConfig ManagedResourceTags',
  ),
};

function words(...lines: readonly string[]): readonly string[] {
  return lines.flatMap((line) => line.split(' '));
}

/** The `Globals` section of a template. */
export class Globals {
  readonly #sections: Readonly<Record<string, Tree>>;

  /** @throws SamDocumentProblem for a section or a property that is not supported. */
  constructor(written: unknown) {
    this.#sections = isGiven(written) ? readSections(written) : {};
  }

  /** The resource with the properties of its section under its own. */
  apply(type: string, resource: Tree): Tree {
    const section = this.#section(type, resource);
    if (Object.keys(section).length === 0) return resource;
    const own = resource['Properties'];
    if (isGiven(own) && !isRawObject(own)) return resource;
    return { ...resource, Properties: merge(section, own ?? {}) };
  }

  #section(type: string, resource: Tree): Tree {
    const name = type.replace('AWS::Serverless::', '');
    const section = Object.hasOwn(this.#sections, name) ? (this.#sections[name] ?? {}) : {};
    const ignored = resource['IgnoreGlobals'];
    if (ignored === '*') return {};
    const names = listOf(ignored);
    return Object.fromEntries(Object.entries(section).filter(([key]) => !names.includes(key)));
  }
}

function readSections(written: unknown): Record<string, Tree> {
  if (!isRawObject(written)) throw new SamDocumentProblem('`Globals` must be a map', '/Globals');
  return Object.fromEntries(
    Object.entries(written).map(([name, section]) => [name, readSection(name, section)]),
  );
}

function readSection(name: string, section: unknown): Tree {
  const allowed = Object.hasOwn(supported, name) ? supported[name] : undefined;
  if (allowed === undefined) {
    const message = `\`${name}\` is not supported in \`Globals\`; it takes ${Object.keys(supported).join(', ')}`;
    throw new SamDocumentProblem(message, `/Globals/${name}`);
  }
  if (!isRawObject(section))
    throw new SamDocumentProblem(`\`Globals.${name}\` must be a map`, `/Globals/${name}`);
  const wrong = Object.keys(section).find((key) => !allowed.includes(key));
  if (wrong === undefined) return section;
  throw new SamDocumentProblem(
    `\`${wrong}\` is not a supported property of \`Globals.${name}\`; it takes ${allowed.join(', ')}`,
    `/Globals/${name}/${wrong}`,
  );
}

/** Maps are merged, lists joined with the global part first; in all else the resource's own wins. */
function merge(global: unknown, own: unknown): unknown {
  if (Array.isArray(global) && Array.isArray(own)) return [...(global as unknown[]), ...(own as unknown[])];
  if (!isMap(global) || !isRawObject(own) || isIntrinsic(own)) return own;
  const result: Tree = { ...global };
  for (const [name, value] of Object.entries(own)) {
    result[name] = Object.hasOwn(global, name) ? merge(global[name], value) : value;
  }
  return result;
}
