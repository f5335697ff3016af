import { instance } from '@viz-js/viz';
import type { FlowSummary } from '../../model/scan-result.ts';
import { groupBy } from '../../model/group-by.ts';

/** A rectangle by its upper left corner, in pixels, y downwards. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface FlowLayout {
  readonly width: number;
  readonly height: number;
  /** One for each node of the flow, in its order. */
  readonly nodes: readonly Box[];
  readonly groups: readonly { readonly label: string; readonly box: Box }[];
  readonly edges: readonly {
    /** Index into the flow's edges. */
    readonly edge: number;
    /** SVG path data. */
    readonly path: string;
    readonly dashed: boolean;
    readonly label?: { readonly text: string; readonly x: number; readonly y: number };
  }[];
}

type Viz = Awaited<ReturnType<typeof instance>>;
type Point = readonly [x: number, y: number];

/** What Graphviz says of an object in its `json` format, as far as it is read here. */
interface Drawn {
  readonly name?: string;
  readonly pos?: string;
  readonly bb?: string;
  readonly lp?: string;
}

const nodeHeight = 46;
const pixelsPerInch = 72;

/** Loads the layout engine and lays flows out; flows of one shape share a layout. */
export async function createFlowLayouter(): Promise<(flow: FlowSummary) => FlowLayout> {
  const viz = await instance();
  const known = new Map<string, FlowLayout>();
  return (flow) => {
    const shape = JSON.stringify([
      flow.nodes.map(({ node, label, group }) => [node, label, group]),
      flow.edges.map(({ from, to, label, dashed }) => [from, to, label, dashed]),
    ]);
    const layout = known.get(shape) ?? layOut(viz, flow);
    known.set(shape, layout);
    return layout;
  };
}

function layOut(viz: Viz, flow: FlowSummary): FlowLayout {
  const edges = knownEdges(flow);
  const arrivals = groupBy(edges, ({ head }) => String(head));
  const groups = [...new Set(flow.nodes.flatMap(({ group }) => group ?? []))];
  // Names and labels of the input never reach the engine: it gets numbers, sizes and filler of the same length.
  const drawn = viz.renderJSON({
    directed: true,
    graphAttributes: { rankdir: 'LR', nodesep: 0.14, ranksep: 0.5, fontname: 'Helvetica', fontsize: 13 },
    nodeAttributes: { shape: 'box', fixedsize: true, height: nodeHeight / pixelsPerInch },
    edgeAttributes: { fontname: 'Helvetica', fontsize: 10 },
    nodes: flow.nodes.map(({ label }, index) => ({
      name: `n${index}`,
      attributes: { width: nodeWidth(label) / pixelsPerInch, label: '' },
    })),
    edges: edges.map(({ tail, head, label }) => ({
      tail: `n${tail}`,
      head: `n${head}`,
      attributes: {
        label: filler(label),
        // What has one way in belongs under it; what gathers from many places may stand aside.
        weight: arrivals.get(String(head))?.length === 1 ? 6 : 1,
      },
    })),
    subgraphs: groups.map((group, index) => ({
      name: `cluster_${index}`,
      graphAttributes: { label: filler(group), labeljust: 'l', margin: 10 },
      nodes: flow.nodes.flatMap((node, position) => (node.group === group ? { name: `n${position}` } : [])),
    })),
    // The engine's answer is typed as any object; its members are checked where they are read.
  }) as { bb?: string; objects?: readonly Drawn[]; edges?: readonly Drawn[] };
  return readLayout(drawn, flow, groups, edges);
}

interface Edge {
  /** Index into the flow's edges. */
  readonly number: number;
  readonly tail: number;
  readonly head: number;
  readonly label?: string;
  readonly dashed?: boolean;
}

/** Edges by node number, those left out that name a node which is not there. */
function knownEdges(flow: FlowSummary): Edge[] {
  const numbers = new Map(flow.nodes.map(({ node }, index) => [node, index]));
  return flow.edges.flatMap((edge, number) => {
    const tail = numbers.get(edge.from);
    const head = numbers.get(edge.to);
    return tail === undefined || head === undefined ? [] : { ...edge, number, tail, head };
  });
}

function readLayout(
  drawn: { bb?: string; objects?: readonly Drawn[]; edges?: readonly Drawn[] },
  flow: FlowSummary,
  groups: readonly string[],
  edges: readonly Edge[],
): FlowLayout {
  const [, , width = 0, height = 0] = numbersOf(drawn.bb);
  // Graphviz counts y upwards.
  const flip = ([x, y]: Point): Point => [round(x), round(height - y)];
  const byName = new Map((drawn.objects ?? []).map((item) => [item.name, item]));
  return {
    width: Math.ceil(width),
    height: Math.ceil(height),
    nodes: flow.nodes.map(({ label }, index) => {
      const [x = 0, y = 0] = numbersOf(byName.get(`n${index}`)?.pos);
      const boxWidth = nodeWidth(label);
      const [left, top] = flip([x - boxWidth / 2, y + nodeHeight / 2]);
      return { x: left, y: top, width: boxWidth, height: nodeHeight };
    }),
    groups: groups.map((label, index) => {
      const [left = 0, bottom = 0, right = 0, top = 0] = numbersOf(byName.get(`cluster_${index}`)?.bb);
      const [x, y] = flip([left, top]);
      return { label, box: { x, y, width: round(right - left), height: round(top - bottom) } };
    }),
    edges: edges.map(({ number, label, dashed }, index) => {
      const edge = drawn.edges?.[index];
      const [x = 0, y = 0] = numbersOf(edge?.lp);
      const at = flip([x, y]);
      return {
        edge: number,
        path: pathOf(edge?.pos, flip),
        dashed: dashed === true,
        ...(label === undefined ? {} : { label: { text: label, x: at[0], y: at[1] } }),
      };
    }),
  };
}

/** A Graphviz spline `e,x,y x,y x,y ...`: its end point first, then the start and Bezier points in threes. */
function pathOf(pos: string | undefined, flip: (point: Point) => Point): string {
  const points = (pos ?? '').split(' ').map((text) => ({
    isEnd: text.startsWith('e,'),
    point: flip(toPoint(numbersOf(text.replace(/^[es],/, '')))),
  }));
  const [start, ...curve] = points.filter(({ isEnd }) => !isEnd).map(({ point }) => point.join(','));
  const end = points.find(({ isEnd }) => isEnd)?.point.join(',');
  if (start === undefined || curve.length === 0) return '';
  return `M${start}C${curve.join(' ')}${end === undefined ? '' : `L${end}`}`;
}

function toPoint([x = 0, y = 0]: readonly number[]): Point {
  return [x, y];
}

function numbersOf(text: string | undefined): number[] {
  return (text ?? '').split(',').map(Number).filter(Number.isFinite);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function nodeWidth(label: string): number {
  return Math.min(260, Math.max(132, Math.ceil(label.length * 6.9) + 24));
}

function filler(text: string | undefined): string {
  return 'n'.repeat(Math.min(40, text?.length ?? 0));
}
