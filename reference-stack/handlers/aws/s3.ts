import { S3Client } from '@aws-sdk/client-s3';
import { tracer } from '../observability.ts';
import { clientSettings } from './settings.ts';

/** Traced client with time-outs. */
export const s3 = tracer.captureAWSv3Client(new S3Client(clientSettings));
