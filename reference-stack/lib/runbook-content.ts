/** Root-cause guide at the beginning of the document, in Markdown. */
function description(flow: string): string {
  return [
    `# Dead messages of the ${flow} flow`,
    '',
    '1. **Inspect.** Run with `Action: Inspect` and the queue named in the alarm. It lists up to ten messages',
    '   with their receive count, age, correlation ID and size, but not their bodies. The messages stay in the queue.',
    '2. **Find the cause.** Search for the correlation IDs with the saved CloudWatch Logs Insights query',
    '   `<stack>/errors-by-correlation-id`. Follow the trace in X-Ray. Check in the dashboard whether the',
    '   circuit breaker was open. If one message is invalid, only that message fails. If a dependency is',
    '   unavailable, all messages fail.',
    '3. **Fix the cause first.** Otherwise a replayed message fails again and returns after three receives.',
    '4. **Replay** with the action in the alarm. `RedriveAll` and `RetryAll` process ten messages per second.',
    '   - `RedriveAll` moves all messages back to their work queue with StartMessageMoveTask. SQS supports this only',
    '     for messages that come from a queue.',
    '   - `RetryAll` is for all other dead-letter queues. Depending on the source, it invokes the function again,',
    '     redrives the failed execution, delivers the event to its target, or publishes the notification.',
    '   - `RetryOne` validates one message and retries it in the same way.',
    '   - `ReplayArchive` sends archived events to the event bus again.',
    '   All handlers are idempotent: for a message that was already processed, they return the recorded result.',
    '5. **Watch** until the depth and age alarms return to OK. Record the cause and the fix.',
  ].join('\n');
}

const inspectScript = `
import boto3, json
def inspect(events, context):
    sqs = boto3.client('sqs')
    answer = sqs.receive_message(QueueUrl=events['QueueUrl'], MaxNumberOfMessages=10, VisibilityTimeout=60,
                                 WaitTimeSeconds=5, AttributeNames=['All'], MessageAttributeNames=['All'])
    seen = []
    for message in answer.get('Messages', []):
        attributes = message.get('MessageAttributes', {})
        correlation = attributes.get('correlationId', {}).get('StringValue', '')
        seen.append({'MessageId': message['MessageId'], 'Receives': message['Attributes']['ApproximateReceiveCount'],
                     'SentAt': message['Attributes']['SentTimestamp'], 'CorrelationId': correlation,
                     'Bytes': len(message['Body'])})
        sqs.change_message_visibility(QueueUrl=events['QueueUrl'], ReceiptHandle=message['ReceiptHandle'],
                                      VisibilityTimeout=0)
    return {'Messages': json.dumps(seen), 'Count': len(seen)}
`;

const retryScript = `
import boto3, json, time
def retry(events, context):
    sqs = boto3.client('sqs')
    wanted = events['MessageId']
    deadline = time.time() + 480
    held, retried, failed = [], [], []
    try:
        while time.time() < deadline:
            answer = sqs.receive_message(QueueUrl=events['QueueUrl'], MaxNumberOfMessages=10, VisibilityTimeout=600,
                                         WaitTimeSeconds=5, AttributeNames=['All'], MessageAttributeNames=['All'])
            messages = answer.get('Messages', [])
            if not messages:
                break
            held.extend(messages)
            for message in messages:
                if wanted not in ('', message['MessageId']):
                    continue
                try:
                    replay(events, message)
                except Exception as error:
                    if wanted:
                        raise
                    failed.append({'MessageId': message['MessageId'], 'Reason': str(error)})
                    continue
                sqs.delete_message(QueueUrl=events['QueueUrl'], ReceiptHandle=message['ReceiptHandle'])
                held.remove(message)
                retried.append(message['MessageId'])
                if wanted:
                    return {'Retried': 1, 'Failed': '[]'}
                time.sleep(0.1)
    finally:
        for message in held:
            try:
                sqs.change_message_visibility(QueueUrl=events['QueueUrl'], ReceiptHandle=message['ReceiptHandle'],
                                              VisibilityTimeout=0)
            except sqs.exceptions.ClientError:
                pass
    if wanted:
        raise Exception('No message ' + wanted + ' was received from the queue.')
    return {'Retried': len(retried), 'Failed': json.dumps(failed)}

def replay(events, message):
    body = json.loads(message['Body'])
    if not isinstance(body, dict):
        raise Exception('The body is not a JSON object. Fix the producer, then send the message again.')
    values = {name: attribute.get('StringValue', '') for name, attribute in message.get('MessageAttributes', {}).items()}
    request = body.get('requestContext')
    if isinstance(request, dict) and 'functionArn' in request and 'requestPayload' in body:
        invoke(request['functionArn'], body['requestPayload'])
    elif body.get('type') == 'order.unfulfilled':
        boto3.client('stepfunctions').redrive_execution(executionArn=body['execution'])
    elif 'TARGET_ARN' in values:
        deliver(events, values['TARGET_ARN'], body)
    elif body.get('Type') == 'Notification' and 'TopicArn' in body:
        subject = {'Subject': body['Subject']} if body.get('Subject') else {}
        boto3.client('sns').publish(TopicArn=body['TopicArn'], Message=body['Message'], **subject)
    elif events['SourceQueueUrl']:
        send(events['SourceQueueUrl'], message['Body'], message)
    elif 'detail-type' in body and 'source' in body:
        put(events, body)
    else:
        raise Exception('The message does not contain its source. Set SourceQueueUrl.')

def deliver(events, target, body):
    service = target.split(':')[2]
    if service == 'lambda':
        invoke(target, body)
    elif service == 'states':
        boto3.client('stepfunctions').start_execution(stateMachineArn=target, input=json.dumps(body))
    elif service == 'sqs':
        url = boto3.client('sqs').get_queue_url(QueueName=target.split(':')[5])['QueueUrl']
        send(url, json.dumps(body.get('detail', body)), {})
    elif service == 'events':
        put({**events, 'BusArn': target}, body)
    else:
        raise Exception('Retry does not support the target ' + target + '. Send the event to the target yourself.')

def put(events, body):
    if body['source'].startswith('aws.'):
        if not events['FunctionArn']:
            raise Exception('Only AWS services can send events with the source ' + body['source'] + '. Set FunctionArn to invoke the function directly.')
        invoke(events['FunctionArn'], body)
        return
    if not events['BusArn']:
        raise Exception('The event did not reach a rule. Set BusArn to send it again.')
    entry = {'EventBusName': events['BusArn'], 'Source': body['source'], 'DetailType': body['detail-type'],
             'Detail': json.dumps(body['detail']), 'Resources': body.get('resources', [])}
    answer = boto3.client('events').put_events(Entries=[entry])
    if answer['FailedEntryCount']:
        raise Exception('The event bus rejected the event: ' + answer['Entries'][0].get('ErrorCode', 'no code') + '.')

def invoke(arn, payload):
    name = arn[:-8] if arn.endswith(':$LATEST') else arn
    boto3.client('lambda').invoke(FunctionName=name, InvocationType='Event', Payload=json.dumps(payload).encode())

def send(url, body, message):
    attributes = {name: {key: value for key, value in attribute.items() if key in ('DataType', 'StringValue', 'BinaryValue')}
                  for name, attribute in message.get('MessageAttributes', {}).items()}
    ordering = {}
    if url.endswith('.fifo'):
        ordering = {'MessageGroupId': message['Attributes']['MessageGroupId'],
                    'MessageDeduplicationId': message['MessageId']}
    boto3.client('sqs').send_message(QueueUrl=url, MessageBody=body, MessageAttributes=attributes, **ordering)
`;

const text = (describes: string, more: Record<string, unknown> = {}) => ({
  type: 'String',
  description: describes,
  ...more,
});

function script(
  name: string,
  handler: string,
  source: string,
  inputs: string[],
  outputs: [string, string][],
  constants: Record<string, string> = {},
) {
  return {
    name,
    action: 'aws:executeScript',
    isEnd: true,
    inputs: {
      Runtime: 'python3.11',
      Handler: handler,
      InputPayload: {
        ...Object.fromEntries(inputs.map((input) => [input, `{{ ${input} }}`])),
        ...constants,
      },
      Script: source.trim(),
    },
    outputs: outputs.map(([output, type]) => ({ Name: output, Selector: `$.Payload.${output}`, Type: type })),
  };
}

const retryInputs = ['QueueUrl', 'SourceQueueUrl', 'FunctionArn', 'BusArn'];

const retryOutputs: [string, string][] = [
  ['Retried', 'Integer'],
  ['Failed', 'String'],
];

/**
 * The Automation document (schema 0.3): one parameter chooses the procedure.
 *
 * @param flow name of the flow
 * @param roleArn role that the steps run with
 */
export function runbookContent(flow: string, roleArn: string): Record<string, unknown> {
  const choose = (action: string, step: string) => ({
    NextStep: step,
    Variable: '{{ Action }}',
    StringEquals: action,
  });
  return {
    schemaVersion: '0.3',
    description: description(flow),
    assumeRole: roleArn,
    parameters: {
      Action: text('Procedure to run', {
        default: 'Inspect',
        allowedValues: ['Inspect', 'RedriveAll', 'RetryOne', 'RetryAll', 'ReplayArchive'],
      }),
      QueueUrl: text('URL of the dead-letter queue (Inspect, RetryOne, RetryAll)', { default: '' }),
      QueueArn: text('ARN of the dead-letter queue of a work queue (RedriveAll)', { default: '' }),
      SourceQueueUrl: text('URL of the queue that the messages are for (RetryOne, RetryAll)', {
        default: '',
      }),
      FunctionArn: text('ARN of the function for events of AWS services (RetryOne, RetryAll)', {
        default: '',
      }),
      MessageId: text('ID of the message from the output of Inspect (RetryOne)', { default: '' }),
      ArchiveArn: text('ARN of the archive (ReplayArchive)', { default: '' }),
      BusArn: text(
        'ARN of the event bus (ReplayArchive; RetryOne and RetryAll for events that did not reach a rule)',
        {
          default: '',
        },
      ),
      ReplayName: text('Unique name of the replay (ReplayArchive)', { default: '' }),
      From: text('Start of the events, ISO 8601 (ReplayArchive)', { default: '' }),
      To: text('End of the events, ISO 8601 (ReplayArchive)', { default: '' }),
    },
    mainSteps: [
      {
        name: 'ChooseAction',
        action: 'aws:branch',
        inputs: {
          Choices: [
            choose('Inspect', 'Inspect'),
            choose('RedriveAll', 'RedriveAll'),
            choose('RetryOne', 'RetryOne'),
            choose('RetryAll', 'RetryAll'),
            choose('ReplayArchive', 'ReplayArchive'),
          ],
        },
      },
      script(
        'Inspect',
        'inspect',
        inspectScript,
        ['QueueUrl'],
        [
          ['Messages', 'String'],
          ['Count', 'Integer'],
        ],
      ),
      {
        name: 'RedriveAll',
        action: 'aws:executeAwsApi',
        nextStep: 'WaitForRedrive',
        inputs: {
          Service: 'sqs',
          Api: 'StartMessageMoveTask',
          SourceArn: '{{ QueueArn }}',
          MaxNumberOfMessagesPerSecond: 10,
        },
      },
      {
        name: 'WaitForRedrive',
        action: 'aws:waitForAwsResourceProperty',
        timeoutSeconds: 3600,
        isEnd: true,
        inputs: {
          Service: 'sqs',
          Api: 'ListMessageMoveTasks',
          SourceArn: '{{ QueueArn }}',
          PropertySelector: '$.Results[0].Status',
          DesiredValues: ['COMPLETED'],
        },
      },
      script('RetryOne', 'retry', retryScript, [...retryInputs, 'MessageId'], retryOutputs),
      script('RetryAll', 'retry', retryScript, retryInputs, retryOutputs, { MessageId: '' }),
      {
        name: 'ReplayArchive',
        action: 'aws:executeAwsApi',
        isEnd: true,
        inputs: {
          Service: 'events',
          Api: 'StartReplay',
          ReplayName: '{{ ReplayName }}',
          EventSourceArn: '{{ ArchiveArn }}',
          EventStartTime: '{{ From }}',
          EventEndTime: '{{ To }}',
          Destination: { Arn: '{{ BusArn }}' },
        },
        outputs: [{ Name: 'ReplayArn', Selector: '$.ReplayArn', Type: 'String' }],
      },
    ],
  };
}
