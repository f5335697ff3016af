import { parentPort, workerData } from 'node:worker_threads';
import type { Answer, Job } from './jobs.ts';
import { JobRunner } from './run-job.ts';

/** Entry of the thread that scans, so that the protocol is answered meanwhile. One job at a time. */
const port = parentPort;
// Set by the server to the number of the newest job that nobody waits for any more.
const cancelled = new Int32Array(workerData as SharedArrayBuffer);
const runner = new JobRunner();

port?.on('message', ({ id, job }: { readonly id: number; readonly job: Job }) => {
  const isCancelled = (): boolean => Atomics.load(cancelled, 0) >= id;
  runner.run(job, isCancelled).then(
    (outcome) => {
      answer(isCancelled() || outcome === 'cancelled' ? { id, cancelled: true } : { id, outcome });
    },
    (error: unknown) => {
      answer({ id, error: error instanceof Error ? error.message : typeof error });
    },
  );
});

function answer(message: Answer): void {
  port?.postMessage(message);
}
