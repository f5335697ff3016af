import { beforeEach, describe, expect, it } from '@jest/globals';
import { batchesOf } from '../../../src/publish/import-findings.ts';
import type { ObservedFinding } from '../../../src/publish/plan-findings.ts';
import { publishFindings, type Publication } from '../../../src/publish/publish-findings.ts';
import { MemoryHub, MemoryStore } from './memory-hub.ts';
import { account, at, observed } from './observed-finding.ts';

let hub: MemoryHub;
let store: MemoryStore;
beforeEach(() => {
  hub = new MemoryHub(account);
  store = new MemoryStore();
});

const publish = (items: readonly ObservedFinding[], day: number, complete = true): Promise<Publication> =>
  publishFindings(items, hub, store, () => complete, at(day), { wait: hub.wait });
const statusOf = (id: string): string | undefined => hub.findings.get(id)?.Compliance.Status;

describe('the life of a finding', () => {
  it('fails, is repaired, and fails again, with one first sighting', async () => {
    await publish([observed('a', 'FAILED')], 0);
    expect(statusOf('a')).toBe('FAILED');
    await publish([observed('a', 'PASSED')], 1);
    expect(statusOf('a')).toBe('PASSED');
    expect((await publish([observed('a', 'PASSED')], 2)).counts.unchanged).toBe(1);
    await publish([observed('a', 'FAILED')], 3);
    const finding = hub.findings.get('a');
    expect(finding).toMatchObject({
      workflow: 'NEW',
      FirstObservedAt: at(0).toISOString(),
      CreatedAt: at(0).toISOString(),
      UpdatedAt: at(3).toISOString(),
    });
  });

  it('does not begin with a pass or an unknown', async () => {
    const { accepted } = await publish([observed('a', 'PASSED'), observed('b', 'NOT_AVAILABLE')], 0);
    expect(accepted).toBe(0);
    expect(hub.findings.size).toBe(0);
  });

  it('is left alone while it is unknown', async () => {
    await publish([observed('a', 'FAILED')], 0);
    await publish([observed('a', 'NOT_AVAILABLE')], 1);
    expect(hub.findings.get('a')).toMatchObject({
      Compliance: { Status: 'FAILED' },
      UpdatedAt: at(0).toISOString(),
    });
  });

  it('is archived when the resource is gone, and only from a complete collection', async () => {
    await publish([observed('a', 'FAILED')], 0);
    await publish([], 1, false);
    expect(hub.findings.get('a')?.RecordState).toBe('ACTIVE');
    await publish([], 2, true);
    expect(hub.findings.get('a')).toMatchObject({ RecordState: 'ARCHIVED', UpdatedAt: at(2).toISOString() });
    await publish([], 40);
    expect(store.text).toBe('{}');
  });

  it('carries a waiver as a warning', async () => {
    await publish([observed('a', 'FAILED')], 0);
    await publish([observed('a', 'WARNING')], 1);
    expect(statusOf('a')).toBe('WARNING');
  });

  it('is repeated before Security Hub forgets it, and not before', async () => {
    await publish([observed('a', 'FAILED')], 0);
    expect((await publish([observed('a', 'FAILED')], 6)).accepted).toBe(0);
    expect((await publish([observed('a', 'FAILED')], 8)).accepted).toBe(1);
  });

  it('is kept alive for as long as it is unknown or out of sight', async () => {
    await publish([observed('a', 'FAILED'), observed('b', 'FAILED')], 0);
    for (const day of [60, 120, 180]) {
      const { counts } = await publish([observed('a', 'NOT_AVAILABLE')], day, false);
      hub.forget(at(day));
      expect(counts.repeated).toBe(2);
    }
    expect([statusOf('a'), statusOf('b')]).toEqual(['FAILED', 'FAILED']);
    expect(hub.findings.get('a')?.LastObservedAt).toBe(at(0).toISOString());
  });

  it('never touches Workflow', async () => {
    await publish([observed('a', 'FAILED')], 0);
    const stored = hub.findings.get('a');
    if (stored !== undefined) stored.workflow = 'SUPPRESSED';
    await publish([observed('a', 'FAILED')], 8);
    expect(hub.findings.get('a')?.workflow).toBe('SUPPRESSED');
  });
});

describe('trouble', () => {
  it('a clock that goes back still moves UpdatedAt forward', async () => {
    await publish([observed('a', 'FAILED')], 5);
    await publish([observed('a', 'PASSED')], 4);
    expect(statusOf('a')).toBe('PASSED');
  });

  it('a refused finding is tried again, then reported, then sent by the next run', async () => {
    hub.refusals.set('a', 3);
    const first = await publish([observed('a', 'FAILED'), observed('b', 'FAILED')], 0);
    expect(first.refused).toEqual([{ id: 'a', reason: 'InvalidInput: try again' }]);
    expect(statusOf('b')).toBe('FAILED');
    await publish([observed('a', 'FAILED'), observed('b', 'FAILED')], 1);
    expect(statusOf('a')).toBe('FAILED');
  });

  it('a failing call is tried again', async () => {
    hub.failingCalls = 2;
    expect((await publish([observed('a', 'FAILED')], 0)).accepted).toBe(1);
  });

  it('a run that died before it could remember repeats itself without harm', async () => {
    const write = store.write.bind(store);
    store.write = async (...args) => {
      store.write = async () => Promise.reject(new Error('killed'));
      return write(...args);
    };
    await expect(publish([observed('a', 'FAILED')], 0)).rejects.toThrow('killed');
    expect(statusOf('a')).toBe('FAILED');
    store = new MemoryStore();
    const { rebuilt } = await publish([observed('a', 'FAILED')], 1);
    expect(rebuilt).toBe(true);
    expect(hub.findings.get('a')?.FirstObservedAt).toBe(at(0).toISOString());
  });

  it('a rebuilt state knows what was sent, in whatever order it comes back', async () => {
    await publish([observed('a', 'FAILED')], 0);
    hub.findings.forEach((finding, id) => {
      const backwards = Object.fromEntries(Object.entries(finding).reverse());
      hub.findings.set(id, backwards as typeof finding);
    });
    store.text = undefined;
    expect((await publish([observed('a', 'FAILED')], 1)).counts).toMatchObject({ unchanged: 1, failed: 0 });
  });

  it('a corrupt state is rebuilt from what Security Hub holds, and what is gone is still archived', async () => {
    await publish([observed('a', 'FAILED')], 0);
    store.text = '{"broken';
    const { rebuilt } = await publish([], 1);
    expect(rebuilt).toBe(true);
    expect(hub.findings.get('a')?.RecordState).toBe('ARCHIVED');
  });

  it('two runs at once lose nothing of each other', async () => {
    await publish([observed('a', 'FAILED')], 0);
    store.beforeWrite = () => {
      const state = JSON.parse(store.text ?? '{}') as Record<string, object>;
      store.text = JSON.stringify({ ...state, c: { ...state['a'], updatedAt: at(1).toISOString() } });
      store.version += 1;
    };
    await publish([observed('a', 'FAILED'), observed('b', 'FAILED')], 1);
    expect(Object.keys(JSON.parse(store.text ?? '{}') as object).sort()).toEqual(['a', 'b', 'c']);
  });

  it('a finding of another account is reported, not lost in silence', async () => {
    const { refused } = await publish(
      [
        observed('a', 'FAILED', {
          AwsAccountId: '999999999999',
          ProductArn: 'arn:aws:securityhub:eu-west-1:999999999999:product/999999999999/default',
        }),
      ],
      0,
    );
    expect(refused[0]?.reason).toContain('another account');
  });
});

describe('batches', () => {
  it('hold at most 100 findings', async () => {
    const items = Array.from({ length: 250 }, (_item, index) => observed(`f${index}`, 'FAILED'));
    await publish(items, 0);
    expect(hub.batches).toEqual([100, 100, 50]);
  });

  it('hold at most 6 MB', () => {
    const large = Array.from({ length: 60 }, (_item, index) => ({
      ...observed(`f${index}`, 'FAILED').finding,
      ProductArn: 'x'.repeat(200_000),
    }));
    for (const batch of batchesOf(large))
      expect(Buffer.byteLength(JSON.stringify(batch))).toBeLessThan(6_000_000);
  });

  it('leave out a finding that is too large, and say so', async () => {
    const { refused } = await publish([observed('a', 'FAILED', { ProductArn: 'x'.repeat(300_000) })], 0);
    expect(refused[0]?.reason).toContain('larger than');
  });
});
