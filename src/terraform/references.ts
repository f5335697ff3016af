import { entriesOf, isRawObject, member } from '../text/raw.ts';
import { keyIn, moduleAddress, moduleKey, moduleSteps, parentModule, sameKey } from './addresses.ts';
import {
  listOf,
  withoutKeys,
  type ConfigModule,
  type PlanDocument,
  type PlanInstance,
} from './plan-document.ts';

/** What an expression can take its value from. */
export interface Target {
  readonly instance: PlanInstance;
  /** As written behind the instance: `arn`, `endpoint[0].address`; undefined for the whole. */
  readonly attribute?: string;
}

export interface Resolved {
  /** Each instance and attribute once, in the order of the references. */
  readonly targets: readonly Target[];
  /** References that lead to nothing in the plan: locals, outputs that nobody has. */
  readonly open: readonly string[];
  /** True where something beside resources takes part: a variable, a key. */
  readonly hasInputs: boolean;
}

interface Place {
  /** Address of the module instance that the expression stands in. */
  readonly module: string;
  readonly key?: string | number | undefined;
  /** The expression that `each.value` goes through. */
  readonly forEach?: unknown;
}

const depthLimit = 16;
const resourceReference =
  /^((?:data\.)?[A-Za-z_][\w-]*\.[A-Za-z_][\w-]*)(\[(?:"(?:[^"\\]|\\.)*"|\d+)\])?(?:\.(.+))?$/;
const moduleReference = /^module\.([^.[\]]+)(\[(?:"(?:[^"\\]|\\.)*"|\d+)\])?(?:\.([^.[\]]+)(.*))?$/;

/** References that name no resource: keys, paths, the workspace, the instance itself. */
const inputs = /^(?:count\.index|each\.key|path\.|terraform\.|self\b)/;

/**
 * Finds what references lead to, through variables, outputs and `each.value`, for each instance of a module
 * on its own. References are listed longest first, each followed by what it starts with.
 * Source: jsonconfig/expression.go of Terraform and OpenTofu, read 2026-11.
 */
export class References {
  readonly #document: PlanDocument;
  readonly #instances = new Map<string, PlanInstance[]>();
  /** Instances of each module, by its path. */
  readonly #moduleInstances = new Map<string, Set<string>>();

  constructor(document: PlanDocument) {
    this.#document = document;
    for (const instance of document.instances) {
      const at = `${instance.module}\n${instance.mode === 'data' ? 'data.' : ''}${instance.type}.${instance.name}`;
      const list = this.#instances.get(at);
      if (list === undefined) this.#instances.set(at, [instance]);
      else list.push(instance);
      const steps = moduleSteps(instance.module);
      for (let count = 1; count <= steps.length; count += 1) {
        const address = moduleAddress(steps.slice(0, count));
        const path = withoutKeys(address);
        const known = this.#moduleInstances.get(path) ?? new Set();
        this.#moduleInstances.set(path, known.add(address));
      }
    }
  }

  /** The configuration of an instance's module. */
  moduleOf(address: string): ConfigModule | undefined {
    return this.#document.modules.get(withoutKeys(address));
  }

  resolve(references: readonly unknown[], instance: PlanInstance, forEach: unknown): Resolved {
    return this.resolveIn(references, { module: instance.module, key: instance.key, forEach });
  }

  resolveIn(references: readonly unknown[], place: Place): Resolved {
    const walk = new Walk(this);
    walk.follow(references, place, '', 0);
    return { targets: [...walk.targets.values()], open: [...walk.open], hasInputs: walk.hasInputs };
  }

  instancesOf(module: string, address: string): readonly PlanInstance[] {
    return this.#instances.get(`${module}\n${address}`) ?? [];
  }

  /** Instances of the module that is called `name` in a module instance. */
  calledModules(module: string, name: string, key: string | undefined): readonly string[] {
    const base = module === '' ? `module.${name}` : `${module}.module.${name}`;
    const all = [...(this.#moduleInstances.get(withoutKeys(base)) ?? [])];
    const depth = moduleSteps(base).length;
    return all.filter((address) => {
      const steps = moduleSteps(address);
      if (moduleAddress(steps.slice(0, -1)) !== module || steps.length !== depth) return false;
      return key === undefined || steps.at(-1)?.key === key;
    });
  }
}

/** One search, which leaves out what it has gone through already. */
class Walk {
  readonly targets = new Map<string, Target>();
  readonly open = new Set<string>();
  hasInputs = false;
  readonly #seen = new Set<string>();

  constructor(readonly of: References) {}

  /** `rest` is what the expression that led here takes of the value. */
  follow(references: readonly unknown[], place: Place, rest: string, depth: number): void {
    const list = references.filter((each): each is string => typeof each === 'string');
    const isKeyed = list.some((each) => each === 'each.key' || each === 'count.index');
    if (isKeyed) this.hasInputs = true;
    for (const reference of longest(list)) {
      const tag = `${place.module}\n${String(place.key)}\n${reference}\n${rest}`;
      if (this.#seen.has(tag)) continue;
      this.#seen.add(tag);
      if (depth > depthLimit) this.open.add(reference);
      else this.#one(reference, isKeyed, place, rest, depth + 1);
    }
  }

  #one(reference: string, isKeyed: boolean, place: Place, rest: string, depth: number): void {
    if (inputs.test(reference)) return;
    if (
      reference === 'each.value' ||
      reference.startsWith('each.value.') ||
      reference.startsWith('each.value[')
    )
      this.#eachValue(reference, place, rest, depth);
    else if (reference.startsWith('var.')) this.#variable(reference, isKeyed, place, rest, depth);
    else if (reference.startsWith('local.')) this.open.add(reference);
    else if (reference.startsWith('module.')) this.#output(reference, isKeyed, place, rest, depth);
    else this.#resource(reference, isKeyed, place, rest);
  }

  #eachValue(reference: string, place: Place, rest: string, depth: number): void {
    const expressions = referencesIn(place.forEach);
    if (expressions.length === 0) {
      if (place.forEach === undefined) this.open.add(reference);
      return;
    }
    const inner = new Walk(this.of);
    inner.follow(
      expressions,
      { module: place.module },
      joined(reference.slice('each.value'.length), rest),
      depth,
    );
    const keyed = [...inner.targets].filter(([, { instance }]) => sameKey(instance.key, place.key));
    const isKeyed =
      keyed.length > 0 && [...inner.targets.values()].every(({ instance }) => instance.key !== undefined);
    for (const [at, target] of isKeyed ? keyed : inner.targets) this.targets.set(at, target);
    for (const each of inner.open) this.open.add(each);
    this.hasInputs ||= inner.hasInputs;
  }

  #variable(reference: string, isKeyed: boolean, place: Place, rest: string, depth: number): void {
    const [, name = '', behind = ''] = /^var\.([^.[\]]+)(.*)$/.exec(reference) ?? [];
    const module = this.of.moduleOf(place.module);
    const given = member(member(module?.call, 'expressions'), name);
    if (module?.call === undefined || given === undefined) {
      this.hasInputs = true;
      return;
    }
    const caller: Place = {
      module: parentModule(place.module),
      key: moduleKey(place.module),
      forEach: module.call['for_each_expression'],
    };
    const inner = new Walk(this.of);
    inner.follow(referencesIn(given), caller, joined(behind, rest), depth);
    if (referencesIn(given).length === 0) this.hasInputs = true;
    this.#take(inner, isKeyed ? place.key : undefined);
  }

  /** Where one key picks among targets of several, the others are none. */
  #take(inner: Walk, key: string | number | undefined): void {
    const keyOf = ({ instance }: Target): string | number | undefined =>
      instance.key ?? moduleKey(instance.module);
    const same = [...inner.targets].filter(([, target]) => key !== undefined && sameKey(keyOf(target), key));
    for (const [at, target] of same.length > 0 ? same : inner.targets) this.targets.set(at, target);
    for (const each of inner.open) this.open.add(each);
    this.hasInputs ||= inner.hasInputs;
  }

  #output(reference: string, isKeyed: boolean, place: Place, rest: string, depth: number): void {
    const [, name = '', key, output, behind = ''] = moduleReference.exec(reference) ?? [];
    const modules = this.of.calledModules(place.module, name, key);
    const base = place.module === '' ? `module.${name}` : `${place.module}.module.${name}`;
    const outputs = this.of.moduleOf(base)?.outputs;
    if (outputs === undefined) {
      this.open.add(reference);
      return;
    }
    const same = modules.filter(
      (each) => isKeyed && key === undefined && sameKey(moduleKey(each), place.key),
    );
    const names = output === undefined ? entriesOf(outputs).map(([each]) => each) : [output];
    // A module of which nothing is planned still has outputs, made of what it was given.
    const callees = modules.length === 0 ? [key === undefined ? base : `${base}${key}`] : modules;
    for (const module of same.length > 0 ? same : callees) {
      for (const each of names) {
        const expression = member(outputs[each], 'expression');
        if (outputs[each] === undefined) this.open.add(reference);
        else this.follow(referencesIn(expression), { module }, joined(behind, rest), depth);
      }
    }
  }

  #resource(reference: string, isKeyed: boolean, place: Place, rest: string): void {
    const [, address = '', key, behind] = resourceReference.exec(reference) ?? [];
    const all = this.of.instancesOf(place.module, address);
    const keyed = keyIn(key);
    let found = keyed === undefined ? all : all.filter((each) => sameKey(each.key, keyed));
    if (keyed === undefined && isKeyed && place.key !== undefined) {
      const same = found.filter((each) => sameKey(each.key, place.key));
      if (same.length > 0) found = same;
    }
    if (found.length === 0) {
      this.open.add(reference);
      return;
    }
    const attribute =
      behind ?? (rest === '' ? undefined : rest.replace(/^(?:\[[^\]]*\])*\.?/, '') || undefined);
    for (const instance of found) {
      this.targets.set(`${instance.address}\n${attribute ?? ''}`, {
        instance,
        ...(attribute === undefined ? {} : { attribute }),
      });
    }
  }
}

/** References of an expression, whatever blocks it is spread over. */
export function referencesIn(expression: unknown): readonly unknown[] {
  if (Array.isArray(expression)) return expression.flatMap(referencesIn);
  if (!isRawObject(expression)) return [];
  if (Array.isArray(expression['references'])) return expression['references'];
  if ('constant_value' in expression) return [];
  return entriesOf(expression).flatMap(([, inner]) =>
    isRawObject(inner) || Array.isArray(inner) ? referencesIn(inner) : [],
  );
}

/** Those that no other one starts with: what follows a reference in the list are its own beginnings. */
function longest(list: readonly string[]): readonly string[] {
  return list.filter((each, index) => {
    const before = list[index - 1];
    if (before === undefined || !before.startsWith(each)) return true;
    // Beginnings of beginnings follow as well, so that the one before is not always the longest.
    return !/^[.[]/.test(before.slice(each.length)) && before !== each;
  });
}

function joined(first: string, second: string): string {
  return `${first}${second}`;
}

/** True where a document holds this list. */
export function hasReferences(expression: unknown): boolean {
  return listOf(referencesIn(expression)).length > 0;
}
