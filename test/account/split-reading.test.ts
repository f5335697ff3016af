import { describe, expect, it } from '@jest/globals';
import type { AccountReading } from '../../src/account/collect-account.ts';
import { joinReadings, splitReading } from '../../src/account/split-reading.ts';
import { collect } from './collect.ts';
import { cases } from './parity/cases/index.ts';

const [orders] = cases;
if (orders === undefined) throw new Error('there are no cases');
const regions = ['eu-west-1', 'us-east-1'];

function summary({ resources, incomplete, completeness, calls }: AccountReading): unknown {
  return {
    resources: resources.map(({ id, scope }) => `${scope} ${id}`).sort(),
    incomplete: incomplete.map(({ scope, type, cause }) => `${scope} ${type} ${cause.code}`).sort(),
    complete: completeness.complete,
    scopes: completeness.scopes.map(({ scope }) => scope).sort(),
    calls: calls.reduce((sum, call) => sum + call.calls, 0),
  };
}

describe('an account in parts', () => {
  it('is what it was, once they are joined', async () => {
    const { reading } = await collect(orders.sound.replies, { regions });
    const parts = splitReading(reading);
    expect([...parts.keys()].sort()).toEqual(['eu-west-1', 'global', 'us-east-1']);
    expect(summary(joinReadings([...parts.values()]))).toEqual(summary(reading));
  });

  it('keeps what a denied call leaves open with the Region that it is of', async () => {
    const faults = [{ call: 'sqs.', fault: 'deny' }] as const;
    const { reading } = await collect(orders.sound.replies, { regions, faults });
    const parts = splitReading(reading);
    for (const region of regions) {
      const part = parts.get(region);
      expect(part?.diagnostics.map(({ where }) => where)).toContain(`sqs ${region}`);
      expect(part?.completeness.complete).toBe(false);
    }
    expect(summary(joinReadings([...parts.values()]))).toEqual(summary(reading));
  });

  it('leaves out a Region that was cut off', async () => {
    const { reading: whole } = await collect(orders.sound.replies, { regions });
    const cut: AccountReading = {
      ...whole,
      incomplete: [
        ...whole.incomplete,
        {
          scope: `${whole.account}/us-east-1`,
          type: 'AWS::SQS::Queue',
          cause: { code: 'timeout', message: 'the audit was stopped' },
        },
      ],
    };
    expect([...splitReading(cut).keys()].sort()).toEqual(['eu-west-1', 'global']);
  });
});
