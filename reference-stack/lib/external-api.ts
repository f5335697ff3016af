import { Aws, Duration } from 'aws-cdk-lib';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { FlowObservability } from './observability.ts';
import { dataRemovalPolicy } from './posture.ts';
import type { Foundation } from './foundation.ts';
import { shippedHandler } from './handler-code.ts';
import { Runbook } from './runbook.ts';
import { SecureFunction } from './secure-function.ts';
import { DeadLetterQueue } from './secure-queue.ts';

/** Properties of {@link ExternalApi}. */
export interface ExternalApiProps {
  /** Foundation whose `network.externalCidrs` is set. */
  readonly foundation: Foundation;
  /** Base address of the API; must use `https://`. */
  readonly url: string;
  /** Days between two rotations of the key. @default 30 */
  readonly rotationDays?: number;
  /** Maximum number of calls per second from one execution environment. @default 5 */
  readonly callsPerSecond?: number;
  /**
   * Path of a custom rotation handler. The built-in handler requests a new key with `POST /keys`.
   *
   * @default the built-in handler
   */
  readonly rotationEntry?: string;
}

/** An API outside AWS: its address, its key in Secrets Manager, and the function that rotates the key. */
export class ExternalApi extends Construct {
  readonly url: string;
  readonly secret: secretsmanager.Secret;
  readonly rotation: SecureFunction;
  private readonly callsPerSecond: number;
  private readonly key: kms.IKey;

  /** @throws when the address is not https */
  constructor(scope: Construct, id: string, props: ExternalApiProps) {
    super(scope, id);
    if (!props.url.startsWith('https://'))
      throw new Error(
        `\`${props.url}\` is not valid for the external API. Set a URL that starts with https://.`,
      );
    this.url = props.url;
    this.callsPerSecond = props.callsPerSecond ?? 5;
    const { foundation } = props;
    this.key = foundation.key;
    this.secret = new secretsmanager.Secret(this, 'Key', {
      description: 'Key of the external API; store the first key yourself, rotation creates the next ones',
      encryptionKey: foundation.key,
      generateSecretString: {
        // No `apiKey` until somebody puts one in: a made-up key would be tried against the provider.
        secretStringTemplate: '{}',
        generateStringKey: 'placeholder',
        excludePunctuation: true,
      },
      removalPolicy: dataRemovalPolicy(foundation.posture),
    });
    this.rotation = this.createRotation(props);
    this.scheduleRotation(props.rotationDays ?? 30);
  }

  /** Returns the environment variables that the handlers' `external-api.ts` reads. */
  environment(): Record<string, string> {
    return {
      EXTERNAL_API_URL: this.url,
      EXTERNAL_API_CREDENTIALS_ARN: this.secret.secretArn,
      EXTERNAL_API_CALLS_PER_SECOND: String(this.callsPerSecond),
    };
  }

  /** Allows a function to read the key. */
  grantUse(grantee: SecureFunction): void {
    grantee.allow(['secretsmanager:GetSecretValue'], [this.secret.secretArn]);
    grantee.allow(['kms:Decrypt'], [this.key.keyArn], {
      StringEquals: { 'kms:ViaService': `secretsmanager.${Aws.REGION}.${Aws.URL_SUFFIX}` },
    });
  }

  private createRotation(props: ExternalApiProps): SecureFunction {
    const { foundation } = props;
    const runbook = new Runbook(this, 'Runbook', { flow: 'key rotation', key: foundation.key });
    const failures = new DeadLetterQueue(this, 'Failures', {
      key: foundation.key,
      operations: foundation.operations,
      runbook,
      holds: 'Rotations of the external API key that failed',
    });
    const rotation = new SecureFunction(this, 'Rotation', {
      foundation,
      key: foundation.key,
      description: 'Rotates the key of the external API',
      entry: props.rotationEntry ?? shippedHandler('rotate-api-key'),
      service: 'rotate-api-key',
      reservedConcurrency: 1,
      timeout: Duration.seconds(30),
      egress: true,
      failures,
      environment: { EXTERNAL_API_URL: this.url },
    });
    rotation.allow(
      ['DescribeSecret', 'GetSecretValue', 'PutSecretValue', 'UpdateSecretVersionStage'].map(
        (action) => `secretsmanager:${action}`,
      ),
      [this.secret.secretArn],
    );
    new FlowObservability(this, 'Observability', { functions: [rotation], deadLetters: [failures] });
    return rotation;
  }

  /** By hand: the L2 schedule admits Secrets Manager without naming the secret. */
  private scheduleRotation(days: number): void {
    const { function: handler } = this.rotation;
    const permission = new lambda.CfnPermission(this, 'RotationPermission', {
      action: 'lambda:InvokeFunction',
      functionName: handler.functionArn,
      principal: 'secretsmanager.amazonaws.com',
      sourceArn: this.secret.secretArn,
      sourceAccount: Aws.ACCOUNT_ID,
    });
    const schedule = new secretsmanager.CfnRotationSchedule(this, 'Schedule', {
      secretId: this.secret.secretArn,
      rotationLambdaArn: handler.functionArn,
      rotationRules: { automaticallyAfterDays: days },
      rotateImmediatelyOnUpdate: false,
    });
    schedule.addResourceDependency(permission);
  }
}
