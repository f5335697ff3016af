import { severities } from '../../model/rule.ts';
import type { Evaluation, FlowSummary, RuleSummary, ScanResult, Verdict } from '../../model/scan-result.ts';
import { frameworkTitle } from '../control-mappings.ts';
import { groupBy, isOpenFailure, isOpenUnknown, rulesById, severityRank } from '../findings.ts';
import { plural } from '../plain-text.ts';
import { drawFlow, stateOf } from './draw-flow.ts';
import type { FlowLayout } from './layout-flow.ts';
import { findingsAddress } from './report-data.ts';
import { html } from './template.ts';
import type { Markup } from './template.ts';

const verdictTexts: Readonly<Record<Verdict, string>> = {
  fail: 'fail',
  unknown: 'unknown',
  pass: 'pass',
  notApplicable: 'not applicable',
};

/** A verdict as a coloured word. */
export function badge(verdict: Verdict): Markup {
  return html`<span class="badge ${verdict}">${verdictTexts[verdict]}</span>`;
}

/** The verdict over everything, in one sentence and its numbers, and what to do first. */
export function renderOverview(result: ScanResult): Markup {
  const { summary } = result;
  const verdict = overallVerdict(result);
  return html`<section id="overview" aria-labelledby="overview-title">
    <div class="verdict ${verdict}">
      <h2 id="overview-title">${headline(result, verdict)}</h2>
      <p>${subline(result)}</p>
    </div>
    <dl class="counts">
      ${count('Failed', summary.fail, 'fail', findingsAddress({ verdict: 'fail' }))}
      ${count('Unknown', summary.unknown, 'unknown', findingsAddress({ verdict: 'unknown' }))}
      ${count('Passed', summary.pass, 'pass', findingsAddress({ verdict: 'pass' }))}
      ${count('Not applicable', summary.notApplicable, 'notApplicable', findingsAddress({ verdict: 'notApplicable' }))}
      ${count('Waived', summary.waived, 'waived', findingsAddress({ verdict: 'all', waived: 'yes' }))}
    </dl>
    ${renderFirstSteps(result)}
  </section>`;
}

function count(label: string, value: number, kind: string, address: string): Markup {
  return html`<div class="${kind}">
    <dt>${label}</dt>
    <dd><a href="${address}">${formatNumber(value)}</a></dd>
  </div>`;
}

function formatNumber(value: number): string {
  return value.toLocaleString('en-US');
}

function overallVerdict({ summary }: ScanResult): Verdict {
  if (summary.fail > 0) return 'fail';
  if (summary.unknown > 0) return 'unknown';
  return summary.pass > 0 ? 'pass' : 'notApplicable';
}

function headline({ summary }: ScanResult, verdict: Verdict): string {
  if (verdict === 'fail') return `Fail: ${plural(summary.fail, 'open failure')}`;
  if (verdict === 'unknown') return `Undecided: no failure, ${plural(summary.unknown, 'unknown')}`;
  return verdict === 'pass'
    ? 'Pass: every statement that applies holds'
    : 'Nothing that a rule applies to was found';
}

function subline({ summary, flows, ruleSet, inputs }: ScanResult): string {
  const bySeverity = severities.flatMap((name) =>
    summary.bySeverity[name] > 0 ? `${summary.bySeverity[name]} ${name}` : [],
  );
  const failing = flows.filter((flow) => flow.verdict === 'fail').length;
  return [
    bySeverity.length === 0 ? '' : `${bySeverity.join(', ')}. `,
    flows.length === 0 ? 'No flow was found. ' : `${failing} of ${plural(flows.length, 'flow')} fail. `,
    `${plural(summary.resources, 'resource')} from ${plural(inputs.length, 'input')}, held against ${plural(ruleSet.rules.length, 'rule')}.`,
  ].join('');
}

/** Rules with open failures, worst and most frequent first, each with its fix. */
function renderFirstSteps(result: ScanResult): Markup | undefined {
  const rules = rulesById(result);
  const groups = [...groupBy(result.evaluations.filter(isOpenFailure), (item) => item.ruleId)];
  const rank = ([, items]: (typeof groups)[number]) => severityRank(items[0]?.severity ?? 'info');
  const sorted = groups.toSorted((a, b) => rank(a) - rank(b) || b[1].length - a[1].length);
  if (sorted.length === 0) return renderNextUnknowns(result);
  const rest = sorted.length - 6;
  return html`<h3>What to do first</h3>
    <ol class="steps">
      ${sorted.slice(0, 6).map(([id, items]) => renderStep(id, items, rules.get(id)))}
    </ol>
    ${rest > 0 ? html`<p class="more"><a href="${findingsAddress({ verdict: 'fail' })}">${plural(rest, 'more failing rule')}</a></p>` : undefined}
    ${renderNextUnknowns(result)}`;
}

function renderStep(id: string, items: readonly Evaluation[], rule: RuleSummary | undefined): Markup {
  const severity = items[0]?.severity ?? 'info';
  return html`<li>
    <p class="step-title">
      <span class="severity ${severity}">${severity}</span> <strong>${rule?.title ?? id}</strong>
      <a href="${findingsAddress({ verdict: 'fail', rule: id })}"
        >${plural(items.length, 'failure')}<span class="quiet"> of ${id}</span></a
      >
    </p>
    <p>${rule?.fix.text}</p>
    <p class="quiet">${rule?.why}</p>
  </li>`;
}

function renderNextUnknowns({ summary }: ScanResult): Markup | undefined {
  if (summary.unknown === 0) return undefined;
  return html`<p class="more">
    ${plural(summary.unknown, 'verdict')} could not be decided:
    <a href="#unknowns">what would settle them</a>.
  </p>`;
}

/** How many flows are drawn, and how many are listed. */
export const flowLimits = { drawn: 40, opened: 3, listed: 1000 } as const;

const verdictRank: Readonly<Record<Verdict, number>> = { fail: 0, unknown: 1, pass: 2, notApplicable: 3 };

/** The flows of a result, failing ones first; the first `flowLimits.drawn` of them are drawn. */
export function flowsInOrder(result: ScanResult): FlowSummary[] {
  return result.flows.toSorted((a, b) => verdictRank[a.verdict] - verdictRank[b.verdict]);
}

/** A list of all flows, then the drawings of the first. */
export function renderFlows(flows: readonly FlowSummary[], layouts: readonly FlowLayout[]): Markup {
  return html`<section id="flows" aria-labelledby="flows-title">
    <h2 id="flows-title">Flows</h2>
    ${flows.length === 0 ? html`<p>No flow that reaches a function was found.</p>` : renderFlowList(flows, layouts.length)}
    ${layouts.map((layout, index) => renderFlow(flows[index], layout, index))}
  </section>`;
}

function renderFlowList(flows: readonly FlowSummary[], drawn: number): Markup {
  const rest = flows.length - flowLimits.listed;
  return html`<div class="scroll" tabindex="0" role="region" aria-label="All flows">
      <table class="flows">
        <thead>
          <tr>
            <th scope="col">Verdict</th>
            <th scope="col">Flow</th>
            <th scope="col">Entry</th>
            <th scope="col">Where</th>
            <th scope="col" class="number">Failed</th>
            <th scope="col" class="number">Unknown</th>
            <th scope="col" class="number">Passed</th>
          </tr>
        </thead>
        <tbody>
          ${flows.slice(0, flowLimits.listed).map((flow, index) => renderFlowRow(flow, index < drawn ? `#flow-${index}` : undefined))}
        </tbody>
      </table>
    </div>
    ${rest > 0 ? html`<p class="quiet">${plural(rest, 'more flow')} in the JSON result.</p>` : undefined}
    ${flows.length > drawn ? html`<p class="quiet">The first ${drawn} flows are drawn below.</p>` : undefined}`;
}

function renderFlowRow(flow: FlowSummary, anchor: string | undefined): Markup {
  const sum = (key: 'fail' | 'unknown' | 'pass') => flow.nodes.reduce((total, node) => total + node[key], 0);
  const address = anchor ?? findingsAddress({ flow: flow.id, verdict: 'all' });
  const { account, region, stack } = flow.entry;
  return html`<tr>
    <td>${badge(flow.verdict)}</td>
    <td><a href="${address}">${flow.title}</a></td>
    <td>${flow.entry.name}</td>
    <td>${[account, region].filter(Boolean).join(' ') || stack}</td>
    <td class="number">${sum('fail')}</td>
    <td class="number">${sum('unknown')}</td>
    <td class="number">${sum('pass')}</td>
  </tr>`;
}

function renderFlow(flow: FlowSummary | undefined, layout: FlowLayout, index: number): Markup | undefined {
  if (flow === undefined) return undefined;
  return html`<details class="flow" id="flow-${index}" ${index < flowLimits.opened ? html` open` : undefined}>
    <summary>
      ${badge(flow.verdict)} <span class="flow-title">${flow.title}: ${flow.entry.name}</span>
      <span class="quiet">${flow.entry.type}</span>
    </summary>
    <div class="scroll" tabindex="0" role="region" aria-label="Diagram ${index + 1}">
      ${drawFlow(flow, layout, index)}
    </div>
    <p class="quiet">
      ${describeNodes(flow)}
      <a href="${findingsAddress({ flow: flow.id, verdict: 'all' })}">All findings of this flow</a>
    </p>
  </details>`;
}

/** The diagram in words, for whoever does not see it and for paper. */
function describeNodes(flow: FlowSummary): string {
  const notable = flow.nodes.filter(({ verdict }) => verdict === 'fail' || verdict === 'unknown');
  if (notable.length === 0) return 'No node fails or is unknown.';
  return `${notable.map((node) => `${node.label}: ${stateOf(node)}`).join('; ')}.`;
}

/** Every statement of the reference document with its counts, rules and controls. */
export function renderRequirements(result: ScanResult): Markup {
  const rules = rulesById(result);
  const rows = result.requirements.map((requirement) => {
    const { pass, fail, unknown, notApplicable, waived } = requirement.evaluated;
    const cell = (value: number, verdict: Verdict) =>
      value === 0
        ? html`<td class="number zero">0</td>`
        : html`<td class="number">
            <a class="${verdict}" href="${findingsAddress({ requirement: requirement.id, verdict })}"
              >${value}<span class="hidden"> ${verdictTexts[verdict]}, ${requirement.id}</span></a
            >
          </td>`;
    return html`<tr>
      <td>${badge(requirement.verdict)}</td>
      <th scope="row"><span class="says">${requirement.says}</span> <code>${requirement.id}</code></th>
      ${cell(fail, 'fail')}${cell(unknown, 'unknown')}${cell(pass, 'pass')}${cell(notApplicable, 'notApplicable')}
      <td class="number${waived === 0 ? ' zero' : ''}">${waived}</td>
      <td class="rules">${ruleList(requirement.rules, requirement.id)}</td>
      <td>${controlList(requirement.rules, rules)}</td>
    </tr>`;
  });
  return html`<section id="requirements" aria-labelledby="requirements-title">
    <h2 id="requirements-title">Requirements</h2>
    <div class="scroll" tabindex="0" role="region" aria-label="Requirements matrix">
      <table class="matrix">
        <thead>
          <tr>
            <th scope="col">Verdict</th>
            <th scope="col">Statement of the reference architecture</th>
            <th scope="col" class="number">Fail</th>
            <th scope="col" class="number">Unknown</th>
            <th scope="col" class="number">Pass</th>
            <th scope="col" class="number">N/A</th>
            <th scope="col" class="number">Waived</th>
            <th scope="col">Rules</th>
            <th scope="col">Framework controls</th>
          </tr>
        </thead>
        <tbody>
          ${rows}
        </tbody>
      </table>
    </div>
  </section>`;
}

/** Rules are named after the requirement that they decide; only others are worth the room. */
function ruleList(ids: readonly string[], requirement: string): Markup | string {
  if (ids.length === 0) return 'none';
  return html`${ids.map((id, index) => html`${index > 0 ? ', ' : ''}<code>${id === requirement ? 'same name' : id}</code>`)}`;
}

function controlList(ids: readonly string[], rules: ReadonlyMap<string, RuleSummary>): Markup {
  const controls = ids.flatMap((id) => rules.get(id)?.controls ?? []);
  const groups = [...groupBy(controls, ({ framework }) => framework)];
  return html`${groups.map(([framework, items]) => html`<div class="controls">${frameworkTitle(framework)}: ${[...new Set(items.map(({ id }) => id))].join(', ')}</div>`)}`;
}

/** Unknowns by what blocks them: settle one cause, decide all its verdicts. */
export function renderUnknowns(result: ScanResult): Markup {
  const unknowns = result.evaluations.filter(isOpenUnknown);
  const groups = [...groupBy(unknowns, (item) => item.reason ?? item.message)].toSorted(
    ([, a], [, b]) => b.length - a.length,
  );
  const shown = groups.slice(0, 200);
  return html`<section id="unknowns" aria-labelledby="unknowns-title">
    <h2 id="unknowns-title">Unknowns</h2>
    ${groups.length === 0 ? html`<p>Every verdict was decided.</p>` : html`<p class="quiet">Neither passed nor failed. Each line is one cause, with what would settle it.</p>`}
    ${
      groups.length === 0
        ? undefined
        : html`<div class="scroll" tabindex="0" role="region" aria-label="Causes of unknowns">
            <table>
              <thead>
                <tr>
                  <th scope="col" class="number">Verdicts</th>
                  <th scope="col">Why, and what settles it</th>
                  <th scope="col">Rules</th>
                  <th scope="col">Resources</th>
                </tr>
              </thead>
              <tbody>
                ${shown.map(([reason, items]) => renderUnknown(reason, items))}
              </tbody>
            </table>
          </div>`
    }
    ${groups.length > shown.length ? html`<p class="quiet">${plural(groups.length - shown.length, 'more cause')} among the findings.</p>` : undefined}
  </section>`;
}

function renderUnknown(reason: string, items: readonly Evaluation[]): Markup {
  const rules = [...new Set(items.map(({ ruleId }) => ruleId))];
  const names = [...new Set(items.map(({ resource }) => resource.name))];
  const address = findingsAddress({ verdict: 'unknown', q: reason.slice(0, 120) });
  return html`<tr>
    <td class="number">
      <a href="${address}">${items.length}<span class="hidden"> verdicts</span></a>
    </td>
    <td>${reason}</td>
    <td>${some(rules)}</td>
    <td>${some(names)}</td>
  </tr>`;
}

function some(names: readonly string[]): string {
  return names.length <= 4
    ? names.join(', ')
    : `${names.slice(0, 4).join(', ')} and ${names.length - 4} more`;
}

/** What was accepted, by whom, why and until when. */
export function renderWaivers(result: ScanResult): Markup {
  const waived = result.evaluations.filter((item) => item.waiver !== undefined);
  const shown = waived.slice(0, 500);
  const rows = shown.map(({ waiver, ruleId, resource, severity, verdict }) => {
    const place =
      waiver?.location === undefined ? '' : ` ${waiver.location.file}:${waiver.location.startLine}`;
    return html`<tr>
      <td><code>${ruleId}</code></td>
      <td>${resource.name}</td>
      <td><span class="severity ${severity}">${severity}</span></td>
      <td>${verdictTexts[verdict]}</td>
      <td>${waiver?.reason}</td>
      <td>${waiver?.owner ?? 'none named'}</td>
      <td>${waiver?.expires ?? 'never'}</td>
      <td>${waiver?.source}${place}</td>
    </tr>`;
  });
  return html`<section id="waivers" aria-labelledby="waivers-title">
    <h2 id="waivers-title">Waivers</h2>
    ${
      waived.length === 0
        ? html`<p>Nothing was waived.</p>`
        : html`<div class="scroll" tabindex="0" role="region" aria-label="Waived findings">
            <table>
              <thead>
                <tr>
                  <th scope="col">Rule</th>
                  <th scope="col">Resource</th>
                  <th scope="col">Severity</th>
                  <th scope="col">Would be</th>
                  <th scope="col">Reason</th>
                  <th scope="col">Owner</th>
                  <th scope="col">Expires</th>
                  <th scope="col">Source</th>
                </tr>
              </thead>
              <tbody>
                ${rows}
              </tbody>
            </table>
          </div>`
    }
    ${waived.length > shown.length ? html`<p><a href="${findingsAddress({ verdict: 'all', waived: 'yes' })}">${waived.length - shown.length} more</a></p>` : undefined}
  </section>`;
}

/** What the report rests on: inputs and digests, rule set and deviations, tool, times, and what is missing. */
export function renderProvenance(result: ScanResult): Markup {
  const { tool, ruleSet, startedAt, inputs, skipped, diagnostics } = result;
  return html`<section id="provenance" aria-labelledby="provenance-title">
    <h2 id="provenance-title">Provenance</h2>
    <dl class="facts">
      <dt>Tool</dt>
      <dd>${tool.name} ${tool.version}</dd>
      <dt>Started</dt>
      <dd><time datetime="${startedAt}">${startedAt}</time></dd>
      <dt>Rule set</dt>
      <dd><code>${ruleSet.digest}</code>, ${plural(ruleSet.rules.length, 'rule')}</dd>
      <dt>Result</dt>
      <dd>schema ${result.schemaVersion}, ${plural(result.evaluations.length, 'evaluation')}</dd>
    </dl>
    <h3>Deviations from the shipped rule set</h3>
    ${
      ruleSet.deviations.length === 0
        ? html`<p>None.</p>`
        : table(
            ['Kind', 'Rule', 'Change', 'Reason'],
            ruleSet.deviations.map(({ kind, ruleId, detail, reason }) => [
              kind,
              ruleId ?? 'all',
              detail,
              reason ?? 'none given',
            ]),
          )
    }
    <h3>Inputs</h3>
    ${table(
      ['Input', 'Kind', 'Resources', 'Digest'],
      inputs.map(({ name, kind, resources, digest }) => [
        name,
        kind,
        String(resources),
        digest ?? 'live, no digest',
      ]),
    )}
    <h3>Completeness</h3>
    ${
      diagnostics.length === 0
        ? html`<p>Everything that was asked for was read.</p>`
        : table(
            ['Severity', 'Code', 'Message', 'Where', 'Rules that it leaves unknown'],
            diagnostics.map(({ severity, code, message, where, blocks }) => [
              severity,
              code,
              message,
              where,
              blocks.length === 0 ? 'none' : some(blocks),
            ]),
          )
    }
    ${
      skipped.length === 0
        ? undefined
        : html`<details>
            <summary>${plural(skipped.length, 'file')} skipped</summary>
            ${table(
              ['File', 'Reason'],
              skipped.slice(0, 1000).map(({ name, reason }) => [name, reason]),
            )}
          </details>`
    }
  </section>`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): Markup {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${head.join(', ')}">
    <table>
      <thead>
        <tr>
          ${head.map((name) => html`<th scope="col">${name}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) =>
            html`<tr>
              ${row.map((cell) => html`<td>${cell}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}
