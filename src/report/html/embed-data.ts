import { snippetsOf } from '../../model/fix-words.ts';
import type { Location } from '../../model/location.ts';
import type {
  Evaluation,
  FlowSummary,
  ResourceSummary,
  RuleSummary,
  ScanResult,
} from '../../model/scan-result.ts';
import { frameworkLabel } from '../control-mappings.ts';
import { isLink, serviceOf } from '../findings.ts';
import { gathered } from '../json-parts.ts';
import { printable } from '../plain-text.ts';
import { severityNames, verdictNames } from './report-data.ts';
import type { EvaluationRow, EvidenceRow, ReportData } from './report-data.ts';

/** The result as the page's script reads it: see `ReportData`. Linear in the result. */
export function embedData(result: ScanResult): ReportData {
  return JSON.parse([...embeddedParts(result)].join('')) as ReportData;
}

/** `ReportData` as JSON that may stand inside a script element, in parts: the rows first, as they say what else is needed. */
export function embeddedParts(result: ScanResult): Iterable<string> {
  return gathered(new DataWriter(result).parts());
}

/** JSON that may stand inside a script element: no `<` that could end it or open a comment. */
export function toScriptText(data: unknown): string {
  return JSON.stringify(data)
    .replaceAll('<', '\\u003c')
    .replaceAll('\u2028', '\\u2028')
    .replaceAll('\u2029', '\\u2029');
}

class DataWriter {
  private readonly texts = new Index<string>();
  private readonly resources = new Index<string>();
  private readonly described: ResourceSummary[] = [];
  private readonly rules: ReadonlyMap<string, number>;
  private readonly flows: ReadonlyMap<string, number>;
  private readonly diagrams: ReportData['diagrams'][number][] = [];
  private readonly diagramNumbers = new Map<string, number>();

  constructor(private readonly result: ScanResult) {
    this.rules = new Map(result.ruleSet.rules.map(({ id }, index) => [id, index]));
    this.flows = new Map(result.flows.map(({ id }, index) => [id, index]));
  }

  *parts(): Generator<string> {
    const { evaluations, flows, ruleSet } = this.result;
    yield `{"evaluations":`;
    yield* list(evaluations, (item) => this.row(item));
    yield `,"rules":`;
    yield* list(ruleSet.rules, describeRule);
    yield `,"flows":`;
    yield* list(flows, (flow) => this.describeFlow(flow));
    yield `,"diagrams":${toScriptText(this.diagrams)},"resources":`;
    yield* list(this.described, describeResource);
    yield `,"texts":`;
    yield* list(this.texts.items, (text) => text);
    yield '}';
  }

  private row(item: Evaluation): EvaluationRow {
    const { waiver } = item;
    return [
      this.rules.get(item.ruleId) ?? -1,
      verdictNames.indexOf(item.verdict),
      severityNames.indexOf(item.severity),
      this.resource(item.resource),
      this.text(item.message),
      this.text(item.reason),
      this.place(item.location),
      item.fingerprint,
      item.flows.flatMap((id) => this.flows.get(id) ?? []),
      item.related.map((resource) => this.resource(resource)),
      item.evidence.map((evidence) => this.evidence(evidence)),
      waiver === undefined
        ? 0
        : [
            this.text(waiver.reason),
            this.text(waiver.owner),
            this.text(waiver.expires),
            this.text(waiver.source),
          ],
    ];
  }

  private evidence({
    what,
    value,
    expected,
    holds,
    source,
    location,
  }: Evaluation['evidence'][number]): EvidenceRow {
    const outcome = holds === 'unknown' ? 2 : holds ? 1 : 0;
    return [
      this.text(what),
      this.text(value),
      this.text(expected),
      outcome,
      this.text(source),
      this.place(location),
    ];
  }

  private describeFlow(flow: FlowSummary): ReportData['flows'][number] {
    const { id, diagram, title, entry, nodes } = flow;
    const known = this.diagramNumbers.get(diagram) ?? this.diagrams.push(diagramOf(flow)) - 1;
    this.diagramNumbers.set(diagram, known);
    const members = nodes.map(({ resources }) => {
      const known = resources
        .map((resource) => this.resources.find(resource))
        .filter((index) => index !== -1);
      // Resources that no rule applies to are no rows of the list, and fill their node nevertheless.
      return known.length === 0 && resources.length > 0 ? [-1] : known;
    });
    return { id, name: printable(`${title}: ${entry.name}`), diagram: known, nodes: members };
  }

  private resource(resource: ResourceSummary): number {
    const index = this.resources.add(resource.id);
    this.described[index] ??= resource;
    return index;
  }

  private text(value: string | undefined): number {
    return value === undefined ? -1 : this.texts.add(printable(value));
  }

  private place(location: Location | undefined): number {
    return location === undefined
      ? -1
      : this.text(`${location.file}:${location.startLine}:${location.startColumn}`);
  }
}

function* list<Item>(items: readonly Item[], toValue: (item: Item) => unknown): Generator<string> {
  for (const [index, item] of items.entries())
    yield `${index === 0 ? '[' : ','}${toScriptText(toValue(item))}`;
  yield items.length === 0 ? '[]' : ']';
}

/** The result's flows of one diagram state the same. */
function diagramOf({ nodes, edges }: FlowSummary): ReportData['diagrams'][number] {
  return {
    nodes: nodes.map(({ node, requirements }) => ({ node, requirements })),
    edges: edges.map(({ from, to, requirements }) => ({ from, to, requirements })),
  };
}

/** Numbers for items, in order of their first appearance. */
class Index<Item> {
  readonly items: Item[] = [];
  private readonly numbers = new Map<Item, number>();

  add(item: Item): number {
    const known = this.numbers.get(item);
    if (known !== undefined) return known;
    this.numbers.set(item, this.items.length);
    return this.items.push(item) - 1;
  }

  find(item: Item): number {
    return this.numbers.get(item) ?? -1;
  }
}

function describeRule(rule: RuleSummary): ReportData['rules'][number] {
  return {
    id: printable(rule.id),
    title: printable(rule.title),
    requirement: printable(rule.requirement),
    why: printable(rule.why),
    fix: printable(rule.fix.text),
    snippets: snippetsOf(rule.fix).map(({ language, text }) => ({ label: language, code: printable(text) })),
    controls: rule.controls.map(({ framework, id }) => ({
      framework: printable(frameworkLabel(framework)),
      id: printable(id),
    })),
    links: rule.references.filter(isLink),
  };
}

function describeResource(resource: ResourceSummary): ReportData['resources'][number] {
  const shown = Object.entries(resource).map(([name, value]: [string, string]) => [name, printable(value)]);
  // Every member of a resource is a string, and each keeps its name.
  return {
    ...(Object.fromEntries(shown) as unknown as ResourceSummary),
    service: printable(serviceOf(resource)),
  };
}
