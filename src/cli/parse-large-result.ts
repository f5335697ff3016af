import { parseChunked } from '@discoveryjs/json-ext';
import { ResultProblemError } from '../app/result-problem-error.ts';
import { resultProblem, type ResultProblem } from '../app/validate-result.ts';
import type { Evaluation, ScanResult } from '../model/scan-result.ts';

/** What is kept of an evaluation that was read; undefined for nothing. */
export type KeepEvaluation = (evaluation: Evaluation) => Evaluation | undefined;

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
 * Reads a result from the parts of its text, each evaluation validated and reduced as soon as it is read, so that
 * memory follows what is kept. Equal texts and resources are kept once, as a scan has them.
 * @throws ResultProblemError where an evaluation is not as the schema says; SyntaxError where the text is no JSON.
 * @returns what the text holds. All of it but the evaluations is still to be validated.
 */
export async function parseLargeResult(
  parts: AsyncIterable<Uint8Array>,
  keep: KeepEvaluation,
): Promise<unknown> {
  const shared = new SharedValues();
  let first: unknown;
  let done = 0;
  /** Replaces what is complete. The parser may still add to the last item of a list. */
  const reduce = (root: unknown, isEnd: boolean): void => {
    const found: unknown = (root as Partial<ScanResult> | null | undefined)?.evaluations;
    if (!Array.isArray(found)) return;
    const items: unknown[] = found;
    // The parser may put a longer list with the same items in its place; other items are of a member that is there twice.
    if (items[0] !== first) done = 0;
    const end = isEnd ? items.length : items.length - 1;
    if (end <= done) return;
    const problem = resultProblem({ ...frame, evaluations: items.slice(done, end) });
    if (problem !== undefined) throw new ResultProblemError(atIndex(problem, done));
    for (; done < end; done += 1) {
      const kept = keep(items[done] as Evaluation); // as its schema says
      items[done] = kept === undefined ? undefined : shared.share(kept);
    }
    first = items[0];
  };
  const value: unknown = await parseChunked(parts, {
    onChunk: (_parsed, _chunk, pending, { currentRootValue }) => {
      if ((pending?.length ?? 0) > itemLimit) throw new SyntaxError('an item does not end');
      reduce(currentRootValue, false);
    },
  });
  reduce(value, true);
  const { evaluations } = (value ?? {}) as Partial<ScanResult>;
  if (!Array.isArray(evaluations)) return value;
  return { ...(value as object), evaluations: evaluations.filter((item) => item !== undefined) };
}

/** The problem of an item of a part, with the place that it has in the whole list. */
function atIndex(problem: ResultProblem, offset: number): ResultProblem {
  const instancePath = problem.instancePath.replace(
    /^\/evaluations\/(\d+)/,
    (_match, index: string) => `/evaluations/${Number(index) + offset}`,
  );
  return { ...problem, instancePath };
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
