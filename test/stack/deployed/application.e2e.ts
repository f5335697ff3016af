import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import {
  SendMessageCommand,
  SetQueueAttributesCommand,
  SQSClient,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs';
import { StartExecutionCommand, SFNClient } from '@aws-sdk/client-sfn';
import { derivedId } from '../../../reference-stack/handlers/order.ts';
import { startExternalServer, type ExternalServer, type Reply } from '../handlers/external-server.ts';
import { apiClient, type CallApi } from './client.ts';
import { account, installMinistack } from './ministack.mjs';
import { deployApplication, type Deployment } from './deployment.ts';
import { checkPermissions } from './permissions.ts';
import { eventually, stateOf } from './state.ts';

const customer = { name: 'Ada Lovelace', email: 'ada@example.com' };
const goods = {
  items: [
    { sku: 'A-1', quantity: 2 },
    { sku: 'B-2', quantity: 1 },
  ],
  currency: 'EUR',
};

const answers: Reply = ({ path, headers }) => {
  if (path === '/prices') return { status: 200, body: { totalCents: 4200 } };
  if (path === '/settlements') return { status: 200, body: { settlementId: 's-1' } };
  return { status: 200, body: { apiKey: `key of ${String(headers['idempotency-key'])}` } };
};
const out: Reply = () => ({ status: 503, body: {} });

/**
 * What roles allow for others than the code of the functions, or for what this suite does not bring about:
 * `<logical id>: <action> <ARN>`.
 */
const usedElsewhere: readonly { readonly atom: RegExp; readonly because: string }[] = [
  { atom: /: logs:(CreateLogStream|PutLogEvents) /, because: 'Lambda writes the log of a function itself' },
  { atom: /: ec2:/, because: 'Lambda attaches the function to the VPC' },
  { atom: /: xray:/, because: 'the runtime of Lambda sends segments, which the emulator lacks' },
  {
    atom: /: sqs:(ChangeMessageVisibility|DeleteMessage|GetQueueAttributes|ReceiveMessage) /,
    because: 'Lambda reads the queue of an event source mapping',
  },
  {
    atom: /: sqs:SendMessage .*Failures/,
    because: 'Lambda sends on what an asynchronous invocation could not do',
  },
  {
    atom: /^EventsIngestUpload.*: events:PutEvents /,
    because: 'Lambda tells the bus of an asynchronous invocation that succeeded',
  },
  {
    atom: /^Events(IngestUpload|StartFulfilment).*: kms:GenerateDataKey /,
    because: 'the queue of failed invocations is behind the key',
  },
  {
    atom: /: dynamodb:(DeleteItem|GetItem) .*Idempotency/,
    because: 'Powertools reads what another attempt holds, and deletes what an attempt that fails has left',
  },
  {
    atom: /^BatchProcessOrders.*: dynamodb:GetItem .*Processed/,
    because: 'only a repeated attempt reads what is settled; the suite of retries makes one',
  },
  {
    atom: /^EventsIngestUpload.*: s3:GetObjectVersion /,
    because: 'the events of S3 name the version of an object; the emulator’s do not',
  },
];

const missing = await installMinistack();
if (missing !== undefined) console.warn(`Skipped: ${missing}.`);

(missing === undefined ? describe : describe.skip)('the reference application, deployed', () => {
  let external: ExternalServer;
  let app: Deployment;
  let state: ReturnType<typeof stateOf>;
  let call: CallApi;
  let sequence = 0;

  beforeAll(async () => {
    external = await startExternalServer(answers);
    app = await deployApplication(external.url);
    state = stateOf(app);
    await new SecretsManagerClient(app.client).send(
      new PutSecretValueCommand({
        SecretId: app.output('HeadgateFoundation', 'ExternalApiKeySecret'),
        SecretString: '{"apiKey":"k-1"}',
      }),
    );
    call = await apiClient(app);
  }, 600_000);
  afterAll(async () => {
    await app?.stop();
    await external?.close();
  });

  const place = async (key = `order-${++sequence}`) =>
    call('POST', '/orders', { 'Idempotency-Key': key }, { customer, ...goods });
  const deadLetters = [
    'ApiFailuresQueue',
    'BatchOrdersDeadLettersQueue',
    'BatchUndeliveredQueue',
    'EventsAuditDeadLettersQueue',
    'EventsFailuresQueue',
    'EventsOrderedOrdersDeadLettersQueue',
    'EventsUndeliveredAnnouncementsQueue',
    'EventsUndeliveredQueue',
    'ExternalApiFailuresQueue',
    'FoundationOperationsUndeliveredQueue',
  ];
  const dead = async () => {
    const depths = await Promise.all(deadLetters.map(async (id) => [id, await state.depth(id)] as const));
    return depths.filter(([, depth]) => depth > 0);
  };

  it('takes nobody in without a token and a key', async () => {
    const anonymous = await fetch(
      `${app.endpoint}/_aws/execute-api/${app.id('AWS::ApiGateway::RestApi', 'Api')}/live/orders`,
      { method: 'POST', body: '{}' },
    );
    expect(anonymous.status).toBe(401);
    await expect(call('POST', '/orders', { 'x-api-key': 'none' }, {})).resolves.toMatchObject({
      status: 403,
    });
  });

  it('takes an order through the gateway, stores, queues, settles and fulfills it', async () => {
    const { status, body } = await place();
    expect({ status, body }).toEqual({
      status: 202,
      body: { orderId: expect.stringMatching(/^[0-9a-f]{32}$/), totalCents: 4200 },
    });
    const orderId = String(body['orderId']);
    expect(await state.row('ApiOrders', orderId)).toMatchObject({ status: 'ACCEPTED', totalCents: 4200 });
    expect(await state.objects('ApiDocuments', orderId)).toHaveLength(1);
    await eventually(() => state.row('BatchProcessed', orderId), 'the order is settled');
    await eventually(async () => (await state.objects('BatchAuditTrail', orderId))[0], 'the trail is kept');
    const done = await eventually(async () => {
      const [one] = await state.executions(orderId);
      return one === 'RUNNING' ? undefined : one;
    }, 'the order is fulfilled');
    expect(done).toBe('SUCCEEDED');
    expect(await state.row('EventsOrders', orderId)).toMatchObject({
      fulfilment: 'FULFILLED',
      reservedUnits: 3,
    });
    await eventually(async () => (await state.objects('EventsAuditTrail', orderId))[0], 'it is announced');
    const shown = await call('GET', `/orders/${orderId}`);
    expect(shown).toMatchObject({ status: 200, body: { customer, totalCents: 4200 } });
    expect(await dead()).toEqual([]);
  });

  it('answers a repeated request as it answered the first', async () => {
    const first = await place('twice');
    await expect(place('twice')).resolves.toEqual(first);
  });

  it('counts a reservation once, however often an execution is repeated', async () => {
    const orderId = `again-${Date.now()}`;
    const sfn = new SFNClient(app.client);
    for (const name of ['first', 'second']) {
      await sfn.send(
        new StartExecutionCommand({
          stateMachineArn: app.id('AWS::StepFunctions::StateMachine', 'EventsFulfilmentStateMachine'),
          name: name === 'first' ? `order-${orderId}` : `${name}-${orderId}`,
          input: JSON.stringify({ orderId, items: goods.items }),
        }),
      );
      await eventually(
        async () =>
          (await state.row('EventsOrders', orderId))?.['fulfilment'] === 'FULFILLED' ? true : undefined,
        'the order is fulfilled',
      );
    }
    expect(await state.row('EventsOrders', orderId)).toMatchObject({ reservedUnits: 3 });
  });

  it('takes an upload over the bus and the ordered queue, releases it on schedule, and tells both consumers', async () => {
    const bucket = app.output('HeadgateEvents', 'UploadBucket');
    const line = JSON.stringify({ customer, ...goods });
    await new S3Client(app.client).send(
      new PutObjectCommand({ Bucket: bucket, Key: 'orders.ndjson', Body: `${line}\nno order\n` }),
    );
    const orderId = derivedId(`${bucket}/orders.ndjson`, '0', line);
    const recorded = await eventually(() => state.row('EventsOrders', orderId), 'the upload is recorded');
    expect(recorded).toMatchObject({ items: goods.items });
    await new LambdaClient(app.client).send(
      new InvokeCommand({
        FunctionName: app.id('AWS::Lambda::Function', 'EventsReleaseDueOrdersFunction'),
        Payload: Buffer.from(JSON.stringify({ id: 'run-1' })),
      }),
    );
    await eventually(
      async () => ((await state.row('EventsOrders', orderId))?.['status'] === 'RELEASED' ? true : undefined),
      'the order is released',
    );
    await eventually(
      async () => (await state.objects('EventsAuditTrail', orderId))[0],
      'the announcement is kept',
    );
    await eventually(() => state.row('BatchProcessed', orderId), 'the released order is settled');
    expect(await dead()).toEqual([]);
  });

  const retryAtOnce = (logicalId: string) =>
    new SQSClient(app.client).send(
      new SetQueueAttributesCommand({
        QueueUrl: state.queueUrl(logicalId),
        Attributes: { VisibilityTimeout: '10' },
      }),
    );

  it('buries a poison message alone', async () => {
    await retryAtOnce('BatchOrdersQueue');
    await new SQSClient(app.client).send(
      new SendMessageCommand({ QueueUrl: state.queueUrl('BatchOrdersQueue'), MessageBody: 'poison' }),
    );
    const { body } = await place();
    await eventually(
      () => state.row('BatchProcessed', String(body['orderId'])),
      'the order beside it is settled',
    );
    await eventually(
      async () => ((await state.depth('BatchOrdersDeadLettersQueue')) > 0 ? true : undefined),
      'the poison message is dead',
    );
    expect((await dead()).map(([queue]) => queue)).toEqual(['BatchOrdersDeadLettersQueue']);
  });

  it('answers 503 while the external API is out, and settles later what waited', async () => {
    const { body } = await place();
    const orderId = String(body['orderId']);
    external.reply = out;
    await expect(place()).resolves.toMatchObject({ status: 503 });
    external.reply = answers;
    await eventually(async () => {
      const settled = await state.row('BatchProcessed', orderId);
      if (settled) return settled;
      // What was given up while the API was out is moved back, as the runbook does.
      await new SQSClient(app.client)
        .send(
          new StartMessageMoveTaskCommand({
            SourceArn: `arn:aws:sqs:us-east-1:${account}:${state.queueUrl('BatchOrdersDeadLettersQueue').split('/').at(-1) ?? ''}`,
          }),
        )
        .catch(() => undefined);
      return undefined;
    }, 'the order is settled');
  });

  it('rotates the key of the external API', async () => {
    const secret = app.output('HeadgateFoundation', 'ExternalApiKeySecret');
    const token = '11111111-2222-3333-4444-555555555555';
    for (const step of ['createSecret', 'setSecret', 'testSecret', 'finishSecret']) {
      const { FunctionError: error } = await new LambdaClient(app.client).send(
        new InvokeCommand({
          FunctionName: app.id('AWS::Lambda::Function', 'ExternalApiRotationFunction'),
          Payload: Buffer.from(JSON.stringify({ Step: step, SecretId: secret, ClientRequestToken: token })),
        }),
      );
      expect({ step, error }).toEqual({ step, error: undefined });
    }
    const { VersionId: current } = await new SecretsManagerClient(app.client).send(
      new GetSecretValueCommand({ SecretId: secret }),
    );
    expect(current).toBe(token);
  });

  it('makes only calls that role, endpoint and key allow, and its roles allow nothing else', () => {
    const { denied, unread, unused } = checkPermissions(app);
    expect({ denied, unread }).toEqual({ denied: [], unread: [] });
    const unexplained = [...unused]
      .flatMap(([logicalId, atoms]) => atoms.map((atom) => `${logicalId}: ${atom}`))
      .filter((each) => !usedElsewhere.some(({ atom }) => atom.test(each)));
    expect(unexplained).toEqual([]);
  });

  it('is deployed again without harm, as a sandbox too, and torn down', async () => {
    await app.update();
    const { status } = await place();
    expect(status).toBe(202);
    await app.update({ posture: 'sandbox' });
    await app.destroy();
  });
});
