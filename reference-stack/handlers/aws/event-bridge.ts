import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { tracer } from '../observability.ts';
import { clientSettings } from './settings.ts';

/** Traced client with time-outs. */
export const eventBridge = tracer.captureAWSv3Client(new EventBridgeClient(clientSettings));
