import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { referenceApplication } from '../../../reference-stack/lib/index.ts';
import type { RuleSet } from '../../../src/model/rule.ts';
import type { Evaluation } from '../../../src/model/scan-result.ts';
import { applySettings } from '../../../src/rules/apply-config.ts';
import { shippedRules } from '../../../src/rules/shipped.ts';
import { scanTemplates } from '../../../src/scan.ts';
import { newApp } from '../reference-app.ts';
import { applyMutation, isCalled, type Mutation, type Template } from './apply-mutation.ts';
import { matrix } from './matrix.ts';

let ruleSet: RuleSet;
let folder: string;
const templates = new Map<string, Template>();
let before: Set<string>;

const keyOf = ({ ruleId, resource }: Evaluation): string =>
  `${ruleId} ${resource.name}`;

async function failures(): Promise<string[]> {
  const { evaluations } = await scanTemplates(
    [folder],
    { cwd: folder, readCode: false },
    { ruleSet, version: '0', now: new Date('2026-11-23T00:00:00Z'), detail: 'findings' },
  );
  return evaluations.filter(({ verdict }) => verdict === 'fail').map(keyOf);
}

beforeAll(async () => {
  ruleSet = applySettings(await shippedRules(), {});
  const app = newApp();
  referenceApplication(app, {});
  const { directory } = app.synth();
  folder = mkdtempSync(join(tmpdir(), 'headgate-mutations-'));
  cpSync(directory, folder, { recursive: true });
  for (const name of readdirSync(folder).filter((file) => file.endsWith('.template.json')))
    templates.set(name, JSON.parse(readFileSync(join(folder, name), 'utf8')) as Template);
  before = new Set(await failures());
}, 120_000);

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** New findings that a mutation brings. */
async function findingsOf(mutation: Mutation): Promise<string[]> {
  const changed = applyMutation(templates, mutation);
  try {
    for (const [name, template] of changed) writeFileSync(join(folder, name), JSON.stringify(template));
    return (await failures()).filter((key) => !before.has(key));
  } finally {
    for (const name of changed.keys()) writeFileSync(join(folder, name), JSON.stringify(templates.get(name)));
  }
}

describe('the reference application', () => {
  it('has no finding', () => {
    expect([...before]).toEqual([]);
  });

  it('is broken for every rule of the catalogue', () => {
    const covered = new Set(matrix.map(({ rule }) => rule));
    expect(ruleSet.rules.map(({ id }) => id).filter((id) => !covered.has(id))).toEqual([]);
  });

  it.each(matrix.map((mutation) => [mutation.rule, mutation.mistake, mutation] as const))(
    '%s fires when %s, and nothing else',
    async (_rule, _mistake, mutation) => {
      const expected = [{ rule: mutation.rule, on: mutation.on }, ...(mutation.also ?? [])];
      const found = await findingsOf(mutation);
      const matchesOf = (key: string): boolean =>
        expected.some(
          ({ rule, on }) => key.startsWith(`${rule} `) && isCalled(key.slice(rule.length + 1), on),
        );
      expect(found.filter((key) => !matchesOf(key))).toEqual([]);
      expect(found.filter((key) => key.startsWith(`${mutation.rule} `))).toHaveLength(1);
    },
  );
});
