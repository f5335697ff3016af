import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { ScanResult } from '../../src/model/scan-result.ts';
import { applySettings } from '../../src/rules/apply-config.ts';
import { shippedRules } from '../../src/rules/shipped.ts';
import { disagreements } from '../unit/app/flow-agreement.ts';
import { scanTemplates } from '../../src/app/scan.ts';

// Real templates of others: none may crash the scan, and every verdict must be well formed.

const corpus = join('..', 'shared', 'corpus', 'templates');
let result: ScanResult;

beforeAll(async () => {
  expect(existsSync(corpus)).toBe(true);
  const ruleSet = applySettings(await shippedRules(), {});
  result = await scanTemplates(
    [corpus],
    { cwd: process.cwd() },
    { ruleSet, version: '0', now: new Date('2026-11-23T00:00:00Z'), detail: 'all' },
  );
});

describe('the template corpus', () => {
  it('is read whole, without an error', () => {
    expect(result.inputs.length).toBeGreaterThan(400);
    expect(result.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  it('makes no rule fail to evaluate', () => {
    expect(
      result.evaluations
        .filter(({ reason }) => reason?.includes('could not be evaluated') === true)
        .map(({ ruleId, reason }) => `${ruleId}: ${reason ?? ''}`),
    ).toEqual([]);
  });

  it('places every finding in a file', () => {
    const unplaced = result.evaluations.filter(
      ({ verdict, location }) =>
        (verdict === 'fail' || verdict === 'unknown') && (location === undefined || location.startLine < 1),
    );
    expect(unplaced.map(({ ruleId, resource }) => `${ruleId} ${resource.id}`)).toEqual([]);
  });

  it('gives every unknown a reason and every finding a message', () => {
    expect(
      result.evaluations.filter(({ verdict, reason }) => verdict === 'unknown' && (reason ?? '') === ''),
    ).toEqual([]);
    expect(
      result.evaluations.filter(
        ({ message }) => message === '' || /\{(name|type|parameter\.|value:)/.test(message),
      ),
    ).toEqual([]);
  });

  it('shows the same counts of every flow in the table, the diagram and the list', () => {
    expect(result.flows.length).toBeGreaterThan(50);
    expect(disagreements(result)).toEqual([]);
  });

  it('gives every finding a fingerprint of its own', () => {
    const prints = result.evaluations.map(({ fingerprint }) => fingerprint);
    expect(new Set(prints).size).toBe(prints.length);
  });
});
