import { HeadgateError } from '../model/headgate-error.ts';
import type { Expression, Rule, RuleEdit } from '../model/rule.ts';
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
    const edits = (rule.fix.edits ?? []).flatMap((edit) =>
      relationsOf(edit)
        .filter((name) => !relations.has(name))
        .map((name) => `${rule.file}: fix.edits: no relation is called \`${name}\``),
    );
    const problemsOfClauses = clauses.flatMap(([part, index, clause]) =>
      checkExpression(clause.that as Expression, [part, index, 'that'], scope).map(
        ({ path, message }) => `${rule.file}: ${path.join('.')}: ${message}`,
      ),
    );
    return [...problemsOfClauses, ...unknown, ...edits];
  });
  if (problems.length > 0) throw new HeadgateError('rule-invalid', problems.join('\n'));
}

/** Every relation that an edit goes along. */
export function relationsOf({ needs = {}, changes }: Pick<RuleEdit, 'needs' | 'changes'>): readonly string[] {
  const paths = [
    ...Object.values(needs).flatMap(({ related }) => related ?? []),
    ...changes.flatMap((change) => ('add' in change ? [] : (change.on ?? []))),
    ...changes.flatMap((change) => steps('set' in change ? change.to : undefined)),
  ];
  return paths.flatMap((path) => path.split('.'));
}

/** Relations along which a number is worked out. */
function steps(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  const { over = [] } = value as { readonly over?: readonly { readonly related: string }[] };
  return [...over.map(({ related }) => related), ...Object.values(value).flatMap(steps)];
}
