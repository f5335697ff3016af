/** What plans fixes, loaded when it is asked for. */
export { applyFixes } from '../app/apply-fixes.ts';
export { unifiedDiffs } from '../app/unified-diff.ts';
