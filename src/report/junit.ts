import { withoutControls } from './plain-text.ts';
import type { Diagnostic, Evaluation, RuleSummary, ScanResult } from '../model/scan-result.ts';
import { describeChanges, describeWaivers } from './changes.ts';
import { groupBy } from '../model/group-by.ts';
import { describeWhere, rulesById } from './findings.ts';

/**
 * JUnit XML: one suite for each rule that was evaluated, one case for each resource. Open failures
 * are failures; waived, unknown and not applicable evaluations are skipped, with why; errors of the
 * scan stand in a suite of their own. Source: jenkinsci/xunit-plugin junit-10.xsd, read 2026-11-23.
 */
export function renderJunit(result: ScanResult): string {
  const rules = rulesById(result);
  const suites = [...groupBy(result.evaluations, (item) => item.ruleId)].map(([ruleId, items]) =>
    renderSuite(
      ruleId,
      items.map((item) => renderCase(item, rules.get(ruleId))),
      result,
    ),
  );
  const errors = result.diagnostics.filter((item) => item.severity === 'error');
  if (errors.length > 0) suites.push(renderSuite('headgate.scan', errors.map(renderError), result));
  const changes = [
    ...describeChanges(result),
    ...describeWaivers(result).map((waived) => `waived: ${waived}`),
  ];
  if (changes.length > 0)
    suites.push(renderSuite('headgate.configuration', [], result, renderChanges(changes)));
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="headgate">\n${suites.join('')}</testsuites>\n`;
}

function renderChanges(changes: readonly string[]): string {
  const lines = changes.map((value) => `      <property${attributesOf({ name: 'change', value })}/>\n`);
  return `    <properties>\n${lines.join('')}    </properties>\n`;
}

interface Case {
  readonly outcome: 'pass' | 'failure' | 'skipped' | 'error';
  readonly xml: string;
}

function renderSuite(
  name: string,
  cases: readonly Case[],
  { startedAt, tool }: ScanResult,
  properties = '',
): string {
  const count = (outcome: Case['outcome']) => cases.filter((item) => item.outcome === outcome).length;
  const attributes = {
    name,
    tests: cases.length,
    failures: count('failure'),
    errors: count('error'),
    skipped: count('skipped'),
    timestamp: startedAt,
    version: tool.version,
  };
  return `  <testsuite${attributesOf(attributes)}>\n${properties}${cases.map(({ xml }) => xml).join('')}  </testsuite>\n`;
}

function renderCase(evaluation: Evaluation, rule: RuleSummary | undefined): Case {
  const { outcome, type, message } = outcomeOf(evaluation);
  const open = `    <testcase${attributesOf({ name: nameOf(evaluation), classname: evaluation.ruleId })}`;
  if (outcome === 'pass') return { outcome, xml: `${open}/>\n` };
  const body = outcome === 'failure' ? escapeXml(explain(evaluation, rule)) : '';
  const inner = `      <${outcome}${attributesOf({ type, message })}>${body}</${outcome}>\n`;
  return { outcome, xml: `${open}>\n${inner}    </testcase>\n` };
}

function outcomeOf({ verdict, waiver, message, reason, severity }: Evaluation): {
  outcome: Case['outcome'];
  type: string;
  message: string;
} {
  if (waiver !== undefined)
    return { outcome: 'skipped', type: 'waived', message: `waived: ${waiver.reason}` };
  if (verdict === 'pass') return { outcome: 'pass', type: '', message: '' };
  if (verdict === 'fail') return { outcome: 'failure', type: severity, message };
  const type = verdict === 'unknown' ? 'unknown' : 'not applicable';
  return { outcome: 'skipped', type, message: `${type}: ${reason ?? message}` };
}

function nameOf({ resource }: Evaluation): string {
  return `${resource.name} (${resource.arn ?? resource.id})`;
}

function explain(evaluation: Evaluation, rule: RuleSummary | undefined): string {
  const lines = [
    evaluation.message,
    `at: ${describeWhere(evaluation)}`,
    ...evaluation.evidence.map(({ what, value, expected }) => `${what}: ${value}, expected ${expected}`),
    ...(rule === undefined ? [] : [`why: ${rule.why}`, `fix: ${rule.fix.text}`]),
  ];
  return lines.join('\n');
}

function renderError({ code, message, where }: Diagnostic): Case {
  const inner = `      <error${attributesOf({ type: code, message })}></error>\n`;
  return {
    outcome: 'error',
    xml: `    <testcase${attributesOf({ name: where, classname: 'headgate.scan' })}>\n${inner}    </testcase>\n`,
  };
}

function attributesOf(attributes: Readonly<Record<string, string | number>>): string {
  return Object.entries(attributes)
    .map(([name, value]) => ` ${name}="${escapeXml(String(value)).replace(/[\t\n]/g, ' ')}"`)
    .join('');
}

/**
 * Escapes markup, replaces what XML 1.0 cannot hold even escaped (section 2.2, Char), and spells out what it can hold
 * and a reader would not see: C1 controls and directions.
 */
function escapeXml(text: string): string {
  return withoutControls(
    text
      .replace(/\r\n?/g, '\n')
      // eslint-disable-next-line no-control-regex
      .replace(/[\u0000-\u0008\u000b-\u001f\ud800-\udfff\ufffe\uffff]/gu, '\ufffd'),
  )
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
