import { relationNames } from '../graph/relation-names.ts';
import type { ResourceGraph } from '../model/resource-graph.ts';
import type { Diagnostic } from '../model/scan-result.ts';
import { wildcardMatches } from '../model/wildcard.ts';
import { nearest } from '../rules/nearest.ts';
import type { OutsideFact } from '../rules/read-config.ts';

/** Facts of headgate.yaml that change nothing, each with the nearest word that would. */
export function idleFacts(facts: readonly OutsideFact[], graph: ResourceGraph): Diagnostic[] {
  return facts.flatMap((fact) => {
    const problems = problemsOf(fact, graph);
    if (problems.length === 0) return [];
    return {
      code: 'outside-without-effect',
      severity: 'warning' as const,
      message: `The \`outside\` fact for \`${fact.relation}\` of \`${fact.resource}\` has no effect: ${problems.join('; ')}.`,
      where: 'headgate.yaml',
      blocks: [],
    };
  });
}

function problemsOf(fact: OutsideFact, graph: ResourceGraph): string[] {
  const problems: string[] = [];
  if (!graph.hasRelation(fact.relation))
    problems.push(`unknown relation \`${fact.relation}\`${hint(fact.relation, [...relationNames()])}`);
  const names = graph.resources.flatMap(({ id, name }) => [id, name]);
  if (!names.some((name) => wildcardMatches(fact.resource, name)))
    problems.push(
      `no resource matches \`${fact.resource}\`${hint(fact.resource.replace(/^\*\//, ''), names.slice(0, 2000))}`,
    );
  if (fact.absent !== true && fact.target === undefined)
    problems.push('it has neither `target` nor `absent: true`');
  if (fact.target !== undefined && !/^[A-Za-z0-9]+(?:::[A-Za-z0-9]+)+$/.test(fact.target.type))
    problems.push(`\`${fact.target.type}\` is not a resource type`);
  return problems;
}

function hint(word: string, words: readonly string[]): string {
  const meant = nearest(word, words);
  return meant === undefined ? '' : `; did you mean \`${meant}\`?`;
}
