import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { referenceApplication } from '../../../reference-stack/lib/index.ts';
import type { RuleSet } from '../../../src/model/rule.ts';
import { applySettings } from '../../../src/rules/apply-config.ts';
import { shippedRules } from '../../../src/rules/shipped.ts';
import { newApp } from '../reference-app.ts';
import type { Base } from './apply-mutation.ts';
import { matrix } from './matrix.ts';
import { MutableApplication, newFindings, type Verdicts } from './mutable-application.ts';

const bases = [...new Set(matrix.flatMap(({ base }) => base ?? []))];

let ruleSet: RuleSet;
let application: MutableApplication;
/** Verdicts before a mistake is made; undefined stands for the application as it is. */
const before = new Map<Base | undefined, Verdicts>();

beforeAll(async () => {
  ruleSet = applySettings(await shippedRules(), {});
  const app = newApp(true);
  referenceApplication(app, {});
  application = await MutableApplication.open(app.synth().directory, ruleSet);
  for (const base of [undefined, ...bases]) before.set(base, await application.verdicts(base?.edits));
}, 180_000);

afterAll(() => {
  rmSync(application.folder, { recursive: true, force: true });
});

const verdictsBefore = (base?: Base): Verdicts => before.get(base) ?? new Map();

describe('the reference application', () => {
  it('has no finding, and leaves nothing open that nobody answered', () => {
    expect(newFindings(verdictsBefore(), new Map())).toEqual([]);
  });

  it('is broken for every rule of the catalogue, once', () => {
    expect(matrix.map(({ rule }) => rule).sort()).toEqual(ruleSet.rules.map(({ id }) => id).sort());
  });

  it.each(bases.map((base) => [base.name, base] as const))('has no new finding with %s', (_name, base) => {
    expect(newFindings(verdictsBefore(base), verdictsBefore())).toEqual([]);
  });

  it.each(matrix.map((mutation) => [mutation.rule, mutation.mistake, mutation] as const))(
    '%s alone fires when %s',
    async (_rule, _mistake, { base, edits, also = [], ...finding }) => {
      const after = await application.verdicts([...(base?.edits ?? []), ...edits]);
      const expected = [finding, ...also];
      const earlier = verdictsBefore(base);
      const asked = expected.map(({ rule, on, appears }) => [appears, earlier.get(`${rule} ${on}`)] as const);
      for (const [appears, verdict] of asked)
        expect(appears === true ? [undefined, 'notApplicable'] : ['pass']).toContain(verdict);
      expect(newFindings(after, earlier)).toEqual(
        expected.map(({ becomes = 'fail', rule, on }) => `${becomes} ${rule} ${on}`).sort(),
      );
    },
  );
});
