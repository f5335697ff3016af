/** Where an error stands: a file (with 1-based line and column, or a JSON pointer), or a service and region. */
export interface ErrorPlace {
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  readonly pointer?: string;
  readonly service?: string;
  readonly region?: string;
}

/** One of several things that are wrong with a file; line and column are 1-based. */
export interface FileProblem {
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/**
 * Base of every error that Headgate raises on purpose. `message` says what, why and what to do;
 * user input stands in backticks. Expected trouble is a `Diagnostic` instead.
 */
export class HeadgateError extends Error {
  constructor(
    /** Literal code, kebab-case, e.g. `rule-invalid`. */
    readonly code: string,
    message: string,
    readonly where: ErrorPlace = {},
    options?: { readonly cause?: unknown; readonly problems?: readonly FileProblem[] },
  ) {
    super(message, options);
    this.name = 'HeadgateError';
    this.problems = options?.problems ?? [];
  }

  /** What is wrong with `where.file`, each at its place; `message` says it as well. */
  readonly problems: readonly FileProblem[];
}

/** True for an error that Headgate raised on purpose, whichever of the command's files it comes from. */
export function isHeadgateError(error: unknown): error is HeadgateError {
  return error instanceof Error && error.name === 'HeadgateError' && 'where' in error;
}

/** `file:line:column` as editors understand it, or the service and region. */
export function describePlace(where: ErrorPlace): string {
  if (where.file !== undefined) {
    const position = where.line === undefined ? '' : `:${where.line}:${where.column ?? 1}`;
    return `${where.file}${position}`;
  }
  return [where.service, where.region].filter((part) => part !== undefined).join(' ');
}
