import { scalarText } from '../model/scalar-text.ts';
import { isRawObject } from '../text/raw.ts';
import { asMap } from './check-properties.ts';
import { SamProblem } from './problem.ts';
import { isGiven, isTruthy, listOf, present, sub, type Tree } from './tree.ts';

/** An authorizer of an HTTP API as its template names it. */
export interface HttpAuthorizer {
  readonly name: string;
  readonly kind: 'jwt' | 'lambda' | 'iam';
  readonly scopes: readonly unknown[] | undefined;
  readonly written: Tree;
}

const sources = [
  ['Headers', '$request.header.'],
  ['QueryStrings', '$request.querystring.'],
  ['StageVariables', '$stageVariables.'],
  ['Context', '$context.'],
] as const;

/** The authorizers of `Auth`, with AWS_IAM where it is enabled. */
export function readHttpAuthorizers(auth: Tree): HttpAuthorizer[] {
  const written = auth['Authorizers'];
  const named = isGiven(written) ? asMap(written, 'Auth.Authorizers') : {};
  const iam: HttpAuthorizer = { name: 'AWS_IAM', kind: 'iam', scopes: undefined, written: {} };
  const hasIam = auth['EnableIamAuthorizer'] === true;
  const own = Object.entries(named).map(([name, value]) => readAuthorizer(name, value));
  return hasIam && !own.some(({ name }) => name === 'AWS_IAM') ? [...own, iam] : own;
}

function readAuthorizer(name: string, value: unknown): HttpAuthorizer {
  const path = ['Auth', 'Authorizers', name];
  const written = asMap(value, path.join('.'), path);
  const problem = (message: string): SamProblem => new SamProblem(`authorizer \`${name}\`: ${message}`, path);
  if (isGiven(written['OpenIdConnectUrl'])) {
    throw problem('`OpenIdConnectUrl` is no longer supported; use `JwtConfiguration`');
  }
  const scopes = written['AuthorizationScopes'];
  if (isGiven(scopes) && !Array.isArray(scopes)) throw problem('`AuthorizationScopes` must be a list');
  const kind = isGiven(written['JwtConfiguration']) ? 'jwt' : 'lambda';
  const foreign = owners[kind].foreign.find((property) => isGiven(written[property]));
  if (foreign !== undefined) throw problem(`\`${foreign}\` is only supported for ${owners[kind].other}`);
  if (kind === 'lambda') checkLambda(written, problem);
  else if (!isGiven(written['IdentitySource'])) throw problem('JWT authorizers need `IdentitySource`');
  return { name, kind, scopes: isGiven(scopes) ? listOf(scopes) : undefined, written };
}

/** Properties that each kind of authorizer leaves to the other. */
const owners = {
  jwt: {
    other: 'Lambda authorizers',
    foreign: [
      'FunctionArn',
      'FunctionInvokeRole',
      'Identity',
      'AuthorizerPayloadFormatVersion',
      'EnableSimpleResponses',
      'EnableFunctionDefaultPermissions',
    ],
  },
  lambda: { other: 'JWT authorizers', foreign: ['AuthorizationScopes', 'IdentitySource'] },
} as const;

function checkLambda(written: Tree, problem: (message: string) => SamProblem): void {
  const { FunctionArn, EnableFunctionDefaultPermissions } = written;
  if (!isGiven(FunctionArn))
    throw problem('it needs `JwtConfiguration`, or `FunctionArn` for a Lambda authorizer');
  if (!isGiven(written['AuthorizerPayloadFormatVersion']))
    throw problem('Lambda authorizers need `AuthorizerPayloadFormatVersion`');
  const identity = written['Identity'];
  if (isGiven(identity) && !isRawObject(identity)) throw problem('`Identity` should be a map');
  for (const [name] of sources) {
    const value = isRawObject(identity) ? identity[name] : undefined;
    if (!isGiven(value)) continue;
    if (!Array.isArray(value)) throw problem(`\`Identity.${name}\` should be a list`);
    const wrong = value.findIndex((item) => typeof item !== 'string');
    if (wrong !== -1) throw problem(`\`Identity.${name}[${wrong}]\` should be a string`);
  }
  if (isGiven(EnableFunctionDefaultPermissions) && typeof EnableFunctionDefaultPermissions !== 'boolean') {
    throw problem('`EnableFunctionDefaultPermissions` should be true or false');
  }
}

/** Security scheme of an authorizer. */
export function httpSecurityScheme({ kind, written }: HttpAuthorizer, partition: string): Tree {
  if (kind === 'iam') {
    return {
      type: 'apiKey',
      name: 'Authorization',
      in: 'header',
      'x-amazon-apigateway-authtype': 'awsSigv4',
    };
  }
  if (kind === 'lambda') {
    return {
      type: 'apiKey',
      name: 'Unused',
      in: 'header',
      'x-amazon-apigateway-authorizer': lambda(written, partition),
    };
  }
  return {
    type: 'oauth2',
    'x-amazon-apigateway-authorizer': present({
      jwtConfiguration: lowerKeys(written['JwtConfiguration']),
      identitySource: written['IdentitySource'],
      type: 'jwt',
    }),
  };
}

function lowerKeys(written: unknown): unknown {
  if (!isRawObject(written)) return written;
  return Object.fromEntries(Object.entries(written).map(([name, value]) => [name.toLowerCase(), value]));
}

function lambda(written: Tree, partition: string): Tree {
  const identity = isRawObject(written['Identity']) ? written['Identity'] : {};
  const parts = sources.flatMap(([name, prefix]) =>
    listOf(identity[name]).map((value) => `${prefix}${scalarText(value)}`),
  );
  return present({
    type: 'request',
    authorizerUri: sub(
      `arn:${partition}:apigateway:\${AWS::Region}:lambda:path/2015-03-31/functions/\${__FunctionArn__}/invocations`,
      { __FunctionArn__: written['FunctionArn'] },
    ),
    authorizerPayloadFormatVersion: written['AuthorizerPayloadFormatVersion'],
    authorizerCredentials: isTruthy(written['FunctionInvokeRole'])
      ? written['FunctionInvokeRole']
      : undefined,
    authorizerResultTtlInSeconds: identity['ReauthorizeEvery'],
    identitySource: parts.length > 0 ? parts : undefined,
    enableSimpleResponses:
      written['EnableSimpleResponses'] === false ? undefined : written['EnableSimpleResponses'],
  });
}
