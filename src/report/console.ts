import { styleText } from 'node:util';
import { snippetFor } from '../model/fix-words.ts';
import { severities } from '../model/rule.ts';
import type { Severity } from '../model/rule.ts';
import type { Diagnostic, Evaluation, RuleSummary, ScanResult, Verdict } from '../model/scan-result.ts';
import { describeChanges, describeWaivers } from './changes.ts';
import { groupBy } from '../model/group-by.ts';
import {
  describeBeyond,
  describeWhere,
  flowsById,
  isOpenFailure,
  isOpenUnknown,
  rulesById,
  worstFirst,
} from './findings.ts';
import { bestEdits, describeEdit } from './first-edits.ts';
import { plural, singleLine, withoutCommands, wrap } from './plain-text.ts';
import { describeBestAction } from './unknown-actions.ts';
import type { RenderOptions } from './render-options.ts';

type Style = Parameters<typeof styleText>[0];

const severityStyles: Readonly<Record<Severity, Style>> = {
  critical: ['bold', 'red'],
  high: 'red',
  medium: 'yellow',
  low: 'cyan',
  info: 'gray',
};

const verdictStyles: Readonly<Record<Verdict, Style>> = {
  fail: ['bold', 'red'],
  unknown: ['bold', 'yellow'],
  pass: ['bold', 'green'],
  notApplicable: 'gray',
};

const listed = 20;

/** Lines of a report with one way of indenting, wrapping and colouring. */
class Page {
  readonly lines: string[] = [];
  constructor(
    readonly columns: number,
    readonly color: boolean,
  ) {}

  paint(style: Style, text: string): string {
    return this.color ? styleText(style, text, { validateStream: false }) : text;
  }

  add(line = ''): void {
    this.lines.push(line);
  }

  /** A label and its wrapped text, continued below the text. */
  field(indent: number, label: string, text: string, style?: Style): void {
    const head = `${' '.repeat(indent)}${label}`;
    const [first = '', ...rest] = wrap(singleLine(text).trim(), Math.max(20, this.columns - head.length));
    const shown = (line: string) => (style === undefined ? line : this.paint(style, line));
    this.add(`${' '.repeat(indent)}${this.paint('gray', label)}${shown(first)}`);
    for (const line of rest) this.add(`${' '.repeat(head.length)}${shown(line)}`);
  }

  /** A line of code behind its own indentation; what has to be wrapped stands deeper. */
  code(indent: number, line: string): void {
    const own = line.length - line.trimStart().length;
    const [first = '', ...rest] = wrap(
      singleLine(line).trim(),
      Math.max(20, this.columns - indent - own - 2),
    );
    this.add(`${' '.repeat(indent + own)}${first}`);
    for (const more of rest) this.add(`${' '.repeat(indent + own + 2)}${more}`);
  }

  heading(text: string): void {
    this.add();
    for (const line of wrap(singleLine(text), this.columns)) this.add(this.paint('bold', line));
  }
}

/**
 * The result for people at a terminal: failures by flow and resource with what, where, why and fix,
 * unknowns by what settles them, waivers, diagnostics and a summary. Colours only where
 * `options.color` is set; lines of at most `options.columns`, single long words aside.
 */
export function renderConsole(result: ScanResult, options: RenderOptions = {}): string {
  const page = new Page(Math.max(40, options.columns ?? 80), options.color ?? false);
  addEdits(page, result);
  if (options.groupBy === 'rule') addRules(page, result);
  else addFailures(page, result, options.limitFindings ?? 60);
  const unknowns = result.evaluations.filter(isOpenUnknown);
  addPossible(page, worstFirst(unknowns.filter(({ failsWhen }) => failsWhen !== undefined)));
  addUnknowns(
    page,
    unknowns.filter(({ failsWhen }) => failsWhen === undefined),
  );
  addWaived(page, result);
  addChanges(page, result);
  addDiagnostics(page, result.diagnostics);
  addSummary(page, result);
  return `${page.lines.map(withoutCommands).join('\n').trimStart()}\n`;
}

/** What to begin with, before everything that there is. */
function addEdits(page: Page, result: ScanResult): void {
  const best = bestEdits(result);
  if (best === undefined) return;
  page.heading(`Fix first: ${best.summary}`);
  for (const [index, edit] of best.edits.entries()) {
    const where = edit.where === undefined ? '' : ` (${edit.where})`;
    page.field(2, `${index + 1}. `, `${edit.title}${where}`);
    page.field(5, '', describeEdit(edit));
  }
}

function addFailures(page: Page, result: ScanResult, limit: number): void {
  const failures = worstFirst(result.evaluations.filter(isOpenFailure));
  const rules = rulesById(result);
  const flows = flowsById(result);
  const explained = new Set<string>();
  for (const [flowId, inFlow] of groupBy(failures.slice(0, limit), (item) => item.flows[0] ?? '')) {
    const flow = flows.get(flowId);
    page.heading(flow === undefined ? 'Not part of a flow' : `${flow.title}: ${flow.entry.name}`);
    for (const [, ofResource] of groupBy(inFlow, (item) => item.resource.id)) {
      addResource(page, ofResource, rules, explained);
    }
  }
  addFold(page, failures.slice(limit));
  if (failures.length === 0) page.heading('No failed checks.');
}

/** Each rule that fails in a file, or in an account and Region, once, with all resources that fail it. */
function addRules(page: Page, result: ScanResult): void {
  const failures = worstFirst(result.evaluations.filter(isOpenFailure));
  const rules = rulesById(result);
  const placeOf = ({ location, resource }: Evaluation): string =>
    location?.file ?? [resource.account, resource.region].filter(Boolean).join(' ');
  const explained = new Set<string>();
  for (const [place, inPlace] of groupBy(failures, placeOf)) {
    page.heading(place === '' ? 'Not in a file' : place);
    for (const [key, ofRule] of groupBy(inPlace, ({ ruleId, severity }) => `${severity}  ${ruleId}`)) {
      const [first] = ofRule;
      if (first === undefined) continue;
      const rule = rules.get(first.ruleId);
      page.add(
        `  ${page.paint(severityStyles[first.severity], `FAIL ${singleLine(key)}`)}  ${plural(ofRule.length, 'resource')}`,
      );
      page.field(4, '', ofRule.length === 1 ? first.message : (rule?.title ?? first.message));
      page.field(4, 'on   ', ofRule.map(describeResource).join(', '));
      explainOnce(page, rule, first, explained, 4);
    }
  }
  if (failures.length === 0) page.heading('No failed checks.');
}

function describeResource({ resource, location }: Evaluation): string {
  return location === undefined ? resource.name : `${resource.name} (line ${location.startLine})`;
}

function addResource(
  page: Page,
  failures: readonly Evaluation[],
  rules: ReadonlyMap<string, RuleSummary>,
  explained: Set<string>,
): void {
  const resource = failures[0]?.resource;
  if (resource === undefined) return;
  page.add();
  page.field(2, '', `${resource.name} (${resource.type})`, 'bold');
  if (resource.sourceLine !== undefined) page.field(2, '', `from ${resource.sourceLine}`);
  for (const failure of failures) {
    const also = failure.flows.length - 1;
    const more = also > 0 ? `  (also in ${plural(also, 'other flow')})` : '';
    page.add(
      `    ${page.paint(severityStyles[failure.severity], `FAIL ${failure.severity}`)}  ${singleLine(failure.ruleId)}${more}`,
    );
    page.field(6, '', failure.message);
    page.field(6, 'at   ', describeWhere(failure));
    explainOnce(page, rules.get(failure.ruleId), failure, explained);
  }
}

function explainOnce(
  page: Page,
  rule: RuleSummary | undefined,
  { resource, location }: Evaluation,
  explained: Set<string>,
  indent = 6,
): void {
  if (rule === undefined) return;
  if (explained.has(rule.id)) {
    page.field(indent, 'fix  ', `see ${rule.id} above`);
    return;
  }
  explained.add(rule.id);
  page.field(indent, 'why  ', rule.why);
  page.field(indent, 'fix  ', rule.fix.text);
  const snippet = snippetFor(rule.fix, resource, location?.file);
  if (snippet === undefined) return;
  for (const line of snippet.text.split('\n')) page.code(indent + 5, line);
}

function addFold(page: Page, hidden: readonly Evaluation[]): void {
  if (hidden.length === 0) return;
  page.heading(`… and ${plural(hidden.length, 'more failed check')} of the same or lower severity`);
  const counts = [...groupBy(hidden, (item) => item.ruleId)].map(([id, items]) => `${id} (${items.length})`);
  page.field(2, '', counts.join(', '));
  page.field(2, '', 'For the full list, use --report html=report.html or --format json');
}

function addPossible(page: Page, undecided: readonly Evaluation[]): void {
  if (undecided.length === 0) return;
  page.heading(
    `Depends on a condition: ${plural(undecided.length, 'check')} that one side of a condition fails`,
  );
  page.field(2, '', 'To resolve them, pass --parameters.');
  for (const [when, items] of groupBy(undecided, ({ failsWhen }) => failsWhen ?? '')) {
    page.add();
    page.field(2, '? ', `fails when ${when}`, 'yellow');
    for (const item of items.slice(0, listed))
      page.field(6, '', `${item.severity}  ${item.ruleId} on ${item.resource.name}, ${describeWhere(item)}`);
    if (items.length > listed) page.field(6, '', `… and ${items.length - listed} more`);
  }
}

function addUnknowns(page: Page, unknowns: readonly Evaluation[]): void {
  if (unknowns.length === 0) return;
  page.heading(`Unknown: ${plural(unknowns.length, 'check')}`);
  const best = describeBestAction(unknowns);
  if (best !== undefined) page.field(2, '', best);
  const groups = [...groupBy(unknowns, (item) => item.reason ?? item.message)];
  const largest = groups.toSorted(([, a], [, b]) => b.length - a.length);
  for (const [reason, blocked] of largest.slice(0, listed)) {
    page.add();
    page.field(2, '? ', reason, 'yellow');
    for (const item of blocked.slice(0, 3)) {
      page.field(6, '', `${item.ruleId} on ${item.resource.name}, ${describeWhere(item)}`);
    }
    if (blocked.length > 3) page.field(6, '', `… and ${blocked.length - 3} more`);
  }
  if (groups.length > listed) {
    page.add();
    page.field(2, '', `… and ${plural(groups.length - listed, 'more cause')}: see --format json`);
  }
}

function addWaived(page: Page, result: ScanResult): void {
  const waived = result.evaluations.filter((item) => item.waiver !== undefined);
  if (waived.length === 0) return;
  page.heading(`Waived: ${plural(waived.length, 'finding')} (${describeWaivers(result).join(', ')})`);
  for (const item of waived.slice(0, listed)) {
    const { owner, expires, reason, source } = item.waiver ?? { reason: '', source: '' };
    const by = owner === undefined ? '' : ` by ${owner}`;
    const until = expires === undefined ? '' : ` until ${expires}`;
    page.field(2, '- ', `${item.ruleId} on ${item.resource.name}${by}${until}: ${reason}, ${source}`);
  }
  if (waived.length > listed) page.field(2, '', `… and ${waived.length - listed} more: see --format json`);
}

function addChanges(page: Page, result: ScanResult): void {
  const changes = describeChanges(result);
  if (changes.length === 0) return;
  page.heading(`Changed from the defaults: ${changes.length}`);
  for (const change of changes) page.field(2, '- ', change);
}

function addDiagnostics(page: Page, diagnostics: readonly Diagnostic[]): void {
  if (diagnostics.length === 0) return;
  page.heading(`Diagnostics: ${diagnostics.length}`);
  const order = ['error', 'warning', 'info'];
  const worst = diagnostics.toSorted((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity));
  for (const item of worst.slice(0, listed)) {
    const blocks = item.blocks.length === 0 ? '' : `; blocks ${plural(item.blocks.length, 'rule')}`;
    page.field(2, `${item.severity} `, `${item.message} (${item.where}${blocks})`);
  }
  if (diagnostics.length > listed) {
    page.field(2, '', `… and ${diagnostics.length - listed} more: see --format json`);
  }
}

function addSummary(page: Page, result: ScanResult): void {
  const { summary, flows, skipped, inputs, ruleSet } = result;
  page.heading('Summary');
  for (const flow of flows.slice(0, listed)) {
    // A flow does not pass by the few rules that were picked; none of them fails there.
    const isPicked = flow.verdict === 'pass' && (ruleSet.selection?.rules ?? []).length > 0;
    const label = isPicked ? noFailure : flowVerdicts[flow.verdict];
    const verdict = page.paint(verdictStyles[flow.verdict], label);
    page.add(
      `  ${verdict}  ${wrap(singleLine(`${flow.diagram} flow ${flow.entry.name}`), page.columns)[0] ?? ''}`,
    );
  }
  if (flows.length > listed) page.field(2, '', `… and ${plural(flows.length - listed, 'more flow')}`);
  const bySeverity = severities
    .filter((severity) => summary.bySeverity[severity] > 0)
    .map((severity) => `${summary.bySeverity[severity]} ${severity}`);
  const failed = bySeverity.length === 0 ? '' : ` (${bySeverity.join(', ')})`;
  page.field(
    2,
    '',
    `${summary.fail} failed${failed}, ${summary.unknown} unknown, ${summary.pass} passed, ${summary.notApplicable} not applicable, ${summary.waived} waived`,
  );
  const beyond = describeBeyond(result);
  if (beyond !== undefined) page.field(2, '', `beyond the reference diagrams: ${beyond}`);
  const skips = skipped.length === 0 ? '' : `, ${skipped.length} skipped`;
  const deviations =
    ruleSet.deviations.length === 0
      ? ''
      : `, ${plural(ruleSet.deviations.length, 'change')} to the built-in rules`;
  page.field(
    2,
    '',
    `${plural(inputs.length, 'input')}${skips}, ${plural(summary.resources, 'resource')}, ${plural(ruleSet.rules.length, 'rule')}${deviations}`,
  );
  if (skipped.length > 0) page.field(2, 'skipped: ', skipReasons(skipped));
}

/** Reasons with their counts, the most frequent first. */
function skipReasons(skipped: ScanResult['skipped']): string {
  const counts = [...groupBy(skipped, ({ reason }) => reason)].map(([reason, { length }]) => ({
    reason,
    length,
  }));
  counts.sort((a, b) => b.length - a.length);
  return `${counts.map(({ reason, length }) => `${reason} (${length})`).join(', ')}; --verbose lists the files`;
}

const noFailure = 'NO FAIL';

const flowVerdicts: Readonly<Record<Verdict, string>> = {
  fail: 'FAIL   ',
  unknown: 'UNKNOWN',
  pass: 'PASS   ',
  notApplicable: 'N/A    ',
};
