import { Unresolved, type Value } from '../../model/value.ts';
import type { SecretTexts } from '../../model/secret-texts.ts';
import type { Configuration, Declared, SourceModule } from './configuration.ts';
import type { ExpressionEvaluator } from './evaluate-expression.ts';
import type { FunctionContext } from './functions/function.ts';
import { attributeIn } from './configuration.ts';
import { BudgetError } from './budget.ts';
import type { Resolution, Scope, SourceFile } from './scope.ts';
import { BoundScope } from './scope.ts';
import { cycle, splitModuleAddress, type DeploymentFacts, type InstanceKey } from './instance-name.ts';
import type { HclBlock, Step } from './syntax.ts';
import { EvaluationError, force, termOf, valueOf, type Term } from './terms.ts';
import { convertTo } from './type-constraint.ts';

/** What a module's scope asks of whoever holds all modules. */
export interface ModuleHost {
  readonly expressions: ExpressionEvaluator;
  readonly context: FunctionContext;
  readonly facts: DeploymentFacts;
  readonly configuration: Configuration;
  readonly secrets: SecretTexts;
  scopeOf(address: string): ModuleScope | undefined;
  keyBindings(
    block: HclBlock,
    key: InstanceKey | undefined,
    scope: Scope,
    module: string,
  ): (readonly [string, Term])[];
  resourceTerm(module: string, resource: string): Term | undefined;
  callTerm(module: string, call: string): Term | undefined;
}

/** What names stand for in an instance of a module. */
export class ModuleScope implements Scope {
  readonly #values = new Map<string, Term>();
  readonly #open = new Set<string>();

  private constructor(
    readonly evaluator: ModuleHost,
    readonly module: SourceModule,
    readonly address: string,
    /** The block that calls it, and what that block can name; undefined for the root. */
    readonly call: Declared<HclBlock> | undefined,
    readonly callScope: Scope | undefined,
  ) {}

  static of(evaluator: ModuleHost, module: SourceModule, address: string): ModuleScope | undefined {
    if (address === '') return new ModuleScope(evaluator, module, address, undefined, undefined);
    const { parent, name, key } = splitModuleAddress(address);
    const outer = evaluator.scopeOf(parent);
    const call = outer?.module.calls.get(name);
    if (outer === undefined || call === undefined) return undefined;
    const inFile = outer.inFile(call.file);
    const scope = new BoundScope(inFile, evaluator.keyBindings(call.node, key, inFile, parent));
    return new ModuleScope(evaluator, module, address, call, scope);
  }

  get source(): SourceFile {
    return this.module.files[0] ?? { file: this.module.folder, text: '' };
  }

  /** The same names, with expressions of one file. */
  inFile(source: SourceFile): Scope {
    return { source, resolve: (name, steps) => this.resolve(name, steps) };
  }

  resolve(name: string, steps: readonly Step[]): Resolution | undefined {
    const [first, second] = steps.map((step) => (step.kind === 'attribute' ? step.name : undefined));
    if (name === 'each' || name === 'count' || name === 'self') return undefined;
    if (first === undefined) return undefined;
    const term = this.#named(name, first, second);
    return term === undefined ? undefined : { term, used: name === 'data' || name === 'ephemeral' ? 2 : 1 };
  }

  #named(name: string, first: string, second: string | undefined): Term | undefined {
    switch (name) {
      case 'var':
        return this.#once(`var.${first}`, () => this.#variable(first));
      case 'local':
        return this.#once(`local.${first}`, () => this.#local(first));
      case 'path':
        return first === 'module'
          ? this.module.folder
          : first === 'root'
            ? '.'
            : open(`path.${first}`, 'depends on the machine');
      case 'terraform':
      case 'tofu':
        return open(`terraform.${first}`, 'is not in the plan');
      case 'module':
        return this.evaluator.callTerm(this.address, first);
      case 'data':
        return second === undefined
          ? undefined
          : this.evaluator.resourceTerm(this.address, `data.${first}.${second}`);
      case 'ephemeral':
        return open(`ephemeral.${first}`, 'is never written down');
      default:
        return this.evaluator.resourceTerm(this.address, `${name}.${first}`);
    }
  }

  /** Evaluates what has a name, once; what leads back to itself is unknown. */
  #once(name: string, evaluate: () => Term | undefined): Term | undefined {
    const known = this.#values.get(name);
    if (known !== undefined) return known;
    if (this.#open.has(name)) return new Unresolved(cycle(`\`${name}\``));
    this.#open.add(name);
    try {
      const term = evaluate();
      if (term !== undefined) this.#values.set(name, term);
      return term;
    } finally {
      this.#open.delete(name);
    }
  }

  #local(name: string): Term | undefined {
    const declared = this.module.locals.get(name);
    if (declared === undefined) return undefined;
    return this.evaluator.expressions.evaluate(declared.node.value, this.inFile(declared.file));
  }

  output(name: string): Term {
    const declared = this.module.outputs.get(name);
    const value = declared === undefined ? undefined : attributeIn(declared.node.body, 'value');
    if (declared === undefined || value === undefined)
      throw new EvaluationError(`\`${this.address}\` has no output \`${name}\``);
    const term = this.#once(`output.${name}`, () =>
      this.evaluator.expressions.evaluate(value.value, this.inFile(declared.file)),
    );
    if (isTrue(declared.node, 'sensitive')) this.#markSecret(term ?? null);
    return term ?? null;
  }

  #variable(name: string): Term | undefined {
    const declared = this.module.variables.get(name);
    if (declared === undefined) return undefined;
    const scope = this.inFile(declared.file);
    const { expressions, context } = this.evaluator;
    const fallback = attributeIn(declared.node.body, 'default');
    const given = this.#given(name);
    const isDefault =
      given === undefined || (given === null && fallback !== undefined && isFalse(declared.node, 'nullable'));
    const value = !isDefault
      ? given
      : fallback === undefined
        ? undefined
        : expressions.evaluate(fallback.value, scope);
    if (value === undefined) {
      const message = `variable \`${name}\` has no value`;
      return new Unresolved(
        { code: 'parameter', message, about: `var.${name}`, remedy: `plan with a value for \`${name}\`` },
        `var.${name}`,
      );
    }
    const type = attributeIn(declared.node.body, 'type');
    const term =
      type === undefined
        ? value
        : convertTo(value, type.value, context, (expression) => expressions.evaluate(expression, scope));
    if (isTrue(declared.node, 'sensitive')) this.#markSecret(term);
    return term;
  }

  /** What the caller, the plan or a file of values gives to a variable. */
  #given(name: string): Term | undefined {
    const { expressions, facts, configuration } = this.evaluator;
    if (this.call !== undefined && this.callScope !== undefined) {
      const argument = attributeIn(this.call.node.body, name);
      return argument === undefined ? undefined : expressions.evaluate(argument.value, this.callScope);
    }
    if (facts.variables?.has(name) === true) return termOf(facts.variables.get(name) as Value); // Plain JSON of a plan.
    const assigned = configuration.assigned.get(name);
    return assigned === undefined
      ? undefined
      : expressions.evaluate(assigned.node.value, { source: assigned.file, resolve: () => undefined });
  }

  #markSecret(term: Term): void {
    try {
      this.evaluator.secrets.add(valueOf(force(term)));
    } catch (error) {
      if (!(error instanceof EvaluationError || error instanceof BudgetError)) throw error;
    }
  }
}

function isTrue(block: HclBlock, name: string): boolean {
  const value = attributeIn(block.body, name)?.value;
  return value?.kind === 'literal' && value.value === true;
}

function isFalse(block: HclBlock, name: string): boolean {
  const value = attributeIn(block.body, name)?.value;
  return value?.kind === 'literal' && value.value === false;
}

function open(name: string, why: string): Unresolved {
  return new Unresolved({ code: 'unsupported', message: `\`${name}\` ${why}`, about: name }, name);
}
