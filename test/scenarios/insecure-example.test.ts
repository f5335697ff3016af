import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { scan } from '../gate/command.ts';

/** What is amiss in the example, and on which resource: the dozen that its comments mark with "!", and no more. */
const marked: Readonly<Record<string, readonly string[]>> = {
  'all.alarm.throttles': ['OrdersFunction', 'ShipmentsFunction'],
  'all.alarm.throttles.stage': ['OrdersStage'],
  'all.lambda.code-signing': ['OrdersFunction', 'ShipmentsFunction'],
  'all.lambda.no-plaintext-secrets': ['OrdersFunction'],
  'all.lambda.runtime': ['ShipmentsFunction'],
  'all.lambda.vpc': ['OrdersFunction', 'ShipmentsFunction'],
  'api.authorizer.present': ['CreateOrder'],
  'api.client.tls': ['OrdersApi'],
  'api.dynamodb.encryption': ['OrdersTable'],
  'api.gateway.request-validation': ['CreateOrder'],
  'api.waf.associated': ['OrdersStage'],
  'batch.alarm.error-rate': ['OrdersFunction', 'ShipmentsFunction'],
  'batch.alarm.queue-age': ['ShipmentsQueue'],
  'batch.mapping.partial-failure': ['ShipmentsMapping'],
  'batch.queue.visibility-timeout': ['ShipmentsQueue'],
};

/** Of these, what is exposed or lost stays at every level. */
const atEveryLevel = ['all.lambda.no-plaintext-secrets', 'all.lambda.runtime', 'api.authorizer.present'];

const example = 'examples/orders-api.yaml';

async function failing(level: string): Promise<Record<string, string[]>> {
  const { code, result } = await scan(process.cwd(), example, '--level', level);
  expect(code).toBe(1);
  const found: Record<string, string[]> = {};
  for (const { ruleId, resource, verdict, followsFrom } of result.evaluations)
    if (verdict === 'fail' && followsFrom === undefined) (found[ruleId] ??= []).push(resource.name);
  return Object.fromEntries(Object.entries(found).map(([rule, names]) => [rule, names.sort()]));
}

describe('the insecure example', () => {
  it('shows what its comments mark, and nothing else', async () => {
    expect(await failing('reference')).toEqual(marked);
    expect(readFileSync(example, 'utf8').match(/(?<=[^"])! /g)?.length).toBeGreaterThanOrEqual(12);
  });

  it('shows what is exposed or lost at the narrowest level too', async () => {
    expect(Object.keys(await failing('essential'))).toEqual(expect.arrayContaining(atEveryLevel));
  });
});
