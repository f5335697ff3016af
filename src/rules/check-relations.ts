import { HeadgateError } from '../model/headgate-error.ts';
import type { Expression, Rule } from '../model/rule.ts';
import { checkExpression, unknownRelation } from './check-expression.ts';

/**
 * Holds the relation names of rules against the relation table.
 * @throws HeadgateError `rule-invalid`, every unknown name at once.
 */
export function checkRelations(rules: readonly Rule[], relations: ReadonlySet<string>): void {
  const problems = rules.flatMap((rule) => {
    const unknown = rule.assert.flatMap(({ followsOn }, index) =>
      followsOn === undefined || relations.has(followsOn)
        ? []
        : [`${rule.file}: assert.${index}.followsOn: ${unknownRelation(followsOn, relations)}`],
    );
    const scope = {
      parameters: new Set(Object.keys(rule.parameters)),
      bindings: new Set(['self']),
      relations,
      patternProblem: () => undefined,
    };
    const clauses = [
      ...rule.when.map((clause, index) => ['when', index, clause] as const),
      ...rule.assert.map((clause, index) => ['assert', index, clause] as const),
    ];
    const problemsOfClauses = clauses.flatMap(([part, index, clause]) =>
      checkExpression(clause.that as Expression, [part, index, 'that'], scope).map(
        ({ path, message }) => `${rule.file}: ${path.join('.')}: ${message}`,
      ),
    );
    return [...problemsOfClauses, ...unknown];
  });
  if (problems.length > 0) throw new HeadgateError('rule-invalid', problems.join('\n'));
}
