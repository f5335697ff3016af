import { toPointer } from '../model/location.ts';
import type { Value } from '../model/value.ts';
import { templateDiagnostic } from '../text/diagnostic.ts';
import { member } from '../text/raw.ts';
import type { Stack } from './stack.ts';

/** How deep stages may nest in stages, and nested stacks in stacks. */
export const nestingLimit = 20;

/**
 * How often one template may become a stack again, over all stacks of a reading. CloudFormation takes 2,500
 * resources in one operation on nested stacks ("CloudFormation quotas", read 2026-11).
 */
const copyLimit = { stacks: 2_000, resources: 20_000 };

/** Counts the stacks that are made of a template beyond its first one: what nests twice doubles at every level. */
export class StackCopies {
  readonly #seen = new Set<string>();
  #stacks = 0;
  #resources = 0;

  /** False, and nothing taken, where another stack of the template would be too much. */
  take(path: string, resources: number): boolean {
    if (!this.#seen.has(path)) {
      this.#seen.add(path);
      return true;
    }
    if (this.#stacks + 1 > copyLimit.stacks || this.#resources + resources > copyLimit.resources)
      return false;
    this.#stacks += 1;
    this.#resources += resources;
    return true;
  }
}

/** A nested stack that is not read because the bound is reached. */
export function reportLimit(stack: Stack, logicalId: string): void {
  report(stack, logicalId, {
    code: 'nesting-limit',
    severity: 'error',
    message: `nested stack \`${logicalId}\` is not read: stacks nest up to ${nestingLimit} levels deep, and templates become up to ${copyLimit.stacks} more stacks with ${copyLimit.resources} resources`,
    remedy: 'scan fewer templates at once',
  });
}

/** What a nested stack gets for its parameters: resolved by its parent, once each. */
export function passedParameters(parent: Stack, logicalId: string): (name: string) => Value | undefined {
  const written = member(member(member(parent.root['Resources'], logicalId), 'Properties'), 'Parameters');
  return (name) => {
    const raw = member(written, name);
    return raw === undefined ? undefined : parent.resolver.unassuming(() => parent.resolver.resolve(raw));
  };
}

/** A nested stack whose template is not at hand may hold anything that seems to be missing. */
export function reportMissing(stack: Stack, logicalId: string): void {
  report(stack, logicalId, {
    code: 'nested-template-missing',
    severity: 'warning',
    message: `the template of nested stack \`${logicalId}\` is not in the scan`,
    remedy: `scan the template of \`${logicalId}\` together with its parent`,
  });
}

function report(
  stack: Stack,
  logicalId: string,
  {
    code,
    severity,
    message,
    remedy,
  }: { code: string; severity: 'error' | 'warning'; message: string; remedy: string },
): void {
  const pointer = toPointer(['Resources', logicalId]);
  stack.diagnostics.push(templateDiagnostic(stack.parsed, pointer, { code, severity, message }));
  stack.incomplete.push({ code: 'outside', message, remedy });
}
