import './settings.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ResourceNotFoundException } from '@aws-sdk/client-secrets-manager';
import { secretsManager } from '../../../reference-stack/handlers/aws/secrets-manager.ts';
import { handler, type RotationEvent } from '../../../reference-stack/handlers/rotate-api-key.ts';
import { answering, type Call } from './fake-aws.ts';
import { startExternalServer, type ExternalServer } from './external-server.ts';
import { context } from './lambda-inputs.ts';

/** A secret with its versions and stages, as far as a rotation touches them. */
class FakeSecret {
  readonly values = new Map([['v-old', '{"apiKey":"old"}']]);
  readonly stages = new Map([['AWSCURRENT', 'v-old']]);

  get(stage: string): object {
    const value = this.values.get(this.stages.get(stage) ?? '');
    if (value === undefined) throw new ResourceNotFoundException({ message: stage, $metadata: {} });
    return { SecretString: value };
  }

  versions(): Record<string, string[]> {
    const of: Record<string, string[]> = {};
    for (const [stage, version] of this.stages) of[version] = [...(of[version] ?? []), stage];
    return of;
  }
}

describe('rotate-api-key', () => {
  let external: ExternalServer;
  let secret: FakeSecret;
  let calls: Call[];

  beforeAll(async () => {
    external = await startExternalServer(() => ({ status: 200, body: {} }));
    process.env['EXTERNAL_API_URL'] = external.url;
  });
  afterAll(() => external.close());

  beforeEach(() => {
    secret = new FakeSecret();
    external.seen.length = 0;
    external.reply = ({ method, headers }) => {
      if (method === 'POST') return { status: 200, body: { apiKey: 'new' } };
      return headers['x-api-key'] === 'new' ? { status: 200, body: {} } : { status: 403, body: {} };
    };
    calls = answering(secretsManager, {
      GetSecretValueCommand: (input: { VersionStage?: string }) => secret.get(input.VersionStage ?? ''),
      PutSecretValueCommand: (input: { ClientRequestToken?: string; SecretString?: string }) => {
        secret.values.set(input.ClientRequestToken ?? '', input.SecretString ?? '');
        secret.stages.set('AWSPENDING', input.ClientRequestToken ?? '');
        return {};
      },
      DescribeSecretCommand: () => ({ VersionIdsToStages: secret.versions() }),
      UpdateSecretVersionStageCommand: (input: { MoveToVersionId?: string }) => {
        secret.stages.set('AWSCURRENT', input.MoveToVersionId ?? '');
        return {};
      },
    });
  });

  const step = (Step: RotationEvent['Step']) =>
    handler({ Step, SecretId: 'secret', ClientRequestToken: 'v-new' }, context());

  it('makes, tests and promotes a new key, and every step may come twice', async () => {
    for (const name of ['createSecret', 'setSecret', 'testSecret', 'finishSecret'] as const) {
      await step(name);
      await step(name);
    }
    expect(secret.get('AWSCURRENT')).toEqual({ SecretString: '{"apiKey":"new"}' });
    expect(external.seen.filter(({ method }) => method === 'POST')).toHaveLength(1);
    expect(external.seen[0]?.headers).toMatchObject({ 'x-api-key': 'old', 'idempotency-key': 'v-new' });
    expect(calls.filter(({ command }) => command === 'UpdateSecretVersionStageCommand')).toHaveLength(1);
  });

  it('leaves the current key where the provider does not take the new one', async () => {
    await step('createSecret');
    external.reply = () => ({ status: 403, body: {} });
    await expect(step('testSecret')).rejects.toThrow('responded with 403 to GET /keys/current');
    expect(secret.get('AWSCURRENT')).toEqual({ SecretString: '{"apiKey":"old"}' });
  });

  it('tests nothing where rotation is set up and no key was made, or none was ever put in', async () => {
    external.reply = () => ({ status: 403, body: {} });
    await step('testSecret');
    secret.values.set('v-old', '{"placeholder":"made up"}');
    secret.values.set('v-new', '{"placeholder":"made up"}');
    secret.stages.set('AWSPENDING', 'v-new');
    await step('testSecret');
    expect(external.seen).toHaveLength(0);
  });

  it('stores nothing where the provider names no key', async () => {
    external.reply = () => ({ status: 200, body: {} });
    await expect(step('createSecret')).rejects.toThrow('did not create a key');
    expect(secret.stages.has('AWSPENDING')).toBe(false);
  });
});
