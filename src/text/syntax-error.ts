/** A text that is not well-formed, or exceeds a limit, and the offset where that shows. */
export class TemplateSyntaxError extends Error {
  constructor(
    readonly code: 'syntax' | 'too-deep' | 'alias-limit',
    message: string,
    readonly offset: number,
  ) {
    super(message);
    this.name = 'TemplateSyntaxError';
  }
}

/** A key that stands twice in one mapping, at the offset of its second place. */
export interface DuplicateKey {
  readonly key: string;
  readonly offset: number;
}

/** Deepest nesting that is read: far beyond what CloudFormation accepts, well within the call stack. */
export const depthLimit = 500;
