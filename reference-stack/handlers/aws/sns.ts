import { SNSClient } from '@aws-sdk/client-sns';
import { tracer } from '../observability.ts';
import { clientSettings } from './settings.ts';

/** Traced client with time-outs. */
export const sns = tracer.captureAWSv3Client(new SNSClient(clientSettings));
