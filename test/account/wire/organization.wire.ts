import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Organizations } from '@aws-sdk/client-organizations';
import { SQS } from '@aws-sdk/client-sqs';
import { STS } from '@aws-sdk/client-sts';
import { startHeadgate } from './command.ts';
import { installMoto, startMoto } from './moto-server.mjs';

const missing = await installMoto();
if (missing !== undefined)
  console.log(`skipped, not passed: the wire suite needs a local AWS endpoint, and ${missing}`);
const describeOnWire = missing === undefined ? describe : describe.skip;

const region = 'us-east-1';
const members = 19;

interface Overview {
  readonly accounts: readonly { readonly audited: boolean; readonly resumed: boolean }[];
}

describeOnWire('an organization of 20 accounts', () => {
  let server: Awaited<ReturnType<typeof startMoto>>;
  let folder: string;
  beforeAll(async () => {
    server = await startMoto();
    folder = await mkdtemp(join(tmpdir(), 'headgate-organization-'));
    const at = {
      region,
      endpoint: server.endpoint,
      credentials: { accessKeyId: 'testing', secretAccessKey: 'testing' },
    };
    const organizations = new Organizations(at);
    await organizations.createOrganization({ FeatureSet: 'ALL' });
    const sts = new STS(at);
    for (let index = 0; index < members; index += 1) {
      const { CreateAccountStatus: made } = await organizations.createAccount({
        AccountName: `member ${index}`,
        Email: `member-${index}@example.com`,
      });
      const RoleArn = `arn:aws:iam::${made?.AccountId ?? ''}:role/headgate`;
      await organizations.tagResource({
        ResourceId: made?.AccountId,
        Tags: [{ Key: 'stage', Value: index < 2 ? 'production' : 'test' }],
      });
      const { Credentials: keys } = await sts.assumeRole({ RoleArn, RoleSessionName: 'seed' });
      const credentials = {
        accessKeyId: keys?.AccessKeyId ?? '',
        secretAccessKey: keys?.SecretAccessKey ?? '',
        sessionToken: keys?.SessionToken ?? '',
      };
      await new SQS({ ...at, credentials }).createQueue({ QueueName: 'orders' });
    }
  }, 180_000);
  afterAll(async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  });

  /** Accounts of which a Region's snapshot is kept. */
  const snapshots = async (): Promise<number> => {
    const files = await readdir(join(folder, 'all', 'snapshots'), { recursive: true }).catch(() => []);
    return files.filter((name) => name.endsWith(`${region}.json.gz`)).length;
  };
  const overview = async (): Promise<Overview> =>
    JSON.parse(await readFile(join(folder, 'all', 'overview.json'), 'utf8')) as Overview;

  it('is audited by one command, stopped half-way, and resumed', async () => {
    const options = [
      '--organization',
      '--region',
      region,
      '--endpoint',
      server.endpoint,
      '--services',
      'sqs,kms',
    ];
    const output = ['--folder', 'all', '--format', 'json', '--output', 'all.json', '--fail-on', 'none'];
    const stopped = startHeadgate(folder, 'audit', ...options, ...output);
    await stopped.said(' 8/20 ');
    stopped.kill('SIGTERM');
    expect((await stopped.ended).code).toBe(2);
    const kept = await snapshots();
    expect(kept).toBeGreaterThanOrEqual(8);
    expect(kept).toBeLessThan(20);

    const resumed = await startHeadgate(folder, 'audit', ...options, ...output, '--resume').ended;
    expect(resumed).toMatchObject({ code: 0 });
    const { accounts } = await overview();
    expect(accounts.filter(({ audited }) => audited)).toHaveLength(20);
    expect(accounts.filter((each) => each.resumed)).toHaveLength(kept);
    const { evaluations } = JSON.parse(await readFile(join(folder, 'all.json'), 'utf8')) as {
      readonly evaluations: readonly {
        readonly resource: { readonly type: string; readonly account?: string };
      }[];
    };
    const queues = evaluations.filter(({ resource }) => resource.type === 'AWS::SQS::Queue');
    expect(new Set(queues.map(({ resource }) => resource.account)).size).toBe(members);
  });

  it('reads a further Region of the accounts, and no Region twice', async () => {
    const options = ['--organization', '--endpoint', server.endpoint, '--services', 'sqs,kms'];
    const output = [
      '--folder',
      'all',
      '--fail-on',
      'none',
      '--resume',
      '--format',
      'json',
      '--output',
      'two.json',
    ];
    const regions = ['--region', region, '--region', 'eu-west-1'];
    const { code } = await startHeadgate(folder, 'audit', ...options, ...regions, ...output).ended;
    expect(code).toBe(0);
    const files = await readdir(join(folder, 'all', 'snapshots'), { recursive: true });
    expect(files.filter((name) => name.endsWith('eu-west-1.json.gz'))).toHaveLength(20);
    const { places } = JSON.parse(await readFile(join(folder, 'two.json'), 'utf8')) as {
      readonly places: readonly { readonly account: string; readonly region: string }[];
    };
    expect(new Set(places.map((place) => `${place.account} ${place.region}`)).size).toBe(40);
    // A report for people of each account, beside its result.
    const reports = await readdir(join(folder, 'all'));
    expect(reports.filter((name) => /^\d{12}\.html$/.test(name))).toHaveLength(20);
    const again = await startHeadgate(folder, 'audit', ...options, ...regions, ...output).ended;
    expect(again.err).toContain('from its snapshot');
    expect((await overview()).accounts.filter((each) => each.resumed)).toHaveLength(20);
  });

  it('is audited in the accounts with a tag alone', async () => {
    const options = ['--organization', '--account-tag', 'stage=production', '--region', region];
    const { code } = await startHeadgate(
      folder,
      ...['audit', ...options, '--endpoint', server.endpoint, '--services', 'sqs'],
      ...['--folder', 'tagged', '--quiet', '--fail-on', 'none'],
    ).ended;
    expect(code).toBe(0);
    const { accounts } = JSON.parse(
      await readFile(join(folder, 'tagged', 'overview.json'), 'utf8'),
    ) as Overview;
    expect(accounts).toHaveLength(2);
    const none = await startHeadgate(
      folder,
      ...['audit', '--organization', '--account-tag', 'stage=none', '--region', region],
      ...['--endpoint', server.endpoint],
    ).ended;
    expect(none.code).toBe(2);
    expect(none.err).toContain('No active account');
  });
});
