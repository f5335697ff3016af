/** Headgate's public API: what is exported here, and nothing else, is kept stable. */
export { scanTemplates, decideReading, type DecideOptions } from './app/scan.ts';
export { runExamples, type ExampleOutcome } from './app/rule-examples.ts';
export { shippedRules, shippedRulesWithExamples } from './rules/shipped.ts';
export { applySettings, type RuleSetting, type RuleSources } from './rules/apply-config.ts';
export { readRuleFolder } from './rules/read-rules.ts';
export {
  readTemplate,
  readTemplates,
  type ReadTemplateOptions,
  type ReadTemplatesOptions,
} from './template/read-templates.ts';
export { renderReport, renderReportParts, reportFormats } from './report/render.ts';
export { HeadgateError } from './model/headgate-error.ts';
export type { ScanResult, Evaluation, Evidence, Verdict, Diagnostic } from './model/scan-result.ts';
export type { Rule, RuleSet, Severity } from './model/rule.ts';
