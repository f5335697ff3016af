import { closeSync, constants, fstatSync, openSync, readFileSync, realpathSync } from 'node:fs';
import { open, realpath } from 'node:fs/promises';
import { isAbsolute, relative, sep } from 'node:path';

/** Real paths of the folders outside of which nothing is read. */
export type Boundary = readonly string[];

/**
 * What stands in for the content of a file, such as the text of an editor that is not saved yet: the content for a real
 * path, or undefined for what is on disk. Asked only for regular files that may be read.
 */
export type ReadFile = (realPath: string) => string | Uint8Array | undefined;

/** Which files are read, and what stands in for their content. */
export interface FileAccess {
  /** Where absent, any file is read. */
  readonly within?: Boundary | undefined;
  readonly readFile?: ReadFile | undefined;
}

export type UnreadableReason = 'missing' | 'denied' | 'not-regular' | 'too-large' | 'outside';

/** A file that was not read; the message completes "the file was not read: ...". */
export class UnreadableFileError extends Error {
  constructor(
    readonly reason: UnreadableReason,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'UnreadableFileError';
  }
}

/** Largest file of Headgate's own kinds (configuration, waivers, baselines, parameters, rules). */
export const ownFileLimitBytes = 20 * 1024 * 1024;

/** True for a real path in one of the folders, or for one of them. */
export function isInside(path: string, boundary: Boundary): boolean {
  return boundary.some((folder) => {
    const way = relative(folder, path);
    return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
  });
}

/**
 * The real path behind a path, links resolved.
 * @throws UnreadableFileError when there is nothing, or when it is outside of the boundary.
 */
export async function realPathWithin(path: string, boundary: Boundary | undefined): Promise<string> {
  const real = await realpath(path).catch((cause: unknown) => {
    throw describe(cause);
  });
  if (boundary !== undefined && !isInside(real, boundary))
    throw new UnreadableFileError('outside', 'it is outside of the folders that are scanned');
  return real;
}

/**
 * Bytes of a regular file. Never waits for a pipe or reads a device.
 * @param access where it has a boundary, the file's real path must be inside of it.
 * @throws UnreadableFileError.
 */
export async function readRegularFile(
  path: string,
  limitBytes: number,
  { within, readFile }: FileAccess = {},
): Promise<Uint8Array> {
  const isReal = within !== undefined || readFile !== undefined;
  const real = isReal ? await realPathWithin(path, within) : path;
  // The real path holds no link; one that is put there in between is not followed.
  const noFollow = isReal ? constants.O_NOFOLLOW : 0;
  const handle = await open(real, constants.O_RDONLY | constants.O_NONBLOCK | noFollow).catch(
    (cause: unknown) => {
      throw describe(cause);
    },
  );
  try {
    const found = await handle.stat();
    if (found.isDirectory()) throw new UnreadableFileError('not-regular', 'it is a folder');
    if (!found.isFile()) throw new UnreadableFileError('not-regular', 'it is not a regular file');
    const instead = bytesOf(readFile?.(real));
    const size = instead?.byteLength ?? found.size;
    if (size > limitBytes) throw new UnreadableFileError('too-large', sizeMessage(size, limitBytes));
    return instead ?? (await handle.readFile());
  } catch (cause) {
    throw cause instanceof UnreadableFileError ? cause : describe(cause);
  } finally {
    await handle.close();
  }
}

/**
 * The bytes of a regular file in parts, for files that are larger than a text can be. Never waits for a pipe or reads a device.
 * @throws UnreadableFileError from the first part on.
 */
export async function* readRegularParts(
  path: string,
  limitBytes: number,
  partBytes: number,
): AsyncGenerator<Uint8Array> {
  const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch((cause: unknown) => {
    throw describe(cause);
  });
  try {
    const found = await handle.stat();
    if (!found.isFile()) throw new UnreadableFileError('not-regular', 'it is not a regular file');
    if (found.size > limitBytes)
      throw new UnreadableFileError('too-large', sizeMessage(found.size, limitBytes));
    for (;;) {
      const { bytesRead, buffer } = await handle
        .read(new Uint8Array(partBytes), 0, partBytes)
        .catch((cause: unknown) => {
          throw describe(cause);
        });
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    await handle.close();
  }
}

/** As `readRegularFile`, for what is asked in the middle of an evaluation. */
export function readRegularFileSync(
  path: string,
  limitBytes: number,
  { within, readFile }: FileAccess,
): Uint8Array {
  try {
    const real = realpathSync(path);
    if (within !== undefined && !isInside(real, within))
      throw new UnreadableFileError('outside', 'it is outside of the folders that are scanned');
    const file = openSync(real, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
    try {
      const found = fstatSync(file);
      if (!found.isFile()) throw new UnreadableFileError('not-regular', 'it is not a regular file');
      const instead = bytesOf(readFile?.(real));
      const size = instead?.byteLength ?? found.size;
      if (size > limitBytes) throw new UnreadableFileError('too-large', sizeMessage(size, limitBytes));
      return instead ?? readFileSync(file);
    } finally {
      closeSync(file);
    }
  } catch (cause) {
    throw cause instanceof UnreadableFileError ? cause : describe(cause);
  }
}

/** UTF-8 text of a regular file, without a byte order mark. @throws UnreadableFileError. */
export async function readRegularText(
  path: string,
  limitBytes = ownFileLimitBytes,
  access?: FileAccess,
): Promise<string> {
  return new TextDecoder().decode(await readRegularFile(path, limitBytes, access));
}

function bytesOf(content: string | Uint8Array | undefined): Uint8Array | undefined {
  return typeof content === 'string' ? new TextEncoder().encode(content) : content;
}

function sizeMessage(size: number, limit: number): string {
  const megabytes = (bytes: number): number => Math.ceil(bytes / 1_048_576);
  return `it has ${megabytes(size)} MB; files of up to ${megabytes(limit)} MB are read`;
}

function describe(cause: unknown): UnreadableFileError {
  const code = (cause as NodeJS.ErrnoException).code ?? '';
  if (code === 'ENOENT' || code === 'ENOTDIR')
    return new UnreadableFileError('missing', 'it does not exist', { cause });
  if (code === 'ELOOP')
    return new UnreadableFileError('outside', 'it is a link that leads in a circle', { cause });
  if (code === 'ENXIO' || code === 'EISDIR')
    return new UnreadableFileError('not-regular', 'it is not a regular file', { cause });
  return new UnreadableFileError('denied', `it cannot be read (${code})`, { cause });
}
