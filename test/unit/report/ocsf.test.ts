import { describe, expect, it } from '@jest/globals';
import { renderOcsf } from './as-text.ts';
import { scanResult } from './scan-result-fixture.ts';

interface Event {
  readonly time: number;
  readonly compliance: { readonly status_id: number };
  readonly status_id: number;
  readonly severity_id: number;
}

describe('renderOcsf', () => {
  const events = JSON.parse(renderOcsf(scanResult())) as Event[];

  it('gives times in milliseconds', () => {
    expect(events[0]?.time).toBe(Date.UTC(2026, 10, 23, 10));
  });

  it('maps verdicts, and shows a waiver as suppressed failure', () => {
    expect(events.map(({ compliance, status_id }) => [compliance.status_id, status_id])).toEqual([
      [3, 1],
      [3, 1],
      [2, 1],
      [3, 3],
      [1, 4],
      [99, 4],
      [3, 1],
      [1, 4],
      [2, 1],
    ]);
    expect(events.map(({ severity_id }) => severity_id)).toEqual([5, 4, 3, 4, 2, 4, 3, 4, 1]);
  });

  it('names the cloud profile only where the account is known', () => {
    expect(events[0]).not.toHaveProperty('cloud');
    expect(events[6]).toMatchObject({
      class_uid: 2003,
      type_uid: 200301,
      metadata: { version: '1.8.0', profiles: ['cloud'], event_code: 'all.lambda.tracing' },
      cloud: { provider: 'AWS', account: { uid: '111122223333' }, region: 'eu-central-1' },
      compliance: { requirements: ['all.lambda.tracing', 'aws-fsbp Lambda.7', 'NIST.800-53.r5 CA-7'] },
    });
  });
});
