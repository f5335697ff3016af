import { scalarText } from '../model/scalar-text.ts';
import { HeadgateError } from '../model/headgate-error.ts';
import { toPointer } from '../model/location.ts';
import type { Path } from '../model/value.ts';
import { parseTemplateText, type ParsedTemplate } from '../text/parse-template.ts';
import { isRawObject, member, setMember } from '../text/raw.ts';

/**
 * Reads parameter values, JSON or YAML, in any of three forms: the CLI's list of
 * `{ParameterKey, ParameterValue}`, CodePipeline's `{Parameters: {...}}`, or a plain mapping.
 * Lists of values are joined with commas. Throws HeadgateError `parameters-invalid` with the place.
 */
export function parseParametersFile(text: string | Uint8Array, file: string): Record<string, string> {
  const parsed = parseTemplateText(text, file);
  if (Array.isArray(parsed.value)) return fromList(parsed, parsed.value as unknown[]);
  if (parsed.root === undefined) return reject(parsed);
  const nested = parsed.root['Parameters'];
  const isNested = isRawObject(nested);
  const path = isNested ? ['Parameters'] : [];
  const values: Record<string, string> = {};
  for (const [name, value] of Object.entries(isNested ? nested : parsed.root)) {
    setMember(values, name, parameterText(parsed, value, [...path, name]));
  }
  return values;
}

function fromList(parsed: ParsedTemplate, items: readonly unknown[]): Record<string, string> {
  const values: Record<string, string> = {};
  for (const [index, item] of items.entries()) {
    const name = member(item, 'ParameterKey');
    if (typeof name !== 'string') return reject(parsed, [index], 'an item has no `ParameterKey`');
    // UsePreviousValue gives no value here, so the parameter stays without one.
    if (member(item, 'UsePreviousValue') === true) continue;
    setMember(values, name, parameterText(parsed, member(item, 'ParameterValue'), [index, 'ParameterValue']));
  }
  return values;
}

function parameterText(parsed: ParsedTemplate, value: unknown, path: Path): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return scalarText(value);
  if (Array.isArray(value))
    return value.map((item, index) => parameterText(parsed, item, [...path, index])).join(',');
  return reject(
    parsed,
    path,
    'the value of a parameter must be a string, a number, a boolean or a list of them',
  );
}

function reject(parsed: ParsedTemplate, path: Path = [], reason?: string): never {
  const [problem] = parsed.diagnostics;
  const location = reason === undefined ? problem?.location : parsed.locate(toPointer(path), 'key');
  const message = reason ?? problem?.message ?? 'the file holds no parameters';
  const place = location === undefined ? {} : { line: location.startLine, column: location.startColumn };
  throw new HeadgateError(
    'parameters-invalid',
    `cannot read parameters from \`${parsed.file}\`: ${message}`,
    {
      file: parsed.file,
      ...place,
    },
  );
}
