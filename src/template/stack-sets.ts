import { toPointer } from '../model/location.ts';
import type { Value } from '../model/value.ts';
import { parseTemplateText, type ParsedTemplate, type ResourceOrigin } from '../text/parse-template.ts';
import { entriesOf, isRawObject, member, type RawObject } from '../text/raw.ts';
import { isTemplate } from './load-template.ts';
import { nestingLimit, reportLimit, type StackCopies } from './nested-stacks.ts';
import type { Reading } from './reading.ts';
import { Stack } from './stack.ts';

const stackSetType = 'AWS::CloudFormation::StackSet';

/**
 * The stacks that a template's stack sets make of a TemplateBody. Each is a scope of its own, since it is
 * deployed to accounts and Regions that the parent does not tell. Its resources are found at the text.
 */
export function stacksOfSets(parent: Stack, reading: Reading, copies: StackCopies): Stack[] {
  const depth = (parent.options.inline?.depth ?? 0) + 1;
  return [...parent.written].flatMap(([logicalId, { raw }]) => {
    if (raw['Type'] !== stackSetType) return [];
    const body = parent.resolver.unassuming(() =>
      parent.resolver.resolve(member(raw['Properties'], 'TemplateBody')),
    );
    const root = typeof body === 'string' ? parseTemplateText(body, parent.parsed.file).root : body;
    if (!isRawObject(root) || !isTemplate(root)) return [];
    const resources = entriesOf(root['Resources']).length;
    if (depth > nestingLimit || !copies.take(`${parent.id}/${logicalId}`, resources)) {
      reportLimit(parent, logicalId);
      return [];
    }
    return [stackOfSet(parent, root, { of: logicalId, depth }, reading)];
  });
}

function stackOfSet(
  parent: Stack,
  root: RawObject,
  inline: NonNullable<Stack['options']['inline']>,
  reading: Reading,
): Stack {
  const logicalId = inline.of;
  const { file, format, span } = parent.parsed;
  const pointer = toPointer(['Resources', logicalId, 'Properties', 'TemplateBody']);
  const origin: ResourceOrigin = { pointer, generated: true };
  const origins = new Map(entriesOf(root['Resources']).map(([name]) => [name, origin]));
  const locate: ParsedTemplate['locate'] = () => parent.parsed.locate(pointer);
  const parsed: ParsedTemplate = { file, root, format, diagnostics: [], origins, span, locate };
  return new Stack(
    parsed,
    root,
    {
      id: `${parent.id}/${logicalId}`,
      scope: `${parent.id}/${logicalId}`,
      environment: {},
      given: passedToSet(parent, logicalId),
      inline,
    },
    reading,
  );
}

/** What a stack set gives for parameters: a list of keys and values. */
function passedToSet(parent: Stack, logicalId: string): (name: string) => Value | undefined {
  const list = member(member(parent.written.get(logicalId)?.raw, 'Properties'), 'Parameters');
  return (name) => {
    const entry = Array.isArray(list)
      ? (list as readonly unknown[]).find((each) => member(each, 'ParameterKey') === name)
      : undefined;
    const value = member(entry, 'ParameterValue');
    return value === undefined ? undefined : parent.resolver.unassuming(() => parent.resolver.resolve(value));
  };
}
