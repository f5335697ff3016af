import { describe, expect, it } from '@jest/globals';
import { loadRuleSet } from '../../../src/app/load-rule-set.ts';
import { decideReading } from '../../../src/app/scan.ts';
import { levels, severities, type Level } from '../../../src/model/rule.ts';
import type { Evaluation } from '../../../src/model/scan-result.ts';
import { readTemplate } from '../../../src/template/read-templates.ts';

const now = new Date('2026-11-23T12:00:00Z');

async function evaluations(template: object, level: Level, rule: string): Promise<readonly Evaluation[]> {
  const ruleSet = await loadRuleSet({ level }, { folders: [], rule: [rule], flow: [] }, '/nowhere');
  const reading = await readTemplate(template, 'template.yaml', {});
  return decideReading(reading, { ruleSet, version: '0', now, detail: 'all' }).evaluations;
}

const template = {
  Resources: {
    Free: { Type: 'AWS::Lambda::Function', Properties: {} },
    Stopped: { Type: 'AWS::Lambda::Function', Properties: { ReservedConcurrentExecutions: 0 } },
  },
};

describe('a level', () => {
  it('asks a clause that another refines only where it has a sense', async () => {
    const essential = await evaluations(template, 'essential', 'all.lambda.reserved-concurrency');
    expect(essential.map(({ resource, verdict, severity }) => [resource.name, verdict, severity])).toEqual([
      ['Free', 'notApplicable', 'high'],
      ['Stopped', 'fail', 'high'],
    ]);
    expect(essential[0]?.reason).toMatch(/has no reserved concurrency.*this run does not check/);
  });

  it('reports each clause at its own severity', async () => {
    const all = await evaluations(template, 'reference', 'all.lambda.reserved-concurrency');
    expect(all.map(({ resource, verdict, severity }) => [resource.name, verdict, severity])).toEqual([
      ['Free', 'fail', 'low'],
      ['Stopped', 'fail', 'high'],
    ]);
  });

  it('changes the length of the report and not the exit code: what is high or critical is essential', async () => {
    const { rules } = await loadRuleSet({}, { folders: [], rule: [], flow: [] }, '/nowhere');
    const grave = new Set(severities.slice(0, severities.indexOf('high') + 1));
    const hidden = rules.flatMap((rule) =>
      rule.assert
        .filter(
          ({ severity, level }) =>
            grave.has(severity ?? rule.severity) && (level ?? rule.level) !== levels[0],
        )
        .map(({ otherwise }) => `${rule.id}: ${otherwise}`),
    );
    expect(hidden).toEqual([]);
  });
});
