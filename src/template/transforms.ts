import { scalarText } from '../model/scalar-text.ts';
import type { SourceDiagnostic } from '../model/source.ts';
import { templateDiagnostic } from '../text/diagnostic.ts';
import type { ParsedTemplate } from '../text/parse-template.ts';
import { entriesOf, isRawObject, member, type RawObject } from '../text/raw.ts';
import { unrollLoops } from './unroll-loops.ts';

/** The transform of the Serverless Application Model. */
export const samTransform = 'AWS::Serverless-2016-10-31';

/** Transforms that leave declared resources as they are, as far as any rule looks (user guide, read 2026-11). */
const harmless: ReadonlySet<string> = new Set([
  samTransform,
  'AWS::LanguageExtensions',
  'AWS::CodeDeployBlueGreen',
  'AWS::SecretsManager-2020-07-23',
  'AWS::SecretsManager-2024-09-16',
]);

/** Names of the transforms that a template asks for. */
export function transformNames(root: RawObject): string[] {
  const declared = root['Transform'];
  const list: readonly unknown[] = Array.isArray(declared) ? (declared as unknown[]) : [declared];
  return list.flatMap((item) => {
    const name = isRawObject(item) ? (member(item, 'Name') ?? member(item['Fn::Transform'], 'Name')) : item;
    return typeof name === 'string' ? [name] : [];
  });
}

/** True when the template is written for the Serverless Application Model. */
export function hasSamTransform(root: RawObject): boolean {
  return transformNames(root).includes(samTransform);
}

/** True when a macro that only CloudFormation can run may change the template. */
export function hasUnknownTransform(root: RawObject): boolean {
  return transformNames(root).some((name) => !harmless.has(name));
}

/** True when a macro may change what the template declares; what `AWS::Include` adds changes nothing beside it. */
export function mayChangeResources(root: RawObject): boolean {
  return transformNames(root).some((name) => !harmless.has(name) && name !== 'AWS::Include');
}

/** Turns a parsed SAM template into what CloudFormation makes of it; `given` are parameters' values. */
export type SamExpander = (parsed: ParsedTemplate, given: (name: string) => unknown) => ParsedTemplate;

/**
 * Runs the transforms that Headgate knows between parsing and resolving. Without an expander,
 * AWS::Serverless resources stay as they are and a diagnostic names them.
 */
export function expandTransforms(
  parsed: ParsedTemplate,
  expandSam?: SamExpander,
  given: (name: string) => unknown = () => undefined,
): ParsedTemplate {
  if (parsed.root === undefined) return parsed;
  const isSam = hasSamTransform(parsed.root);
  const expanded = isSam && expandSam !== undefined ? expandSam(beforeSam(parsed, given), given) : parsed;
  return reportServerless(expanded, isSam);
}

/** Loops run before AWS::Serverless where the template says so; nothing else of that transform shows in it. */
function beforeSam(parsed: ParsedTemplate, given: (name: string) => unknown): ParsedTemplate {
  const names = transformNames(parsed.root ?? {});
  const extensions = names.indexOf('AWS::LanguageExtensions');
  const isFirst = extensions !== -1 && extensions < names.indexOf(samTransform);
  return isFirst ? unrollLoops(parsed, given) : parsed;
}

/** The file path of reading: the expander is loaded only where a template asks for it. */
export async function expandTransformsOfFile(
  parsed: ParsedTemplate,
  given: (name: string) => unknown,
): Promise<ParsedTemplate> {
  if (parsed.root === undefined || !hasSamTransform(parsed.root)) return expandTransforms(parsed);
  return expandTransforms(parsed, await loadSamExpander(), given);
}

/** The expander, which takes its time to load and is rarely asked for. */
export async function loadSamExpander(): Promise<SamExpander> {
  const { expandSam } = await import('../sam/expand.ts');
  return expandSam;
}

/** What is left of AWS::Serverless is not evaluated; resources that were refused have a diagnostic of their own. */
function reportServerless(parsed: ParsedTemplate, isSam: boolean): ParsedTemplate {
  if (parsed.diagnostics.some(({ code }) => code === 'sam-invalid')) return parsed;
  const names = entriesOf(parsed.root?.['Resources']).flatMap(([name, raw]) =>
    serverlessIn(raw) ? [name] : [],
  );
  return names.length === 0
    ? parsed
    : { ...parsed, diagnostics: [...parsed.diagnostics, samDiagnostic(parsed, names, isSam)] };
}

/** True for a resource of SAM, and for a loop that makes some. */
function serverlessIn(raw: unknown): boolean {
  if (Array.isArray(raw)) return entriesOf(raw[2]).some(([, body]) => serverlessIn(body));
  return scalarText(member(raw, 'Type')).startsWith('AWS::Serverless::');
}

function samDiagnostic(parsed: ParsedTemplate, names: readonly string[], isSam: boolean): SourceDiagnostic {
  const listed = names.map((name) => `\`${name}\``).join(', ');
  const reason = isSam
    ? ''
    : `; the template has no \`Transform: ${samTransform}\`, without which CloudFormation rejects them: add it`;
  return templateDiagnostic(parsed, '/Transform', {
    code: 'sam-not-evaluated',
    severity: 'warning',
    message: `AWS::Serverless resources are not evaluated: ${listed}${reason}`,
  });
}
