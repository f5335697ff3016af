import { KMSClient } from '@aws-sdk/client-kms';
import { tracer } from '../observability.ts';
import { clientSettings } from './settings.ts';

/** Traced client with time-outs. */
export const kms = tracer.captureAWSv3Client(new KMSClient(clientSettings));
