import type { Expression } from '../model/rule.ts';
import { nearest } from './nearest.ts';
import { keywords, sourceKeywords } from './vocabulary.ts';

const roles = new Map(keywords.map((keyword) => [keyword.name, keyword]));
const sources = new Set(sourceKeywords.map((keyword) => keyword.name));
const needsPredicate = new Set(['property', 'value', 'edge', 'count']);

/** What is wrong with an expression beyond its JSON Schema, and where. */
export interface ExpressionProblem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** What an expression may refer to. */
export interface ExpressionScope {
  readonly parameters: ReadonlySet<string>;
  readonly bindings: ReadonlySet<string>;
  /** Undefined where relation names cannot be checked. */
  readonly relations: ReadonlySet<string> | undefined;
  /** Answers why a pattern is not usable, or undefined. */
  readonly patternProblem: (pattern: string) => string | undefined;
}

type Report = (path: readonly (string | number)[], message: string) => void;

/** Checks that each expression is one form with its predicates, and that every name in it exists. */
export function checkExpression(
  expression: Expression,
  path: readonly (string | number)[],
  scope: ExpressionScope,
): ExpressionProblem[] {
  const problems: ExpressionProblem[] = [];
  visit(expression, path, scope, (where, message) => problems.push({ path: where, message }));
  return problems;
}

function visit(
  expression: Expression,
  path: readonly (string | number)[],
  scope: ExpressionScope,
  report: Report,
): void {
  const names = Object.keys(expression);
  const forms = names.filter((name) => roles.get(name)?.role === 'form');
  const predicates = names.filter((name) => roles.get(name)?.role === 'predicate');
  const [form] = forms;
  if (form === undefined || forms.length > 1) {
    report(
      path,
      forms.length === 0
        ? 'has predicates but nothing to apply them to: add `property`, `some`, `all`, ...'
        : `mixes \`${forms.join('` and `')}\`; nest them under \`all\``,
    );
    return;
  }
  if (needsPredicate.has(form) && predicates.length === 0)
    report(path, `\`${form}\` needs a predicate beside it, such as \`exists\`, \`equals\` or \`atLeast\``);
  if (!needsPredicate.has(form) && predicates.length > 0)
    report([...path, predicates[0] ?? ''], `\`${predicates[0] ?? ''}\` does not go with \`${form}\``);
  for (const name of names) {
    const keyword = roles.get(name);
    if (keyword?.role === 'modifier' && !(keyword.goesWith ?? []).includes(form))
      report([...path, name], `\`${name}\` does not go with \`${form}\``);
  }
  visitArguments(expression, path, scope, report);
}

function visitArguments(
  expression: Expression,
  path: readonly (string | number)[],
  scope: ExpressionScope,
  report: Report,
): void {
  for (const [name, argument] of Object.entries(expression)) {
    const at = [...path, name];
    if (name === 'all' || name === 'any')
      (argument as Expression[]).forEach((item, index) => {
        visit(item, [...at, index], scope, report);
      });
    else if (name === 'not' || name === 'if' || name === 'then' || name === 'else')
      visit(argument as Expression, at, scope, report);
    else if (name === 'some' || name === 'every' || name === 'none' || name === 'count')
      visitQuantifier(name, argument as Expression, at, scope, report);
    else if (name === 'admits' || name === 'denies') checkAsked(argument as Expression, at, scope, report);
    else if (name === 'fires')
      for (const [term, bound] of Object.entries(argument as Expression))
        checkOperand(bound, [...at, term], scope, report);
    else if (name === 'matches') checkPattern(argument as string, at, scope, report);
    else if (bindingWords.has(name)) checkBinding(argument as string, at, scope, report);
    else checkOperand(argument, at, scope, report);
  }
}

function visitQuantifier(
  name: string,
  quantifier: Expression,
  path: readonly (string | number)[],
  scope: ExpressionScope,
  report: Report,
): void {
  const found = Object.keys(quantifier).filter((key) => sources.has(key));
  if (found.length !== 1) report(path, `needs exactly one source (${[...sources].join(', ')})`);
  if (name === 'every' && quantifier['satisfies'] === undefined) report(path, '`every` needs `satisfies`');
  if (name !== 'every' && quantifier['satisfies'] !== undefined)
    report([...path, 'satisfies'], `\`satisfies\` goes with \`every\`; use \`where\` with \`${name}\``);
  const related = quantifier['related'];
  if (typeof related === 'string' && scope.relations !== undefined) {
    for (const step of related.split('.'))
      if (!scope.relations.has(step)) report([...path, 'related'], unknownRelation(step, scope.relations));
  }
  if (typeof quantifier['of'] === 'string') checkBinding(quantifier['of'], [...path, 'of'], scope, report);
  const inner =
    typeof quantifier['as'] === 'string'
      ? { ...scope, bindings: new Set([...scope.bindings, quantifier['as']]) }
      : scope;
  for (const key of ['where', 'satisfies']) {
    const body = quantifier[key];
    if (body !== undefined) visit(body as Expression, [...path, key], inner, report);
  }
}

/** What is wrong with a name that no relation has, and the nearest one. */
export function unknownRelation(name: string, relations: ReadonlySet<string>): string {
  const meant = nearest(name, [...relations]);
  return `\`${name}\` is not a relation${meant === undefined ? '' : `; did you mean \`${meant}\`?`}`;
}

const bindingWords: ReadonlySet<string> = new Set([
  'of',
  'sameAs',
  'settingOf',
  'refersTo',
  'inRegionOf',
  'meetsNetworkOf',
]);

const askedWords: ReadonlySet<string> = new Set([
  'itself',
  'objects',
  'anything',
  'others',
  'every',
  'own-role',
]);

function checkAsked(
  { who, on, for: source }: Expression,
  path: readonly (string | number)[],
  scope: ExpressionScope,
  report: Report,
): void {
  for (const word of [on ?? []].flat() as string[])
    // strings, as the schema says
    if (!askedWords.has(word)) checkBinding(word.replace(/\.records$/, ''), [...path, 'on'], scope, report);
  if (typeof source !== 'string') return;
  if (who === 'everyone' || who === 'services' || who === 'role')
    report([...path, 'for'], '`for` goes with a service principal');
  else if (source !== 'outsiders') checkBinding(source, [...path, 'for'], scope, report);
}

function checkPattern(
  pattern: string,
  path: readonly (string | number)[],
  scope: ExpressionScope,
  report: Report,
): void {
  const problem = scope.patternProblem(pattern);
  if (problem !== undefined) report(path, `is not a usable pattern: ${problem}`);
}

function checkBinding(
  name: string,
  path: readonly (string | number)[],
  scope: ExpressionScope,
  report: Report,
): void {
  if (!scope.bindings.has(name))
    report(path, `\`${name}\` is not a name here; use \`self\`, or a name that \`as\` gives around it`);
}

function checkOperand(
  operand: unknown,
  path: readonly (string | number)[],
  scope: ExpressionScope,
  report: Report,
): void {
  if (typeof operand !== 'object' || operand === null) return;
  if (Array.isArray(operand)) {
    operand.forEach((item, index) => {
      checkOperand(item, [...path, index], scope, report);
    });
    return;
  }
  for (const [key, value] of Object.entries(operand)) {
    if (key === 'parameter' && typeof value === 'string' && !scope.parameters.has(value))
      report([...path, key], `\`${value}\` is not a parameter of this rule`);
    else if (bindingWords.has(key) && typeof value === 'string')
      checkBinding(value, [...path, key], scope, report);
    else checkOperand(value, [...path, key], scope, report);
  }
}
