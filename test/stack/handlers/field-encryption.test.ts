import './settings.ts';
import { beforeEach, describe, expect, it } from '@jest/globals';
import {
  openFields,
  sealFields,
  SealedFieldError,
} from '../../../reference-stack/handlers/field-encryption.ts';
import { fakeKms } from './fake-kms.ts';
import type { Call } from './fake-aws.ts';

const customer = { name: 'Ada Lovelace', email: 'ada@example.com' };

describe('sealFields and openFields', () => {
  let calls: Call[] = [];
  beforeEach(() => {
    calls = fakeKms();
  });

  it('gives back what was sealed, under a data key bound to purpose and order', async () => {
    const sealed = await sealFields(customer, 'order-1');
    expect(sealed).toMatch(/^v1(\.[\w-]+){4}$/);
    expect(sealed).not.toContain('Ada');
    await expect(openFields(sealed, 'order-1')).resolves.toEqual(customer);
    expect(calls.map(({ input }) => input['EncryptionContext'])).toEqual([
      { purpose: 'order-personal-data', orderId: 'order-1' },
      { purpose: 'order-personal-data', orderId: 'order-1' },
    ]);
  });

  it('seals the same data differently each time', async () => {
    expect(await sealFields(customer, 'order-1')).not.toBe(await sealFields(customer, 'order-1'));
  });

  it('does not open for another order', async () => {
    const sealed = await sealFields(customer, 'order-1');
    await expect(openFields(sealed, 'order-2')).rejects.toThrow('InvalidCiphertextException');
  });

  it.each([3, 4])('notices a change in part %i', async (part) => {
    const parts = (await sealFields(customer, 'order-1')).split('.');
    const changed = Buffer.from(parts[part] ?? '', 'base64url');
    changed[0] = (changed[0] ?? 0) ^ 1;
    parts[part] = changed.toString('base64url');
    await expect(openFields(parts.join('.'), 'order-1')).rejects.toBeInstanceOf(SealedFieldError);
  });

  it.each(['', 'Ada Lovelace', 'v2.a.b.c.d', 'v1.a.b.c', 'v1.a.b.c.d.e'])('refuses %j', async (value) => {
    await expect(openFields(value, 'order-1')).rejects.toBeInstanceOf(SealedFieldError);
  });
});
