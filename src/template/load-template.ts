import { readRegularFile, UnreadableFileError, type FileAccess } from '../files/read-regular-file.ts';
import type { SourceDiagnostic } from '../model/source.ts';
import { templateDiagnostic } from '../text/diagnostic.ts';
import { parseTemplateObject, parseTemplateText, type ParsedTemplate } from '../text/parse-template.ts';
import { entriesOf, isRawObject, member, type RawObject } from '../text/raw.ts';
import { isZip, planForm, type PlanForm } from '../text/plan-form.ts';
import { decodeText } from '../text/source-text.ts';

/** CloudFormation takes 1 MB; a file of this size is something else. */
export const templateLimitBytes = 50 * 1024 * 1024;

/** What came of reading one file. */
export type LoadedFile =
  | {
      readonly kind: 'template';
      readonly parsed: ParsedTemplate;
      readonly root: RawObject;
      readonly bytes: Uint8Array;
    }
  | { readonly kind: 'broken'; readonly parsed: ParsedTemplate; readonly bytes: Uint8Array }
  | { readonly kind: 'other'; readonly reason: string }
  | {
      readonly kind: 'terraform';
      readonly form: PlanForm;
      readonly bytes: Uint8Array;
      readonly text?: string;
    }
  | { readonly kind: 'unreadable'; readonly error: UnreadableFileError };

/** Why a file is read: it was named, another one names it, an assembly says that it is a template, or it lay in a folder. */
export type TemplateUse = 'named' | 'nested' | 'assembly' | 'found';

/** Escapes and aliases can spell a key that the text does not show. */
const hiddenKey = /\\[uUx\r\n]|\*[^\s,[\]{}]{1,100}[\t ]{0,20}:/;

/**
 * Reads a file that may be a template. `file` is its name in reports. No transform is run yet.
 * A file that is not well-formed is `broken` when it looks like a template, or when it was not `found` by chance;
 * what is no template is `other`. `given` are the bytes of what is no file. An assembly may hold stacks without resources.
 */
export async function loadTemplate(
  path: string,
  file: string,
  use: TemplateUse,
  access: FileAccess,
  given?: Uint8Array,
): Promise<LoadedFile> {
  let bytes: Uint8Array;
  try {
    bytes = given ?? (await readRegularFile(path, templateLimitBytes, access));
  } catch (error) {
    if (!(error instanceof UnreadableFileError)) throw error;
    if (error.reason !== 'too-large') return { kind: 'unreadable', error };
    return { kind: 'broken', parsed: tooLarge(file, error.message), bytes: new Uint8Array() };
  }
  if (isZip(bytes) && use === 'named') return { kind: 'terraform', form: 'binary', bytes };
  const text = decodeText(bytes);
  const form = use === 'named' || use === 'found' ? planForm(text) : undefined;
  if (form !== undefined && (use === 'named' || form === 'plan' || form === 'state'))
    return { kind: 'terraform', form, bytes, text };
  if (use === 'found' && !mayBeTemplate(text)) return { kind: 'other', reason: reasonOf(text) };
  const parsed = parseTemplateText(text, file);
  const { root } = parsed;
  if (root === undefined) {
    const isBroken = parsed.value === undefined;
    if (isBroken && text.trim() !== '' && (use !== 'found' || looksLikeTemplate(text)))
      return { kind: 'broken', parsed, bytes };
    return { kind: 'other', reason: isBroken ? reasonOf(text) : 'it does not hold a mapping at its top' };
  }
  if (isTemplate(root)) return { kind: 'template', parsed, root, bytes };
  const empty = use === 'assembly' ? withoutStatement(root) : undefined;
  if (empty !== undefined) return { kind: 'template', parsed, root: empty, bytes };
  return { kind: 'other', reason: reasonOf(text, root) };
}

/** A stack of an assembly that declares nothing: the CDK writes one for every stack without resources. */
function withoutStatement(root: RawObject): RawObject | undefined {
  const resources = Object.hasOwn(root, 'Resources') ? root['Resources'] : {};
  return isRawObject(resources) ? { ...root, Resources: resources } : undefined;
}

function mayBeTemplate(text: string): boolean {
  return text.includes('Resources') || text.includes('AWSTemplateFormatVersion') || hiddenKey.test(text);
}

/** Why something is not a template, in words that many files share. */
function reasonOf(text: string, root?: RawObject): string {
  if (text.trim() === '') return 'the file is empty';
  if (root === undefined && mayBeTemplate(text))
    return 'it is not well-formed and does not look like a template';
  if (root === undefined || !Object.hasOwn(root, 'Resources')) {
    const meant = Object.keys(root ?? {}).find((key) => key.trim().toLowerCase() === 'resources');
    return meant === undefined
      ? 'it has no `Resources` section'
      : `it has \`${meant}\` instead of a \`Resources\` section`;
  }
  return isRawObject(root['Resources'])
    ? 'its `Resources` section has nothing with a type'
    : 'its `Resources` section is not a mapping';
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
  if (text.includes('AWSTemplateFormatVersion')) return true;
  return /(?:^|[\s{,])["']?Resources["']?[\t ]{0,20}:/.test(text) && /\b(?:AWS|Alexa|Custom)::/.test(text);
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

function tooLarge(file: string, reason: string): ParsedTemplate {
  const message = `the template was not read: ${reason}`;
  const found: SourceDiagnostic = {
    code: 'template-too-large',
    severity: 'error',
    message,
    where: file,
    affects: ['*'],
  };
  return { ...parseTemplateObject(undefined, file), diagnostics: [found] };
}
