import type { Expression } from '../model/rule.ts';
import type { Test } from './node.ts';

/** Compiles an expression that stands inside of another. */
export type Compile = (expression: Expression) => Test;

/** Makes the test of one form of expression; which members it may have is settled by rules.schema.json. */
export type Form = (raw: Expression, compile: Compile) => Test;

/** The test of an inner expression that may be left out. */
export function compileInner(raw: Expression, key: string, compile: Compile): Test | undefined {
  const inner = raw[key];
  return inner === undefined ? undefined : compile(inner as Expression); // of a validated rule
}
