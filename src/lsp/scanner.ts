import { Worker } from 'node:worker_threads';
import type { Answer, Job, Outcomes } from './jobs.ts';

interface Waiting {
  /** Given when it is handed to the thread; numbers rise. */
  id: number;
  readonly job: Job;
  readonly resolve: (outcome: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** Runs jobs on a thread, one at a time; what somebody waits for in the editor goes before scans. */
export class Scanner {
  readonly #cancelled = new Int32Array(new SharedArrayBuffer(4));
  readonly #queue: Waiting[] = [];
  #worker: Worker | undefined;
  #running: Waiting | undefined;
  #next = 1;

  /** @param script of the thread. */
  constructor(readonly script: URL) {}

  /**
   * The outcome of a job; undefined where it was cancelled.
   * @throws Error for what is a defect of Headgate, or where the thread ended.
   */
  run<Kind extends Job['kind']>(
    job: Extract<Job, { readonly kind: Kind }>,
    signal?: AbortSignal,
  ): Promise<Outcomes[Kind] | undefined> {
    return new Promise((resolve, reject) => {
      const waiting: Waiting = {
        id: 0,
        job,
        resolve: resolve as (outcome: unknown) => void,
        reject,
      };
      if (signal?.aborted === true) {
        resolve(undefined);
        return;
      }
      signal?.addEventListener('abort', () => {
        this.#cancel(waiting);
      });
      if (job.kind === 'scan') this.#queue.push(waiting);
      else this.#queue.unshift(waiting);
      this.#start();
    });
  }

  async stop(): Promise<void> {
    await this.#worker?.terminate();
  }

  #cancel(waiting: Waiting): void {
    if (this.#running === waiting) {
      Atomics.store(this.#cancelled, 0, waiting.id);
      return;
    }
    const index = this.#queue.indexOf(waiting);
    if (index === -1) return;
    this.#queue.splice(index, 1);
    waiting.resolve(undefined);
  }

  #start(): void {
    if (this.#running !== undefined) return;
    const next = this.#queue.shift();
    if (next === undefined) return;
    this.#running = next;
    next.id = this.#next++;
    this.#thread().postMessage({ id: next.id, job: next.job });
  }

  #thread(): Worker {
    if (this.#worker !== undefined) return this.#worker;
    // What the thread prints would end up between the messages of the protocol.
    const worker = new Worker(this.script, {
      workerData: this.#cancelled.buffer,
      stdout: true,
      stderr: true,
    });
    worker.on('message', (answer: Answer) => {
      this.#settle(answer);
    });
    worker.on('error', (error) => {
      this.#worker = undefined;
      this.#settle({
        id: this.#running?.id ?? 0,
        error: error instanceof Error ? error.message : 'it ended',
      });
    });
    worker.on('exit', () => {
      if (this.#worker !== worker) return;
      this.#worker = undefined;
      this.#settle({ id: this.#running?.id ?? 0, error: 'the scanning thread ended' });
    });
    this.#worker = worker;
    return worker;
  }

  #settle(answer: Answer): void {
    const done = this.#running;
    if (done?.id !== answer.id) return;
    this.#running = undefined;
    if ('error' in answer) done.reject(new Error(answer.error));
    else done.resolve('outcome' in answer ? answer.outcome : undefined);
    this.#start();
  }
}
