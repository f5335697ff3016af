import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { tracer } from '../observability.ts';
import { clientSettings } from './settings.ts';

/** Traced client with time-outs. */
export const dynamoDb = tracer.captureAWSv3Client(new DynamoDBClient(clientSettings));
