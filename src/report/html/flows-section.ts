import type { FlowSummary, ScanResult, Verdict } from '../../model/scan-result.ts';
import { countsOf } from '../findings.ts';
import { plural } from '../plain-text.ts';
import { drawFlow, stateOf } from './draw-flow.ts';
import type { FlowLayout } from './layout-flow.ts';
import { badge, table } from './parts.ts';
import { decided, findingsAddress } from './report-data.ts';
import { html } from './template.ts';
import type { Markup } from './template.ts';

/** How many flows are drawn, of these shown unfolded, and how many are listed at all. */
export const flowLimits = { drawn: 40, opened: 3, listed: 1000 } as const;

const verdictRank: Readonly<Record<Verdict, number>> = { fail: 0, unknown: 1, pass: 2, notApplicable: 3 };

/** The flows of a result, failing ones first; the first `flowLimits.drawn` of them are to be drawn. */
export function flowsInOrder(result: ScanResult): FlowSummary[] {
  return result.flows.toSorted((a, b) => verdictRank[a.verdict] - verdictRank[b.verdict]);
}

/** A list of all flows, then the drawings of the first `layouts.length`. */
export function renderFlows(flows: readonly FlowSummary[], layouts: readonly FlowLayout[]): Markup {
  return html`<section id="flows" aria-labelledby="flows-title">
    <h2 id="flows-title">Flows</h2>
    ${flows.length === 0 ? html`<p>No request flows to a Lambda function found.</p>` : renderList(flows, layouts.length)}
    ${layouts.map((layout, index) => renderFlow(flows[index], layout, index))}
  </section>`;
}

function renderList(flows: readonly FlowSummary[], drawn: number): Markup {
  const rows = flows
    .slice(0, flowLimits.listed)
    .map((flow, index) => renderRow(flow, index < drawn ? `#flow-${index}` : undefined));
  const heads = [
    'Verdict',
    'Flow',
    'Entry',
    'Where',
    { number: 'Failed' },
    { number: 'Unknown' },
    { number: 'Passed' },
    { number: 'Waived' },
  ];
  const rest = flows.length - flowLimits.listed;
  return html`${table('All flows', heads, rows)}
  ${rest > 0 ? html`<p class="quiet">${plural(rest, 'more flow')} in the JSON result.</p>` : undefined}
  ${flows.length > drawn ? html`<p class="quiet">Diagrams are shown for the first ${drawn} flows.</p>` : undefined}`;
}

function renderRow(flow: FlowSummary, anchor: string | undefined): Markup {
  const { fail, unknown, pass, waived } = countsOf(flow);
  const address = anchor ?? findingsAddress({ flow: flow.id, verdict: decided });
  const { account, region, stack } = flow.entry;
  return html`<tr>
    <td>${badge(flow.verdict)}</td>
    <td><a href="${address}">${flow.title}</a></td>
    <td>${flow.entry.name}</td>
    <td>${[account, region].filter(Boolean).join(' ') || stack}</td>
    <td class="number">${fail}</td>
    <td class="number">${unknown}</td>
    <td class="number">${pass}</td>
    <td class="number">${waived}</td>
  </tr>`;
}

function renderFlow(flow: FlowSummary | undefined, layout: FlowLayout, index: number): Markup | undefined {
  if (flow === undefined) return undefined;
  const open = index < flowLimits.opened ? html` open` : undefined;
  return html`<details class="flow" id="flow-${index}" ${open}>
    <summary>
      ${badge(flow.verdict)} <span class="flow-title">${flow.title}: ${flow.entry.name}</span>
      <span class="quiet">${flow.entry.type}</span>
    </summary>
    <div class="scroll" tabindex="0" role="region" aria-label="Diagram ${index + 1}">
      ${drawFlow(flow, layout, index)}
    </div>
    <p class="quiet">
      ${describeNodes(flow)}
      <a href="${findingsAddress({ flow: flow.id, verdict: decided })}">All findings of this flow</a>
    </p>
  </details>`;
}

/** The diagram in words, for whoever does not see it and for paper. */
function describeNodes(flow: FlowSummary): string {
  const labels = new Map(flow.nodes.map(({ node, label }) => [node, label]));
  const places = [
    ...flow.nodes.map((node) => ({ name: node.label, place: node })),
    ...flow.edges.map((edge) => ({
      name: `${labels.get(edge.from) ?? edge.from} to ${labels.get(edge.to) ?? edge.to}`,
      place: edge,
    })),
  ];
  const notable = places.filter(({ place }) => place.fail + place.unknown + place.waived > 0);
  if (notable.length === 0) return 'Nothing fails or is unknown.';
  return `${notable.map(({ name, place }) => `${name}: ${stateOf(place)}`).join('; ')}.`;
}
