import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';

const logger = new Logger();
const metrics = new Metrics();

/** Accepts `POST /payments`; what it stores and where is yours to write. */
export function handler(event: APIGatewayProxyEvent): Promise<APIGatewayProxyResult> {
  logger.appendKeys({ correlationId: event.requestContext.requestId });
  logger.info('A payment was taken');
  metrics.addMetric('PaymentTaken', 'Count', 1);
  metrics.publishStoredMetrics();
  return Promise.resolve({ statusCode: 202, body: '{}' });
}
