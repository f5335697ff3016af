import { inert } from '../report/plain-text.ts';

/** A stream that a person or a CI system reads. */
export interface OutputStream {
  write(text: string): unknown;
  /** Writes what has a syntax of its own, or was made harmless before: reports, a line that is written over. */
  verbatim?(text: string): unknown;
  once?(event: string, listener: () => void): unknown;
  off?(event: string, listener: () => void): unknown;
  readonly destroyed?: boolean;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** Streams and surroundings of one run; tests pass their own. */
export interface Surroundings {
  readonly cwd: string;
  readonly now: () => Date;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  /** The standard input, asked for only where it is read. */
  readonly stdin?: () => AsyncIterable<Uint8Array>;
}

/** The streams such that nothing that is written to them, verbatim texts aside, is acted on by a terminal or a CI system. */
export function guarded({ stdout, stderr, ...others }: Surroundings): Surroundings {
  return { ...others, stdout: guard(stdout), stderr: guard(stderr) };
}

function guard(stream: OutputStream): OutputStream {
  return {
    write: (text) => stream.write(inert(text)),
    verbatim: (text) => stream.write(text),
    ...(stream.once === undefined ? {} : { once: (event, listener) => stream.once?.(event, listener) }),
    ...(stream.off === undefined ? {} : { off: (event, listener) => stream.off?.(event, listener) }),
    get destroyed() {
      return stream.destroyed === true;
    },
    ...(stream.isTTY === undefined ? {} : { isTTY: stream.isTTY }),
    ...(stream.columns === undefined ? {} : { columns: stream.columns }),
  };
}

/** Writes a text as it is. */
export function writeVerbatim(stream: OutputStream, text: string): unknown {
  return stream.verbatim === undefined ? stream.write(text) : stream.verbatim(text);
}
