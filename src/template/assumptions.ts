import { scalarText } from '../model/scalar-text.ts';
import type { Assumption } from '../model/assumption.ts';
import type { Cause, Value } from '../model/value.ts';
import { wildcardMatches } from '../model/wildcard.ts';
import type { Truth } from '../model/truth.ts';

/** What is assumed of one stack. */
export interface StackAssumptions {
  /** Named conditions and whether they hold, where the template leaves them open. */
  readonly conditions: ReadonlyMap<string, boolean>;
  /** Values of parameters for which nothing else is given. */
  readonly parameters: ReadonlyMap<string, string>;
}

/** The assumptions that are about a stack; of two about the same, the first one counts. */
export function assumptionsOf(stackId: string, all: readonly Assumption[] = []): StackAssumptions {
  const conditions = new Map<string, boolean>();
  const parameters = new Map<string, string>();
  for (const assumption of all) {
    if (!isAbout(assumption, stackId)) continue;
    if ('condition' in assumption) {
      const { condition, holds } = assumption;
      if (!conditions.has(condition)) conditions.set(condition, holds);
    } else {
      const { parameter, value } = assumption;
      if (!parameters.has(parameter)) parameters.set(parameter, scalarText(value));
    }
  }
  return { conditions, parameters };
}

/** True for an assumption about the stack of this id. */
export function isAbout({ stack }: Assumption, stackId: string): boolean {
  return stack === undefined || wildcardMatches(stack, stackId);
}

/** What is given for parameters, and what is assumed of the others. */
export function orAssumed(
  given: (name: string) => Value | undefined,
  { parameters }: StackAssumptions,
): (name: string) => Value | undefined {
  return parameters.size === 0 ? given : (name) => given(name) ?? parameters.get(name);
}

/** True for a condition that only the deployment tells, and not for one that is written wrongly. */
export function isOpen(truth: Truth): truth is Cause {
  return typeof truth !== 'boolean' && truth.code !== 'cycle' && truth.code !== 'malformed';
}
