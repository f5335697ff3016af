import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { caseOf } from './cases.ts';
import { runCase } from './run-case.ts';
import { readSeeds, type Seeds } from './seeds.ts';

/** The share that every check runs; longer runs, with the corpus and a watch: node bench/fuzz.mjs. */
const count = Number(process.env['HEADGATE_FUZZ'] ?? 150);
const first = 1_000_000;

let seeds: Seeds;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'headgate-fuzz-'));
  seeds = await readSeeds();
}, 120_000);

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('mutated inputs', () => {
  it(
    `of ${count} seeds neither crash the command nor act on a terminal`,
    async () => {
      const broken: Record<string, readonly string[]> = {};
      for (let seed = first; seed < first + count; seed++) {
        const fuzzCase = caseOf(seed, seeds);
        const found = await runCase(fuzzCase, join(folder, 'case'));
        if (found.length > 0) broken[`${seed} ${fuzzCase.kind}: ${fuzzCase.argv.join(' ')}`] = found;
      }
      expect(broken).toEqual({});
    },
    Math.max(180_000, count * 2_000),
  );

  it('are the same for the same seed, and many differ', () => {
    const written = (seed: number): string => JSON.stringify(caseOf(seed, seeds));
    const texts = Array.from({ length: 40 }, (_, index) => written(first + index));
    expect(texts).toEqual(Array.from({ length: 40 }, (_, index) => written(first + index)));
    expect(new Set(texts).size).toBeGreaterThan(35);
  });
});
