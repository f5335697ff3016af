import { Unresolved, type Path } from '../../model/value.ts';
import type { InstanceKey, InstanceName } from './instance-name.ts';
import { EvaluationError, force, isListTerm, isObjectTerm, LazyTerm, objectOf, type Term } from './terms.ts';

/** Looks up what others refer to of an instance. */
export type AttributeLookup = (instance: InstanceName, path: Path) => Term;

/** An attribute of an instance, or with an empty path the instance itself: looked up when it is used. */
export class InstanceTerm extends LazyTerm {
  constructor(
    readonly lookup: AttributeLookup,
    readonly instance: InstanceName,
    readonly path: Path = [],
  ) {
    super();
  }

  member(key: string | number): Term {
    return new InstanceTerm(this.lookup, this.instance, [...this.path, key]);
  }

  force(): Term {
    return this.lookup(this.instance, this.path);
  }
}

/** `each.value`: evaluated when it is used, since many blocks use `each.key` alone. */
export class EachValueTerm extends LazyTerm {
  constructor(
    readonly collection: () => Term,
    readonly key: InstanceKey,
  ) {
    super();
  }

  #value(): Term {
    const found = force(this.collection());
    if (isObjectTerm(found))
      return Object.hasOwn(found, this.key) ? (found[this.key] ?? null) : fail(this.key);
    return found instanceof Unresolved ? found : this.key;
  }

  member(key: string | number): Term {
    const value = this.#value();
    if (value instanceof LazyTerm) return value.member(key);
    if (value instanceof Unresolved) return value;
    if (isObjectTerm(value) && Object.hasOwn(value, key)) return value[key] ?? null;
    return isListTerm(value) ? (value[Number(key)] ?? fail(key)) : fail(key);
  }

  force(): Term {
    return force(this.#value());
  }
}

function fail(key: InstanceKey): never {
  throw new EvaluationError(`there is no \`${key}\``);
}

/** An instance of a module: its outputs are evaluated when they are used. */
export class ModuleTerm extends LazyTerm {
  constructor(
    readonly output: (name: string) => Term,
    readonly names: () => Iterable<string>,
  ) {
    super();
  }

  member(key: string | number): Term {
    return this.output(String(key));
  }

  force(): Term {
    return objectOf([...this.names()].map((name) => [name, this.output(name)] as const));
  }
}
