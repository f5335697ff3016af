import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { EventBridge } from '@aws-sdk/client-eventbridge';
import { SNS } from '@aws-sdk/client-sns';
import { SQS } from '@aws-sdk/client-sqs';
import { awsMessenger } from '../../../src/publish/messenger.ts';
import type { FindingNews } from '../../../src/publish/news.ts';
import { tellPeople } from '../../../src/publish/tell-people.ts';
import { installMoto, startMoto } from './moto-server.mjs';

const missing = await installMoto();
if (missing !== undefined)
  console.log(`skipped, not passed: the wire suite needs a local AWS endpoint, and ${missing}`);
const describeOnWire = missing === undefined ? describe : describe.skip;

const region = 'eu-west-1';
const place = { account: '123456789012', region };
const now = new Date('2026-11-28T03:00:00Z');

function news(kind: FindingNews['kind'], id: string): FindingNews {
  return {
    ...{ schemaVersion: '1.0', kind, ...place, time: now.toISOString(), reopened: false },
    finding: {
      id,
      rule: 'batch.queue.policy',
      title: 'A queue is public',
      severity: 'critical',
      description: 'Queue orders admits everybody',
      resource: { id: `arn:aws:sqs:${region}:123456789012:orders`, type: 'AWS::SQS::Queue' },
      firstObservedAt: now.toISOString(),
    },
  };
}

describeOnWire('news on an event bus and a topic', () => {
  let server: Awaited<ReturnType<typeof startMoto>>;
  let sqs: SQS;
  let topicArn: string;
  const queues: Record<string, string> = {};
  const bodies = async (name: string): Promise<string[]> => {
    const { Messages = [] } = await sqs.receiveMessage({ QueueUrl: queues[name], MaxNumberOfMessages: 10 });
    return Messages.map(({ Body = '' }) => Body);
  };

  beforeAll(async () => {
    server = await startMoto();
    process.env['AWS_ACCESS_KEY_ID'] = 'testing';
    process.env['AWS_SECRET_ACCESS_KEY'] = 'testing';
    const at = { region, endpoint: server.endpoint };
    sqs = new SQS(at);
    const [sns, events] = [new SNS(at), new EventBridge(at)];
    const arnOf = async (name: string): Promise<string> => {
      const { QueueUrl = '' } = await sqs.createQueue({ QueueName: name });
      queues[name] = QueueUrl;
      const { Attributes } = await sqs.getQueueAttributes({ QueueUrl, AttributeNames: ['QueueArn'] });
      return Attributes?.['QueueArn'] ?? '';
    };
    topicArn = (await sns.createTopic({ Name: 'news' })).TopicArn ?? '';
    await sns.subscribe({ TopicArn: topicArn, Protocol: 'sqs', Endpoint: await arnOf('messages') });
    await events.putRule({
      Name: 'new',
      EventPattern: JSON.stringify({ source: ['headgate'], 'detail-type': ['Headgate Finding New'] }),
    });
    await events.putTargets({ Rule: 'new', Targets: [{ Id: 'queue', Arn: await arnOf('events') }] });
  });
  afterAll(async () => {
    await server.stop();
  });

  it('reach the rules and subscribers that wait for them', async () => {
    const items = [
      news('new', 'first'),
      news('fixed', 'second'),
      ...Array.from({ length: 10 }, () => news('fixed', 'x')),
    ];
    const messenger = awsMessenger({ eventBus: 'default', topicArn }, { region, endpoint: server.endpoint });
    await tellPeople(items, place, { now, first: false }, messenger);
    const [event, ...others] = await bodies('events');
    expect(others).toEqual([]);
    expect(JSON.parse(event ?? '{}')).toMatchObject({
      source: 'headgate',
      'detail-type': 'Headgate Finding New',
      detail: { kind: 'new', finding: { id: 'first', severity: 'critical' } },
    });
    const [message] = await bodies('messages');
    const { Subject, Message, MessageAttributes } = JSON.parse(message ?? '{}') as {
      Subject: string;
      Message: string;
      MessageAttributes: object;
    };
    expect(Subject).toBe('Headgate: 1 new, 11 fixed in 123456789012 eu-west-1');
    expect(JSON.parse(Message)).toMatchObject({ counts: { new: 1, fixed: 11, waived: 0 } });
    expect(MessageAttributes).toEqual({ severity: { Type: 'String', Value: 'critical' } });
  });

  it('fail where the topic is not there', async () => {
    const messenger = awsMessenger({ topicArn: `${topicArn}-gone` }, { region, endpoint: server.endpoint });
    await expect(tellPeople([news('new', 'a')], place, { now, first: false }, messenger)).rejects.toThrow();
  });
});
