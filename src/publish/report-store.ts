import {
  GetObjectCommand,
  paginateListObjectsV2,
  PutObjectCommand,
  S3Client,
  type S3ClientConfig,
} from '@aws-sdk/client-s3';

/** Where reports are kept; keys are relative to its prefix. Errors of the service pass through. */
export interface ReportStore {
  put(key: string, body: string | Uint8Array, contentType: string): Promise<void>;
  /** Undefined where there is no such object. */
  get(key: string): Promise<Uint8Array | undefined>;
  /** Keys below a prefix, in S3's order. */
  list(prefix: string): AsyncIterable<string>;
}

/** Reports in an S3 bucket, below a prefix that is empty or ends in a slash. The bucket encrypts by its own default. */
export function s3ReportStore(bucket: string, prefix: string, config: S3ClientConfig): ReportStore {
  const client = new S3Client(config);
  const place = (key: string) => ({ Bucket: bucket, Key: `${prefix}${key}` });
  return {
    async put(key, Body, ContentType) {
      await client.send(new PutObjectCommand({ ...place(key), Body, ContentType }));
    },
    async get(key) {
      try {
        const { Body } = await client.send(new GetObjectCommand(place(key)));
        return await Body?.transformToByteArray();
      } catch (error) {
        if (error instanceof Error && error.name === 'NoSuchKey') return undefined;
        throw error;
      }
    },
    async *list(below) {
      const pages = paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: `${prefix}${below}` });
      for await (const { Contents = [] } of pages)
        for (const { Key = '' } of Contents) yield Key.slice(prefix.length);
    },
  };
}
