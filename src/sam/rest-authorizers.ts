import { scalarText } from '../model/scalar-text.ts';
import { isRawObject } from '../text/raw.ts';
import { asList, asMap, asText } from './check-properties.ts';
import { SamProblem } from './problem.ts';
import { isGiven, isIntrinsic, isTruthy, listOf, present, sub, type Tree } from './tree.ts';

/** An authorizer of a REST API as its template names it. */
export interface RestAuthorizer {
  readonly name: string;
  readonly kind: 'cognito' | 'jwt' | 'token' | 'request' | 'iam';
  readonly scopes: readonly unknown[] | undefined;
  readonly written: Tree;
}

const iamName = 'AWS_IAM';

/** The authorizers of `Auth`, with AWS_IAM where it is the default. */
export function readRestAuthorizers(auth: Tree): RestAuthorizer[] {
  const written = auth['Authorizers'];
  const named = isGiven(written) ? asMap(written, 'Auth.Authorizers') : {};
  const authorizers = Object.entries(named).map(([name, value]) => readAuthorizer(name, value));
  if (auth['DefaultAuthorizer'] === iamName) authorizers.push(iamAuthorizer);
  return authorizers;
}

/** Requests signed with IAM credentials. */
const iamAuthorizer: RestAuthorizer = { name: iamName, kind: 'iam', scopes: undefined, written: {} };

/** How a document says that requests are signed. */
export function iamDefinition(): Tree {
  const definition = { type: 'apiKey', name: 'Authorization', in: 'header' };
  return { ...definition, 'x-amazon-apigateway-authtype': 'awsSigv4' };
}

function readAuthorizer(name: string, value: unknown): RestAuthorizer {
  const at = `Auth.Authorizers.${name}`;
  const written = asMap(value, at);
  const scopes = written['AuthorizationScopes'];
  const identity = written['Identity'];
  if (isGiven(scopes)) asList(scopes, `${at}.AuthorizationScopes`);
  if (isGiven(identity)) asMap(identity, `${at}.Identity`);
  const kind = kindOf(name, written);
  const withheld = written['DisableFunctionDefaultPermissions'];
  if (isGiven(withheld) && typeof withheld !== 'boolean') {
    throw new SamProblem(`property \`${at}.DisableFunctionDefaultPermissions\` should be true or false`, [
      ...at.split('.'),
      'DisableFunctionDefaultPermissions',
    ]);
  }
  if (kind === 'request') checkRequestIdentity(at, written);
  return { name, kind, scopes: isGiven(scopes) ? listOf(scopes) : undefined, written };
}

function kindOf(name: string, written: Tree): RestAuthorizer['kind'] {
  if (isGiven(written['UserPoolArn'])) return 'cognito';
  if (isGiven(written['JwtConfiguration'])) return 'jwt';
  const payload = written['FunctionPayloadType'];
  if (isGiven(payload) && payload !== 'TOKEN' && payload !== 'REQUEST') {
    throw new SamProblem(`\`FunctionPayloadType\` of authorizer \`${name}\` is \`TOKEN\` or \`REQUEST\``, [
      'Auth',
      'Authorizers',
      name,
    ]);
  }
  if (!isGiven(written['FunctionArn'])) {
    throw new SamProblem(`authorizer \`${name}\` needs \`UserPoolArn\` or \`FunctionArn\``, [
      'Auth',
      'Authorizers',
      name,
    ]);
  }
  return payload === 'REQUEST' ? 'request' : 'token';
}

const sources = [
  ['Headers', 'method.request.header.'],
  ['QueryStrings', 'method.request.querystring.'],
  ['StageVariables', 'stageVariables.'],
  ['Context', 'context.'],
] as const;

/** A request authorizer must know what identifies a caller, unless nothing is cached. */
function checkRequestIdentity(at: string, written: Tree): void {
  const identity = isRawObject(written['Identity']) ? written['Identity'] : {};
  for (const [name] of sources) {
    const value = identity[name];
    if (!isGiven(value)) continue;
    for (const [index, item] of asList(value, `${at}.Identity.${name}`).entries()) {
      if (!isIntrinsic(item)) asText(item, `${at}.Identity.${name}[${index}]`, at.split('.'));
    }
  }
  const isIdentified = sources.some(([name]) => isTruthy(identity[name]));
  const isCached = isGiven(identity['ReauthorizeEvery']) ? identity['ReauthorizeEvery'] !== 0 : true;
  if (!isIdentified && isCached) {
    throw new SamProblem(
      `authorizer \`${at.split('.').at(-1) ?? ''}\`: a Lambda request authorizer needs \`Identity\` with one of Headers, QueryStrings, StageVariables or Context, or \`ReauthorizeEvery: 0\``,
      at.split('.'),
    );
  }
}

/** Security definition of an authorizer. */
export function securityDefinition(authorizer: RestAuthorizer, partition: string): Tree {
  const definition = { type: 'apiKey', name: headerName(authorizer), in: 'header' };
  if (authorizer.kind === 'iam') return iamDefinition();
  if (authorizer.kind === 'jwt')
    return {
      ...definition,
      'x-amazon-apigateway-authtype': 'jwt',
      'x-amazon-apigateway-authorizer': present({
        type: 'jwt',
        identitySource: sub('method.request.header.${__Header__}', { __Header__: headerName(authorizer) }),
        jwtConfiguration: authorizer.written['JwtConfiguration'],
      }),
    };
  const isCognito = authorizer.kind === 'cognito';
  return {
    ...definition,
    'x-amazon-apigateway-authtype': isCognito ? 'cognito_user_pools' : 'custom',
    'x-amazon-apigateway-authorizer': isCognito ? cognito(authorizer) : custom(authorizer, partition),
  };
}

function identityOf({ written }: RestAuthorizer): Tree {
  return isRawObject(written['Identity']) ? written['Identity'] : {};
}

function headerName(authorizer: RestAuthorizer): unknown {
  if (authorizer.kind === 'request') return 'Unused';
  return identityOf(authorizer)['Header'] ?? 'Authorization';
}

function cognito(authorizer: RestAuthorizer): Tree {
  return present({
    type: 'cognito_user_pools',
    providerARNs: listOf(authorizer.written['UserPoolArn']),
    identityValidationExpression: identityOf(authorizer)['ValidationExpression'],
  });
}

function custom(authorizer: RestAuthorizer, partition: string): Tree {
  const { kind, written } = authorizer;
  const identity = identityOf(authorizer);
  const role = written['FunctionInvokeRole'];
  return present({
    type: kind,
    authorizerUri: sub(
      `arn:${partition}:apigateway:\${AWS::Region}:lambda:path/2015-03-31/functions/\${__FunctionArn__}/invocations`,
      { __FunctionArn__: written['FunctionArn'] },
    ),
    authorizerResultTtlInSeconds: identity['ReauthorizeEvery'],
    authorizerCredentials: isTruthy(role) && role !== 'NONE' ? role : undefined,
    identityValidationExpression: identity['ValidationExpression'],
    identitySource: kind === 'request' ? identitySource(identity) : undefined,
  });
}

function identitySource(identity: Tree): unknown {
  const parts = sources.flatMap(([name, prefix]) =>
    listOf(identity[name]).map((value) => joined(prefix, value)),
  );
  if (parts.length === 0) return undefined;
  return parts.every((part) => typeof part === 'string') ? parts.join(', ') : { 'Fn::Join': [', ', parts] };
}

function joined(prefix: string, value: unknown): unknown {
  return isIntrinsic(value) ? { 'Fn::Join': ['', [prefix, value]] } : `${prefix}${scalarText(value)}`;
}
