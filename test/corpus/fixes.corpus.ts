import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { loadRuleSet } from '../../src/app/load-rule-set.ts';
import type { ScannedGraph } from '../../src/app/plan-fixes.ts';
import { severities, type RuleSet } from '../../src/model/rule.ts';
import type { Evaluation } from '../../src/model/scan-result.ts';
import { parseTemplateText } from '../../src/text/parse-template.ts';
import { fixText } from '../unit/app/fix-templates.ts';

// All edits, unsafe ones too, made in real templates of others.

const corpus = join('..', 'shared', 'corpus', 'templates');
let ruleSet: RuleSet;

beforeAll(async () => {
  expect(existsSync(corpus)).toBe(true);
  ruleSet = await loadRuleSet({}, { folders: [], rule: [], flow: [], level: 'reference' }, '/nowhere');
});

function templates(): string[] {
  return readdirSync(corpus, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(?:ya?ml|json|template)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

// The ids of deployments and versions change with what they deploy.
const keyOf = ({ ruleId, resource }: Evaluation): string =>
  `${ruleId} on ${resource.id.replace(/(Deployment|Version)[0-9a-f]{10}(?=$|#)/, '$1')}`;

const failuresOf = ({ result }: ScannedGraph): readonly Evaluation[] =>
  result.evaluations.filter(
    ({ verdict, waiver, followsFrom }) =>
      verdict === 'fail' && waiver === undefined && followsFrom === undefined,
  );

interface Figures {
  readonly templates: number;
  readonly edited: number;
  readonly before: number;
  readonly after: number;
}

/** The rows of the page about fixes: templates, those that are edited, failed checks before and after. */
function documented(): Readonly<Record<'unsafe' | 'safe', Figures>> {
  const page = readFileSync('docs/fix-tests.md', 'utf8');
  const numbers = (pattern: RegExp): number[] => (pattern.exec(page) ?? []).slice(1).map(Number);
  const figures = ([templates = 0, edited = 0, before = 0, after = 0]: number[]): Figures => ({
    templates,
    edited,
    before,
    after,
  });
  const [all = 0] = numbers(/(\d+) public templates/);
  return {
    unsafe: figures([
      all,
      ...numbers(/failed checks, with `--unsafe` \((\d+) templates edited\) \| (\d+) \| (\d+)/),
    ]),
    safe: figures(
      numbers(/failed checks in (\d+) of them, safe edits only \((\d+) templates edited\) \| (\d+) \| (\d+)/),
    ),
  };
}

const nothing = { templates: 0, edited: 0, before: 0, after: 0 };
const differ = (measured: Figures, stated: Figures): boolean =>
  (Object.keys(nothing) as (keyof Figures)[]).some((key) => Math.abs(measured[key] / stated[key] - 1) > 0.05);

describe('fixes of the template corpus', () => {
  const total = { unsafe: { ...nothing }, safe: { ...nothing } };

  // In slices, each of which is done in time.
  it.each([0, 1, 2, 3, 4, 5, 6, 7])(
    'leave templates readable, bring nothing as grave, and have nothing left to do: %s',
    async (slice) => {
      const wrong: string[] = [];
      let [failedBefore, failedAfter, edited] = [0, 0, 0];
      for (const file of templates().filter((_file, at) => at % 8 === slice)) {
        const text = readFileSync(file, 'utf8').replace(/^\uFEFF/, '');
        const {
          before: was,
          after: is,
          applied,
          text: fixed,
        } = await fixText(text, ruleSet, { unsafe: true }, file);
        failedBefore += failuresOf(was).length;
        failedAfter += failuresOf(is).length;
        total.unsafe.templates += 1;
        if (slice < safeSlices) await addSafe(text, file);
        if (applied.length === 0) continue;
        edited += 1;
        if (parseTemplateText(fixed, file).root === undefined) wrong.push(`${file}: is no longer read`);
        const known = new Set(failuresOf(was).map(keyOf));
        const repaired = Math.min(...applied.map(({ finding }) => severities.indexOf(finding.severity)));
        for (const found of failuresOf(is))
          if (!known.has(keyOf(found)) && severities.indexOf(found.severity) <= repaired)
            wrong.push(`${file}: ${keyOf(found)} (${found.severity}) is new`);
        const again = await fixText(fixed, ruleSet, { unsafe: true }, file);
        if (again.files.size > 0) wrong.push(`${file}: is edited again: ${again.applied[0]?.title ?? ''}`);
      }
      total.unsafe.before += failedBefore;
      total.unsafe.after += failedAfter;
      total.unsafe.edited += edited;
      expect(wrong).toEqual([]);
      expect(edited).toBeGreaterThan(30);
      expect(failedAfter / failedBefore).toBeLessThan(0.8);
    },
  );

  // The first three slices also by safe edits alone.
  const safeSlices = 3;
  async function addSafe(text: string, file: string): Promise<void> {
    const { before, after, applied } = await fixText(text, ruleSet, { unsafe: false }, file);
    total.safe.templates += 1;
    total.safe.before += failuresOf(before).length;
    total.safe.after += failuresOf(after).length;
    if (applied.length > 0) total.safe.edited += 1;
  }

  it('come to what the page states, give or take a twentieth, since every new rule moves it', () => {
    const stated = documented();
    if (differ(total.unsafe, stated.unsafe) || differ(total.safe, stated.safe)) expect(total).toEqual(stated);
  });
});
