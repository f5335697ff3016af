import type { SecretTexts } from '../../../model/secret-texts.ts';
import type { Budget } from '../budget.ts';
import type { Term } from '../terms.ts';

/** What functions need beside their arguments. */
export interface FunctionContext {
  readonly budget: Budget;
  /** Texts that may not be shown; functions mark what they make of them. */
  readonly secrets: SecretTexts;
  /** Text of a file below the root, by its path from the root module; undefined where it is not read. */
  readonly readFile: (path: string) => string | undefined;
  /** Terms as one text, with holes where they are not known. */
  readonly join: (terms: readonly Term[]) => Term;
  /** A template's text with its variables. */
  readonly renderTemplate: (text: string, name: string, variables: Term) => Term;
}

/**
 * A function of Terraform. Arguments are not lazy at their top, and no conditions.
 * Undefined where it cannot be known what it gives. @throws EvaluationError for what Terraform rejects.
 */
export type HclFunction = (given: readonly Term[], context: FunctionContext) => Term | undefined;
