import { isRawObject } from '../text/raw.ts';
import { SamProblem } from './problem.ts';
import { isGiven, isIntrinsic, present, type Tree } from './tree.ts';

/** Names that a type gives to bucket, key and version of uploaded content. */
export type LocationKeys = readonly [bucket: string, key: string, version: string];

/**
 * Where uploaded content lies: `s3://bucket/key?versionId=v` or `{Bucket, Key, Version}` in the
 * names of the target type. A local path, as it stands before packaging, is handed through.
 */
export function contentLocation(value: unknown, property: string, keys: LocationKeys): unknown {
  if (isIntrinsic(value)) return value;
  if (isRawObject(value)) {
    if (!isGiven(value['Bucket']) || !isGiven(value['Key'])) {
      throw new SamProblem(`\`${property}\` needs \`Bucket\` and \`Key\``, [property]);
    }
    return inNames(value['Bucket'], value['Key'], value['Version'], keys);
  }
  if (typeof value !== 'string' || value === '') {
    throw new SamProblem(
      `\`${property}\` takes an S3 URI, a local path, or a map of \`Bucket\` and \`Key\``,
      [property],
    );
  }
  return fromUri(value, property, keys);
}

function fromUri(text: string, property: string, keys: LocationKeys): unknown {
  if (!/^[a-z][a-z0-9+.-]*:/i.test(text) || text.startsWith('{{resolve:')) return text;
  // The transform splits the URI and checks no name: `s3://%%BUCKET%%/key` is filled in by a later build step.
  // Brackets are an address in its eyes, and a dynamic reference is not resolved there.
  const [, bucket, key, query] =
    /^s3:\/\/((?:(?!\{\{resolve:)[^/?#[\]])+)\/+([^?#]+)(?:\?([^#]*))?(?:#.*)?$/i.exec(text) ?? [];
  const version = /(?:^|&)versionId=([^&]+)/.exec(query ?? '')?.[1];
  if (bucket === undefined || key === undefined) {
    throw new SamProblem(
      `\`${property}\` is not an S3 URI of the form \`s3://bucket/key\`, with an optional \`?versionId=\`; correct it`,
      [property],
    );
  }
  return inNames(bucket, key, version, keys);
}

function inNames(bucket: unknown, key: unknown, version: unknown, keys: LocationKeys): Tree {
  return present({ [keys[0]]: bucket, [keys[1]]: key, [keys[2]]: version });
}
