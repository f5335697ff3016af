import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { RuleSet } from '../../src/model/rule.ts';
import { applySettings } from '../../src/rules/apply-config.ts';
import { shippedRules } from '../../src/rules/shipped.ts';
import { decideReading, scanTemplates } from '../../src/app/scan.ts';
import { parseTemplateText } from '../../src/text/parse-template.ts';
import { readTemplateObject } from '../../src/template/read-templates.ts';
import { expandSam } from '../../src/sam/expand.ts';
// @ts-expect-error: a script, which has no types
import { compareEntry, summarize } from '../../scripts/sam-agreement.mjs';

// SAM templates of others, beside what the official translator makes of each.

const corpus = join('..', 'shared', 'corpus', 'sam');
const patterns = join('..', 'shared', 'corpus', 'templates', 'serverless-patterns');

interface Pair {
  readonly name: string;
  readonly text: string;
  readonly expected: { readonly Resources?: Readonly<Record<string, unknown>> };
}

interface Share {
  readonly percent: number;
  readonly all: number;
}

let pairs: Pair[];
let ruleSet: RuleSet;
let summary: Readonly<Record<'inputs' | 'refused' | 'meaning' | 'causes' | 'resources', Share>>;

beforeAll(async () => {
  expect(existsSync(corpus)).toBe(true);
  pairs = await readPairs();
  ruleSet = applySettings(await shippedRules(), {});
  const entries: unknown[] = pairs.map(({ name, text, expected }) =>
    // The script's function takes what it is given here.
    (compareEntry as (...args: unknown[]) => unknown)(
      name,
      parseTemplateText(text, name),
      expected,
      expandSam,
    ),
  );
  summary = (summarize as (list: unknown[]) => typeof summary)(entries);
});

async function readPairs(): Promise<Pair[]> {
  const found: Pair[] = [];
  for (const file of (await readdir(join(corpus, 'input'))).sort()) {
    const name = file.replace(/\.ya?ml$/, '');
    const output = join(corpus, 'output', `${name}.json`);
    if (!existsSync(output)) continue;
    const text = await readFile(join(corpus, 'input', file), 'utf8');
    found.push({ name, text, expected: JSON.parse(await readFile(output, 'utf8')) as Pair['expected'] });
  }
  return found;
}

const now = new Date('2026-11-23T00:00:00Z');

/** Ids that hold a hash: of the API's document, or of a name that may hold the region. */
const hashed = /(Deployment|ApiGatewayDomainName)[0-9a-f]{10}$/;

/** One output was stored with its lists sorted, which turns every `Fn::GetAtt` around. */
const isSorted = (expected: Pair['expected']): boolean =>
  JSON.stringify(expected).includes('"Fn::GetAtt":["Arn"');

/** Verdict by rule and resource; hashes in ids do not count. */
function verdicts(template: unknown): Map<string, string> {
  const reading = readTemplateObject(template, 'template', {});
  const { evaluations } = decideReading(reading, { ruleSet, version: '0', now, detail: 'all' });
  return new Map(
    evaluations.map(({ ruleId, resource, verdict }) => [
      `${ruleId} ${resource.name.replace(hashed, '$1')}`,
      verdict,
    ]),
  );
}

describe('the expansion of SAM templates', () => {
  it('agrees with the official translator in nearly all resources', () => {
    expect(summary.resources.all).toBeGreaterThan(2000);
    expect(summary.resources.percent).toBeGreaterThanOrEqual(99.5);
    expect(summary.inputs.percent).toBeGreaterThanOrEqual(98.5);
  });

  it('refuses what the official translator refuses', () => {
    expect(summary.refused.all).toBeGreaterThan(150);
    expect(summary.refused.percent).toBeGreaterThanOrEqual(98);
  });

  it('refuses for the same reason: resource, event, property and kind of fault', () => {
    expect(summary.causes.all).toBeGreaterThan(230);
    expect(summary.causes.percent).toBeGreaterThanOrEqual(98);
    expect(summary.meaning.percent).toBeGreaterThanOrEqual(98);
  });

  it('gets the verdicts that the expanded form gets', () => {
    const differing: string[] = [];
    for (const { name, text, expected } of pairs) {
      if (expected.Resources === undefined || isSorted(expected)) continue;
      const made = verdicts(expandSam(parseTemplateText(text, name), () => undefined).root);
      const wanted = verdicts(expected);
      for (const key of new Set([...made.keys(), ...wanted.keys()])) {
        if (made.get(key) === wanted.get(key)) continue;
        differing.push(`${name}: ${key}: ${String(made.get(key))} instead of ${String(wanted.get(key))}`);
      }
    }
    expect(differing).toEqual([]);
  });

  it('leaves no supported resource of published templates unevaluated', async () => {
    const result = await scanTemplates(
      [patterns],
      { cwd: process.cwd() },
      { ruleSet, version: '0', now, detail: 'findings' },
    );
    expect(result.diagnostics.filter(({ code }) => code === 'sam-not-evaluated')).toEqual([]);
    expect(
      result.diagnostics.filter(({ code, severity }) => code === 'sam-invalid' && severity === 'error'),
    ).toEqual([]);
  });
});
