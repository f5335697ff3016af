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
});
