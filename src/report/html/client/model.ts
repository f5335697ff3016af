import { edgeName, flowPlaces, placeInFlow } from '../../../model/flow-place.ts';
import { decided, filterNames, severityNames, verdictNames } from '../report-data.ts';
import type { EvaluationRow, FilterName, ReportData } from '../report-data.ts';

/** The filters in force, as they stand in the address; `page` is 1-based. */
export interface View {
  readonly filters: Readonly<Record<FilterName, string>>;
  readonly page: number;
}

const noFilters = Object.fromEntries(filterNames.map((name) => [name, ''])) as Record<FilterName, string>;

/** The view of an address such as `#findings?verdict=fail&page=2`; open failures where it says nothing. */
export function parseView(hash: string): View {
  const text = hash.split('?')[1];
  if (text === undefined) return { filters: { ...noFilters, verdict: 'fail', waived: 'no' }, page: 1 };
  const query = new URLSearchParams(text);
  const filters = { ...noFilters, verdict: 'all' };
  for (const name of filterNames) {
    const value = query.get(name);
    if (value !== null) filters[name] = value;
  }
  const page = Number(query.get('page'));
  return { filters, page: Number.isInteger(page) && page > 1 ? page : 1 };
}

/** The address of a view. */
export function formatView({ filters, page }: View): string {
  const query = new URLSearchParams();
  for (const name of filterNames) if (filters[name] !== '') query.set(name, filters[name]);
  if (page > 1) query.set('page', String(page));
  return `#findings?${query.toString()}`;
}

type Test = (row: EvaluationRow) => boolean;

/** Finds the rows that a view leaves, worst first. What is searched is prepared once, at the first search. */
export class Findings {
  private readonly sorted: readonly EvaluationRow[];
  private haystacks: ReadonlyMap<EvaluationRow, string> | undefined;

  constructor(private readonly data: ReportData) {
    // Failures before unknowns, then by severity, open before waived.
    const weight = (row: EvaluationRow) => row[1] * 100 + row[2] * 10 + (row[11] === 0 ? 0 : 1);
    this.sorted = data.evaluations.toSorted((a, b) => weight(a) - weight(b));
  }

  find({ filters }: View): EvaluationRow[] {
    const tests = this.tests(filters);
    return this.sorted.filter((row) => tests.every((test) => test(row)));
  }

  private tests(filters: View['filters']): Test[] {
    const { rules, resources, flows } = this.data;
    const tests: Test[] = [];
    const add = (value: string, test: Test) => {
      if (value !== '') tests.push(test);
    };
    const number = (names: readonly string[], name: string) => names.indexOf(name);
    const flow = flows.findIndex(({ id }) => id === filters.flow);
    if (filters.verdict === decided) tests.push((row) => row[1] !== number(verdictNames, 'notApplicable'));
    else
      add(
        filters.verdict === 'all' ? '' : filters.verdict,
        (row) => row[1] === number(verdictNames, filters.verdict),
      );
    add(filters.severity, (row) => row[2] === number(severityNames, filters.severity));
    add(filters.rule, (row) => rules[row[0]]?.id === filters.rule);
    add(filters.requirement, (row) => rules[row[0]]?.requirement === filters.requirement);
    add(filters.service, (row) => resources[row[3]]?.service === filters.service);
    add(filters.account, (row) => resources[row[3]]?.account === filters.account);
    add(filters.region, (row) => resources[row[3]]?.region === filters.region);
    add(filters.waived, (row) => (row[11] === 0) === (filters.waived === 'no'));
    add(filters.flow, (row) => row[8].includes(flow));
    add(filters.framework, (row) =>
      (rules[row[0]]?.controls ?? []).some(({ framework }) => framework === filters.framework),
    );
    if (filters.node !== '') tests.push(this.standsAt(flow, filters.node));
    if (filters.q.trim() !== '') tests.push(this.search(filters.q));
    return tests;
  }

  /** What the diagram of a flow counts at a node or arrow. */
  private standsAt(flow: number, name: string): Test {
    const { flows, diagrams, rules } = this.data;
    const { diagram = -1, nodes = [] } = flows[flow] ?? {};
    const { nodes: stating, edges } = diagrams[diagram] ?? { nodes: [], edges: [] };
    const places = flowPlaces(stating, edges);
    const names = [...stating.map(({ node }) => node), ...edges.map(edgeName)];
    const wanted = names.indexOf(name);
    const filled = new Set(nodes.flatMap((members, index) => (members.length > 0 ? [index] : [])));
    const fills = nodes.map((members) => new Set(members));
    return (row) => {
      const own = fills.flatMap((members, index) => (members.has(row[3]) ? [index] : []));
      return placeInFlow(places, rules[row[0]]?.requirement ?? '', own, filled) === wanted;
    };
  }

  /** Every word has to stand somewhere in the row. */
  private search(text: string): Test {
    const words = text
      .toLowerCase()
      .split(/\s+/)
      .filter((word) => word !== '');
    this.haystacks ??= new Map(this.sorted.map((row) => [row, this.haystack(row)]));
    const haystacks = this.haystacks;
    return (row) => words.every((word) => haystacks.get(row)?.includes(word) === true);
  }

  private haystack(row: EvaluationRow): string {
    const { rules, resources, texts } = this.data;
    const rule = rules[row[0]];
    const resource = resources[row[3]];
    const parts = [
      rule?.id,
      rule?.title,
      resource?.name,
      resource?.id,
      resource?.type,
      resource?.constructPath,
      ...(rule?.controls ?? []).map(({ framework, id }) => `${framework} ${id}`),
    ];
    return [...parts, texts[row[4]], texts[row[5]], texts[row[6]]].join('\n').toLowerCase();
  }
}
