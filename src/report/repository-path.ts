import { posix } from 'node:path';
import { wellFormed } from './plain-text.ts';

/**
 * Path from the repository's root of a file that the result names relative to the scan's working
 * directory, without leading `./`; undefined where it stands outside the repository.
 */
export function repositoryPath(file: string, prefix = ''): string | undefined {
  if (file.startsWith('/') || /^[A-Za-z]:/.test(file)) return undefined;
  const path = posix.normalize(posix.join(prefix, file));
  return path.startsWith('../') || path.startsWith('/') || path === '..' || path === '.' ? undefined : path;
}

/** Where a file outside of the repository stands: from the repository's root with `..`, or its absolute path. */
export function outsidePath(file: string, prefix = ''): string {
  const path = file.replaceAll('\\', '/');
  return path.startsWith('/') || /^[A-Za-z]:/.test(path) ? path : posix.normalize(posix.join(prefix, path));
}

/** The path as a relative URI reference (RFC 3986): every segment percent-encoded, so that no colon or space is left. */
export function toUri(path: string): string {
  return path
    .split('/')
    .map((segment) => encodeURIComponent(wellFormed(segment)))
    .join('/');
}
