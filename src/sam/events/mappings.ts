import { scalarText } from '../../model/scalar-text.ts';
import { lookup } from '../../model/lookup.ts';
import { member } from '../../text/raw.ts';
import { bucketPolicy } from '../invoke-config.ts';
import { allow, managedPolicy } from '../roles.ts';
import { isGiven, isIntrinsic, isMap, isTruthy, omit, pick, present, type Tree } from '../tree.ts';
import { emitForEvent, eventProblem, type EventNeeds, type FunctionEvent } from './event.ts';
import { amazonMqNeeds, documentDbNeeds, kafkaNeeds, mskNeeds } from './mapping-rights.ts';

/** Event source mapping properties that keep name and value. */
const handedThrough = [
  'BatchSize',
  'StartingPosition',
  'StartingPositionTimestamp',
  'Enabled',
  'MaximumBatchingWindowInSeconds',
  'MaximumRetryAttempts',
  'BisectBatchOnFunctionError',
  'MaximumRecordAgeInSeconds',
  'ParallelizationFactor',
  'Topics',
  'Queues',
  'SourceAccessConfigurations',
  'TumblingWindowInSeconds',
  'FunctionResponseTypes',
  'FilterCriteria',
  'KmsKeyArn',
  'ScalingConfig',
  'ProvisionedPollerConfig',
  'MetricsConfig',
  'LoggingConfig',
];

interface Kind {
  /** Property that names the source. */
  readonly source?: string;
  /** Middle of the name of the managed policy that lets a role poll it. */
  readonly managed?: string;
  /** Further rights, and what is wrong with the properties. */
  readonly needs?: (event: FunctionEvent) => readonly Tree[];
}

const kinds: Readonly<Record<string, Kind>> = {
  SQS: { source: 'Queue', managed: 'SQSQueue' },
  Kinesis: { source: 'Stream', managed: 'Kinesis' },
  DynamoDB: { source: 'Stream', managed: 'DynamoDB' },
  MSK: { source: 'Stream', managed: 'MSK', needs: mskNeeds },
  MQ: { source: 'Broker', needs: amazonMqNeeds },
  DocumentDB: { source: 'Cluster', needs: documentDbNeeds },
  SelfManagedKafka: { needs: kafkaNeeds },
};

/** Events that Lambda polls for: the event source mapping, and what the function's role needs for it. */
export function expandMapping(event: FunctionEvent): EventNeeds {
  const { properties, type } = event;
  const kind = lookup(kinds, type) ?? {};
  checkMapping(event);
  const source = kind.source === undefined ? undefined : properties[kind.source];
  const destination = destinationOf(event);
  emitForEvent(event, event.id, 'AWS::Lambda::EventSourceMapping', {
    ...pick(properties, handedThrough),
    FunctionName: event.target.name,
    EventSourceArn: source,
    DestinationConfig: destination.config,
    ...sourceConfig(event),
  });
  return {
    managed: kind.managed === undefined ? [] : [executionRole(kind.managed, event.context.partition)],
    inline: [...destination.policies, ...(kind.needs?.(event) ?? [])],
  };
}

function executionRole(name: string, partition: string): string {
  return managedPolicy(`service-role/AWSLambda${name}ExecutionRole`, partition);
}

function checkMapping(event: FunctionEvent): void {
  const { properties, type } = event;
  if (isGiven(properties['ConsumerGroupId']) && type !== 'MSK' && type !== 'SelfManagedKafka') {
    throw eventProblem(event, `${type} has no property \`ConsumerGroupId\`; remove it`, ['ConsumerGroupId']);
  }
  const filter = properties['FilterCriteria'];
  if (!isGiven(filter) || isIntrinsic(filter)) return;
  const isShaped = isMap(filter) && Object.keys(filter).every((key) => key === 'Filters');
  const filters = member(filter, 'Filters') ?? [];
  const fits = isIntrinsic(filters) || (Array.isArray(filters) && filters.every((item) => isFilter(item)));
  if (!isShaped || !fits) {
    throw eventProblem(
      event,
      '`FilterCriteria` has a wrong format: it takes `Filters`, a list of `Pattern`s',
      ['FilterCriteria'],
    );
  }
}

function isFilter(item: unknown): boolean {
  return isMap(item) ? Object.keys(item).every((key) => key === 'Pattern') : isIntrinsic(item);
}

/** Where records go that could not be processed, and the right to put them there. */
function destinationOf(event: FunctionEvent): { config?: unknown; policies: Tree[] } {
  const written = event.properties['DestinationConfig'];
  if (!isTruthy(written)) return { policies: [] };
  const failure = member(written, 'OnFailure');
  if (!isGiven(failure)) {
    throw eventProblem(event, '`OnFailure` is required in `DestinationConfig`', ['DestinationConfig']);
  }
  const type = member(failure, 'Type');
  const arn = member(failure, 'Destination');
  if (!isMap(failure) || !isGiven(type)) return { config: written, policies: [] };
  if (!['SQS', 'SNS', 'S3', 'Kafka'].includes(scalarText(event.context.resolved(type)))) {
    throw eventProblem(event, '`Type` of a destination is `SQS`, `SNS` or `S3`', ['DestinationConfig']);
  }
  const config = { ...(written as Tree), OnFailure: omit(failure, ['Type']) };
  return { config, policies: destinationPolicy(event.id, scalarText(event.context.resolved(type)), arn) };
}

function destinationPolicy(id: string, type: string, arn: unknown): Tree[] {
  if (type === 'SQS') return [allow(`${id}SQSPolicy`, 'sqs:SendMessage', arn)];
  if (type === 'SNS') return [allow(`${id}SNSPolicy`, 'sns:publish', arn)];
  return type === 'S3' ? [bucketPolicy(`${id}S3Policy`, arn)] : [];
}

function sourceConfig({ type, properties }: FunctionEvent): Tree {
  const { KafkaBootstrapServers } = properties;
  const kafka = pick(properties, ['ConsumerGroupId', 'SchemaRegistryConfig']);
  const kafkaConfig = isTruthy(kafka) ? kafka : undefined;
  if (type === 'MSK') return { AmazonManagedKafkaEventSourceConfig: kafkaConfig };
  if (type === 'SelfManagedKafka') {
    return present({
      SelfManagedEventSource: isTruthy(KafkaBootstrapServers)
        ? { Endpoints: { KafkaBootstrapServers } }
        : undefined,
      SelfManagedKafkaEventSourceConfig: kafkaConfig,
    });
  }
  if (type !== 'DocumentDB') return {};
  return {
    DocumentDBEventSourceConfig: pick(properties, ['DatabaseName', 'CollectionName', 'FullDocument']),
  };
}
