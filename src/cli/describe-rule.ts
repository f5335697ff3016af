import { stringify } from 'yaml';
import { snippetsOf, type Snippet } from '../model/fix-words.ts';
import type { Rule, RuleExample } from '../model/rule.ts';

/** A heading and its text. */
export type Section = readonly [heading: string, text: string];

/** Everything about a rule as text: why, fix and examples first, its logic last. */
export function describeRule(rule: Rule): string {
  const { id, title, severity, level, requirement, file, why, when, assert, parameters, references } = rule;
  const example = (verdict: RuleExample['verdict'], heading: string): Section[] =>
    rule.examples
      .filter((candidate) => candidate.verdict === verdict)
      .toSorted((a, b) => sizeOf(a) - sizeOf(b))
      .slice(0, 1)
      .map(({ name, template }) => [`${heading}: ${name}`, stringify(template)]);
  const sections: readonly Section[] = [
    ['Why', why],
    ...describeFix(rule.fix),
    ...example('fail', 'Fails'),
    ...example('pass', 'Passes'),
    ['Applies to', rule.appliesTo.join(', ')],
    ['When', when.length === 0 ? 'always' : stringify(when)],
    ['Asserts', stringify(assert)],
    ['Parameters', Object.keys(parameters).length === 0 ? 'none' : stringify(parameters)],
    ['Controls', describeControls(rule)],
    ['References', references.length === 0 ? 'none' : references.join('\n')],
  ];
  return `${id}: ${title}\n${severity}, level ${level}; checks ${requirement}; ${file}\n\n${describeSections(sections)}`;
}

/** The smallest example says most. */
function sizeOf({ template }: RuleExample): number {
  return JSON.stringify(template).length;
}

/** The fix in words, and as it is written in each source, or in the one given. */
export function describeFix(fix: Rule['fix'], own?: Snippet): Section[] {
  const snippets = own === undefined ? snippetsOf(fix) : [own];
  return [['Fix', fix.text], ...snippets.map(({ language, text }): Section => [`Fix in ${language}`, text])];
}

function describeControls({ controls }: Rule): string {
  if (controls.length === 0) return 'none';
  return controls
    .map(
      ({ framework, id, source }) =>
        `${framework} ${id} (${source === 'aws' ? "AWS's mapping" : 'our mapping'})`,
    )
    .join('\n');
}

/** Sections with indented texts, an empty line between them. */
export function describeSections(sections: readonly Section[]): string {
  const indented = (text: string): string =>
    text
      .trimEnd()
      .split('\n')
      .map((line) => `  ${line}`.trimEnd())
      .join('\n');
  return sections.map(([heading, text]) => `${heading}\n${indented(text)}\n`).join('\n');
}
