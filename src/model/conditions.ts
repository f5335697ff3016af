import type { Cause, Condition, Side } from './value.ts';

/** What the condition that a cause tells of says; a cause that does not tell is one that nothing else depends on. */
export function conditionOf(cause: Cause): Condition {
  return cause.condition ?? { kind: 'atom', id: `${cause.code}:${cause.message}` };
}

/** The doubt about what stands on one side of a condition, inside of what is doubted already. */
export function onSide(cause: Cause, holds: boolean, outer?: Cause): Cause {
  return withDoubt(outer, {
    ...plainDoubt(cause),
    sides: [{ cause, holds }],
  });
}

/** Two doubts about one thing: it is there where neither rules it out. */
export function bothDoubts(first: Cause | undefined, second: Cause | undefined): Cause | undefined {
  if (first === undefined || second === undefined || first === second) return first ?? second;
  return withDoubt(first, second);
}

function withDoubt(outer: Cause | undefined, inner: Cause): Cause {
  if (outer === undefined) return inner;
  const beyond = beyondSides(outer) ?? beyondSides(inner);
  return {
    ...plainDoubt(beyond ?? outer),
    sides: [...(outer.sides ?? []), ...(inner.sides ?? [])],
    ...(beyond === undefined ? {} : { beyond }),
  };
}

/**
 * The doubt about what is there where either lets it be; undefined where it then is certain. Of what stays
 * doubtful on its sides nothing more is told apart.
 */
export function eitherDoubt(first: Cause | undefined, second: Cause | undefined): Cause | undefined {
  if (first === undefined || second === undefined) return undefined;
  const open = [first, second].find((doubt) => beyondSides(doubt) !== undefined);
  if (open !== undefined) return plainDoubt(beyondSides(open) ?? open);
  const condition: Condition = { kind: 'any', of: [sidesHold(first), sidesHold(second)] };
  return isAlways(condition) ? undefined : onSide({ ...plainDoubt(first), condition }, true);
}

/** The doubt about what is there only where the other is not. */
export function otherSide(doubt: Cause): Cause {
  if (doubt.sides === undefined || doubt.beyond !== undefined) return plainDoubt(beyondSides(doubt) ?? doubt);
  const [side, another] = doubt.sides;
  if (side !== undefined && another === undefined) return onSide(side.cause, !side.holds);
  return onSide({ ...plainDoubt(doubt), condition: sidesHold(doubt) }, false);
}

/** The condition that holds where what is doubted is there. */
export function asCondition(doubt: Cause): Cause {
  return { ...plainDoubt(doubt), condition: sidesHold(doubt) };
}

/** What a doubt hangs on, as one condition. */
function sidesHold({ sides = [] }: Cause): Condition {
  const all = sides.map(({ cause, holds }): Condition => {
    const condition = conditionOf(cause);
    return holds ? condition : { kind: 'not', of: condition };
  });
  const [only] = all;
  return only !== undefined && all.length === 1 ? only : { kind: 'all', of: all };
}

/** More ways than these are not gone through to see that a condition always holds. */
const alwaysLimit = 32;

function isAlways(condition: Condition): boolean {
  try {
    const world = new World(alwaysLimit);
    const cause: Cause = { code: 'condition', message: '', condition };
    return world.enumerate(
      () => world.holds(cause),
      (holds) => holds,
    );
  } catch (error) {
    if (error instanceof TooManyWorlds) return false;
    throw error;
  }
}

/** The doubt alone, without what it hangs on. */
export function plainDoubt({ code, message, about, remedy }: Cause): Cause {
  return {
    code,
    message,
    ...(about === undefined ? {} : { about }),
    ...(remedy === undefined ? {} : { remedy }),
  };
}

/** True where what is doubted is there whenever `base` is: nothing doubts it, or just what doubts `base`. */
export function isNoFurtherDoubt(doubt: Cause | undefined, base: Cause | undefined): boolean {
  return doubt?.sides === undefined && doubt?.message === base?.message;
}

/** What stays doubtful of a thing on the sides that it stands on. */
export function beyondSides(doubt: Cause | undefined): Cause | undefined {
  return doubt?.sides === undefined ? doubt : doubt.beyond;
}

/** More combinations of conditions decide than are gone through. */
export class TooManyWorlds extends Error {
  constructor(limit: number) {
    super(`more than ${limit} combinations of unknown conditions are possible`);
    this.name = 'TooManyWorlds';
  }
}

interface Decision {
  readonly atom: Condition & { readonly kind: 'atom' };
  readonly cause: Cause;
  holds: boolean;
  isFlipped: boolean;
}

/**
 * One way in which the undecided conditions of a template may turn out. What is asked of is settled
 * then and there, and stays so for whatever is asked later: two values under one condition are never
 * mixed. `enumerate` does the same work again for each other way that it may go.
 */
export class World {
  readonly #decisions: Decision[] = [];
  readonly #settled = new Map<string, boolean>();
  /** Subject -> the literal that it is taken to equal. */
  readonly #literals = new Map<string, string>();
  #left: number;

  /** `limit` is how many turns in all it takes before it gives up. */
  constructor(readonly limit: number) {
    this.#left = limit;
  }

  /** Whether the condition holds here; settles what is open. */
  holds(cause: Cause): boolean {
    return this.#holds(conditionOf(cause), cause);
  }

  /** Takes a condition to hold, or not, for good; what cannot be told of its parts one by one is left open. */
  suppose(cause: Cause, holds: boolean): void {
    this.#suppose(conditionOf(cause), cause, holds);
  }

  /** Whether the condition holds here, where that follows from what is settled. */
  known(cause: Cause): boolean | undefined {
    return this.#known(conditionOf(cause));
  }

  #suppose(condition: Condition, cause: Cause, holds: boolean): void {
    switch (condition.kind) {
      case 'not':
        this.#suppose(condition.of, cause, !holds);
        return;
      case 'all':
      case 'any':
        if (holds === (condition.kind === 'all') || condition.of.length === 1)
          for (const part of condition.of) this.#suppose(part, cause, holds);
        return;
      case 'atom':
        if (this.#known(condition) === undefined)
          this.#settle({ atom: condition, cause, holds, isFlipped: true });
    }
  }

  /** Whether what is doubted stands here. */
  admits(doubt: Cause | undefined): boolean {
    const sides = doubt?.sides;
    if (sides === undefined) return true;
    // What is ruled out already needs nothing settled.
    if (sides.some(({ cause, holds }) => this.#known(conditionOf(cause)) === !holds)) return false;
    return sides.every(({ cause, holds }) => this.holds(cause) === holds);
  }

  /** How many conditions are settled. */
  get settled(): number {
    return this.#decisions.length;
  }

  /** The sides that were taken since so many conditions were settled. */
  sidesSince(mark: number): readonly Side[] {
    return this.#decisions.slice(mark).map(({ atom, cause, holds }) => ({
      cause: { ...cause, condition: atom },
      holds,
    }));
  }

  /** The condition that was settled last the other way. */
  get turned(): Cause | undefined {
    return this.#decisions.findLast(({ isFlipped }) => isFlipped)?.cause;
  }

  /**
   * Does the work once for each way that the conditions it meets may turn out, until `visit` wants no
   * more. What was settled before stays; what the work settles is open again afterwards.
   * @returns whether all ways were gone through.
   * @throws {TooManyWorlds} beyond the limit.
   */
  enumerate<T>(work: () => T, visit: (result: T) => boolean): boolean {
    const mark = this.settled;
    try {
      for (;;) {
        if (!visit(work())) return false;
        if (!this.#turn(mark)) return true;
      }
    } finally {
      this.#undo(mark);
    }
  }

  #turn(mark: number): boolean {
    for (;;) {
      const last = this.#decisions.at(-1);
      if (last === undefined || this.settled <= mark) return false;
      this.#undo(this.settled - 1);
      if (last.isFlipped) continue;
      this.#left -= 1;
      if (this.#left <= 0) throw new TooManyWorlds(this.limit);
      this.#settle({ ...last, holds: !last.holds, isFlipped: true });
      return true;
    }
  }

  #undo(mark: number): void {
    while (this.settled > mark) {
      const last = this.#decisions.pop();
      if (last === undefined) return;
      this.#settled.delete(last.atom.id);
      if (last.holds && last.atom.subject !== undefined) this.#literals.delete(last.atom.subject);
    }
  }

  #settle(decision: Decision): void {
    const { atom, holds } = decision;
    this.#decisions.push(decision);
    this.#settled.set(atom.id, holds);
    if (holds && atom.subject !== undefined) this.#literals.set(atom.subject, atom.literal ?? '');
  }

  #holds(condition: Condition, cause: Cause): boolean {
    switch (condition.kind) {
      case 'not':
        return !this.#holds(condition.of, cause);
      case 'all':
        return condition.of.every((part) => this.#holds(part, cause));
      case 'any':
        return condition.of.some((part) => this.#holds(part, cause));
      case 'atom': {
        const known = this.#known(condition);
        if (known !== undefined) return known;
        this.#settle({ atom: condition, cause, holds: true, isFlipped: false });
        return true;
      }
    }
  }

  #known(condition: Condition): boolean | undefined {
    switch (condition.kind) {
      case 'not': {
        const known = this.#known(condition.of);
        return known === undefined ? undefined : !known;
      }
      case 'all':
        return this.#combined(condition.of, false);
      case 'any':
        return this.#combined(condition.of, true);
      case 'atom': {
        const settled = this.#settled.get(condition.id);
        if (settled !== undefined || condition.subject === undefined) return settled;
        const literal = this.#literals.get(condition.subject);
        return literal === undefined ? undefined : literal === condition.literal;
      }
    }
  }

  #combined(parts: readonly Condition[], decisive: boolean): boolean | undefined {
    let isOpen = false;
    for (const part of parts) {
      const known = this.#known(part);
      if (known === decisive) return decisive;
      isOpen ||= known === undefined;
    }
    return isOpen ? undefined : !decisive;
  }
}
