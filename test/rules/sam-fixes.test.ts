import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { evaluateExample } from '../../src/app/rule-examples.ts';
import { relationNames } from '../../src/graph/relation-names.ts';
import type { RuleSet } from '../../src/model/rule.ts';
import { applySettings } from '../../src/rules/apply-config.ts';
import { readShippedRules } from '../../src/rules/read-rules.ts';
import { parseYaml } from '../../src/rules/yaml-document.ts';
import { merged } from '../unit/app/apply-edit.ts';

const now = new Date('2026-11-28T12:00:00Z');
let ruleSet: RuleSet;

beforeAll(async () => {
  ruleSet = applySettings(await readShippedRules(join(process.cwd(), 'rules'), relationNames()), {});
});

describe('the fix of a rule in the words of SAM', () => {
  it('is there for the rules that SAM can repair, each with a template that it repairs', () => {
    const withWords = ruleSet.rules.filter(({ fix }) => fix.sam !== undefined).map(({ id }) => id);
    const repaired = ruleSet.rules
      .filter(({ examples }) => examples.some(({ repairedBy }) => repairedBy === 'sam'))
      .map(({ id }) => id);
    expect(withWords.length).toBeGreaterThan(30);
    expect(repaired).toEqual(withWords);
  });

  it('repairs its templates: expanded and scanned again, nothing in them fails the rule', () => {
    const left = ruleSet.rules.flatMap((rule) =>
      rule.examples
        .filter(({ repairedBy }) => repairedBy === 'sam')
        .flatMap((example) => {
          const before = evaluateExample(rule, example, ruleSet, now);
          const template = merged(example.template, parseYaml(rule.fix.sam ?? '', rule.id).value);
          const after = evaluateExample(rule, { ...example, template }, ruleSet, now);
          const bad = after.filter(({ verdict }) => verdict === 'fail' || verdict === 'unknown');
          return [
            ...(before.some(({ verdict }) => verdict === example.verdict)
              ? []
              : [`${rule.id} is not ${example.verdict} before`]),
            ...(after.length > 0 ? [] : [`${rule.id} evaluates nothing after`]),
            ...bad.map(({ resource, message }) => `${rule.id} on ${resource.name}: ${message}`),
          ];
        }),
    );
    expect(left).toEqual([]);
  });
});

describe('rules that follow from others', () => {
  it('name rules that exist, and none of them in a circle', () => {
    const byId = new Map(ruleSet.rules.map((rule) => [rule.id, rule]));
    const follows = (id: string): readonly string[] => {
      const rule = byId.get(id);
      return [...(rule?.follows ?? []), ...(rule?.assert.flatMap((clause) => clause.follows ?? []) ?? [])];
    };
    const unknown = ruleSet.rules.flatMap(({ id }) => follows(id).filter((cause) => !byId.has(cause)));
    const circular = ruleSet.rules.filter(({ id }) => {
      const seen = new Set<string>();
      const open = [...follows(id)];
      for (const cause of open) {
        if (seen.has(cause)) continue;
        seen.add(cause);
        open.push(...follows(cause));
      }
      return seen.has(id);
    });
    expect([unknown, circular.map(({ id }) => id)]).toEqual([[], []]);
  });
});
