import type { PolicyStatement, StatementSet } from '../model/resource-graph.ts';
import type { Cause, Value } from '../model/value.ts';
import { every, type Truth } from '../model/truth.ts';
import { conditionMet, type StatementCondition } from './conditions.ts';
import { actionMatched, principalMatches, resourceMatched } from './match.ts';
import type { Asked, Candidate, PolicyWorld, Requester } from './request.ts';

/** Requests of one kind: who, of what, on what; `candidates` gives what may stand under each key. */
export interface RequestPattern {
  /** Undefined for the policies of an identity: who asks is their holder. */
  readonly requester: Requester | undefined;
  readonly action: string;
  readonly asked: Asked;
  /** Of a key in lower case; at least one. */
  candidates(key: string): readonly Candidate[];
}

/** How doubts count: for or against the request. */
type Mode = 'generous' | 'strict';

/** Beyond so many steps a search is given up, which no policy that people write needs. */
const mostSteps = 20_000;

const givenUp: Cause = { code: 'unsupported', message: 'the policies are too complex to evaluate' };

/** Every key that conditions name, in lower case, with all that they are compared with. */
export function listedKeys(
  statements: readonly PolicyStatement[],
): ReadonlyMap<string, readonly StatementCondition[]> {
  const keys = new Map<string, StatementCondition[]>();
  for (const { conditions } of statements) {
    for (const condition of conditions) {
      const key = condition.key.toLowerCase();
      const found = keys.get(key);
      if (found === undefined) keys.set(key, [condition]);
      else found.push(condition);
    }
  }
  return keys;
}

/**
 * Whether some request of the pattern is allowed: an Allow admits it, and no Deny stops it
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html). With doubts
 * of the deployment the answer is a cause, unless it is the same whichever way they fall.
 */
export function admitsSome(
  { statements, incomplete }: StatementSet,
  pattern: RequestPattern,
  world: PolicyWorld,
  onAllowed?: (by: PolicyStatement) => void,
): Truth {
  const search = new Search(statements, pattern, world);
  const allowed = search.findAllowed('strict') ?? search.findAllowed('generous');
  if (allowed === undefined) return incomplete ?? false;
  onAllowed?.(allowed.by);
  return allowed.mode === 'strict' ? true : (search.doubt ?? givenUp);
}

/** Whether no request of the pattern gets past the Deny statements. */
export function deniesAll(
  { statements, incomplete }: StatementSet,
  pattern: RequestPattern,
  world: PolicyWorld,
): Truth {
  const search = new Search(statements, pattern, world);
  if (!search.findsUndenied('generous')) return true;
  if (!search.findsUndenied('strict')) return search.doubt ?? givenUp;
  return incomplete ?? false;
}

type Domains = ReadonlyMap<string, readonly Candidate[]>;

/** The search for one request of a pattern: which value under each key meets an Allow and misses every Deny. */
class Search {
  readonly #relevant: readonly { readonly statement: PolicyStatement; readonly speaks: Truth }[];
  readonly #pattern: RequestPattern;
  readonly #world: PolicyWorld;
  readonly #met = new Map<StatementCondition, Map<Candidate, Truth>>();
  readonly #candidates = new Map<string, readonly Candidate[]>();
  #steps = 0;
  /** The first thing that was not known. */
  doubt: Cause | undefined;

  constructor(statements: readonly PolicyStatement[], pattern: RequestPattern, world: PolicyWorld) {
    this.#pattern = pattern;
    this.#world = world;
    this.#relevant = statements.flatMap((statement) => {
      const speaks = this.#speaks(statement);
      return speaks === false ? [] : [{ statement, speaks }];
    });
  }

  findAllowed(mode: Mode): { readonly by: PolicyStatement; readonly mode: Mode } | undefined {
    this.#steps = 0;
    for (const { statement, speaks } of this.#relevant) {
      if (statement.effect !== 'Allow' || !this.#takes(speaks, mode === 'generous')) continue;
      const domains = this.#narrow(new Map(), statement, mode);
      if (domains !== undefined && this.#avoids(domains, 0, mode)) return { by: statement, mode };
    }
    return undefined;
  }

  findsUndenied(mode: Mode): boolean {
    this.#steps = 0;
    return this.#avoids(new Map(), 0, mode);
  }

  #speaks(statement: PolicyStatement): Truth {
    const { requester, action, asked } = this.#pattern;
    const parts = [
      () => actionMatched(statement, action),
      () => requester === undefined || principalMatches(statement, requester, this.#world),
      () => resourceMatched(statement, asked, this.#world),
      () => statement.unresolved ?? true,
    ];
    return every(parts, (part) => part());
  }

  // A doubt is taken as the mode has it.
  #takes(answer: Truth, whenDoubtful: boolean): boolean {
    if (typeof answer === 'boolean') return answer;
    this.doubt ??= answer;
    return whenDoubtful;
  }

  #domain(domains: Domains, key: string): readonly Candidate[] {
    const narrowed = domains.get(key) ?? this.#candidates.get(key);
    if (narrowed !== undefined) return narrowed;
    const all = this.#pattern.candidates(key);
    this.#candidates.set(key, all);
    return all;
  }

  #isMet(condition: StatementCondition, candidate: Candidate, { holder }: PolicyStatement): Truth {
    let answers = this.#met.get(condition);
    if (answers === undefined) this.#met.set(condition, (answers = new Map<Candidate, Truth>()));
    let answer = answers.get(candidate);
    if (answer === undefined)
      answers.set(candidate, (answer = conditionMet(condition, candidate, holder, this.#world)));
    return answer;
  }

  /** What is left under each key for requests that an Allow admits. */
  #narrow(domains: Domains, statement: PolicyStatement, mode: Mode): Domains | undefined {
    const narrowed = new Map(domains);
    for (const condition of statement.conditions) {
      const key = condition.key.toLowerCase();
      const left = this.#domain(narrowed, key).filter((candidate) =>
        this.#takes(this.#isMet(condition, candidate, statement), mode === 'generous'),
      );
      if (left.length === 0) return undefined;
      narrowed.set(key, left);
    }
    return narrowed;
  }

  /** Whether a request is left that no Deny from `index` on stops: of each Deny one condition has to be missed. */
  #avoids(domains: Domains, index: number, mode: Mode): boolean {
    this.#steps += 1;
    if (this.#steps > mostSteps) {
      this.doubt ??= givenUp;
      return mode === 'generous';
    }
    const next = this.#relevant[index];
    if (next === undefined) return true;
    const { statement, speaks } = next;
    if (statement.effect !== 'Deny' || !this.#takes(speaks, mode === 'strict'))
      return this.#avoids(domains, index + 1, mode);
    return statement.conditions.some((condition) => {
      const key = condition.key.toLowerCase();
      const left = this.#domain(domains, key).filter(
        (candidate) => !this.#takes(this.#isMet(condition, candidate, statement), mode === 'strict'),
      );
      return left.length > 0 && this.#avoids(new Map([...domains, [key, left]]), index + 1, mode);
    });
  }
}

/** A request's action that a pattern of a policy covers: what its stars stand for is an action that nobody lists. */
export function actionWithin(pattern: Value): string | undefined {
  if (typeof pattern !== 'string') return undefined;
  const filled = pattern.replaceAll('*', 'Zz').replaceAll('?', 'z');
  return filled.includes(':') ? filled : `zz:${filled}`;
}
