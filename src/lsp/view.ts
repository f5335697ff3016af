import { countsOf, isOpenFailure, isOpenUnknown, linkOf, plural, singleLine } from '../app/findings.ts';
import type { ScannedGraph } from '../app/scan-folder.ts';
import { snippetFor } from '../model/fix-words.ts';
import type { Location } from '../model/location.ts';
import type { Severity } from '../model/rule.ts';
import type { Diagnostic, Evaluation, FlowSummary, RuleSummary, ScanResult } from '../model/scan-result.ts';

/** What an editor shows of a result; plain data, which passes between threads. Files are relative to the folder. */
export interface EditorView {
  readonly findings: readonly EditorFinding[];
  readonly notes: readonly EditorNote[];
  readonly lenses: readonly EditorLens[];
  readonly rules: Readonly<Record<string, EditorRule>>;
  /** Files that were read as templates, assemblies or plans. */
  readonly inputs: readonly string[];
}

/** An open finding at its place. */
export interface EditorFinding {
  readonly ruleId: string;
  readonly severity: Severity;
  readonly verdict: 'fail' | 'unknown';
  /** True for an unknown that fails on one side of an undecided condition: it counts for the exit code. */
  readonly mayFail: boolean;
  readonly message: string;
  readonly reason?: string;
  readonly fingerprint: string;
  readonly resourceId: string;
  readonly resource: string;
  readonly location: Location;
  readonly evidence: readonly {
    readonly text: string;
    readonly holds: boolean | 'unknown';
    readonly location?: Location;
  }[];
  readonly flows: readonly string[];
  /** How the fix is written in the source of the finding. */
  readonly snippet?: { readonly language: string; readonly text: string };
}

/** Something that is wrong with a file or with the scan. */
export interface EditorNote {
  readonly code: string;
  readonly severity: Diagnostic['severity'];
  readonly message: string;
  /** Undefined for what concerns no file. */
  readonly file?: string;
  /** 1-based. */
  readonly line: number;
  readonly column: number;
  readonly location?: Location;
}

/** A line above a resource that says how its flow stands. */
export interface EditorLens {
  readonly location: Location;
  readonly title: string;
  readonly flow: string;
}

export interface EditorRule {
  readonly title: string;
  readonly why: string;
  readonly fix: string;
  readonly link?: string;
  readonly waivable: boolean;
}

/** @param fixed ids of rules that may not be waived. Pure. */
export function viewOf({ result, reading }: ScannedGraph, fixed: ReadonlySet<string>): EditorView {
  const rules = new Map(result.ruleSet.rules.map((rule) => [rule.id, rule]));
  const flows = new Map(result.flows.map((flow) => [flow.id, flow]));
  const open = result.evaluations.filter((each) => isOpenFailure(each) || isOpenUnknown(each));
  const findings = open.flatMap((each) => findingOf(each, rules.get(each.ruleId), flows));
  const used = new Set(findings.map(({ ruleId }) => ruleId));
  return {
    findings,
    notes: result.diagnostics.map(noteOf),
    lenses: lensesOf(result, locatorOf(reading)),
    rules: Object.fromEntries(
      [...used].map((id) => [id, { ...ruleOf(rules.get(id)), waivable: !fixed.has(id) }]),
    ),
    inputs: result.inputs.map(({ name }) => name),
  };
}

function findingOf(
  evaluation: Evaluation,
  rule: RuleSummary | undefined,
  flows: ReadonlyMap<string, FlowSummary>,
): EditorFinding[] {
  const { ruleId, severity, verdict, message, reason, fingerprint, resource, location } = evaluation;
  if (location === undefined) return [];
  const snippet = rule === undefined ? undefined : snippetFor(rule.fix, resource, location.file);
  return [
    {
      ruleId,
      severity,
      verdict: verdict === 'fail' ? 'fail' : 'unknown',
      mayFail: evaluation.failsWhen !== undefined,
      message: singleLine(message),
      ...(reason === undefined ? {} : { reason: singleLine(reason) }),
      fingerprint,
      resourceId: resource.id,
      resource: singleLine(
        `${resource.declaredName ?? resource.name} (${resource.declaredType ?? resource.type})`,
      ),
      location,
      evidence: evaluation.evidence.map(({ what, value, expected, holds, location: at }) => ({
        text: singleLine(`${what}: ${value}; expected: ${expected}`),
        holds,
        ...(at === undefined ? {} : { location: at }),
      })),
      flows: evaluation.flows.flatMap((id) => {
        const flow = flows.get(id);
        return flow === undefined ? [] : [singleLine(`${flow.title}: ${flow.entry.name}`)];
      }),
      ...(snippet === undefined ? {} : { snippet }),
    },
  ];
}

function ruleOf(rule: RuleSummary | undefined): Omit<EditorRule, 'waivable'> {
  const link = linkOf(rule);
  return {
    title: rule?.title ?? '',
    why: rule?.why ?? '',
    fix: rule?.fix.text ?? '',
    ...(link === undefined ? {} : { link }),
  };
}

function noteOf({ code, severity, message, where, location }: Diagnostic): EditorNote {
  const [, file = '', line = '1', column = '1'] = /^(.+?)(?::(\d+)(?::(\d+))?)?$/.exec(where) ?? [];
  return {
    code,
    severity,
    message: singleLine(message),
    ...(file === '' ? {} : { file: location?.file ?? file.replace(/#\/.*$/, '') }),
    line: Number(line),
    column: Number(column),
    ...(location === undefined ? {} : { location }),
  };
}

type Locator = (resourceId: string) => Location | undefined;

function locatorOf({ resources, positions }: ScannedGraph['reading']): Locator {
  const byId = new Map(resources.map((resource) => [resource.id, resource]));
  return (id) => {
    const resource = byId.get(id);
    return resource === undefined ? undefined : positions(resource.locate([]));
  };
}

/** More flows of one function than these are counted. */
const lensesOfOne = 3;

function lensesOf({ flows, evaluations }: ScanResult, locate: Locator): EditorLens[] {
  const functions = new Set(
    evaluations.flatMap(({ resource }) => (resource.type === 'AWS::Lambda::Function' ? [resource.id] : [])),
  );
  const lenses: EditorLens[] = [];
  const ofFunction = new Map<string, FlowSummary[]>();
  for (const flow of flows) {
    const location = locate(flow.entry.id);
    const title = singleLine(`${flow.title}: ${describeCounts(flow)}`);
    if (location !== undefined) lenses.push({ location, title, flow: flow.id });
    for (const id of new Set(flow.nodes.flatMap(({ resources }) => resources)))
      if (functions.has(id)) ofFunction.set(id, [...(ofFunction.get(id) ?? []), flow]);
  }
  for (const [id, all] of ofFunction) {
    const location = locate(id);
    if (location === undefined) continue;
    for (const flow of all.slice(0, lensesOfOne)) {
      const title = singleLine(`${flow.diagram} flow from ${flow.entry.name}: ${describeCounts(flow)}`);
      lenses.push({ location, title, flow: flow.id });
    }
    const more = all.length - lensesOfOne;
    if (more > 0)
      lenses.push({ location, title: `and ${plural(more, 'other flow')}`, flow: all[lensesOfOne]?.id ?? '' });
  }
  return lenses;
}

function describeCounts(flow: FlowSummary): string {
  const { fail, unknown, waived, pass } = countsOf(flow);
  const parts = [
    ...(fail > 0 ? [`${fail} failed`] : []),
    ...(unknown > 0 ? [`${unknown} unknown`] : []),
    ...(waived > 0 ? [`${waived} waived`] : []),
  ];
  return parts.length > 0 ? parts.join(', ') : pass > 0 ? `${pass} passed` : 'nothing to check';
}
