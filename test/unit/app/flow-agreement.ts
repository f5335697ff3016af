import type { FlowCounts, ScanResult } from '../../../src/model/scan-result.ts';
import { countsOf } from '../../../src/report/findings.ts';
import { Findings } from '../../../src/report/html/client/model.ts';
import { embedData } from '../../../src/report/html/embed-data.ts';
import { decided, filterNames, verdictNames } from '../../../src/report/html/report-data.ts';
import type { EvaluationRow, FilterName } from '../../../src/report/html/report-data.ts';

const noFilters = Object.fromEntries(filterNames.map((name) => [name, ''])) as Record<FilterName, string>;

/** Where the table, the diagram and the list of findings of a flow differ; none if they agree. */
export function disagreements(result: ScanResult): string[] {
  // As reports do: what another failure tells is not in the list.
  const told = result.evaluations.filter(({ followsFrom }) => followsFrom === undefined);
  const data = embedData({ ...result, evaluations: told });
  return result.flows.flatMap((flow, index) => {
    // The rows of the flow alone: going through all of them for each place would take its time.
    const findings = new Findings({
      ...data,
      evaluations: data.evaluations.filter(({ 8: flows }) => flows.includes(index)),
    });
    const list = (node: string): string =>
      text(
        countRows(
          findings.find({ filters: { ...noFilters, flow: flow.id, node, verdict: decided }, page: 1 }),
        ),
      );
    const places = [
      ...flow.nodes.map((node) => ({ name: node.node, counts: node })),
      ...flow.edges.map((edge) => ({ name: `${edge.from}->${edge.to}`, counts: edge })),
    ];
    const open = places.map(({ counts }) => counts);
    const worst = (['fail', 'unknown', 'pass'] as const).find((name) =>
      open.some(({ verdict }) => verdict === name),
    );
    return [
      differs(`${flow.id}: sum and list`, text(countsOf(flow)), list('')),
      differs(`${flow.id}: verdict and worst`, flow.verdict, worst ?? 'notApplicable'),
      ...places.map(({ name, counts }) =>
        differs(`${flow.id} ${name}: diagram and list`, text(counts), list(name)),
      ),
    ].filter((problem) => problem !== '');
  });
}

function differs(what: string, left: string, right: string): string {
  return left === right ? '' : `${what} differ: ${left}, ${right}`;
}

function countRows(rows: readonly EvaluationRow[]): FlowCounts {
  const counts = { fail: 0, unknown: 0, pass: 0, waived: 0 };
  for (const row of rows) {
    const verdict = row[11] === 0 ? (verdictNames[row[1]] ?? 'pass') : 'waived';
    if (verdict !== 'notApplicable') counts[verdict] += 1;
  }
  return counts;
}

function text({ fail, unknown, pass, waived }: FlowCounts): string {
  return `${fail} fail, ${unknown} unknown, ${pass} pass, ${waived} waived`;
}
