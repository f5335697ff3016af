import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { tracer } from '../observability.ts';
import { clientSettings } from './settings.ts';

/** Traced client with time-outs. */
export const secretsManager = tracer.captureAWSv3Client(new SecretsManagerClient(clientSettings));
