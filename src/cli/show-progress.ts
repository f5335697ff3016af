import type { AuditProgress, ProgressPart } from '../account/collect-account.ts';
import { writeVerbatim, type Surroundings } from './surroundings.ts';

/** Milliseconds between two looks at how far an audit has come. */
const interval = 200;
const clearLine = '\r\u001b[K';

/** One line on a terminal that is written over and over. */
export interface ProgressLine {
  /** For `CollectAccountOptions.watch`. */
  watch(read: () => AuditProgress): void;
  /** Takes the line away: what is printed next stands where it stood. */
  end(): void;
}

/** The line on stderr; nothing at all where that is no terminal, or `quiet`. */
export function showProgress({ stderr, now }: Surroundings, quiet: boolean | undefined): ProgressLine {
  if (stderr.isTTY !== true || quiet === true) return { watch: () => undefined, end: () => undefined };
  const started = now().getTime();
  let timer: ReturnType<typeof setInterval> | undefined;
  return {
    watch(read) {
      const paint = (): void => {
        const text = describeProgress(read(), now().getTime() - started);
        // A line that wraps could not be written over.
        writeVerbatim(stderr, `${clearLine}${text.slice(0, (stderr.columns ?? 80) - 1)}`);
      };
      paint();
      timer = setInterval(paint, interval);
    },
    end() {
      if (timer === undefined) return;
      clearInterval(timer);
      timer = undefined;
      writeVerbatim(stderr, clearLine);
    },
  };
}

/** `1:05 Regions 1/3, services 40/84, calls 812/8475, waiting on rate: lambda eu-west-1`. */
export function describeProgress(progress: AuditProgress, elapsedMs: number): string {
  const { regions, services, calls, waitingFor } = progress;
  const seconds = Math.floor(elapsedMs / 1000);
  const time = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
  if (services.planned === 0) return `${time} identifying the account and its Regions`;
  const waiting = waitingFor === undefined ? '' : `, waiting for rate limit: ${waitingFor}`;
  return `${time} Regions ${part(regions)}, services ${part(services)}, calls ${part(calls)}${waiting}`;
}

function part({ done, planned }: ProgressPart): string {
  return `${done}/${planned}`;
}
