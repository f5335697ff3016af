import { lookup } from '../../model/lookup.ts';
import type { Resource } from '../../model/resource.ts';
import {
  PartialString,
  Reference,
  Unresolved,
  isArrayValue,
  isObjectValue,
  type Cause,
  type ObjectValue,
  type Path,
  type Value,
} from '../../model/value.ts';
import { readJsonText } from '../../model/json-text.ts';
import { findValues } from '../property-path.ts';
import { parsePath } from '../../model/parse-path.ts';
import { childrenOf, resolveTargets, type LinkContext } from '../resolve-target.ts';
import { toSymbolicText, toValue, type SymbolicText } from '../../model/symbolic-text.ts';
import { parseMetricQuery, parseMetricSearches } from './metric-queries.ts';
import type { Reader, ReadTarget } from './row.ts';

/** Metric dimension -> the types that its value names. */
const dimensionTypes: Readonly<Record<string, readonly string[]>> = {
  QueueName: ['AWS::SQS::Queue'],
  FunctionName: ['AWS::Lambda::Function'],
  TopicName: ['AWS::SNS::Topic'],
  TableName: ['AWS::DynamoDB::Table', 'AWS::DynamoDB::GlobalTable'],
  StateMachineArn: ['AWS::StepFunctions::StateMachine'],
  ApiName: ['AWS::ApiGateway::RestApi'],
  ApiId: ['AWS::ApiGatewayV2::Api'],
  RuleName: ['AWS::Events::Rule'],
  EventBusName: ['AWS::Events::EventBus', 'AWS::EventsV2::EventBus'],
  BucketName: ['AWS::S3::Bucket'],
  StreamName: ['AWS::Kinesis::Stream'],
  DeliveryStreamName: ['AWS::KinesisFirehose::DeliveryStream'],
  LogGroupName: ['AWS::Logs::LogGroup'],
  DistributionId: ['AWS::CloudFront::Distribution'],
  WebACL: ['AWS::WAFv2::WebACL'],
  ClusterName: ['AWS::ECS::Cluster'],
  PipeName: ['AWS::Pipes::Pipe'],
};

/** Which attributes of a resource a dimension takes; others, such as an ARN, name no metric that exists. */
const dimensionAttributes: Readonly<Record<string, readonly string[]>> = {
  QueueName: ['QueueName'],
  FunctionName: ['Ref', 'FunctionName'],
  TopicName: ['TopicName'],
  TableName: ['Ref'],
  StateMachineArn: ['Ref', 'Arn'],
  ApiName: [],
  ApiId: ['Ref', 'ApiId'],
};

/** Resources whose `Ref` and attributes the table above speaks of, and no custom resource or nested stack. */
function isWrongAttribute(dimension: string, value: Value, context: LinkContext): boolean {
  const wanted = lookup(dimensionAttributes, dimension);
  if (wanted === undefined) return false;
  if (typeof value === 'string') return /^(arn:|https:\/\/)/.test(value) && dimension !== 'StateMachineArn';
  if (!(value instanceof Reference)) return false;
  const type = context.index.byId(value.resourceId)?.type ?? '';
  if (/^AWS::Lambda::(Alias|Version)$/.test(type)) return dimension === 'FunctionName';
  const types = lookup(dimensionTypes, dimension) ?? [];
  return types.includes(type) && !wanted.includes(value.attribute ?? 'Ref');
}

interface Metric {
  readonly path: Path;
  readonly dimensions: readonly { readonly name: string; readonly value: Value; readonly path: Path }[];
  /** Without dimensions, as far as they are known. */
  readonly isOverall: boolean;
  readonly facts: ObjectValue;
}

/** What an alarm's metric, or each metric of its maths, is about. */
export const readMetrics: Reader = (_found, resource, _row, context) =>
  metricsOf(resource).flatMap((metric) => metricTargets(metric, resource, context));

/** The whole account or application, where a metric has no dimension: it then counts all resources of its service. */
export const readOverallMetrics: Reader = (_found, resource, _row, context) => {
  const overall = metricsOf(resource).filter(
    ({ isOverall, facts }) => isOverall && facts.metric !== undefined,
  );
  return overall.flatMap(({ path, facts }) =>
    context
      .related(resource, 'account')
      .edges.map(({ to }): ReadTarget => ({ ...(to === undefined ? {} : { to }), path, attributes: facts })),
  );
};

function metricsOf(alarm: Resource): readonly Metric[] {
  const own = metricOf(alarm.properties, alarm.properties, [], { via: 'metric' });
  const maths = findValues(alarm.properties, parsePath('Metrics[]')).flatMap(({ value, path }) => {
    if (!isObjectValue(value)) return [];
    if (!isObjectValue(value.MetricStat)) return queriedMetrics(value, path);
    const { MetricStat: statistic } = value;
    const metric = isObjectValue(statistic.Metric) ? statistic.Metric : {};
    const facts = facetsOf({ id: value.Id, period: statistic.Period, statistic: statistic.Stat });
    return [metricOf(metric, statistic, [...path, 'MetricStat', 'Metric'], { ...facts, via: 'maths' })];
  });
  return [own, ...maths];
}

/** What a query of Metrics Insights selects, once for each alternative of its conditions. */
function queriedMetrics({ Id, Expression, Period }: ObjectValue, at: Path): readonly Metric[] {
  const text = toSymbolicText(Expression);
  if (Expression instanceof Unresolved) return [unknownMetric(Expression, Id, [...at, 'Expression'])];
  const query = text === undefined ? undefined : parseMetricQuery(text.text);
  if (text === undefined || query === undefined) return [];
  const { metric, namespace, aggregate } = query;
  const path = [...at, 'Expression'];
  const facts = facetsOf({ id: Id, metric, namespace, period: Period, statistic: aggregate, via: 'query' });
  if (query.alternatives.length === 0) return [{ path, dimensions: [], isOverall: true, facts }];
  return query.alternatives.map((fixed) => ({
    path,
    dimensions: fixed.map(({ name, value }) => ({ name, value: toValue(value, text.pieces), path })),
    isOverall: false,
    facts,
  }));
}

/** What an expression selects of which nothing is known. */
function unknownMetric(value: Unresolved, id: Value | undefined, path: Path): Metric {
  const facts = facetsOf({ id, metric: value, namespace: value, via: 'query' });
  return { path, dimensions: [{ name: unknownName, value, path }], isOverall: false, facts };
}

function metricOf(metric: ObjectValue, statistic: ObjectValue, path: Path, more: ObjectValue): Metric {
  const dimensions = findValues(metric, parsePath('Dimensions[]')).flatMap((found) => {
    // Of all dimensions, or of one, nothing is known.
    if (found.value instanceof Unresolved)
      return [{ name: unknownName, value: found.value, path: [...path, ...found.path] }];
    if (!isObjectValue(found.value)) return [];
    const { Name, Value: value } = found.value;
    if (Name instanceof Unresolved)
      return [{ name: unknownName, value: Name, path: [...path, ...found.path, 'Name'] }];
    if (typeof Name !== 'string' || value === undefined) return [];
    return [{ name: Name, value, path: [...path, ...found.path, 'Value'] }];
  });
  const facts = facetsOf({
    metric: metric.MetricName,
    namespace: metric.Namespace,
    period: statistic.Period,
    statistic: statistic.Statistic ?? statistic.ExtendedStatistic,
  });
  const { Dimensions } = metric;
  const isOverall = Dimensions === undefined || (isArrayValue(Dimensions) && Dimensions.length === 0);
  return { path, dimensions, isOverall, facts: { ...facts, ...more } };
}

/** Stands for the name of a dimension that nobody knows; its value is then that name. */
const unknownName = '?';

function facetsOf(facets: Readonly<Record<string, Value | undefined>>): ObjectValue {
  const known: Record<string, Value> = {};
  for (const [name, value] of Object.entries(facets)) if (value !== undefined) known[name] = value;
  return known;
}

/** Dimensions that count a whole resource alone, and beside others a part of it: an alias, a method. */
const wholeAlone: ReadonlySet<string> = new Set([
  'FunctionName',
  'QueueName',
  'TopicName',
  'ApiName',
  'ApiId',
]);

function metricTargets(metric: Metric, alarm: Resource, context: LinkContext): readonly ReadTarget[] {
  const { dimensions, facts } = metric;
  const names = dimensions.map(({ name }) => name);
  const open = dimensions.find(({ name }) => name === unknownName);
  // It may be about anything that metrics are about, this template's own resources included.
  if (open?.value instanceof Unresolved) {
    const { code, message } = open.value.cause;
    const cause: Cause = { code: code === 'parameter' ? 'evidence' : code, message };
    return [
      {
        cause,
        path: open.path,
        mayBe: [...Object.values(dimensionTypes).flat(), ...stageTypes],
        attributes: facts,
      },
    ];
  }
  const isOfStage =
    names.length === 2 && names.includes('Stage') && names.some((name) => apiDimensions.has(name));
  const isPart = names.length > 1 && !isOfStage && names.some((name) => wholeAlone.has(name));
  if (isPart) return [];
  const targets = dimensions.flatMap(({ name, value, path }): ReadTarget[] => {
    const types = lookup(dimensionTypes, name);
    // A rule's metrics name its bus beside it.
    if (types === undefined || (name === 'EventBusName' && names.includes('RuleName'))) return [];
    if (isWrongAttribute(name, value, context) || (/(Name|Id)$/.test(name) && isArn(value))) return [];
    return resolveTargets(value, { from: alarm, types }, context).map((target) => ({
      ...target,
      path,
      mayBe: types,
      attributes: { ...target.attributes, ...facts },
    }));
  });
  return isOfStage ? stageTargets(metric, targets, context) : targets;
}

/** CloudWatch compares texts: no metric has an ARN for the name of its function or queue. */
function isArn(value: Value): boolean {
  const first = value instanceof PartialString ? value.parts[0] : value;
  if (first instanceof Reference) return first.attribute === 'Arn';
  return toSymbolicText(value)?.text.startsWith('arn:') === true;
}

const apiDimensions: ReadonlySet<string> = new Set(['ApiName', 'ApiId']);

/** A `Stage` dimension beside the API's makes the metric one of that stage, and of no other. */
function stageTargets(
  metric: Metric,
  apis: readonly ReadTarget[],
  context: LinkContext,
): readonly ReadTarget[] {
  const stage = metric.dimensions.find(({ name }) => name === 'Stage');
  const text = toSymbolicText(stage?.value);
  if (stage === undefined || text === undefined) return apis;
  const piece = text.pieces.get(text.text);
  const named = piece instanceof Reference ? context.index.byId(piece.resourceId) : undefined;
  if (named !== undefined && stageTypes.includes(named.type))
    return [{ to: named, path: stage.path, attributes: metric.facts }];
  const [open] = [...text.pieces.values()].filter((part) => part instanceof Unresolved);
  return apis.flatMap((api): readonly ReadTarget[] => {
    const { to } = api;
    if (to === undefined) return [{ ...api, mayBe: stageTypes }];
    const children = stageTypes
      .flatMap((type) => childrenOf(type, to, text.text, context))
      .map(({ resource, uncertain }) => ({
        to: resource,
        path: stage.path,
        attributes: metric.facts,
        ...(uncertain === undefined ? {} : { uncertain }),
      }));
    if (children.length > 0) return children;
    // The name of a stage that is not known may be that of any.
    return open === undefined ? [] : [{ cause: open.cause, path: stage.path, mayBe: stageTypes }];
  });
}

const stageTypes = ['AWS::ApiGateway::Stage', 'AWS::ApiGatewayV2::Stage'];

/** Alarm actions; addresses of no resource (`arn:aws:automate:...`) are kept as unresolved edges. */
export const readActions: Reader = (found, resource, row, context) =>
  resolveTargets(found.value, { from: resource, types: row.to }, context);

/** Alarms that a composite alarm's expression names: `ALARM("name")`, `ALARM({reference})`. */
export const readComposedAlarms: Reader = (found, resource, row, context) => {
  const text = toSymbolicText(found.value);
  if (text === undefined) return resolveTargets(found.value, { from: resource, types: row.to }, context);
  const named = new Map<Resource, { target: ReadTarget; terms: number[] }>();
  const open: ReadTarget[] = [];
  [...text.text.matchAll(/\b(?:ALARM|OK|INSUFFICIENT_DATA)\s*\(([^()]*)\)/gi)].forEach(
    ([, name = ''], term) => {
      const value = toValue(name.replaceAll(/["']/g, '').trim(), text.pieces);
      for (const target of resolveTargets(value, { from: resource, types: row.to }, context)) {
        const known = target.to === undefined ? undefined : named.get(target.to);
        if (known !== undefined) known.terms.push(term);
        else if (target.to === undefined) open.push(target);
        else named.set(target.to, { target, terms: [term] });
      }
    },
  );
  // Which terms of the rule the alarm stands in: they decide whether the composite fires with it.
  const known = [...named.values()].map(({ target, terms }) => ({
    ...target,
    attributes: { ...target.attributes, terms },
  }));
  return [...known, ...open];
};

/** Deepest nesting of a dashboard's body that is read. */
const maximumDepth = 100;

/** Everything that a dashboard's body refers to, or names as a metric's dimension. */
export const readDashboard: Reader = (found, resource, _row, context) => {
  const body = readJsonText(found.value);
  const seen = new Map<Resource, ReadTarget>();
  const keep = (targets: readonly ReadTarget[]): void => {
    for (const target of targets)
      if (target.to !== undefined && !seen.has(target.to)) seen.set(target.to, target);
  };
  collectMentions(body, resource, context, keep, 0);
  if (seen.size > 0 || isObjectValue(body)) return [...seen.values()];
  return resolveTargets(found.value, { from: resource, types: [] }, context);
};

function collectMentions(
  value: Value | undefined,
  resource: Resource,
  context: LinkContext,
  keep: (targets: readonly ReadTarget[]) => void,
  depth: number,
): void {
  if (depth > maximumDepth || value === undefined) return;
  const text = toSymbolicText(value);
  if (text !== undefined) {
    for (const piece of text.pieces.values()) {
      if (piece instanceof Reference) keep(resolveTargets(piece, { from: resource, types: ['*'] }, context));
    }
    keep(expressionTargets(text, resource, context));
  } else if (isArrayValue(value)) {
    keep(dimensionTargets(value, resource, context));
    let row: readonly Value[] = [];
    for (const item of value) {
      if (isArrayValue(item)) row = writtenOut(item, row);
      collectMentions(isArrayValue(item) ? row : item, resource, context, keep, depth + 1);
    }
  } else if (isObjectValue(value)) {
    for (const item of Object.values(value)) collectMentions(item, resource, context, keep, depth + 1);
  }
}

/** `["...", "orders"]` repeats the row before it with another last value; options at the end are no values. */
function writtenOut(row: readonly Value[], before: readonly Value[]): readonly Value[] {
  if (row[0] !== '...') return row;
  const values = row.slice(1).filter((item) => !isObjectValue(item));
  const kept = before.filter((item) => !isObjectValue(item));
  return [...kept.slice(0, Math.max(0, kept.length - values.length)), ...values];
}

/** `["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", "orders"]`: names and values in turn. */
function dimensionTargets(
  row: readonly Value[],
  resource: Resource,
  context: LinkContext,
): readonly ReadTarget[] {
  return row.flatMap((name, index): readonly ReadTarget[] => {
    const types = typeof name === 'string' ? lookup(dimensionTypes, name) : undefined;
    const value = row[index + 1];
    if (types === undefined || typeof value !== 'string') return [];
    return resolveTargets(value, { from: resource, types }, context);
  });
}

/** Resources that a search expression or a query of Metrics Insights names, or finds by their dimension alone. */
function expressionTargets(
  { text, pieces }: SymbolicText,
  resource: Resource,
  context: LinkContext,
): readonly ReadTarget[] {
  if (!/SEARCH\(|^\s*SELECT\s/i.test(text)) return [];
  const alternatives = parseMetricQuery(text)?.alternatives ?? [];
  const searches = parseMetricSearches(text);
  const fixed = [...alternatives.flat(), ...searches.flatMap((search) => search.fixed)];
  const named = fixed.flatMap(({ name, value }) => {
    const types = dimensionTypes[name];
    return types === undefined
      ? []
      : resolveTargets(toValue(value, pieces), { from: resource, types }, context);
  });
  const found = searches
    .filter(({ isNarrowed }) => !isNarrowed)
    .flatMap((search) => search.schema.filter((name) => !search.fixed.some((each) => each.name === name)))
    .flatMap((name) => dimensionTypes[name] ?? [])
    .flatMap((type) => context.index.ofType(type))
    .filter(({ scope }) => scope === resource.scope)
    .map((to) => ({ to }));
  return [...named, ...found];
}
