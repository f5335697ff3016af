import { severities } from '../../model/rule.ts';
import type { Evaluation, RuleSummary, ScanResult, Verdict } from '../../model/scan-result.ts';
import { groupBy } from '../../model/group-by.ts';
import { isOpenFailure, rulesById, severityRank } from '../findings.ts';
import { bestEdits, describeEdit } from '../first-edits.ts';
import { plural } from '../plain-text.ts';
import { formatNumber, prose, severityMark } from './parts.ts';
import { findingsAddress } from './report-data.ts';
import { html } from './template.ts';
import type { Markup } from './template.ts';

/** Rules among the first steps. */
const shownSteps = 6;

/** The verdict over everything, in one sentence and its numbers, and what to do first. */
export function renderOverview(result: ScanResult): Markup {
  const { summary } = result;
  const verdict = overallVerdict(result);
  const open = (name: Verdict) => findingsAddress({ verdict: name, waived: 'no' });
  return html`<section id="overview" aria-labelledby="overview-title">
    <div class="verdict ${verdict}">
      <h2 id="overview-title">${headline(result, verdict)}</h2>
      <p>${subline(result)}</p>
    </div>
    <dl class="counts">
      ${count('Failed', summary.fail, 'fail', open('fail'))}
      ${count('Unknown', summary.unknown, 'unknown', open('unknown'))}
      ${count('Passed', summary.pass, 'pass', open('pass'))}
      ${count('Not applicable', summary.notApplicable, 'notApplicable', open('notApplicable'))}
      ${count('Waived', summary.waived, 'waived', findingsAddress({ verdict: 'all', waived: 'yes' }))}
    </dl>
    ${renderFirstEdits(result) ?? renderFirstSteps(result)} ${renderNextUnknowns(result)}
  </section>`;
}

function count(label: string, value: number, kind: string, address: string): Markup {
  return html`<div class="${kind}">
    <dt>${label}</dt>
    <dd><a href="${address}">${formatNumber(value)}</a></dd>
  </div>`;
}

function overallVerdict({ summary }: ScanResult): Verdict {
  if (summary.fail > 0) return 'fail';
  if (summary.unknown > 0) return 'unknown';
  return summary.pass > 0 ? 'pass' : 'notApplicable';
}

function headline({ summary }: ScanResult, verdict: Verdict): string {
  if (verdict === 'fail') return `Failed: ${counted(summary.fail, 'failed check')}`;
  if (verdict === 'unknown')
    return `Unknown: no failed checks, ${counted(summary.unknown, 'unknown result')}`;
  if (verdict === 'pass') return 'Passed: all applicable checks passed';
  return 'Not applicable: no resources to check';
}

function subline({ summary, flows, ruleSet, inputs }: ScanResult): string {
  const bySeverity = severities
    .filter((name) => summary.bySeverity[name] > 0)
    .map((name) => `${formatNumber(summary.bySeverity[name])} ${name}`);
  const failing = flows.filter((flow) => flow.verdict === 'fail').length;
  return [
    bySeverity.length === 0 ? '' : `${bySeverity.join(', ')}. `,
    flows.length === 0 ? 'No request flows found. ' : `${failing} of ${counted(flows.length, 'flow')} fail. `,
    `${counted(summary.resources, 'resource')} from ${counted(inputs.length, 'input')}, `,
    `checked against ${counted(ruleSet.rules.length, 'rule')}.`,
  ].join('');
}

function counted(value: number, noun: string): string {
  return `${formatNumber(value)} ${noun}${value === 1 ? '' : 's'}`;
}

/** The edits that remove most failures, each as it is written in the source. */
function renderFirstEdits(result: ScanResult): Markup | undefined {
  const best = bestEdits(result);
  if (best === undefined) return undefined;
  return html`<h3>Fix first: ${best.summary}</h3>
    <ol class="steps">
      ${best.edits.map(
        (edit) =>
          html`<li>
            <p class="step-title">${severityMark(edit.severity)} <strong>${prose(edit.title)}</strong></p>
            ${edit.where === undefined ? undefined : html`<p class="quiet">in ${edit.where}</p>`}
            <p>${describeEdit(edit)}</p>
            ${edit.snippet === undefined ? undefined : html`<pre>${edit.snippet.text}</pre>`}
          </li>`,
      )}
    </ol>
    <p>
      <a href="${findingsAddress({ verdict: 'fail', waived: 'no' })}">All failed checks</a>
    </p>`;
}

/** Rules with open failures, worst and most frequent first, each with its fix. */
function renderFirstSteps(result: ScanResult): Markup | undefined {
  const rules = rulesById(result);
  const groups = [...groupBy(result.evaluations.filter(isOpenFailure), (item) => item.ruleId)];
  const rank = ([, items]: (typeof groups)[number]) => severityRank(items[0]?.severity ?? 'info');
  const sorted = groups.toSorted((a, b) => rank(a) - rank(b) || b[1].length - a[1].length);
  if (sorted.length === 0) return undefined;
  const rest = sorted.length - shownSteps;
  const more = html`<p>
    <a href="${findingsAddress({ verdict: 'fail', waived: 'no' })}">${plural(rest, 'more failing rule')}</a>
  </p>`;
  return html`<h3>Fix first</h3>
    <ol class="steps">
      ${sorted.slice(0, shownSteps).map(([id, items]) => renderStep(id, items, rules.get(id)))}
    </ol>
    ${rest > 0 ? more : undefined}`;
}

function renderStep(id: string, items: readonly Evaluation[], rule: RuleSummary | undefined): Markup {
  const address = findingsAddress({ verdict: 'fail', waived: 'no', rule: id });
  return html`<li>
    <p class="step-title">
      ${severityMark(items[0]?.severity ?? 'info')} <strong>${rule?.title ?? id}</strong>
      <a href="${address}">${counted(items.length, 'failed check')} for ${id}</a>
    </p>
    <p>${prose(rule?.fix.text)}</p>
    <p class="quiet">${prose(rule?.why)}</p>
  </li>`;
}

function renderNextUnknowns({ summary }: ScanResult): Markup | undefined {
  if (summary.unknown === 0) return undefined;
  return html`<p>
    ${counted(summary.unknown, 'unknown check')}:
    <a href="#unknowns">how to resolve them</a>.
  </p>`;
}
