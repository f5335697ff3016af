import { describe, expect, it } from '@jest/globals';
import { evaluateRules } from '../../../src/evaluate/evaluate.ts';
import { linkGraph } from '../../../src/graph/link-graph.ts';
import type { Verdict } from '../../../src/model/scan-result.ts';
import type { Cause } from '../../../src/model/value.ts';
import { readTemplateObject } from '../../../src/template/read-templates.ts';
import { ruleOf, setOf } from './decide.ts';

const options = { now: new Date('2026-11-23T00:00:00Z'), positions: () => undefined, detail: 'all' } as const;

/** The verdict on a topic that no alarm in sight calls, where there may be more alarms for a cause. */
function verdictOf(certain: boolean, code: Cause['code']): Verdict {
  const rule = ruleOf({ none: { related: 'actionOf', certain } }, 'AWS::SNS::Topic');
  const reading = readTemplateObject({ Resources: { Topic: { Type: 'AWS::SNS::Topic' } } }, 'test', {});
  const scope = reading.resources[0]?.scope ?? '';
  const incomplete = [{ scope, type: 'AWS::CloudWatch::Alarm', cause: { code, message: 'the cause' } }];
  return (
    evaluateRules(setOf([rule]), linkGraph({ ...reading, incomplete }), options)[0]?.verdict ??
    'notApplicable'
  );
}

describe('`certain: false`', () => {
  it('takes for absent what a template leaves open', () => {
    expect(verdictOf(true, 'transform')).toBe('unknown');
    expect(verdictOf(false, 'transform')).toBe('pass');
  });

  it.each(['denied', 'throttled', 'failed', 'timeout', 'not-collected'] as const)(
    'leaves open what an account was not asked or did not answer: %s',
    (code) => {
      expect(verdictOf(false, code)).toBe('unknown');
    },
  );
});
