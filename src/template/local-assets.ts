import { resolve } from 'node:path';
import type { FileAccess } from '../files/read-regular-file.ts';
import { entriesOf, isRawObject, member, type RawObject } from '../text/raw.ts';

/** Where a stack's local files are. */
export interface AssetPlace {
  /** Folder that relative paths start from: the template's, or the assembly's. */
  readonly folder: string;
  /** Whoever reads a file reads it by this. */
  readonly access: FileAccess;
  /** Absolute paths of an assembly's assets, by hash. */
  readonly byHash?: ReadonlyMap<string, string>;
}

/** Assets of an asset manifest (`<Stack>.assets.json`), files and folders of images: hash -> absolute path. */
export function readAssetManifest(raw: unknown, folder: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const [hash, asset] of entriesOf(member(raw, 'files'))) {
    const path = member(member(asset, 'source'), 'path');
    if (typeof path === 'string') found.set(hash, resolve(folder, path));
  }
  for (const [hash, image] of entriesOf(member(raw, 'dockerImages'))) {
    const path = member(member(image, 'source'), 'directory');
    if (typeof path === 'string') found.set(hash, resolve(folder, path));
  }
  return found;
}

/**
 * The local file or folder behind a property that names uploaded content: a relative path, an
 * S3 key or URL with an asset's hash in it, or the path in the resource's `aws:asset:path`.
 * The path may lead anywhere: who reads it reads it by `place.access`.
 */
export function findLocalAsset(value: unknown, resource: RawObject, place: AssetPlace): string | undefined {
  if (typeof value === 'string' && !/^[a-z][a-z0-9+.-]*:/i.test(value)) return resolve(place.folder, value);
  const hash = findHash(value, 0, place);
  if (hash !== undefined) return hash;
  const noted = member(resource['Metadata'], 'aws:asset:path');
  return typeof noted === 'string' ? resolve(place.folder, noted) : undefined;
}

/** Looks for an asset's hash in the strings of a small raw tree (a key, or a joined URL). */
function findHash(value: unknown, depth: number, place: AssetPlace): string | undefined {
  if (depth > 6 || place.byHash === undefined) return undefined;
  if (typeof value === 'string') {
    const hash = /[0-9a-f]{64}/.exec(value)?.[0];
    return hash === undefined ? undefined : place.byHash.get(hash);
  }
  const children: readonly unknown[] = Array.isArray(value)
    ? (value as unknown[])
    : isRawObject(value)
      ? Object.values(value)
      : [];
  for (const child of children.slice(0, 50)) {
    const found = findHash(child, depth + 1, place);
    if (found !== undefined) return found;
  }
  return undefined;
}
