import { scalarText } from '../model/scalar-text.ts';
import type { Assumption } from '../model/assumption.ts';
import type { SourceDiagnostic } from '../model/source.ts';
import { member } from '../text/raw.ts';
import { alike } from './alike.ts';
import { isAbout, isOpen } from './assumptions.ts';
import type { Stack } from './stack.ts';

/** Assumptions that change nothing, each with the reason. */
export function idleAssumptions(
  stacks: readonly Stack[],
  all: readonly Assumption[] = [],
): SourceDiagnostic[] {
  if (stacks.length === 0) return [];
  return all.flatMap((assumption): SourceDiagnostic[] => {
    const why = idleBecause(
      assumption,
      stacks.filter(({ id }) => isAbout(assumption, id)),
    );
    if (why === undefined) return [];
    const about =
      'condition' in assumption
        ? `the condition \`${assumption.condition}\``
        : `the parameter \`${assumption.parameter}\``;
    return [
      {
        code: 'assumption-without-effect',
        severity: 'warning',
        message: `the assumption about ${about} has no effect: ${why}`,
        where: 'headgate.yaml',
        affects: [],
      },
    ];
  });
}

function idleBecause(assumption: Assumption, stacks: readonly Stack[]): string | undefined {
  const { stack } = assumption;
  if (stacks.length === 0) return `no template or stack matches \`${stack ?? '*'}\``;
  const [section, name] =
    'condition' in assumption
      ? (['Conditions', assumption.condition] as const)
      : (['Parameters', assumption.parameter] as const);
  const declaring = stacks.filter(({ root }) => member(root[section], name) !== undefined);
  if (declaring.length === 0) {
    const declared = stacks.flatMap(({ root }) => Object.keys(root[section] ?? {}));
    return `no template declares it${alike(name, declared)}`;
  }
  if (!('condition' in assumption)) {
    const isGiven = declaring.every(({ options }) => options.given(name) !== undefined);
    return isGiven ? 'another value is given for it' : undefined;
  }
  const answers = declaring.map(({ resolver }) => resolver.unassumed(name));
  if (answers.some(isOpen)) return undefined;
  const [answer] = answers;
  return typeof answer === 'boolean'
    ? `the template determines it (it is ${scalarText(answer)})`
    : 'it cannot be evaluated';
}
