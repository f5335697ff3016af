import { toPointer } from '../model/location.ts';
import type { Path } from '../model/value.ts';
import { parseTemplateText, type ParsedTemplate } from '../text/parse-template.ts';
import { entriesOf, isRawObject, member, onlyKey, setMember, type RawObject } from '../text/raw.ts';
import type { ChangedResource } from './payload.ts';

/** What a change set writes for a value that exists only once the change is made. */
const laterMark = '{{changeSet:KNOWN_AFTER_APPLY}}';

/** What CloudFormation shows for a value that it keeps from sight. */
const hiddenMark = '****';

/**
 * The template with what the change set resolved in the place of parameters, mappings and conditions. References
 * between resources stay, because flows are found by them, and so does what a `NoEcho` parameter gives. The text
 * is edited in place: comments keep waiving, and what is shown of a place is still there.
 */
export function withResolvedValues(template: string, changes: readonly ChangedResource[]): string {
  const parsed = parseTemplateText(template, 'template');
  if (parsed.root === undefined) return template;
  const scope = new Scope(parsed.root);
  const edits = changes.flatMap(({ logicalId, type, after }) => {
    const resource = member(member(parsed.root, 'Resources'), logicalId);
    if (after === undefined || member(resource, 'Type') !== type) return [];
    return resolved(member(resource, 'Properties'), after, ['Resources', logicalId, 'Properties'], scope);
  });
  return spliced(template, parsed, edits);
}

/** The state before the change set, as far as it tells: what it creates is not there yet, the rest is as it was. */
export function stateBefore(template: string, changes: readonly ChangedResource[]): string {
  const { root } = parseTemplateText(template, 'template');
  if (root === undefined) return template;
  const scope = new Scope(root);
  const byId = new Map(changes.map((change) => [change.logicalId, change]));
  const resources: Record<string, unknown> = {};
  for (const [logicalId, resource] of entriesOf(member(root, 'Resources'))) {
    const change = byId.get(logicalId);
    if (change?.action === 'CREATE') continue;
    setMember(resources, logicalId, change === undefined ? resource : asBefore(resource, change, scope));
  }
  for (const { action, logicalId, type, before } of changes)
    if (action === 'DELETE') setMember(resources, logicalId, { Type: type, Properties: before ?? {} });
  return JSON.stringify({ ...root, Resources: resources });
}

function asBefore(resource: unknown, { before }: ChangedResource, scope: Scope): unknown {
  if (before === undefined || !isRawObject(resource)) return resource;
  return { ...resource, Properties: merged(member(resource, 'Properties'), before, scope) };
}

/** What was, with the references between resources that the template still writes. */
function merged(written: unknown, before: unknown, scope: Scope): unknown {
  if (isFunction(written)) return scope.isFixed(written) ? before : written;
  if (isRawObject(written) && isRawObject(before)) {
    const members: Record<string, unknown> = {};
    for (const [key, value] of Object.entries(before))
      setMember(members, key, merged(member(written, key), value, scope));
    return members;
  }
  if (Array.isArray(written) && Array.isArray(before) && written.length === before.length)
    return before.map((item, index) => merged(written[index], item, scope));
  return before;
}

interface Edit {
  readonly path: Path;
  readonly value: unknown;
}

function resolved(written: unknown, after: unknown, path: Path, scope: Scope): Edit[] {
  if (isFunction(written)) {
    if (!scope.isFixed(written)) return [];
    if (after === undefined)
      return onlyKey(written) === 'Fn::If' ? [{ path, value: { Ref: 'AWS::NoValue' } }] : [];
    const text = JSON.stringify(after);
    return text.includes(laterMark) || text.includes(hiddenMark) ? [] : [{ path, value: after }];
  }
  if (Array.isArray(written))
    return Array.isArray(after) && after.length === written.length
      ? written.flatMap((item, index) => resolved(item, after[index], [...path, index], scope))
      : [];
  if (!isRawObject(written) || !isRawObject(after)) return [];
  return Object.entries(written).flatMap(([key, value]) =>
    resolved(value, member(after, key), [...path, key], scope),
  );
}

/** JSON is a way to write YAML, so that one form serves both. */
function spliced(template: string, parsed: ParsedTemplate, edits: readonly Edit[]): string {
  const places = edits
    .flatMap(({ path, value }) => {
      const span = parsed.span(toPointer(path));
      return span === undefined ? [] : [{ start: span.start, end: span.end, value: JSON.stringify(value) }];
    })
    .sort((a, b) => a.start - b.start);
  let text = '';
  let from = 0;
  for (const { start, end, value } of places) {
    const old = template.slice(start, end);
    text += template.slice(from, start) + value + old.slice(old.trimEnd().length);
    from = end;
  }
  return text + template.slice(from);
}

function isFunction(value: unknown): value is RawObject {
  if (!isRawObject(value)) return false;
  const key = onlyKey(value);
  return key === 'Ref' || key?.startsWith('Fn::') === true;
}

/** The names that a template declares. */
class Scope {
  readonly #resources: ReadonlySet<string>;
  readonly #hidden: ReadonlySet<string>;

  constructor(root: RawObject) {
    this.#resources = new Set(entriesOf(member(root, 'Resources')).map(([name]) => name));
    this.#hidden = new Set(
      entriesOf(member(root, 'Parameters'))
        .filter(([, declared]) => String(member(declared, 'NoEcho')).toLowerCase() === 'true')
        .map(([name]) => name),
    );
  }

  /** True for what names neither a resource nor a parameter that is kept from sight. */
  isFixed(value: unknown): boolean {
    if (Array.isArray(value)) return value.every((item) => this.isFixed(item));
    if (!isRawObject(value)) return true;
    return Object.entries(value).every(([key, argument]) => {
      if (key === 'Fn::GetAtt') return false;
      if (key === 'Ref') return !this.#isKept(String(argument));
      if (key === 'Fn::Sub') return this.#isFixedText(argument);
      return this.isFixed(argument);
    });
  }

  #isFixedText(argument: unknown): boolean {
    const [text, own] = Array.isArray(argument) ? (argument as unknown[]) : [argument, undefined];
    const names = [...String(text).matchAll(/\$\{([^!{}][^{}]*)\}/g)].map(([, name = '']) => name.trim());
    return (
      this.isFixed(own) &&
      names.every((name) => member(own, name) !== undefined || !this.#isKept(name.split('.')[0] ?? ''))
    );
  }

  #isKept(name: string): boolean {
    return this.#resources.has(name) || this.#hidden.has(name);
  }
}
