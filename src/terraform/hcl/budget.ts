/** A configuration that is too large to evaluate; everything that is not evaluated yet is unknown. */
export class BudgetError extends Error {
  constructor() {
    super('the configuration is too large to evaluate');
    this.name = 'BudgetError';
  }
}

/** More than any configuration of people needs: expressions evaluated, elements made, characters joined by the hundred. */
const workLimit = 5_000_000;
/** Values that are made of values: locals of locals, modules in modules. */
const depthLimit = 400;

/** Bounds what evaluating may cost: expressions can double a text with every line. Counted, so the result is the same everywhere. */
export class Budget {
  #left = workLimit;
  #depth = 0;

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
