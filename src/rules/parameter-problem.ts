import type { RuleParameter } from '../model/rule.ts';

/** Why a value does not fit a parameter, or undefined when it does. */
export function parameterProblem(parameter: RuleParameter, value: unknown): string | undefined {
  const isNumber = parameter.type === 'integer' || parameter.type === 'number';
  if (isNumber) {
    if (typeof value !== 'number' || (parameter.type === 'integer' && !Number.isInteger(value)))
      return `must be ${parameter.type === 'integer' ? 'an' : 'a'} ${parameter.type}, but is \`${JSON.stringify(value)}\``;
    if (parameter.minimum !== undefined && value < parameter.minimum)
      return `must be at least ${parameter.minimum}, but is ${value}`;
    if (parameter.maximum !== undefined && value > parameter.maximum)
      return `must be at most ${parameter.maximum}, but is ${value}`;
    return undefined;
  }
  if (parameter.type === 'strings')
    return Array.isArray(value) && value.every((item) => typeof item === 'string')
      ? undefined
      : 'must be a list of strings';
  if (typeof value !== parameter.type)
    return `must be a ${parameter.type}, but is \`${JSON.stringify(value)}\``;
  if (parameter.enum !== undefined && !parameter.enum.includes(String(value)))
    return `must be one of ${parameter.enum.join(', ')}, but is \`${String(value)}\``;
  return undefined;
}
