import { describe, expect, it } from '@jest/globals';
import { renderOscal } from './as-text.ts';
import { resultOf, scanResult } from './scan-result-fixture.ts';

interface Assessment {
  readonly findings?: readonly {
    readonly target: { readonly 'target-id': string; readonly status: { readonly state: string } };
    readonly 'related-observations': readonly { readonly 'observation-uuid': string }[];
  }[];
  readonly observations?: readonly { readonly uuid: string; readonly subjects: readonly unknown[] }[];
  readonly risks?: readonly { readonly title: string; readonly status: string }[];
  readonly 'assessment-log': { readonly entries: readonly { readonly title: string }[] };
  readonly 'reviewed-controls': unknown;
}

function assessmentOf(text: string): Assessment {
  const document = JSON.parse(text) as { 'assessment-results': { results: Assessment[] } };
  const [assessment] = document['assessment-results'].results;
  if (assessment === undefined) throw new Error('no result');
  return assessment;
}

describe('renderOscal', () => {
  const text = renderOscal(scanResult());
  const assessment = assessmentOf(text);

  it('has a finding for each objective that was decided, none for the rest, which are logged', () => {
    const states = assessment.findings?.map(({ target }) => `${target['target-id']} ${target.status.state}`);
    expect(states).toEqual([
      'api.waf.associated not-satisfied',
      'all.lambda.vpc not-satisfied',
      'all.lambda.tracing not-satisfied',
      'batch.queue.visibility-timeout not-satisfied',
      'api.gateway.usage-plans satisfied',
      'ac-4.21_obj not-satisfied',
      'ac-4_obj not-satisfied',
      'sc-7_obj not-satisfied',
      'ca-7_obj not-satisfied',
    ]);
    expect(assessment['assessment-log'].entries.map(({ title }) => title)).toEqual([
      'Evaluation',
      'Not decided: all.logs.insights',
      'warning: call-denied',
    ]);
  });

  it('observes the whole population of each rule and joins findings to it', () => {
    expect(assessment.observations?.map(({ subjects }) => subjects.length)).toEqual([1, 2, 2, 2, 1, 1]);
    const known = new Set(assessment.observations?.map(({ uuid }) => uuid));
    const joined = assessment.findings?.flatMap((finding) => finding['related-observations']) ?? [];
    expect(joined.length).toBeGreaterThan(8);
    expect(joined.every((link) => known.has(link['observation-uuid']))).toBe(true);
  });

  it('calls a risk accepted where every failure is waived', () => {
    expect(assessment.risks?.map(({ status }) => status)).toEqual([
      'open',
      'open',
      'open',
      'deviation-approved',
    ]);
  });

  it('derives unique identifiers from content', () => {
    expect(renderOscal(scanResult())).toBe(text);
    const uuids = [...text.matchAll(/"uuid": "([^"]+)"/g)].map(([, uuid]) => uuid ?? '');
    expect(new Set(uuids).size).toBe(uuids.length);
    expect(
      uuids.every((uuid) =>
        /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(uuid),
      ),
    ).toBe(true);
  });

  it('reviews the NIST controls that its rules map to', () => {
    expect(assessment['reviewed-controls']).toMatchObject({
      'control-selections': [
        {
          'include-controls': [
            { 'control-id': 'ac-4.21' },
            { 'control-id': 'ac-4' },
            { 'control-id': 'sc-7' },
            { 'control-id': 'ca-7' },
          ],
        },
      ],
    });
  });

  it('leaves out empty lists', () => {
    const empty = assessmentOf(renderOscal(resultOf([], [])));
    expect(empty).not.toHaveProperty('findings');
    expect(empty).not.toHaveProperty('observations');
  });
});
