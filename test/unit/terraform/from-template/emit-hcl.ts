import {
  Blocks,
  Encoded,
  isList,
  isObject,
  Reference,
  Text,
  type Block,
  type Expression,
} from './expressions.ts';

/** The text of a configuration. */
export function hclOf(blocks: readonly Block[]): string {
  return blocks
    .map(({ type, name, attributes }) => `resource "${type}" "${name}" {\n${body(attributes, '  ')}}\n`)
    .join('\n');
}

function body(attributes: Readonly<Record<string, Expression>>, indent: string): string {
  return Object.entries(attributes)
    .map(([name, value]) =>
      value instanceof Blocks
        ? value.items.map((item) => `${indent}${name} {\n${body(item, `${indent}  `)}${indent}}\n`).join('')
        : `${indent}${name} = ${written(value, indent)}\n`,
    )
    .join('');
}

function written(value: Expression, indent: string): string {
  const inner = `${indent}  `;
  if (value instanceof Reference) return value.toString();
  if (value instanceof Text) return `"${value.parts.map(piece).join('')}"`;
  if (value instanceof Encoded) return `jsonencode(${written(value.value, indent)})`;
  if (typeof value === 'string') return `"${escaped(value)}"`;
  if (isList(value)) {
    const isPlain = value.every((item) => typeof item !== 'object' || item instanceof Reference);
    return isPlain
      ? `[${value.map((item) => written(item, indent)).join(', ')}]`
      : `[\n${value.map((item) => `${inner}${written(item, inner)},\n`).join('')}${indent}]`;
  }
  if (isObject(value)) {
    const members = Object.entries(value);
    if (members.length === 0) return '{}';
    const lines = members.map(([name, item]) => `${inner}${key(name)} = ${written(item, inner)}\n`);
    return `{\n${lines.join('')}${indent}}`;
  }
  return String(value);
}

function key(name: string): string {
  return /^[A-Za-z_]\w*$/.test(name) ? name : `"${escaped(name)}"`;
}

function piece(part: string | Reference): string {
  return typeof part === 'string' ? escaped(part) : `\${${part.toString()}}`;
}

function escaped(text: string): string {
  return JSON.stringify(text)
    .slice(1, -1)
    .replace(/([$%])\{/g, '$1$1{');
}
