import { toPointer } from '../model/location.ts';
import { toSymbolicText } from '../model/symbolic-text.ts';
import { Choice, Unresolved, isArrayValue, isObjectValue, type Value } from '../model/value.ts';
import { parseTemplateText, type ParsedTemplate, type ResourceOrigin } from '../text/parse-template.ts';
import { entriesOf, isRawObject, member, type RawObject } from '../text/raw.ts';
import { givenToTransforms } from './environment.ts';
import { isTemplate } from './load-template.ts';
import { nestingLimit, reportLimit, type StackCopies } from './nested-stacks.ts';
import type { Reading } from './reading.ts';
import { Stack } from './stack.ts';
import { putIn, type Put } from './text-pieces.ts';
import { expandTransforms, samTransform, type SamExpander } from './transforms.ts';

const stackSetType = 'AWS::CloudFormation::StackSet';

/**
 * The stacks that a template's stack sets make of a TemplateBody. Each is a scope of its own, since it is
 * deployed to accounts and Regions that the parent does not tell. Its resources are found at the text.
 */
export function stacksOfSets(
  parent: Stack,
  {
    reading,
    copies,
    expandSam,
  }: { reading: Reading; copies: StackCopies; expandSam?: SamExpander | undefined },
): Stack[] {
  const depth = (parent.options.inline?.depth ?? 0) + 1;
  return [...parent.written].flatMap(([logicalId, { raw }]) => {
    if (raw['Type'] !== stackSetType) return [];
    const body = parent.resolver.unassuming(() =>
      parent.resolver.resolve(member(raw['Properties'], 'TemplateBody')),
    );
    const { root, given } = templateOf(body, parent.parsed.file);
    if (!isRawObject(root) || !isTemplate(root)) return [];
    const resources = entriesOf(root['Resources']).length;
    if (depth > nestingLimit || !copies.take(`${parent.id}/${logicalId}`, resources)) {
      reportLimit(parent, logicalId);
      return [];
    }
    const expand = (parsed: ParsedTemplate, known: (name: string) => unknown): ParsedTemplate =>
      expandTransforms(parsed, expandSam, known);
    return [stackOfSet(parent, { root, given, expand }, { of: logicalId, depth }, reading)];
  });
}

/** True where a stack set's template is written for the Serverless Application Model, as far as its text shows. */
export function hasSamInSets(root: unknown): boolean {
  return entriesOf(member(root, 'Resources')).some(([, raw]) => {
    if (member(raw, 'Type') !== stackSetType) return false;
    return JSON.stringify(member(member(raw, 'Properties'), 'TemplateBody') ?? null).includes(samTransform);
  });
}

interface SetTemplate {
  readonly root: RawObject;
  /** What the parent puts into the text. */
  readonly given: ReadonlyMap<string, Value>;
  readonly expand: (parsed: ParsedTemplate, known: (name: string) => unknown) => ParsedTemplate;
}

/** The template as it is written, or as a text into which the parent puts what only it knows. */
function templateOf(body: Value | undefined, file: string): { root: unknown; given: Put['given'] } {
  const text = toSymbolicText(body);
  if (text === undefined) return { root: body, given: new Map() };
  return putIn(text, (plain) => parseTemplateText(plain, file).root);
}

function stackOfSet(
  parent: Stack,
  { root, given: put, expand }: SetTemplate,
  inline: NonNullable<Stack['options']['inline']>,
  reading: Reading,
): Stack {
  const logicalId = inline.of;
  const { file, format, span } = parent.parsed;
  const pointer = toPointer(['Resources', logicalId, 'Properties', 'TemplateBody']);
  const passed = passedToSet(parent, logicalId);
  const given = (name: string): Value | undefined => put.get(name) ?? passed(name);
  const locate: ParsedTemplate['locate'] = () => parent.parsed.locate(pointer);
  const written: ParsedTemplate = { file, root, format, diagnostics: [], span, locate };
  const expanded = expand(written, givenToTransforms(given, {}));
  const made = expanded.root ?? root;
  const origin: ResourceOrigin = { pointer, generated: true };
  const origins = new Map(entriesOf(made['Resources']).map(([name]) => [name, origin]));
  return new Stack(
    { ...expanded, origins, span, locate },
    made,
    {
      id: `${parent.id}/${logicalId}`,
      scope: `${parent.id}/${logicalId}`,
      environment: {},
      given,
      inline,
    },
    reading,
  );
}

/** What a stack set gives for parameters: a list of keys and values. */
function passedToSet(parent: Stack, logicalId: string): (name: string) => Value | undefined {
  const raw = member(member(parent.written.get(logicalId)?.raw, 'Properties'), 'Parameters');
  let list: Value | undefined;
  return (name) => {
    if (raw === undefined) return undefined;
    list ??= parent.resolver.unassuming(() => parent.resolver.resolve(raw));
    return valueIn(list, name);
  };
}

function valueIn(list: Value | undefined, name: string): Value | undefined {
  if (list instanceof Choice) {
    const [whenTrue, whenFalse] = [valueIn(list.whenTrue, name), valueIn(list.whenFalse, name)];
    return whenTrue === undefined && whenFalse === undefined
      ? undefined
      : new Choice(list.cause, whenTrue, whenFalse);
  }
  if (list instanceof Unresolved) return list;
  const entry = isArrayValue(list)
    ? list.find((each) => isObjectValue(each) && each.ParameterKey === name)
    : undefined;
  return isObjectValue(entry) ? entry.ParameterValue : undefined;
}
