/** The entry of a table under a name that a user chose: `toString` and `__proto__` are names like any other. */
export function lookup<Entry>(table: Readonly<Record<string, Entry>>, name: string): Entry | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}
