import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { applySettings } from '../../src/rules/apply-config.ts';
import { shippedRules } from '../../src/rules/shipped.ts';
import { allowed, reasonFor, type Allowed } from './weakening/allowed.ts';
import type { Template } from './weakening/template.ts';
import { decideBy, oneOf, trialsOf } from './weakening/weaken.ts';

/** One of so many places is weakened with every run; 1 weakens all of them, and writes the figures of docs/mutations.md. */
const share = Number(process.env['HEADGATE_WEAKENINGS_ONE_OF'] ?? 5);

const ruleSet = applySettings(await shippedRules(), {});

/** Of a rule: weakenings tried, those after which it did not pass, and those after which it may. */
interface Figures {
  tried: number;
  killed: number;
  allowed: number;
}

describe('a passing example that is weakened', () => {
  it('does not pass, unless the table says why', () => {
    const survivors: string[] = [];
    const used = new Set<Allowed>();
    const figures: Record<string, Figures> = {};
    const taken = oneOf(share);
    for (const rule of ruleSet.rules) {
      const sum = (figures[rule.id] ??= { tried: 0, killed: 0, allowed: 0 });
      for (const { name, verdict, template: example, code } of rule.examples) {
        const template = example as Template; // a whole template
        if (verdict !== 'pass' || template.Transform !== undefined) continue;
        const decide = decideBy(rule, ruleSet, code);
        for (const trial of trialsOf(rule.id, name, template, { decide, share: taken })) {
          sum.tried += 1;
          const reason = trial.verdict === 'pass' ? reasonFor(trial) : undefined;
          if (trial.verdict !== 'pass') sum.killed += 1;
          else if (reason !== undefined) {
            sum.allowed += 1;
            used.add(reason);
          } else
            survivors.push(
              `${rule.id}, "${name}": ${trial.operator} at ${trial.at}: ${JSON.stringify(trial.by) ?? ''}`,
            );
        }
      }
    }
    expect(survivors).toEqual([]);
    expect(Object.values(figures).reduce((sum, { tried }) => sum + tried, 0)).toBeGreaterThan(500);
    if (share > 1) return;
    // A line that holds for nothing says nothing.
    expect(allowed.filter((line) => !used.has(line))).toEqual([]);
    if (process.env['HEADGATE_WEAKENINGS_WRITE'] === '1')
      writeFileSync(
        fileURLToPath(new URL('weakening/figures.json', import.meta.url)),
        `${JSON.stringify(figures, undefined, 2)}\n`,
      );
  }, 900_000);
});
