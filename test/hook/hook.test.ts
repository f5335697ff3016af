import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { HookAnswer } from '../../src/hook/answer.ts';
import { answerCall } from '../../src/hook/handler.ts';

/** What the server gives next: bodies with their status; an `undefined` body never ends. */
type Reply = readonly [status: number, body: string | undefined];

let server: Server;
let origin: string;
let replies: Reply[] = [];
let asked = 0;

beforeAll(async () => {
  server = createServer((_request, response) => {
    asked += 1;
    const [status, body] = (replies.length > 1 ? replies.shift() : replies[0]) ?? [500, ''];
    response.writeHead(status, { 'content-type': 'application/json' });
    if (body === undefined) response.write('{');
    else response.end(body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  asked = 0;
});

const stackId = 'arn:aws:cloudformation:eu-west-1:111122223333:stack/orders/1b2c';

/** An event as the Hooks user guide describes it for stacks. */
const stackEvent = (point = 'CREATE', changes: object = {}): object => ({
  clientRequestToken: 'token-1',
  awsAccountId: '111122223333',
  stackId,
  changeSetId: null,
  hookTypeName: 'Team::Headgate::Gate',
  hookTypeVersion: '00000001',
  hookModel: { LambdaFunction: 'arn:aws:lambda:eu-west-1:111122223333:function:gate' },
  actionInvocationPoint: `${point}_PRE_PROVISION`,
  requestData: {
    targetName: 'STACK',
    targetType: 'STACK',
    targetLogicalId: 'orders',
    payload: `${origin}/payload?X-Amz-Signature=do-not-tell`,
  },
  requestContext: { invocation: 1, callbackContext: null },
  ...changes,
});

/** The same for change sets, with the spellings of the guide's syntax table. */
const changeSetEvent = (): object => ({
  clientRequesttoken: 'token-2',
  awsAccountId: '111122223333',
  stackID: stackId,
  actionInvocationPoint: 'CREATE_PRE_PROVISION',
  requestData: {
    targetName: 'CHANGE_SET',
    targetType: 'CHANGE_SET',
    targetLogicalId: 'arn:aws:cloudformation:eu-west-1:111122223333:changeSet/c/9f',
    payload: `${origin}/payload`,
  },
});

const local = { isAllowed: () => true, pauses: [0, 0] };

async function call(event: unknown, environment: Readonly<Record<string, string>> = {}): Promise<HookAnswer> {
  return answerCall(event, { environment, fetch: local });
}

async function decide(
  payload: object,
  environment: Readonly<Record<string, string>> = {},
  event: unknown = stackEvent(),
): Promise<HookAnswer> {
  replies = [[200, JSON.stringify(payload)]];
  return call(event, environment);
}

const bad = `Resources:
  Fn:
    Type: AWS::Lambda::Function
    Properties: {Runtime: nodejs8.10, Handler: a.b, Code: {ZipFile: x}, Environment: {Variables: {DB_PASSWORD: not-a-real-one}}}
`;
const worse = `${bad}  Other:
    Type: AWS::Lambda::Function
    Properties: {Runtime: nodejs24.x, Handler: a.b, Code: {ZipFile: x}, Environment: {Variables: {API_TOKEN: not-a-real-one}}}
`;
const failedOf = ({ annotations = [] }: HookAnswer): string[] =>
  annotations.filter(({ status }) => status === 'FAILED').map(({ annotationName }) => annotationName);

describe('the hook on a stack', () => {
  it('fails a new stack for its findings, with an annotation for each and how to mend it', async () => {
    const answer = await decide({ template: bad, previousTemplate: '' });
    expect(answer).toMatchObject({
      hookStatus: 'FAILED',
      errorCode: 'NonCompliant',
      clientRequestToken: 'token-1',
      message: expect.stringContaining('all.lambda.no-plaintext-secrets'),
    });
    expect(answer.message).not.toContain('not-a-real-one');
    const secret = answer.annotations?.find(({ annotationName }) =>
      annotationName.startsWith('all.lambda.no-plaintext-secrets on '),
    );
    expect(secret).toMatchObject({
      status: 'FAILED',
      severityLevel: 'CRITICAL',
      remediationMessage: expect.stringContaining('Secrets Manager'),
      remediationLink: expect.stringMatching(/^https:/),
    });
    expect(new Set(answer.annotations?.map(({ status }) => status))).toEqual(
      new Set(['FAILED', 'PASSED', 'SKIPPED']),
    );
  });

  it('lets an update pass that brings nothing new, and fails one for what it brings', async () => {
    const update = stackEvent('UPDATE');
    const same = await decide({ template: bad, previousTemplate: bad }, {}, update);
    expect([same.hookStatus, failedOf(same)]).toEqual(['SUCCESS', []]);

    const more = await decide({ template: worse, previousTemplate: bad }, {}, update);
    expect(more.hookStatus).toBe('FAILED');
    expect(failedOf(more)).toContain('all.lambda.no-plaintext-secrets on Other');
    expect(failedOf(more).filter((name) => name.endsWith(' on Fn'))).toEqual([]);

    const all = await decide({ template: bad, previousTemplate: bad }, { HEADGATE_COMPARE: 'all' }, update);
    expect(all.hookStatus).toBe('FAILED');
  });

  it('answers a call that is tried again as it did before', async () => {
    const payload = { template: bad, previousTemplate: '' };
    expect(await decide(payload)).toEqual(await decide(payload));
  });

  it('keeps to the settings of its owner', async () => {
    const payload = { template: bad, previousTemplate: '' };
    expect((await decide(payload, { HEADGATE_FAIL_ON: 'none' })).hookStatus).toBe('SUCCESS');
    const low = 'Resources:\n  Q: {Type: AWS::SQS::Queue}\n';
    expect((await decide({ template: low }, { HEADGATE_FAIL_ON: 'critical' })).hookStatus).toBe('SUCCESS');
    expect((await decide({ template: low }, { HEADGATE_FAIL_ON: 'info' })).hookStatus).toBe('FAILED');
    const essential = await decide(payload, { HEADGATE_LEVEL: 'essential' });
    const reference = await decide(payload);
    expect(essential.annotations?.length).toBeLessThan(reference.annotations?.length ?? 0);
    expect(await decide(payload, { HEADGATE_FAIL_ON: 'hihg' })).toMatchObject({
      hookStatus: 'SUCCESS',
      message: expect.stringContaining('HEADGATE_FAIL_ON is `hihg`'),
    });
  });

  it('never fails for what is unknown, unless its owner says so', async () => {
    const template =
      'Parameters: {Stage: {Type: String}}\nConditions: {Prod: !Equals [!Ref Stage, prod]}\nResources:\n  Fn: {Type: AWS::Lambda::Function, Properties: {Runtime: !If [Prod, nodejs24.x, nodejs8.10]}}\n';
    const settings = { HEADGATE_FAIL_ON: 'medium', HEADGATE_LEVEL: 'essential' };
    const answer = await decide({ template }, settings);
    const runtime = answer.annotations?.find(({ annotationName }) => annotationName === 'all.lambda.runtime');
    expect([answer.hookStatus, runtime?.status]).toEqual(['SUCCESS', 'SKIPPED']);
    expect((await decide({ template }, { ...settings, HEADGATE_UNKNOWN: 'warn' })).hookStatus).toBe('FAILED');
  });

  it('expands SAM, and counts waivers in comments', async () => {
    const template = `Transform: AWS::Serverless-2016-10-31
Resources:
  # headgate:ignore all.lambda.no-plaintext-secrets -- a test value
  Fn:
    Type: AWS::Serverless::Function
    Properties: {Runtime: nodejs24.x, Handler: a.b, InlineCode: x, Environment: {Variables: {DB_PASSWORD: not-a-real-one}}}
  Open:
    Type: AWS::Serverless::Function
    Properties: {Runtime: nodejs24.x, Handler: a.b, InlineCode: x, Environment: {Variables: {DB_PASSWORD: not-a-real-one}}}
`;
    const failed = failedOf(await decide({ template })).filter((name) => name.includes('no-plaintext'));
    expect(failed).toEqual(['all.lambda.no-plaintext-secrets on Open']);
  });

  it('leaves a nested stack, whose template the call does not bring, to the call that is about it', async () => {
    const template = `Resources:
  Child: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: 'https://bucket.s3.amazonaws.com/child.yaml'}}
  Fn:
    Type: AWS::Lambda::Function
    Properties: {Runtime: nodejs8.10, Handler: a.b, Code: {ZipFile: x}, Role: !GetAtt Child.Outputs.Role}
`;
    const answer = await decide({ template }, { HEADGATE_FAIL_ON: 'medium' });
    expect(failedOf(answer)).toContain('all.lambda.runtime on Fn');
    const role = answer.annotations?.find(
      ({ annotationName }) => annotationName === 'all.lambda.permission.role',
    );
    expect(role).toMatchObject({ status: 'SKIPPED', statusMessage: expect.stringContaining('1 unknown') });
  });

  it('decides a template of the largest size that CloudFormation takes', async () => {
    const filler = Array.from(
      { length: 480 },
      (_, index) => `  P${index}:
    Type: AWS::SSM::Parameter
    Properties: {Type: String, Value: '${'x'.repeat(2000)}'}
`,
    );
    const template = bad + filler.join('');
    expect(Buffer.byteLength(template)).toBeGreaterThan(980_000);
    expect(failedOf(await decide({ template }))).toContain('all.lambda.no-plaintext-secrets on Fn');
  });

  it('decides what it can where CloudFormation refuses what the hook asks, and logs what was refused', async () => {
    const credentials = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'];
    for (const name of credentials) process.env[name] = 'test';
    try {
      replies = [
        [200, JSON.stringify({ template: bad.replace('a.b', "!ImportValue 'shared:Handler'") })],
        [403, '<ErrorResponse><Error><Code>AccessDenied</Code></Error></ErrorResponse>'],
      ];
      const lines: string[] = [];
      const answer = await answerCall(stackEvent(), {
        environment: { HEADGATE_LOOK_UP: 'on' },
        fetch: local,
        endpoint: origin,
        log: (line) => lines.push(line),
      });
      expect(failedOf(answer)).toContain('all.lambda.no-plaintext-secrets on Fn');
      expect(lines.filter((line) => line.includes('"WARN"')).sort()).toEqual([
        expect.stringContaining('not answered: exports: AccessDenied'),
        expect.stringContaining('not answered: parameters: AccessDenied'),
      ]);
      expect(asked).toBeGreaterThan(2);
    } finally {
      for (const name of credentials) Reflect.deleteProperty(process.env, name);
    }
  });

  it('has nothing to decide on delete, for other targets, and without a template', async () => {
    replies = [[500, '']];
    expect((await call(stackEvent('DELETE'))).hookStatus).toBe('SUCCESS');
    const resource = { requestData: { targetType: 'RESOURCE', targetName: 'AWS::SQS::Queue' } };
    expect((await call(stackEvent('CREATE', resource))).hookStatus).toBe('SUCCESS');
    expect(asked).toBe(0);
    expect(await decide({ template: '', previousTemplate: '' })).toMatchObject({ hookStatus: 'SUCCESS' });
  });
});

describe('the hook on a change set', () => {
  const template = `Parameters: {Name: {Type: String}, Seconds: {Type: Number}, Password: {Type: String, NoEcho: true}}
Conditions: {Prod: !Equals [!Ref Name, prod]}
Resources:
  Queue:
    Type: AWS::SQS::Queue
    Properties:
      VisibilityTimeout: !Ref Seconds # stays
  Fn:
    Type: AWS::Lambda::Function
    Properties:
      Runtime: !If [Prod, nodejs24.x, nodejs8.10]
      Timeout: 30
      Environment:
        Variables:
          QUEUE: !Ref Queue
          MODE: !Sub '\${Name}-\${AWS::Region}'
          DB: !Ref Password
  Mapping:
    Type: AWS::Lambda::EventSourceMapping
    Properties:
      EventSourceArn: !GetAtt Queue.Arn
      FunctionName: !Ref Fn
`;
  const change = (
    action: string,
    logicalResourceId: string,
    resourceType: string,
    after: object,
    before?: object,
  ) => ({
    action,
    logicalResourceId,
    resourceType,
    lineNumber: null,
    ...(before === undefined ? {} : { beforeContext: JSON.stringify({ Properties: before }) }),
    afterContext: JSON.stringify({ Properties: after }),
  });
  const after = (runtime: string, seconds: string) => [
    change('CREATE', 'Queue', 'AWS::SQS::Queue', { VisibilityTimeout: seconds }),
    change('CREATE', 'Fn', 'AWS::Lambda::Function', {
      Runtime: runtime,
      Timeout: '30',
      Environment: {
        Variables: { QUEUE: '{{changeSet:KNOWN_AFTER_APPLY}}', MODE: 'prod-eu-west-1', DB: '****' },
      },
    }),
  ];
  const verdictOf = (answer: HookAnswer, rule: string): string | undefined =>
    answer.annotations?.find(({ annotationName }) => annotationName.split(' ')[0] === rule)?.status;
  const decideSet = async (changedResources: readonly unknown[], environment = {}): Promise<HookAnswer> =>
    decide({ template, changedResources }, environment, changeSetEvent());

  it('decides by the values that the change set resolved, numbers as text among them', async () => {
    const low = await decideSet(after('nodejs8.10', '20'));
    expect(low.clientRequestToken).toBe('token-2');
    expect(verdictOf(low, 'all.lambda.runtime')).toBe('FAILED');
    expect(verdictOf(low, 'batch.queue.visibility-timeout')).toBe('FAILED');
    const fine = await decideSet(after('nodejs24.x', '200'));
    expect(verdictOf(fine, 'all.lambda.runtime')).toBe('PASSED');
    expect(verdictOf(fine, 'batch.queue.visibility-timeout')).toBe('PASSED');
  });

  it('fails for what it brings, by the state before that it tells', async () => {
    const update = (runtime: string, before: string) => [
      change(
        'MODIFY',
        'Fn',
        'AWS::Lambda::Function',
        { Runtime: runtime, Timeout: '30' },
        { Runtime: before, Timeout: '30' },
      ),
    ];
    expect(verdictOf(await decideSet(update('nodejs8.10', 'nodejs24.x')), 'all.lambda.runtime')).toBe(
      'FAILED',
    );
    expect(verdictOf(await decideSet(update('nodejs8.10', 'nodejs8.10')), 'all.lambda.runtime')).not.toBe(
      'FAILED',
    );
  });

  it('takes values that are unreadable for none', async () => {
    const broken = [
      { action: 'CREATE', logicalResourceId: 'Fn', resourceType: 'AWS::Lambda::Function', afterContext: '{' },
      7,
      null,
    ];
    const answer = await decideSet(broken);
    expect(verdictOf(answer, 'all.lambda.runtime')).toBe('SKIPPED');
  });
});

describe('a hook that cannot decide', () => {
  const inBothWays = async (event: unknown): Promise<[HookAnswer, HookAnswer]> => [
    await call(event),
    await call(event, { HEADGATE_ON_ERROR: 'fail' }),
  ];
  const expectFault = ([passes, fails]: readonly HookAnswer[], why: RegExp): void => {
    expect(passes).toMatchObject({ hookStatus: 'SUCCESS', message: expect.stringMatching(why) });
    expect(passes?.annotations?.map(({ status }) => status)).toEqual(['SKIPPED']);
    expect(fails).toMatchObject({ hookStatus: 'FAILED', errorCode: 'InternalFailure' });
    expect(JSON.stringify([passes, fails])).not.toContain('do-not-tell');
  };

  it('says that the presigned address is gone', async () => {
    replies = [[403, '<Error/>']];
    expectFault(await inBothWays(stackEvent()), /answered 403.*expired/);
    expect(asked).toBe(2);
  });

  it('tries again where the service fails, and gives up after three attempts', async () => {
    replies = [
      [503, ''],
      [500, ''],
      [200, JSON.stringify({ template: bad })],
    ];
    expect((await call(stackEvent())).hookStatus).toBe('FAILED');
    expect(asked).toBe(3);
    replies = [[503, '']];
    expectFault(await inBothWays(stackEvent()), /answered 503/);
  });

  it('does not wait for an answer that does not end', async () => {
    replies = [[200, undefined]];
    const answer = await answerCall(stackEvent(), {
      environment: {},
      fetch: { isAllowed: () => true, timeout: 50, pauses: [] },
    });
    expect(answer).toMatchObject({ hookStatus: 'SUCCESS', message: expect.stringContaining('after 50 ms') });
  });

  it('says what is wrong with a payload, a template or an event', async () => {
    replies = [[200, 'no json']];
    expectFault(await inBothWays(stackEvent()), /is not JSON/);
    replies = [[200, JSON.stringify({ template: 'Resources: {Fn: [' })]];
    expectFault(await inBothWays(stackEvent()), /cannot read the template/);
    expectFault(await inBothWays({}), /not a call of a CloudFormation hook/);
    expectFault(await inBothWays(null), /not a call of a CloudFormation hook/);
  });

  it('fetches from Amazon S3 alone', async () => {
    const from = async (payload: string): Promise<string> => {
      const event = stackEvent('CREATE', { requestData: { targetType: 'STACK', payload } });
      return (await answerCall(event, { environment: {}, fetch: { timeout: 1, pauses: [] } })).message;
    };
    for (const address of [
      `${origin}/payload`,
      'http://bucket.s3.amazonaws.com/x',
      'https://amazonaws.com.example.org/x',
      'https://s3.amazonaws.com.example.org/x',
      'https://169.254.169.254/latest',
      'https://ec2.eu-west-1.amazonaws.com/',
    ])
      expect(await from(address)).toContain('that is not Amazon S3');
    expect(await from('not an address')).toContain('is not a URL');
  });
});

describe('the size of an answer', () => {
  it('stays within the limits for 500 findings and more', async () => {
    const functions = Array.from(
      { length: 600 },
      (_, index) =>
        `  F${index}: {Type: AWS::Lambda::Function, Properties: {Runtime: nodejs8.10, Handler: a.b, Code: {ZipFile: x}, Environment: {Variables: {DB_PASSWORD: not-a-real-one}}}}\n`,
    );
    const answer = await decide({ template: `Resources:\n${functions.join('')}` });
    expect(Buffer.byteLength(JSON.stringify(answer))).toBeLessThan(1_100_000);
    expect(answer.message.length).toBeLessThanOrEqual(4096);
    expect(failedOf(answer).length).toBeGreaterThan(500);
    expect(answer.annotations?.at(-1)?.statusMessage).toContain('left out');
  });
});
