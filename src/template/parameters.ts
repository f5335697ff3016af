import { scalarText } from '../model/scalar-text.ts';
import { markerOf } from '../model/symbolic-text.ts';
import { Choice, Unresolved, type Cause, type Value } from '../model/value.ts';
import type { ValueLimits } from '../model/value-limits.ts';
import { member } from '../text/raw.ts';

/** More allowed values than this are not worth deciding one by one. */
const allowedValuesLimit = 16;

/**
 * The value of a template parameter: what was given, else its default, else a choice among its
 * AllowedValues (which is the value itself when there is one), else unresolved.
 */
export function parameterValue(
  { name, stackId }: { readonly name: string; readonly stackId: string },
  declaration: unknown,
  given: Value | undefined,
): Value {
  const subject = `parameter ${stackId}/${name}`;
  const type = scalarText(member(declaration, 'Type') ?? 'String');
  if (type.startsWith('AWS::SSM::Parameter::Value<'))
    return storedParameter(name, holdsOf(declaration, type), subject);
  if (given !== undefined) return typed(given, type);
  const standard = member(declaration, 'Default');
  const placeholder = isPlaceholder(standard, declaration) ? standard : undefined;
  if (isScalar(standard) && placeholder === undefined) return typed(standard, type);
  if (Array.isArray(standard) && standard.every(isScalar)) return standard;
  const holds = holdsOf(declaration, type);
  const cause: Cause = {
    code: 'parameter',
    message:
      placeholder === undefined
        ? `parameter \`${name}\` has no default`
        : `parameter \`${name}\` has a placeholder as its default`,
    about: name,
    remedy: `pass --parameters with a value for \`${name}\``,
    ...(holds === undefined ? {} : { holds }),
  };
  const open = new Unresolved(cause, subject, limitsOf(declaration, type));
  return allowedChoice(member(declaration, 'AllowedValues'), type, open) ?? open;
}

/** Defaults that say only that somebody has to give a value. */
const placeholders =
  /^(change[-_ ]?me|replace[-_ ]?(me|this)|(to[-_ ]?do|tbd|fixme|placeholder)|your[-_ ].+|<.+>|x{3,}|\.{3})$/i;

function isPlaceholder(standard: unknown, declaration: unknown): standard is string {
  if (typeof standard !== 'string' || !placeholders.test(standard.trim())) return false;
  const allowed = member(declaration, 'AllowedValues');
  return !Array.isArray(allowed) || !(allowed as unknown[]).includes(standard);
}

/** True for a parameter whose value CloudFormation never shows. */
export function isNoEcho(declaration: unknown): boolean {
  return scalarText(member(declaration, 'NoEcho')).toLowerCase() === 'true';
}

function storedParameter(name: string, holds: Cause['holds'], subject: string): Unresolved {
  return new Unresolved(
    {
      code: 'parameter',
      message: `parameter \`${name}\` names a value in Parameter Store`,
      about: name,
      remedy: 'audit the deployed account',
      ...(holds === undefined ? {} : { holds }),
    },
    subject,
  );
}

/** Types whose values AWS checks, or that are numbers: `AWS::EC2::VPC::Id`, `List<Number>`. */
const checkedType =
  /^(Number|List<(Number|AWS::.+)>|AWS::(?!SSM::Parameter::Value<(List<)?(String|CommaDelimitedList)>).+)$/;

/** Patterns that begin with what ids, ARNs, paths and addresses begin with; keys of some services look like ids. */
const patternOfNames =
  /^\^\(?(arn:|https?:|s3:|\\?\/|alias\\?\/|(?!sk|pk|rk|xox|xapp|key|glpat|pypi)[a-z]{2,9}-)(?!.*(^|[^\\])\|)/;

/** Longest value that is too short for a credential, in characters. */
const harmlessLength = 3;

function holdsOf(declaration: unknown, type: string): Cause['holds'] {
  const hidden = member(declaration, 'NoEcho');
  if (scalarText(hidden).toLowerCase() === 'true') return 'secret';
  const pattern = member(declaration, 'AllowedPattern');
  const isNarrow =
    checkedType.test(type) ||
    (typeof pattern === 'string' && patternOfNames.test(pattern)) ||
    Number(member(declaration, 'MaxLength') ?? Infinity) <= harmlessLength;
  return isNarrow ? 'no-secret' : undefined;
}

/** What CloudFormation rejects as a value of the parameter before it creates anything. */
function limitsOf(declaration: unknown, type: string): ValueLimits | undefined {
  if (type === 'Number') return { between: rangeOf(declaration, 'MinValue', 'MaxValue', -Infinity) };
  if (type.startsWith('AWS::')) return { isName: true };
  if (type !== 'String') return undefined;
  const pattern = member(declaration, 'AllowedPattern');
  const listed = member(declaration, 'AllowedValues');
  const limits: ValueLimits = {
    ...(hasOne(declaration, ['MinLength', 'MaxLength'])
      ? { length: rangeOf(declaration, 'MinLength', 'MaxLength', 0) }
      : {}),
    ...(typeof pattern === 'string' ? { pattern } : {}),
    ...(Array.isArray(listed) && listed.every(isScalar) ? { texts: listed.map(scalarText) } : {}),
  };
  return Object.keys(limits).length === 0 ? undefined : limits;
}

function hasOne(declaration: unknown, keys: readonly string[]): boolean {
  return keys.some((key) => member(declaration, key) !== undefined);
}

function rangeOf(
  declaration: unknown,
  least: string,
  most: string,
  floor: number,
): readonly [number, number] {
  return [numberOf(member(declaration, least), floor), numberOf(member(declaration, most), Infinity)];
}

function numberOf(value: unknown, otherwise: number): number {
  const text = scalarText(value).trim();
  return text === '' || Number.isNaN(Number(text)) ? otherwise : Number(text);
}

function isScalar(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

/** List types are split, numbers read; everything else stays as written. */
function typed(value: Value, type: string): Value {
  if (type === 'CommaDelimitedList' || type.startsWith('List<')) {
    if (typeof value !== 'string') return isScalar(value) ? [value] : value;
    return value === '' ? [] : value.split(',').map((item) => item.trim());
  }
  if (type === 'Number' && typeof value === 'string' && value.trim() !== '') {
    return Number.isFinite(Number(value)) ? Number(value) : value;
  }
  return value;
}

function allowedChoice(allowed: unknown, type: string, parameter: Unresolved): Value | undefined {
  if (!Array.isArray(allowed) || allowed.length === 0 || allowed.length > allowedValuesLimit)
    return undefined;
  const values: Value[] = [];
  for (const value of allowed as unknown[]) {
    if (!isScalar(value)) return undefined;
    values.push(typed(value, type));
  }
  const subject = markerOf(parameter);
  return values.reduceRight((rest, value) => {
    const literal = scalarText(value);
    const condition = { kind: 'atom', id: `${subject} = ${literal}`, subject, literal } as const;
    return new Choice({ ...parameter.cause, condition }, value, rest);
  });
}
