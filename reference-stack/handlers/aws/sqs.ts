import { SQSClient } from '@aws-sdk/client-sqs';
import { tracer } from '../observability.ts';
import { clientSettings } from './settings.ts';

/** Traced client with time-outs. */
export const sqs = tracer.captureAWSv3Client(new SQSClient(clientSettings));
