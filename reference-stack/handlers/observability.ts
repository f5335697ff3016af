import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import { Tracer } from '@aws-lambda-powertools/tracer';

/** Structured log, named by POWERTOOLS_SERVICE_NAME. */
export const logger = new Logger();
/** X-Ray segments; silent outside Lambda. */
export const tracer = new Tracer();
/** Business metrics, written into the log in the embedded metric format. */
const metrics = new Metrics();

/** Business events that are counted. */
export type BusinessMetric =
  | 'OrderAccepted'
  | 'OrderProcessed'
  | 'OrderRecorded'
  | 'OrderReleased'
  | 'OrderRejected'
  | 'CircuitOpened'
  | 'FulfilmentStarted'
  | 'AnnouncementKept';

/** Counts a business event. */
export function count(metric: BusinessMetric, amount = 1): void {
  metrics.addMetric(metric, MetricUnit.Count, amount);
}

/** Writes out what was counted; at the end of every invocation. */
export function publishMetrics(): void {
  if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
}

/** Runs a step as a subsegment of the trace; its error is kept with it. */
export async function traced<T>(name: string, step: () => Promise<T>): Promise<T> {
  const parent = tracer.isTracingEnabled() ? tracer.getSegment() : undefined;
  const segment = parent?.addNewSubsegment(`## ${name}`);
  if (segment) tracer.setSegment(segment);
  try {
    return await step();
  } catch (error) {
    if (segment) tracer.addErrorAsMetadata(error as Error); // X-Ray reads message and stack alone
    throw error;
  } finally {
    segment?.close();
    if (parent) tracer.setSegment(parent);
  }
}
