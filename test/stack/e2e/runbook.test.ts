import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  CreateQueueCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { runbookContent } from '../../../reference-stack/lib/runbook-content.ts';
import { hasLocalAws, startLocalAws, type LocalAws } from './local-aws.ts';

interface Step {
  readonly name: string;
  readonly inputs: { readonly Handler: string; readonly Script: string };
}

const hasPython = () => spawnSync('python3', ['-c', 'import boto3'], { stdio: 'ignore' }).status === 0;

/** Runs a script step as Systems Manager does: the handler by its name, with the payload, in Python. */
function run(name: string, inputs: object, url: string) {
  const payload = { SourceQueueUrl: '', FunctionArn: '', BusArn: '', ...inputs };
  const { mainSteps } = runbookContent('test', 'role') as { mainSteps: Step[] };
  const step = mainSteps.find((each) => each.name === name);
  const script = `${step?.inputs.Script ?? ''}\nimport sys\nprint(json.dumps(${step?.inputs.Handler ?? ''}(json.loads(sys.argv[1]), None)))`;
  const { status, stdout, stderr } = spawnSync('python3', ['-c', script, JSON.stringify(payload)], {
    encoding: 'utf8',
    env: {
      ...process.env,
      AWS_ENDPOINT_URL: url,
      AWS_DEFAULT_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: 'testing',
      AWS_SECRET_ACCESS_KEY: 'testing',
    },
  });
  return status === 0 ? (JSON.parse(stdout) as Record<string, unknown>) : new Error(stderr);
}

(hasLocalAws() && hasPython() ? describe : describe.skip)(
  'the runbook’s scripts against a local AWS endpoint',
  () => {
    let aws: LocalAws;
    let sqs: SQSClient;
    beforeAll(async () => {
      aws = await startLocalAws();
      const credentials = { accessKeyId: 'testing', secretAccessKey: 'testing' };
      sqs = new SQSClient({ endpoint: aws.url, region: 'eu-central-1', credentials });
    }, 60_000);
    afterAll(() => aws.stop());

    async function queuesWith(kind: string, ...bodies: string[]) {
      const create = async (name: string) =>
        (
          await sqs.send(
            new CreateQueueCommand({
              QueueName: name,
              ...(kind === '.fifo' && { Attributes: { FifoQueue: 'true' } }),
            }),
          )
        ).QueueUrl ?? '';
      const unique = `${Date.now()}`;
      const [QueueUrl, SourceQueueUrl] = [
        await create(`dead-${unique}${kind}`),
        await create(`source-${unique}${kind}`),
      ];
      const ids: string[] = [];
      for (const [index, body] of bodies.entries()) {
        const { MessageId: id = '' } = await sqs.send(
          new SendMessageCommand({
            QueueUrl,
            MessageBody: body,
            MessageAttributes: { correlationId: { DataType: 'String', StringValue: `c-${index}` } },
            ...(kind === '.fifo' && { MessageGroupId: 'group', MessageDeduplicationId: `d-${index}` }),
          }),
        );
        ids.push(id);
      }
      return { QueueUrl, SourceQueueUrl, ids };
    }

    const received = async (QueueUrl: string) =>
      (await sqs.send(new ReceiveMessageCommand({ QueueUrl, MessageAttributeNames: ['All'] }))).Messages ??
      [];

    it('inspect shows what waits, never its content, and gives it back', async () => {
      const { QueueUrl, ids } = await queuesWith('', '{"email":"ada@example.com"}', '{}');
      const first = run('Inspect', { QueueUrl }, aws.url);
      expect(first).toMatchObject({ Count: 2, Messages: expect.stringContaining(ids[0] ?? 'none') });
      expect(JSON.stringify(first)).toContain('c-0');
      expect(JSON.stringify(first)).not.toContain('ada@');
      expect(run('Inspect', { QueueUrl }, aws.url)).toMatchObject({ Count: 2 });
    });

    it.each(['', '.fifo'])(
      'retry one moves that message alone, with its attributes (queue kind «%s»)',
      async (kind) => {
        const { QueueUrl, SourceQueueUrl, ids } = await queuesWith(kind, '{"orderId":"one"}');
        run('RetryOne', { QueueUrl, SourceQueueUrl, MessageId: ids[0] }, aws.url);
        const [message] = await received(SourceQueueUrl);
        expect(message?.Body).toBe('{"orderId":"one"}');
        expect(message?.MessageAttributes).toMatchObject({ correlationId: { StringValue: 'c-0' } });
        expect(await received(QueueUrl)).toEqual([]);
      },
    );

    it('retry all sends every message where it belongs, and leaves what it cannot send', async () => {
      const { QueueUrl, SourceQueueUrl } = await queuesWith(
        '',
        '{"orderId":"one"}',
        'poison',
        '{"orderId":"two"}',
      );
      const answer = run('RetryAll', { QueueUrl, SourceQueueUrl, MessageId: '' }, aws.url);
      expect(answer).toMatchObject({ Retried: 2, Failed: expect.stringContaining('Reason') });
      expect(run('Inspect', { QueueUrl }, aws.url)).toMatchObject({ Count: 1 });
    }, 60_000);

    it('retry one refuses what is no JSON object, and a message that is not there; both stay', async () => {
      const { QueueUrl, SourceQueueUrl, ids } = await queuesWith('', 'poison');
      expect(run('RetryOne', { QueueUrl, SourceQueueUrl, MessageId: ids[0] }, aws.url)).toBeInstanceOf(Error);
      expect(run('RetryOne', { QueueUrl, SourceQueueUrl, MessageId: 'none' }, aws.url)).toBeInstanceOf(Error);
      expect(run('Inspect', { QueueUrl }, aws.url)).toMatchObject({ Count: 1 });
      expect(await received(SourceQueueUrl)).toEqual([]);
    }, 30_000);
  },
);
