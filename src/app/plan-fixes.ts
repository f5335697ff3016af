import { askResource } from '../evaluate/ask-resource.ts';
import { makeChanges, type MadeEdit } from '../fix/make-changes.ts';
import { editableText, spliceTemplate, type EditableText, type Splice } from '../fix/splice-template.ts';
import type { TreeChange } from '../fix/tree-change.ts';
import type { Resource } from '../model/resource.ts';
import type { ResourceGraph } from '../model/resource-graph.ts';
import type { FixSafety, Rule, RuleEdit, RuleSet } from '../model/rule.ts';
import type { Evaluation, ScanResult } from '../model/scan-result.ts';
import type { SourceReading } from '../model/source.ts';
import { SourceText, type TextPosition } from '../text/source-text.ts';

/** A scan, with what fixes are planned from. */
export interface ScannedGraph {
  readonly reading: SourceReading;
  readonly graph: ResourceGraph;
  readonly result: ScanResult;
  readonly ruleSet: RuleSet;
  readonly now: Date;
}

/** One edit that should repair one finding. */
export interface PlannedFix {
  readonly finding: Evaluation;
  /** Which of the rule's `fix.edits` it is, from 0. */
  readonly edit: number;
  /** Numbers, from 1, of the clauses of the rule that it repairs. */
  readonly clauses: readonly number[];
  /** What is done, imperative: "set `EnableKeyRotation` of `Key` to `true`". */
  readonly title: string;
  readonly safety: FixSafety;
  /** Of an unsafe one: what it changes beside the finding. */
  readonly because?: string;
  /** Logical ids of the resources that it adds. */
  readonly added: readonly string[];
  /** Changes of data by the name of the file in reports. */
  readonly changes: ReadonlyMap<string, readonly TreeChange[]>;
}

/** A finding that no edit is planned for, and why. */
export interface UnplannedFinding {
  readonly finding: Evaluation;
  /** `no-edit`: the rule has none for it; `unsafe`: it has one that was not asked for; `refused`: it cannot be made here. */
  readonly kind: 'no-edit' | 'unsafe' | 'refused';
  /** Of what is refused: why, one phrase. */
  readonly reason?: string;
  /** Of an edit that was worked out: which of the rule's it is, from 0, and what it does. */
  readonly edit?: number;
  readonly title?: string;
}

/** What to change so that findings go away. Nothing is written, and nothing is verified yet: see `applyFixes`. */
export interface FixPlan {
  readonly fixes: readonly PlannedFix[];
  readonly unplanned: readonly UnplannedFinding[];
}

/** What is planned. */
export interface PlanOptions {
  /** Also edits that change behaviour or add resources. */
  readonly unsafe: boolean;
  /** Only these findings. @default all that are open */
  readonly only?: (finding: Evaluation) => boolean;
  /** Why a file may not be edited; undefined where it may. By its name in reports. */
  readonly mayNotEdit?: (file: string) => string | undefined;
}

/** Edits of one file: ranges of its decoded text without a byte order mark, in order, none overlapping. */
export interface FileEdits {
  readonly file: string;
  readonly edits: readonly TextEdit[];
}

/** A range of a text and what to write in its place. */
export interface TextEdit extends Splice {
  /** 1-based; columns count UTF-16 units, and the end is one past the last character. */
  readonly from: TextPosition;
  readonly to: TextPosition;
}

/**
 * Plans an edit for each open failure that a rule has one for. Findings that are waived, or that another one tells, are
 * left alone. Pure.
 */
export function planFixes(scanned: ScannedGraph, options: PlanOptions): FixPlan {
  const planner = new Planner(scanned, options);
  const fixes: PlannedFix[] = [];
  const unplanned: UnplannedFinding[] = [];
  const rules = new Map(scanned.ruleSet.rules.map((rule) => [rule.id, rule]));
  for (const finding of scanned.result.evaluations) {
    const rule = rules.get(finding.ruleId);
    if (finding.verdict !== 'fail' || finding.waiver !== undefined || rule === undefined) continue;
    // One edit repairs both; where the other one has none, this one's is made.
    if (finding.followsFrom !== undefined && rules.get(finding.followsFrom)?.fix.edits !== undefined)
      continue;
    if (options.only?.(finding) === false) continue;
    const planned = planner.plan(rule, finding);
    fixes.push(...planned.fixes);
    unplanned.push(...planned.unplanned);
  }
  return { fixes, unplanned };
}

/**
 * How planned fixes are written into the texts of a scan, as one edit of each file.
 * @returns a reason where they cannot be written together.
 */
export function textEditsOf(
  fixes: readonly Pick<PlannedFix, 'changes'>[],
  { reading }: Pick<ScannedGraph, 'reading'>,
): readonly FileEdits[] | { readonly refused: string } {
  const byFile = new Map<string, TreeChange[]>();
  for (const { changes } of fixes)
    for (const [file, some] of changes) byFile.set(file, [...(byFile.get(file) ?? []), ...some]);
  const edits: FileEdits[] = [];
  for (const [file, changes] of byFile) {
    const source = editable(file, reading);
    if ('refused' in source) return source;
    const plan = spliceTemplate(source, changes, file);
    if ('refused' in plan) return plan;
    const text = new SourceText(source.text);
    edits.push({
      file,
      edits: plan.splices.map((splice) => ({
        ...splice,
        from: text.position(splice.start),
        to: text.position(splice.end),
      })),
    });
  }
  return edits;
}

const editables = new WeakMap<SourceReading, Map<string, EditableText | { readonly refused: string }>>();

/** A file of a scan, read for edits once. */
function editable(file: string, reading: SourceReading): EditableText | { readonly refused: string } {
  const known = editables.get(reading) ?? new Map<string, EditableText | { readonly refused: string }>();
  editables.set(reading, known);
  const found = known.get(file);
  if (found !== undefined) return found;
  const text = reading.text?.(file);
  const source = text === undefined ? { refused: `\`${file}\` is not a template` } : editableText(text, file);
  known.set(file, source);
  return source;
}

class Planner {
  readonly #resources: ReadonlyMap<string, Resource>;

  constructor(
    readonly scanned: ScannedGraph,
    readonly options: PlanOptions,
  ) {
    this.#resources = new Map(scanned.graph.resources.map((resource) => [resource.id, resource]));
  }

  plan(rule: Rule, finding: Evaluation): FixPlan {
    const resource = this.#resources.get(finding.resource.id);
    const { edits = [] } = rule.fix;
    if (resource === undefined || edits.length === 0)
      return { fixes: [], unplanned: [{ finding, kind: 'no-edit' }] };
    const { ruleSet, graph, now, reading } = this.scanned;
    const ask = askResource(rule, resource, ruleSet, graph, { now, positions: reading.positions });
    const failing = ask.failing();
    let open = failing.filter((clause) => !isMoot(rule, clause, failing));
    const fixes: PlannedFix[] = [];
    const unplanned: UnplannedFinding[] = [];
    const reasons: UnplannedFinding[] = [];
    for (const [index, edit] of edits.entries()) {
      const clauses = open.filter((clause) => edit.clauses?.includes(clause) ?? true);
      if (clauses.length === 0 || !this.#isFor(edit, resource, ask)) continue;
      const made = this.#make(edit, resource, ask);
      if ('refused' in made) {
        reasons.push({ finding, kind: 'refused', reason: made.refused });
        continue;
      }
      const { title, added, changes } = made;
      if (edit.safety === 'unsafe' && !this.options.unsafe) {
        reasons.push({ finding, kind: 'unsafe', edit: index, title });
        continue;
      }
      const { safety, because } = edit;
      fixes.push({
        finding,
        edit: index,
        clauses,
        title,
        safety,
        added,
        changes,
        ...(because === undefined ? {} : { because }),
      });
      open = open.filter((clause) => !clauses.includes(clause));
    }
    if (open.length > 0) unplanned.push(reasons[0] ?? { finding, kind: 'no-edit' });
    return { fixes, unplanned };
  }

  #isFor({ types, where }: RuleEdit, resource: Resource, ask: ReturnType<typeof askResource>): boolean {
    const { type, declaredType } = resource;
    if (types !== undefined && !types.includes(type) && !types.includes(declaredType ?? '')) return false;
    return where === undefined || ask.certainly(where);
  }

  #make(
    edit: RuleEdit,
    resource: Resource,
    ask: ReturnType<typeof askResource>,
  ): MadeEdit | { readonly refused: string } {
    const { graph, reading } = this.scanned;
    const rootOf = (file: string): unknown => {
      const source = editable(file, reading);
      return 'refused' in source ? undefined : source.root;
    };
    const made = makeChanges(edit, resource, graph, ask, rootOf);
    if ('refused' in made) return made;
    for (const file of made.changes.keys()) {
      const reason = this.options.mayNotEdit?.(file);
      if (reason !== undefined) return { refused: reason };
    }
    return made;
  }
}

/** A clause that refines a failing one is not reported, and holds or not once that one is repaired. */
function isMoot({ assert }: Rule, clause: number, failing: readonly number[]): boolean {
  for (let at = clause; assert[at - 1]?.refines === true; at--) if (failing.includes(at - 1)) return true;
  return false;
}
