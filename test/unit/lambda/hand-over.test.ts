import { beforeEach, describe, expect, it } from '@jest/globals';
import { collectors } from '../../../src/account/collectors/index.ts';
import type { AuditSummary } from '../../../src/lambda/audit-summary.ts';
import { splitCollection } from '../../../src/lambda/collection-parts.ts';
import { auditOrHandOver, type SplitInput } from '../../../src/lambda/hand-over.ts';
import { MemoryReportStore } from './memory-report-store.ts';

const settings = { time: new Date('2026-11-23T03:00:00.000Z') };
const execution = 'audit-2026-11-23T03-00-00-000Z';
const split = [{ part: 'lambda', services: ['lambda'], share: { index: 0, of: 1 } }];
// What of an answer decides whether somebody goes on.
const answer = (more: Partial<AuditSummary>) => ({ kind: 'audit', nextRound: 1, ...more }) as AuditSummary;

let work: MemoryReportStore;
let started: [string, SplitInput][];
beforeEach(() => {
  work = new MemoryReportStore();
  started = [];
});

const run = async (audit: () => Promise<AuditSummary>) =>
  auditOrHandOver(
    settings,
    {
      work,
      start: async (name, input) => {
        started.push([name, input]);
        return Promise.resolve();
      },
    },
    audit,
  );

describe('a scheduled audit', () => {
  it('starts nothing where it got through', async () => {
    const summary = answer({ split: [] });
    expect(await run(async () => Promise.resolve(summary))).toBe(summary);
    expect(started).toEqual([]);
  });

  it('hands over what its time was not enough for, under a name of its own', async () => {
    await run(async () => Promise.resolve(answer({ split })));
    expect(started).toEqual([
      [execution, { time: '2026-11-23T03:00:00.000Z', result: { split, nextRound: 1 } }],
    ]);
  });

  it('does not die twice: a retry after a death hands everything over, service by service', async () => {
    // A function that is killed comes back to nothing.
    await new Promise<void>((begun) => {
      void run(async () => {
        begun();
        return new Promise(() => undefined);
      });
    });
    const retried = await run(async () => Promise.reject(new Error('not asked')));
    expect(retried).toEqual({ kind: 'handed-over', execution });
    expect(started.map(([, { result }]) => result)).toEqual([
      { split: splitCollection(collectors), nextRound: 1 },
    ]);
  });

  it('is tried again as it is after an error of its own', async () => {
    await expect(run(async () => Promise.reject(new Error('denied')))).rejects.toThrow('denied');
    const summary = answer({ split: [] });
    expect(await run(async () => Promise.resolve(summary))).toBe(summary);
    expect(started).toEqual([]);
  });
});
