/** Namespace of the audit's metrics. */
export const auditNamespace = 'Headgate/Audit';

/**
 * One line in CloudWatch's embedded metric format: the values become metrics of the deployment, the
 * properties stay in the log for whoever asks which account it was.
 * Format: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function metricsLine(
  deployment: string,
  values: Readonly<Record<string, number>>,
  properties: Readonly<Record<string, unknown>>,
  now: Date,
): string {
  const Metrics = Object.keys(values).map((Name) => ({
    Name,
    Unit: Name.endsWith('Milliseconds') ? 'Milliseconds' : 'Count',
  }));
  const directive = { Namespace: auditNamespace, Dimensions: [['Deployment']], Metrics };
  return `${JSON.stringify({
    ...properties,
    _aws: { Timestamp: now.getTime(), CloudWatchMetrics: [directive] },
    Deployment: deployment,
    ...values,
  })}\n`;
}
