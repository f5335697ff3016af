import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { Language, Parser, type Node } from 'web-tree-sitter';
import type {
  Expression,
  HclBody,
  HclFile,
  Step,
  TemplatePart,
} from '../../../../src/terraform/hcl/syntax.ts';

/** A node's kind and place, in the words of the other grammar: `function_call 12-40`. */
export type Outline = readonly string[];

/** What both trees have alike; the rest differs in how finely it is cut. */
const compared: ReadonlySet<string> = new Set([
  ...['attribute', 'block', 'comment', 'function_call', 'conditional', 'object_elem', 'tuple', 'object'],
  ...['for_expr', 'binary_operation', 'unary_operation', 'template_interpolation', 'heredoc_template'],
  ...['get_attr', 'string_lit', 'quoted_template', 'template_for', 'template_if'],
]);

let parser: Parser | undefined;

/** A parser of an independent grammar, to hold ours against. */
export async function oracleParser(): Promise<(text: string) => { outline: Outline; hasError: boolean }> {
  const { resolve } = createRequire(import.meta.url);
  if (parser === undefined) {
    await Parser.init();
    const grammar = resolve('@tree-sitter-grammars/tree-sitter-hcl/package.json').replace(
      'package.json',
      'tree-sitter-terraform.wasm',
    );
    parser = new Parser().setLanguage(await Language.load(new Uint8Array(await readFile(grammar))));
  }
  const ready = parser;
  return (text) => {
    const tree = ready.parse(text);
    if (tree === null) throw new Error('the text was not parsed');
    const found: string[] = [];
    collect(tree.rootNode, found);
    const hasError = tree.rootNode.hasError;
    tree.delete();
    return { outline: found.sort(), hasError };
  };
}

/** A text with and without marks is one kind here. */
function named(kind: string, start: number, end: number): string {
  return `${kind === 'string_lit' ? 'quoted_template' : kind} ${start}-${end}`;
}

function collect(node: Node, found: string[]): void {
  if (compared.has(node.type)) found.push(named(node.type, node.startIndex, node.endIndex));
  for (const child of node.namedChildren) if (child !== null) collect(child, found);
}

/** The same outline of our own tree. */
export function ownOutline(file: HclFile): Outline {
  const found: string[] = [];
  const add = (kind: string, { start, end }: { start: number; end: number }): void => {
    if (compared.has(kind)) found.push(named(kind, start, end));
  };
  for (const comment of file.comments) add('comment', comment);
  const body = ({ items }: HclBody): void => {
    for (const item of items) {
      add(item.kind, item);
      if (item.kind === 'attribute') expression(item.value);
      else {
        for (const label of item.labels) if (file.text[label.start] === '"') add('quoted_template', label);
        body(item.body);
      }
    }
  };
  const steps = (all: readonly Step[]): void => {
    for (const step of all) {
      if (step.kind === 'attribute') add('get_attr', step);
      else if (step.kind === 'index') expression(step.key);
      else steps(step.each);
    }
  };
  const parts = (all: readonly TemplatePart[]): void => {
    for (const part of all) {
      if (part.kind === 'interpolation') {
        add('template_interpolation', part);
        expression(part.value);
      } else if (part.kind === 'if') {
        add('template_if', part);
        expression(part.condition);
        parts(part.then);
        parts(part.else);
      } else if (part.kind === 'for-parts') {
        add('template_for', part);
        expression(part.collection);
        parts(part.parts);
      }
    }
  };
  const expression = (node: Expression): void => {
    switch (node.kind) {
      case 'template':
        if (node.form !== 'quoted') add('heredoc_template', node);
        else if (file.text[node.start] === '"') add('quoted_template', node);
        parts(node.parts);
        break;
      case 'object':
        add('object', node);
        for (const item of node.items) {
          add('object_elem', item);
          expression(item.key);
          expression(item.value);
        }
        break;
      case 'tuple':
        add('tuple', node);
        node.items.forEach(expression);
        break;
      case 'for':
        add('for_expr', node);
        expression(node.collection);
        if (node.key !== undefined) expression(node.key);
        expression(node.value);
        if (node.condition !== undefined) expression(node.condition);
        break;
      case 'traversal':
        expression(node.of);
        steps(node.steps);
        break;
      case 'call':
        add('function_call', node);
        node.arguments.forEach(expression);
        break;
      case 'unary':
        add('unary_operation', node);
        expression(node.of);
        break;
      case 'binary':
        add('binary_operation', node);
        expression(node.left);
        expression(node.right);
        break;
      case 'conditional':
        add('conditional', node);
        expression(node.condition);
        expression(node.whenTrue);
        expression(node.whenFalse);
        break;
      case 'parentheses':
        expression(node.of);
        break;
      case 'literal':
      case 'variable':
        break;
    }
  };
  body(file.body);
  return found.sort();
}
