import { severities } from '../model/rule.ts';
import type { Evaluation, ScanResult, Verdict } from '../model/scan-result.ts';
import { describeChanges, describeWaivers } from './changes.ts';
import { groupBy } from '../model/group-by.ts';
import {
  countsOf,
  describeBeyond,
  describeWhere,
  isOpenFailure,
  isOpenUnknown,
  rulesById,
  worstFirst,
} from './findings.ts';
import { bestEdits, describeEdit } from './first-edits.ts';
import { plural, singleLine, truncate, withoutCommands } from './plain-text.ts';
import { describeBestAction } from './unknown-actions.ts';
import type { RenderOptions } from './render-options.ts';

/** Longest body of a pull request comment on GitHub. */
const commentLimitBytes = 65_536;

/** Room for the closing lines of a text that was cut. */
const reservedBytes = 600;

/** Changes of the configuration that are listed, so that failures keep their room. */
const changesLimit = 100;

/** Longest text of one table cell, in code points. */
const cellLimit = 300;

/**
 * GitHub-flavoured Markdown for a pull request comment or a job summary: verdict, flows, open
 * failures worst first, then unknowns and waivers folded away. Cut between rows before
 * `options.limitBytes`, with `options.pointer` to the whole. Text of the input can neither mark up, nor
 * mention, nor link.
 */
export function renderMarkdown(result: ScanResult, options: RenderOptions = {}): string {
  const page = new LimitedPage((options.limitBytes ?? commentLimitBytes) - reservedBytes);
  addVerdict(page, result);
  addChanges(page, result);
  addEdits(page, result);
  addFailures(page, result);
  addPossible(page, result);
  addUnknowns(page, result);
  addWaivers(page, result);
  if (page.cut > 0) {
    const pointer = options.pointer ?? 'The HTML or JSON report has all of them.';
    page.close(`_${plural(page.cut, 'row')} left out to keep within the size limit._ ${pointer}`);
  }
  return page.text();
}

/** Lines up to a size in bytes; whole rows are left out and counted. */
export class LimitedPage {
  private readonly lines: string[] = [];
  private used = 0;
  private full = false;
  cut = 0;

  constructor(private readonly limitBytes: number) {}

  /** False when the lines do not fit; from then on nothing does, so that no later part stands without an earlier one. */
  add(...lines: readonly string[]): boolean {
    const size = Buffer.byteLength(lines.join('\n')) + 1;
    this.full ||= this.used + size > this.limitBytes;
    if (this.full) return false;
    this.used += size;
    this.lines.push(...lines);
    return true;
  }

  /** A table; its rows that do not fit are counted in `cut`. */
  table(head: readonly string[], rows: readonly (readonly string[])[]): void {
    const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
    let fits = this.add('', row(head), row(head.map(() => '---')));
    for (const cells of rows) {
      fits = fits && this.add(row(cells));
      if (!fits) this.cut += 1;
    }
  }

  /** Content that the reader unfolds; the closing tag always fits, for room is kept for it. */
  details(summary: string, content: () => void): void {
    const opened = this.add('', `<details><summary>${summary}</summary>`);
    content();
    if (opened) this.close('</details>');
  }

  close(line: string): void {
    this.lines.push('', line);
  }

  text(): string {
    return `${this.lines.join('\n')}\n`;
  }
}

const verdictNames: Readonly<Record<Verdict, string>> = {
  fail: '**FAIL**',
  unknown: 'unknown',
  pass: 'pass',
  notApplicable: 'not applicable',
};

function addVerdict(page: LimitedPage, result: ScanResult): void {
  const { summary, flows, tool } = result;
  const counts = severities
    .filter((severity) => summary.bySeverity[severity] > 0)
    .map((severity) => `${summary.bySeverity[severity]} ${severity}`);
  const verdict =
    summary.fail === 0 ? 'no findings' : `${plural(summary.fail, 'finding')} (${counts.join(', ')})`;
  page.add(
    `### Headgate: ${verdict}`,
    '',
    `${summary.unknown} unknown, ${summary.pass} passed, ${summary.notApplicable} not applicable, ${summary.waived} waived; ${plural(summary.resources, 'resource')}, version ${escapeMarkdown(tool.version)}.`,
  );
  const beyond = describeBeyond(result);
  if (beyond !== undefined) page.add('', `Beyond the reference diagrams: ${beyond}.`);
  if (flows.length === 0) return;
  const rows = flows.map((flow) => [
    verdictNames[flow.verdict],
    cell(flow.title),
    cell(flow.entry.name),
    String(countsOf(flow).fail),
    String(countsOf(flow).unknown),
  ]);
  page.table(['Verdict', 'Flow', 'Entry', 'Failed', 'Unknown'], rows);
}

/** A reviewer sees at once what a pull request changes in its own gate. */
function addChanges(page: LimitedPage, result: ScanResult): void {
  const changes = describeChanges(result);
  const waivers = describeWaivers(result);
  if (changes.length > 0) page.add('', `**Changed from the defaults (${changes.length}):**`, '');
  for (const change of changes.slice(0, changesLimit)) page.add(`- ${cell(change)}`);
  if (changes.length > changesLimit) page.add(`- and ${changes.length - changesLimit} more`);
  if (waivers.length > 0) page.add('', `**Waived:** ${cell(waivers.join(', '))}`);
}

function addEdits(page: LimitedPage, result: ScanResult): void {
  const best = bestEdits(result);
  if (best === undefined) return;
  page.add('', `#### Fix first: ${best.summary}`, '');
  for (const [index, edit] of best.edits.entries()) {
    const where = edit.where === undefined ? '' : `, in ${codeSpan(truncate(edit.where, cellLimit))}`;
    page.add(`${index + 1}. ${cell(edit.title)}${where}: ${cell(describeEdit(edit))}`);
  }
}

function addFailures(page: LimitedPage, result: ScanResult): void {
  const failures = worstFirst(result.evaluations.filter(isOpenFailure));
  if (failures.length === 0) return;
  const rules = rulesById(result);
  const rows = failures.map((item) => [
    item.severity,
    codeSpan(item.ruleId),
    cell(item.message),
    codeSpan(truncate(describeWhere(item), cellLimit)),
    cell(rules.get(item.ruleId)?.fix.text ?? ''),
  ]);
  page.add('', '#### Findings');
  page.table(['Severity', 'Rule', 'What', 'Where', 'Fix'], rows);
}

function addPossible(page: LimitedPage, result: ScanResult): void {
  const possible = worstFirst(
    result.evaluations.filter((item) => isOpenUnknown(item) && item.failsWhen !== undefined),
  );
  if (possible.length === 0) return;
  page.add('', '#### Checks that one side of a condition fails');
  page.table(
    ['Severity', 'Rule', 'Fails when', 'Where'],
    possible.map((item) => [
      item.severity,
      codeSpan(item.ruleId),
      cell(item.failsWhen ?? ''),
      codeSpan(truncate(describeWhere(item), cellLimit)),
    ]),
  );
}

function addUnknowns(page: LimitedPage, result: ScanResult): void {
  const unknowns = result.evaluations.filter(isOpenUnknown);
  if (unknowns.length === 0) return;
  const groups = [...groupBy(unknowns, (item) => item.reason ?? item.message)];
  const rows = groups
    .toSorted(([, a], [, b]) => b.length - a.length)
    .map(([reason, items]) => [String(items.length), cell(reason), codeSpan(distinctRules(items))]);
  page.details(`${plural(unknowns.length, 'unknown')}, and how to resolve them`, () => {
    const best = describeBestAction(unknowns);
    if (best !== undefined) page.add('', cell(best));
    page.table(['Verdicts', 'Cause and resolution', 'Rules'], rows);
  });
}

function distinctRules(items: readonly Evaluation[]): string {
  const ids = [...new Set(items.map((item) => item.ruleId))];
  return ids.length <= 3 ? ids.join(', ') : `${ids.slice(0, 3).join(', ')} and ${ids.length - 3} more`;
}

function addWaivers(page: LimitedPage, result: ScanResult): void {
  const waived = result.evaluations.filter((item) => item.waiver !== undefined);
  if (waived.length === 0) return;
  const rows = waived.map(({ ruleId, resource, waiver }) => [
    codeSpan(ruleId),
    cell(resource.name),
    cell(waiver?.reason ?? ''),
    cell(waiver?.source ?? ''),
    cell(waiver?.owner ?? ''),
    cell(waiver?.expires ?? ''),
  ]);
  page.details(`${waived.length} waived`, () => {
    page.table(['Rule', 'Resource', 'Reason', 'From', 'Owner', 'Expires'], rows);
  });
}

/** Text for a table cell; what stands between backticks stays code. */
export function cell(text: string): string {
  const parts = truncate(singleLine(text), cellLimit).split('`');
  return parts
    .map((part, index) => {
      if (index % 2 === 0) return escapeMarkdown(part);
      // Without a partner a backtick is text.
      return index === parts.length - 1 ? `\\\`${escapeMarkdown(part)}` : codeSpan(part);
    })
    .join('');
}

/** Text of the input as code. */
export function codeSpan(text: string): string {
  const safe = withoutCommands(singleLine(text)).replaceAll('`', "'").replaceAll('|', '\\|').trim();
  return safe === '' ? '' : `\`${safe}\``;
}

/** Escapes markup inside a line, and splits what GitHub would make a mention, an issue or a link with an empty comment. */
function escapeMarkdown(text: string): string {
  return text
    .replace(/[\\`*_[\]|~]/g, '\\$&')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replace(/@|#(?=\d)|:(?=\/\/)|www(?=\.)|GH(?=-\d)/gi, '$&<!-- -->');
}
