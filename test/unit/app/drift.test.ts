import { describe, expect, it } from '@jest/globals';
import { describeDrift, driftBetween, type DriftSide } from '../../../src/app/drift.ts';
import { scanResult } from '../report/scan-result-fixture.ts';
import type { Evaluation, Verdict } from '../../../src/model/scan-result.ts';
import { PartialString, Unresolved, type ObjectValue } from '../../../src/model/value.ts';

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
/** One side: resources with their verdict, and the types of which there may be more. */
function side(
  resources: readonly (readonly [name: string, type: string, verdict: Verdict, properties?: ObjectValue])[],
  incomplete: readonly string[] = [],
): DriftSide {
  const evaluations = resources.map(([name, type, verdict]) => evaluation(name, type, verdict));
  const cause = { code: 'denied', message: '`sqs:ListQueues` was denied' } as const;
  return {
    result: { ...scanResult(), evaluations },
    reading: {
      resources: resources.map(([name, type, , properties = {}]) => ({
        ...{ id: name, type, name, properties, scope: 'app' },
        locate: () => ({ arn: name, path: [] }),
      })),
      incomplete: incomplete.map((type) => ({ scope: '111122223333/eu-west-1', type, cause })),
      ...{ inputs: [], skipped: [], diagnostics: [], suppressions: [], documents: new Map() },
      positions: () => undefined,
    },
  };
}

const queue = 'AWS::SQS::Queue';

describe('drift', () => {
  const declared = side([
    ['Orders', queue, 'pass'],
    ['Gone', queue, 'pass'],
    ['Open', queue, 'unknown'],
  ]);
  const live = side([
    ['app-Orders-1A2B3C', queue, 'fail'],
    ['app-Open-9Z', queue, 'fail'],
    ['app-Gone-1', 'AWS::SNS::Topic', 'pass'],
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
    expect(describeDrift(drift)).toContain('missing resources: 1; differing results: 1');
  });

  it('is none between a side and itself', () => {
    expect(driftBetween(declared, declared)).toMatchObject({ missing: [], differing: [], unsure: [] });
  });

  it('goes by the name that a template gives, not by its logical id', () => {
    const named = side([
      ['Orders', queue, 'pass', { QueueName: 'placed' }],
      ['Letters', queue, 'pass', { QueueName: 'dead' }],
    ]);
    const account = side([
      ['placed', queue, 'fail', { QueueName: 'placed' }],
      ['app-Letters-1', queue, 'pass', { QueueName: 'app-Letters-1' }],
    ]);
    const drift = driftBetween(named, account);
    expect(drift.differing.map(({ resource }) => resource)).toEqual(['placed']);
    expect(drift.missing.map(({ name }) => name)).toEqual(['Letters']);
  });

  it('claims nothing of what could not be listed, or is named at the deployment', () => {
    const open = new PartialString(['orders-', new Unresolved({ code: 'attribute', message: 'later' })]);
    const named = side([
      ['Gone', queue, 'pass'],
      ['Later', 'AWS::SNS::Topic', 'pass', { TopicName: open }],
    ]);
    const drift = driftBetween(named, side([], [queue]));
    expect(drift.missing).toEqual([]);
    expect(drift.unsure.map(({ resource, why }) => [resource.name, why])).toEqual([
      ['Gone', '`sqs:ListQueues` was denied'],
      ['Later', 'its name is known only after the deployment (orders-${?})'],
    ]);
  });

  it('calls nothing missing that may stand there under a shortened name', () => {
    const named = side([['OrdersOperationsUndeliveredQueue2A21A045', queue, 'pass']]);
    const account = side([['app-OrdersOperationsUndeliver-9XQ2Z', queue, 'fail']]);
    const { missing, differing, unsure } = driftBetween(named, account);
    expect([missing, differing]).toEqual([[], []]);
    expect(unsure.map(({ why }) => why)).toEqual([
      expect.stringMatching(/^`app-OrdersOperationsUndeliver-9XQ2Z` could be this resource/),
    ]);
  });

  it('holds nothing against one of several that have such a name', () => {
    const account = side([
      ['app-Orders-1A2B3C', queue, 'fail'],
      ['other-Orders-9Z', queue, 'fail'],
    ]);
    const { missing, differing, unsure } = driftBetween(side([['Orders', queue, 'pass']]), account);
    expect([missing, differing]).toEqual([[], []]);
    expect(unsure.map(({ why }) => why)).toEqual(['several resources of the account match this name (2)']);
  });

  it('takes the one of the same stack', () => {
    const account = side([
      ['app-Orders-1A2B3C', queue, 'fail'],
      ['other-Orders-9Z', queue, 'fail'],
    ]);
    const declared = side([['Orders', queue, 'pass']]);
    const evaluations = declared.result.evaluations.map((each) => ({
      ...each,
      resource: { ...each.resource, stack: 'other' },
    }));
    const drift = driftBetween({ ...declared, result: { ...declared.result, evaluations } }, account);
    expect(drift.differing.map(({ resource }) => resource)).toEqual(['other-Orders-9Z']);
  });

  it('does not compare what nobody names', () => {
    const drift = driftBetween(side([['Post', 'AWS::ApiGateway::Method', 'pass']]), side([]));
    expect(drift).toMatchObject({ missing: [], unsure: [] });
    expect(describeDrift(drift)).toContain('not compared (no unique name): 1 AWS::ApiGateway::Method');
  });
});
