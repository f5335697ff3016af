/** What stands in the place of a secret in a saved snapshot, before its keyed hash (HMAC-SHA-256, hex). */
export const redactionMark = 'headgate-redacted:';
