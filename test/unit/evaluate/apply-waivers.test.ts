import { describe, expect, it } from '@jest/globals';
import { applyWaivers } from '../../../src/evaluate/apply-waivers.ts';
import type { Rule } from '../../../src/model/rule.ts';
import type { Evaluation } from '../../../src/model/scan-result.ts';
import type { Waiver } from '../../../src/model/waiver.ts';
import { ruleOf } from './decide.ts';

const now = new Date('2026-11-23T12:00:00Z');
const rule = ruleOf({ property: 'A', exists: true }, 'AWS::Lambda::Function');
const evaluation = (name: string, verdict: Evaluation['verdict']): Evaluation => ({
  ruleId: rule.id,
  requirement: 'r',
  severity: 'high',
  verdict,
  message: 'm',
  fingerprint: name,
  resource: {
    id: `stack/${name}`,
    type: 'AWS::Lambda::Function',
    name,
    account: '111122223333',
    region: 'eu-west-1',
  },
  evidence: [],
  related: [],
  flows: [],
});
const waiver = (more: Partial<Waiver>): Waiver => ({
  source: 'waivers-file',
  ruleId: rule.id,
  scope: { pattern: 'stack/Fn' },
  reason: 'because',
  where: 'waivers.yaml:2',
  ...more,
});
const apply = (
  more: Partial<Waiver>,
  on = evaluation('Fn', 'fail'),
  rules: readonly Rule[] = [rule],
): { waived: boolean; codes: string[] } => {
  const { evaluations, diagnostics } = applyWaivers([on], [waiver(more)], rules, now);
  return { waived: evaluations[0]?.waiver !== undefined, codes: diagnostics.map(({ code }) => code) };
};

describe('waivers', () => {
  it.each<[string, Partial<Waiver>]>([
    ['by id', {}],
    ['by name with a star', { scope: { pattern: 'F*' } }],
    ['for exactly one resource', { scope: { resourceId: 'stack/Fn' } }],
    ['until the end of its last day', { expires: '2026-11-23' }],
    ['in its account and region', { account: '111122223333', region: 'eu-west-1' }],
  ])('hold %s', (_name, more) => {
    expect(apply(more)).toEqual({ waived: true, codes: [] });
  });

  it.each<[string, Partial<Waiver>, string]>([
    ['without a reason', { reason: ' ' }, 'waiver-malformed'],
    ['with a date that is none', { expires: 'next year' }, 'waiver-malformed'],
    ['with a day that does not exist', { expires: '2027-13-01' }, 'waiver-malformed'],
    ['past their expiry', { expires: '2026-11-22' }, 'waiver-expired'],
    ['for a rule that is not there', { ruleId: 'no.such' }, 'waiver-unknown-rule'],
    ['for another resource', { scope: { pattern: 'Other' } }, 'waiver-unused'],
    ['for another account', { account: '999999999999' }, 'waiver-unused'],
  ])('do nothing %s, and say so', (_name, more, code) => {
    expect(apply(more)).toEqual({ waived: false, codes: [code] });
  });

  it('do nothing for a rule that may never be waived', () => {
    expect(apply({}, evaluation('Fn', 'fail'), [{ ...rule, waivable: false }])).toEqual({
      waived: false,
      codes: ['waiver-refused'],
    });
  });

  it('never touch a pass, and never change a verdict', () => {
    expect(apply({}, evaluation('Fn', 'pass'))).toEqual({ waived: false, codes: ['waiver-unused'] });
    const { evaluations } = applyWaivers([evaluation('Fn', 'unknown')], [waiver({})], [rule], now);
    expect(evaluations[0]?.verdict).toBe('unknown');
  });

  it('that were written as one are used when one of them is, and reported once when none is', () => {
    const below = (name: string, wish: string): Waiver =>
      waiver({ source: 'cdk', scope: { resourceId: `stack/${name}` }, wish });
    const given = [below('Fn', 'used'), below('Role', 'used'), below('A', 'unused'), below('B', 'unused')];
    const { evaluations, diagnostics } = applyWaivers([evaluation('Fn', 'fail')], given, [rule], now);
    expect(evaluations[0]?.waiver).toBeDefined();
    expect(diagnostics).toMatchObject([
      { code: 'waiver-unused', message: expect.stringContaining('`stack/A` and the text next to it') },
    ]);
    const refused = applyWaivers([], given, [{ ...rule, waivable: false }], now);
    expect(refused.diagnostics.map(({ code }) => code)).toEqual(['waiver-refused', 'waiver-refused']);
  });

  it('act in the order in which they were given', () => {
    const given = [
      waiver({ scope: { resourceId: 'stack/Fn' }, reason: 'first' }),
      waiver({ reason: 'second' }),
    ];
    const reasonOf = (waivers: readonly Waiver[]) =>
      applyWaivers([evaluation('Fn', 'fail')], waivers, [rule], now).evaluations[0]?.waiver?.reason;
    expect(reasonOf(given)).toBe('first');
    expect(reasonOf([...given].reverse())).toBe('second');
  });
});
