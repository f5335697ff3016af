import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { DecryptCommand, GenerateDataKeyCommand } from '@aws-sdk/client-kms';
import { kms } from './aws/kms.ts';
import { requireEnvironment } from './environment.ts';

/** The value is not one that this module sealed, or it was changed, or it belongs to another order. */
export class SealedFieldError extends Error {
  override readonly name = 'SealedFieldError';
}

const version = 'v1';
const algorithm = 'aes-256-gcm';

/** Every data key is bound to this purpose, which the functions' roles demand, and to its order. */
const contextOf = (orderId: string) => ({ purpose: 'order-personal-data', orderId });

/**
 * Encrypts personal data of one order under a data key of its own (AES-256-GCM; the key comes from KMS and
 * travels with the text, encrypted). What is stored is `v1.key.iv.tag.text`, each part in base64url.
 */
export async function sealFields(fields: object, orderId: string): Promise<string> {
  const context = contextOf(orderId);
  const { Plaintext: key, CiphertextBlob: sealedKey } = await kms.send(
    new GenerateDataKeyCommand({
      KeyId: requireEnvironment('PERSONAL_DATA_KEY_ARN'),
      KeySpec: 'AES_256',
      EncryptionContext: context,
    }),
  );
  if (!key || !sealedKey) throw new Error('KMS did not return a data key.');
  const iv = randomBytes(12);
  const cipher = createCipheriv(algorithm, key, iv).setAAD(Buffer.from(JSON.stringify(context)));
  const text = Buffer.concat([cipher.update(JSON.stringify(fields), 'utf8'), cipher.final()]);
  key.fill(0);
  return [version, ...[sealedKey, iv, cipher.getAuthTag(), text].map(base64url)].join('.');
}

/**
 * Decrypts what {@link sealFields} made for the same order.
 *
 * @throws SealedFieldError when the value is of another form, was changed, or belongs to another order
 */
export async function openFields(sealed: string, orderId: string): Promise<unknown> {
  const [form, ...parts] = sealed.split('.');
  const [sealedKey, iv, tag, text] = parts.map((part) => Buffer.from(part, 'base64url'));
  if (form !== version || parts.length !== 4 || !sealedKey || !iv || !tag || !text) {
    throw new SealedFieldError('The value is not an encrypted field.');
  }
  const context = contextOf(orderId);
  const { Plaintext: key } = await kms.send(
    new DecryptCommand({ CiphertextBlob: sealedKey, EncryptionContext: context }),
  );
  if (!key) throw new Error('KMS did not return a data key.');
  try {
    const decipher = createDecipheriv(algorithm, key, iv, { authTagLength: 16 })
      .setAAD(Buffer.from(JSON.stringify(context)))
      .setAuthTag(tag);
    return JSON.parse(Buffer.concat([decipher.update(text), decipher.final()]).toString('utf8'));
  } catch (error) {
    throw new SealedFieldError('The encrypted field was changed.', { cause: error });
  } finally {
    key.fill(0);
  }
}

function base64url(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64url');
}
