import { describeShown } from '../model/shown-value.ts';
import { Unresolved } from '../model/value.ts';
import { boundNode, follow, type Context } from './node.ts';
import { parsePath } from '../model/parse-path.ts';

/**
 * Fills `{name}`, `{type}`, `{parameter.x}` and `{value:Path}` in a rule's message about the
 * resource that is judged.
 */
export function fillMessage(template: string, context: Context): string {
  if (!template.includes('{')) return template;
  const self = boundNode(context, 'self');
  if (self === undefined) return template;
  return template.replaceAll(
    /\{(name|type|parameter\.[A-Za-z0-9]+|value:[A-Za-z0-9.]+)\}/g,
    (_whole, key: string) => {
      if (key === 'name') return self.resource.name;
      if (key === 'type') return self.resource.type;
      if (key.startsWith('parameter.')) return String(context.parameters[key.slice('parameter.'.length)]);
      const { type, secrets } = self.resource;
      let text = '(absent)';
      follow(self, parsePath(key.slice('value:'.length)), context, (value, path) => {
        text = value instanceof Unresolved ? '(unknown)' : describeShown(value, { type, secrets, path }, 80);
        return true;
      });
      return text;
    },
  );
}
