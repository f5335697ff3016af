import { describe, expect, it } from '@jest/globals';
import { credentialIn, credentialRanges } from '../../../src/evaluate/credentials.ts';
import { redactionMark } from '../../../src/model/redaction.ts';
import { shippedRules } from '../../../src/rules/shipped.ts';

const { data } = await shippedRules();
const { credentials } = data;
// Put together here, so that no scanner takes this file for one that holds secrets.
const key = ['AKIA', 'IOSFODNN7', 'EXAMPLE'].join('');

describe('credentials', () => {
  it.each([
    ['ANY_NAME', key],
    ['DB_PASSWORD', 'correct-horse-battery'],
    ['STRIPE_API_KEY', '9f2c1b7e5d8a4c63b0e2'],
    ['URL', 'postgres://app:hunter22@db.internal:5432/orders'],
    ['SAVED', `${redactionMark}00ff`],
  ])('are seen in %s', (name, value) => {
    expect(credentialIn(name, value, credentials)).toBeDefined();
  });

  it.each([
    ['SECRET_ARN', 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-a1b2c3'],
    ['DB_PASSWORD', 'changeme'],
    ['TOKEN_TTL_SECONDS', '3600'],
    ['PASSWORD_POLICY', 'strict-12-characters'],
    ['TABLE', 'orders'],
    ['PARAMETER_SECRET', '/orders/db/password'],
    ['IDEMPOTENCY_TOKEN_FIELD', 'orderId'],
  ])('are not seen in %s', (name, value) => {
    expect(credentialIn(name, value, credentials)).toBeUndefined();
  });

  it('are found where they stand in a text', () => {
    const text = `id=${key};x`;
    expect(credentialRanges('', text, credentials)).toEqual([[3, 3 + key.length]]);
    expect(credentialRanges('DB_PASSWORD', 'correct-horse', credentials)).toEqual([[0, 13]]);
    expect(credentialRanges('TABLE', 'orders', credentials)).toEqual([]);
  });
});
