import type { CognitoIdentityProvider } from '@aws-sdk/client-cognito-identity-provider';
import { defineCollector } from '../collector.ts';
import { pages } from '../pages.ts';
import { nonEmpty } from '../plain.ts';

const poolType = 'AWS::Cognito::UserPool';
const clientType = 'AWS::Cognito::UserPoolClient';

/** User pools and their clients. */
export const cognito = defineCollector<CognitoIdentityProvider>({
  service: 'cognito',
  prefix: 'cognito-idp',
  absentIn: ['aws-cn'],
  open: async (config) => {
    const sdk = await import('@aws-sdk/client-cognito-identity-provider');
    return new sdk.CognitoIdentityProvider(config);
  },
  operations: [
    {
      operation: 'ListUserPools',
      finds: [poolType],
      async *list(api, { partition, region, account }) {
        const listed = pages(
          (NextToken) => api.listUserPools({ NextToken, MaxResults: 60 }),
          (page) => page.NextToken,
        );
        for await (const { UserPools = [] } of listed) {
          yield {
            found: UserPools.map(({ Id = '', Name = Id }) => {
              const arn = `arn:${partition}:cognito-idp:${region}:${account}:userpool/${Id}`;
              return {
                type: poolType,
                name: Name,
                keys: { id: Id },
                arn,
                properties: { UserPoolId: Id, Arn: arn, UserPoolName: Name },
              };
            }),
          };
        }
      },
    },
    {
      operation: 'DescribeUserPool',
      each: poolType,
      links: true,
      fills: [
        'DeletionProtection',
        'LambdaConfig',
        'MfaConfiguration',
        'Policies',
        'UserPoolAddOns',
        'UserPoolTier',
      ],
      async *read(api, { keys }) {
        const { UserPool: pool } = await api.describeUserPool({ UserPoolId: keys?.id });
        yield {
          properties: {
            DeletionProtection: pool?.DeletionProtection,
            LambdaConfig: nonEmpty(pool?.LambdaConfig),
            MfaConfiguration: pool?.MfaConfiguration,
            Policies: pool?.Policies,
            UserPoolAddOns: pool?.UserPoolAddOns,
            UserPoolTier: pool?.UserPoolTier,
          },
        };
      },
    },
    {
      operation: 'ListUserPoolClients',
      each: poolType,
      finds: [clientType],
      async *read(api, { keys }) {
        const UserPoolId = keys?.id;
        const listed = pages(
          (NextToken) => api.listUserPoolClients({ UserPoolId, NextToken, MaxResults: 60 }),
          (page) => page.NextToken,
        );
        for await (const { UserPoolClients = [] } of listed) {
          yield {
            found: UserPoolClients.map(({ ClientId = '', ClientName }) => ({
              type: clientType,
              name: ClientName ?? ClientId,
              key: ClientId,
              keys: { pool: UserPoolId, id: ClientId },
              properties: { UserPoolId, ClientId, ClientName },
            })),
          };
        }
      },
    },
    {
      operation: 'DescribeUserPoolClient',
      each: clientType,
      fills: [
        'AllowedOAuthFlows',
        'CallbackURLs',
        'ExplicitAuthFlows',
        'GenerateSecret',
        'PreventUserExistenceErrors',
        'SupportedIdentityProviders',
      ],
      async *read(api, { keys }) {
        const { UserPoolClient: client } = await api.describeUserPoolClient({
          UserPoolId: keys?.pool,
          ClientId: keys?.id,
        });
        yield {
          properties: {
            AllowedOAuthFlows: client?.AllowedOAuthFlows,
            CallbackURLs: client?.CallbackURLs,
            ExplicitAuthFlows: client?.ExplicitAuthFlows,
            // The secret itself goes no further than here.
            GenerateSecret: client?.ClientSecret !== undefined,
            PreventUserExistenceErrors: client?.PreventUserExistenceErrors,
            SupportedIdentityProviders: client?.SupportedIdentityProviders,
          },
        };
      },
    },
  ],
});
