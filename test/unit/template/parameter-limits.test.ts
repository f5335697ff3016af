import { describe, expect, it } from '@jest/globals';
import type { Verdict } from '../../../src/model/scan-result.ts';
import type { Expression } from '../../../src/model/rule.ts';
import { readAllowedPattern } from '../../../src/model/allowed-pattern.ts';
import { evaluateTemplate, ruleOf } from '../evaluate/decide.ts';

const type = 'AWS::Lambda::Function';

/** The verdict of an expression on a function whose properties may use the parameter `P` and the condition `IsSet`. */
function verdictOf(that: Expression, parameter: object, Properties: object): Verdict | undefined {
  const template = {
    Parameters: { P: parameter },
    Conditions: { IsSet: { 'Fn::Not': [{ 'Fn::Equals': [{ Ref: 'P' }, ''] }] } },
    Resources: { Fn: { Type: type, Properties } },
  };
  return evaluateTemplate([ruleOf(that, type)], template)[0]?.verdict;
}

describe('a number that only a deployment gives', () => {
  const timeout = (least: Expression, parameter: object): Verdict | undefined =>
    verdictOf(least, { Type: 'Number', ...parameter }, { Timeout: { Ref: 'P' } });

  it('is compared as the range that its declaration allows', () => {
    expect(timeout({ property: 'Timeout', atLeast: 10 }, { MinValue: 10 })).toBe('pass');
    expect(timeout({ property: 'Timeout', atLeast: 10 }, { MinValue: '10', MaxValue: '900' })).toBe('pass');
    expect(timeout({ property: 'Timeout', atLeast: 10 }, { MaxValue: 9 })).toBe('fail');
    expect(timeout({ property: 'Timeout', atLeast: 10 }, { MinValue: 9, MaxValue: 10 })).toBe('unknown');
    expect(timeout({ property: 'Timeout', above: 10 }, { MaxValue: 10 })).toBe('fail');
    expect(timeout({ property: 'Timeout', atMost: 10 }, { MaxValue: 10 })).toBe('pass');
    expect(timeout({ property: 'Timeout', below: 10 }, { MaxValue: 10 })).toBe('unknown');
    expect(timeout({ property: 'Timeout', atMost: 10 }, {})).toBe('unknown');
  });

  it('keeps its range through arithmetic', () => {
    const that = (sum: object): Expression => ({ property: 'MemorySize', atLeast: sum }) as Expression;
    const memory = (sum: object, parameter: object): Verdict | undefined =>
      verdictOf(that(sum), { Type: 'Number', ...parameter }, { Timeout: { Ref: 'P' }, MemorySize: 100 });
    const sum = { add: [{ multiply: [6, { property: 'Timeout' }] }, 10] };
    expect(memory(sum, { MaxValue: 15 })).toBe('pass');
    expect(memory(sum, { MaxValue: 16 })).toBe('unknown');
    expect(memory(sum, { MinValue: 16 })).toBe('fail');
    expect(memory({ subtract: [0, { property: 'Timeout' }] }, { MinValue: 1 })).toBe('pass');
    expect(memory({ divide: [1, { property: 'Timeout' }] }, { MinValue: -1, MaxValue: 1 })).toBe('unknown');
  });

  it('equals nothing that its declaration rejects', () => {
    expect(timeout({ property: 'Timeout', equals: 3 }, { MinValue: 5 })).toBe('fail');
    expect(timeout({ property: 'Timeout', equals: 3 }, { MinValue: 1 })).toBe('unknown');
    expect(timeout({ property: 'Timeout', in: [1, 2] }, { MinValue: 3 })).toBe('fail');
  });
});

describe('a text that only a deployment gives', () => {
  const given = { Description: { 'Fn::If': ['IsSet', 'set', 'empty'] } };
  const isSet = { property: 'Description', equals: 'set' };

  it('is not empty where its declaration rejects that', () => {
    expect(verdictOf(isSet, { Type: 'String' }, given)).toBe('unknown');
    expect(verdictOf(isSet, { Type: 'String', MinLength: 1 }, given)).toBe('pass');
    expect(verdictOf(isSet, { Type: 'String', AllowedPattern: '^arn:aws:kms:.+$' }, given)).toBe('pass');
    expect(verdictOf(isSet, { Type: 'String', AllowedPattern: '^(arn:aws:kms:.+)?$' }, given)).toBe(
      'unknown',
    );
    expect(verdictOf(isSet, { Type: 'String', AllowedPattern: '^$|^arn:aws:kms:.+$' }, given)).toBe(
      'unknown',
    );
    expect(verdictOf(isSet, { Type: 'Number' }, given)).toBe('pass');
    expect(verdictOf(isSet, { Type: 'AWS::EC2::VPC::Id' }, given)).toBe('pass');
    const listed = Array.from({ length: 17 }, (_, index) => `stage-${index}`);
    expect(verdictOf(isSet, { Type: 'String', AllowedValues: listed }, given)).toBe('pass');
  });

  it('begins with what its pattern begins with', () => {
    const starts = (wanted: string, AllowedPattern: string): Verdict | undefined =>
      verdictOf(
        { property: 'Description', startsWith: wanted },
        { Type: 'String', AllowedPattern },
        { Description: { Ref: 'P' } },
      );
    expect(starts('arn:', '^arn:aws:kms:.+$')).toBe('pass');
    expect(starts('http://', '^https://.+$')).toBe('fail');
    expect(starts('https://', 'https?://.+')).toBe('unknown');
    expect(starts('https://', '^https://.+|none$')).toBe('unknown');
  });
});

describe('a pattern that is not read', () => {
  it('is one that repeats groups, looks around, refers back or repeats too much', () => {
    for (const pattern of [
      '(a+)+',
      '(?=a)b',
      '(a)\\1',
      'a*b*c*d*',
      '[a-z&&[^b]]',
      'a++',
      '(?i)a',
      '\\p{L}',
      'a'.repeat(201),
    ])
      expect(readAllowedPattern(pattern)).toBeUndefined();
  });

  it('is not one that teams use', () => {
    for (const pattern of [
      '\\d{12}',
      '^[a-z][a-z0-9-]{2,62}$',
      '^(dev|test|prod)$',
      '.+',
      '[A-Za-z0-9_.-]+@[a-z.]+',
      '^$|^arn:.+$',
    ])
      expect(readAllowedPattern(pattern)).toBeDefined();
    expect(readAllowedPattern('\\d{12}')?.matches('111122223333')).toBe(true);
    expect(readAllowedPattern('\\d{12}')?.matches('*')).toBe(false);
  });
});
