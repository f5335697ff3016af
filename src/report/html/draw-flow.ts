import type { FlowEdge, FlowNode, FlowSummary } from '../../model/scan-result.ts';
import { edgeName } from '../../model/flow-place.ts';
import { truncate } from '../plain-text.ts';
import type { Box, FlowLayout } from './layout-flow.ts';
import { decided, findingsAddress } from './report-data.ts';
import { html } from './template.ts';
import type { Markup } from './template.ts';

type Node = FlowNode;
type Edge = FlowEdge;

const signs = { fail: '✕', unknown: '?', pass: '✓', notApplicable: '–' } as const;

/** A flow as its reference diagram: inline SVG, every node named, coloured and labelled by its verdict, linked to its findings. */
export function drawFlow(flow: FlowSummary, layout: FlowLayout, number: number): Markup {
  const margin = 4;
  const view = `${-margin} ${-margin} ${layout.width + 2 * margin} ${layout.height + 2 * margin}`;
  return html`<svg
    class="diagram"
    viewBox="${view}"
    width="${layout.width + 2 * margin}"
    role="group"
    aria-label="Diagram of ${flow.title}, entry ${flow.entry.name}"
  >
    <defs>
      <marker
        id="arrow-${number}"
        viewBox="0 0 8 8"
        refX="7"
        refY="4"
        markerWidth="7"
        markerHeight="7"
        orient="auto"
      >
        <path class="arrowhead" d="M0,0.8L8,4L0,7.2z" />
      </marker>
    </defs>
    <g class="groups">${layout.groups.map(({ box }) => drawBox(box, 6))}</g>
    <g>${layout.edges.map((edge) => drawEdge(flow, edge, number))}</g>
    <g class="groups">${layout.groups.map(drawGroupLabel)}</g>
    ${flow.nodes.map((node, index) => drawNode(flow, node, layout.nodes[index]))}
  </svg>`;
}

function drawBox({ x, y, width, height }: Box, radius: number): Markup {
  return html`<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="${radius}" />`;
}

/** Above the arrows, which may cross it. */
function drawGroupLabel({ label, box }: FlowLayout['groups'][number]): Markup {
  return html`<text x="${box.x + 10}" y="${box.y + 15}">${truncate(label, 40)}</text>`;
}

/** An arrow, which leads to its findings where something is decided on it. */
function drawEdge(flow: FlowSummary, drawn: FlowLayout['edges'][number], number: number): Markup {
  const { path, dashed, label } = drawn;
  const edge = flow.edges[drawn.edge];
  const text =
    label === undefined
      ? undefined
      : html`<text x="${label.x}" y="${label.y + 3}">${truncate(label.text, 40)}</text>`;
  const shape = html`<path d="${path}" marker-end="url(#arrow-${number})" />${text}`;
  const verdict = edge?.verdict ?? 'notApplicable';
  const kind = `edge ${verdict}${dashed ? ' dashed' : ''}`;
  if (edge === undefined || verdict === 'notApplicable')
    return html`<g class="${kind}" aria-hidden="true">${shape}</g>`;
  const address = findingsAddress({ flow: flow.id, node: edgeName(edge), verdict: decided });
  const labelOf = (id: string) => flow.nodes.find(({ node }) => node === id)?.label ?? id;
  return html`<a
    class="${kind}"
    href="${address}"
    aria-label="${labelOf(edge.from)} to ${labelOf(edge.to)}: ${stateOf(edge)}. Show findings"
    >${shape}</a
  >`;
}

function drawNode(flow: FlowSummary, node: Node, box: Box | undefined): Markup | undefined {
  if (box === undefined) return undefined;
  const middle = box.x + box.width / 2;
  const shape = html`${drawBox(box, 4)}<text class="name" x="${middle}" y="${box.y + 19}"
      >${truncate(node.label, 34)}</text
    ><text class="state" x="${middle}" y="${box.y + 35}">${signs[node.verdict]} ${stateOf(node)}</text>`;
  if (node.verdict === 'notApplicable') return html`<g class="node ${node.verdict}">${shape}</g>`;
  const address = findingsAddress({ flow: flow.id, node: node.node, verdict: decided });
  return html`<a
    class="node ${node.verdict}"
    href="${address}"
    aria-label="${node.label}: ${stateOf(node)}. Show findings"
    >${shape}</a
  >`;
}

/** `2 fail, 1 unknown`: what a node's or arrow's color says, in words. */
export function stateOf(place: Node | Edge): string {
  const { verdict, fail, unknown, pass, waived } = place;
  const isEmpty = 'resources' in place && place.resources.length === 0;
  if (verdict === 'notApplicable') return isEmpty ? 'not used' : 'not applicable';
  const waivedText = waived > 0 ? [`${waived} waived`] : [];
  if (verdict === 'pass') return [...(pass > 0 ? [`${pass} pass`] : []), ...waivedText].join(', ');
  const counts = [fail > 0 ? `${fail} fail` : '', unknown > 0 ? `${unknown} unknown` : ''].filter(Boolean);
  return [...(isEmpty && fail > 0 ? ['missing'] : []), ...counts, ...waivedText].join(', ');
}
