import type { FlowSummary } from '../../model/scan-result.ts';
import { truncate } from '../plain-text.ts';
import type { Box, FlowLayout } from './layout-flow.ts';
import { findingsAddress } from './report-data.ts';
import { html } from './template.ts';
import type { Markup } from './template.ts';

type Node = FlowSummary['nodes'][number];

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
    <g aria-hidden="true">${layout.edges.map((edge) => drawEdge(edge, number))}</g>
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

function drawEdge({ path, dashed, label }: FlowLayout['edges'][number], number: number): Markup {
  const text =
    label === undefined
      ? undefined
      : html`<text x="${label.x}" y="${label.y + 3}">${truncate(label.text, 40)}</text>`;
  return html`<g class="edge${dashed ? ' dashed' : ''}"
    ><path d="${path}" marker-end="url(#arrow-${number})" />${text}</g
  >`;
}

function drawNode(flow: FlowSummary, node: Node, box: Box | undefined): Markup | undefined {
  if (box === undefined) return undefined;
  const middle = box.x + box.width / 2;
  const shape = html`${drawBox(box, 4)}<text class="name" x="${middle}" y="${box.y + 19}"
      >${truncate(node.label, 34)}</text
    ><text class="state" x="${middle}" y="${box.y + 35}">${signs[node.verdict]} ${stateOf(node)}</text>`;
  if (node.verdict === 'notApplicable') return html`<g class="node ${node.verdict}">${shape}</g>`;
  const address = findingsAddress({
    flow: flow.id,
    // What is missing has no resource to find; its failures stand on the flow's other resources.
    ...(node.resources.length === 0 ? {} : { node: node.node }),
    ...(node.fail > 0 ? { verdict: 'fail', waived: 'no' } : { verdict: 'all' }),
  });
  return html`<a
    class="node ${node.verdict}"
    href="${address}"
    aria-label="${node.label}: ${stateOf(node)}. Show findings"
    >${shape}</a
  >`;
}

/** `2 fail, 1 unknown`: what a node's colour says, in words. */
export function stateOf({ verdict, fail, unknown, pass, resources }: Node): string {
  if (verdict === 'notApplicable') return resources.length === 0 ? 'not found' : 'not applicable';
  if (verdict === 'pass') return `${pass} pass`;
  const counts = [fail > 0 ? `${fail} fail` : '', unknown > 0 ? `${unknown} unknown` : ''].filter(Boolean);
  const missing = resources.length === 0 ? ['missing'] : [];
  return [...missing, ...counts].join(', ') || verdict;
}
