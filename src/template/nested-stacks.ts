import { toPointer } from '../model/location.ts';
import type { Value } from '../model/value.ts';
import { templateDiagnostic } from '../text/diagnostic.ts';
import { member } from '../text/raw.ts';
import type { Stack } from './stack.ts';

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
  const message = `the template of nested stack \`${logicalId}\` is not in the scan`;
  const pointer = toPointer(['Resources', logicalId]);
  stack.diagnostics.push(
    templateDiagnostic(stack.parsed, pointer, {
      code: 'nested-template-missing',
      severity: 'warning',
      message,
    }),
  );
  stack.incomplete.push({
    code: 'outside',
    message,
    remedy: `scan the template of \`${logicalId}\` together with its parent`,
  });
}
