/** A JSON object as parsed, intrinsic functions still in it, in their long form. */
export type RawObject = Readonly<Record<string, unknown>>;

/** True for a JSON object: not null, not an array. */
export function isRawObject(value: unknown): value is RawObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An own member of a raw object; undefined for what is inherited or when `value` is no object. */
export function member(value: unknown, key: string): unknown {
  return isRawObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

/** Own entries of a member that should be an object; none where it is not one. */
export function entriesOf(value: unknown): [string, unknown][] {
  return isRawObject(value) ? Object.entries(value) : [];
}

/** Sets an own member; `__proto__` becomes a plain member too and never touches a prototype. */
export function setMember(target: Record<string, unknown>, key: string, value: unknown): void {
  if (key === '__proto__') {
    Object.defineProperty(target, key, { value, writable: true, enumerable: true, configurable: true });
  } else {
    target[key] = value;
  }
}

/** The one key of an object that has exactly one: how an intrinsic function is written. */
export function onlyKey(value: RawObject): string | undefined {
  let found: string | undefined;
  for (const key in value) {
    if (found !== undefined) return undefined;
    found = key;
  }
  return found;
}
