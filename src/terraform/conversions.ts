import { parseTemplateText } from '../text/parse-template.ts';
import {
  Choice,
  isArrayValue,
  isObjectValue,
  PartialString,
  Unresolved,
  type ObjectValue,
  type Value,
} from '../model/value.ts';
import { readJsonText } from '../model/json-text.ts';
import type { Conversion } from './mapping/mapped-type.ts';
import { define } from './define.ts';
import { partsOf, textOf } from './plan-values.ts';

/** A value in the words of CloudFormation; undefined for what means nothing. */
export function convert(
  value: Value,
  as: Conversion | undefined,
  names?: ReadonlyMap<string, string>,
): Value | undefined {
  if (as === 'awscc') return inWordsOfCloudFormation(value, names ?? new Map());
  const conversion = as === undefined ? undefined : conversions[as];
  if (conversion === undefined) return value;
  if (value instanceof Choice) {
    const [whenTrue, whenFalse] = [value.whenTrue, value.whenFalse].map((side) =>
      side === undefined ? undefined : convert(side, as),
    );
    return new Choice(value.cause, whenTrue, whenFalse);
  }
  return conversion(value);
}

const conversions: Partial<Record<Conversion, (value: Value) => Value | undefined>> = {
  acl: (value) => (typeof value === 'string' ? value.split('-').map(capital).join('') : value),
  document: (value) => documentOf(value, true),
  enabledState: (value) => (typeof value === 'boolean' ? (value ? 'ENABLED' : 'DISABLED') : value),
  json: (value) => documentOf(value, false),
  methodPath: (value) => (typeof value === 'string' ? methodSetting(value)[0] : value),
  methodVerb: (value) => (typeof value === 'string' ? methodSetting(value)[1] : value),
  pairs: (value) => pairs(value, 'Name'),
  pascal: (value) => pascal(value, noNames),
  pipes: (value) => pascal(Array.isArray(value) ? ((value as readonly Value[])[0] ?? {}) : value, pipesNames),
  redrive: (value) => documentOf(value, false),
  routeSettings,
  routeTarget,
  secret: () => undefined,
  statements: (value) => {
    const document = documentOf(value, false);
    return isObjectValue(document) ? document.Statement : document;
  },
  tags: (value) => pairs(value, 'Key'),
  versioning: (value) => (typeof value === 'boolean' ? (value ? 'Enabled' : undefined) : value),
  waf: (value) => pascal(value, wafNames),
  weights,
};

/** JSON text, whole or in pieces, as what it holds; text that holds none stays as it is, so that nothing is lost. */
function documentOf(value: Value, orYaml: boolean): Value | undefined {
  if (value === '') return undefined;
  if (typeof value !== 'string' && !(value instanceof PartialString)) return value;
  const isJson = typeof value !== 'string' || /^\s*[{[]/.test(value);
  if (isJson || !orYaml || typeof value !== 'string') {
    const document = readJsonText(value);
    const isMalformed = document instanceof Unresolved && document.cause.code === 'malformed';
    return isMalformed && typeof value === 'string' ? value : document;
  }
  const { root } = parseTemplateText(value, '');
  // Plain data of a text that was read: nothing else is in it.
  return root === undefined ? value : (root as ObjectValue);
}

/** `*` + `/*` of all methods; `orders~1items/GET` of one. */
function methodSetting(path: string): readonly [path: string, verb: string] {
  const at = path.lastIndexOf('/');
  const [resource, verb] = at < 0 ? ['*', path] : [path.slice(0, at), path.slice(at + 1)];
  return [`/${resource.replace(/^[~/]1?/, '')}`, verb];
}

function pairs(value: Value, key: 'Name' | 'Key'): Value {
  if (!isObjectValue(value)) return value;
  return Object.entries(value).map(([name, item]) => ({ [key]: name, Value: item }));
}

function weights(value: Value): Value {
  if (!isObjectValue(value)) return value;
  return Object.entries(value).map(([FunctionVersion, FunctionWeight]) => ({
    FunctionVersion,
    FunctionWeight,
  }));
}

function routeSettings(value: Value): Value {
  if (!isArrayValue(value)) return value;
  const settings: Record<string, Value> = {};
  for (const block of value) {
    if (!isObjectValue(block)) continue;
    const { route_key: key, ...rest } = block;
    if (typeof key === 'string') define(settings, key, pascal(rest, noNames));
  }
  return settings;
}

/** Where the plan hides the text, it is the id of an integration behind its prefix. */
function routeTarget(value: Value): Value {
  if (typeof value === 'string' || value instanceof PartialString) return value;
  return textOf(['integrations/', ...partsOf(value)]);
}

interface Names {
  readonly words: Readonly<Record<string, string>>;
  /** Blocks that CloudFormation has as lists; all others are one. */
  readonly lists: Readonly<Record<string, string>>;
  /** Blocks below which names are the user's own. */
  readonly plain?: ReadonlySet<string>;
}

const noNames: Names = { words: {}, lists: {} };

const pipesNames: Names = {
  words: {
    dynamodb_stream_parameters: 'DynamoDBStreamParameters',
    rabbitmq_broker_parameters: 'RabbitMQBrokerParameters',
    activemq_broker_parameters: 'ActiveMQBrokerParameters',
    managed_streaming_kafka_parameters: 'ManagedStreamingKafkaParameters',
    eventbridge_event_bus_parameters: 'EventBridgeEventBusParameters',
    cloudwatch_logs_parameters: 'CloudWatchLogsParameters',
    sagemaker_pipeline_parameters: 'SageMakerPipelineParameters',
    maximum_record_age_in_seconds: 'MaximumRecordAgeInSeconds',
  },
  lists: {
    filter: 'Filters',
    capacity_provider_strategy: 'CapacityProviderStrategy',
    pipeline_parameter: 'PipelineParameterList',
  },
  plain: new Set(['path_parameter_values', 'header_parameters', 'query_string_parameters']),
};

/** Source: provider's wafv2 flatteners and the API's names, read 2026-11. */
const wafNames: Names = {
  words: {
    ip_set_reference_statement: 'IPSetReferenceStatement',
    ip_set_forwarded_ip_config: 'IPSetForwardedIPConfig',
    forwarded_ip_config: 'ForwardedIPConfig',
    forwarded_ip: 'ForwardedIP',
    ip: 'IP',
    uri_path: 'UriPath',
    ja3_fingerprint: 'JA3Fingerprint',
    ja4_fingerprint: 'JA4Fingerprint',
    asn_match_statement: 'AsnMatchStatement',
    cloudwatch_metrics_enabled: 'CloudWatchMetricsEnabled',
    and_statement: 'AndStatement',
    aws_managed_rules_acfp_rule_set: 'AWSManagedRulesACFPRuleSet',
    aws_managed_rules_atp_rule_set: 'AWSManagedRulesATPRuleSet',
    aws_managed_rules_anti_ddos_rule_set: 'AWSManagedRulesAntiDDoSRuleSet',
    aws_managed_rules_bot_control_rule_set: 'AWSManagedRulesBotControlRuleSet',
    arn: 'Arn',
  },
  lists: {
    rule: 'Rules',
    statement: 'Statements',
    text_transformation: 'TextTransformations',
    rule_action_override: 'RuleActionOverrides',
    excluded_rule: 'ExcludedRules',
    managed_rule_group_configs: 'ManagedRuleGroupConfigs',
    custom_key: 'CustomKeys',
    rule_label: 'RuleLabels',
    insert_header: 'InsertHeaders',
    response_header: 'ResponseHeaders',
    filter: 'Filters',
    condition: 'Conditions',
  },
};

/** `server_name` -> `ServerName`, all the way down; a block with nothing in it is an empty object. */
function pascal(value: Value, names: Names, inside = ''): Value {
  if (isArrayValue(value)) {
    const [first] = value;
    if (value.length === 0 || value.some((item) => !isObjectValue(item))) return value;
    const isOne = value.length === 1 && first !== undefined && !(inside in names.lists);
    return isOne ? pascal(first, names, inside) : value.map((item) => pascal(item, names, inside));
  }
  if (!isObjectValue(value)) return value;
  const members: Record<string, Value> = {};
  for (const [name, item] of Object.entries(value)) {
    if (names.plain?.has(name) === true) define(members, nameIn(name, names), item);
    else if (
      name === 'statement' &&
      !severalStatements.has(inside) &&
      isArrayValue(item) &&
      item[0] !== undefined
    )
      define(members, 'Statement', pascal(item[0], names, name));
    else define(members, nameIn(name, names), pascal(item, names, name));
  }
  return members;
}

/** Blocks of WAF below which statements are a list; below all others there is one. */
const severalStatements: ReadonlySet<string> = new Set(['and_statement', 'or_statement']);

function nameIn(name: string, { words, lists }: Names): string {
  return words[name] ?? lists[name] ?? name.split('_').map(capital).join('');
}

/** Maps whose keys are the user's own. */
const ownKeys: ReadonlySet<string> = new Set([
  'additional_version_weights',
  'request_models',
  'request_parameters',
  'request_templates',
  'response_parameters',
  'response_templates',
  'route_settings',
  'stage_variables',
  'variables',
]);

/** JSON texts below the first level, such as those of a role's policies. */
const ownDocuments: ReadonlySet<string> = new Set(['policy_document', 'resource_policy', 'event_pattern']);

/** A value of the awscc provider: the same objects and lists, with the names that CloudFormation has. */
function inWordsOfCloudFormation(value: Value, names: ReadonlyMap<string, string>, isOwn = false): Value {
  if (value instanceof Choice) {
    const [whenTrue, whenFalse] = [value.whenTrue, value.whenFalse].map((side) =>
      side === undefined ? undefined : inWordsOfCloudFormation(side, names, isOwn),
    );
    return new Choice(value.cause, whenTrue, whenFalse);
  }
  if (isArrayValue(value)) return value.map((item) => inWordsOfCloudFormation(item, names));
  if (!isObjectValue(value)) return value;
  const members: Record<string, Value> = {};
  for (const [name, item] of Object.entries(value)) {
    const known = isOwn ? name : (names.get(name) ?? nameIn(name, { words: wafNames.words, lists: {} }));
    const inner = ownDocuments.has(name) && !isOwn ? (documentOf(item, false) ?? item) : undefined;
    define(members, known, inner ?? inWordsOfCloudFormation(item, names, ownKeys.has(name)));
  }
  return members;
}

/** True for an attribute of the first level that is a map with keys of the user's own. */
export function hasOwnKeys(attribute: string): boolean {
  return ownKeys.has(attribute);
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
