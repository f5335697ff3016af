import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { loadRuleSet } from '../../src/app/load-rule-set.ts';
import { scanTemplates } from '../../src/app/scan.ts';
import type { Evaluation, ScanResult } from '../../src/model/scan-result.ts';
import { referenceApplication } from '../../reference-stack/lib/index.ts';
import { newApp } from './reference-app.ts';

/** Where Terraform's verdict differs, and why. The plan was made by hashicorp/aws 5.100. */
const exceptions: Readonly<Record<string, string>> = {
  'all.lambda.no-plaintext-secrets.template': 'parameters and outputs are those of templates',
  'api.client.tls': 'version 5 of the provider cannot set the security policy of a REST API',
};

describe('the reference application in Terraform', () => {
  let template: ScanResult;
  let plan: ScanResult;
  beforeAll(async () => {
    const app = newApp();
    referenceApplication(app);
    app.synth();
    const ruleSet = await loadRuleSet({}, { folders: [], rule: [], flow: [] }, process.cwd());
    const decide = {
      ruleSet,
      version: '0.0.0',
      now: new Date('2026-11-28T00:00:00Z'),
      detail: 'all',
    } as const;
    const place = { region: 'eu-west-1', account: '111122223333' };
    template = await scanTemplates([app.outdir], { cwd: app.outdir, ...place }, decide);
    const cwd = fileURLToPath(new URL('./terraform', import.meta.url));
    plan = await scanTemplates([join(cwd, 'reference-application.tfplan')], { cwd, ...place }, decide);
  });

  it('has the verdicts of the synthesized template, rule by rule and kind by kind', () => {
    expect(verdictsOf(plan.evaluations)).toEqual(verdictsOf(template.evaluations));
    expect(template.evaluations.length).toBeGreaterThan(500);
  });

  it('differs where the exceptions say so, and nowhere else', () => {
    const [ofTemplate, ofPlan] = [template, plan].map(({ evaluations }) =>
      verdictsOf(evaluations, (ruleId) => ruleId in exceptions),
    );
    const differing = new Set(
      [...new Set([...(ofTemplate ?? []), ...(ofPlan ?? [])])]
        .filter((each) => ofTemplate?.includes(each) !== ofPlan?.includes(each))
        .map((each) => each.split(' ')[0]),
    );
    expect([...differing].sort()).toEqual(Object.keys(exceptions).sort());
  });

  it('has the flows of the template', () => {
    const flows = ({ flows: found }: ScanResult): unknown[] => found.map(({ diagram }) => diagram).sort();
    expect(flows(plan)).toEqual(flows(template));
  });

  it('is read without a warning', () => {
    expect(plan.diagnostics.filter(({ severity }) => severity !== 'info')).toEqual([]);
  });
});

/** How often each rule gives each verdict for each kind of resource. */
function verdictsOf(
  evaluations: readonly Evaluation[],
  isAsked: (ruleId: string) => boolean = (ruleId) => !(ruleId in exceptions),
): string[] {
  const counts = new Map<string, number>();
  for (const { ruleId, resource, verdict } of evaluations) {
    if (!isAsked(ruleId)) continue;
    const key = `${ruleId} ${resource.type} ${verdict}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return [...counts].map(([key, count]) => `${key} ${count}`).sort();
}
