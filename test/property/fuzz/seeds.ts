import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { encodeSnapshot } from '../../../src/account/snapshot.ts';
import { scanTemplates } from '../../../src/app/scan.ts';
import { applySettings } from '../../../src/rules/apply-config.ts';
import { shippedRules } from '../../../src/rules/shipped.ts';
import { parseTemplateText } from '../../../src/text/parse-template.ts';
import { collect } from '../../account/collect.ts';
import { ordersAccount } from '../../account/orders-account.ts';
import type { Json } from './mutate.ts';

/** What is mutated: valid inputs of each kind. */
export interface Seeds {
  readonly templates: readonly Json[];
  readonly templateTexts: readonly string[];
  readonly snapshot: string;
  readonly result: Json;
}

/**
 * The rules' examples and the example template; with `corpus`, templates of a folder too, as far as it is there.
 * A template larger than 60 kB is left out, so that a run tries many.
 */
export async function readSeeds(corpus?: string): Promise<Seeds> {
  const rules = await shippedRules();
  const examples = rules.rules.flatMap((rule) => rule.examples.map(({ template }) => template as Json));
  const texts = [readFileSync('examples/orders-api.yaml', 'utf8'), ...textsBelow(corpus)];
  const parsed = texts.flatMap((text): Json[] => {
    const { root } = parseTemplateText(text, 'seed');
    return root === undefined ? [] : [JSON.parse(JSON.stringify(root)) as Json];
  });
  const { reading } = await collect(ordersAccount);
  const snapshot = encodeSnapshot(reading, {
    takenAt: new Date(0),
    version: '0',
    key: Buffer.alloc(32, 7),
    findSecrets: () => [],
    compress: false,
  });
  const result = await scanTemplates(
    ['examples/orders-api.yaml'],
    { cwd: process.cwd() },
    {
      ruleSet: applySettings(rules, {}),
      version: '0',
      now: new Date('2026-11-27T00:00:00Z'),
      detail: 'all',
    },
  );
  return {
    templates: [...examples.filter((template) => template !== undefined), ...parsed],
    templateTexts: texts,
    snapshot: Buffer.from(snapshot).toString('utf8'),
    result: JSON.parse(JSON.stringify(result)) as Json,
  };
}

function textsBelow(folder: string | undefined): string[] {
  if (folder === undefined || !existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(ya?ml|json|template)$/.test(name))
    .map((name) => join(folder, name))
    .filter((file) => statSync(file).size < 60_000)
    .sort()
    .map((file) => readFileSync(file, 'utf8'));
}
