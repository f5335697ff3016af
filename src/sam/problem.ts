/** Why a resource cannot be expanded: thrown inside its expansion, turned into a diagnostic there. */
export class SamProblem extends Error {
  /**
   * `message`: what is wrong and what to do. `path`: keys below the resource that lead to the
   * place, like `['Events', 'Call']` (below `Properties`), or undefined for the resource itself.
   */
  constructor(
    message: string,
    readonly path: readonly string[] = [],
  ) {
    super(message);
    this.name = 'SamProblem';
  }
}

/** Runs work for a part of a resource, below `path`: its problems say which part. */
export function within<T>(part: string, work: () => T, path: readonly string[] = []): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof SamProblem)
      throw new SamProblem(`${part}: ${error.message}`, [...path, ...error.path]);
    throw error;
  }
}

/** Why the template as a whole cannot be expanded; `pointer` leads to the place. */
export class SamDocumentProblem extends Error {
  constructor(
    message: string,
    readonly pointer: string,
  ) {
    super(message);
    this.name = 'SamDocumentProblem';
  }
}
