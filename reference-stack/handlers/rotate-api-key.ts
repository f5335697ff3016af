import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  ResourceNotFoundException,
  UpdateSecretVersionStageCommand,
} from '@aws-sdk/client-secrets-manager';
import type { Context } from 'aws-lambda';
import { secretsManager } from './aws/secrets-manager.ts';
import { requireEnvironment } from './environment.ts';
import { logger, publishMetrics } from './observability.ts';
import { withRetry } from './resilience/retry.ts';

/** What Secrets Manager sends, once for each of its four steps. */
export interface RotationEvent {
  readonly Step: 'createSecret' | 'setSecret' | 'testSecret' | 'finishSecret';
  readonly SecretId: string;
  /** Version that the rotation makes. */
  readonly ClientRequestToken: string;
}

const callTimeoutMs = 5_000;

/**
 * Rotates the key of the external API. The provider makes a new key (`POST /keys`, with the old one) that is valid
 * at once and beside the old one, until the old one is used no more. Every step may be repeated.
 */
export async function handler(event: RotationEvent, context: Context): Promise<void> {
  logger.addContext(context);
  logger.setCorrelationId(event.ClientRequestToken);
  try {
    await steps[event.Step](event);
    logger.info('Rotation step done.', { step: event.Step });
  } finally {
    publishMetrics();
  }
}

const steps: Readonly<Record<RotationEvent['Step'], (event: RotationEvent) => Promise<void>>> = {
  createSecret: async (event) => {
    if ((await readKey(event, 'AWSPENDING')) !== undefined) return;
    const current = await requireKey(event, 'AWSCURRENT');
    const answer = await callProvider('POST', '/keys', current, event.ClientRequestToken);
    const { apiKey } = answer as { apiKey?: unknown }; // any JSON
    if (typeof apiKey !== 'string') throw new Error('The provider did not create a key.');
    await secretsManager.send(
      new PutSecretValueCommand({
        SecretId: event.SecretId,
        ClientRequestToken: event.ClientRequestToken,
        SecretString: JSON.stringify({ apiKey }),
        VersionStages: ['AWSPENDING'],
      }),
    );
  },
  // The provider knows the key already: it made it.
  setSecret: () => Promise.resolve(),
  testSecret: async (event) => {
    const pending = await readKey(event, 'AWSPENDING');
    // Secrets Manager also calls this step alone, when rotation is set up, with a version that nobody made a key for:
    // https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_RotateSecret.html (RotateImmediately).
    if (pending === undefined || pending === (await readKey(event, 'AWSCURRENT'))) {
      logger.info('There is no new key to test.');
      return;
    }
    await callProvider('GET', '/keys/current', pending, event.ClientRequestToken);
  },
  finishSecret: async (event) => {
    const { VersionIdsToStages: versions = {} } = await secretsManager.send(
      new DescribeSecretCommand({ SecretId: event.SecretId }),
    );
    const current = Object.keys(versions).find((version) => versions[version]?.includes('AWSCURRENT'));
    if (current === event.ClientRequestToken) return;
    await secretsManager.send(
      new UpdateSecretVersionStageCommand({
        SecretId: event.SecretId,
        VersionStage: 'AWSCURRENT',
        MoveToVersionId: event.ClientRequestToken,
        RemoveFromVersionId: current,
      }),
    );
  },
};

async function readKey(
  event: RotationEvent,
  stage: 'AWSCURRENT' | 'AWSPENDING',
): Promise<string | undefined> {
  try {
    const { SecretString: text } = await secretsManager.send(
      new GetSecretValueCommand({
        SecretId: event.SecretId,
        VersionStage: stage,
        ...(stage === 'AWSPENDING' && { VersionId: event.ClientRequestToken }),
      }),
    );
    const { apiKey } = JSON.parse(text ?? '{}') as { apiKey?: unknown }; // any JSON
    return typeof apiKey === 'string' ? apiKey : undefined;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}

async function requireKey(event: RotationEvent, stage: 'AWSCURRENT' | 'AWSPENDING'): Promise<string> {
  const key = await readKey(event, stage);
  if (key === undefined) throw new Error(`The secret has no key at ${stage}.`);
  return key;
}

async function callProvider(
  method: string,
  path: string,
  key: string,
  idempotencyKey: string,
): Promise<unknown> {
  const url = new URL(path, requireEnvironment('EXTERNAL_API_URL'));
  return withRetry(
    async () => {
      const response = await fetch(url, {
        method,
        headers: { 'x-api-key': key, 'idempotency-key': idempotencyKey },
        signal: AbortSignal.timeout(callTimeoutMs),
        redirect: 'error',
      });
      if (!response.ok)
        throw new Error(`The provider responded with ${response.status} to ${method} ${path}.`);
      return response.json();
    },
    { attempts: 3, baseMs: 200, maximumMs: 2_000, isTransient: () => true },
  );
}
