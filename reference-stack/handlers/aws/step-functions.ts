import { SFNClient } from '@aws-sdk/client-sfn';
import { tracer } from '../observability.ts';
import { clientSettings } from './settings.ts';

/** Traced client with time-outs. */
export const stepFunctions = tracer.captureAWSv3Client(new SFNClient(clientSettings));
