import type { RawObject } from '../text/raw.ts';
import {
  attributeIn,
  blocksIn,
  plainText,
  type Configuration,
  type SourceModule,
} from './hcl/configuration.ts';
import type { Expression, HclBlock, HclBody, Step, TemplatePart } from './hcl/syntax.ts';

/**
 * The configuration as a plan's JSON has it: for each argument that it is written, and what it refers to. Blocks that
 * are generated stay out, as they do there.
 */
export function configurationOf(configuration: Configuration): RawObject {
  const root = configuration.modules.get('');
  const providers = new Map<string, RawObject>();
  for (const { body } of root?.files ?? [])
    for (const block of blocksIn(body)) {
      if (block.type !== 'provider') continue;
      const name = block.labels[0]?.text ?? '';
      const alias = plainText(attributeIn(block.body, 'alias')?.value);
      providers.set(alias === undefined ? name : `${name}.${alias}`, {
        name,
        expressions: expressionsOf(block.body),
      });
    }
  return { provider_config: Object.fromEntries(providers), root_module: moduleOf(configuration, '', root) };
}

/** Arguments of blocks that say how many there are, not what they hold. */
const aboutBlocks: ReadonlySet<string> = new Set([
  'count',
  'for_each',
  'provider',
  'depends_on',
  'lifecycle',
]);

function moduleOf(configuration: Configuration, path: string, module: SourceModule | undefined): RawObject {
  if (module === undefined) return {};
  const resources = [...module.resources].map(([address, { node }]): RawObject => ({
    address,
    expressions: expressionsOf(node.body),
    ...keysOf(node),
    ...providerOf(node, address),
  }));
  const calls = [...module.calls].map(([name, { node }]): [string, RawObject] => {
    const inner = path === '' ? `module.${name}` : `${path}.module.${name}`;
    const called = configuration.modules.get(inner);
    return [
      name,
      {
        expressions: expressionsOf(node.body),
        ...keysOf(node),
        ...(called === undefined ? {} : { module: moduleOf(configuration, inner, called) }),
      },
    ];
  });
  const outputs = [...module.outputs].map(([name, { node }]): [string, RawObject] => [
    name,
    { expression: expressionOf(attributeIn(node.body, 'value')?.value) },
  ]);
  const variables = [...module.variables].map(([name, { node }]): [string, RawObject] => [
    name,
    { sensitive: isTrue(attributeIn(node.body, 'sensitive')?.value), ...defaultOf(node) },
  ]);
  return {
    resources,
    module_calls: Object.fromEntries(calls),
    outputs: Object.fromEntries(outputs),
    variables: Object.fromEntries(variables),
  };
}

function isTrue(expression: Expression | undefined): boolean {
  return expression?.kind === 'literal' && expression.value === true;
}

function defaultOf(node: HclBlock): RawObject {
  const text = plainText(attributeIn(node.body, 'default')?.value);
  return text === undefined ? {} : { default: text };
}

function keysOf({ body }: HclBlock): RawObject {
  const forEach = attributeIn(body, 'for_each');
  const count = attributeIn(body, 'count');
  return {
    ...(forEach === undefined ? {} : { for_each_expression: expressionOf(forEach.value) }),
    ...(count === undefined ? {} : { count_expression: expressionOf(count.value) }),
  };
}

/** The provider that a block names, or the one that its type starts with. */
function providerOf({ body }: HclBlock, address: string): RawObject {
  const [named] = referencesOf(attributeIn(body, 'provider')?.value);
  const type = address.replace(/^data\./, '');
  return { provider_config_key: named ?? type.slice(0, type.search(/[_.]/)) };
}

function expressionsOf(body: HclBody): RawObject {
  const members: Record<string, unknown> = {};
  for (const item of body.items) {
    const name = item.kind === 'attribute' ? item.name : item.type;
    if (aboutBlocks.has(name) || name === 'dynamic') continue;
    if (item.kind === 'attribute') members[name] = expressionOf(item.value);
    else members[name] = [...((members[name] as unknown[] | undefined) ?? []), expressionsOf(item.body)];
  }
  return members;
}

function expressionOf(expression: Expression | undefined): RawObject {
  const references = referencesOf(expression);
  if (references.length > 0) return { references };
  if (expression?.kind === 'literal') return { constant_value: expression.value };
  const text = plainText(expression);
  return text === undefined ? {} : { constant_value: text };
}

/** What an expression refers to, each with all that is taken of it. */
export function referencesOf(expression: Expression | undefined): readonly string[] {
  const found = new Set<string>();
  if (expression !== undefined) visit(expression, new Set(), found);
  return [...found];
}

type Names = ReadonlySet<string>;

function visit(expression: Expression, bound: Names, found: Set<string>): void {
  switch (expression.kind) {
    case 'literal':
      return;
    case 'template':
      for (const part of expression.parts) visitPart(part, bound, found);
      return;
    case 'variable':
      if (!bound.has(expression.name)) found.add(expression.name);
      return;
    case 'traversal':
      visitTraversal(expression.of, expression.steps, bound, found);
      return;
    case 'object':
      for (const { key, value } of expression.items)
        for (const each of [key, value]) visit(each, bound, found);
      return;
    case 'tuple':
      for (const item of expression.items) visit(item, bound, found);
      return;
    case 'for': {
      visit(expression.collection, bound, found);
      const inner = new Set([...bound, expression.valueName, expression.keyName ?? expression.valueName]);
      for (const each of [expression.key, expression.value, expression.condition])
        if (each !== undefined) visit(each, inner, found);
      return;
    }
    case 'call':
      for (const argument of expression.arguments) visit(argument, bound, found);
      return;
    case 'unary':
    case 'parentheses':
      visit(expression.of, bound, found);
      return;
    case 'binary':
      visit(expression.left, bound, found);
      visit(expression.right, bound, found);
      return;
    case 'conditional':
      for (const each of [expression.condition, expression.whenTrue, expression.whenFalse])
        visit(each, bound, found);
  }
}

function visitPart(part: TemplatePart, bound: Names, found: Set<string>): void {
  if (part.kind === 'interpolation') visit(part.value, bound, found);
  else if (part.kind === 'if') {
    visit(part.condition, bound, found);
    for (const each of [...part.then, ...part.else]) visitPart(each, bound, found);
  } else if (part.kind === 'for-parts') {
    visit(part.collection, bound, found);
    const inner = new Set([...bound, part.valueName, part.keyName ?? part.valueName]);
    for (const each of part.parts) visitPart(each, inner, found);
  }
}

/** A reference goes on as long as its steps are written out; what an index is made of is referred to as well. */
function visitTraversal(of: Expression, steps: readonly Step[], bound: Names, found: Set<string>): void {
  if (of.kind !== 'variable') visit(of, bound, found);
  let text = of.kind === 'variable' && !bound.has(of.name) ? of.name : undefined;
  let isOpen = true;
  for (const step of steps) {
    if (step.kind === 'attribute') {
      if (isOpen && text !== undefined) text += `.${step.name}`;
    } else if (step.kind === 'index') {
      const key = step.key.kind === 'literal' ? step.key.value : plainText(step.key);
      if (key === undefined) visit(step.key, bound, found);
      if (isOpen && text !== undefined && key !== undefined && key !== null)
        text += `[${JSON.stringify(key)}]`;
      else isOpen = false;
    } else isOpen = false;
  }
  if (text !== undefined) found.add(text);
}
