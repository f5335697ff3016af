import type { EditChange, Rule, RuleEdit } from '../model/rule.ts';

/** What an edit of a rule does, one phrase for each change, for people. */
export function describeEdit({ changes }: Pick<RuleEdit, 'changes'>): string {
  return changes.map(describeChange).join(', ');
}

function describeChange(change: EditChange): string {
  if ('add' in change) return `adds \`${String(change.resource['Type'])}\``;
  const where = change.on === undefined ? '' : ` of \`${change.on}\``;
  if ('append' in change) return `adds to \`${change.append}\`${where}`;
  return `sets \`${change.set}\`${where}${describeValue(change.to)}`;
}

function describeValue(value: unknown): string {
  if (typeof value === 'object' && value !== null)
    return 'compute' in value ? ' to the value that the graph requires' : '';
  const [, parameter] = /^\{parameter\.(\w+)\}$/.exec(String(value)) ?? [];
  return parameter === undefined ? ` to \`${cut(String(value))}\`` : ` to the parameter \`${parameter}\``;
}

function cut(text: string): string {
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}

/** The section of a rule's page that says what `headgate fix` does; empty where it does nothing. */
export function editsSection({ edits = [] }: Rule['fix']): string {
  if (edits.length === 0) return '';
  const lines = edits.map((edit) => {
    const { safety, because } = edit;
    return `- ${safety}: ${describeEdit(edit)}${because === undefined ? '' : `. ${because[0]?.toUpperCase() ?? ''}${because.slice(1)}`}.\n`;
  });
  return `\n[\`headgate fix\`](../fix.md) edits templates:\n\n${lines.join('')}`;
}

/** What `headgate fix` does for each rule. */
export function fixesPage(rules: readonly Rule[]): string {
  const fixed = rules.filter(({ fix }) => fix.edits !== undefined);
  const rows = fixed.flatMap(({ id, severity, fix, examples }) =>
    (fix.edits ?? []).map((edit) => {
      const { safety, clauses, because = '' } = edit;
      const failing = examples.filter(({ verdict }) => verdict === 'fail').length;
      return `| [${id}](rules/${id}.md) | ${severity} | ${safety} | ${clauses?.join(', ') ?? 'all'} | ${cell(describeEdit(edit))} | ${cell(because)} | ${failing} |`;
    }),
  );
  const safe = fixed.filter(({ fix }) => fix.edits?.some(({ safety }) => safety === 'safe') === true);
  return `# Edits of each rule

Find out what \`headgate fix\` changes for each rule. Generated from \`fix.edits\` in the rule files. [Fix templates](fix.md) describes how an edit is made, and when it is not.

${fixed.length} of ${rules.length} rules have edits, and ${safe.length} of these have a safe edit. Each edit fixes at least one failing example of its rule, in
YAML and in JSON, without a new finding. A second run changes nothing. \`headgate rules test\` makes all of these edits.

| rule | severity | edit | clauses | change | before you accept it | failing examples |
| --- | --- | --- | --- | --- | --- | --- |
${rows.join('\n')}
`;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
