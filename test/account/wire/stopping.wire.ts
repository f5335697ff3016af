import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { ScanResult } from '../../../src/model/scan-result.ts';
import { startHeadgate, type Ended, type Running } from './command.ts';
import { installMoto, startMoto } from './moto-server.mjs';
import { startProxy, type RecordingProxy } from './recording-proxy.ts';
import { seedFlows } from './seed-flows.ts';

const missing = await installMoto();
if (missing !== undefined)
  console.log(`skipped, not passed: the wire suite needs a local AWS endpoint, and ${missing}`);
const describeOnWire = missing === undefined ? describe : describe.skip;

const account = '444455556666';
const region = 'us-east-1';

describeOnWire('a run that is stopped half-way', () => {
  let server: Awaited<ReturnType<typeof startMoto>>;
  let proxy: RecordingProxy;
  let folder: string;

  beforeAll(async () => {
    server = await startMoto();
    proxy = await startProxy(server.endpoint, { account });
    const credentials = { accessKeyId: 'testing', secretAccessKey: 'testing' };
    await seedFlows({ endpoint: proxy.endpoint, region, credentials }, account, false);
  }, 60_000);
  afterAll(async () => {
    await proxy.stop();
    await server.stop();
  });
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'headgate-stopped-'));
    proxy.received.length = 0;
    proxy.latencyMs = 400;
  });
  afterEach(() => rm(folder, { recursive: true }));

  const start = (...args: readonly string[]): Running =>
    startHeadgate(folder, ...args, '--endpoint', proxy.endpoint, '--region', region);
  /** Resolves once so many requests of the run have arrived: it is in the middle of its work. */
  const arrived = async (count: number): Promise<void> => {
    while (proxy.received.length < count) await sleep(5);
  };
  /** Every answer from then on takes longer than the test may, so that only a run that lets go of them ends. */
  const stopHalfWay = async (running: Running, signal: 'SIGINT' | 'SIGTERM'): Promise<Ended> => {
    await arrived(60);
    proxy.latencyMs = 600_000;
    running.kill(signal);
    return running.ended;
  };

  it.each(['SIGINT', 'SIGTERM'] as const)(
    'decides what is there on %s, and says what lacks',
    async (signal) => {
      const { code, out, err } = await stopHalfWay(start('audit', '--format', 'json'), signal);
      const result = JSON.parse(out) as ScanResult; // its own format
      expect(code).toBe(2);
      expect(err).toMatch(/^headgate: stopping; what is there is kept/);
      expect(err).toMatch(/incomplete: \d+ of \d+ operations failed/);
      expect(result.diagnostics).toContainEqual(
        expect.objectContaining({
          code: 'account-call-timeout',
          message: expect.stringContaining('the audit was stopped'),
        }),
      );
      expect(result.summary.unknown).toBeGreaterThan(0);
      const unsigned = result.evaluations.filter(({ ruleId }) => ruleId === 'all.lambda.code-signing');
      expect(unsigned.map(({ verdict }) => verdict)).not.toContain('fail');
    },
  );

  it.each(['SIGINT', 'SIGTERM'] as const)(
    'saves a whole snapshot on %s, marked as incomplete',
    async (signal) => {
      const { code, out, err } = await stopHalfWay(start('collect'), signal);
      expect({ code, err: err.split('\n').length, out }).toEqual({
        code: 2,
        err: 3,
        out: expect.stringMatching(/^Wrote account\.json\.gz: \d+ resources/),
      });
      expect(await readdir(folder)).toEqual(['account.json.gz']);
      const scan = await startHeadgate(folder, 'scan', 'account.json.gz', '--format', 'json').ended;
      const { diagnostics } = JSON.parse(scan.out) as ScanResult; // its own format
      expect(diagnostics.map(({ code: each }) => each)).toContain('account-call-timeout');
    },
  );

  it('ends at once when it is told twice, and leaves no file', async () => {
    // Nobody reads the pipe, so that the first signal alone would leave the command waiting to write.
    execFileSync('mkfifo', [join(folder, 'account.json.gz')]);
    const running = start('collect');
    await arrived(60);
    running.kill('SIGINT');
    await running.said('stopping; what is there is kept');
    running.kill('SIGINT');
    expect(await running.ended).toMatchObject({ code: null, signal: 'SIGINT', out: '' });
    expect(await readdir(folder)).toEqual(['account.json.gz']);
  });

  it('keeps to --timeout, and leaves it to --unknown whether what lacks is a failure', async () => {
    // Half-way the endpoint stops answering: only the deadline can end the audit.
    proxy.latencyMs = 50;
    const running = start('audit', '--timeout', '15', '--unknown', 'fail', '--format', 'json');
    await arrived(60);
    proxy.latencyMs = 600_000;
    const { code, out, err } = await running.ended;
    const { diagnostics } = JSON.parse(out) as ScanResult; // its own format
    expect(code).toBe(1);
    expect(err).toMatch(/^headgate: account 444455556666, us-east-1: incomplete/);
    expect(diagnostics.map(({ message }) => message)).toContainEqual(
      expect.stringContaining('the audit reached its time limit of 15 s'),
    );
  });

  it('says that nothing was read where it is stopped before anything was', async () => {
    proxy.latencyMs = 60_000;
    const running = start('audit');
    await arrived(1);
    running.kill('SIGINT');
    const { code, out, err } = await running.ended;
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain('The account could not be identified: the audit was stopped');
  });
});

describe('a scan that is stopped half-way', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'headgate-stopped-'));
    await mkdir(join(folder, 'templates'));
    const Resources = Object.fromEntries(
      Array.from({ length: 100 }, (_, index) => [`Queue${index}`, { Type: 'AWS::SQS::Queue' }]),
    );
    for (let index = 0; index < 150; index += 1)
      await writeFile(join(folder, 'templates', `${index}.json`), JSON.stringify({ Resources }));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it.each([150, 600, 1200])('leaves its report as it was, or whole (%i ms)', async (afterMs) => {
    await writeFile(join(folder, 'report.json'), '"as it was"');
    const running = startHeadgate(folder, 'scan', 'templates', '--format', 'json', '--output', 'report.json');
    await sleep(afterMs);
    running.kill('SIGINT');
    const { code } = await running.ended;
    const report = JSON.parse(await readFile(join(folder, 'report.json'), 'utf8')) as string | ScanResult; // as written
    // A run that was quicker than the signal has an exit code.
    if (code === null) expect(report).toBe('as it was');
    else expect(report).toMatchObject({ inputs: { length: 150 } });
  });
});
