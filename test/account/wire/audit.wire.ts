import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { run } from '../../../src/cli/run.ts';
import type { ScanResult, Verdict } from '../../../src/model/scan-result.ts';
import { installMoto, startMoto } from './moto-server.mjs';
import { seedFlows } from './seed-flows.ts';

const missing = await installMoto();
if (missing !== undefined)
  console.log(`skipped, not passed: the wire suite needs a local AWS endpoint, and ${missing}`);
const describeOnWire = missing === undefined ? describe : describe.skip;

const keys = { AWS_ACCESS_KEY_ID: 'testing', AWS_SECRET_ACCESS_KEY: 'testing', AWS_MAX_ATTEMPTS: '1' };

const now = (): Date => new Date('2026-11-23T00:00:00Z');

/** Rule, resource of the sound and the bad flow. */
const judged: readonly (readonly [rule: string, sound: string, bad: string])[] = [
  ['all.lambda.runtime', 'sound-api', 'bad-api'],
  ['all.lambda.reserved-concurrency', 'sound-batch', 'bad-batch'],
  ['all.lambda.no-plaintext-secrets', 'sound-api', 'bad-api'],
  ['all.lambda.permission.role', 'sound-events', 'bad-events'],
  ['batch.queue.visibility-timeout', 'sound-batch', 'bad-batch'],
  ['batch.dlq.redrive', 'sound-batch', 'bad-batch'],
  ['batch.queue.policy', 'sound-batch', 'bad-batch'],
  ['batch.queue.encryption.customer-managed', 'sound-batch', 'bad-batch'],
  ['events.bus.encryption', 'sound-events', 'bad-events'],
  ['events.bus.archive', 'sound-events', 'bad-events'],
  ['events.bus.filtering', 'sound-rule', 'bad-rule'],
  ['events.rule.dlq', 'sound-rule', 'bad-rule'],
  ['events.sns.encryption', 'sound-events', 'bad-events'],
  ['api.authorizer.present', 'sound POST /', 'bad POST /'],
  ['api.gateway.tracing', 'sound/prod', 'bad/prod'],
  ['api.gateway.throttling', 'sound/prod', 'bad/prod'],
  ['api.s3.encryption', 'sound-bucket', 'bad-bucket'],
  ['api.s3.versioning', 'sound-bucket', 'bad-bucket'],
];

describeOnWire('the command line on an account of three flows', () => {
  let server: Awaited<ReturnType<typeof startMoto>>;
  let folder: string;
  let audited: ScanResult;

  const headgate = async (
    ...args: readonly string[]
  ): Promise<{ code: number; out: string; err: string }> => {
    const [out, err] = [new Sink(), new Sink()];
    const code = await run(args, { cwd: folder, stdout: out, stderr: err, now, env: {} });
    return { code, out: out.text, err: err.text };
  };

  beforeAll(async () => {
    Object.assign(process.env, keys);
    server = await startMoto();
    folder = await mkdtemp(join(tmpdir(), 'headgate-wire-'));
    await seedFlows({
      endpoint: server.endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'testing', secretAccessKey: 'testing' },
    });
    const account = ['--endpoint', server.endpoint, '--region', 'us-east-1'];
    await headgate('audit', ...account, '--format', 'json', '--output', 'audit.json');
    await headgate('collect', ...account, '--output', 'account.json.gz');
    audited = JSON.parse(await readFile(join(folder, 'audit.json'), 'utf8')) as ScanResult; // its own format
  }, 180_000);
  afterAll(async () => {
    await server.stop();
    await rm(folder, { recursive: true });
  });

  const verdict = (ruleId: string, name: string): Verdict | undefined =>
    audited.evaluations.find((each) => each.ruleId === ruleId && each.resource.name === name)?.verdict;

  it.each(judged)('tells the sound flow from the bad one: %s', (rule, sound, bad) => {
    expect([verdict(rule, sound), verdict(rule, bad)]).toEqual(['pass', 'fail']);
  });

  it('decides a snapshot as it decided the account, and keeps no secret in it', async () => {
    await headgate('scan', 'account.json.gz', '--format', 'json', '--output', 'scan.json');
    const scanned = JSON.parse(await readFile(join(folder, 'scan.json'), 'utf8')) as ScanResult; // its own format
    expect(withoutSecrets(scanned.evaluations)).toEqual(withoutSecrets(audited.evaluations));
    expect(scanned.evaluations.length).toBeGreaterThan(200);
    const snapshot = gunzipSync(await readFile(join(folder, 'account.json.gz'))).toString('utf8');
    expect(snapshot).not.toContain('hunter2');
    expect(snapshot).toContain('DB_PASSWORD');
  }, 60_000);

  it('tells what a template declares and the account lacks or decides otherwise', async () => {
    const queue = (QueueName: string): object => ({
      Type: 'AWS::SQS::Queue',
      Properties: { QueueName, SqsManagedSseEnabled: true, VisibilityTimeout: 180 },
    });
    const Resources = { Batch: queue('bad-batch'), Gone: queue('gone') };
    await writeFile(join(folder, 'declared.json'), JSON.stringify({ Resources }));
    const { code, out } = await headgate('audit', '--from', 'account.json.gz', '--compare', 'declared.json');
    expect(out).toContain('missing  AWS::SQS::Queue');
    expect(code).toBe(1);
  }, 60_000);
});

/** Evaluations as both runs give them: the audit shows what a snapshot has only the hash of. */
function withoutSecrets(evaluations: ScanResult['evaluations']): unknown {
  const text = JSON.stringify(evaluations).replace(
    /headgate-redacted:[0-9a-f]{64}|hunter2-hunter2/g,
    '(secret)',
  );
  return JSON.parse(text);
}

/** A stream that keeps what is written. */
class Sink {
  text = '';
  readonly isTTY = false;
  write(chunk: string): boolean {
    this.text += chunk;
    return true;
  }
}
