import { beforeAll, describe, expect, it } from '@jest/globals';
import { collectors } from '../../../src/account/collectors/index.ts';
import { needsOf } from '../../../src/app/needs.ts';
import type { Rule } from '../../../src/model/rule.ts';
import { shippedRules } from '../../../src/rules/shipped.ts';
import { cases } from './cases/index.ts';

const operations = collectors.flatMap((collector) => collector.operations);
const derived = collectors.flatMap(({ derive }) => (derive === undefined ? [] : [derive.type]));

/** Types that collectors bring into sight, by the manner in which they do. */
const yielded = {
  found: typesIn([...operations.flatMap(({ finds = [] }) => finds), ...derived]),
  /** Types of templates that an account shows as a part of something else. */
  otherwiseNamed: typesIn(operations.flatMap(({ standsFor = [] }) => standsFor)),
  /** Types that leave their mark in something else. */
  marked: typesIn(operations.flatMap(({ shows = [] }) => shows)),
};

const pairs = cases.flatMap((each) => each.pairs);
const proofs = cases.flatMap((each) => each.proofs ?? []);
const idle = cases.flatMap((each) => each.idle ?? []).map(({ type }) => type);
const own = cases.flatMap((each) => Object.keys(each.ownRules ?? {}));
const parts = cases.flatMap((each) => each.oneSided ?? []).filter(({ side }) => side === 'declared');

/** Judged by verdicts of their own. */
const judged = typesIn(pairs.map(({ type }) => type));
/** Judged with an owner alone. */
const owned = typesIn(proofs.map(({ type }) => type)).filter((type) => !judged.includes(type));
/** Names that templates have for them, on either way. */
const named = typesIn([
  ...[...pairs, ...proofs].flatMap(({ type, declaredAs = type }) => [declaredAs]),
  ...parts.map(({ type }) => type),
]);

function typesIn(types: readonly string[]): readonly string[] {
  return [...new Set(types)].filter((type) => !type.startsWith('Headgate::')).sort();
}

describe('every type that an account shows', () => {
  let rules: readonly Rule[];
  let selected: readonly string[];
  let read: ReadonlySet<string>;
  beforeAll(async () => {
    ({ rules } = await shippedRules());
    selected = typesIn(rules.flatMap(({ appliesTo }) => appliesTo));
    read = needsOf(rules).types;
  });

  it.each(yielded.found)(
    'is compared with its template, or changes the verdicts on its owner: %s',
    (type) => {
      expect([...judged, ...owned, ...idle]).toContain(type);
    },
  );

  it.each(yielded.otherwiseNamed)('is compared under the name that templates have for it: %s', (type) => {
    expect(named).toContain(type);
  });

  it.each(yielded.marked)('is compared by the mark that it leaves: %s', (type) => {
    expect(named).toContain(type);
  });

  it('is compared by itself where a shipped rule selects it', () => {
    const collected = [...yielded.found, ...yielded.otherwiseNamed];
    const byName = typesIn([
      ...judged,
      ...pairs.flatMap(({ declaredAs = '' }) => declaredAs),
      ...parts.map(({ type }) => type),
    ]);
    expect(selected.filter((type) => collected.includes(type) && !byName.includes(type))).toEqual([]);
  });

  it('is judged with its owner alone only where no shipped rule selects it', () => {
    expect([...owned, ...idle].filter((type) => selected.includes(type))).toEqual([]);
  });

  it('is yielded by a collector still', () => {
    const all = [...yielded.found, ...yielded.otherwiseNamed, ...yielded.marked];
    expect([...judged, ...owned, ...idle, ...named].filter((type) => !all.includes(type))).toEqual([]);
  });

  it('needs a rule of the test only where no shipped rule reads it', () => {
    expect(own.filter((type) => read.has(type))).toEqual([]);
  });
});
