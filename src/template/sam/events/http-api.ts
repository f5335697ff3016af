import type { FunctionEvent } from './event.ts';

/** placeholder until the next slice */
export function expandHttpApiEvent(_event: FunctionEvent): undefined {
  return;
}
