import type { SamResource } from './context.ts';
import type { PublishedAlias } from './function-alias.ts';
import type { Tree } from './tree.ts';

/** A function as its events see it. */
export interface EventTarget {
  readonly resource: SamResource;
  /** Value of `FunctionName`: the alias where one is published. */
  readonly name: Tree;
  /** The function's ARN, or the alias's, which is what its `Ref` gives. */
  readonly arn: Tree;
  readonly alias?: PublishedAlias;
}
