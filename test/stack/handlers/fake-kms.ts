import { randomBytes } from 'node:crypto';
import { kms } from '../../../reference-stack/handlers/aws/kms.ts';
import { answering, type Answer, type Call } from './fake-aws.ts';

/** A key service that remembers its data keys, and opens them for the context that they were made for alone. */
export function fakeKms(): Call[] {
  const keys = new Map<string, { key: Buffer; context: string }>();
  return answering(kms, {
    GenerateDataKeyCommand: (({ EncryptionContext: context }: { EncryptionContext: object }) => {
      const key = randomBytes(32);
      const sealed = randomBytes(16);
      keys.set(sealed.toString('hex'), { key, context: JSON.stringify(context) });
      return { Plaintext: Buffer.from(key), CiphertextBlob: sealed };
    }) as unknown as Answer,
    DecryptCommand: ((input: { CiphertextBlob: Uint8Array; EncryptionContext: object }) => {
      const found = keys.get(Buffer.from(input.CiphertextBlob).toString('hex'));
      if (found?.context !== JSON.stringify(input.EncryptionContext)) {
        throw Object.assign(new Error('InvalidCiphertextException'), { name: 'InvalidCiphertextException' });
      }
      return { Plaintext: Buffer.from(found.key) };
    }) as unknown as Answer,
  });
}
