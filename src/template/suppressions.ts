import type { SourceSuppression } from '../model/source.ts';
import type { Stack } from './stack.ts';

/** Wishes for silence that stand in a stack's template: comments and Metadata, its own and other tools'. */
export function readSuppressions(stack: Stack): SourceSuppression[] {
  void stack;
  return [];
}
