import { readFile, stat } from 'node:fs/promises';
import type { SourceDiagnostic } from '../model/source.ts';
import { templateDiagnostic } from '../text/diagnostic.ts';
import { parseTemplateObject, parseTemplateText, type ParsedTemplate } from '../text/parse-template.ts';
import { entriesOf, isRawObject, member, type RawObject } from '../text/raw.ts';
import { decodeText } from '../text/source-text.ts';

/** CloudFormation takes 1 MB; a file of this size is something else. */
const sizeLimitBytes = 50 * 1024 * 1024;

/** What came of reading one file. */
export type LoadedFile =
  | {
      readonly kind: 'template';
      readonly parsed: ParsedTemplate;
      readonly root: RawObject;
      readonly bytes: Uint8Array;
    }
  | { readonly kind: 'broken'; readonly parsed: ParsedTemplate; readonly bytes: Uint8Array }
  | { readonly kind: 'other'; readonly reason: string };

/**
 * Reads a file that may be a template. `file` is its name in reports. A file that looks like a
 * template and is not well-formed is `broken`; what is no template is `other`. No transform is run yet.
 */
export async function loadTemplate(path: string, file: string): Promise<LoadedFile> {
  const { size } = await stat(path);
  if (size > sizeLimitBytes) return { kind: 'broken', parsed: tooLarge(file, size), bytes: new Uint8Array() };
  const bytes = await readFile(path);
  const text = decodeText(bytes);
  if (!text.includes('Resources') && !text.includes('AWSTemplateFormatVersion')) {
    return {
      kind: 'other',
      reason: text.trim() === '' ? 'the file is empty' : 'it has no Resources section',
    };
  }
  const parsed = parseTemplateText(text, file);
  const { root } = parsed;
  if (root === undefined) {
    return looksLikeTemplate(text)
      ? { kind: 'broken', parsed, bytes }
      : { kind: 'other', reason: 'it is not well-formed and does not look like a template' };
  }
  if (isTemplate(root)) return { kind: 'template', parsed, root, bytes };
  if (!Object.hasOwn(root, 'AWSTemplateFormatVersion'))
    return { kind: 'other', reason: 'it has no resources with a type' };
  return { kind: 'broken', parsed: withoutResources(parsed), bytes };
}

/** True for a mapping whose `Resources` hold something that CloudFormation would create. */
export function isTemplate(root: RawObject): boolean {
  const resources = root['Resources'];
  if (!isRawObject(resources)) return false;
  const isDeclared = Object.hasOwn(root, 'AWSTemplateFormatVersion');
  return (
    isDeclared ||
    entriesOf(resources).some(([key, raw]) => key.startsWith('Fn::') || isResourceType(member(raw, 'Type')))
  );
}

function isResourceType(type: unknown): boolean {
  return typeof type === 'string' && type.includes('::');
}

function looksLikeTemplate(text: string): boolean {
  return text.includes('AWSTemplateFormatVersion') || /^[\t ]{0,8}"?Resources"?[\t ]*:/m.test(text);
}

/** The file with a diagnostic that it holds nothing to judge. */
export function withoutResources(parsed: ParsedTemplate): ParsedTemplate {
  const message = '`Resources` is missing or is not a mapping';
  const found = templateDiagnostic(parsed, '/Resources', {
    code: 'template-without-resources',
    severity: 'error',
    message,
  });
  return { ...parsed, diagnostics: [...parsed.diagnostics, found] };
}

function tooLarge(file: string, size: number): ParsedTemplate {
  const message = `the file is ${Math.ceil(size / 1_048_576)} MB; templates of up to ${sizeLimitBytes / 1_048_576} MB are read`;
  const found: SourceDiagnostic = {
    code: 'template-too-large',
    severity: 'error',
    message,
    where: file,
    affects: ['*'],
  };
  return { ...parseTemplateObject(undefined, file), diagnostics: [found] };
}
