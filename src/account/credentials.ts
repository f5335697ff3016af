import { HeadgateError } from '../model/headgate-error.ts';
import type { Credentials } from './collector.ts';

/** Whose account is audited. Without any member the SDK's own chain decides: environment, SSO, web identity, container, instance. */
export interface CredentialOptions {
  /** Profile of the shared configuration; SSO profiles count. */
  readonly profile?: string;
  /** Role to assume with what the chain or profile gives. */
  readonly roleArn?: string;
  readonly externalId?: string;
  readonly sessionName?: string;
  /** File with an OIDC token, to assume `roleArn` with instead. */
  readonly webIdentityTokenFile?: string;
  /** Region of the STS endpoint. */
  readonly region: string;
  /** URL of another endpoint than AWS's, which is asked for roles as well. */
  readonly endpoint?: string;
}

/**
 * The SDK's credential provider for the options. No call is made before the first use.
 * @throws HeadgateError `options-invalid` for an external id or token file without a role.
 */
export async function chooseCredentials(options: CredentialOptions): Promise<Credentials> {
  const { profile, roleArn, externalId, webIdentityTokenFile, region, endpoint } = options;
  const providers = await import('@aws-sdk/credential-providers');
  const clientConfig = { region, ...(endpoint === undefined ? {} : { endpoint }) };
  const chain = providers.fromNodeProviderChain({
    clientConfig,
    ...(profile === undefined ? {} : { profile }),
  });
  if (roleArn === undefined) {
    if (externalId === undefined && webIdentityTokenFile === undefined) return chain;
    throw new HeadgateError(
      'options-invalid',
      '--external-id and --web-identity-token-file require --role-arn.',
    );
  }
  const RoleSessionName = options.sessionName ?? 'headgate';
  if (webIdentityTokenFile !== undefined) {
    return providers.fromTokenFile({
      clientConfig,
      roleArn,
      roleSessionName: RoleSessionName,
      webIdentityTokenFile,
    });
  }
  return providers.fromTemporaryCredentials({
    clientConfig,
    masterCredentials: chain,
    params: {
      RoleArn: roleArn,
      RoleSessionName,
      ...(externalId === undefined ? {} : { ExternalId: externalId }),
    },
  });
}
