import type { Value } from '../model/value.ts';

/** Sets a member, whatever it is called. */
export function define(members: Record<string, Value>, name: string, value: Value): void {
  if (name === '__proto__')
    Object.defineProperty(members, name, { value, enumerable: true, configurable: true, writable: true });
  else members[name] = value;
}
