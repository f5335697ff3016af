import { GetApiKeyCommand, APIGatewayClient } from '@aws-sdk/client-api-gateway';
import {
  CognitoIdentityProviderClient,
  CreateUserPoolClientCommand,
} from '@aws-sdk/client-cognito-identity-provider';
import type { Deployment } from './deployment.ts';

/** What the API answered. */
export interface ApiAnswer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

/** Calls the API through its gateway, with a token and an API key. */
export type CallApi = (
  method: 'GET' | 'POST',
  path: string,
  headers?: Record<string, string>,
  body?: object,
) => Promise<ApiAnswer>;

/** A client with tokens of the pool (of a machine: nobody is there to sign in) and the key of the first client. */
export async function apiClient(app: Deployment): Promise<CallApi> {
  const pool = app.output('HeadgateApi', 'UserPoolId');
  const { UserPoolClient: machine } = await new CognitoIdentityProviderClient(app.client).send(
    new CreateUserPoolClientCommand({
      UserPoolId: pool,
      ClientName: 'machine',
      GenerateSecret: true,
      AllowedOAuthFlowsUserPoolClient: true,
      AllowedOAuthFlows: ['client_credentials'],
      AllowedOAuthScopes: ['orders/read', 'orders/write'],
    }),
  );
  const basic = Buffer.from(`${machine?.ClientId ?? ''}:${machine?.ClientSecret ?? ''}`).toString('base64');
  const answer = await fetch(`${app.endpoint}/oauth2/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${basic}`, 'content-type': 'application/x-www-form-urlencoded' },
    body: 'grant_type=client_credentials&scope=orders/read orders/write',
  });
  const { access_token: token } = (await answer.json()) as { access_token?: string };
  if (token === undefined) throw new Error(`No token: ${answer.status}.`);
  const { value: key = '' } = await new APIGatewayClient(app.client).send(
    new GetApiKeyCommand({ apiKey: app.output('HeadgateApi', 'ApiKeyId'), includeValue: true }),
  );
  const base = `${app.endpoint}/_aws/execute-api/${app.id('AWS::ApiGateway::RestApi', 'Api')}/live`;
  return async (method, path, headers = {}, body) => {
    const response = await fetch(`${base}${path}`, {
      method,
      headers: { authorization: token, 'x-api-key': key, 'content-type': 'application/json', ...headers },
      ...(body && { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
}
