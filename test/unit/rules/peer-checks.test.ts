import { beforeAll, describe, expect, it } from '@jest/globals';
import type { PeerCheck, PeerChecks } from '../../../src/rules/peer-checks.ts';
import { peerChecks } from '../../../src/rules/shipped-peer-checks.ts';
import { shippedRules } from '../../../src/rules/shipped.ts';

let table: PeerChecks;
let ids: Set<string>;
let checks: (readonly [tool: string, id: string, check: PeerCheck])[];

beforeAll(async () => {
  table = await peerChecks();
  ids = new Set((await shippedRules()).rules.map(({ id }) => id));
  checks = Object.entries(table.checks).flatMap(([tool, byId]) =>
    Object.entries(byId).map(([id, check]) => [tool, id, check] as const),
  );
});

describe('checks of other tools', () => {
  it('are of tools that have a name', () => {
    expect(Object.keys(table.checks).sort()).toEqual(Object.keys(table.tools).sort());
    for (const tool of Object.keys(table.tools))
      expect(checks.filter(([of]) => of === tool).length).toBeGreaterThan(10);
  });

  it('lead to rules that exist', () => {
    const missing = checks.flatMap(([tool, id, { rules = [] }]) =>
      rules.filter((rule) => !ids.has(rule)).map((rule) => `${tool} ${id}: ${rule}`),
    );
    expect(missing).toEqual([]);
  });

  it('say why they are not the same, and name rules unless there is none', () => {
    const wrong = checks.filter(
      ([, , { is, note, rules, waives }]) =>
        (is !== 'same' && note === undefined) ||
        (is === 'none') !== (rules === undefined) ||
        (waives === true && rules === undefined),
    );
    expect(wrong).toEqual([]);
  });
});
