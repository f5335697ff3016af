import type { SamContext, SamResource } from './context.ts';
import type { Tree } from './tree.ts';

/** What all parts of a GraphQL API share. */
export interface GraphqlParts {
  readonly resource: SamResource;
  readonly context: SamContext;
  readonly apiId: Tree;
  /** Adds a part: its id behind the API's, type, properties, and the keys that lead to its cause. */
  readonly emit: (
    suffix: string,
    type: string,
    properties: Tree,
    path: readonly string[],
    attributes?: Tree,
  ) => string;
}
