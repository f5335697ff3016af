import { lookup } from '../model/lookup.ts';
import { isRawObject, member } from '../text/raw.ts';
import { expandDomain, mutualTls, type DomainKind } from './api-domain.ts';
import { methodKey, type ApiDocument } from './api-document.ts';
import { authorizerNames, setDefaultAuthorizer } from './api-security.ts';
import { apiState, type ApiState } from './api-state.ts';
import { emitAuthorizerPermission } from './authorizer-permission.ts';
import { asMap, asText, checkProperties } from './check-properties.ts';
import { contentLocation } from './content-location.ts';
import { inheritedAttributes, ownAttributes, type SamContext, type SamResource } from './context.ts';
import { httpSecurityScheme, readHttpAuthorizers, type HttpAuthorizer } from './http-authorizers.ts';
import { hashedId } from './logical-id.ts';
import { SamDocumentProblem, SamProblem } from './problem.ts';
import { resourceProperties } from './property-tables.ts';
import { stageId } from './stage-name.ts';
import {
  isGiven,
  isIntrinsic,
  isMap,
  isTruthy,
  listOf,
  noValue,
  pick,
  present,
  ref,
  refName,
  type Tree,
} from './tree.ts';

const createdBy = 'httpapi:createdBy';
const authKeys = ['Authorizers', 'DefaultAuthorizer', 'EnableIamAuthorizer'];

/** AWS::Serverless::HttpApi: the API, its stage, domain and permissions. */
export function expandHttpApi(resource: SamResource, context: SamContext): void {
  const { id, type, properties } = resource;
  checkProperties(properties, resourceProperties[type] ?? {}, type);
  const state = apiState(id, context);
  checkHttpApi(properties);
  const document = state?.document;
  const authorizers = writeDocument(context, properties, document, state);
  const api = {
    Type: 'AWS::ApiGatewayV2::Api',
    ...ownAttributes(resource),
    Properties: present({
      ...pick(properties, ['FailOnWarnings']),
      Body: document?.body,
      BodyS3Location: isTruthy(properties['DefinitionUri'])
        ? contentLocation(properties['DefinitionUri'], 'DefinitionUri', ['Bucket', 'Key', 'Version'])
        : undefined,
    }),
  };
  context.emit(id, api, { id, direct: true });
  context.place(id, context.routePlaces(id));
  const stage = emitStage(resource, state, context);
  context.parts.set(`${id}.Stage`, stage);
  for (const authorizer of authorizers) emitPermission(resource, authorizer, context);
  expandDomain(resource, stage, { ...httpDomain, tags: tagsOf(properties) }, context);
}

function checkHttpApi({ DefinitionUri, DefinitionBody, Name }: Tree): void {
  if (isTruthy(DefinitionUri) && isTruthy(DefinitionBody)) {
    throw new SamProblem('give either `DefinitionUri` or `DefinitionBody`, not both', ['DefinitionUri']);
  }
  if (isTruthy(Name) && !isTruthy(DefinitionUri) && isTruthy(DefinitionBody)) {
    throw new SamProblem(
      '`Name` works only where the API document is generated; write it into the document',
      ['Name'],
    );
  }
}

/** Tags of the author and the transform's own. */
function tagsOf({ Tags }: Tree): Tree {
  return { ...(isMap(Tags) ? Tags : {}), [createdBy]: 'SAM' };
}

function writeDocument(
  context: SamContext,
  properties: Tree,
  document: ApiDocument | undefined,
  state: ApiState | undefined,
): HttpAuthorizer[] {
  const { CorsConfiguration, Auth, DisableExecuteApiEndpoint, Description, Name } = properties;
  for (const name of ['CorsConfiguration', 'Auth', 'Tags', 'DisableExecuteApiEndpoint', 'Description']) {
    if (
      document === undefined &&
      isGiven(properties[name]) &&
      isTruthy(properties[name] === false || properties[name])
    ) {
      throw new SamProblem(
        `\`${name}\` works only with an API document inline in \`DefinitionBody\`; move the document there`,
        [name],
      );
    }
  }
  if (document === undefined || document.isIncluded) return [];
  if (isGiven(DisableExecuteApiEndpoint)) disableEndpoint(document, DisableExecuteApiEndpoint);
  if (isTruthy(CorsConfiguration)) {
    addCors(valid(document, 'CorsConfiguration'), context.resolvedDeep(CorsConfiguration));
  }
  const authorizers = isTruthy(Auth)
    ? addAuth(valid(document, 'Auth'), asMap(Auth, 'Auth'), context.partition)
    : [];
  const hasTags = isTruthy(properties['Tags']);
  if (hasTags || document.isValidOpenApi) addTags(valid(document, 'Tags'), tagsOf(properties));
  const { paths } = document;
  if (isTruthy(properties['FailOnWarnings']) && isGiven(paths['$default'])) {
    paths['/$default'] = paths['$default'];
    delete paths['$default'];
  }
  if (isTruthy(Description)) document.define(['info'], { description: Description });
  if (isTruthy(Name) && state?.isManaged === true) document.define(['info'], { title: Name });
  return authorizers;
}

function valid(document: ApiDocument, property: string): ApiDocument {
  if (document.isValidOpenApi) return document;
  throw new SamProblem(
    `\`${property}\` cannot be added, because \`DefinitionBody\` does not contain a valid OpenAPI definition`,
    ['DefinitionBody'],
  );
}

const endpointKey = 'x-amazon-apigateway-endpoint-configuration';

function disableEndpoint(document: ApiDocument, isDisabled: unknown): void {
  const written = document.body['servers'];
  const [first, ...rest] = Array.isArray(written) ? (written as unknown[]) : [];
  const server = isRawObject(first) ? first : {};
  const known = isRawObject(server[endpointKey]) ? server[endpointKey] : {};
  document.body['servers'] = [
    { ...server, [endpointKey]: { ...known, disableExecuteApiEndpoint: isDisabled } },
    ...rest,
  ];
}

const corsNames: Readonly<Record<string, string>> = {
  AllowOrigins: 'allowOrigins',
  AllowHeaders: 'allowHeaders',
  AllowMethods: 'allowMethods',
  ExposeHeaders: 'exposeHeaders',
  MaxAge: 'maxAge',
  AllowCredentials: 'allowCredentials',
};

function addCors(document: ApiDocument, written: unknown): void {
  const key = 'x-amazon-apigateway-cors';
  if (written === true) {
    document.body[key] = { allowOrigins: ['*'] };
    return;
  }
  if (isIntrinsic(written)) {
    // As the transform does: whatever it turns out to be stands for the origins.
    document.body[key] = { allowOrigins: written };
    return;
  }
  if (!isRawObject(written)) {
    throw new SamProblem('invalid value for `CorsConfiguration`; it takes true or a map', [
      'CorsConfiguration',
    ]);
  }
  const made: Tree = {};
  for (const [name, value] of Object.entries(written)) {
    const target = lookup(corsNames, name);
    if (target === undefined) {
      throw new SamProblem(`\`${name}\` is not a key of \`CorsConfiguration\``, ['CorsConfiguration', name]);
    }
    if (isTruthy(value)) made[target] = value;
  }
  document.body[key] = made;
}

function addAuth(document: ApiDocument, auth: Tree, partition: string): HttpAuthorizer[] {
  const wrong = Object.keys(auth).find((key) => !authKeys.includes(key));
  if (wrong !== undefined)
    throw new SamProblem(`invalid value for \`Auth\`: \`${wrong}\` is not known`, ['Auth', wrong]);
  const authorizers = readHttpAuthorizers(auth);
  const schemes = authorizers.map((each): [string, Tree] => [each.name, httpSecurityScheme(each, partition)]);
  if (schemes.length > 0) document.define(['components', 'securitySchemes'], Object.fromEntries(schemes));
  const name = auth['DefaultAuthorizer'];
  if (!isTruthy(name) || refName(name) === noValue['Ref']) return authorizers;
  const wanted = asText(name, 'Auth.DefaultAuthorizer');
  const chosen = authorizers.find((authorizer) => authorizer.name === wanted);
  if (chosen === undefined) {
    throw new SamProblem(
      `\`DefaultAuthorizer\` cannot be set, because \`${wanted}\` is not among the \`Authorizers\``,
      ['Auth', 'DefaultAuthorizer'],
    );
  }
  const names = authorizerNames(authorizers.map((each) => each.name));
  checkMethodNames(document);
  setDefaultAuthorizer(document, { [chosen.name]: chosen.scopes ?? [] }, names, {
    withPreflight: false,
    keeps: true,
  });
  return authorizers;
}

/** A method under another name than OpenAPI's would keep no authorizer. */
function checkMethodNames(document: ApiDocument): void {
  for (const path of Object.keys(document.paths)) {
    for (const item of document.items(path)) {
      const wrong = Object.keys(item).find((name) => !Object.hasOwn(item, methodKey(name)));
      if (wrong === undefined) continue;
      throw new SamDocumentProblem(
        `\`${wrong}\` of path \`${path}\` is not a method: \`${methodKey(wrong)}\` is not in \`DefinitionBody\`; rename it`,
        document.pointer,
      );
    }
  }
}

function addTags(document: ApiDocument, tags: Tree): void {
  const written = document.body['tags'];
  if (isGiven(written) && !Array.isArray(written)) {
    throw new SamDocumentProblem('`tags` of the OpenAPI definition should be a list', document.pointer);
  }
  const all = [...listOf(written)];
  for (const [name, value] of Object.entries(tags)) {
    const valued = { 'x-amazon-apigateway-tag-value': value };
    const index = all.findIndex((tag) => member(tag, 'name') === name);
    if (index === -1) all.push({ name, ...valued });
    else all[index] = { ...(all[index] as Tree), ...valued }; // it has a name
  }
  document.body['tags'] = all;
}

function emitStage(resource: SamResource, state: ApiState | undefined, context: SamContext): string {
  const { id, properties } = resource;
  const name = properties['StageName'];
  const isDefault = !isTruthy(name) || name === '$default';
  const hasTags = isTruthy(properties['Tags']) || state?.document?.isValidOpenApi === true;
  const routes = Object.fromEntries(state?.routeSettings ?? []);
  const written = properties['RouteSettings'];
  const settings = { ...(isRawObject(written) ? written : {}), ...routes };
  const stage = {
    Type: 'AWS::ApiGatewayV2::Stage',
    ...inheritedAttributes(resource),
    Properties: present({
      ApiId: ref(id),
      StageName: isDefault ? '$default' : name,
      Tags: hasTags ? tagsOf(properties) : undefined,
      ...pick(properties, ['StageVariables', 'AccessLogSettings', 'DefaultRouteSettings']),
      RouteSettings: isTruthy(settings) ? settings : undefined,
      AutoDeploy: true,
    }),
  };
  const stageName = isDefault ? `${id}ApiGatewayDefaultStage` : stageId(id, name);
  context.emit(stageName, stage, { id, direct: true });
  context.place(stageName, state?.settingPlaces ?? {});
  return stageName;
}

function emitPermission(
  resource: SamResource,
  { written, name, kind }: HttpAuthorizer,
  context: SamContext,
): void {
  if (kind !== 'lambda' || !isTruthy(written['EnableFunctionDefaultPermissions'])) return;
  const functionArn = written['FunctionArn'];
  emitAuthorizerPermission(resource, { name, functionArn, partition: '${AWS::Partition}' }, context);
}

/** Domains of the second version of API Gateway. */
export const httpDomain: DomainKind = {
  endpoints: ['REGIONAL'],
  keepsSlashes: false,
  tags: undefined,
  domain: (domain, endpoint, tags) => ({
    id: hashedId('ApiGatewayDomainNameV2', domain['DomainName']),
    type: 'AWS::ApiGatewayV2::DomainName',
    properties: {
      DomainName: domain['DomainName'],
      DomainNameConfigurations: [
        present({
          CertificateArn: domain['CertificateArn'],
          EndpointType: endpoint,
          ...pick(domain, ['OwnershipVerificationCertificateArn', 'SecurityPolicy']),
        }),
      ],
      MutualTlsAuthentication: mutualTls(domain['MutualTlsAuthentication']),
      Tags: tags,
    },
  }),
  mapping: ({ domainId, key }) => ({
    suffix: 'ApiMapping',
    type: 'AWS::ApiGatewayV2::ApiMapping',
    properties: { ApiMappingKey: key, DomainName: ref(domainId) },
  }),
};
