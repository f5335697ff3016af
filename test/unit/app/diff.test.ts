import { describe, expect, it } from '@jest/globals';
import { diffResults } from '../../../src/app/diff.ts';
import type { Evaluation, ScanResult } from '../../../src/model/scan-result.ts';
import { diffFormats, renderDiff } from '../../../src/report/diff.ts';
import { evaluation, resultOf } from '../report/scan-result-fixture.ts';

const waiver = { source: 'waivers-file', reason: 'Until the migration.' };

/** One evaluation, its fingerprint made of its resource. */
function one(name: string, verdict: Evaluation['verdict'], more: Partial<Evaluation> = {}): Evaluation {
  const resource = { id: name, type: 'AWS::Lambda::Function', name };
  return { ...evaluation('all.lambda.vpc', verdict, resource), fingerprint: name.padEnd(32, '0'), ...more };
}

const older = resultOf(
  [
    one('stays', 'fail'),
    one('repaired', 'fail'),
    one('deleted', 'fail'),
    one('hidden', 'fail'),
    one('accepted', 'fail'),
    one('expired', 'fail', { waiver }),
    one('broken', 'pass'),
    one('undecided', 'unknown'),
  ],
  [],
);
const newer = resultOf(
  [
    one('stays', 'fail'),
    one('repaired', 'pass'),
    one('hidden', 'unknown'),
    one('accepted', 'fail', { waiver }),
    one('expired', 'fail'),
    one('broken', 'fail'),
    one('added', 'fail'),
    one('undecided', 'unknown'),
  ],
  [],
);

const names = (items: readonly { readonly finding: Evaluation }[]): string[] =>
  items.map(({ finding }) => finding.resource.name);

describe('two results held against each other', () => {
  const diff = diffResults(older, newer);

  it('tell what is new, and what it was', () => {
    expect(diff.added.map(({ finding, before }) => [finding.resource.name, before])).toEqual([
      ['broken', 'pass'],
      ['added', 'absent'],
    ]);
  });

  it('call a failure repaired only where it is decided', () => {
    expect(diff.repaired.map(({ finding, now }) => [finding.resource.name, now])).toEqual([
      ['repaired', 'pass'],
      ['deleted', 'gone'],
      ['accepted', 'waived'],
    ]);
    expect(names(diff.newlyUnknown)).toEqual(['hidden']);
  });

  it('tell what is still open, and which waivers ended', () => {
    expect(diff.stillOpen.map(({ resource }) => resource.name)).toEqual(['stays']);
    expect(diff.waiversEnded.map(({ resource }) => resource.name)).toEqual(['expired']);
  });

  it('say which rules only one of them has', () => {
    const less: ScanResult = { ...newer, ruleSet: { ...newer.ruleSet, rules: newer.ruleSet.rules.slice(1) } };
    expect(diffResults(older, less).rules).toEqual({ onlyOld: [newer.ruleSet.rules[0]?.id], onlyNew: [] });
  });

  it.each(diffFormats)('are written as %s', (format) => {
    const text = [...renderDiff(format, diff)].join('');
    for (const name of ['broken', 'added', 'hidden', 'expired', 'stays', 'deleted'])
      expect(text).toContain(name);
    if (format === 'json') expect(JSON.parse(text)).toEqual(diff);
    else expect(text).toContain('2 new, 1 waiver ended, 1 newly unknown, 1 still open, 3 fixed');
  });
});
