import type { Resource } from '../model/resource.ts';
import type { Cause } from '../model/value.ts';
import type { Context, Node } from './node.ts';

/** Members of a source, and why there may be more of them. */
export interface Members {
  readonly nodes: readonly Node[];
  readonly incomplete?: Cause;
  /** Where nothing else makes the list incomplete: how many members it has that could not be resolved. */
  readonly unresolved?: number;
}

/** Answers the members of a quantifier for a node. */
export type Source = (node: Node, context: Context) => Members;

/** Nobody scanned the resource, so that nothing is known of what belongs to it. */
export function outside({ name }: Resource): Cause {
  return {
    code: 'outside',
    message: `\`${name}\` is not in the scan`,
    remedy: 'include its template or account in the scan, or declare it under `outside` in headgate.yaml',
  };
}
