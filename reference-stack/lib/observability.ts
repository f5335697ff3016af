import { Duration, Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { SecureFunction } from './secure-function.ts';
import type { DeadLetterQueue, WorkQueue } from './secure-queue.ts';

/** Properties of {@link FlowObservability}. */
export interface FlowObservabilityProps {
  /** Functions that the dashboard and the queries show. */
  readonly functions: readonly SecureFunction[];
  /** Queues that the dashboard shows. */
  readonly queues?: readonly WorkQueue[];
  /** Dead-letter queues that the dashboard shows. */
  readonly deadLetters: readonly DeadLetterQueue[];
  /** Rows of more widgets, below the others. */
  readonly widgets?: readonly cloudwatch.IWidget[][];
}

/** One dashboard and the saved log queries of a flow. */
export class FlowObservability extends Construct {
  readonly dashboard: cloudwatch.Dashboard;

  constructor(scope: Construct, id: string, props: FlowObservabilityProps) {
    super(scope, id);
    this.dashboard = new cloudwatch.Dashboard(this, 'Dashboard', {
      defaultInterval: Duration.hours(3),
      widgets: [
        ...props.functions.map(functionRow),
        ...(props.queues ?? []).map(queueRow),
        ...(props.deadLetters.length === 0 ? [] : [deadLetterRow(props.deadLetters)]),
        ...(props.widgets ?? []).map((row) => [...row]),
      ],
    });
    this.addQueries(props.functions.map((each) => each.logGroup));
  }

  private addQueries(logGroups: logs.ILogGroup[]): void {
    const query = (id: string, name: string, queryString: logs.QueryString) =>
      new logs.QueryDefinition(this, id, {
        queryDefinitionName: `${Stack.of(this).stackName}/${name}`,
        queryString,
        logGroups,
      });
    query(
      'ErrorsQuery',
      'errors-by-correlation-id',
      new logs.QueryString({
        fields: [
          '@timestamp',
          'service',
          'correlation_id',
          'message',
          'error.name',
          'error.message',
          'xray_trace_id',
        ],
        filterStatements: ['level = "ERROR"'],
        sort: '@timestamp desc',
        limit: 100,
      }),
    );
    query(
      'SlowestQuery',
      'slowest-invocations',
      new logs.QueryString({
        fields: [
          '@timestamp',
          '@log',
          'record.metrics.durationMs',
          'record.metrics.initDurationMs',
          'record.requestId',
        ],
        filterStatements: ['type = "platform.report"'],
        sort: 'record.metrics.durationMs desc',
        limit: 50,
      }),
    );
  }
}

function functionRow(each: SecureFunction): cloudwatch.IWidget[] {
  const { function: handler } = each;
  return [
    new cloudwatch.GraphWidget({
      title: `${each.node.id}: invocations, throttles`,
      left: [handler.metricInvocations(), handler.metricThrottles()],
    }),
    new cloudwatch.GraphWidget({
      title: `${each.node.id}: error rate, at most 5 %`,
      left: [each.errorRate()],
      leftAnnotations: [{ value: 5, label: 'Alarm' }],
    }),
    new cloudwatch.GraphWidget({
      title: `${each.node.id}: duration`,
      left: [handler.metricDuration({ statistic: 'p50' }), handler.metricDuration({ statistic: 'p99' })],
      leftAnnotations: [{ value: each.timeout.toMilliseconds(), label: 'Time-out' }],
    }),
  ];
}

function queueRow(each: WorkQueue): cloudwatch.IWidget[] {
  return [
    new cloudwatch.GraphWidget({
      title: `${each.node.id}: depth`,
      left: [
        each.queue.metricApproximateNumberOfMessagesVisible(),
        each.queue.metricApproximateNumberOfMessagesNotVisible(),
      ],
    }),
    new cloudwatch.GraphWidget({
      title: `${each.node.id}: age of the oldest message, at most 300 s`,
      left: [each.queue.metricApproximateAgeOfOldestMessage()],
      leftAnnotations: [{ value: 300, label: 'Alarm' }],
    }),
    new cloudwatch.GraphWidget({
      title: `${each.node.id}: sent and deleted`,
      left: [each.queue.metricNumberOfMessagesSent(), each.queue.metricNumberOfMessagesDeleted()],
    }),
  ];
}

function deadLetterRow(deadLetters: readonly DeadLetterQueue[]): cloudwatch.IWidget[] {
  return [
    new cloudwatch.GraphWidget({
      title: 'Dead-letter queues: a value above 0 is an incident',
      width: 12,
      left: deadLetters.map((each) => each.queue.metricApproximateNumberOfMessagesVisible()),
    }),
    new cloudwatch.AlarmStatusWidget({
      title: 'Alarms',
      width: 12,
      alarms: deadLetters.map((each) => each.depthAlarm),
    }),
  ];
}
