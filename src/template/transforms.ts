import type { SourceDiagnostic } from '../model/source.ts';
import { templateDiagnostic } from './diagnostic.ts';
import type { ParsedTemplate } from './parse-template.ts';
import { entriesOf, isRawObject, member, type RawObject } from './raw.ts';

const samTransform = 'AWS::Serverless-2016-10-31';

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

/**
 * Runs the transforms that Headgate knows between parsing and resolving. AWS::Serverless resources
 * stay as they are; a diagnostic names them.
 */
export function expandTransforms(parsed: ParsedTemplate): ParsedTemplate {
  if (parsed.root === undefined) return parsed;
  const names = entriesOf(parsed.root['Resources'])
    .filter(([, raw]) => String(member(raw, 'Type')).startsWith('AWS::Serverless::'))
    .map(([name]) => name);
  return names.length === 0
    ? parsed
    : { ...parsed, diagnostics: [...parsed.diagnostics, samDiagnostic(parsed, names)] };
}

function samDiagnostic(parsed: ParsedTemplate, names: readonly string[]): SourceDiagnostic {
  const listed = names.map((name) => `\`${name}\``).join(', ');
  return templateDiagnostic(parsed, '/Transform', {
    code: 'sam-not-evaluated',
    severity: 'warning',
    message: `AWS::Serverless resources are not evaluated: ${listed}`,
  });
}
