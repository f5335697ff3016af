import { scalarText } from '../model/scalar-text.ts';
import { HeadgateError } from '../model/headgate-error.ts';
import { editWords, type Expression, type Rule, type RuleEdit } from '../model/rule.ts';
import { linearPattern } from './pattern-engine.ts';
import { nearest } from './nearest.ts';
import { parameterProblem } from './parameter-problem.ts';
import { relationsOf } from './check-relations.ts';
import { checkExpression, unknownRelation, type ExpressionScope } from './check-expression.ts';
import { expressionDefinitions, keywords, sourceKeywords } from './vocabulary.ts';
import { ruleSchema } from './schema.ts';
import { validateRule } from './validators.ts';
import { describeProblems, parseYaml, type YamlDocument } from './yaml-document.ts';

const words = [
  ...Object.keys(ruleSchema.properties),
  ...keywords.map((keyword) => keyword.name),
  ...sourceKeywords.map((keyword) => keyword.name),
  ...Object.keys(expressionDefinitions.quantifier.properties),
  ...Object.keys(expressionDefinitions.statement.properties),
  'that',
  'otherwise',
];

/**
 * One rule file -> a rule.
 * @param relations names that `related` may use; undefined skips that check.
 * @throws HeadgateError `rule-invalid` or `yaml-invalid`, with every problem of the file, one a line as `file:line:column: ...`.
 */
export function parseRule(text: string, file: string, origin: string, relations?: ReadonlySet<string>): Rule {
  const document = parseYaml(text, file);
  const shape = validateRule(document.value);
  const problems =
    shape.length > 0 ? describeProblems(document, shape, words).lines : checkMeaning(document, relations);
  if (problems.length > 0) {
    throw new HeadgateError(
      'rule-invalid',
      `The rule file is not valid; correct it.\n${problems.join('\n')}`,
      { file },
    );
  }
  const raw = document.value as Partial<Rule> & Pick<Rule, 'id'>; // the schema has just said so
  return {
    flows: [],
    when: [],
    parameters: {},
    controls: [],
    references: [],
    waivable: true,
    decides: 'config',
    level: 'essential',
    ...raw,
    file,
    origin,
  } as Rule;
}

function patternProblem(pattern: string): string | undefined {
  try {
    linearPattern(pattern);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

interface PlacedProblem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** Words in braces that a message does not fill: they would stand in each report as they are written. */
function placeholderProblems(rule: Rule, parameters: readonly string[]): PlacedProblem[] {
  const known = ['name', 'type', ...parameters.map((name) => `parameter.${name}`)];
  const texts: (readonly [path: readonly (string | number)[], text: unknown])[] = [
    [['pass'], rule.pass],
    ...(['when', 'assert'] as const).flatMap((part) =>
      (rule[part] ?? []).map(
        (clause, index) =>
          [[part, index, 'otherwise'], (clause as { readonly otherwise?: unknown }).otherwise] as const,
      ),
    ),
  ];
  return texts.flatMap(([path, text]) =>
    [...scalarText(text ?? '').matchAll(/\{([A-Za-z]+(?:\.[A-Za-z0-9]+)?)\}/g)].flatMap(
      ([whole, word = '']) => {
        if (known.includes(word)) return [];
        const near = nearest(word, known);
        const hint = near === undefined ? '' : `; did you mean \`{${near}}\`?`;
        return [{ path, message: `\`${whole}\` is not filled in${hint}` }];
      },
    ),
  );
}

/** What is wrong with an edit beyond its JSON Schema. */
function editProblems(
  { clauses = [], where, needs = {}, safety, changes }: RuleEdit,
  path: readonly (string | number)[],
  { assert }: Rule,
  scope: ExpressionScope,
): PlacedProblem[] {
  const expressions: (readonly [at: readonly (string | number)[], expression: Expression | undefined])[] = [
    [[...path, 'where'], where],
    ...Object.entries(needs).map(([name, need]) => [[...path, 'needs', name, 'where'], need.where] as const),
    ...changes.map(
      (change, at) =>
        [[...path, 'changes', at, 'where'], 'where' in change ? change.where : undefined] as const,
    ),
  ];
  const problems: PlacedProblem[] = expressions.flatMap(([at, expression]) =>
    expression === undefined ? [] : checkExpression(expression, at, scope),
  );
  for (const name of scope.relations === undefined ? [] : relationsOf({ needs, changes }))
    if (scope.relations?.has(name) === false)
      problems.push({ path, message: `unknown relation \`${name}\`` });
  if (safety === 'safe' && changes.some((change) => 'add' in change))
    problems.push({ path: [...path, 'safety'], message: 'an edit that adds a resource is `unsafe`' });
  for (const clause of clauses)
    if (clause > assert.length)
      problems.push({ path: [...path, 'clauses'], message: `the rule has no clause ${clause}` });
  const added = changes.flatMap((change) => ('add' in change ? [`new.${change.add}`] : []));
  const words = [
    'name',
    ...Object.keys(needs),
    ...added,
    ...[...scope.parameters].map((name) => `parameter.${name}`),
  ];
  for (const [whole, word = ''] of JSON.stringify(changes).matchAll(editWords))
    if (!words.includes(word))
      problems.push({ path: [...path, 'changes'], message: `nothing stands for \`${whole}\`` });
  return problems;
}

function checkMeaning(document: YamlDocument, relations: ReadonlySet<string> | undefined): string[] {
  const rule = document.value as Rule;
  const parameters = rule.parameters ?? {};
  const scope: ExpressionScope = {
    parameters: new Set(Object.keys(parameters)),
    bindings: new Set(['self']),
    relations,
    patternProblem,
  };
  const problems = [
    ...(['when', 'assert'] as const).flatMap((part) =>
      (rule[part] ?? []).flatMap((clause, index) =>
        checkExpression(clause.that as Expression, [part, index, 'that'], scope),
      ),
    ),
    ...(rule.fix.edits ?? []).flatMap((edit, index) =>
      editProblems(edit, ['fix', 'edits', index], rule, scope),
    ),
    ...Object.entries(parameters).flatMap(([name, parameter]) => {
      const problem = parameterProblem(parameter, parameter.default);
      return problem === undefined ? [] : [{ path: ['parameters', name, 'default'], message: problem }];
    }),
  ];
  problems.push(...placeholderProblems(rule, Object.keys(parameters)));
  for (const [index, { followsOn }] of rule.assert.entries())
    if (followsOn !== undefined && relations?.has(followsOn) === false)
      problems.push({ path: ['assert', index, 'followsOn'], message: unknownRelation(followsOn, relations) });
  const expected = document.file
    .split('/')
    .pop()
    ?.replace(/\.ya?ml$/, '');
  if (expected !== rule.id)
    problems.push({ path: ['id'], message: `\`${rule.id}\` must equal the file name \`${expected ?? ''}\`` });
  return problems.map(({ path, message }) => {
    const { line, column } = document.place(path);
    return `${document.file}:${line}:${column}: ${path.join('.')}: ${message}`;
  });
}
