import { scalarText } from '../model/scalar-text.ts';
import { Choice, Reference, Unresolved, type Cause, type ObjectValue, type Value } from '../model/value.ts';
import { World } from '../model/conditions.ts';
import { toSymbolicText } from '../model/symbolic-text.ts';
import { pseudoParameter } from './environment.ts';
import { equalValues } from './equality.ts';
import { conjunction, disjunction, negation, type Truth } from '../model/truth.ts';
import { forEachPrefix, parseForEach, substitute } from './for-each.ts';
import { intrinsics } from './intrinsics.ts';
import { isNoEcho, parameterValue } from './parameters.ts';
import { isRawObject, member, onlyKey, setMember, type RawObject } from '../text/raw.ts';
import { causeOf, textValue } from './strings.ts';
import type { StackSurroundings, ValueResolver } from './value-resolver.ts';

/** How deep resolving may recurse, over intrinsics, conditions and nested stacks together. */
const recursionLimit = 700;

/** Resolves the intrinsic functions of one template as one stack. Every answer is the same each time. */
export class Resolver implements ValueResolver {
  readonly #parameters = new Map<string, Value>();
  readonly #pseudo = new Map<string, Value | undefined>();
  readonly #conditions = new Map<string, Truth | 'open'>();
  readonly #assumed = new Map<string, boolean>();
  #world: World | undefined;

  /** `root` is the template after the loops of its sections were unrolled. */
  constructor(
    readonly root: RawObject,
    readonly surroundings: StackSurroundings,
  ) {}

  /**
   * The value of a raw tree; undefined for `AWS::NoValue`, and for `null`, which sets nothing. Trees without
   * either and without intrinsics are returned as they are.
   */
  resolve(raw: unknown): Value | undefined {
    if (typeof raw === 'string') return textValue(raw);
    if (raw === null) return undefined;
    if (typeof raw !== 'object') return raw as number | boolean;
    const { recursion } = this.surroundings;
    if (recursion.depth >= recursionLimit) return new Unresolved(tooDeep);
    // Every node passes here, so this one guard is written out.
    recursion.depth++;
    try {
      return Array.isArray(raw) ? this.#list(raw) : this.#object(raw as RawObject);
    } finally {
      recursion.depth--;
    }
  }

  /** Runs `work` in the knowledge that a condition holds or does not. */
  assuming<T>(condition: string, holds: boolean, work: () => T): T {
    const before = this.#assumed.get(condition);
    this.#assumed.set(condition, holds);
    try {
      return work();
    } finally {
      if (before === undefined) this.#assumed.delete(condition);
      else this.#assumed.set(condition, before);
    }
  }

  /** Runs work whose answer is kept, and so must not rest on what is assumed only for the moment. */
  unassuming<T>(work: () => T): T {
    const assumptions = [...this.#assumed];
    this.#assumed.clear();
    try {
      return work();
    } finally {
      for (const [key, holds] of assumptions) this.#assumed.set(key, holds);
    }
  }

  /** `Ref`. */
  reference(name: string): Value | undefined {
    if (name === 'AWS::NoValue') return undefined;
    const declaration = member(this.root['Parameters'], name);
    if (declaration !== undefined) return this.#parameter(name, declaration);
    if (name.startsWith('AWS::')) {
      const pseudo = this.#pseudoParameter(name);
      if (pseudo !== undefined) return pseudo;
    }
    return this.#resourceValue(name, undefined);
  }

  /** `Fn::GetAtt`. */
  attribute(logicalId: string, attribute: string): Value {
    if (attribute.startsWith('Outputs.')) {
      const output = this.#guarded<Value | undefined>(
        () => this.surroundings.nestedOutput(logicalId, attribute.slice('Outputs.'.length)),
        (cause) => new Unresolved(cause),
      );
      if (output !== undefined) return output;
    }
    return this.#resourceValue(logicalId, attribute);
  }

  /** Whether a resource of this name is declared, and if so whether it is created. */
  existence(logicalId: string): Truth | undefined {
    const resource = member(this.root['Resources'], logicalId);
    if (resource === undefined) return undefined;
    const condition = member(resource, 'Condition');
    return typeof condition === 'string' ? this.condition(condition) : true;
  }

  /** A named condition in three values. */
  condition(name: string): Truth {
    const assumed = this.#assumed.get(name);
    if (assumed !== undefined) return assumed;
    const known = this.#conditions.get(name);
    if (known === 'open') return { code: 'cycle', message: `condition \`${name}\` leads back to itself` };
    if (known !== undefined) return known;
    const expression = member(this.root['Conditions'], name);
    if (expression === undefined)
      return { code: 'malformed', message: `condition \`${name}\` is not declared` };
    this.#conditions.set(name, 'open');
    const truth = this.#settled(name, this.#evaluated(name, expression));
    this.#conditions.set(name, truth);
    return truth;
  }

  /** A declared condition without what is assumed of it; what is assumed of others counts. */
  unassumed(name: string): Truth {
    const expression = member(this.root['Conditions'], name);
    return this.#evaluated(name, expression);
  }

  #evaluated(name: string, expression: unknown): Truth {
    return this.unassuming(() => named(this.evaluate(expression), name, this.surroundings.stackId));
  }

  /** What the configuration assumes counts where the template leaves a condition open. */
  #settled(name: string, truth: Truth): Truth {
    const { assumed } = this.surroundings;
    const isOpen = typeof truth !== 'boolean' && truth.code !== 'cycle' && truth.code !== 'malformed';
    if (!isOpen || assumed === undefined || assumed.size === 0) return truth;
    return assumed.get(name) ?? this.#supposed(assumed).known(truth) ?? truth;
  }

  /** The world in which all that is assumed holds: other conditions may follow from it. */
  #supposed(assumed: ReadonlyMap<string, boolean>): World {
    if (this.#world !== undefined) return this.#world;
    this.#world = new World(1);
    for (const [name, holds] of assumed) {
      if (member(this.root['Conditions'], name) === undefined) continue;
      const truth = this.unassumed(name);
      if (typeof truth !== 'boolean') this.#world.suppose(truth, holds);
    }
    // What was evaluated on the way did not know all of it yet.
    for (const [name, truth] of this.#conditions)
      if (typeof truth === 'object') this.#conditions.delete(name);
    return this.#world;
  }

  /** A condition expression in three values (Kleene). */
  evaluate(expression: unknown): Truth {
    return this.#guarded(
      () => this.#evaluate(expression),
      (cause) => cause,
    );
  }

  #evaluate(expression: unknown): Truth {
    if (typeof expression === 'boolean') return expression;
    if (expression === 'true' || expression === 'false') return expression === 'true';
    const name = isRawObject(expression) ? onlyKey(expression) : undefined;
    const argument = name === undefined ? undefined : member(expression, name);
    const terms = (Array.isArray(argument) ? (argument as unknown[]) : []).map(
      (term) => () => this.evaluate(term),
    );
    const [first] = terms;
    if (name === 'Condition' && typeof argument === 'string') return this.condition(argument);
    if (name === 'Fn::And' && first !== undefined) return conjunction(terms);
    if (name === 'Fn::Or' && first !== undefined) return disjunction(terms);
    if (name === 'Fn::Not' && first !== undefined && terms.length === 1) return negation(first());
    if (name === 'Fn::Equals' && terms.length === 2) {
      const [left, right] = argument as unknown[];
      return equalValues(this.resolve(left), this.resolve(right));
    }
    if (name === 'Fn::Transform') return { code: 'transform', message: 'a macro writes this condition' };
    const code = name?.startsWith('Fn::') === true && terms.length === 0 ? 'unsupported' : 'malformed';
    return {
      code,
      message: `\`${name ?? scalarText(expression)}\` is not a condition function that Headgate can evaluate`,
    };
  }

  #parameter(name: string, declaration: unknown): Value {
    let value = this.#parameters.get(name);
    if (value === undefined) {
      const given = this.surroundings.given(name);
      value = parameterValue({ name, stackId: this.surroundings.stackId }, declaration, given);
      if (isNoEcho(declaration)) {
        this.surroundings.secrets.add(given);
        this.surroundings.secrets.add(value);
      }
      this.#parameters.set(name, value);
    }
    return value;
  }

  #pseudoParameter(name: string): Value | undefined {
    if (!this.#pseudo.has(name)) {
      const value = pseudoParameter(name, this.surroundings.environment);
      const place = stackOwn.has(name) ? this.surroundings.stackId : this.surroundings.rootId;
      this.#pseudo.set(
        name,
        value instanceof Unresolved ? new Unresolved(value.cause, `${place} ${name}`) : value,
      );
    }
    return this.#pseudo.get(name);
  }

  #resourceValue(logicalId: string, attribute: string | undefined): Value {
    const exists = this.existence(logicalId);
    if (exists === undefined) return new Unresolved(this.#undeclared(logicalId));
    if (exists === false) {
      const message = `\`${logicalId}\` is not created, because its condition is false`;
      return new Unresolved({ code: 'malformed', message });
    }
    return new Reference(`${this.surroundings.stackId}/${logicalId}`, attribute);
  }

  #undeclared(name: string): Cause {
    return this.surroundings.mayAddResources
      ? { code: 'transform', message: `\`${name}\` is written by a transform` }
      : { code: 'malformed', message: `\`${name}\` is neither a parameter nor a resource of the template` };
  }

  #list(raw: readonly unknown[]): Value {
    let copy: Value[] | undefined;
    for (let index = 0; index < raw.length; index++) {
      const value = this.resolve(raw[index]);
      if (copy === undefined && value !== raw[index]) copy = raw.slice(0, index) as Value[]; // unchanged so far
      if (copy !== undefined && value !== undefined) copy.push(value);
    }
    return copy ?? (raw as readonly Value[]); // every item resolved to itself
  }

  #object(raw: RawObject): Value | undefined {
    const only = onlyKey(raw);
    if (only === 'Ref' || (only?.startsWith('Fn::') === true && !only.startsWith(forEachPrefix))) {
      return this.#intrinsic(only, raw[only]);
    }
    let copy: Record<string, Value> | undefined;
    for (const key of Object.keys(raw)) {
      if (key.startsWith('Fn::')) {
        if (key === 'Fn::Transform') return new Unresolved(transformCause);
        if (key.startsWith(forEachPrefix)) return this.#unrolled(raw);
      }
      const value = this.resolve(raw[key]);
      if (value === raw[key]) {
        if (copy !== undefined) setMember(copy, key, value);
        continue;
      }
      copy ??= copyBefore(raw, key);
      if (value !== undefined) setMember(copy, key, value);
    }
    return copy ?? (raw as ObjectValue); // every member resolved to itself
  }

  #unrolled(raw: RawObject): Value | undefined {
    const unrolled = this.unroll(raw);
    return 'code' in unrolled ? new Unresolved(unrolled) : this.#object(unrolled.members);
  }

  /**
   * Replaces the `Fn::ForEach::...` members of an object by what they stand for; `from` says
   * below which loop key each new member was written. A cause when a loop cannot be unrolled.
   */
  unroll(
    raw: RawObject,
  ): { readonly members: RawObject; readonly from: ReadonlyMap<string, string> } | Cause {
    const members: Record<string, unknown> = {};
    const from = new Map<string, string>();
    for (const key of Object.keys(raw)) {
      if (!key.startsWith(forEachPrefix)) {
        setMember(members, key, raw[key]);
        continue;
      }
      const cause = this.#unrollLoop(raw[key], key, members, from);
      if (cause !== undefined) return cause;
    }
    return { members, from };
  }

  #unrollLoop(
    argument: unknown,
    loop: string,
    members: Record<string, unknown>,
    from: Map<string, string>,
  ): Cause | undefined {
    const parsed = parseForEach(argument);
    if (parsed === undefined)
      return { code: 'malformed', message: `\`${loop}\` takes [identifier, list, mapping]` };
    const collection = this.resolve(parsed.collection);
    if (!Array.isArray(collection)) {
      return causeOf(collection) ?? { code: 'malformed', message: `\`${loop}\` takes a list to run over` };
    }
    for (const item of collection as readonly Value[]) {
      const cause = causeOf(item);
      if (cause !== undefined) return cause;
      const body = substitute(parsed.body, parsed.identifier, scalarText(item), this.surroundings.budget);
      if (this.surroundings.budget.left <= 0)
        return { code: 'unsupported', message: `\`${loop}\` grows too large` };
      const inner = this.#guarded(
        () => this.unroll(body as RawObject), // a copy of an object
        (limit) => limit,
      );
      if ('code' in inner) return inner;
      for (const name of Object.keys(inner.members)) {
        setMember(members, name, inner.members[name]);
        from.set(name, loop);
      }
    }
    return undefined;
  }

  #intrinsic(name: string, argument: unknown): Value | undefined {
    if (name === 'Ref') {
      return typeof argument === 'string'
        ? this.reference(argument)
        : new Unresolved({ code: 'malformed', message: '`Ref` takes a name' });
    }
    if (name === 'Fn::If') return this.#if(argument);
    if (name === 'Fn::Transform') return new Unresolved(transformCause);
    const evaluate = intrinsics.get(name);
    if (evaluate !== undefined) return this.#subjected(name, argument, evaluate(argument, this));
    if (name === 'Fn::And' || name === 'Fn::Or' || name === 'Fn::Not' || name === 'Fn::Equals') {
      const truth = this.evaluate({ [name]: argument });
      return typeof truth === 'boolean' ? truth : new Unresolved(truth);
    }
    return new Unresolved({ code: 'unsupported', message: `\`${name}\` is not evaluated` });
  }

  /** What a function gives without knowing it is still the same wherever the same is written. */
  #subjected(name: string, argument: unknown, value: Value | undefined): Value | undefined {
    if (!(value instanceof Unresolved) || value.subject !== undefined) return value;
    const text = name === 'Fn::ImportValue' ? toSymbolicText(this.resolve(argument))?.text : undefined;
    return new Unresolved(
      value.cause,
      text === undefined
        ? `${this.surroundings.stackId} ${name} ${JSON.stringify(argument)}`
        : `import ${text}`,
    );
  }

  #if(argument: unknown): Value | undefined {
    const [name, whenTrue, whenFalse] = Array.isArray(argument) ? (argument as unknown[]) : [];
    if (typeof name !== 'string' || (argument as unknown[]).length !== 3) {
      return new Unresolved({ code: 'malformed', message: '`Fn::If` takes [condition, value, value]' });
    }
    const truth = this.condition(name);
    if (typeof truth === 'boolean') return this.resolve(truth ? whenTrue : whenFalse);
    const left = this.assuming(name, true, () => this.resolve(whenTrue));
    const right = this.assuming(name, false, () => this.resolve(whenFalse));
    return left === right ? left : new Choice(truth, left, right);
  }

  #guarded<T>(work: () => T, beyond: (cause: Cause) => T): T {
    const { recursion } = this.surroundings;
    if (recursion.depth >= recursionLimit) return beyond(tooDeep);
    recursion.depth++;
    try {
      return work();
    } finally {
      recursion.depth--;
    }
  }
}

/** Pseudo parameters that a nested stack has of its own. */
const stackOwn: ReadonlySet<string> = new Set(['AWS::StackName', 'AWS::StackId']);

const tooDeep: Cause = { code: 'unsupported', message: `nested more than ${recursionLimit} levels deep` };

const transformCause: Cause = {
  code: 'transform',
  message: 'a macro writes this part when the stack is deployed',
};

/** An undecided condition is reported by its name; what blocks it is the remedy's business. */
function named(truth: Truth, name: string, stackId: string): Truth {
  if (typeof truth === 'boolean') return truth;
  const condition = truth.condition ?? { kind: 'atom', id: `${stackId}/${name}` };
  if (truth.code === 'cycle' || truth.code === 'malformed') return { ...truth, condition };
  const message = `condition \`${name}\` is undecided: ${truth.message}`;
  return { ...truth, code: 'condition', message, about: name, condition };
}

/** The members before `key`, which all resolved to themselves. */
function copyBefore(raw: RawObject, key: string): Record<string, Value> {
  const copy: Record<string, Value> = {};
  for (const earlier of Object.keys(raw)) {
    if (earlier === key) break;
    setMember(copy, earlier, raw[earlier]);
  }
  return copy;
}
