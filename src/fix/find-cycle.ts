/**
 * Logical ids of resources of a template that refer to each other in a circle, which CloudFormation rejects.
 * @param root data of the template as it is written, functions in their long form.
 * @returns one circle in its order; undefined where there is none.
 */
export function findCycle(root: unknown): readonly string[] | undefined {
  const resources = membersOf(membersOf(root)['Resources']);
  const references = new Map(
    Object.entries(resources).map(([id, resource]) => [id, referencesOf(resource, resources)]),
  );
  const done = new Set<string>();
  for (const start of references.keys()) {
    const path: { readonly id: string; readonly left: string[] }[] = [];
    const enter = (id: string): void => void path.push({ id, left: [...(references.get(id) ?? [])] });
    if (!done.has(start)) enter(start);
    for (let last = path.at(-1); last !== undefined; last = path.at(-1)) {
      const next = last.left.pop();
      if (next === undefined) {
        done.add(last.id);
        path.pop();
        continue;
      }
      const at = path.findIndex(({ id }) => id === next);
      if (at !== -1) return path.slice(at).map(({ id }) => id);
      if (!done.has(next)) enter(next);
    }
  }
  return undefined;
}

/** Ids that a resource names: by Ref, Fn::GetAtt, Fn::Sub and DependsOn. */
function referencesOf(resource: unknown, resources: Readonly<Record<string, unknown>>): ReadonlySet<string> {
  const found = new Set<string>();
  const add = (id: unknown): void => {
    if (typeof id === 'string' && Object.hasOwn(resources, id)) found.add(id);
  };
  const open: unknown[] = [resource];
  for (const dependency of [membersOf(resource)['DependsOn']].flat()) add(dependency);
  while (open.length > 0) {
    const node = open.pop();
    if (typeof node !== 'object' || node === null) continue;
    const { Ref, 'Fn::GetAtt': attribute, 'Fn::Sub': sub } = node as Readonly<Record<string, unknown>>;
    add(Ref);
    add(Array.isArray(attribute) ? attribute[0] : undefined);
    const text: unknown = Array.isArray(sub) ? sub[0] : sub;
    if (typeof text === 'string')
      for (const [, name = ''] of text.matchAll(/\$\{([A-Za-z0-9]+)(?:\.[A-Za-z0-9.]+)?\}/g)) add(name);
    open.push(...Object.values(node));
  }
  return found;
}

function membersOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}
