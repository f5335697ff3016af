import type { Step } from './syntax.ts';
import type { Term } from './terms.ts';

/** What names stand for at a place of the configuration. */
export interface Scope {
  /** What expressions of the scope stand in, for messages. */
  readonly source: SourceFile;
  /**
   * What a name with the steps behind it stands for, and how many of them belong to it: `var.x` is a name
   * and one step. Undefined where there is no such name.
   */
  resolve(name: string, steps: readonly Step[]): Resolution | undefined;
}

/** A file's path from the root module, and its text. */
export interface SourceFile {
  readonly file: string;
  readonly text: string;
}

export interface Resolution {
  readonly term: Term;
  readonly used: number;
}

/** Names that `for`, `each` and iterators bind, in front of what the scope around them knows. */
export class BoundScope implements Scope {
  readonly #bindings: ReadonlyMap<string, Term>;

  constructor(
    readonly outer: Scope,
    bindings: Iterable<readonly [string, Term]>,
  ) {
    this.#bindings = new Map(bindings);
  }

  get source(): SourceFile {
    return this.outer.source;
  }

  resolve(name: string, steps: readonly Step[]): Resolution | undefined {
    const term = this.#bindings.get(name);
    return term === undefined ? this.outer.resolve(name, steps) : { term, used: 0 };
  }
}
