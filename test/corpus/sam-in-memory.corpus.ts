import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { decideReading, readTemplate, readTemplates, type DecideOptions } from '../../src/index.ts';
import type { SourceReading } from '../../src/model/source.ts';
import { applySettings } from '../../src/rules/apply-config.ts';
import { shippedRules } from '../../src/rules/shipped.ts';
import { parseTemplateText } from '../../src/text/parse-template.ts';

// The same template as a file and as an object of the library's user gets the same verdicts.

const folder = join('..', 'shared', 'corpus', 'sam', 'input');
let decide: DecideOptions;

beforeAll(async () => {
  expect(existsSync(folder)).toBe(true);
  const ruleSet = applySettings(await shippedRules(), {});
  decide = { ruleSet, version: '0', now: new Date('2026-11-23T00:00:00Z'), detail: 'findings' };
});

const verdictsOf = (reading: SourceReading): string[] =>
  decideReading(reading, decide).evaluations.map(
    ({ ruleId, resource, verdict, message, reason }) =>
      `${ruleId} ${resource.name}: ${verdict}: ${message} ${reason ?? ''}`,
  );

describe('SAM templates in memory', () => {
  it('get the verdicts of their files', async () => {
    const cwd = process.cwd();
    const names = (await readdir(folder)).filter((name) => name.endsWith('.yaml'));
    expect(names.length).toBeGreaterThan(100);
    let compared = 0;
    for (const file of names.map((name) => join(folder, name))) {
      const { root } = parseTemplateText(await readFile(file, 'utf8'), file);
      if (root === undefined) continue;
      const inMemory = verdictsOf(await readTemplate(root, file));
      expect(inMemory).toEqual(verdictsOf(await readTemplates([file], { cwd, readCode: true })));
      compared += inMemory.length;
    }
    expect(compared).toBeGreaterThan(1000);
  });
});
