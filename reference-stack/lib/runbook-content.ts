/** Root-cause guide that stands at the head of the document, in Markdown. */
function description(flow: string): string {
  return [
    `# Dead messages of the ${flow} flow`,
    '',
    '1. **Inspect.** Run with `Action: Inspect` and the queue named in the alarm. It lists up to ten messages',
    '   with their receive count, age, correlation id and size, never their bodies, and gives them back.',
    '2. **Find the cause.** Look the correlation ids up with the saved CloudWatch Logs Insights query',
    '   `<stack>/errors-by-correlation-id`, follow the trace in X-Ray, and see in the dashboard whether the',
    '   circuit breaker was open. A poison message fails alone; a broken dependency fails all.',
    '3. **Repair first.** A message that is replayed before the cause is gone comes back after three receives.',
    '4. **Replay.** `RetryOne` validates one message and sends it to its source queue. `RedriveAll` moves them',
    '   all back with StartMessageMoveTask, ten a second. `ReplayArchive` puts archived events on the bus again.',
    '   Every handler is idempotent: a message that had been handled is answered from its record.',
    '5. **Watch** the depth and age alarms return to OK, and write down cause and repair.',
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

const retryOneScript = `
import boto3, json, time
def retry_one(events, context):
    sqs = boto3.client('sqs')
    deadline = time.time() + 240
    held = []
    try:
        while time.time() < deadline:
            answer = sqs.receive_message(QueueUrl=events['QueueUrl'], MaxNumberOfMessages=10, VisibilityTimeout=300,
                                         WaitTimeSeconds=5, AttributeNames=['All'], MessageAttributeNames=['All'])
            messages = answer.get('Messages', [])
            if not messages:
                break
            held.extend(messages)
            for message in messages:
                if message['MessageId'] == events['MessageId']:
                    return send_back(sqs, events, message, held)
    finally:
        for message in held:
            try:
                sqs.change_message_visibility(QueueUrl=events['QueueUrl'], ReceiptHandle=message['ReceiptHandle'],
                                              VisibilityTimeout=0)
            except sqs.exceptions.ClientError:
                pass
    raise Exception('No message ' + events['MessageId'] + ' was received from the queue.')

def send_back(sqs, events, message, held):
    body = json.loads(message['Body'])
    if not isinstance(body, dict):
        raise Exception('The body is not a JSON object: repair the producer, then send the message anew.')
    attributes = {name: {key: value for key, value in attribute.items() if key in ('DataType', 'StringValue', 'BinaryValue')}
                  for name, attribute in message.get('MessageAttributes', {}).items()}
    ordering = {}
    if events['SourceQueueUrl'].endswith('.fifo'):
        ordering = {'MessageGroupId': message['Attributes']['MessageGroupId'],
                    'MessageDeduplicationId': message['MessageId']}
    sent = sqs.send_message(QueueUrl=events['SourceQueueUrl'], MessageBody=message['Body'],
                            MessageAttributes=attributes, **ordering)
    sqs.delete_message(QueueUrl=events['QueueUrl'], ReceiptHandle=message['ReceiptHandle'])
    held.remove(message)
    return {'SentMessageId': sent['MessageId']}
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
) {
  return {
    name,
    action: 'aws:executeScript',
    isEnd: true,
    inputs: {
      Runtime: 'python3.11',
      Handler: handler,
      InputPayload: Object.fromEntries(inputs.map((input) => [input, `{{ ${input} }}`])),
      Script: source.trim(),
    },
    outputs: outputs.map(([output, type]) => ({ Name: output, Selector: `$.Payload.${output}`, Type: type })),
  };
}

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
      Action: text('What to do', {
        default: 'Inspect',
        allowedValues: ['Inspect', 'RedriveAll', 'RetryOne', 'ReplayArchive'],
      }),
      QueueUrl: text('URL of the dead-letter queue (Inspect, RetryOne)', { default: '' }),
      QueueArn: text('ARN of the dead-letter queue (RedriveAll)', { default: '' }),
      SourceQueueUrl: text('URL of the queue that the message came from (RetryOne)', { default: '' }),
      MessageId: text('Id of the message, as Inspect shows it (RetryOne)', { default: '' }),
      ArchiveArn: text('ARN of the archive (ReplayArchive)', { default: '' }),
      BusArn: text('ARN of the bus (ReplayArchive)', { default: '' }),
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
      script(
        'RetryOne',
        'retry_one',
        retryOneScript,
        ['QueueUrl', 'SourceQueueUrl', 'MessageId'],
        [['SentMessageId', 'String']],
      ),
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
