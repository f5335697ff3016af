import type { ResultProblem } from './validate-result.ts';

/** A saved result that is not as a scan writes it, with the first problem. */
export class ResultProblemError extends Error {
  constructor(readonly problem: ResultProblem) {
    super(problem.message);
    this.name = 'ResultProblemError';
  }
}
