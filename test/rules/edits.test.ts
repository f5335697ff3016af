import { describe, expect, it } from '@jest/globals';
import { stringify } from 'yaml';
import { runEdits, type WriteTemplate } from '../../src/app/edit-examples.ts';
import { loadRuleSet } from '../../src/app/load-rule-set.ts';

// The edits of all rules, made in the rules' failing examples: in indented YAML, and in JSON on one line.

const ruleSet = await loadRuleSet(
  {},
  { folders: [], rule: [], flow: [], level: 'reference', examples: true },
  '/nowhere',
);
const forms: readonly (readonly [string, WriteTemplate])[] = [
  ['YAML', (template) => stringify(template, { aliasDuplicateObjects: false })],
  ['JSON', (template) => JSON.stringify(template)],
];

describe('edits of rules', () => {
  it.each(forms)('repair failing examples in %s, and bring nothing worse', async (_name, write) => {
    const outcomes = await runEdits(ruleSet.rules, ruleSet, new Date('2026-11-28T12:00:00Z'), write);
    expect(outcomes.length).toBeGreaterThan(12);
    expect(
      outcomes.flatMap(({ rule, edit, problems }) =>
        problems.map((problem) => `${rule.id} ${edit}: ${problem}`),
      ),
    ).toEqual([]);
  });
});
