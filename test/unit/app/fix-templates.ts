import { applyFixes, type FixOutcome } from '../../../src/app/apply-fixes.ts';
import type { PlanOptions, ScannedGraph } from '../../../src/app/plan-fixes.ts';
import { decideGraph } from '../../../src/app/scan.ts';
import type { RuleSet } from '../../../src/model/rule.ts';
import { expandSam } from '../../../src/sam/expand.ts';
import { readTemplateText } from '../../../src/template/read-templates.ts';

const now = new Date('2026-11-28T12:00:00Z');

/** A template's text, scanned as one file. */
export function scanText(text: string, ruleSet: RuleSet, file = 'template.yaml'): ScannedGraph {
  const reading = readTemplateText(text, file, {}, expandSam);
  return {
    reading,
    ruleSet,
    now,
    ...decideGraph(reading, { ruleSet, version: '0', now, detail: 'findings' }),
  };
}

/** Fixes a template's text in memory. */
export async function fixText(
  text: string,
  ruleSet: RuleSet,
  options: PlanOptions,
  file = 'template.yaml',
): Promise<FixOutcome & { readonly text: string }> {
  const outcome = await applyFixes(
    async (texts) => Promise.resolve(scanText(texts.get(file) ?? text, ruleSet, file)),
    options,
  );
  return { ...outcome, text: outcome.files.get(file)?.after ?? text };
}
