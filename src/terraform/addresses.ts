/** One step of a module instance's address: `module.worker["a"]`. */
export interface ModuleStep {
  readonly name: string;
  /** As written, with brackets; empty without one. */
  readonly key: string;
}

const moduleStep = /module\.([^.[\]]+)(\[(?:"(?:[^"\\]|\\.)*"|\d+)\])?/g;

export function moduleSteps(address: string): readonly ModuleStep[] {
  return [...address.matchAll(moduleStep)].map(([, name = '', key = '']) => ({ name, key }));
}

export function moduleAddress(steps: readonly ModuleStep[]): string {
  return steps.map(({ name, key }) => `module.${name}${key}`).join('.');
}

/** The module instance that calls this one. */
export function parentModule(address: string): string {
  return moduleAddress(moduleSteps(address).slice(0, -1));
}

/** The text or number in brackets; undefined without any. */
export function keyIn(brackets: string | undefined): string | undefined {
  if (brackets === undefined || brackets === '') return undefined;
  const inner = brackets.slice(1, -1);
  if (!inner.startsWith('"')) return inner;
  try {
    return JSON.parse(inner) as string;
  } catch {
    return inner.slice(1, -1);
  }
}

/** Key of a module instance: the last one of its address. */
export function moduleKey(address: string): string | undefined {
  return keyIn(moduleSteps(address).at(-1)?.key);
}

/** What `each.key` or `count.index` stands in: keys are compared as text. */
export function sameKey(one: string | number | undefined, other: string | number | undefined): boolean {
  return one !== undefined && other !== undefined && String(one) === String(other);
}
