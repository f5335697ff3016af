import { Aws, Stack } from 'aws-cdk-lib';
import * as cognito from 'aws-cdk-lib/aws-cognito';
import { Construct } from 'constructs';
import { dataRemovalPolicy, type Posture } from './posture.ts';

/** Properties of {@link ClientPool}. */
export interface ClientPoolProps {
  /** `production`, or `sandbox` for tests, which deletes data with the stack. The security controls are the same. */
  readonly posture: Posture;
  /** Address that the sign-in page redirects users to. */
  readonly callbackUrl: string;
  /** Existing user pool. @default a user pool is created */
  readonly userPool?: cognito.IUserPool;
}

/** What a token can allow. */
export type ClientScope = 'read' | 'write';

/**
 * The users and clients of the API: a user pool that issues RS256 tokens with the scopes `orders/read` and
 * `orders/write`.
 */
export class ClientPool extends Construct {
  readonly userPool: cognito.IUserPool;
  readonly client: cognito.UserPoolClient;
  /** Domain of the sign-in page; absent if you set `userPool`. */
  readonly signIn?: cognito.UserPoolDomain;
  /** Full names of the scopes, as a token contains them. */
  readonly scopes: Readonly<Record<ClientScope, string>> = { read: 'orders/read', write: 'orders/write' };

  constructor(scope: Construct, id: string, props: ClientPoolProps) {
    super(scope, id);
    if (props.userPool) this.userPool = props.userPool;
    else {
      const pool = this.createPool(props.posture);
      this.userPool = pool;
      this.signIn = pool.addDomain('SignIn', {
        // Unique in the Region over all accounts.
        cognitoDomain: { domainPrefix: `${Stack.of(this).stackName.toLowerCase()}-${Aws.ACCOUNT_ID}` },
      });
    }
    const read = new cognito.ResourceServerScope({ scopeName: 'read', scopeDescription: 'See orders' });
    const write = new cognito.ResourceServerScope({ scopeName: 'write', scopeDescription: 'Place orders' });
    const server = this.userPool.addResourceServer('Orders', { identifier: 'orders', scopes: [read, write] });
    this.client = this.userPool.addClient('Client', {
      generateSecret: false,
      preventUserExistenceErrors: true,
      enableTokenRevocation: true,
      authFlows: { userSrp: true },
      oAuth: {
        flows: { authorizationCodeGrant: true },
        scopes: [
          cognito.OAuthScope.OPENID,
          cognito.OAuthScope.resourceServer(server, read),
          cognito.OAuthScope.resourceServer(server, write),
        ],
        callbackUrls: [props.callbackUrl],
      },
    });
  }

  private createPool(posture: Posture): cognito.UserPool {
    return new cognito.UserPool(this, 'Pool', {
      selfSignUpEnabled: false,
      signInAliases: { email: true },
      mfa: cognito.Mfa.REQUIRED,
      mfaSecondFactor: { otp: true, sms: false },
      accountRecovery: cognito.AccountRecovery.EMAIL_ONLY,
      passwordPolicy: {
        minLength: 14,
        requireLowercase: true,
        requireUppercase: true,
        requireDigits: true,
        requireSymbols: true,
      },
      featurePlan: cognito.FeaturePlan.PLUS,
      standardThreatProtectionMode: cognito.StandardThreatProtectionMode.FULL_FUNCTION,
      deletionProtection: posture === 'production',
      removalPolicy: dataRemovalPolicy(posture),
    });
  }
}
