import { acknowledge } from './acknowledge.ts';
import type { ExecutionRole } from './execution-role.ts';

/** What Step Functions needs to deliver logs (its guide, Logging using CloudWatch Logs). */
const logDelivery = [
  'CreateLogDelivery',
  'GetLogDelivery',
  'UpdateLogDelivery',
  'DeleteLogDelivery',
  'ListLogDeliveries',
  'PutResourcePolicy',
  'DescribeResourcePolicies',
  'DescribeLogGroups',
].map((action) => `logs:${action}`);

const tracing = ['PutTraceSegments', 'PutTelemetryRecords', 'GetSamplingRules', 'GetSamplingTargets'].map(
  (action) => `xray:${action}`,
);

/** Lets a state machine's role deliver logs and traces, which have no resource-level permissions. */
export function allowObservation(role: ExecutionRole): void {
  role.allow([...logDelivery, ...tracing], ['*']);
  acknowledge(role, {
    'AwsSolutions-IAM5[Resource::*]':
      'Log delivery and X-Ray have no resource-level permissions; each statement for data is limited to its resource.',
  });
}
