import { parseChunked } from '@discoveryjs/json-ext';
import { ResultProblemError } from '../app/result-problem-error.ts';
import { resultProblem, type ResultProblem } from '../app/validate-result.ts';
import type { Evaluation, FlowSummary } from '../model/scan-result.ts';

/** What is kept of what was read: undefined for nothing; all of a list that has no function. */
export interface Keep {
  readonly evaluations?: (evaluation: Evaluation) => Evaluation | undefined;
  readonly flows?: (flow: FlowSummary) => FlowSummary | undefined;
}

/** No list of a result has an item as long as this, in UTF-16 units: the file is none. */
const itemLimit = 2 ** 26;

/** A result without findings, which its schema accepts. */
const frame = {
  schemaVersion: '1.0',
  tool: { name: 'headgate', version: '0' },
  ruleSet: { digest: '0'.repeat(64), rules: [], deviations: [] },
  startedAt: '1970-01-01T00:00:00.000Z',
  ...{ inputs: [], skipped: [] },
  summary: {
    ...{ resources: 0, pass: 0, fail: 0, unknown: 0, notApplicable: 0, waived: 0 },
    bySeverity: { critical: 0, high: 0, medium: 0, low: 0, info: 0 },
    byFlow: {},
  },
  ...{ evaluations: [], flows: [], requirements: [], diagnostics: [] },
};

/**
 * Reads a result from the parts of its text. Evaluations and flows, which are nearly all of it, are validated and reduced
 * as soon as they are read, so that memory follows what is kept. Equal texts and resources are kept once, as a scan has them.
 * @throws ResultProblemError where one of them is not as the schema says; SyntaxError where the text is no JSON.
 * @returns what the text holds. What is not in these two lists is still to be validated.
 */
export async function parseLargeResult(parts: AsyncIterable<Uint8Array>, keep: Keep): Promise<unknown> {
  const shared = new SharedValues();
  const lists = [
    new ReducedList('evaluations', (item: Evaluation) => {
      const kept = keep.evaluations === undefined ? item : keep.evaluations(item);
      return kept && shared.share(kept);
    }),
    new ReducedList('flows', (item: FlowSummary) => (keep.flows === undefined ? item : keep.flows(item))),
  ];
  const value: unknown = await parseChunked(parts, {
    onChunk: (_parsed, _chunk, pending, { currentRootValue }) => {
      if ((pending?.length ?? 0) > itemLimit) throw new SyntaxError('an item does not end');
      for (const list of lists) list.reduce(currentRootValue, false);
    },
  });
  for (const list of lists) list.reduce(value, true);
  return value;
}

/** A list of a result, reduced while it is read. */
class ReducedList<Item extends object> {
  #first: unknown;
  #done = 0;

  constructor(
    readonly name: 'evaluations' | 'flows',
    readonly keep: (item: Item) => Item | undefined,
  ) {}

  /** Replaces what is complete. The parser may still add to the last item of the list until the end. */
  reduce(root: unknown, isEnd: boolean): void {
    const members = root as Record<string, unknown> | null | undefined;
    const found = members?.[this.name];
    if (!Array.isArray(found)) return;
    const items: unknown[] = found;
    // The parser may put a longer list with the same items in its place; other items are of a member that is there twice.
    if (items[0] !== this.#first) this.#done = 0;
    const end = isEnd ? items.length : items.length - 1;
    if (end > this.#done) this.#reduceTo(items, end);
    if (isEnd && members) members[this.name] = items.filter((item) => item !== undefined);
  }

  #reduceTo(items: unknown[], end: number): void {
    const problem = resultProblem({ ...frame, [this.name]: items.slice(this.#done, end) });
    if (problem !== undefined) throw new ResultProblemError(this.#atItsPlace(problem));
    for (; this.#done < end; this.#done += 1) items[this.#done] = this.keep(items[this.#done] as Item); // as its schema says
    this.#first = items[0];
  }

  /** The problem of an item of a part, with the place that it has in the whole list. */
  #atItsPlace(problem: ResultProblem): ResultProblem {
    const [, name, index, ...rest] = problem.instancePath.split('/');
    const path = ['', name, Number(index) + this.#done, ...rest];
    return { ...problem, instancePath: path.join('/') };
  }
}

/** Texts that no other evaluation has. */
const unique = ['fingerprint', 'message'];

/** Equal texts, and equal small objects such as the resource of many evaluations, as one. */
class SharedValues {
  private readonly texts = new Map<string, string>();
  private readonly resources = new Map<string, Evaluation['resource']>();

  share(evaluation: Evaluation): Evaluation {
    return {
      ...this.withSharedTexts(evaluation, unique),
      resource: this.resource(evaluation.resource),
      evidence: evaluation.evidence.map((item) => this.withSharedTexts(item)),
      related: evaluation.related.map((item) => this.resource(item)),
      flows: evaluation.flows.map((id) => this.text(id)),
      ...(evaluation.location === undefined ? {} : { location: this.withSharedTexts(evaluation.location) }),
    };
  }

  private resource(found: Evaluation['resource']): Evaluation['resource'] {
    const known = this.resources.get(found.id);
    if (known !== undefined && isEqual(known, found)) return known;
    const fresh = this.withSharedTexts(found);
    this.resources.set(fresh.id, fresh);
    return fresh;
  }

  private withSharedTexts<Value extends object>(value: Value, except: readonly string[] = []): Value {
    const members = value as Record<string, unknown>;
    for (const [name, member] of Object.entries(members))
      if (typeof member === 'string' && !except.includes(name)) members[name] = this.text(member);
    return value;
  }

  private text(found: string): string {
    const known = this.texts.get(found);
    if (known !== undefined) return known;
    this.texts.set(found, found);
    return found;
  }
}

function isEqual(a: object, b: object): boolean {
  const members = Object.entries(a);
  return (
    members.length === Object.keys(b).length &&
    members.every(([name, member]) => (b as Record<string, unknown>)[name] === member)
  );
}
