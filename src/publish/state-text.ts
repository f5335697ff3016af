import type { FindingState } from './finding.ts';

/** The state as it is kept in a file or an object. */
export function formatState(state: FindingState): string {
  return JSON.stringify({ version: 1, findings: state });
}

/** Reads it back. @throws SyntaxError for what is no state of version 1. */
export function parseState(text: string): FindingState {
  const value = JSON.parse(text) as { readonly version?: unknown; readonly findings?: unknown } | null;
  if (value?.version !== 1 || typeof value.findings !== 'object' || value.findings === null)
    throw new SyntaxError('the state is not one of version 1');
  return value.findings as FindingState;
}
