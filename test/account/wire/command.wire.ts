import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ScanResult, Verdict } from '../../../src/model/scan-result.ts';
import { allows, askedOf } from './action-of.ts';
import { startHeadgate, type Ended } from './command.ts';
import { minimumCalls, receivedCalls } from './minimum-calls.ts';
import { installMoto, startMoto } from './moto-server.mjs';
import { startProxy, type RecordingProxy } from './recording-proxy.ts';
import { seedFlows } from './seed-flows.ts';

const missing = await installMoto();
if (missing !== undefined)
  console.log(`skipped, not passed: the wire suite needs a local AWS endpoint, and ${missing}`);
const describeOnWire = missing === undefined ? describe : describe.skip;

const sound = '111122223333';
const bad = '444455556666';
const region = 'us-east-1';

/** Failures of the sound account: the rule, the resource, and what the endpoint makes of what was asked for. */
const notHeld: Readonly<Record<string, string>> = {
  'all.lambda.structured-logging orders-api': 'drops LoggingConfig of a function',
  'all.lambda.structured-logging orders-batch': 'drops LoggingConfig of a function',
  'all.lambda.structured-logging orders-events': 'drops LoggingConfig of a function',
  'all.lambda.async-failure orders-events': 'drops DeadLetterConfig of a function',
  'all.lambda.destinations orders-events':
    'lists event invoke configs in a form that the SDK does not read, so none is made',
  'all.xray.everywhere orders': 'drops TracingConfig of a topic',
  'api.client.tls orders': 'drops securityPolicy of a REST API',
  'api.client.tls.distribution distribution': 'drops the certificate of a distribution',
  'api.secrets.kms events!connection': 'drops KmsKeyIdentifier of a connection',
  'batch.downstream.api-timeouts carrier': 'lists API destinations without InvocationRateLimitPerSecond',
  'batch.dlq.redrive.allow orders-dlq': 'drops RedriveAllowPolicy of a queue',
  'batch.dlq.redrive.allow orders-events-dlq': 'drops RedriveAllowPolicy of a queue',
};

/** Calls that the endpoint does not offer: what needs them is unknown in both accounts. */
const notOffered = [
  'apigateway:GET',
  'lambda:ListCodeSigningConfigs',
  'lambda:ListFunctionUrlConfigs',
  'lambda:ListProvisionedConcurrencyConfigs',
  'logs:DescribeQueryDefinitions',
  'securityhub:GetEnabledStandards',
];

/** Rules that fail in the bad account. */
const failing = [
  'all.alarm.throttles',
  'all.alarm.throttles.stage',
  'all.application.payload',
  'all.kms.policy',
  'all.kms.rotation',
  'all.lambda.async-failure',
  'all.lambda.destinations',
  'all.lambda.environment-encryption',
  'all.lambda.log-group',
  'all.lambda.no-plaintext-secrets',
  'all.lambda.permission',
  'all.lambda.permission.role',
  'all.lambda.private-subnets',
  'all.lambda.provisioned-concurrency',
  'all.lambda.reserved-concurrency',
  'all.lambda.runtime',
  'all.lambda.security-groups',
  'all.lambda.structured-logging',
  'all.lambda.tracing',
  'all.securityhub.enabled',
  'all.xray.everywhere',
  'api.authorizer.present',
  'api.authorizer.present.route',
  'api.client.default-endpoint',
  'api.client.tls',
  'api.client.tls.distribution',
  'api.client.tls.domain-name',
  'api.dynamodb.encryption',
  'api.dynamodb.pitr',
  'api.external.tls.destination',
  'api.gateway.access-logs',
  'api.gateway.request-validation',
  'api.gateway.throttling',
  'api.gateway.tracing',
  'api.gateway.usage-plans',
  'api.s3.encryption',
  'api.s3.public-access',
  'api.s3.tls',
  'api.s3.versioning',
  'api.secrets.kms',
  'api.secrets.rotation',
  'api.waf.associated',
  'api.waf.associated.http-api',
  'batch.alarm.error-rate',
  'batch.alarm.queue-age',
  'batch.dlq.redrive',
  'batch.downstream.api-timeouts',
  'batch.mapping.partial-failure',
  'batch.metrics.dashboard',
  'batch.queue.encryption',
  'batch.queue.encryption.customer-managed',
  'batch.queue.policy',
  'batch.queue.retention',
  'batch.queue.visibility-timeout',
  'events.bus.archive',
  'events.bus.encryption',
  'events.bus.filtering',
  'events.bus.policy',
  'events.rule.dlq',
  'events.rule.target.pipe',
  'events.schedule.expression',
  'events.sns.encryption',
  'events.sns.fan-out.subscription',
  'events.sns.transit',
  'events.stepfunctions.observability',
  'events.stepfunctions.observability.encryption',
  'events.stepfunctions.retry',
  'more.cloudfront.origin-tls',
  'more.cognito.deletion-protection',
  'more.cognito.mfa',
  'more.dynamodb.deletion-protection',
  'more.role.decrypt',
  'more.role.escalation',
  'more.role.pass-role',
  'more.role.service-wildcards',
];

/** Those of them that do not pass in the sound account. */
const failingOnly = [
  'all.lambda.async-failure',
  'all.lambda.destinations',
  'all.lambda.provisioned-concurrency',
  'all.lambda.structured-logging',
  'all.securityhub.enabled',
  // The endpoint does not tell with which authorization a stage was deployed, so that nothing passes.
  'api.authorizer.present',
  'api.client.tls.distribution',
  'batch.downstream.api-timeouts',
];

interface Audited {
  readonly ended: Ended;
  readonly result: ScanResult;
  readonly proxy: RecordingProxy;
  readonly refused: readonly string[];
}

describeOnWire('the built command on two accounts of three flows', () => {
  let server: Awaited<ReturnType<typeof startMoto>>;
  let folder: string;
  let audits: Readonly<Record<string, Audited>>;
  let collected: Ended;

  const headgate = (...args: readonly string[]): Promise<Ended> => startHeadgate(folder, ...args).ended;
  const read = async (file: string): Promise<ScanResult> =>
    JSON.parse(await readFile(join(folder, file), 'utf8')) as ScanResult; // its own format

  const audit = async (account: string): Promise<Audited> => {
    const proxy = await startProxy(server.endpoint, { account });
    const { endpoint } = proxy;
    const credentials = { accessKeyId: 'testing', secretAccessKey: 'testing' };
    const refused = await seedFlows({ endpoint, region, credentials }, account, account === sound);
    proxy.received.length = 0;
    const output = `${account}.json`;
    const place = ['--endpoint', endpoint, '--region', region];
    const ended = await headgate('audit', ...place, '--format', 'json', '--output', output);
    return { ended, result: await read(output), proxy, refused };
  };

  beforeAll(async () => {
    server = await startMoto();
    folder = await mkdtemp(join(tmpdir(), 'headgate-wire-'));
    const [ofSound, ofBad] = await Promise.all([audit(sound), audit(bad)]);
    audits = { [sound]: ofSound, [bad]: ofBad };
    const again = await startProxy(server.endpoint, { account: bad });
    const place = ['--endpoint', again.endpoint, '--region', region];
    collected = await headgate('collect', ...place, '--output', 'account.json.gz');
    await again.stop();
  }, 180_000);
  afterAll(async () => {
    await Promise.all(Object.values(audits).map(({ proxy }) => proxy.stop()));
    await server.stop();
    await rm(folder, { recursive: true });
  });

  const of = (account: string): Audited => {
    const audited = audits[account];
    if (audited === undefined) throw new Error(`${account} was not audited`);
    return audited;
  };
  const decided = (account: string, verdict: Verdict): readonly string[] =>
    of(account)
      .result.evaluations.filter((each) => each.verdict === verdict)
      .map(({ ruleId, resource }) => `${ruleId} ${nameOf(resource)}`)
      .sort();
  const rulesOf = (decisions: readonly string[]): ReadonlySet<string> =>
    new Set(decisions.map((decision) => decision.slice(0, decision.indexOf(' '))));

  it('finds nothing in the sound account but what the endpoint did not keep', () => {
    console.log(
      [
        'What the local endpoint does not hold of the sound account:',
        ...Object.entries(notHeld).map(([what, why]) => `  ${what} fails: it ${why}`),
        ...of(sound).refused.map((call) => `  ${call} is not offered, so what it makes is not there`),
        ...notOffered.map((call) => `  ${call} is not answered, so what needs it is unknown`),
      ].join('\n'),
    );
    expect([...new Set(decided(sound, 'fail'))]).toEqual(Object.keys(notHeld).sort());
    expect(of(sound).ended.code).toBe(1);
  });

  it('fails in nothing but what the endpoint does not offer', () => {
    for (const account of [sound, bad]) {
      const failed = of(account).result.diagnostics.flatMap(({ code, message }) =>
        code.startsWith('account-call-') ? [/^`([a-zA-Z0-9:-]+)`/.exec(message)?.[1]] : [],
      );
      expect([...new Set(failed)].sort()).toEqual(notOffered);
    }
    expect(of(sound).refused).toEqual(['lambda:PutProvisionedConcurrencyConfig', 'logs:PutQueryDefinition']);
    expect(of(bad).refused).toEqual([]);
  });

  it('finds in the bad account what nobody should do, rule by rule', () => {
    expect([...rulesOf(decided(bad, 'fail'))].sort()).toEqual(failing);
    expect(of(bad).ended.code).toBe(1);
    const passed = rulesOf(decided(sound, 'pass'));
    const apart = failing.filter((rule) => passed.has(rule));
    // The others fail for what the endpoint does not hold, or speak of what only the bad account has.
    expect(failing.filter((rule) => !passed.has(rule))).toEqual(failingOnly);
    console.log(`${apart.length} rules pass in the sound account and fail in the bad one`);
  });

  it('sends no request that is not needed', async () => {
    const ofBad = minimumCalls(await countIn('account.json.gz'));
    const calls = receivedCalls(of(bad).proxy.received);
    const rows = Object.keys(ofBad).map((service) => {
      const { all = 0, again = 0 } = calls[service] ?? {};
      return { service, least: ofBad[service], sent: all, again };
    });
    console.table(rows);
    const more = rows.filter(({ least = 0, sent, again }) => sent - again !== least);
    // Which functions a code signing config signs is asked config by config, from a list of its own.
    expect(more).toEqual([expect.objectContaining({ service: 'lambda', least: 27, sent: 28 })]);
    expect(Object.keys(calls).filter((service) => !(service in ofBad))).toEqual([]);
    console.log(`audits took ${seconds(of(sound).ended)} and ${seconds(of(bad).ended)} s, side by side`);
  });

  it('calls nothing that its policy does not allow', async () => {
    const { out } = await headgate('iam-policy');
    const { Statement } = JSON.parse(out) as Policy; // its own format
    const received = [of(sound), of(bad)].flatMap(({ proxy }) => proxy.received);
    const asked = received.filter(({ service }) => service !== 'sts').map(askedOf);
    expect(asked.filter((each) => !allows(Statement, each))).toEqual([]);
    expect(asked.length).toBeGreaterThan(200);
    const bare = [{ Action: ['apigateway:GET'], Resource: ['arn:aws:apigateway:*::/restapis'] }];
    expect(asked.filter((each) => allows(bare, each))).toHaveLength(2);
  });

  it('decides a snapshot as it decided the account, and keeps no secret in it', async () => {
    expect(collected).toMatchObject({ code: 0, out: expect.stringContaining('Wrote account.json.gz') });
    const scan = await headgate('scan', 'account.json.gz', '--format', 'json', '--output', 'scan.json');
    const scanned = await read('scan.json');
    expect(withoutSecrets(scanned.evaluations)).toEqual(withoutSecrets(of(bad).result.evaluations));
    expect(scanned.summary).toEqual(of(bad).result.summary);
    expect(scan.code).toBe(1);
    const snapshot = await unpacked('account.json.gz');
    for (const secret of ['hunter2', 'not-to-be-read']) expect(snapshot).not.toContain(secret);
    expect(snapshot).toContain('DB_PASSWORD');
  }, 60_000);

  it('tells what a template declares and the account lacks or decides otherwise', async () => {
    const queue = (QueueName: string, rest: object): object => ({
      Type: 'AWS::SQS::Queue',
      Properties: { QueueName, ...rest },
    });
    const Resources = {
      Orders: queue('orders', { SqsManagedSseEnabled: true, VisibilityTimeout: 180 }),
      Gone: queue('gone', {}),
    };
    await writeFile(join(folder, 'declared.json'), JSON.stringify({ Resources }));
    const { code, out } = await headgate('audit', '--from', 'account.json.gz', '--compare', 'declared.json');
    const lines = out.trim().split('\n');
    expect(lines).toContainEqual(expect.stringMatching(/^missing {2}AWS::SQS::Queue Gone/));
    expect(lines).toContainEqual(
      expect.stringMatching(/^differs {2}batch\.queue\.encryption on orders: pass as declared, fail/),
    );
    expect(lines.at(-1)).toBe('missing resources: 1; differing results: 5; inconclusive: 0');
    expect(code).toBe(1);
  }, 60_000);

  const unpacked = async (file: string): Promise<string> =>
    gunzipSync(await readFile(join(folder, file))).toString('utf8');
  const countIn = async (file: string): Promise<(type: string) => number> => {
    const types = [...(await unpacked(file)).matchAll(/^\{"resource":\{"id":"[^"]*","type":"([^"]*)"/gm)];
    return (type) => types.filter((found) => found[1] === type).length;
  };
});

interface Policy {
  readonly Statement: readonly { readonly Action: string[]; readonly Resource: string[] }[];
}

const seconds = ({ tookMs }: Ended): string => (tookMs / 1000).toFixed(1);

/** Evaluations as both runs give them: the audit shows what a snapshot has only the hash of. */
function withoutSecrets(evaluations: ScanResult['evaluations']): unknown {
  const text = JSON.stringify(evaluations).replace(
    // A snapshot holds a digest where the account holds a secret: neither is shown, their lengths are.
    /headgate-redacted:[0-9a-f]{64}|hunter2-hunter2|set, \d+ characters/g,
    '(secret)',
  );
  return JSON.parse(text);
}

/** The name of a resource, without what the endpoint makes up. */
function nameOf({ type, name }: ScanResult['evaluations'][number]['resource']): string {
  if (type === 'AWS::CloudFront::Distribution') return 'distribution';
  return name.startsWith('events!connection') ? 'events!connection' : name;
}
