import type { SecretListEntry, SecretsManager } from '@aws-sdk/client-secrets-manager';
import { Unresolved } from '../../model/value.ts';
import { defineCollector, type Found } from '../collector.ts';
import { pages } from '../pages.ts';
import { nonEmpty, parseDocument } from '../plain.ts';

const secretType = 'AWS::SecretsManager::Secret';
const rotationType = 'AWS::SecretsManager::RotationSchedule';
const policyType = 'AWS::SecretsManager::ResourcePolicy';

/** Secrets: what is said about them, never their values. */
export const secretsmanager = defineCollector<SecretsManager>({
  service: 'secretsmanager',
  prefix: 'secretsmanager',
  open: async (config) => new (await import('@aws-sdk/client-secrets-manager')).SecretsManager(config),
  operations: [
    {
      operation: 'ListSecrets',
      finds: [secretType, rotationType],
      async *list(api) {
        const listed = pages(
          (NextToken) => api.listSecrets({ NextToken, MaxResults: 100 }),
          (page) => page.NextToken,
        );
        for await (const { SecretList = [] } of listed) yield { found: SecretList.flatMap(secretFound) };
      },
    },
    {
      operation: 'GetResourcePolicy',
      each: secretType,
      finds: [policyType],
      placeholder: ({ arn = '', name }, cause) => ({
        type: policyType,
        name,
        properties: { SecretId: arn, ResourcePolicy: new Unresolved(cause) },
      }),
      async *read(api, { arn = '', name }) {
        const { ResourcePolicy } = await api.getResourcePolicy({ SecretId: arn });
        if (ResourcePolicy === undefined) return;
        const properties = { SecretId: arn, ResourcePolicy: parseDocument(ResourcePolicy) };
        yield { found: [{ type: policyType, name, properties }] };
      },
    },
  ],
});

function secretFound(secret: SecretListEntry): Found[] {
  const { ARN: arn = '', Name = '', RotationEnabled } = secret;
  const found: Found = {
    type: secretType,
    name: Name,
    arn,
    properties: {
      Id: arn,
      Name,
      Description: secret.Description,
      KmsKeyId: secret.KmsKeyId,
      OwningService: secret.OwningService,
      RotationEnabled,
      LastRotatedDate: secret.LastRotatedDate,
      NextRotationDate: secret.NextRotationDate,
      LastAccessedDate: secret.LastAccessedDate,
      Tags: secret.Tags,
    },
  };
  if (RotationEnabled !== true) return [found];
  const properties = {
    SecretId: arn,
    RotationLambdaARN: secret.RotationLambdaARN,
    RotationRules: nonEmpty(secret.RotationRules),
    LastRotatedDate: secret.LastRotatedDate,
    NextRotationDate: secret.NextRotationDate,
  };
  return [found, { type: rotationType, name: Name, properties }];
}
