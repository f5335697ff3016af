import { saysFalse } from '../model/scalar-text.ts';
import { openValue } from '../model/open-value.ts';
import { unlessConditionsMatter } from './worlds.ts';
import {
  Choice,
  isArrayValue,
  isObjectValue,
  SymbolicValue,
  Unresolved,
  type ObjectValue,
  type Value,
} from '../model/value.ts';
import { outside } from './members.ts';
import type { Form } from './form.ts';
import { evaluateMath } from './metric-math.ts';
import type { Context, Node } from './node.ts';
import { observe } from './observe.ts';
import { compileOperand, toNumber, type Operand, type OperandReader } from './operands.ts';
import { blocked } from './predicates.ts';
import { agree, every, not, type Truth } from '../model/truth.ts';

/** What the watched metric, and what it is a share of, come to in a period. */
interface Situation {
  readonly bad: number;
  readonly total: number;
}

/** Calls in a period: many, so that a guard against few calls (`IF(i > 50, ...)`) lets the share through. */
const calls = 10_000;

/** As little above a share as no threshold stands between; messages, errors and seconds are counted in ones. */
const barelyAbove = 1e-9;

/** Metrics that count calls which went wrong: each call adds 0 or 1. */
const callMetrics: ReadonlySet<string> = new Set([
  'Errors',
  '5XXError',
  '5xx',
  'ExecutionError',
  'IntegrationError',
]);

/** Metrics that count calls. */
const totalMetrics: ReadonlySet<string> = new Set(['Invocations', 'Count']);

/**
 * The alarm that an edge led to fires when its metric comes `at` a value (or just `above` one), and is silent
 * when the metric is 0. Of an alarm on the share of calls, `share` says at how many per cent.
 */
export const firesForm: Form = (raw) => {
  const terms = raw['fires'] as Readonly<Record<string, unknown>>; // as the schema has it
  const isAbove = terms['above'] !== undefined;
  const bound = compileOperand(terms['above'] ?? terms['at']);
  const share = terms['share'] === undefined ? undefined : compileOperand(terms['share']);
  return (node, context) => {
    const holds =
      node.resource.external === true
        ? outside(node.resource)
        : unlessConditionsMatter(context, () => fires(node, context, bound, share, isAbove));
    if (!context.silent) {
      const { ComparisonOperator: operator, Threshold: threshold } = node.resource.properties;
      const shown =
        typeof threshold === 'number' || typeof threshold === 'string' ? threshold : '(not known)';
      observe(context, holds, {
        node,
        path: ['Threshold'],
        value: `${typeof operator === 'string' ? operator : ''} ${shown}`.trim(),
        expected: 'an alarm that fires when the metric is bad, and only then',
      });
    }
    return holds;
  };
};

function fires(
  node: Node,
  context: Context,
  bound: OperandReader,
  share: OperandReader | undefined,
  isAbove: boolean,
): Truth {
  const [limit, percent] = [numberOf(bound(node, context)), share && numberOf(share(node, context))];
  if (typeof limit === 'object') return limit;
  if (typeof percent === 'object') return percent;
  const raised = (value: number, isWhole: boolean): number => {
    if (!isAbove) return value;
    return isWhole ? value + 1 : value * (1 + barelyAbove) + barelyAbove;
  };
  const opened = openValue(node.resource.properties, context.world) as ObjectValue; // an object stays one
  return onEachSide(opened, (alarm) => {
    const watched = watchedMetric(node, alarm);
    const isShare = percent !== undefined && dependsOnCalls(alarm, watched);
    const bad = isShare ? raised((percent / 100) * calls, false) : raised(limit, Number.isInteger(limit));
    const loud: Situation = { bad, total: calls };
    return every(
      [not(isFiring(alarm, watched, { bad: 0, total: calls })), isFiring(alarm, watched, loud)],
      (truth) => truth,
    );
  });
}

function numberOf(operand: Operand): number | Exclude<Truth, boolean> {
  if ('unknown' in operand) return operand.unknown;
  return toNumber(operand.known) ?? { code: 'malformed', message: 'the limit of the rule is not a number' };
}

const decisive = ['ComparisonOperator', 'Threshold', 'Statistic', 'ExtendedStatistic', 'Metrics'];

/** What is so of the alarm on both sides of each undecided condition. */
function onEachSide(alarm: ObjectValue, test: (alarm: ObjectValue) => Truth): Truth {
  for (const key of decisive) {
    const value = alarm[key];
    if (!(value instanceof Choice)) continue;
    const side = (chosen: Value | undefined): Truth => onEachSide({ ...alarm, [key]: chosen ?? null }, test);
    return agree(side(value.whenTrue), side(value.whenFalse), value.cause);
  }
  return test(alarm);
}

/** The metric that the edge tells of: its name, and its statistic where the alarm has no maths. */
interface Watched {
  readonly metric: string;
  readonly statistic: string;
}

function watchedMetric({ edge }: Node, alarm: ObjectValue): Watched {
  const { metric, statistic } = edge?.attributes ?? {};
  const own = alarm.Statistic ?? alarm.ExtendedStatistic ?? statistic;
  return {
    metric: typeof metric === 'string' ? metric : '',
    statistic: typeof own === 'string' ? own : 'Sum',
  };
}

function entriesOf(alarm: ObjectValue): readonly ObjectValue[] {
  return isArrayValue(alarm.Metrics) ? alarm.Metrics.filter((entry) => isObjectValue(entry)) : [];
}

function statOf(entry: ObjectValue): { readonly metric: string; readonly statistic: string } | undefined {
  const { MetricStat: stat } = entry;
  if (!isObjectValue(stat)) return undefined;
  const name = isObjectValue(stat.Metric) ? stat.Metric.MetricName : undefined;
  return {
    metric: typeof name === 'string' ? name : '',
    statistic: typeof stat.Stat === 'string' ? stat.Stat : 'Sum',
  };
}

/** Whether it is a share of all calls that the alarm compares with its threshold. */
function dependsOnCalls(alarm: ObjectValue, watched: Watched): boolean {
  const stats = entriesOf(alarm).map(statOf);
  const all = stats.length === 0 ? [watched] : stats.filter((stat) => stat !== undefined);
  return all.some(
    ({ metric, statistic }) =>
      totalMetrics.has(metric) ||
      (metric === watched.metric && callMetrics.has(metric) && !/^(Sum|Max)/i.test(statistic)),
  );
}

function isFiring(alarm: ObjectValue, watched: Watched, situation: Situation): Truth {
  const { ComparisonOperator: operator = 'GreaterThanOrEqualToThreshold', Threshold: threshold } = alarm;
  for (const value of [operator, threshold, alarm.Statistic, alarm.ExtendedStatistic])
    if (value instanceof SymbolicValue) return blocked(value);
  if (alarm.ThresholdMetricId !== undefined) return learnt;
  const limit = toNumber(threshold);
  if (limit === undefined) return false;
  const value = comparedValue(alarm, watched, situation);
  if (typeof value === 'object') return value;
  return comparisons[operator as string]?.(value, limit) ?? false;
}

const comparisons: Readonly<Record<string, (value: number, limit: number) => boolean>> = {
  GreaterThanThreshold: (value, limit) => value > limit,
  GreaterThanOrEqualToThreshold: (value, limit) => value >= limit,
  LessThanThreshold: (value, limit) => value < limit,
  LessThanOrEqualToThreshold: (value, limit) => value <= limit,
};

const learnt = {
  code: 'evidence',
  message: 'the alarm compares with a band that CloudWatch learns',
} as const;

function comparedValue(
  alarm: ObjectValue,
  watched: Watched,
  situation: Situation,
): number | Exclude<Truth, boolean> {
  if (alarm.Metrics instanceof SymbolicValue) return blocked(alarm.Metrics);
  const entries = entriesOf(alarm);
  if (entries.length === 0) return metricValue(watched, watched, situation);
  const returned = entries.find(({ ReturnData: isReturned }) => !saysFalse(isReturned));
  const open = entries.map(({ Expression: text }) => text).find((text) => text instanceof SymbolicValue);
  const value = returned && entryValue(returned, entries, watched, situation, 0);
  if (value !== undefined) return value;
  if (open instanceof Unresolved || open instanceof Choice) return open.cause;
  return { code: 'unsupported', message: 'the metric math of the alarm could not be computed' };
}

/** Expressions that refer to expressions deeper than this are not read. */
const maximumHops = 10;

function entryValue(
  entry: ObjectValue,
  entries: readonly ObjectValue[],
  watched: Watched,
  situation: Situation,
  hops: number,
): number | undefined {
  const stat = statOf(entry);
  if (stat !== undefined) return metricValue(stat, watched, situation);
  const { Expression: text } = entry;
  // A query of Metrics Insights stands for the metric that it selects, whatever its pieces.
  const selected = /^\s*SELECT\s+(\w+)/i.exec(textOf(text))?.[1];
  if (selected !== undefined)
    return metricValue(
      { ...watched, statistic: statistics[selected.toUpperCase()] ?? 'Sum' },
      watched,
      situation,
    );
  if (typeof text !== 'string' || hops > maximumHops) return undefined;
  const valueOf = (id: string): number | undefined => {
    const named = entries.find(({ Id }) => Id === id);
    return named && entryValue(named, entries, watched, situation, hops + 1);
  };
  const metrics = entries.flatMap(({ Id, MetricStat }) =>
    MetricStat === undefined || typeof Id !== 'string' ? [] : [Id],
  );
  return evaluateMath(text, valueOf, metrics);
}

const statistics: Readonly<Record<string, string>> = {
  COUNT: 'SampleCount',
  AVG: 'Average',
  MAX: 'Maximum',
  MIN: 'Minimum',
};

function textOf(value: Value | undefined): string {
  if (typeof value === 'string') return value;
  const first =
    value instanceof SymbolicValue && 'parts' in value ? (value.parts as readonly unknown[])[0] : undefined;
  return typeof first === 'string' ? first : '';
}

function metricValue({ metric, statistic }: Watched, watched: Watched, { bad, total }: Situation): number {
  const stat = statistic.toLowerCase();
  if (totalMetrics.has(metric)) return stat === 'sum' || stat === 'samplecount' ? total : 1;
  // Other metrics of the alarm are as quiet as on a good day.
  if (metric !== watched.metric) return 0;
  if (stat === 'samplecount') return callMetrics.has(metric) ? total : 1;
  return callMetrics.has(metric) ? shareOf(stat, bad, total) : bad;
}

/** Of samples that are 0 or 1: p99 is 1 as soon as more than one in a hundred is. */
function shareOf(stat: string, bad: number, total: number): number {
  if (stat === 'sum') return bad;
  if (stat === 'maximum') return bad > 0 ? 1 : 0;
  if (stat === 'minimum') return bad >= total ? 1 : 0;
  const percentile = /^p(\d+(?:\.\d+)?)$/.exec(stat)?.[1];
  if (percentile !== undefined) return bad / total > 1 - Number(percentile) / 100 ? 1 : 0;
  return Math.min(1, bad / total);
}
