import { stringify } from 'yaml';
import type { Requirement, Rule } from '../model/rule.ts';
import type { RuleSources } from './apply-config.ts';
import { editsSection } from './fix-pages.ts';
import type { PeerCheck, PeerChecks } from './peer-checks.ts';
import { keywords, quantifierMembers, sourceKeywords, type Keyword } from './vocabulary.ts';

/** What the operators page tells of a relation. */
export interface RelationDoc {
  readonly name: string;
  readonly inverse: string;
  readonly from: readonly string[];
  readonly to: readonly string[];
  readonly path: string;
}

const frameworkNames: Readonly<Record<string, string>> = {
  'aws-fsbp': 'AWS Foundational Security Best Practices',
  'security-hub': 'AWS Security Hub CSPM, outside of the Foundational Security Best Practices',
  'nist-800-53-r5': 'NIST SP 800-53 rev. 5',
  'aws-config': 'AWS Config managed rule',
  'pci-dss-4.0': 'PCI DSS 4.0',
  'wa-serverless': 'Well-Architected Serverless Lens',
};

const verdictNames = {
  pass: 'Passes',
  fail: 'Fails',
  unknown: 'Unknown',
  notApplicable: 'Not applicable',
} as const;

function fence(text: string, language: string): string {
  return `\`\`\`${language}\n${text.trimEnd()}\n\`\`\`\n`;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}

function fixSection(fix: Rule['fix']): string {
  const parts: [string, string | undefined, string][] = [
    ['CloudFormation', fix.cloudformation, 'yaml'],
    ['SAM', fix.sam, 'yaml'],
    ['Terraform', fix.terraform, 'hcl'],
    ['CDK', fix.cdk, 'ts'],
    ['AWS CLI', fix.cli, 'sh'],
  ];
  return [
    `${fix.text.trim()}\n`,
    ...parts.flatMap(([title, text, language]) =>
      text === undefined ? [] : [`${title}:\n\n${fence(text, language)}`],
    ),
  ].join('\n');
}

function parametersSection(rule: Rule): string {
  const rows = Object.entries(rule.parameters).map(
    ([name, { type, default: standard, minimum, maximum, unit, description }]) => {
      const bounds = [minimum, maximum].some((bound) => bound !== undefined)
        ? `${minimum ?? ''}…${maximum ?? ''}`
        : '';
      return `| \`${name}\` | ${type}${unit === undefined ? '' : ` (${unit})`} | \`${JSON.stringify(standard)}\` | ${bounds} | ${cell(description)} |`;
    },
  );
  return rows.length === 0
    ? ''
    : `## Parameters\n\n| name | type | default | bounds | meaning |\n| --- | --- | --- | --- | --- |\n${rows.join('\n')}\n\n`;
}

function controlsSection(rule: Rule): string {
  if (rule.controls.length === 0) return '';
  const rows = rule.controls.map(
    ({ framework, id, source }) =>
      `| ${frameworkNames[framework] ?? framework} | ${id} | ${source === 'aws' ? 'AWS' : 'Headgate'} |`,
  );
  return `## Framework controls\n\n| framework | control | mapped by |\n| --- | --- | --- |\n${rows.join('\n')}\n\n`;
}

function examplesSection(rule: Rule): string {
  return rule.examples
    .map(
      ({ name, verdict, on, template }) =>
        `### ${verdictNames[verdict]}: ${name}\n\n${on === undefined ? '' : `Checked on \`${on}\`.\n\n`}${fence(stringify(template), 'yaml')}`,
    )
    .join('\n');
}

/** A message as it reads without a resource: what is filled in is named instead. */
function withoutPlaceholders(message: string): string {
  return message
    .replaceAll('{name}', 'the resource')
    .replaceAll('{type}', 'the resource type')
    .replaceAll(/\{(?:value:|parameter\.)([^}]*)\}/g, '`$1`');
}

/** The page of one rule, rendered from its file alone. */
export function rulePage(rule: Rule): string {
  const references =
    rule.references.length === 0
      ? ''
      : `## References\n\n${rule.references.map((url) => `- <${url}>\n`).join('')}\n`;
  const when = rule.when.map(({ otherwise }) => `- ${withoutPlaceholders(otherwise)}\n`).join('');
  return `# ${rule.id}

${rule.title}.

| | |
| --- | --- |
| Severity | ${rule.severity} |
| Level | ${rule.level} |
| Checks | [${rule.requirement}](../requirements.md) ${rule.decides === 'config' ? 'from configuration' : `by weighing evidence (${rule.decides})`} |
| Applies to | ${rule.appliesTo.map((type) => `\`${type}\``).join(', ')} |
| Flows | ${rule.flows.join(', ') || 'all'} |
| Waivable | ${rule.waivable ? 'yes, with a reason' : 'never'} |
| Source | [${rule.file}](../../${rule.file}) |

## Why

${rule.why.trim()}

## How to fix

${fixSection(rule.fix)}${editsSection(rule.fix)}
${when === '' ? '' : `## Not applicable when\n\n${when}\n`}${parametersSection(rule)}${controlsSection(rule)}## Examples

${examplesSection(rule)}
${references}`
    .trimEnd()
    .concat('\n');
}

/** Index of all rule pages. */
export function indexPage(rules: readonly Rule[]): string {
  const rows = rules.map(
    ({ id, severity, title, flows }) =>
      `| [${id}](${id}.md) | ${severity} | ${flows.join(', ') || 'all'} | ${cell(title)} |`,
  );
  return `# Rules\n\n${rules.length} rules. Each page is rendered from the rule's own file; its examples are the rule's tests.\n\n| rule | severity | flows | requirement |\n| --- | --- | --- | --- |\n${rows.join('\n')}\n`;
}

/** Traceability: each statement of the reference document, the rules that decide it, and their framework controls. */
export function requirementsPage({ requirements, rules }: RuleSources): string {
  const rowOf = ({ id, says, decide, source }: Requirement): string => {
    const own = rules.filter((rule) => rule.requirement === id);
    const links = own.map((rule) => `[${rule.id}](rules/${rule.id}.md)`).join('<br>');
    const controls = [
      ...new Set(
        own.flatMap((rule) => rule.controls.map(({ framework, id: control }) => `${framework}: ${control}`)),
      ),
    ].join('<br>');
    return `| \`${id}\` | ${cell(says)} | ${source === undefined ? '' : `${cell(source)} | `}${decide} | ${links} | ${cell(controls)} |`;
  };
  const rows = requirements.filter(({ catalogue }) => catalogue === undefined).map(rowOf);
  const more = requirements.filter(({ catalogue }) => catalogue === 'more').map(rowOf);
  return `# Requirements\n\nFind the rules and framework controls for each statement of the reference diagrams. The column *evidence* shows what a rule reads.\n\`config\`: the configuration. \`account\`: only a live account. \`code\`, \`procedure\`: signs in code and configuration; without a sign the verdict is unknown.\n\n| requirement | statement of the document | evidence | rules | controls |\n| --- | --- | --- | --- | --- |\n${rows.join('\n')}\n\n## Beyond the reference diagrams\n\nStatements of the second catalog. They are about what surrounds a flow, and each has the source of its advice.\n\n| requirement | statement | source | evidence | rules | controls |\n| --- | --- | --- | --- | --- | --- |\n${more.join('\n')}\n`;
}

function keywordRows(list: readonly Keyword[]): string {
  return list
    .map(({ name, summary, example }) => `### \`${name}\`\n\n${summary}\n\n${fence(example, 'yaml')}`)
    .join('\n');
}

/** Every word of the expression language and every relation. */
export function operatorsPage(relations: readonly RelationDoc[]): string {
  const byRole = (role: Keyword['role']): string =>
    keywordRows(keywords.filter((keyword) => keyword.role === role));
  const members = Object.entries(quantifierMembers).map(([name, summary]) => `| \`${name}\` | ${summary} |`);
  const rows = relations.map(
    ({ name, inverse, from, to, path }) =>
      `| \`${name}\` | \`${inverse}\` | ${from.join('<br>')} | ${to.join('<br>')} | ${path === '' ? '' : `\`${path}\``} |`,
  );
  return `# Operators and relations

Look up the words of the rule language. [Write rules](writing-rules.md) explains how to use them. This page is generated from the definitions
that the schema and the evaluator share.

## Forms

${byRole('form')}
## Predicates

${byRole('predicate')}
## Details of forms

${byRole('modifier')}
## Sources of a quantifier

${keywordRows(sourceKeywords)}
| member | meaning |
| --- | --- |
${members.join('\n')}

## Relations

| relation | inverse | from | to | property |
| --- | --- | --- | --- | --- |
${rows.join('\n')}
`;
}

/** Which statements other tools can decide (rules/data/peer-coverage.yaml). */
export interface PeerCoverage {
  readonly asOf: string;
  readonly tools: Readonly<Record<string, string>>;
  readonly coverage: Readonly<Record<string, readonly string[]>>;
}

/** What other tools can decide of the same statements, and what only Headgate can. */
export function comparisonPage(
  { requirements, rules }: RuleSources,
  { asOf, tools, coverage }: PeerCoverage,
  checks: PeerChecks,
): string {
  const names = Object.keys(tools);
  const mark = (id: string, tool: string): string => {
    const found = coverage[id] ?? [];
    return found.includes(tool) ? 'yes' : found.includes(`~${tool}`) ? 'part' : '';
  };
  const decided = requirements.filter(
    ({ id, catalogue }) => catalogue === undefined && rules.some((rule) => rule.requirement === id),
  );
  const rows = decided.map(({ id }) => `| \`${id}\` | ${names.map((tool) => mark(id, tool)).join(' | ')} |`);
  const only = decided.filter(({ id }) => coverage[id] === undefined);
  const totals = names.map(
    (tool) =>
      `| ${tools[tool] ?? tool} | ${decided.filter(({ id }) => mark(id, tool) === 'yes').length} | ${decided.filter(({ id }) => mark(id, tool) === 'part').length} |`,
  );
  return `# Comparison and migration

Move from another tool in three steps:

\`\`\`sh
headgate scan .                # see the findings of Headgate
headgate migrate .             # write waivers for what the other tool accepts
headgate scan .                # with \`waivers: headgate.waivers.yaml\` in headgate.yaml
\`\`\`

\`headgate migrate\` reads the suppressions of Checkov, Trivy, KICS, cfn_nag, Guard and cdk-nag. They can be in comments and Metadata of templates,
and in comments of Terraform sources. It also reads \`.checkov.yaml\`, \`.trivyignore\`, \`.trivyignore.yaml\`, a deny list of cfn_nag, and
\`kics.config\` or \`kics.yaml\`. It writes a waiver for each open finding of the rules that replace the check, with the reason and
expiry date of the suppression. It lists the suppressions without a counterpart. It replaces an existing waivers file only with \`--force\`.

## Check by check

These rules replace the checks of other tools, as of ${checks.asOf}. *stricter*: the rule requires more. *looser*: it requires less, or checks fewer resources.

${Object.entries(checks.tools)
  .map(([tool, name]) => `### ${name}\n\n${checkRows(checks.checks[tool] ?? {})}`)
  .join('\n\n')}

## Statements of the reference diagrams

The table shows which statements of the reference diagrams other tools can check, according to their sources and documentation as of ${asOf}.
*part*: the tool checks another condition, one of several resource types, or a single resource if the statement is about a relation.

| tool | checks | in part |
| --- | --- | --- |
${totals.join('\n')}
| Headgate | ${decided.length} | |

### Checked only by Headgate

${only.map(({ id, says }) => `- \`${id}\`: "${says}"\n`).join('')}
### Statement by statement

| statement | ${names.join(' | ')} |
| --- | ${names.map(() => '---').join(' | ')} |
${rows.join('\n')}
`;
}

function checkRows(checks: Readonly<Record<string, PeerCheck>>): string {
  const rows = Object.entries(checks).map(
    ([id, { about, rules, is, note }]) =>
      `| \`${id}\` | ${about} | ${(rules ?? []).map((rule) => `[${rule}](rules/${rule}.md)`).join('<br>')} | ${is}${note === undefined ? '' : `: ${note}`} |`,
  );
  return `| check | about | rule | compared |\n| --- | --- | --- | --- |\n${rows.join('\n')}`;
}

/** Controls of the AWS Foundational Security Best Practices standard (rules/data/fsbp.yaml). */
export interface FsbpControls {
  readonly asOf: string;
  readonly source: string;
  /** Prefixes of the controls in scope, with the name of the service. */
  readonly services: Readonly<Record<string, string>>;
  readonly controls: Readonly<
    Record<string, { readonly about: string; readonly notApplicable?: string; readonly outOfScope?: string }>
  >;
}

/** Rules by the control of the standard that they name. */
export function rulesByFsbpControl(rules: readonly Rule[]): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const rule of rules)
    for (const { framework, id } of rule.controls)
      if (framework === 'aws-fsbp') found.set(id, [...(found.get(id) ?? []), rule.id]);
  return found;
}

/** Every control of the standard for the services of request flows, and what Headgate says of it. */
export function fsbpPage({ rules }: RuleSources, { asOf, source, services, controls }: FsbpControls): string {
  const named = rulesByFsbpControl(rules);
  const entries = Object.entries(controls);
  const decided = entries.filter(([id]) => named.has(id)).length;
  const count = (why: 'notApplicable' | 'outOfScope'): number =>
    entries.filter(([id, control]) => !named.has(id) && control[why] !== undefined).length;
  const rows = (prefix: string): string =>
    entries
      .filter(([id]) => id.startsWith(`${prefix}.`))
      .map(([id, { about, notApplicable, outOfScope }]) => {
        const by = (named.get(id) ?? []).map((rule) => `[${rule}](rules/${rule}.md)`).join('<br>');
        const why =
          notApplicable === undefined
            ? `out of scope: ${outOfScope ?? ''}`
            : `not applicable: ${notApplicable}`;
        return `| ${id} | ${about} | ${by === '' ? why : by} |\n`;
      })
      .join('');
  return `# Security Hub controls

See which rule checks each control of the [AWS Foundational Security Best Practices standard](${source}), or why no rule does. The page
lists the ${entries.length} controls for the services of request flows, as of ${asOf}.

| result | controls |
| --- | --- |
| checked by a rule | ${decided} |
| not applicable to a request flow | ${count('notApplicable')} |
| out of scope: for accounts, for people, or for services that are not in the diagrams | ${count('outOfScope')} |
| total | ${entries.length} of ${entries.length} |

The list was made from a copy of the AWS page, so controls that AWS added later can be missing. A rule can require more than the control,
or apply to fewer resources: see its page. \`headgate audit\` publishes findings under the rule IDs, not under the control IDs.

${Object.entries(services)
  .map(
    ([prefix, name]) =>
      `## ${name}\n\n| control | requirement | checked by |\n| --- | --- | --- |\n${rows(prefix)}`,
  )
  .join('\n')}`;
}
