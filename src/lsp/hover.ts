import { MarkupKind, type Hover, type Position } from 'vscode-languageserver/node';
import { truncate } from '../app/findings.ts';
import { rangeOf } from './diagnostics.ts';
import type { EditorFinding, EditorView } from './view.ts';

/** Findings that a hover explains; more are counted. */
const shownFindings = 4;
const shownEvidence = 12;
const textLimit = 600;

/** Findings of a file whose range holds a position. */
export function findingsAt(
  findings: readonly EditorFinding[],
  file: string,
  { line, character }: Position,
): EditorFinding[] {
  return findings.filter(({ location }) => {
    if (location.file !== file) return false;
    const { start, end } = rangeOf(location);
    return start.line === line && start.character <= character && character <= end.character;
  });
}

/** Why and evidence of the findings at a position; undefined where there are none. */
export function hoverOf(
  { rules }: EditorView,
  found: readonly EditorFinding[],
  markdown: boolean,
): Hover | undefined {
  const [first] = found;
  if (first === undefined) return undefined;
  const words = markdown ? asMarkdown : asText;
  const parts = found.slice(0, shownFindings).map((finding) => explain(finding, rules, words));
  const more = found.length - shownFindings;
  if (more > 0) parts.push(words.text(`And ${more} more here; the list of problems has all.`));
  return {
    contents: {
      kind: markdown ? MarkupKind.Markdown : MarkupKind.PlainText,
      value: parts.join(markdown ? '\n\n---\n\n' : '\n\n'),
    },
    range: rangeOf(first.location),
  };
}

interface Words {
  readonly text: (text: string) => string;
  readonly strong: (text: string) => string;
  readonly code: (text: string) => string;
  readonly block: (language: string, text: string) => string;
  readonly link: (text: string, href: string) => string;
}

/** What comes from files may hold anything, and is shown as it is written. */
const asMarkdown: Words = {
  text: (text) => text.replace(/[\\`*_{}[\]<>()#+\-.!|~&$]/g, '\\$&'),
  strong: (text) => `**${asMarkdown.text(text)}**`,
  code: (text) => `\`${text.replaceAll('`', "'")}\``,
  block: (language, text) => `\`\`\`${language}\n${text.replaceAll('```', "'''")}\n\`\`\``,
  link: (text, href) => `[${asMarkdown.text(text)}](${href})`,
};

const asText: Words = {
  text: (text) => text,
  strong: (text) => text,
  code: (text) => text,
  block: (_language, text) => text,
  link: (text, href) => `${text}: ${href}`,
};

const languages: Readonly<Record<string, string>> = {
  CloudFormation: 'yaml',
  SAM: 'yaml',
  Terraform: 'hcl',
  CDK: 'typescript',
  'AWS CLI': 'sh',
};

function explain(finding: EditorFinding, rules: EditorView['rules'], words: Words): string {
  const { ruleId, severity, verdict, message, reason, evidence, snippet, flows } = finding;
  const rule = rules[ruleId];
  const verdictText = verdict === 'fail' ? 'failed' : finding.mayFail ? 'may fail' : 'unknown';
  const holds = { true: 'as expected', false: 'not as expected', unknown: 'unknown' } as const;
  const lines = evidence
    .slice(0, shownEvidence)
    .map((each) => `- ${words.text(`${truncate(each.text, 300)} (${holds[`${each.holds}`]})`)}`);
  const hidden = evidence.length - lines.length;
  return [
    `${words.strong(rule?.title ?? ruleId)} (${words.code(ruleId)}, ${severity}, ${verdictText})`,
    words.text(truncate(message, textLimit)),
    ...(reason === undefined || message.includes(reason) ? [] : [words.text(truncate(reason, textLimit))]),
    ...(lines.length === 0
      ? []
      : [
          `${words.strong('Checked on')}\n\n${[...lines, ...(hidden > 0 ? [`- and ${hidden} more`] : [])].join('\n')}`,
        ]),
    ...(rule === undefined || rule.why === ''
      ? []
      : [`${words.strong('Why')}: ${words.text(oneLine(rule.why))}`]),
    ...(rule === undefined || rule.fix === ''
      ? []
      : [`${words.strong('Fix')}: ${words.text(oneLine(rule.fix))}`]),
    ...(snippet === undefined ? [] : [words.block(languages[snippet.language] ?? '', snippet.text)]),
    ...(flows.length === 0 ? [] : [`${words.strong('Flows')}: ${words.text(flows.slice(0, 5).join('; '))}`]),
    ...(rule?.link === undefined ? [] : [words.link('Reference', rule.link)]),
  ].join('\n\n');
}

function oneLine(text: string): string {
  return truncate(text.replace(/\s+/g, ' ').trim(), textLimit);
}
