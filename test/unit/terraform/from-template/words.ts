import { Blocks, Encoded, isList, isObject, Text, type Expression } from './expressions.ts';

/** A property's value as that of an attribute, by the conversion that leads to the property; undefined for none. */
export function backwards(
  value: Expression,
  as: string | undefined,
  attribute: string,
): Expression | undefined {
  switch (as) {
    case 'document':
    case 'json':
    case 'definition':
    case 'redrive':
      return typeof value === 'string' || value instanceof Text ? value : new Encoded(value);
    case 'statements':
      return new Encoded({ Version: '2012-10-17', Statement: isList(value) ? value : [value] });
    case 'pairs':
      return mapOf(value, 'Name');
    case 'tags':
      return mapOf(value, 'Key');
    case 'acl':
      return typeof value === 'string' ? value.replace(/\B([A-Z])/g, '-$1').toLowerCase() : value;
    case 'versioning':
      return value === 'Enabled';
    case 'enabledState':
      return value === 'ENABLED';
    case 'waf':
    case 'pascal':
    case 'pipes':
      return snakeBlocks(value);
    case 'routeSettings':
      return isObject(value)
        ? new Blocks(
            Object.entries(value).map(([key, item]) => ({
              route_key: key,
              ...(isObject(item) ? snakeMembers(item) : {}),
            })),
          )
        : undefined;
    case 'weights':
      return isList(value)
        ? Object.fromEntries(
            value
              .filter(isObject)
              .map(({ FunctionVersion, FunctionWeight = 0 }) => [
                typeof FunctionVersion === 'string' ? FunctionVersion : '2',
                FunctionWeight,
              ]),
          )
        : value;
    case 'secret':
      return undefined;
    default:
      if (attribute.endsWith('.events') && !isList(value)) return [value];
      return value;
  }
}

function mapOf(value: Expression, key: string): Expression | undefined {
  if (!isList(value)) return isObject(value) ? value : undefined;
  return Object.fromEntries(value.filter(isObject).map((pair) => [String(pair[key]), pair['Value'] ?? '']));
}

function snakeBlocks(value: Expression): Expression {
  if (isObject(value)) return new Blocks([snakeMembers(value)]);
  if (isList(value) && value.some(isObject)) return new Blocks(value.filter(isObject).map(snakeMembers));
  return value;
}

function snakeMembers(value: Readonly<Record<string, Expression>>): Record<string, Expression> {
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [snake(name), snakeBlocks(item)]));
}

/** Names that are not their words in small letters, or that are lists. */
const words: Readonly<Record<string, string>> = {
  IPSetReferenceStatement: 'ip_set_reference_statement',
  IPSetForwardedIPConfig: 'ip_set_forwarded_ip_config',
  CloudWatchMetricsEnabled: 'cloudwatch_metrics_enabled',
  CloudwatchLogsParameters: 'cloudwatch_logs_parameters',
  Rules: 'rule',
  Statements: 'statement',
  TextTransformations: 'text_transformation',
  RuleActionOverrides: 'rule_action_override',
  ExcludedRules: 'excluded_rule',
  CustomKeys: 'custom_key',
  RuleLabels: 'rule_label',
  InsertHeaders: 'insert_header',
  Filters: 'filter',
  Conditions: 'condition',
  DynamoDBStreamParameters: 'dynamodb_stream_parameters',
};

function snake(name: string): string {
  return (
    words[name] ??
    name
      .replace(/([a-z\d])([A-Z])/g, '$1_$2')
      .replace(/([A-Z]+)([A-Z][a-z])/g, '$1_$2')
      .toLowerCase()
  );
}
