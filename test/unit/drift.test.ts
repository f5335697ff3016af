import { describe, expect, it } from '@jest/globals';
import { describeDrift, driftBetween } from '../../src/drift.ts';
import { scanResult } from './report/scan-result-fixture.ts';
import type { Evaluation, ScanResult, Verdict } from '../../src/model/scan-result.ts';

const evaluation = (name: string, type: string, verdict: Verdict): Evaluation => ({
  ruleId: 'a.rule',
  requirement: 'a.rule',
  severity: 'high',
  verdict,
  message: `${name} is ${verdict}`,
  fingerprint: name,
  resource: { id: name, type, name },
  evidence: [],
  related: [],
  flows: [],
});
const resultOf = (evaluations: readonly Evaluation[]): ScanResult => ({ ...scanResult(), evaluations });

describe('drift', () => {
  const declared = resultOf([
    evaluation('Orders', 'AWS::SQS::Queue', 'pass'),
    evaluation('Gone', 'AWS::SQS::Queue', 'pass'),
    evaluation('Open', 'AWS::SQS::Queue', 'unknown'),
  ]);
  const live = resultOf([
    evaluation('app-Orders-1A2B3C', 'AWS::SQS::Queue', 'fail'),
    evaluation('app-Open-9Z', 'AWS::SQS::Queue', 'fail'),
    evaluation('app-Gone-1', 'AWS::SNS::Topic', 'pass'),
  ]);

  it('lists what the account lacks, and verdicts that differ, and leaves unknowns alone', () => {
    const drift = driftBetween(declared, live);
    expect(drift.missing.map(({ name }) => name)).toEqual(['Gone']);
    expect(drift.differing).toEqual([
      {
        ruleId: 'a.rule',
        resource: 'app-Orders-1A2B3C',
        declared: 'pass',
        live: 'fail',
        message: 'app-Orders-1A2B3C is fail',
      },
    ]);
    expect(describeDrift(drift)).toContain('1 declared resources are missing, 1 verdicts differ');
  });

  it('is none between a result and itself', () => {
    expect(driftBetween(declared, declared)).toEqual({ missing: [], differing: [] });
  });
});
