import { toPointer } from '../model/location.ts';
import type { Resource } from '../model/resource.ts';
import { isObjectValue, type ObjectValue, type Path } from '../model/value.ts';
import type { Stack } from './stack.ts';

/** The template itself as a resource: `{Parameters, Outputs, Transform}`, as far as they are written. */
export function templateResource(stack: Stack): Resource {
  const { file } = stack.parsed;
  let properties: ObjectValue | undefined;
  return {
    id: `${stack.id}/Headgate::Template`,
    type: 'Headgate::Template',
    name: stack.options.inline === undefined ? file : `${file} (${stack.options.inline.of})`,
    scope: stack.scope,
    stack: stack.id,
    get properties(): ObjectValue {
      properties ??= templateProperties(stack);
      return properties;
    },
    locate: (path: Path) => ({ file, pointer: toPointer(path), target: 'key' }),
  };
}

function templateProperties(stack: Stack): ObjectValue {
  const { Parameters, Outputs, Transform } = stack.root;
  const written = Object.entries({ Parameters, Outputs, Transform }).filter(([, raw]) => raw !== undefined);
  const value = stack.resolver.resolve(Object.fromEntries(written));
  return isObjectValue(value) ? value : {};
}

/** The application (or the lone template) as a resource, for rules that ask what it has at all. */
export function scopeResource(scope: string, file: string): Resource {
  return {
    id: `${scope}/Headgate::Scope`,
    type: 'Headgate::Scope',
    name: scope,
    scope,
    properties: { Kind: 'application' },
    locate: () => ({ file, pointer: '' }),
  };
}
