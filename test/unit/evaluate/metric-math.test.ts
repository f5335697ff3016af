import { describe, expect, it } from '@jest/globals';
import { evaluateAlarmRule } from '../../../src/evaluate/alarm-actions.ts';
import { evaluateMath } from '../../../src/evaluate/metric-math.ts';

const metrics: Readonly<Record<string, number>> = { e: 5, i: 100, m1: 2, m2: 3 };
const valueOf = (id: string): number | undefined => metrics[id];
const compute = (text: string): number | undefined => evaluateMath(text, valueOf, ['m1', 'm2']);

describe('metric math', () => {
  it.each([
    ['100 * e / i', 5],
    ['100 - 100*e/i', 95],
    ['-e + 2^3', 3],
    ['(e + 1) * .5', 3],
    ['FILL(e, 0) / FILL(i, REPEAT)', 0.05],
    ['IF(i > 50 AND e > 0, e / i, 0)', 0.05],
    ['IF(i <= 50 || e == 0, 1, 0)', 0],
    ['SUM(METRICS())', 5],
    ['AVG([m1, m2])', 2.5],
    ['MAX(METRICS("m")) - MIN([m1,m2])', 1],
    ['CEIL(ABS(0 - e / 2))', 3],
  ])('comes to its value: %s', (text, value) => {
    expect(compute(text)).toBeCloseTo(value);
  });

  it.each([
    'e / nobody',
    'RATE(e)',
    'ANOMALY_DETECTION_BAND(e)',
    'e +',
    '(e',
    'e e',
    'e / (m1 - 2)',
    '',
    'e ; i',
  ])('is not computed where one value says nothing: %s', (text) => {
    expect(compute(text)).toBeUndefined();
  });
});

describe('rules of composite alarms', () => {
  const first = (rule: string): boolean | undefined => evaluateAlarmRule(rule, (term) => term === 0);

  it.each([
    ['ALARM("a")', true],
    ['ALARM(a) OR ALARM(b)', true],
    ['ALARM(a) AND ALARM(b)', false],
    ['ALARM(a) AND NOT ALARM(b)', true],
    ['ALARM(a) AND OK(b)', true],
    ['OK(a)', false],
    ['NOT (ALARM(a) OR ALARM(b))', false],
    ['ALARM(a) AND (ALARM(b) OR TRUE)', true],
    ['ALARM(a) AND FALSE', false],
    ['INSUFFICIENT_DATA(a)', false],
  ])('answer when the first alarm fires: %s', (rule, fires) => {
    expect(first(rule)).toBe(fires);
  });

  it.each(['', 'ALARM(a) AND', '(ALARM(a)', 'ALARM(a) ALARM(b)', 'AND ALARM(a)', 'a'])(
    'are refused: %s',
    (rule) => {
      expect(first(rule)).toBeUndefined();
    },
  );
});
