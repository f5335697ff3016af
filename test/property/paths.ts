/** A value of a template. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** Everything below a value with its path; intrinsic functions count as one value. */
export function* pathsOf(value: Json, path: readonly string[] = []): Generator<[readonly string[], Json]> {
  if (path.length > 0) yield [path, value];
  if (typeof value !== 'object' || value === null) return;
  const [key = '', another] = Object.keys(value);
  if (another === undefined && (key === 'Ref' || key.startsWith('Fn::'))) return;
  for (const [step, part] of Object.entries(value)) yield* pathsOf(part as Json, [...path, step]);
}

/** The value with another one at a path. */
export function replaced(value: Json, [step, ...rest]: readonly string[], by: Json): Json {
  if (step === undefined) return by;
  if (Array.isArray(value))
    return (value as readonly Json[]).map((item, index) =>
      String(index) === step ? replaced(item, rest, by) : item,
    );
  const members = value as Readonly<Record<string, Json>>; // a path leads through lists and objects alone
  return { ...members, [step]: replaced(members[step] ?? null, rest, by) };
}
