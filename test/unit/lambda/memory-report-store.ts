import { gunzipSync } from 'node:zlib';
import type { ReportStore } from '../../../src/publish/report-store.ts';

/** Objects in memory, in the order of their keys. */
export class MemoryReportStore implements ReportStore {
  readonly objects = new Map<string, { body: Uint8Array; contentType: string }>();

  async put(key: string, body: string | Uint8Array, contentType: string): Promise<void> {
    this.objects.set(key, { body: Buffer.from(body), contentType });
    return Promise.resolve();
  }

  async get(key: string): Promise<Uint8Array | undefined> {
    return Promise.resolve(this.objects.get(key)?.body);
  }

  async *list(prefix: string): AsyncIterable<string> {
    yield* await Promise.resolve([...this.objects.keys()].filter((key) => key.startsWith(prefix)).sort());
  }

  get keys(): string[] {
    return [...this.objects.keys()].sort();
  }

  /** An object's text, unpacked. */
  text(key: string): string {
    const body = this.objects.get(key)?.body ?? new Uint8Array();
    return Buffer.from(body[0] === 0x1f ? gunzipSync(body) : body).toString('utf8');
  }
}
