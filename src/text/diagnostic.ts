import type { SourceDiagnostic } from '../model/source.ts';
import type { ParsedTemplate } from './parse-template.ts';

/** A diagnostic about the place at `pointer` of a template, with its position where there is one. */
export function templateDiagnostic(
  parsed: ParsedTemplate,
  pointer: string,
  fields: Pick<SourceDiagnostic, 'code' | 'severity' | 'message'> & { readonly affects?: readonly string[] },
  target: 'key' | 'value' = 'key',
): SourceDiagnostic {
  const location = parsed.locate(pointer, target);
  const where =
    location === undefined
      ? `${parsed.file}#${pointer}`
      : `${location.file}:${location.startLine}:${location.startColumn}`;
  const base = { affects: ['*'], ...fields, where };
  return location === undefined ? base : { ...base, location };
}
