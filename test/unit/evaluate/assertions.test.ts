import { describe, expect, it } from '@jest/globals';
import type { Rule } from '../../../src/model/rule.ts';
import { evaluateTemplate, ruleOf } from './decide.ts';

const rule: Rule = {
  ...ruleOf({}, 'AWS::Lambda::Function'),
  assert: [
    { that: { property: 'Handler', exists: true }, otherwise: '{name} has no handler' },
    {
      that: { property: 'Handler', equals: 'index.handler' },
      otherwise: 'the handler is odd',
      refines: true,
    },
    { that: { property: 'Runtime', exists: true }, otherwise: '{name} has no runtime' },
  ],
};

function said(properties: object): string | undefined {
  const template = { Resources: { Fn: { Type: 'AWS::Lambda::Function', Properties: properties } } };
  return evaluateTemplate([rule], template)[0]?.message;
}

describe('the assertions of a rule', () => {
  it('are all reported where they fail, in their order', () => {
    expect(said({ Handler: 'x.y' })).toBe('the handler is odd. Fn has no runtime');
  });

  it('say nothing where they refine one that fails', () => {
    expect(said({})).toBe('Fn has no handler. Fn has no runtime');
  });

  it('leave the rule passed where all hold', () => {
    expect(said({ Handler: 'index.handler', Runtime: 'nodejs24.x' })).toBe('Fn passes');
  });

  it('tell of a graver part that is unknown beside a milder one that fails', () => {
    const graver: Rule = {
      ...ruleOf({}, 'AWS::Lambda::Function'),
      assert: [
        { that: { property: 'Handler', equals: 'index.handler' }, otherwise: 'bad', severity: 'critical' },
        { that: { property: 'Runtime', exists: true }, otherwise: 'no runtime', severity: 'low' },
      ],
    };
    const template = {
      Parameters: { Handler: { Type: 'String' } },
      Resources: { Fn: { Type: 'AWS::Lambda::Function', Properties: { Handler: { Ref: 'Handler' } } } },
    };
    const [found] = evaluateTemplate([graver], template);
    expect(found?.verdict).toBe('fail');
    expect(found?.severity).toBe('low');
    expect(found?.message).toMatch(
      /^no runtime\. Another part of this rule, of severity critical, is unknown: .*`Handler`/,
    );
  });
});
