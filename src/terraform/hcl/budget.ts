/** A configuration that is too large to evaluate; everything that is not evaluated yet is unknown. */
export class BudgetError extends Error {
  constructor() {
    super('the configuration is too large to evaluate');
    this.name = 'BudgetError';
  }
}

/** Work that every configuration has: expressions evaluated, elements made, characters joined by the hundred. */
const ownWork = 500_000;
/** Work beside it for each character of the sources, and for each value that is asked. */
const workPerCharacter = 20;
const workPerValue = 2_000;
/** Values that are made of values: locals of locals, modules in modules. */
const depthLimit = 400;

/** Bounds what evaluating may cost: expressions can double a text with every line. Counted, so the result is the same everywhere. */
export class Budget {
  #left: number;
  #depth = 0;

  /** @param characters length of the sources. */
  constructor(characters: number) {
    this.#left = ownWork + workPerCharacter * characters;
  }

  /** Gives what another value may cost. */
  allow(): void {
    if (this.#left >= 0) this.#left += workPerValue;
  }

  spend(work: number): void {
    this.#left -= work;
    if (this.#left < 0) throw new BudgetError();
  }

  /** Size of a text that is made. */
  spendText(length: number): void {
    this.spend(Math.ceil(length / 100));
  }

  /** @throws BudgetError where what is evaluated nests too deep. */
  nested<T>(evaluate: () => T): T {
    if (this.#depth >= depthLimit) throw new BudgetError();
    this.#depth += 1;
    try {
      return evaluate();
    } finally {
      this.#depth -= 1;
    }
  }
}
