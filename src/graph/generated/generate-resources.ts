import { lookup } from '../../model/lookup.ts';
import type { Resource } from '../../model/resource.ts';
import type { SourceReading } from '../../model/source.ts';
import {
  Choice,
  Reference,
  describeValue,
  Unresolved,
  isArrayValue,
  isObjectValue,
  type Cause,
  type ObjectValue,
  type Path,
  type Value,
} from '../../model/value.ts';
import { asCondition, bothDoubts, eitherDoubt } from '../../model/conditions.ts';
import { holdsChoice } from '../../model/open-value.ts';
import { readJsonText } from '../../model/json-text.ts';
import { toSymbolicText } from '../../model/symbolic-text.ts';
import { addTo } from '../resource-index.ts';
import { doubted, openResource, waysOf, type Way } from '../worlds.ts';
import { generateResource, present, sidesOf, type Generated } from './generated-resource.ts';
import { generateHttpApi, generateQuickApi } from './http-api.ts';
import { generateRestApi } from './rest-api.ts';

/** Everything generated from a reading, and by resource id the documents that could not be read. */
export interface GeneratedReading {
  readonly resources: readonly Resource[];
  readonly unread: ReadonlyMap<string, Cause>;
}

type Generator = (resource: Resource, reading: SourceReading) => Generated;

const nothing: Generated = { resources: [] };

const generators: Readonly<Record<string, Generator>> = {
  'AWS::ApiGateway::RestApi': (api, reading) => fromDocument(api, reading, generateRestApi),
  'AWS::ApiGatewayV2::Api': (api, reading) =>
    api.properties.Target === undefined ? fromDocument(api, reading, generateHttpApi) : generateQuickApi(api),
  'AWS::ApiGateway::Deployment': generateStage,
  'AWS::SNS::Topic': generateSubscriptions,
  'Custom::LogRetention': generateLogGroup,
};

/** Reads documents that hold what could as well stand as resources: OpenAPI bodies, inline subscriptions. */
export function generateResources(reading: SourceReading): GeneratedReading {
  const resources: Resource[] = [];
  const unread = new Map<string, Cause>();
  for (const resource of reading.resources) {
    const generator = lookup(generators, resource.type);
    if (generator === undefined) continue;
    const generated = generateInWorlds(resource, (opened) => generator(opened, reading));
    resources.push(...generated.resources);
    if (generated.incomplete !== undefined) unread.set(resource.id, generated.incomplete);
  }
  return { resources: distinct(resources), unread };
}

/**
 * What a resource generates, whichever way the conditions in its properties turn out: one resource each,
 * whose properties hang on the conditions as its parent's do.
 */
function generateInWorlds(parent: Resource, generate: (opened: Resource) => Generated): Generated {
  if (!holdsChoice(parent.properties)) return generate(parent);
  const ways = waysOf((world) => generate(openResource(parent, world)));
  const [only] = ways ?? [];
  if (ways === undefined || only === undefined) return generate(parent);
  if (only.doubt === undefined) return only.found;
  const byId = new Map<string, Way<Resource>[]>();
  for (const { doubt, found } of ways) {
    for (const resource of distinct(found.resources)) addTo(byId, resource.id, { doubt, found: resource });
  }
  const incomplete = ways.find(({ found }) => found.incomplete !== undefined)?.found.incomplete;
  return {
    resources: [...byId.values()].flatMap((each) => joined(each, parent)),
    ...(incomplete === undefined ? {} : { incomplete }),
  };
}

function joined(ways: readonly Way<Resource>[], parent: Resource): readonly Resource[] {
  const [first, ...others] = ways;
  if (first === undefined) return [];
  const exists = others.reduce((either, { doubt }) => eitherDoubt(either, doubt), first.doubt);
  const uncertain = bothDoubts(parent.uncertain, exists);
  return [{ ...doubted(first.found, uncertain), properties: joinProperties(ways) }];
}

function joinProperties(ways: readonly Way<Resource>[]): ObjectValue {
  const names = new Set(ways.flatMap(({ found }) => Object.keys(found.properties)));
  return present(
    Object.fromEntries(
      [...names].map((name) => [
        name,
        choiceAmong(ways.map(({ doubt, found }) => ({ doubt, value: found.properties[name] }))),
      ]),
    ),
  );
}

/** The value that each way has: one where all agree. */
function choiceAmong(
  ways: readonly { readonly doubt: Cause | undefined; readonly value: Value | undefined }[],
): Value | undefined {
  const texts = new Set(ways.map(({ value }) => (value === undefined ? '' : describeValue(value, Infinity))));
  const last = ways.at(-1)?.value;
  if (texts.size === 1) return last;
  return ways
    .slice(0, -1)
    .reduceRight<Value | undefined>(
      (rest, { doubt, value }) => (doubt === undefined ? value : new Choice(asCondition(doubt), value, rest)),
      last,
    );
}

/** Both sides of an undecided condition may generate under one key: the second is told apart. */
function distinct(resources: readonly Resource[]): readonly Resource[] {
  const seen = new Map<string, number>();
  return resources.map((resource) => {
    const count = (seen.get(resource.id) ?? 0) + 1;
    seen.set(resource.id, count);
    return count === 1 ? resource : { ...resource, id: `${resource.id}~${count}` };
  });
}

function fromDocument(
  api: Resource,
  reading: SourceReading,
  generate: (api: Resource, document: ObjectValue, base: Path) => Generated,
): Generated {
  const { Body, BodyS3Location } = api.properties;
  const document = reading.documents.get(api.id);
  if (document !== undefined)
    return generate(api, document, [Body === undefined ? 'BodyS3Location' : 'Body']);
  if (Body === undefined)
    return BodyS3Location === undefined ? nothing : { ...nothing, incomplete: elsewhere(api) };
  const sets = sidesOf(Body).map(({ value }) => {
    const body = readJsonText(value);
    if (isObjectValue(body)) return generate(api, body, ['Body']);
    return { ...nothing, incomplete: body instanceof Unresolved ? body.cause : elsewhere(api) };
  });
  const incomplete = sets.find((set) => set.incomplete !== undefined)?.incomplete;
  return {
    resources: sets.flatMap((set) => set.resources),
    ...(incomplete === undefined ? {} : { incomplete }),
  };
}

function elsewhere(api: Resource): Cause {
  return {
    code: 'not-collected',
    message: `the API definition of \`${api.name}\` is not available`,
    remedy: 'scan the folder or cloud assembly that holds the definition file',
  };
}

/** A deployment with a stage name makes that stage. */
function generateStage(deployment: Resource, reading: SourceReading): Generated {
  const { RestApiId, StageName, StageDescription } = deployment.properties;
  if (RestApiId === undefined || StageName === undefined) return nothing;
  if (declaresStage(reading, RestApiId, StageName)) return nothing;
  const described = describedStage(StageDescription);
  const stage = generateResource({
    parent: deployment,
    path: ['StageName'],
    type: 'AWS::ApiGateway::Stage',
    key: 'stage',
    name: typeof StageName === 'string' ? StageName : `${deployment.name} stage`,
    properties: { ...described, RestApiId, StageName, DeploymentId: new Reference(deployment.id) },
  });
  return { resources: [stage] };
}

/** Settings that a description may give at its top level, for every method of the stage. */
const methodSettings = [
  'CacheDataEncrypted',
  'CacheTtlInSeconds',
  'CachingEnabled',
  'DataTraceEnabled',
  'LoggingLevel',
  'MetricsEnabled',
  'ThrottlingBurstLimit',
  'ThrottlingRateLimit',
];

/**
 * Properties of the stage that a description makes.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-apigateway-deployment-stagedescription.html
 */
function describedStage(description: Value | undefined): ObjectValue {
  if (description instanceof Choice) {
    const whenTrue = describedStage(description.whenTrue);
    const whenFalse = describedStage(description.whenFalse);
    const names = new Set([...Object.keys(whenTrue), ...Object.keys(whenFalse)]);
    return Object.fromEntries(
      [...names].map((name) => [name, new Choice(description.cause, whenTrue[name], whenFalse[name])]),
    );
  }
  if (!isObjectValue(description)) return {};
  const overall = present(Object.fromEntries(methodSettings.map((name) => [name, description[name]])));
  if (Object.keys(overall).length === 0) return description;
  return {
    ...description,
    MethodSettings: withSetting(
      { ResourcePath: '/*', HttpMethod: '*', ...overall },
      description.MethodSettings,
    ),
  };
}

// A setting for all methods in the list says it over again, and more exactly.
function withSetting(setting: ObjectValue, list: Value | undefined): Value {
  if (list instanceof Choice)
    return new Choice(list.cause, withSetting(setting, list.whenTrue), withSetting(setting, list.whenFalse));
  if (!isArrayValue(list)) return list instanceof Unresolved ? list : [setting];
  const isOverall = (item: Value): boolean =>
    isObjectValue(item) &&
    item.HttpMethod === '*' &&
    (item.ResourcePath === '/*' || item.ResourcePath === '*');
  const written = list.find(isOverall);
  return isObjectValue(written)
    ? [{ ...setting, ...written }, ...list.filter((item) => item !== written)]
    : [setting, ...list];
}

function declaresStage(reading: SourceReading, api: Value, stage: Value): boolean {
  const stages = stagesOf(reading);
  return stages.has(stageKey(api, stage));
}

const stageKeys = new WeakMap<SourceReading, ReadonlySet<string>>();

/** Stages that stand as resources, gathered once a reading. */
function stagesOf(reading: SourceReading): ReadonlySet<string> {
  const known = stageKeys.get(reading);
  if (known !== undefined) return known;
  const keys = new Set<string>();
  for (const { type, properties } of reading.resources) {
    if (type === 'AWS::ApiGateway::Stage') keys.add(stageKey(properties.RestApiId, properties.StageName));
  }
  stageKeys.set(reading, keys);
  return keys;
}

function stageKey(api: Value | undefined, stage: Value | undefined): string {
  return `${toSymbolicText(api)?.text ?? ''}\n${toSymbolicText(stage)?.text ?? ''}`;
}

/** Subscriptions that stand in the topic. */
function generateSubscriptions(topic: Resource): Generated {
  const { Subscription } = topic.properties;
  if (!isArrayValue(Subscription)) return nothing;
  const resources = Subscription.flatMap((item, index) =>
    sidesOf(item).flatMap(({ value, uncertain }) =>
      isObjectValue(value)
        ? [
            generateResource({
              parent: topic,
              path: ['Subscription', index],
              type: 'AWS::SNS::Subscription',
              key: `subscription/${index}`,
              name: `${topic.name} subscription ${index + 1}`,
              properties: present({
                TopicArn: new Reference(topic.id),
                Endpoint: value.Endpoint,
                Protocol: value.Protocol,
              }),
              ...(uncertain === undefined ? {} : { uncertain }),
            }),
          ]
        : [],
    ),
  );
  return { resources };
}

/** CDK's custom resource creates the function's log group and sets how long it keeps. */
function generateLogGroup(retention: Resource): Generated {
  const { LogGroupName, RetentionInDays } = retention.properties;
  if (LogGroupName === undefined) return nothing;
  const group = generateResource({
    parent: retention,
    path: ['LogGroupName'],
    type: 'AWS::Logs::LogGroup',
    key: 'log-group',
    name: retention.name,
    properties: present({ LogGroupName, RetentionInDays: numberOf(RetentionInDays) }),
  });
  return { resources: [group] };
}

function numberOf(value: Value | undefined): Value | undefined {
  return typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
}
