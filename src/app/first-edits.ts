import type { ResourceGraph } from '../model/resource-graph.ts';
import { severities, type Rule, type RuleSet, type Severity } from '../model/rule.ts';
import { snippetFor } from '../model/fix-words.ts';
import type { Edit, Evaluation } from '../model/scan-result.ts';

/** Edits that a result names, at most. */
const editsLimit = 10;

/** Findings that one edit removes, while they are gathered. */
interface Draft {
  readonly title: string;
  readonly snippet?: NonNullable<Edit['snippet']>;
  readonly where?: string;
  readonly findings: Evaluation[];
  readonly rules: Set<string>;
  readonly names: Set<string>;
}

/**
 * The edits of the source that remove most open failures, best first: a setting that SAM shares between functions or
 * APIs, one thing that several rules ask for, or the fix of one rule, in one file, application or account. Each
 * failure counts for one edit.
 */
export function firstEdits(
  evaluations: readonly Evaluation[],
  graph: ResourceGraph,
  { rules }: Pick<RuleSet, 'rules'>,
): readonly Edit[] {
  const byId = new Map(rules.map((rule) => [rule.id, rule]));
  const drafts = new Map<string, Draft>();
  for (const evaluation of evaluations) {
    if (evaluation.verdict !== 'fail' || evaluation.waiver !== undefined) continue;
    const rule = byId.get(evaluation.ruleId);
    if (rule === undefined) continue;
    const { title, snippet, where } = describe(evaluation, rule, graph);
    const key = JSON.stringify([where, title]);
    const draft = drafts.get(key) ?? {
      title,
      ...(snippet === undefined ? {} : { snippet }),
      ...(where === undefined ? {} : { where }),
      findings: [],
      rules: new Set(),
      names: new Set(),
    };
    drafts.set(key, draft);
    draft.findings.push(evaluation);
    draft.rules.add(rule.id);
    draft.names.add(evaluation.resource.declaredName ?? evaluation.resource.name);
  }
  return [...drafts.values()].map(finish).sort(mostFirst).slice(0, editsLimit);
}

function describe(
  { resource, location }: Evaluation,
  rule: Rule,
  graph: ResourceGraph,
): Pick<Draft, 'title' | 'snippet' | 'where'> {
  const { fix } = rule;
  const snippet = snippetFor(fix, resource, location?.file);
  // An application is edited where its constructs are made, an account where it stands.
  const where =
    resource.constructPath !== undefined
      ? undefined
      : (location?.file ?? ([resource.account, resource.region].filter(Boolean).join(' ') || undefined));
  const at = where === undefined ? {} : { where };
  const shared = sharedSetting(fix.sam, resource.declaredType?.replace('AWS::Serverless::', '') ?? '');
  const declared = graph.byId(resource.id.split('#')[0] ?? '');
  const isReached = shared !== undefined && declared?.declaredProperties?.includes(shared.property) !== true;
  if (fix.together !== undefined) return { title: fix.together, ...at };
  if (shared !== undefined && isReached)
    return { title: shared.title, ...(snippet === undefined ? {} : { snippet }), ...at };
  // What the resource sets itself wins over what is shared, and is where to set it.
  if (shared !== undefined)
    return { title: `Set \`${shared.property}\` where these resources set it`, snippet: shared.own, ...at };
  return { title: fix.text.trim(), ...(snippet === undefined ? {} : { snippet }), ...at };
}

interface SharedSetting {
  readonly property: string;
  readonly title: string;
  /** The same in the properties of a resource. */
  readonly own: NonNullable<Edit['snippet']>;
}

/** What a fix sets in a section of `Globals` of SAM, as one line where it is one. */
function sharedSetting(sam: string | undefined, section: string): SharedSetting | undefined {
  if (sam?.startsWith('Globals:\n') !== true) return undefined;
  const lines = sam.split('\n');
  const start = lines.indexOf(`  ${section}:`) + 1;
  const [, property, value = ''] = /^ {4}(\w+):(.*)/.exec(start === 0 ? '' : (lines[start] ?? '')) ?? [];
  if (property === undefined) return undefined;
  const end = lines.findIndex((line, at) => at > start && !line.startsWith('      '));
  const block = lines.slice(start, end < 0 ? undefined : end).map((line) => line.slice(2));
  return {
    property,
    title: `Set \`Globals: ${section}: ${property}:${value.replace(/\s+#.*$/, '')}\``,
    own: { language: 'SAM', text: ['Properties:', ...block].join('\n').trimEnd() },
  };
}

function finish({ findings, rules, names, ...draft }: Draft): Edit {
  return {
    ...draft,
    severity: gravest(findings.map(({ severity }) => severity)),
    findings: findings.length,
    rules: [...rules].sort(),
    resources: [...names].sort(),
  };
}

function gravest(of: readonly Severity[]): Severity {
  return severities.find((severity) => of.includes(severity)) ?? 'info';
}

function mostFirst(a: Edit, b: Edit): number {
  const byCount = b.findings - a.findings;
  if (byCount !== 0) return byCount;
  const bySeverity = severities.indexOf(a.severity) - severities.indexOf(b.severity);
  if (bySeverity !== 0) return bySeverity;
  const [left, right] = [a, b].map(({ where = '', title }) => `${where}\n${title}`);
  return (left ?? '') < (right ?? '') ? -1 : 1;
}
