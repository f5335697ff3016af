import { isRawObject, member } from '../text/raw.ts';
import { asMap, checkProperties } from './check-properties.ts';
import { emitPair } from './connector.ts';
import { inheritedAttributes, ownAttributes, type SamContext, type SamResource } from './context.ts';
import { GraphqlFunctions } from './graphql-functions.ts';
import type { GraphqlParts } from './graphql-parts.ts';
import { SamProblem } from './problem.ts';
import { resourceProperties } from './property-tables.ts';
import { trustIn } from './roles.ts';
import { getAtt, isGiven, isTruthy, listOf, pick, present, ref, sub, tagList, type Tree } from './tree.ts';

/** AWS::Serverless::GraphQLApi: the API, schema, keys, data sources, functions, resolvers, cache and domain. */
export function expandGraphqlApi(resource: SamResource, context: SamContext): void {
  const { id, type, properties } = resource;
  checkProperties(properties, resourceProperties[type] ?? {}, type);
  const auth = asMap(properties['Auth'], 'Auth');
  if (!isGiven(auth['Type'])) throw new SamProblem('property `Auth.Type` is required', ['Auth']);
  const parts: GraphqlParts = {
    resource,
    context,
    apiId: getAtt(id, 'ApiId'),
    emit: (suffix, partType, members, path, attributes = {}) => {
      const made = {
        Type: partType,
        ...attributes,
        ...inheritedAttributes(resource),
        Properties: present(members),
      };
      context.emit(id + suffix, made, { id, path, direct: true });
      return id + suffix;
    },
  };
  const api = {
    Type: 'AWS::AppSync::GraphQLApi',
    ...ownAttributes(resource),
    Properties: apiProperties(parts, auth),
  };
  context.emit(id, api, { id, direct: true });
  emitSchema(parts);
  emitKeys(parts);
  emitAuthorizerPermissions(parts, auth);
  const sources = emitDataSources(parts);
  new GraphqlFunctions(parts, sources).expand();
  emitCache(parts);
  emitDomain(parts);
}

function apiProperties(parts: GraphqlParts, auth: Tree): Tree {
  const { id, properties } = parts.resource;
  const { Name, XrayEnabled, Tags } = properties;
  const additional = listOf(auth['Additional']).map((written) => {
    const provider = authentication(asMap(written, 'Auth.Additional'));
    const pool = provider['UserPoolConfig'];
    return isRawObject(pool)
      ? { ...provider, UserPoolConfig: pick(pool, ['AppIdClientRegex', 'AwsRegion', 'UserPoolId']) }
      : provider;
  });
  return present({
    Name: Name ?? id,
    XrayEnabled,
    ...pick(properties, [
      'Visibility',
      'OwnerContact',
      'IntrospectionConfig',
      'QueryDepthLimit',
      'ResolverCountLimit',
    ]),
    Tags: [...tagList(Tags), { Key: 'graphqlapi:createdBy', Value: 'SAM' }],
    ...authentication(auth),
    AdditionalAuthenticationProviders: additional.length > 0 ? additional : undefined,
    LogConfig: logging(parts, properties['Logging']),
  });
}

function authentication(written: Tree): Tree {
  return present({
    AuthenticationType: written['Type'],
    LambdaAuthorizerConfig: written['LambdaAuthorizer'],
    OpenIDConnectConfig: written['OpenIDConnect'],
    UserPoolConfig: written['UserPool'],
  });
}

function logging(parts: GraphqlParts, written: unknown): Tree | undefined {
  if (written === false) return undefined;
  if (isRawObject(written)) {
    const role = written['CloudWatchLogsRoleArn'];
    return { FieldLogLevel: 'ALL', ...written, CloudWatchLogsRoleArn: isGiven(role) ? role : logRole(parts) };
  }
  return { CloudWatchLogsRoleArn: logRole(parts), FieldLogLevel: 'ALL' };
}

function logRole(parts: GraphqlParts): Tree {
  const policy = sub('arn:${AWS::Partition}:iam::aws:policy/service-role/AWSAppSyncPushToCloudWatchLogs');
  const properties = {
    AssumeRolePolicyDocument: trustIn('appsync.amazonaws.com'),
    ManagedPolicyArns: [policy],
  };
  return getAtt(parts.emit('CloudWatchRole', 'AWS::IAM::Role', properties, ['Logging']), 'Arn');
}

function emitSchema({ resource, emit, apiId }: GraphqlParts): void {
  const { SchemaInline, SchemaUri } = resource.properties;
  if (isTruthy(SchemaInline) === isTruthy(SchemaUri)) {
    throw new SamProblem('give either `SchemaInline` or `SchemaUri`', ['SchemaInline']);
  }
  const schema = { ApiId: apiId, Definition: SchemaInline, DefinitionS3Location: SchemaUri };
  emit('Schema', 'AWS::AppSync::GraphQLSchema', schema, [
    isTruthy(SchemaInline) ? 'SchemaInline' : 'SchemaUri',
  ]);
}

function emitKeys({ resource, emit, apiId }: GraphqlParts): void {
  const keys = resource.properties['ApiKeys'];
  for (const [name, written] of Object.entries(isGiven(keys) ? asMap(keys, 'ApiKeys') : {})) {
    const key = asMap(written, `ApiKeys.${name}`);
    const { ApiKeyId, Description, ExpiresOn } = key;
    emit(name, 'AWS::AppSync::ApiKey', { ApiId: apiId, ApiKeyId, Description, Expires: ExpiresOn }, [
      'ApiKeys',
      name,
    ]);
  }
}

/** AppSync may call the authorizers. */
function emitAuthorizerPermissions({ resource, context, apiId }: GraphqlParts, auth: Tree): void {
  const all = [auth, ...listOf(auth['Additional'])];
  const uris = all
    .map((each) => member(member(each, 'LambdaAuthorizer'), 'AuthorizerUri'))
    .filter((uri) => isGiven(uri));
  for (const [index, uri] of uris.entries()) {
    emitPair(
      {
        id: `${resource.id}ToLambdaAuthConnector${index + 1}`,
        source: { Type: 'AWS::AppSync::GraphQLApi', ResourceId: apiId },
        destination: { Type: 'AWS::Lambda::Function', Arn: uri },
        permissions: ['Write'],
        cause: { id: resource.id, path: ['Auth'] },
        attributes: inheritedAttributes(resource),
      },
      context,
    );
  }
}

interface SourceKind {
  readonly group: string;
  readonly suffix: string;
  readonly type: string;
  readonly config: (written: Tree) => Tree;
  readonly connect: {
    readonly suffix: string;
    readonly type: string;
    readonly arn: string;
    readonly permissions: readonly string[];
    /** What the ARN is where it is not given. */
    readonly fallback: (written: Tree) => unknown;
  };
}

const sourceKinds: readonly SourceKind[] = [
  {
    group: 'DynamoDb',
    suffix: 'DynamoDBDataSource',
    type: 'AMAZON_DYNAMODB',
    config: (written) => ({
      DynamoDBConfig: present({
        AwsRegion: written['Region'] ?? ref('AWS::Region'),
        TableName: written['TableName'],
        UseCallerCredentials: isTruthy(written['UseCallerCredentials'])
          ? written['UseCallerCredentials']
          : undefined,
        Versioned: isTruthy(written['Versioned']) ? written['Versioned'] : undefined,
        DeltaSyncConfig: written['DeltaSync'],
      }),
    }),
    connect: {
      suffix: 'ToTableConnector',
      type: 'AWS::DynamoDB::Table',
      arn: 'TableArn',
      permissions: ['Read', 'Write'],
      fallback: tableArn,
    },
  },
  {
    group: 'Lambda',
    suffix: 'LambdaDataSource',
    type: 'AWS_LAMBDA',
    config: (written) => ({ LambdaConfig: { LambdaFunctionArn: written['FunctionArn'] } }),
    connect: {
      suffix: 'ToLambdaConnector',
      type: 'AWS::Lambda::Function',
      arn: 'FunctionArn',
      permissions: ['Write'],
      fallback: () => undefined,
    },
  },
];

function tableArn(written: Tree): unknown {
  return sub('arn:${AWS::Partition}:dynamodb:${__Region__}:${AWS::AccountId}:table/${__TableName__}', {
    __TableName__: written['TableName'],
    __Region__: written['Region'] ?? ref('AWS::Region'),
  });
}

/** Returns the logical ids of the data sources by their names in the template. */
function emitDataSources(parts: GraphqlParts): Map<string, string> {
  const written = parts.resource.properties['DataSources'];
  const groups = isGiven(written) ? asMap(written, 'DataSources') : {};
  const ids = new Map<string, string>();
  for (const kind of sourceKinds) {
    const sources = groups[kind.group];
    for (const [name, source] of Object.entries(
      isGiven(sources) ? asMap(sources, `DataSources.${kind.group}`) : {},
    )) {
      ids.set(name, emitDataSource(parts, kind, name, asMap(source, `DataSources.${kind.group}.${name}`)));
    }
  }
  return ids;
}

function emitDataSource(parts: GraphqlParts, kind: SourceKind, name: string, written: Tree): string {
  const { emit, apiId, resource } = parts;
  const path = ['DataSources', kind.group, name];
  const given = written['ServiceRoleArn'];
  const suffix = name + kind.suffix;
  const role = isTruthy(given) ? given : getAtt(`${resource.id}${suffix}Role`, 'Arn');
  const properties = {
    ApiId: apiId,
    Description: written['Description'],
    Name: written['Name'] ?? name,
    Type: kind.type,
    ServiceRoleArn: role,
    ...kind.config(written),
  };
  const id = emit(suffix, 'AWS::AppSync::DataSource', properties, path);
  if (isTruthy(given)) return id;
  emit(
    `${suffix}Role`,
    'AWS::IAM::Role',
    { AssumeRolePolicyDocument: trustIn('appsync.amazonaws.com') },
    path,
  );
  connectSource(parts, kind, { id, path, written });
  return id;
}

function connectSource(
  { resource, context }: GraphqlParts,
  { connect }: SourceKind,
  source: { readonly id: string; readonly path: readonly string[]; readonly written: Tree },
): void {
  const arn = source.written[connect.arn] ?? connect.fallback(source.written);
  if (!isGiven(arn)) throw new SamProblem(`\`${connect.arn}\` must be given where no role is`, source.path);
  const permissions = source.written['Permissions'];
  emitPair(
    {
      id: source.id + connect.suffix,
      source: { Id: source.id },
      destination: { Type: connect.type, Arn: arn },
      permissions: isGiven(permissions) ? listOf(permissions) : connect.permissions,
      cause: { id: resource.id, path: source.path },
      attributes: inheritedAttributes(resource),
    },
    context,
  );
}

function emitCache({ resource, emit, apiId }: GraphqlParts): void {
  const written = resource.properties['Cache'];
  if (isTruthy(written))
    emit('ApiCache', 'AWS::AppSync::ApiCache', { ApiId: apiId, ...asMap(written, 'Cache') }, ['Cache']);
}

function emitDomain({ resource, emit, apiId }: GraphqlParts): void {
  const written = resource.properties['DomainName'];
  if (!isTruthy(written)) return;
  const domain = asMap(written, 'DomainName');
  const id = emit('DomainName', 'AWS::AppSync::DomainName', domain, ['DomainName']);
  const properties = { ApiId: apiId, DomainName: ref(id) };
  emit('DomainNameApiAssociation', 'AWS::AppSync::DomainNameApiAssociation', properties, ['DomainName']);
}
