import { describe, expect, it } from '@jest/globals';
import type { Expression } from '../../../src/model/rule.ts';
import { decideFunction } from './decide.ts';

const unknownValue = { Ref: 'P' };
const either = (whenTrue: unknown, whenFalse: unknown): object => ({ 'Fn::If': ['C', whenTrue, whenFalse] });
const noValue = { Ref: 'AWS::NoValue' };

/** predicate, argument, value, verdict */
const table: readonly [string, unknown, unknown, string][] = [
  ['equals', 'a', 'a', 'pass'],
  ['equals', 'a', 'b', 'fail'],
  ['equals', 'a', unknownValue, 'unknown'],
  ['equals', 30, '30', 'pass'],
  ['equals', true, 'true', 'pass'],
  ['equals', 'a', either('a', 'a'), 'pass'],
  ['equals', 'a', either('b', 'c'), 'fail'],
  ['equals', 'a', either('a', 'b'), 'unknown'],
  ['equals', 'a', { 'Fn::Sub': 'b-${P}' }, 'fail'],
  ['equals', 'b-x', { 'Fn::Sub': 'b-${P}' }, 'unknown'],
  ['in', ['a', 'b'], 'b', 'pass'],
  ['in', ['a', 'b'], 'c', 'fail'],
  ['in', ['a', 'b'], unknownValue, 'unknown'],
  ['matches', '^a.c$', 'abc', 'pass'],
  ['matches', '^a.c$', 'abd', 'fail'],
  ['matches', '(a+)+$', `${'a'.repeat(5000)}b`, 'fail'],
  ['matches', 'requestId', { 'Fn::Sub': '{requestId}-${P}' }, 'pass'],
  ['matches', 'https?://[^\\s]', { 'Fn::Sub': 'see https://wiki/${P}' }, 'pass'],
  ['matches', '^a\\.', { 'Fn::Sub': 'a.${P}' }, 'pass'],
  ['matches', '^a\\.', { 'Fn::Sub': '${P}a.' }, 'unknown'],
  ['matches', '\\.com$', { 'Fn::Sub': '${P}.com' }, 'pass'],
  ['matches', '\\.com$', { 'Fn::Sub': '.com${P}' }, 'unknown'],
  ['matches', '(?i)powertools', { 'Fn::Sub': 'arn:aws:lambda:${AWS::Region}:1:layer:gm:2' }, 'fail'],
  ['matches', 'us-', { 'Fn::Sub': 'arn:aws:lambda:${AWS::Region}' }, 'unknown'],
  ['matches', '\\bcom\\b', { 'Fn::Sub': '${P}com' }, 'unknown'],
  ['startsWith', 'https://', { 'Fn::Sub': 'https://${P}' }, 'pass'],
  ['startsWith', 'https://', { 'Fn::Sub': 'http://${P}' }, 'fail'],
  ['startsWith', 'https://', { 'Fn::Sub': '${P}/x' }, 'unknown'],
  ['startsWith', 'https://x', { 'Fn::Sub': 'https://${P}' }, 'unknown'],
  ['endsWith', '.fifo', { 'Fn::Sub': '${P}.fifo' }, 'pass'],
  ['endsWith', '.fifo', { 'Fn::Sub': '${P}.std' }, 'fail'],
  ['contains', 'x', ['y', 'x'], 'pass'],
  ['contains', 'x', ['y'], 'fail'],
  ['contains', 'x', ['y', unknownValue], 'unknown'],
  ['contains', 'x', either(['x'], noValue), 'unknown'],
  ['contains', '/x/', { 'Fn::Sub': 'https://${AWS::Region}.aws/y' }, 'fail'],
  ['contains', '/x/', { 'Fn::Sub': 'https://${P}.aws/y' }, 'unknown'],
  ['contains', 'x', [either('x', 'y')], 'unknown'],
  ['contains', 'x', [either('x', 'x'), 'y'], 'pass'],
  ['contains', 'x', [either('y', noValue)], 'fail'],
  ['empty', false, ['y'], 'pass'],
  ['empty', true, [], 'pass'],
  ['atLeast', 5, 5, 'pass'],
  ['atLeast', 5, '4', 'fail'],
  ['atLeast', 5, unknownValue, 'unknown'],
  ['atMost', 5, 6, 'fail'],
  ['above', 5, 5, 'fail'],
  ['below', 5, 4, 'pass'],
  ['exists', true, 'x', 'pass'],
  ['exists', true, unknownValue, 'pass'],
  ['exists', true, { Ref: 'AWS::AccountId' }, 'pass'],
  ['exists', true, either('x', noValue), 'unknown'],
  ['exists', false, 'x', 'fail'],
  ['is', 'https-url', 'https://a', 'pass'],
  ['is', 'https-url', 'http://a', 'fail'],
  ['is', 'literal', 'x', 'pass'],
  ['is', 'literal', unknownValue, 'fail'],
  ['is', 'secret-reference', '{{resolve:secretsmanager:a:SecretString:b}}', 'pass'],
  ['is', 'customer-managed-key', 'alias/aws/lambda', 'fail'],
  ['is', 'customer-managed-key', 'arn:aws:kms:eu-west-1:111122223333:key/abc', 'pass'],
  ['is', 'customer-managed-key', unknownValue, 'unknown'],
  ['is', 'schedule-expression', 'rate(5 minutes)', 'pass'],
  ['is', 'schedule-expression', 'rate(0 minutes)', 'fail'],
  ['is', 'schedule-expression', 'cron(0 2 * * ? *)', 'pass'],
  ['is', 'schedule-expression', 'cron(5, 0, 1, *, ?, *)', 'pass'],
  ['is', 'schedule-expression', 'cron(0 2 * * *)', 'fail'],
  ['notDeprecated', { withinDays: 90 }, 'nodejs22.x', 'pass'],
  ['notDeprecated', { withinDays: 200 }, 'nodejs22.x', 'fail'],
  ['notDeprecated', { withinDays: 90 }, 'nodejs20.x', 'fail'],
  ['notDeprecated', { withinDays: 90 }, 'java17.al2023', 'pass'],
  ['notDeprecated', { withinDays: 90 }, 'cobol1.x', 'unknown'],
];

describe('predicates', () => {
  it.each(table)('%s %j of %j is %s', (predicate, argument, value, verdict) => {
    const expression = { property: 'Description', [predicate]: argument } as Expression;
    expect(decideFunction(expression, { Description: value }).verdict).toBe(verdict);
  });

  it('says that the service default was taken', () => {
    const evaluation = decideFunction({ property: 'Timeout', atMost: 2 }, {});
    expect(evaluation.verdict).toBe('fail');
    expect(evaluation.evidence).toEqual([
      { what: 'Timeout of Fn', value: '3', expected: 'at most 2', holds: false, source: 'default' },
    ]);
  });

  it('does not count a default as written out', () => {
    expect(decideFunction({ property: 'Timeout', exists: true }, {}).verdict).toBe('fail');
  });

  it('knows a key of the scan as the customer’s own', () => {
    const key = { Key: { Type: 'AWS::KMS::Key', Properties: {} } };
    const evaluation = decideFunction(
      { property: 'KmsKeyArn', is: 'customer-managed-key' },
      { KmsKeyArn: { 'Fn::GetAtt': ['Key', 'Arn'] } },
      key,
    );
    expect(evaluation.verdict).toBe('pass');
  });
});
