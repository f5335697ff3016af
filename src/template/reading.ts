import { scalarText } from '../model/scalar-text.ts';
import { dirname } from 'node:path';
import { SecretTexts } from '../model/secret-texts.ts';
import { Unresolved, type Cause, type Value } from '../model/value.ts';
import type { CopyBudget } from './for-each.ts';
import type { Environment } from './environment.ts';
import { causeOf } from './strings.ts';
import type { DeclaredResource } from './value-resolver.ts';

/** How many nodes all loops of a reading may copy together. */
const copyLimit = 500_000;

/** What a stack offers to others. */
export interface ExportingStack {
  readonly id: string;
  readonly scope: string;
  readonly parsed: { readonly file: string };
  readonly options: { readonly environment: Environment };
  /** Value of an output; undefined when there is none of that name. */
  output(name: string): Value | undefined;
  /** A resource of the stack by its id, as written. */
  declared(resourceId: string): DeclaredResource | undefined;
  /** Exported outputs, with the names they are exported under. */
  exportNames(): [output: string, name: string][];
}

interface Export {
  readonly stack: ExportingStack;
  readonly output: string;
}

/** All stacks of one reading: what they export to each other, and the limits that they share. */
export class Reading {
  readonly recursion = { depth: 0 };
  readonly budget: CopyBudget = { left: copyLimit };
  readonly secrets = new SecretTexts();
  readonly stacks: ExportingStack[] = [];
  #ids: ReadonlyMap<string, ExportingStack> = new Map();
  #exports: Map<string, Export[]> | 'open' | undefined;

  /** Value of an export, the nearest one to the stack that asks. */
  importValue(name: Value | undefined, asking: ExportingStack): Value {
    if (typeof name !== 'string') return new Unresolved(unknownName(name));
    if (this.#exports === 'open')
      return new Unresolved({
        code: 'cycle',
        message: `the name of export \`${name}\` leads back to itself`,
        about: name,
      });
    this.#exports ??= this.#indexExports();
    const found = this.#exports.get(name) ?? [];
    const [only, second] = nearest(found, asking);
    if (only === undefined) return new Unresolved(missingExport(name));
    if (second !== undefined) {
      const message = `several scanned templates export \`${name}\``;
      return new Unresolved({
        code: 'import',
        message,
        about: name,
        remedy: 'scan the application it belongs to on its own',
      });
    }
    return only.stack.output(only.output) ?? new Unresolved(missingExport(name));
  }

  /** Output of the stack that is deployed under a name, the nearest one to the stack that asks. */
  stackOutput(stackName: Value | undefined, output: Value | undefined, asking: ExportingStack): Value {
    const cause = causeOf(stackName) ?? causeOf(output);
    if (cause !== undefined) return new Unresolved(cause);
    const name = scalarText(output);
    const found = this.stacks
      .filter((stack) => stack.options.environment.stackName === stackName && typeof stackName === 'string')
      .map((stack) => ({ stack, output: name }));
    const [only, second] = nearest(found, asking);
    const value = second === undefined ? only?.stack.output(name) : undefined;
    const message = `output \`${name}\` of stack \`${scalarText(stackName)}\` is not in the scan`;
    return value ?? new Unresolved({ code: 'import', message, about: name });
  }

  /** A resource of any stack, by its id. */
  declared(resourceId: string): DeclaredResource | undefined {
    const stackId = resourceId.slice(0, resourceId.lastIndexOf('/'));
    return this.#byId().get(stackId)?.declared(resourceId);
  }

  /** Stacks by id; stacks are added before any of them is resolved, and never taken away. */
  #byId(): ReadonlyMap<string, ExportingStack> {
    if (this.#ids.size !== this.stacks.length)
      this.#ids = new Map(this.stacks.map((stack) => [stack.id, stack]));
    return this.#ids;
  }

  #indexExports(): Map<string, Export[]> {
    this.#exports = 'open';
    const index = new Map<string, Export[]>();
    for (const stack of this.stacks) {
      for (const [output, name] of stack.exportNames()) {
        index.set(name, [...(index.get(name) ?? []), { stack, output }]);
      }
    }
    return index;
  }
}

/** Exports of the same stage go before those of the same application, and those before all others. */
function nearest(found: readonly Export[], asking: ExportingStack): readonly Export[] {
  const folder = dirname(asking.parsed.file);
  const inScope = found.filter(({ stack }) => stack.scope === asking.scope);
  const inFolder = inScope.filter(({ stack }) => dirname(stack.parsed.file) === folder);
  if (inFolder.length > 0) return inFolder;
  return inScope.length > 0 ? inScope : found;
}

function unknownName(name: Value | undefined): Cause {
  const cause = causeOf(name);
  if (cause === undefined) return { code: 'malformed', message: '`Fn::ImportValue` takes a name' };
  return {
    ...cause,
    code: 'import',
    message: `the name of an imported value is not known: ${cause.message}`,
  };
}

function missingExport(name: string): Cause {
  return {
    code: 'import',
    message: `no scanned template exports \`${name}\``,
    about: name,
    remedy: 'scan the template that exports it in the same call',
  };
}
