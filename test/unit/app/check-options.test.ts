import { describe, expect, it } from '@jest/globals';
import {
  applySettings,
  decideReading,
  runExamples,
  scanTemplates,
  shippedRules,
} from '../../../src/index.ts';

/** Calls of programs that no compiler checks. */
const untyped = { applySettings, decideReading, runExamples, scanTemplates } as unknown as Readonly<
  Record<string, (...given: readonly unknown[]) => unknown>
>;
const options = { version: '1', now: new Date(), detail: 'all' };
const call = async (name: string, ...given: readonly unknown[]): Promise<unknown> =>
  Promise.resolve().then(() => untyped[name]?.(...given));

describe('the library', () => {
  it('names the call that applies settings, if rules come without them', async () => {
    const rules = await shippedRules();
    const message = '`ruleSet` has no settings; use `applySettings(await shippedRules(), {})`.';
    for (const given of [
      ['scanTemplates', ['template.yaml'], { cwd: '.' }, { ...options, ruleSet: rules }],
      ['decideReading', {}, { ...options, ruleSet: rules }],
      ['runExamples', rules, new Date()],
    ])
      await expect(call(String(given[0]), ...given.slice(1))).rejects.toMatchObject({
        name: 'HeadgateError',
        code: 'options-invalid',
        message: `${String(given[0])}: ${message}`,
      });
  });

  it('says which option is missing or of another kind', async () => {
    const ruleSet = applySettings(await shippedRules(), {});
    const whole = { ...options, ruleSet };
    for (const [given, told] of [
      [[['a'], { cwd: '.' }], /`ruleSet` is missing/],
      [[['a'], { cwd: '.' }, { ...whole, now: '2026-11-28' }], /`now` must be a date/],
      [[['a'], { cwd: '.' }, { ...whole, version: undefined }], /`version` must be a string/],
      [['a', { cwd: '.' }, whole], /must be a list/],
      [[['a'], {}, whole], /`cwd` is missing/],
      [[['a'], undefined, whole], /`cwd` is missing/],
    ] as const)
      await expect(call('scanTemplates', ...(given as readonly unknown[]))).rejects.toThrow(told);
  });

  it('wants the rules themselves, not a promise of them', async () => {
    await expect(call('applySettings', shippedRules(), {})).rejects.toThrow(/use `await shippedRules\(\)`/);
  });
});
