import type { Cause, Path, Value } from '../../model/value.ts';

/** Key of an instance under `count` or `for_each`. */
export type InstanceKey = string | number;

/** An instance of a resource or a data source, as a plan names it. */
export interface InstanceName {
  /** `module.worker["a"].aws_sqs_queue.jobs[0]`. */
  readonly address: string;
  /** Address of the module instance; empty for the root. */
  readonly module: string;
  /** `aws_sqs_queue.jobs`, `data.aws_vpc.main`. */
  readonly resource: string;
  readonly key?: InstanceKey;
}

/** What is known beside the sources: what a plan says. */
export interface DeploymentFacts {
  /** Keys of a resource's instances in a module instance; undefined where that is not known. */
  readonly keysOf?: (module: string, resource: string) => readonly InstanceKey[] | undefined;
  /** Keys of a call's instances; undefined where that is not known. */
  readonly moduleKeysOf?: (module: string, call: string) => readonly InstanceKey[] | undefined;
  /** What an attribute of an instance is, a reference included; undefined where nobody knows. */
  readonly attributeOf?: (instance: InstanceName, path: Path) => Value | undefined;
  /** Values of the root module's variables: plain JSON. */
  readonly variables?: ReadonlyMap<string, unknown>;
}

/** `["a"]`, `[0]`, or nothing. */
export function keyText(key: InstanceKey | undefined): string {
  if (key === undefined) return '';
  return typeof key === 'number' ? `[${key}]` : `[${JSON.stringify(key)}]`;
}

/** The address without the keys of modules and instances. */
export function withoutKeys(address: string): string {
  return address.includes('[') ? address.replace(/\[(?:"(?:[^"\\]|\\.)*"|\d+)\]/g, '') : address;
}

const lastKey = /^(.*?)(?:\[((?:"(?:[^"\\]|\\.)*")|\d+)\])?$/s;

/** The module that calls an instance of a module, the name of the call, and the instance's key. */
export function splitModuleAddress(address: string): {
  readonly parent: string;
  readonly name: string;
  readonly key: InstanceKey | undefined;
} {
  const [, path = '', brackets] = lastKey.exec(address) ?? [];
  // Keys are blanked, since one may hold the word.
  const plain = path.replace(/\["(?:[^"\\]|\\.)*"\]/g, (key) => ' '.repeat(key.length));
  const at = plain.lastIndexOf('module.');
  return {
    parent: at <= 0 ? '' : path.slice(0, at - 1),
    name: path.slice(at + 'module.'.length),
    key: readKey(brackets),
  };
}

function readKey(brackets: string | undefined): InstanceKey | undefined {
  if (brackets === undefined) return undefined;
  return brackets.startsWith('"') ? (JSON.parse(brackets) as string) : Number(brackets);
}

export function cycle(what: string): Cause {
  return { code: 'cycle', message: `${what} refers to itself` };
}
