import { beforeAll, describe, expect, it } from '@jest/globals';
import {
  collectAccount,
  type AccountReading,
  type CollectAccountOptions,
} from '../../src/account/collect-account.ts';
import { iamPolicy } from '../../src/account/iam-policy.ts';
import { listOrganizationAccounts } from '../../src/account/organization-accounts.ts';
import { evaluateRules } from '../../src/evaluate/evaluate.ts';
import { linkGraph } from '../../src/graph/link-graph.ts';
import type { RuleSet } from '../../src/model/rule.ts';
import type { SourceReading } from '../../src/model/source.ts';
import { needsOf } from '../../src/app/needs.ts';
import { applySettings } from '../../src/rules/apply-config.ts';
import { shippedRules } from '../../src/rules/shipped.ts';
import { readTemplateObject } from '../../src/template/read-templates.ts';
import { fastClock } from './collect.ts';
import { ordersReplies } from './parity/orders-replies.ts';
import { ordersResources } from './parity/orders-template.ts';
import { ReplayedAccount, type Replies } from './replay.ts';

/** What is written otherwise than in eu-west-1 of `aws`, longest first. */
type Words = readonly (readonly [usual: string, here: string])[];

interface Partition {
  readonly name: string;
  readonly region: string;
  readonly other: string;
  readonly suffix: string;
  readonly words: Words;
  /** Hosts of global services, and the Region that they are signed for. */
  readonly global: Readonly<Record<string, string>>;
  /** Services that it does not have. */
  readonly lacks: readonly string[];
}

const china: Omit<Partition, 'words'> = {
  name: 'aws-cn',
  region: 'cn-north-1',
  other: 'cn-northwest-1',
  suffix: 'amazonaws.com.cn',
  global: {
    'iam.cn-north-1.amazonaws.com.cn': 'cn-north-1',
    'cloudfront.cn-northwest-1.amazonaws.com.cn': 'cn-northwest-1',
    'wafv2.cn-north-1.amazonaws.com.cn': 'cn-north-1',
  },
  lacks: ['cognito'],
};
const chinese: Words = [
  ['com.amazonaws.eu-west-1', 'cn.com.amazonaws.cn-north-1'],
  ['arn:aws:', 'arn:aws-cn:'],
];

/** In China services are named as everywhere (`events.amazonaws.com`), and some are also taken with `.cn`. */
const partitions: readonly (readonly [string, Partition])[] = [
  [
    'aws-cn',
    {
      ...china,
      words: [
        ...chinese,
        ['eu-west-1.amazonaws.com', 'cn-north-1.amazonaws.com.cn'],
        ['eu-west-1', 'cn-north-1'],
      ],
    },
  ],
  [
    'aws-cn with .cn behind service principals',
    {
      ...china,
      words: [...chinese, ['.amazonaws.com', '.amazonaws.com.cn'], ['eu-west-1', 'cn-north-1']],
    },
  ],
  [
    'aws-us-gov',
    {
      name: 'aws-us-gov',
      region: 'us-gov-west-1',
      other: 'us-gov-east-1',
      suffix: 'amazonaws.com',
      words: [
        ['arn:aws:', 'arn:aws-us-gov:'],
        ['eu-west-1', 'us-gov-west-1'],
      ],
      global: { 'iam.us-gov.amazonaws.com': 'us-gov-west-1' },
      lacks: ['cloudfront', 'wafv2-global'],
    },
  ],
];

/** IAM hands out documents encoded as a part of a URL. */
function inWords(text: string, words: Words): string {
  if (text.startsWith('%7B')) return encodeURIComponent(inWords(decodeURIComponent(text), words));
  return words.reduce((said, [usual, here]) => said.replaceAll(usual, here), text);
}

function translate<Answer>(answer: Answer, words: Words): Answer {
  if (typeof answer === 'string') return inWords(answer, words) as Answer & string;
  if (typeof answer !== 'object' || answer === null) return answer;
  if (answer instanceof Date || answer instanceof Uint8Array) return answer;
  if (Array.isArray(answer))
    return answer.map((item: unknown) => translate(item, words)) as Answer & unknown[];
  const entries = Object.entries(answer).map(([key, item]) => [inWords(key, words), translate(item, words)]);
  return Object.fromEntries(entries) as Answer & object;
}

/** The same account in another partition: asked in its words, and answering in them. */
function translateReplies(replies: Replies, words: Words): Replies {
  const back = words.map(([usual, here]) => [here, usual] as const);
  return Object.fromEntries(
    Object.entries(replies).map(([call, reply]) => [
      call,
      typeof reply === 'function'
        ? (input: Record<string, unknown>) => translate(reply(translate(input, back)), words)
        : translate(reply, words),
    ]),
  );
}

const account: Replies = {
  'sts.GetCallerIdentity': {
    Account: '111122223333',
    Arn: 'arn:aws:sts::111122223333:assumed-role/Auditor/headgate',
  },
  'securityhub.DescribeHub': { HubArn: 'arn:aws:securityhub:eu-west-1:111122223333:hub/default' },
};

/** An account that also has a role with policies of AWS, which have an ARN in each partition. */
function replies(isSound: boolean): Replies {
  const own = ordersReplies(isSound);
  const name = isSound ? 'service-role/AWSLambdaBasicExecutionRole' : 'AdministratorAccess';
  const roles = own['iam.GetAccountAuthorizationDetails'];
  const text = JSON.stringify(roles).replaceAll(
    '"AttachedManagedPolicies":[]',
    `"AttachedManagedPolicies":[{"PolicyArn":"arn:aws:iam::aws:policy/${name}"}]`,
  );
  return { ...account, ...own, 'iam.GetAccountAuthorizationDetails': JSON.parse(text) as object };
}

interface Request {
  readonly service: string;
  readonly host: string;
  /** Region that the request is signed for. */
  readonly signedFor: string;
}

interface Collected {
  readonly reading: AccountReading;
  readonly requests: readonly Request[];
}

interface Sending {
  readonly middlewareStack: {
    add(
      middleware: (
        next: (args: object) => Promise<object>,
      ) => (args: {
        readonly request: { readonly hostname: string; readonly headers: Record<string, string> };
      }) => Promise<object>,
      options: object,
    ): void;
  };
}

/** Notes what would go over the wire: where to, and signed for where. */
function noteRequests(client: object, service: string, requests: Request[]): void {
  const { middlewareStack } = client as Sending; // every SDK client has a middleware stack
  middlewareStack.add(
    (next) => (args) => {
      const { hostname, headers } = args.request;
      const [, signedFor = ''] = /Credential=[^/]+\/\d+\/([^/]+)/.exec(headers['authorization'] ?? '') ?? [];
      requests.push({ service, host: hostname, signedFor });
      return next(args);
    },
    { step: 'finalizeRequest', priority: 'low', name: 'note' },
  );
}

async function collectIn(
  account: ReplayedAccount,
  options: Pick<CollectAccountOptions, 'regions' | 'needs'> & Partial<CollectAccountOptions>,
): Promise<Collected> {
  const requests: Request[] = [];
  const reading = await collectAccount({
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'x' },
    clock: fastClock(),
    customise: (client, service, region) => {
      noteRequests(client, service, requests);
      account.customise(client, service, region);
    },
    ...options,
  });
  return { reading, requests };
}

const enabled = (...regions: readonly string[]): Replies => ({
  'ec2.DescribeRegions': {
    Regions: regions.map((RegionName) => ({ RegionName, OptInStatus: 'opt-in-not-required' })),
  },
});

const options = { now: new Date('2026-11-23T00:00:00Z'), positions: () => undefined, detail: 'all' } as const;

let ruleSet: RuleSet;
beforeAll(async () => {
  ruleSet = applySettings(await shippedRules(), {});
}, 60_000);

/** Verdict and message by rule and resource; rules write service principals in one way, resources in another. */
function decide(source: SourceReading): Readonly<Record<string, string>> {
  const evaluations = evaluateRules(ruleSet, linkGraph(source), options);
  return Object.fromEntries(
    evaluations.map(({ ruleId, resource, verdict, message }) => [
      `${ruleId} ${resource.id}`,
      `${verdict}: ${message.replaceAll(/amazonaws\.com(\.cn)?/g, 'AWS')}`,
    ]),
  );
}

describe.each(partitions)('an account of %s', (_title, partition) => {
  const { name, region, other, suffix, words, global, lacks } = partition;
  const regions = enabled(region, other);
  const live = (isSound: boolean): Promise<Collected> =>
    collectIn(new ReplayedAccount({ ...translateReplies(replies(isSound), words), ...regions }), {
      regions: [region],
      needs: needsOf(ruleSet.rules),
    });

  it.each([true, false])(
    'gets the verdicts that it would get in aws: built soundly %s',
    async (isSound) => {
      const usual = await collectIn(new ReplayedAccount(replies(isSound)), {
        regions: ['eu-west-1'],
        needs: needsOf(ruleSet.rules),
      });
      const expected = translate(decide(usual.reading), words);
      const { reading } = await live(isSound);
      expect(reading.partition).toBe(name);
      expect(decide(reading)).toEqual(expected);
      expect(Object.values(expected).filter((said) => said.startsWith('fail')).length).toBeGreaterThan(
        isSound ? 0 : 50,
      );
    },
    60_000,
  );

  it.each([true, false])('gets the verdicts of its template: built soundly %s', (isSound) => {
    const declared = Object.entries(ordersResources(isSound)).map(([id, [Type, Properties]]) => [
      id,
      { Type, Properties },
    ]);
    const template = { Resources: Object.fromEntries(declared) as object };
    const read = (source: object, at: string): SourceReading =>
      readTemplateObject(source, 'orders', {
        parameters: { 'AWS::Region': at, 'AWS::AccountId': '111122223333' },
      });
    const expected = translate(decide(read(template, 'eu-west-1')), words);
    expect(decide(read(translate(template, words), region))).toEqual(expected);
  });

  it('is asked at its own endpoints, each request signed for the Region that answers', async () => {
    const { requests } = await live(true);
    const isGlobal = ({ service, host }: Request): boolean =>
      service === 'wafv2-global' || !host.endsWith(`.${region}.${suffix}`) || host.startsWith('iam.');
    const found = requests.filter(isGlobal).map(({ host, signedFor }) => [host, signedFor]);
    expect(Object.fromEntries(found)).toEqual(global);
    const regional = requests.filter((request) => !isGlobal(request));
    expect(new Set(regional.map(({ signedFor }) => signedFor))).toEqual(new Set([region]));
    expect(regional.length).toBeGreaterThan(50);
  });

  it('has its own ARNs, and no doubt about services that the partition lacks', async () => {
    const { reading, requests } = await live(true);
    const arns = reading.resources.flatMap(({ arn }) => arn ?? []);
    expect(arns.filter((arn) => !arn.startsWith(`arn:${name}:`))).toEqual([]);
    expect(arns.length).toBeGreaterThan(20);
    const text = JSON.stringify(reading.resources);
    expect(/.{0,80}(arn:aws:|eu-west-1|us-east-1)/.exec(text)?.[0]).toBeUndefined();
    expect(requests.filter(({ service }) => lacks.includes(service))).toEqual([]);
    expect(reading.completeness.complete).toBe(true);
  });

  it('is found by the Region that the caller is configured for, where all Regions are wanted', async () => {
    const account = new ReplayedAccount({ ...translateReplies(replies(true), words), ...regions });
    const all = { regions: ['all'], ownRegion: other, needs: needsOf([]) };
    const { reading, requests } = await collectIn(account, all);
    expect(requests[0]).toMatchObject({ host: `sts.${other}.${suffix}`, signedFor: other });
    expect(reading.regions).toEqual([region, other].sort());
  });

  it('is asked who calls in the main Region where the one wanted does not answer', async () => {
    const account = new ReplayedAccount({ ...translateReplies(replies(true), words), ...regions }, [
      { call: 'sts.GetCallerIdentity', fault: 'expired', times: 1 },
    ]);
    const { requests } = await collectIn(account, { regions: [other], needs: needsOf([]) });
    const asked = requests.filter(({ service }) => service === 'sts').map(({ host }) => host);
    expect(asked).toEqual([`sts.${other}.${suffix}`, `sts.${region}.${suffix}`]);
  });

  it('leaves out Regions of other partitions, and says so', async () => {
    const account = new ReplayedAccount({ ...translateReplies(replies(true), words), ...regions });
    const { reading } = await collectIn(account, { regions: [region, 'eu-west-1'], needs: needsOf([]) });
    expect(reading.regions).toEqual([region]);
    expect(reading.skipped).toEqual([
      { name: 'eu-west-1', reason: 'the Region does not exist in this partition' },
    ]);
  });

  it('needs a policy of its own ARNs', () => {
    const usual = iamPolicy(needsOf(ruleSet.rules), 'aws');
    const policy = iamPolicy(needsOf(ruleSet.rules), name);
    expect(policy).toEqual(translate(usual, [['arn:aws:', `arn:${name}:`]]));
    expect(JSON.stringify(policy)).toContain(`arn:${name}:apigateway:`);
  });

  it('lists its organization where the partition keeps it', async () => {
    const requests: Request[] = [];
    const account = new ReplayedAccount({
      'organizations.ListAccounts': { Accounts: [{ Id: '111122223333', Status: 'ACTIVE' }] },
    });
    const listed = await listOrganizationAccounts({
      region,
      credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'x' },
      clock: fastClock(),
      customise: (client) => {
        noteRequests(client, 'organizations', requests);
        account.customise(client, 'organizations', region);
      },
    });
    expect(listed).toHaveLength(1);
    const keeper = name === 'aws-cn' ? 'cn-northwest-1' : 'us-gov-west-1';
    expect(requests).toEqual([
      { service: 'organizations', host: `organizations.${keeper}.${suffix}`, signedFor: keeper },
    ]);
  });
});

describe('queues whose URL names another host', () => {
  it('are asked about at the endpoint of their Region, where the request is signed for', async () => {
    const account = new ReplayedAccount({
      'sqs.ListQueues': { QueueUrls: ['https://eu-west-1.queue.amazonaws.com/111122223333/orders'] },
    });
    const needs = needsOf(ruleSet.rules);
    const { requests } = await collectIn(account, { regions: ['eu-west-1'], needs, services: ['sqs'] });
    const hosts = requests.filter(({ service }) => service === 'sqs').map(({ host }) => host);
    expect(hosts.length).toBeGreaterThan(1);
    expect(new Set(hosts)).toEqual(new Set(['sqs.eu-west-1.amazonaws.com']));
  });
});
