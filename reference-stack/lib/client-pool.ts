import { Aws, Stack } from 'aws-cdk-lib';
import * as cognito from 'aws-cdk-lib/aws-cognito';
import { Construct } from 'constructs';
import { dataRemovalPolicy, type Posture } from './posture.ts';

/** Properties of {@link ClientPool}. */
export interface ClientPoolProps {
  readonly posture: Posture;
  /** Where the sign-in page sends its users back to. */
  readonly callbackUrl: string;
  /** Your own users. @default a pool is made */
  readonly userPool?: cognito.IUserPool;
}

/** What a token may allow. */
export type ClientScope = 'read' | 'write';

/** Who may call: a user pool that issues RS256 tokens with the scopes `orders/read` and `orders/write`. */
export class ClientPool extends Construct {
  readonly userPool: cognito.IUserPool;
  readonly client: cognito.UserPoolClient;
  /** Where users sign in; absent for a pool of your own. */
  readonly signIn?: cognito.UserPoolDomain;
  /** Full names of the scopes, as they stand in a token. */
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
