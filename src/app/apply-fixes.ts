import { askResource } from '../evaluate/ask-resource.ts';
import { findCycle } from '../fix/find-cycle.ts';
import { applySplices } from '../fix/splice-template.ts';
import { areAtOdds, type TreeChange } from '../fix/tree-change.ts';
import { severities } from '../model/rule.ts';
import type { Evaluation } from '../model/scan-result.ts';
import { parseTemplateText } from '../text/parse-template.ts';
import {
  planFixes,
  textEditsOf,
  type PlanOptions,
  type PlannedFix,
  type ScannedGraph,
  type UnplannedFinding,
} from './plan-fixes.ts';

/** Passes after which what is left is left. */
const passLimit = 10;

/** An edit that was made and that a scan found to help. */
export interface AppliedFix extends PlannedFix {
  /** Findings on what it adds or repairs that did not apply before, all of them milder than the one that it repairs. */
  readonly brings: readonly Evaluation[];
}

/** What came of fixing. */
export interface FixOutcome {
  /** Whole texts of the files that change, by their name in reports; without a byte order mark, as they were scanned. */
  readonly files: ReadonlyMap<string, { readonly before: string; readonly after: string }>;
  readonly applied: readonly AppliedFix[];
  /** Findings that stay, and why. */
  readonly left: readonly UnplannedFinding[];
  /** The scan before, and the one with the texts as they are afterwards. */
  readonly before: ScannedGraph;
  readonly after: ScannedGraph;
}

/** Scans once more with these texts in the place of what is on disk, by the names of files in reports. */
export type Rescan = (texts: ReadonlyMap<string, string>) => Promise<ScannedGraph>;

/**
 * Plans edits, makes them in memory, scans again and keeps what helps: the finding of an edit is gone, and nothing else
 * is worse anywhere. Passes are made until nothing is left to edit. Writes nothing.
 */
export async function applyFixes(rescan: Rescan, options: PlanOptions): Promise<FixOutcome> {
  const keeper = new Keeper(rescan, await rescan(new Map()));
  const before = keeper.scanned;
  for (let pass = 0; pass < passLimit; pass++) {
    const { fixes } = planFixes(keeper.scanned, options);
    const batch = together(fixes.filter((fix) => !keeper.isRefused(fix)));
    if (batch.length > 0) await keeper.keep(batch);
    // What was refused may fit once others are made: a queue may keep messages longer once its dead-letter queue does.
    else if (!keeper.reconsider()) break;
  }
  return keeper.finish(before, options);
}

/** Those that can be made at once; the others wait for the next pass. */
function together(fixes: readonly PlannedFix[]): PlannedFix[] {
  const taken = new Map<string, TreeChange[]>();
  return fixes.filter(({ changes }) => {
    for (const [file, some] of changes) {
      const others = taken.get(file) ?? [];
      if (some.some((change) => others.some((other) => areAtOdds(change, other)))) return false;
    }
    for (const [file, some] of changes) taken.set(file, [...(taken.get(file) ?? []), ...some]);
    return true;
  });
}

class Keeper {
  readonly #texts = new Map<string, string>();
  readonly #applied: AppliedFix[] = [];
  readonly #refused = new Map<string, UnplannedFinding>();
  #reconsideredAt = 0;

  constructor(
    readonly rescan: Rescan,
    public scanned: ScannedGraph,
  ) {}

  isRefused(fix: PlannedFix): boolean {
    return this.#refused.has(keyOf(fix));
  }

  /** Forgets what was refused, if anything was made since it last did. */
  reconsider(): boolean {
    if (this.#refused.size === 0 || this.#applied.length === this.#reconsideredAt) return false;
    this.#refused.clear();
    this.#reconsideredAt = this.#applied.length;
    return true;
  }

  /** Makes fixes as far as they help; halves what does not, to find the one that it is. */
  async keep(fixes: readonly PlannedFix[]): Promise<void> {
    if (fixes.length === 0) return;
    const tried = await this.#try(fixes);
    if (tried === undefined) return;
    const { problems } = tried;
    if (problems.size === 0) return;
    const [only] = fixes;
    if (fixes.length === 1 && only !== undefined) {
      const reason = [...problems.values()][0] ?? 'the finding stays';
      this.#refused.set(keyOf(only), {
        finding: only.finding,
        kind: 'refused',
        reason,
        edit: only.edit,
        title: only.title,
      });
      return;
    }
    const suspects = fixes.filter((fix) => problems.has(fix));
    const others = fixes.filter((fix) => !problems.has(fix));
    const middle = Math.ceil(fixes.length / 2);
    const [first, second] =
      suspects.length > 0 && others.length > 0
        ? [others, suspects]
        : [fixes.slice(0, middle), fixes.slice(middle)];
    await this.keep(first);
    await this.keep(second);
  }

  /** Takes the fixes over where nothing speaks against it; otherwise tells what does, by fix as far as that is known. */
  async #try(
    fixes: readonly PlannedFix[],
  ): Promise<{ readonly problems: ReadonlyMap<PlannedFix | undefined, string> } | undefined> {
    const edits = textEditsOf(fixes, this.scanned);
    if ('refused' in edits) return { problems: new Map([[undefined, edits.refused]]) };
    const texts = new Map(this.#texts);
    for (const { file, edits: splices } of edits)
      texts.set(file, applySplices(this.scanned.reading.text?.(file) ?? '', splices));
    const cycle = this.#newCycle(
      edits.map(({ file }) => file),
      texts,
    );
    if (cycle !== undefined) return { problems: new Map([[undefined, cycle]]) };
    const next = await this.rescan(texts);
    const { problems, brings } = compare(this.scanned, next, fixes);
    if (problems.size > 0) return { problems };
    for (const [file, text] of texts) this.#texts.set(file, text);
    this.scanned = next;
    this.#applied.push(...fixes.map((fix) => ({ ...fix, brings: brings.get(fix) ?? [] })));
    return undefined;
  }

  /** A circle of references in a file that had none. */
  #newCycle(files: readonly string[], texts: ReadonlyMap<string, string>): string | undefined {
    for (const file of files) {
      const [before, after] = [this.scanned.reading.text?.(file) ?? '', texts.get(file) ?? ''].map((text) =>
        findCycle(parseTemplateText(text, file).root),
      );
      if (after !== undefined && before === undefined)
        return `resources would have a circular dependency: ${after.join(', ')}`;
    }
    return undefined;
  }

  finish(before: ScannedGraph, options: PlanOptions): FixOutcome {
    const files = new Map(
      [...this.#texts].flatMap(([file, after]) => {
        const text = before.reading.text?.(file) ?? '';
        return text === after ? [] : [[file, { before: text, after }] as const];
      }),
    );
    const { fixes, unplanned } = planFixes(this.scanned, options);
    const refused = fixes.map(
      (fix): UnplannedFinding =>
        this.#refused.get(keyOf(fix)) ?? {
          finding: fix.finding,
          kind: 'refused',
          edit: fix.edit,
          title: fix.title,
          reason: `it was not made in ${passLimit} passes`,
        },
    );
    return { files, applied: this.#applied, left: [...refused, ...unplanned], before, after: this.scanned };
  }
}

/** The same edit of the same finding, in whichever pass. */
function keyOf({ finding, edit, title }: PlannedFix): string {
  return `${finding.ruleId}\n${resourceKey(finding.resource.id)}\n${edit}\n${title}`;
}

/** Ids that SAM derives from what they are made of change with it. */
function resourceKey(id: string): string {
  return id.replace(/(Deployment|Version)[0-9a-f]{10}(?=$|#)/, '$1');
}

interface Comparison {
  /** What is wrong, by the fix that is to blame as far as that is known. */
  readonly problems: ReadonlyMap<PlannedFix | undefined, string>;
  readonly brings: ReadonlyMap<PlannedFix, readonly Evaluation[]>;
}

/** What speaks against fixes: findings that stay, and whatever is worse than before. */
function compare(before: ScannedGraph, after: ScannedGraph, fixes: readonly PlannedFix[]): Comparison {
  const problems = new Map<PlannedFix | undefined, string>();
  const brings = new Map<PlannedFix, Evaluation[]>();
  const known = byKey(before);
  const now = byKey(after);
  const errors = new Set(before.result.diagnostics.filter(isError).map(({ message }) => message));
  const error = after.result.diagnostics.find((each) => isError(each) && !errors.has(each.message));
  if (error !== undefined) problems.set(undefined, `the template would not be valid: ${error.message}`);
  for (const fix of fixes) {
    const found = now.get(evaluationKey(fix.finding));
    if (found?.verdict === 'unknown') problems.set(fix, 'whether the rule then passes is unknown');
    if (found?.verdict !== 'fail') continue;
    const stays = failingOf(after, found).find((clause) => fix.clauses.includes(clause));
    if (stays !== undefined) problems.set(fix, `the finding stays: ${found.message}`);
  }
  const adder = (id: string): PlannedFix | undefined =>
    fixes.find(({ added }) => added.some((name) => id.endsWith(`/${name}`)));
  for (const [key, found] of now) {
    const earlier = known.get(key);
    if (!isWorse(earlier, found, before, after)) continue;
    // Of the finding itself other parts may show once this one is repaired; they are no graver.
    const isOwn = fixes.some(({ finding }) => evaluationKey(finding) === key);
    if (isOwn && earlier?.verdict === found.verdict && !isMilder(earlier, found)) continue;
    const fix = adder(found.resource.id);
    // What is asked of a thing only now that it is there, or only of what is repaired, was not better before.
    const isNew = earlier === undefined || earlier.verdict === 'notApplicable';
    const sources =
      fix === undefined ? fixes.filter(({ finding }) => finding.resource.id === found.resource.id) : [fix];
    const source = isNew ? sources.find(({ finding }) => isMilder(found, finding)) : undefined;
    if (source !== undefined) {
      brings.set(source, [...(brings.get(source) ?? []), found]);
      continue;
    }
    const blamed = sources[0];
    if (!problems.has(blamed))
      problems.set(
        blamed,
        `it would bring ${found.verdict === 'fail' ? '' : 'an unknown of '}${found.ruleId} on \`${found.resource.name}\`: ${found.message}`,
      );
  }
  return { problems, brings };
}

function isMilder(one: Evaluation, other: Evaluation): boolean {
  return severities.indexOf(one.severity) > severities.indexOf(other.severity);
}

function isError({ severity }: { readonly severity: string }): boolean {
  return severity === 'error';
}

/** True where a finding was not there before, or is graver, or says more. */
function isWorse(
  earlier: Evaluation | undefined,
  found: Evaluation,
  before: ScannedGraph,
  after: ScannedGraph,
): boolean {
  if (found.verdict !== 'fail' && found.verdict !== 'unknown') return false;
  if (earlier?.verdict !== found.verdict) return true;
  if (severities.indexOf(found.severity) < severities.indexOf(earlier.severity)) return true;
  if (found.failsWhen !== undefined && earlier.failsWhen === undefined) return true;
  if (found.waiver === undefined && earlier.waiver !== undefined) return true;
  if (found.verdict !== 'fail' || found.message === earlier.message) return false;
  const failed = failingOf(before, earlier);
  return failingOf(after, found).some((clause) => !failed.includes(clause));
}

function failingOf(
  { ruleSet, graph, reading, now }: ScannedGraph,
  { ruleId, resource }: Evaluation,
): readonly number[] {
  const rule = ruleSet.rules.find(({ id }) => id === ruleId);
  const found = graph.byId(resource.id);
  if (rule === undefined || found === undefined) return [];
  return askResource(rule, found, ruleSet, graph, { now, positions: reading.positions }).failing();
}

function byKey({ result }: ScannedGraph): ReadonlyMap<string, Evaluation> {
  return new Map(result.evaluations.map((evaluation) => [evaluationKey(evaluation), evaluation]));
}

function evaluationKey({ ruleId, resource }: Evaluation): string {
  return `${ruleId}\n${resourceKey(resource.id)}`;
}
