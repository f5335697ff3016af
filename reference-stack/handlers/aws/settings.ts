/**
 * Time-outs and attempts of every call to AWS, in milliseconds. A call that hangs fails while its function still
 * has time to answer.
 */
export const clientSettings = {
  maxAttempts: 3,
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 3_000, throwOnRequestTimeout: true },
} as const;
