import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { loadRuleSet } from '../app/load-rule-set.ts';
import { snippetFor } from '../model/fix-words.ts';
import { HeadgateError } from '../model/headgate-error.ts';
import type { Evaluation, ScanResult } from '../model/scan-result.ts';
import { describeWhere } from '../report/findings.ts';
import { plural, singleLine } from '../report/plain-text.ts';
import { readConfigIn } from '../rules/read-config.ts';
import { nearest } from '../rules/nearest.ts';
import { describeFix, describeRule, describeSections, type Section } from './describe-rule.ts';
import { readResult } from './read-result.ts';
import type { Surroundings } from './surroundings.ts';

/** Options of `headgate explain`. */
export interface ExplainOptions {
  readonly rules: readonly string[];
  readonly config?: string;
  readonly result: string;
}

/** Beginnings of fingerprints that are long enough to mean one. */
const fingerprint = /^[0-9a-f]{6,64}$/;

/**
 * `headgate explain`: a rule by its id, or a finding of a saved result by its fingerprint.
 * @throws HeadgateError `rule-unknown`, `finding-unknown`, `result-invalid`.
 */
export async function explain(
  word: string,
  options: ExplainOptions,
  surroundings: Surroundings,
): Promise<void> {
  const { cwd, stdout } = surroundings;
  if (fingerprint.test(word)) {
    stdout.write(await explainFinding(word, options, cwd));
    return;
  }
  const config = await readConfigIn(cwd, options.config);
  const selection = {
    folders: options.rules,
    rule: [],
    flow: [],
    level: 'reference',
    examples: true,
  } as const;
  const { rules } = await loadRuleSet({ ...config, rules: {}, overrides: [] }, selection, cwd);
  const rule = rules.find(({ id }) => id === word);
  if (rule === undefined) {
    const meant = nearest(
      word,
      rules.map(({ id }) => id),
    );
    throw new HeadgateError(
      'rule-unknown',
      `Unknown rule \`${word}\`${meant === undefined ? ';' : `; did you mean \`${meant}\`?`} \`headgate rules list\` lists all rules. To explain a finding, give its fingerprint.`,
    );
  }
  stdout.write(describeRule(rule));
}

async function explainFinding(word: string, { result: file }: ExplainOptions, cwd: string): Promise<string> {
  if (!existsSync(resolve(cwd, file)))
    throw new HeadgateError(
      'result-invalid',
      `There is no saved result \`${file}\`; write one with \`headgate scan <path> --report json=${file}\`, or select another file with --result.`,
      { file },
    );
  const isMeant = ({ fingerprint }: Evaluation): boolean => fingerprint.startsWith(word);
  const result = await readResult(file, cwd, {
    evaluations: (evaluation) => (isMeant(evaluation) ? evaluation : undefined),
  });
  const found = result.evaluations.filter(isMeant);
  const [first, ...others] = found;
  if (first === undefined)
    throw new HeadgateError(
      'finding-unknown',
      `\`${file}\` has no finding with the fingerprint \`${word}\`; scan again, or select another file with --result.`,
      { file },
    );
  if (others.length > 0)
    throw new HeadgateError(
      'finding-unknown',
      `${plural(found.length, 'finding')} of \`${file}\` begin with \`${word}\`; write more of the fingerprint: ${found
        .slice(0, 5)
        .map((each) => each.fingerprint)
        .join(', ')}.`,
      { file },
    );
  return describeFinding(first, result);
}

const verdicts = {
  fail: 'Failed',
  pass: 'Passed',
  unknown: 'Unknown',
  notApplicable: 'Not applicable',
} as const;

function describeFinding(finding: Evaluation, { ruleSet, flows }: ScanResult): string {
  const { ruleId, verdict, severity, message, reason, evidence, related, waiver, resource } = finding;
  const rule = ruleSet.rules.find(({ id }) => id === ruleId);
  const inFlows = flows.filter(({ id }) => finding.flows.includes(id));
  const holds = { true: 'yes', false: 'no', unknown: 'unknown' } as const;
  const sections: Section[] = [
    [
      `${verdicts[verdict]} (${severity})`,
      [message, ...(reason === undefined ? [] : [reason])].map(singleLine).join('\n'),
    ],
    [
      'Where',
      [
        describeWhere(finding),
        ...(resource.sourceLine === undefined ? [] : [`from ${resource.sourceLine}`]),
      ].join('\n'),
    ],
    ...(evidence.length === 0
      ? []
      : [
          [
            'Checked on',
            evidence
              .map(
                ({ what, value, expected, holds: how }) =>
                  `${what}: ${value}; expected: ${expected} (${holds[`${how}`]})`,
              )
              .join('\n'),
          ] as const,
        ]),
    ...(rule === undefined
      ? []
      : ([
          ['Why', rule.why],
          ...describeFix(rule.fix, snippetFor(rule.fix, resource, finding.location?.file)),
        ] as const)),
    ...(related.length === 0
      ? []
      : [['Together with', related.map(({ name, type }) => `${name} (${type})`).join('\n')] as const]),
    ...(inFlows.length === 0
      ? []
      : [['Flows', inFlows.map(({ title, entry }) => `${title}: ${entry.name}`).join('\n')] as const]),
    waiver === undefined
      ? ([
          'To accept it',
          `See docs/waivers.md; in a YAML template: # headgate:ignore ${ruleId} <reason>`,
        ] as const)
      : (['Waived', `${waiver.reason} (${waiver.source})`] as const),
  ];
  return `${ruleId} on ${singleLine(resource.name)} (${resource.type})\nfingerprint ${finding.fingerprint}\n\n${describeSections(sections)}`;
}
