import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { loadRuleSet } from '../../src/app/load-rule-set.ts';
import { decideReading } from '../../src/app/scan.ts';
import type { RuleSet } from '../../src/model/rule.ts';
import type { ScanResult } from '../../src/model/scan-result.ts';
import { readTemplate } from '../../src/template/read-templates.ts';
import { parseTemplateText } from '../../src/text/parse-template.ts';
import { applyEdit } from '../unit/app/apply-edit.ts';

// The edits that reports begin with, made in real templates of others: what they say that they remove is gone after them.

const corpus = join('..', 'shared', 'corpus', 'templates');
let ruleSet: RuleSet;

beforeAll(async () => {
  expect(existsSync(corpus)).toBe(true);
  ruleSet = await loadRuleSet({}, { folders: [], rule: [], flow: [], level: 'standard' }, '/nowhere');
});

async function scan(template: unknown): Promise<ScanResult> {
  const now = new Date('2026-11-28T12:00:00Z');
  const reading = await readTemplate(template, 'template.yaml');
  return decideReading(reading, { ruleSet, version: '0', now, detail: 'findings' });
}

const failuresOf = ({ evaluations }: ScanResult): string[] =>
  evaluations
    .filter(({ verdict, followsFrom }) => verdict === 'fail' && followsFrom === undefined)
    // The id of a deployment changes with what it deploys.
    .map(({ ruleId, resource }) => `${ruleId} on ${resource.id.replace(/Deployment[0-9a-f]{10}/, '')}`);

/** What an edit may bring, as its own words say: the role is let write traces by the same edit. */
const named = /^all\.lambda\.tracing\.role on /;

function templates(): string[] {
  return readdirSync(corpus, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(?:ya?ml|json|template)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

describe('the first edits of the template corpus', () => {
  const shares: number[] = [];
  const wrong: string[] = [];
  let applied = 0;

  it('remove what they say', async () => {
    for (const file of templates()) {
      const template = parseTemplateText(readFileSync(file, 'utf8'), file).root;
      if (template === undefined) continue;
      const before = await scan(template);
      const failed = failuresOf(before);
      if (failed.length === 0) continue;
      const best = (before.firstEdits ?? []).slice(0, 3);
      shares.push(best.reduce((sum, { findings }) => sum + findings, 0) / failed.length);
      for (const edit of best) {
        const edited = applyEdit(template, edit);
        if (edited === undefined) continue;
        const after = failuresOf(await scan(edited));
        const gone = failed.filter((failure) => !after.includes(failure));
        const come = after.filter((failure) => !failed.includes(failure) && !named.test(failure));
        applied += 1;
        if (gone.length !== edit.findings || come.length > 0)
          wrong.push(
            `${file}: ${edit.title}: says ${edit.findings}, removes ${gone.length}, brings ${come.join()}`,
          );
      }
    }
    // A stage that lacks an access log and logs bodies as well has one finding, of which one setting repairs half.
    expect(wrong.length / applied < 0.01 ? [] : wrong).toEqual([]);
    expect(applied).toBeGreaterThan(200);
  });

  it('remove a median of 60 % of the findings at standard, three of them', () => {
    const middle = shares.toSorted((a, b) => a - b)[Math.floor(shares.length / 2)];
    expect(middle).toBeGreaterThanOrEqual(0.6);
  });
});
