import { SymbolicValue, Unresolved, type Cause, type StringPart } from '../../model/value.ts';
import type { Budget } from './budget.ts';
import { isEqual } from './compare.ts';
import type { FunctionContext, HclFunction } from './functions/function.ts';
import { BoundScope, type Scope } from './scope.ts';
import type {
  Binary,
  Call,
  Conditional,
  Expression,
  ForExpression,
  ObjectExpression,
  Step,
  Template,
  TemplateFor,
  TemplatePart,
  Unary,
} from './syntax.ts';
import {
  ChoiceTerm,
  EvaluationError,
  force,
  isListTerm,
  isObjectTerm,
  itemsOf,
  joinParts,
  LazyTerm,
  membersOf,
  objectOf,
  partsOf,
  SetTerm,
  unknownOf,
  type Term,
} from './terms.ts';

/** More sides of conditions in one value are not told apart. */
const sideLimit = 32;

/** Evaluates expressions; what cannot be known is unresolved with its cause, what Terraform rejects throws. */
export class ExpressionEvaluator {
  constructor(
    readonly budget: Budget,
    readonly functions: ReadonlyMap<string, HclFunction>,
    /** Functions that are known and not evaluated, with why. */
    readonly unevaluated: ReadonlyMap<string, string>,
    readonly context: FunctionContext,
    /** The text of an expression, for messages. */
    readonly textOf: (scope: Scope, expression: Expression) => string,
  ) {}

  /** @throws EvaluationError for what Terraform reports as an error; BudgetError. */
  evaluate(expression: Expression, scope: Scope): Term {
    this.budget.spend(1);
    return this.budget.nested(() => this.#evaluate(expression, scope));
  }

  #evaluate(expression: Expression, scope: Scope): Term {
    switch (expression.kind) {
      case 'literal':
        return expression.value;
      case 'template':
        return this.#template(expression, scope);
      case 'object':
        return this.#object(expression, scope);
      case 'tuple':
        return expression.items.map((item) => this.evaluate(item, scope));
      case 'for':
        return this.#for(expression, scope);
      case 'variable':
        return this.#variable(expression.name, [], expression, scope).term;
      case 'traversal':
        return this.#traversal(expression.of, expression.steps, scope);
      case 'call':
        return this.#call(expression, scope);
      case 'unary':
        return this.#unary(expression, scope);
      case 'binary':
        return this.#binary(expression, scope);
      case 'conditional':
        return this.#conditional(expression, scope);
      case 'parentheses':
        return this.evaluate(expression.of, scope);
    }
  }

  /** An unknown that names what is not known. */
  unknown(
    expression: Expression,
    scope: Scope,
    why: string,
    code: Cause['code'] = 'unsupported',
  ): Unresolved {
    const about = this.textOf(scope, expression);
    return new Unresolved({ code, message: `\`${about}\` ${why}`, about });
  }

  #variable(
    name: string,
    steps: readonly Step[],
    expression: Expression,
    scope: Scope,
  ): { term: Term; used: number } {
    const found = scope.resolve(name, steps);
    if (found !== undefined) return found;
    throw new EvaluationError(`\`${this.textOf(scope, expression)}\` is not declared`);
  }

  #traversal(of: Expression, steps: readonly Step[], scope: Scope): Term {
    const { term, used } =
      of.kind === 'variable'
        ? this.#variable(of.name, steps, of, scope)
        : { term: this.evaluate(of, scope), used: 0 };
    return this.#steps(term, steps.slice(used), scope);
  }

  #steps(start: Term, steps: readonly Step[], scope: Scope): Term {
    let term = start;
    for (const step of steps) {
      this.budget.spend(1);
      if (step.kind === 'attribute') term = member(term, step.name);
      else if (step.kind === 'index') term = this.#index(term, this.evaluate(step.key, scope));
      else term = this.#splat(term, step.each, scope);
    }
    return term;
  }

  #index(term: Term, key: Term): Term {
    const found = force(key);
    if (found instanceof ChoiceTerm) return this.lift([found], ([side]) => this.#index(term, side ?? null));
    if (typeof found === 'string' || typeof found === 'number') return member(term, found);
    if (found instanceof SymbolicValue) return this.#anyMember(term, found);
    throw new EvaluationError('an index is a text or a number');
  }

  /** A member whose key is not known: known all the same where all members are equal. */
  #anyMember(term: Term, key: SymbolicValue): Term {
    const whole = term instanceof LazyTerm ? undefined : force(term);
    const members =
      whole === undefined
        ? undefined
        : (itemsOf(whole) ?? (isObjectTerm(whole) ? Object.values(whole) : undefined));
    const [first, ...others] = members ?? [];
    if (first !== undefined && others.every((other) => isEqual(first, other) === true)) return first;
    return unknownOf([key]) ?? null;
  }

  #splat(term: Term, each: readonly Step[], scope: Scope): Term {
    const found = isListTerm(term) ? term : this.#splatted(term);
    if (found === null) return [];
    const items = itemsOf(found);
    if (items !== undefined) return items.map((item) => this.#steps(item, each, scope));
    if (found instanceof ChoiceTerm)
      return this.lift([found], ([side]) => this.#splat(side ?? null, each, scope));
    if (found instanceof Unresolved) return found;
    return [this.#steps(found, each, scope)];
  }

  /** What is lazy stays so where it is one thing: a resource without count is a list of itself. */
  #splatted(term: Term): Term {
    if (!(term instanceof LazyTerm)) return term;
    const whole = term.force();
    return whole === null ||
      itemsOf(whole) !== undefined ||
      whole instanceof ChoiceTerm ||
      whole instanceof Unresolved
      ? whole
      : term;
  }

  #object(expression: ObjectExpression, scope: Scope): Term {
    const entries: (readonly [string, Term])[] = [];
    for (const { key, value } of expression.items) {
      const name = this.#key(this.evaluate(key, scope));
      if (name instanceof Unresolved) return name;
      entries.push([name, this.evaluate(value, scope)]);
    }
    return objectOf(entries);
  }

  /** A key as text. One with an unknown piece keeps a readable text; one that is not known at all is unknown. */
  #key(term: Term): string | Unresolved {
    const found = force(term);
    const parts = partsOf(found);
    if (parts === undefined)
      return found instanceof ChoiceTerm ? new Unresolved(found.cause) : fail('a key of an object is a text');
    if (parts.some((part) => typeof part === 'string'))
      return parts.map((part) => (typeof part === 'string' ? part : '?')).join('');
    return unknownOf([found]) ?? '';
  }

  #for(expression: ForExpression, scope: Scope): Term {
    const collection = force(this.evaluate(expression.collection, scope));
    if (collection instanceof ChoiceTerm)
      return this.lift([collection], ([side]) => this.#forOver(expression, side ?? null, scope));
    return this.#forOver(expression, collection, scope);
  }

  #forOver(expression: ForExpression, collection: Term, scope: Scope): Term {
    const entries = entriesOf(collection);
    if (entries instanceof Unresolved) return entries;
    const { keyName, valueName, key: keyExpression, condition } = expression;
    const list: Term[] = [];
    const members = new Map<string, Term[]>();
    for (const [key, value] of entries) {
      const bindings: (readonly [string, Term])[] = [[valueName, value]];
      if (keyName !== undefined) bindings.push([keyName, key]);
      const inner = new BoundScope(scope, bindings);
      const included = condition === undefined ? true : this.#truth(this.evaluate(condition, inner));
      if (included === false) continue;
      if (included !== true) return included;
      const item = this.evaluate(expression.value, inner);
      if (keyExpression === undefined) {
        list.push(item);
        continue;
      }
      const name = this.#key(this.evaluate(keyExpression, inner));
      if (name instanceof Unresolved) return name;
      const same = members.get(name);
      if (same === undefined) members.set(name, [item]);
      else if (expression.isGrouped) same.push(item);
      else throw new EvaluationError(`two elements have the key \`${name}\``);
    }
    if (keyExpression === undefined) return list;
    return objectOf(
      [...members].map(([name, items]) => [name, expression.isGrouped ? items : (items[0] ?? null)] as const),
    );
  }

  /** A condition's truth, or why it is not known. */
  #truth(term: Term): boolean | Unresolved {
    const found = force(term);
    if (found instanceof ChoiceTerm) {
      const [one, other] = [this.#truth(found.whenTrue), this.#truth(found.whenFalse)];
      return typeof one === 'boolean' && one === other ? one : new Unresolved(found.cause);
    }
    if (typeof found === 'boolean') return found;
    if (found === 'true' || found === 'false') return found === 'true';
    return unknownOf([found]) ?? fail('a condition is true or false');
  }

  #template(expression: Template, scope: Scope): Term {
    const [only] = expression.parts;
    // A text that is one interpolation is the value itself, whatever its type.
    if (expression.parts.length === 1 && only?.kind === 'interpolation')
      return this.evaluate(only.value, scope);
    return this.join(this.#parts(expression.parts, scope));
  }

  #parts(parts: readonly TemplatePart[], scope: Scope): Term[] {
    const found: Term[] = [];
    for (const part of parts) {
      this.budget.spend(1);
      if (part.kind === 'text') found.push(part.value);
      else if (part.kind === 'interpolation') found.push(this.evaluate(part.value, scope));
      else if (part.kind === 'for-parts') found.push(this.#forParts(part, scope));
      else {
        const condition = this.#truth(this.evaluate(part.condition, scope));
        const side = (parts: readonly TemplatePart[]) => (): Term => this.join(this.#parts(parts, scope));
        found.push(this.#either(condition, part.condition, scope, side(part.then), side(part.else)));
      }
    }
    return found;
  }

  #forParts(part: TemplateFor, scope: Scope): Term {
    const entries = entriesOf(force(this.evaluate(part.collection, scope)));
    if (entries instanceof Unresolved) return entries;
    const found: Term[] = [];
    for (const [key, value] of entries) {
      const bindings: (readonly [string, Term])[] = [[part.valueName, value]];
      if (part.keyName !== undefined) bindings.push([part.keyName, key]);
      found.push(...this.#parts(part.parts, new BoundScope(scope, bindings)));
    }
    return this.join(found);
  }

  /** Terms as one text. */
  join(terms: readonly Term[]): Term {
    return this.lift(terms, (sides) => {
      const parts: StringPart[] = [];
      for (const term of sides) {
        const found = partsOf(term);
        if (found === undefined) fail(term === null ? 'null is not text' : 'a list or an object is not text');
        for (const part of found) {
          if (typeof part === 'string') this.budget.spendText(part.length);
          parts.push(part);
        }
      }
      return joinParts(parts);
    });
  }

  #call(expression: Call, scope: Scope): Term {
    const name = expression.name.replace(/^core::/, '');
    const given = expression.arguments;
    if (name === 'try') return this.#try(given, scope);
    if (name === 'can') return this.#can(given, scope);
    const called = this.functions.get(name);
    if (called === undefined) {
      const why = this.unevaluated.get(name) ?? 'calls a function that Headgate does not support';
      return this.unknown(expression, scope, why);
    }
    const terms = given.map((argument) => this.evaluate(argument, scope));
    if (expression.isExpanded) {
      const last = force(terms.pop() ?? null);
      const items = itemsOf(last);
      if (items === undefined) return unknownOf([last]) ?? fail('what `...` expands is a list');
      terms.push(...items);
    }
    const result = this.lift(terms, (sides) => called(sides, this.context));
    return result === undefined ? this.unknown(expression, scope, 'is not evaluated') : result;
  }

  /** The first argument that is no error; one of which that is not known leaves open which it is. */
  #try(given: readonly Expression[], scope: Scope): Term {
    let last: unknown;
    for (const argument of given) {
      try {
        return force(this.evaluate(argument, scope));
      } catch (error) {
        if (!(error instanceof EvaluationError)) throw error;
        last = error;
      }
    }
    throw last ?? new EvaluationError('`try` has no arguments');
  }

  #can([argument]: readonly Expression[], scope: Scope): Term {
    if (argument === undefined) throw new EvaluationError('`can` has one argument');
    try {
      const found = force(this.evaluate(argument, scope));
      return found instanceof Unresolved ? found : true;
    } catch (error) {
      if (!(error instanceof EvaluationError)) throw error;
      return false;
    }
  }

  #unary({ operator, of }: Unary, scope: Scope): Term {
    return this.lift([this.evaluate(of, scope)], ([side = null]) => {
      if (operator === '!') {
        const truth = this.#truth(side);
        return typeof truth === 'boolean' ? !truth : truth;
      }
      const number = numberOf(side);
      return typeof number === 'number' ? -number : number;
    });
  }

  #binary(expression: Binary, scope: Scope): Term {
    const { operator, left, right } = expression;
    if (operator === '&&' || operator === '||') return this.#logic(operator, left, right, scope);
    const terms = [this.evaluate(left, scope), this.evaluate(right, scope)];
    if (operator === '==' || operator === '!=') {
      const equal = isEqual(terms[0] ?? null, terms[1] ?? null);
      if (equal === undefined)
        return (
          unknownOf(terms.map(force)) ??
          this.unknown(expression, scope, 'is known only after the plan is applied', 'attribute')
        );
      return operator === '==' ? equal : !equal;
    }
    return this.lift(terms, ([one = null, other = null]) =>
      arithmetic(operator, numberOf(one), numberOf(other)),
    );
  }

  #logic(operator: '&&' | '||', left: Expression, right: Expression, scope: Scope): Term {
    const decides = operator === '||';
    const one = this.#truth(this.evaluate(left, scope));
    if (one === decides) return decides;
    const other = this.#truth(this.evaluate(right, scope));
    if (other === decides) return decides;
    return typeof one === 'boolean' ? other : one;
  }

  #conditional(expression: Conditional, scope: Scope): Term {
    const condition = this.#truth(this.evaluate(expression.condition, scope));
    return this.#either(
      condition,
      expression.condition,
      scope,
      () => this.evaluate(expression.whenTrue, scope),
      () => this.evaluate(expression.whenFalse, scope),
    );
  }

  #either(
    condition: boolean | Unresolved,
    written: Expression,
    scope: Scope,
    whenTrue: () => Term,
    whenFalse: () => Term,
  ): Term {
    if (condition === true) return whenTrue();
    if (condition === false) return whenFalse();
    const [one, other] = [attempt(whenTrue), attempt(whenFalse)];
    // A side that is an error is not deployed.
    if (one === undefined || other === undefined) return one ?? other ?? condition;
    if (isEqual(one, other) === true) return one;
    const { message, remedy } = condition.cause;
    const about = this.textOf(scope, written);
    const cause: Cause = {
      code: 'condition',
      message: `the condition \`${about}\` is not known: ${message}`,
      about,
      ...(remedy === undefined ? {} : { remedy }),
    };
    return new ChoiceTerm(cause, one, other);
  }

  /** Applies a function to each side of the conditions among its arguments. */
  lift<T extends Term | undefined>(terms: readonly Term[], apply: (sides: readonly Term[]) => T): Term | T {
    return this.#lift(terms.map(force), apply, { left: sideLimit });
  }

  #lift<T extends Term | undefined>(
    terms: readonly Term[],
    apply: (sides: readonly Term[]) => T,
    sides: { left: number },
  ): Term | T {
    const index = terms.findIndex((term) => term instanceof ChoiceTerm);
    const choice = terms[index];
    if (!(choice instanceof ChoiceTerm)) return apply(terms);
    sides.left -= 1;
    if (sides.left < 0) return new Unresolved(choice.cause);
    const side = (holds: boolean): Term | undefined =>
      attempt(() =>
        this.#lift(
          terms.map((term) => sideOf(term, choice.cause, holds)),
          apply,
          sides,
        ),
      );
    const [one, other] = [side(true), side(false)];
    if (one === undefined || other === undefined) return one ?? other ?? new Unresolved(choice.cause);
    return isEqual(one, other) === true ? one : new ChoiceTerm(choice.cause, one, other);
  }
}

/** The same condition turns out the same everywhere. */
function sideOf(term: Term, cause: Cause, holds: boolean): Term {
  if (!(term instanceof ChoiceTerm) || term.cause.message !== cause.message) return term;
  return force(holds ? term.whenTrue : term.whenFalse);
}

/** What is evaluated; undefined where that is an error. */
function attempt(evaluate: () => Term | undefined): Term | undefined {
  try {
    const found = evaluate();
    return found === undefined ? undefined : force(found);
  } catch (error) {
    if (!(error instanceof EvaluationError)) throw error;
    return undefined;
  }
}

export function fail(message: string): never {
  throw new EvaluationError(message);
}

/** A member of a term by its name, key or index. @throws EvaluationError where there certainly is none. */
export function member(term: Term, key: string | number): Term {
  if (term instanceof LazyTerm) return term.member(key);
  if (term instanceof ChoiceTerm) {
    const [one, other] = [
      attempt(() => member(term.whenTrue, key)),
      attempt(() => member(term.whenFalse, key)),
    ];
    if (one === undefined || other === undefined) return one ?? other ?? fail(`there is no \`${key}\``);
    return new ChoiceTerm(term.cause, one, other);
  }
  if (term instanceof Unresolved) {
    const { cause, subject } = term;
    return new Unresolved(cause, subject === undefined ? undefined : `${subject}.${key}`);
  }
  if (isListTerm(term)) {
    const index = typeof key === 'number' ? key : /^\d+$/.test(key) ? Number(key) : -1;
    return term[index] ?? (index in term ? null : fail(`the list has no element ${key}`));
  }
  if (isObjectTerm(term) && Object.hasOwn(term, key)) return term[key] ?? null;
  if (term === null) return fail('null has no members');
  return fail(`there is no \`${key}\``);
}

/** What `for` goes through: pairs of a key and a value. */
export function entriesOf(collection: Term): readonly (readonly [Term, Term])[] | Unresolved {
  if (collection instanceof SetTerm) return collection.items.map((item) => [item, item]);
  if (isListTerm(collection)) return collection.map((item, index) => [index, item]);
  if (isObjectTerm(collection)) return membersOf(collection);
  if (collection instanceof ChoiceTerm) return new Unresolved(collection.cause);
  return unknownOf([collection]) ?? fail('`for` goes through lists, sets and objects');
}

/** A number, or why it is not known. */
export function numberOf(term: Term): number | Unresolved {
  const found = force(term);
  if (typeof found === 'number') return found;
  if (typeof found === 'string' && found.trim() !== '' && Number.isFinite(Number(found)))
    return Number(found);
  return unknownOf([found]) ?? fail('a number is needed');
}

function arithmetic(
  operator: Exclude<Binary['operator'], '&&' | '||' | '==' | '!='>,
  one: number | Unresolved,
  other: number | Unresolved,
): Term {
  if (typeof one !== 'number') return one;
  if (typeof other !== 'number') return other;
  switch (operator) {
    case '+':
      return one + other;
    case '-':
      return one - other;
    case '*':
      return one * other;
    case '/':
      return other === 0 ? fail('division by zero') : one / other;
    case '%':
      return other === 0 ? fail('division by zero') : one % other;
    case '<':
      return one < other;
    case '>':
      return one > other;
    case '<=':
      return one <= other;
    case '>=':
      return one >= other;
  }
}
