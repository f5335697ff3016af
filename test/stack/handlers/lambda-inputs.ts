import type { Context, SQSEvent, SQSRecord } from 'aws-lambda';

/** What the runtime hands to a handler beside the event. */
export function context(remainingMs = 30_000): Context {
  return {
    callbackWaitsForEmptyEventLoop: false,
    functionName: 'under-test',
    functionVersion: '1',
    invokedFunctionArn: 'arn:aws:lambda:eu-central-1:111122223333:function:under-test',
    memoryLimitInMB: '512',
    awsRequestId: 'request-1',
    logGroupName: 'group',
    logStreamName: 'stream',
    getRemainingTimeInMillis: () => remainingMs,
    done: () => undefined,
    fail: () => undefined,
    succeed: () => undefined,
  };
}

/** A batch of messages with ids `m1`, `m2`, ... and the bodies given. */
export function sqsEvent(...bodies: (string | object)[]): SQSEvent {
  return { Records: bodies.map(toRecord) };
}

function toRecord(body: string | object, index: number): SQSRecord {
  return {
    messageId: `m${index + 1}`,
    receiptHandle: `r${index + 1}`,
    body: typeof body === 'string' ? body : JSON.stringify(body),
    attributes: {
      ApproximateReceiveCount: '1',
      SentTimestamp: '1795000000000',
      SenderId: 'sender',
      ApproximateFirstReceiveTimestamp: '1795000000000',
      MessageGroupId: `group-${index + 1}`,
    },
    messageAttributes: {
      correlationId: {
        stringValue: `correlation-${index + 1}`,
        dataType: 'String',
        stringListValues: [],
        binaryListValues: [],
      },
    },
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:eu-central-1:111122223333:orders',
    awsRegion: 'eu-central-1',
  };
}
