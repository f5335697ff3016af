import { evaluateRules } from '../evaluate/evaluate.ts';
import { linkGraph } from '../graph/link-graph.ts';
import type { ResourceGraph } from '../model/resource-graph.ts';
import type { RuleSet } from '../model/rule.ts';
import type { Diagnostic, Evaluation, ScanResult } from '../model/scan-result.ts';
import type { SourceReading } from '../model/source.ts';
import { plural } from '../report/plain-text.ts';
import { assembleResult } from './result.ts';
import { checkDecideOptions, checkReadOptions } from './check-options.ts';
import { idleFacts } from './outside-facts.ts';
import type { OutsideFact } from '../rules/read-config.ts';
import { waive, type WaiveOptions } from './waive.ts';
import { readTemplates, type ReadTemplatesOptions } from '../template/read-templates.ts';
import type { OtherFile } from '../template/read-context.ts';

/** What decides a scan, whatever is scanned. */
export interface DecideOptions extends WaiveOptions {
  readonly ruleSet: RuleSet;
  readonly version: string;
  /** When the scan began; deadlines such as runtime deprecations are measured against it. */
  readonly now: Date;
  /** `findings` leaves evidence out, and places of what passes, for readers who see only findings. */
  readonly detail: 'all' | 'findings';
  /** Limits what is told to a part of an account; see `sliceOf`. */
  readonly slice?: { readonly options: readonly string[]; readonly ids: ReadonlySet<string> };
  /** Facts about what stands outside of the scan. */
  readonly outside?: readonly OutsideFact[];
}

/**
 * Links, evaluates, waives and assembles what a source has read. Pure.
 * @throws HeadgateError `options-invalid` for options that callers without a compiler get wrong.
 */
export function decideReading(reading: SourceReading, options: DecideOptions): ScanResult {
  return decideGraph(reading, options).result;
}

/** As `decideReading`, with the graph that was evaluated. */
export function decideGraph(
  reading: SourceReading,
  options: DecideOptions,
): { readonly result: ScanResult; readonly graph: ResourceGraph } {
  checkDecideOptions('decideReading', options);
  const { version, now, detail, outside, slice } = options;
  const whole = linkGraph(reading, outside === undefined ? {} : { declared: outside });
  const decided = evaluateRules(options.ruleSet, whole, { now, positions: reading.positions, detail });
  const { ruleSet, graph, evaluations } =
    slice === undefined
      ? { ruleSet: options.ruleSet, graph: whole, evaluations: decided }
      : cutToSlice(slice, { ruleSet: options.ruleSet, graph: whole, evaluations: decided });
  const waived = waive(evaluations, reading, ruleSet, now, options);
  const diagnostics = [...waived.diagnostics, ...idleFacts(outside ?? [], graph), ...tellVersions(graph)];
  const result = assembleResult({ version, startedAt: now, ruleSet, reading, graph, ...waived, diagnostics });
  return { result, graph };
}

interface Decided {
  readonly ruleSet: RuleSet;
  readonly graph: ResourceGraph;
  readonly evaluations: readonly Evaluation[];
}

/** What a slice has of what was decided on everything that was read; that it is a slice stands in the result. */
function cutToSlice(
  { options, ids }: NonNullable<DecideOptions['slice']>,
  { ruleSet, graph, evaluations }: Decided,
): Decided {
  const isIn = ({ id }: { readonly id: string }): boolean => ids.has(id);
  const change = {
    kind: 'selection',
    detail: `${options.join(' ')}: a slice of ${plural(ids.size, 'resource')} is checked, and nothing outside of it`,
  } as const;
  return {
    ruleSet: {
      ...ruleSet,
      deviations: [...ruleSet.deviations, change],
      selection: { rules: [], flows: [], ...ruleSet.selection, slice: options },
    },
    graph: {
      ...graph,
      resources: graph.resources.filter((each) => isIn(each) || each.type.startsWith('Headgate::')),
      flows: graph.flows.filter(({ entry }) => isIn(entry)),
    },
    evaluations: evaluations.filter(({ resource }) => isIn(resource)),
  };
}

/** Which functions are evaluated as published versions: what is read of them is not what $LATEST has. */
function tellVersions(graph: ResourceGraph): readonly Diagnostic[] {
  const served = graph.ofType('AWS::Lambda::Function').flatMap(({ served }) => served ?? []);
  const published = served.filter(({ version }) => version !== '$LATEST');
  if (published.length === 0) return [];
  const names = published.map(
    ({ functionId, version }) => `${functionId.split(':').at(-1) ?? ''}:${version}`,
  );
  const shown = names.slice(0, 10).join(', ') + (names.length > 10 ? ` and ${names.length - 10} more` : '');
  const message = `functions are evaluated as the versions that their aliases and ARNs invoke, not as $LATEST: ${shown}`;
  return [{ code: 'function-versions', severity: 'info', message, where: 'account', blocks: [] }];
}

/** What a scan of files reads by. */
export interface ScanFilesOptions extends ReadTemplatesOptions {
  /** Folder of the configuration that Terraform planned. */
  readonly sources?: string;
}

/**
 * Scans templates, folders, cloud assemblies, and plans of Terraform. No network.
 * @throws HeadgateError for a path that cannot be read; anything wrong inside a file is a diagnostic of the result.
 */
export async function scanTemplates(
  paths: readonly string[],
  read: ScanFilesOptions,
  decide: DecideOptions,
): Promise<ScanResult> {
  checkDecideOptions('scanTemplates', decide);
  checkReadOptions('scanTemplates', paths, read);
  return decideReading(await readFor(decide.ruleSet, paths, read), decide);
}

/** Reads what rules ask about: code only where one of them asks about code. Otherwise as `readFiles`. */
export async function readFor(
  { rules }: Pick<RuleSet, 'rules'>,
  paths: readonly string[],
  read: ScanFilesOptions,
): Promise<SourceReading> {
  return readFiles(paths, { readCode: rules.some(({ decides }) => decides === 'code'), ...read });
}

/**
 * Reads whatever the files are; plans by a module of their own, which templates do not wait for.
 * @throws HeadgateError as `readTemplates`.
 */
export async function readFiles(paths: readonly string[], read: ScanFilesOptions): Promise<SourceReading> {
  const plans: OtherFile[] = [];
  const reading = await readTemplates(paths, { ...read, handOn: (file) => plans.push(file) });
  if (plans.length === 0) return reading;
  const { readPlans } = await import('../terraform/read-plans.ts');
  return joinReadings(reading, await readPlans(plans, read));
}

function joinReadings(one: SourceReading, other: SourceReading): SourceReading {
  return {
    resources: [...one.resources, ...other.resources],
    inputs: [...one.inputs, ...other.inputs],
    skipped: [...one.skipped, ...other.skipped],
    diagnostics: [...one.diagnostics, ...other.diagnostics],
    positions: (location) => one.positions(location) ?? other.positions(location),
    text: (file) => one.text?.(file) ?? other.text?.(file),
    incomplete: [...one.incomplete, ...other.incomplete],
    suppressions: [...one.suppressions, ...other.suppressions],
    documents: new Map([...one.documents, ...other.documents]),
  };
}
