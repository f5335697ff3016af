import type { Foundation } from './foundation.ts';
import type { SecureFunction } from './secure-function.ts';

/** Encryption context that every data key of personal data is bound to; the handlers send the same. */
export const personalDataPurpose = 'order-personal-data';

/** Lets a function encrypt (or read) personal data, and nothing else, with the personal data key. */
export function grantPersonalData(
  foundation: Foundation,
  grantee: SecureFunction,
  ...uses: ('encrypt' | 'decrypt')[]
): void {
  grantee.allow(
    uses.map((use) => (use === 'encrypt' ? 'kms:GenerateDataKey' : 'kms:Decrypt')),
    [foundation.personalDataKey.keyArn],
    { StringEquals: { 'kms:EncryptionContext:purpose': personalDataPurpose } },
  );
}
