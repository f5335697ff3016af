import { evaluateRules } from '../evaluate/evaluate.ts';
import { linkGraph } from '../graph/link-graph.ts';
import type { ResourceGraph } from '../model/resource-graph.ts';
import type { RuleSet } from '../model/rule.ts';
import type { Diagnostic, ScanResult } from '../model/scan-result.ts';
import type { SourceReading } from '../model/source.ts';
import { assembleResult } from './result.ts';
import { idleFacts } from './outside-facts.ts';
import type { OutsideFact } from '../rules/read-config.ts';
import { waive, type WaiveOptions } from './waive.ts';
import { readTemplates, type ReadTemplatesOptions } from '../template/read-templates.ts';

/** What decides a scan, whatever is scanned. */
export interface DecideOptions extends WaiveOptions {
  readonly ruleSet: RuleSet;
  readonly version: string;
  /** When the scan began; deadlines such as runtime deprecations are measured against it. */
  readonly now: Date;
  /** `findings` leaves evidence out, and places of what passes, for readers who see only findings. */
  readonly detail: 'all' | 'findings';
  /** Facts about what stands outside of the scan. */
  readonly outside?: readonly OutsideFact[];
}

/** Links, evaluates, waives and assembles what a source has read. Pure. */
export function decideReading(reading: SourceReading, options: DecideOptions): ScanResult {
  const { ruleSet, version, now, detail, outside } = options;
  const graph = linkGraph(reading, outside === undefined ? {} : { declared: outside });
  const evaluations = evaluateRules(ruleSet, graph, { now, positions: reading.positions, detail });
  const waived = waive(evaluations, reading, ruleSet, now, options);
  const diagnostics = [...waived.diagnostics, ...idleFacts(outside ?? [], graph), ...tellVersions(graph)];
  return assembleResult({ version, startedAt: now, ruleSet, reading, graph, ...waived, diagnostics });
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

/**
 * Scans templates, folders and cloud assemblies. No network.
 * @throws HeadgateError for a path that cannot be read; anything wrong inside a file is a diagnostic of the result.
 */
export async function scanTemplates(
  paths: readonly string[],
  read: ReadTemplatesOptions,
  decide: DecideOptions,
): Promise<ScanResult> {
  const readCode = decide.ruleSet.rules.some((rule) => rule.decides === 'code');
  return decideReading(await readTemplates(paths, { readCode, ...read }), decide);
}
