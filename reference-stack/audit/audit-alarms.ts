import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import type { Operations } from '../lib/operations.ts';

/** Namespace of the audits' metrics; src/lambda/metrics.ts writes it. */
export const auditNamespace = 'Headgate/Audit';

/** A metric that the audits of a deployment write. */
export function auditMetric(deployment: string, name: string, statistic = 'Maximum'): cloudwatch.Metric {
  return new cloudwatch.Metric({
    namespace: auditNamespace,
    metricName: name,
    dimensionsMap: { Deployment: deployment },
    statistic,
    period: Duration.hours(1),
  });
}

/**
 * Nobody would miss an audit that is never started. Only for the default schedule: where it is another, so is the time
 * to wait.
 *
 * @param ended metric that counts what ended
 */
export function addSilentAlarm(
  scope: Construct,
  operations: Operations,
  alarmDescription: string,
  ended: cloudwatch.Metric,
): void {
  const alarm = new cloudwatch.Alarm(scope, 'SilentAlarm', {
    alarmDescription,
    metric: ended.with({ period: Duration.days(1) }),
    threshold: 1,
    comparisonOperator: cloudwatch.ComparisonOperator.LESS_THAN_THRESHOLD,
    evaluationPeriods: 2,
    treatMissingData: cloudwatch.TreatMissingData.BREACHING,
  });
  operations.notify(alarm);
}

/** Tells operations of everything above zero. */
export function addAlarm(
  scope: Construct,
  operations: Operations,
  id: string,
  alarmDescription: string,
  metric: cloudwatch.Metric,
): void {
  const alarm = new cloudwatch.Alarm(scope, `${id}Alarm`, {
    alarmDescription,
    metric,
    threshold: 0,
    comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
    evaluationPeriods: 1,
    treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
  });
  operations.notify(alarm);
}
