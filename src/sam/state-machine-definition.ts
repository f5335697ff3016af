import { isRawObject } from '../text/raw.ts';
import { isIntrinsic, type Tree } from './tree.ts';

/** How deep the definition's text is indented for each level. */
const indent = '    ';

/**
 * An inline definition as `DefinitionString`: a join of its lines, with every intrinsic function
 * taken out into a substitution.
 */
export function definitionText(definition: unknown): { text: Tree; substitutions: Tree } {
  const substitutions: Tree = {};
  let count = 0;
  const substitute = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(substitute);
    if (!isRawObject(value)) return value;
    if (isSubstituted(value)) {
      const name = `definition_substitution_${++count}`;
      substitutions[name] = value;
      return `\${${name}}`;
    }
    const names = Object.keys(value).sort();
    return Object.fromEntries(names.map((name) => [name, substitute(value[name])]));
  };
  const plain = JSON.stringify(substitute(definition), undefined, indent.length);
  return { text: { 'Fn::Join': ['\n', escaped(plain).split('\n')] }, substitutions };
}

/** `Condition` is a member of the states language too. */
function isSubstituted(value: Tree): boolean {
  return isIntrinsic(value) && !Object.hasOwn(value, 'Condition');
}

function escaped(text: string): string {
  return text.replace(/[\u0080-\uffff]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
