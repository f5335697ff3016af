import { scalarText } from '../model/scalar-text.ts';
import type { PropertyBase } from '../text/parse-template.ts';
import { member, type RawObject } from '../text/raw.ts';
import type { Cause } from './cause.ts';
import { listOf } from './tree.ts';

/** Where the properties of a generated resource may be written: at its cause, in `Globals`, and in the resource of the cause. */
export function propertyBases(cause: Cause, resource: unknown, root: RawObject): PropertyBase[] {
  const { id, path = [], connector } = cause;
  const written = ['Resources', id];
  if (connector !== undefined) return [{ own: [...written, 'Connectors', connector, 'Properties'] }];
  const at = [...written, 'Properties', ...path];
  if (path[0] === 'Events') return [{ own: [...at, 'Properties'] }];
  const shared = sharedSection(resource, root);
  const bases = [withShared(at, shared, path)];
  return path.length === 0
    ? bases
    : [...bases, { ...withShared([...written, 'Properties'], shared, []), onlyRenamed: true }];
}

interface Section {
  readonly segments: readonly string[];
  readonly ignored: readonly unknown[];
}

/** The section of `Globals` that a resource takes over from. */
function sharedSection(resource: unknown, root: RawObject): Section | undefined {
  const name = scalarText(member(resource, 'Type')).replace('AWS::Serverless::', '');
  const ignored = member(resource, 'IgnoreGlobals');
  if (member(root['Globals'], name) === undefined || ignored === '*') return undefined;
  return { segments: ['Globals', name], ignored: listOf(ignored) };
}

function withShared(
  own: PropertyBase['own'],
  section: Section | undefined,
  path: PropertyBase['own'],
): PropertyBase {
  if (section === undefined) return { own };
  const [first] = path;
  if (first !== undefined) {
    return section.ignored.includes(first) ? { own } : { own, shared: [...section.segments, ...path] };
  }
  const except = section.ignored.map(scalarText);
  return { own, shared: section.segments, ...(except.length > 0 ? { except } : {}) };
}
