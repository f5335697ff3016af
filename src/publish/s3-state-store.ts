import { GetObjectCommand, PutObjectCommand, S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import type { StateStore } from './remember-findings.ts';
import { formatState, parseState } from './state-text.ts';

/** Where the state lies: beside the reports, one object per account and region. */
export interface StateObject {
  readonly bucket: string;
  readonly key: string;
}

/**
 * State in S3, guarded by conditional writes (If-Match, If-None-Match), so that two runs at once never
 * overwrite each other.
 */
export function s3StateStore({ bucket, key }: StateObject, config: S3ClientConfig): StateStore {
  const client = new S3Client(config);
  const place = { Bucket: bucket, Key: key };
  let unreadable: string | undefined;
  return {
    async read() {
      const found = await client.send(new GetObjectCommand(place)).catch((error: unknown) => {
        if (error instanceof Error && (error.name === 'NoSuchKey' || error.name === 'NotFound'))
          return undefined;
        throw error;
      });
      if (found === undefined) return undefined;
      const tag = found.ETag ?? '';
      unreadable = tag;
      const state = parseState(await (found.Body?.transformToString() ?? ''));
      unreadable = undefined;
      return { state, tag };
    },
    async write(state, tag) {
      // A state that could not be read is replaced, but only that one.
      const match = tag ?? unreadable;
      const condition = match === undefined ? { IfNoneMatch: '*' } : { IfMatch: match };
      try {
        await client.send(
          new PutObjectCommand({
            ...place,
            ...condition,
            Body: formatState(state),
            ContentType: 'application/json',
          }),
        );
        return true;
      } catch (error) {
        if (
          error instanceof Error &&
          (error.name === 'PreconditionFailed' || error.name === 'ConditionalRequestConflict')
        )
          return false;
        throw error;
      }
    },
  };
}
