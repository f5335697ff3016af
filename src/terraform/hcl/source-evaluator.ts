import type { SecretTexts } from '../../model/secret-texts.ts';
import { Reference, Unresolved, type Path, type Value } from '../../model/value.ts';
import { BlockReader, type Content } from './block-reader.ts';
import { Budget, BudgetError } from './budget.ts';
import type { Configuration, Declared, SourceModule } from './configuration.ts';
import { attributeIn, memberIn, plainText } from './configuration.ts';
import { ExpressionEvaluator } from './evaluate-expression.ts';
import type { FunctionContext } from './functions/function.ts';
import { hclFunctions, unevaluated } from './functions/index.ts';
import {
  cycle,
  keyText,
  withoutKeys,
  type DeploymentFacts,
  type InstanceKey,
  type InstanceName,
} from './instance-name.ts';
import { EachValueTerm, InstanceTerm, ModuleTerm } from './instance-terms.ts';
import { ModuleScope, type ModuleHost } from './module-scope.ts';
import { parseHclTemplate } from './parse-hcl.ts';
import { policyDocument } from './policy-document.ts';
import { BoundScope, type Scope } from './scope.ts';
import type { Expression, HclBlock } from './syntax.ts';
import { EvaluationError, force, isObjectTerm, objectOf, termOf, valueOf, type Term } from './terms.ts';

export interface SourceEvaluatorOptions {
  readonly configuration: Configuration;
  readonly facts?: DeploymentFacts;
  readonly secrets: SecretTexts;
  /** Text of a file by its path from the root module; undefined where it may not be read. */
  readonly readFile?: (path: string) => string | undefined;
}

/** A place in the sources. */
export interface SourcePlace {
  readonly file: string;
  readonly start: number;
  readonly end: number;
}

/** Evaluates what resources are configured with, one argument at a time and each once. */
export class SourceEvaluator implements ModuleHost {
  readonly expressions: ExpressionEvaluator;
  readonly context: FunctionContext;
  readonly secrets: SecretTexts;
  readonly facts: DeploymentFacts;
  readonly #configuration: Configuration;
  readonly #scopes = new Map<string, ModuleScope | undefined>();
  readonly #collections = new WeakMap<HclBlock, Map<string, Term>>();
  readonly #named = new Map<string, Term>();
  readonly #readers = new Map<string, BlockReader>();
  readonly #attributes = new Map<string, Term>();
  readonly #open = new Set<string>();

  constructor({ configuration, facts = {}, secrets, readFile = () => undefined }: SourceEvaluatorOptions) {
    this.#configuration = configuration;
    this.facts = facts;
    this.secrets = secrets;
    const budget = new Budget(lengthOf(configuration));
    this.context = {
      budget,
      secrets,
      readFile: (path) => readFile(path.replace(/^(?:\.\/)+/, '')),
      join: (terms) => this.expressions.join(terms),
      renderTemplate: (text, name, variables) => this.#render(text, name, variables),
    };
    this.expressions = new ExpressionEvaluator(budget, hclFunctions, unevaluated, this.context, textOf);
  }

  get configuration(): Configuration {
    return this.#configuration;
  }

  /**
   * What an argument of an instance is configured with; undefined where it is not written.
   * @param path as in a plan: names of arguments and blocks, each block with its index.
   * @param after the instance's values in the plan: they tell which block of a set is which.
   * @param isDocument true where a text that was encoded is wanted as what it holds.
   */
  valueAt(instance: InstanceName, path: Path, after: unknown, isDocument: boolean): Value | undefined {
    this.context.budget.allow();
    const key = JSON.stringify([instance.address, ...path]);
    if (this.#open.has(key)) return new Unresolved(cycle(`an argument of \`${instance.address}\``));
    this.#open.add(key);
    try {
      return this.attempt(instance.address, () => {
        const term = this.#readerOf(instance)?.termAt(path, after);
        return term === undefined ? undefined : valueOf(term, isDocument);
      });
    } finally {
      this.#open.delete(key);
    }
  }

  /**
   * How the sources say that an argument is not set: by writing nothing, or null. Undefined where it is set, where
   * that is not known, and where they do not have the instance.
   */
  unsetBy(instance: InstanceName, path: Path, after: unknown): 'absence' | 'null' | undefined {
    const reader = this.#readerOf(instance);
    if (reader === undefined) return undefined;
    try {
      const term = reader.termAt(path, after);
      if (term === undefined) return 'absence';
      return force(term) === null ? 'null' : undefined;
    } catch (error) {
      if (error instanceof EvaluationError || error instanceof BudgetError) return undefined;
      throw error;
    }
  }

  /** Where an argument stands: its own place, or that of the nearest block around it that is written. */
  placeOf(instance: InstanceName, path: Path, after?: unknown): SourcePlace | undefined {
    const declared = this.#declared(instance);
    if (declared === undefined) return undefined;
    const { file, node } = declared;
    const whole = { file: file.file, start: node.start, end: headEnd(node) };
    try {
      const place = this.#readerOf(instance)?.placeAt(path, after);
      return place === undefined ? whole : { file: file.file, start: place.start, end: place.end };
    } catch (error) {
      if (error instanceof EvaluationError || error instanceof BudgetError) return whole;
      throw error;
    }
  }

  /** Path of the construct that wrote a block, as CDK for Terraform keeps it: `"//": {"metadata": {"path": ...}}`. */
  constructPathOf(instance: InstanceName): string | undefined {
    const declared = this.#declared(instance);
    const comment = declared === undefined ? undefined : attributeIn(declared.node.body, '//');
    return plainText(memberIn(memberIn(comment?.value, 'metadata'), 'path'));
  }

  /** Where the call of an instance's module stands; undefined in the root. */
  callPlaceOf(module: string): SourcePlace | undefined {
    const call = this.scopeOf(module)?.call;
    return call === undefined
      ? undefined
      : { file: call.file.file, start: call.node.start, end: headEnd(call.node) };
  }

  #declared({ module, resource }: InstanceName): Declared<HclBlock> | undefined {
    return this.moduleOf(module)?.resources.get(resource);
  }

  /** The sources of a module instance. */
  moduleOf(address: string): SourceModule | undefined {
    return this.#configuration.modules.get(withoutKeys(address));
  }

  /** The scope of a module instance; undefined where its sources are missing. */
  scopeOf(address: string): ModuleScope | undefined {
    if (this.#scopes.has(address)) return this.#scopes.get(address);
    const module = this.moduleOf(address);
    const scope = module === undefined ? undefined : ModuleScope.of(this, module, address);
    this.#scopes.set(address, scope);
    return scope;
  }

  /** What the body of an instance's block can name: `each`, `count` and `self` beside its module. */
  bodyScope(instance: InstanceName): Scope | undefined {
    const declared = this.#declared(instance);
    const scope = this.scopeOf(instance.module);
    if (declared === undefined || scope === undefined) return undefined;
    const inFile = scope.inFile(declared.file);
    const self = this.#instance(instance);
    return new BoundScope(inFile, [
      ...this.keyBindings(declared.node, instance.key, inFile, instance.module),
      ['self', self],
    ]);
  }

  /** `each` or `count` of a block's instance; `module` is the address of the module instance that it stands in. */
  keyBindings(
    block: HclBlock,
    key: InstanceKey | undefined,
    scope: Scope,
    module: string,
  ): (readonly [string, Term])[] {
    if (key === undefined) return [];
    const forEach = attributeIn(block.body, 'for_each');
    if (forEach === undefined) return [['count', { index: key }]];
    const collection = (): Term => this.#collection(block, module, forEach.value, scope);
    return [['each', { key, value: new EachValueTerm(collection, key) }]];
  }

  /** What `for_each` goes through, evaluated once for all instances. */
  #collection(block: HclBlock, module: string, forEach: Expression, scope: Scope): Term {
    const known = this.#collections.get(block) ?? new Map<string, Term>();
    this.#collections.set(block, known);
    const found = known.get(module) ?? force(this.expressions.evaluate(forEach, scope));
    known.set(module, found);
    return found;
  }

  #instance(instance: InstanceName): Term {
    return new InstanceTerm((name, path) => this.attributeOf(name, path), instance);
  }

  #module(address: string): Term {
    const output = (name: string): Term => this.scopeOf(address)?.output(name) ?? this.#missing(address);
    return new ModuleTerm(output, () => this.moduleOf(address)?.outputs.keys() ?? []);
  }

  #missing(address: string): Term {
    return new Unresolved({
      code: 'outside',
      message: `the sources of \`${address}\` are not available`,
      remedy: 'run terraform init before the scan, or scan the binary plan',
    });
  }

  /** Reads the block of an instance; one reader each, since it keeps what it evaluated. */
  #readerOf(instance: InstanceName): BlockReader | undefined {
    const known = this.#readers.get(instance.address);
    if (known !== undefined) return known;
    const declared = this.#declared(instance);
    const scope = this.bodyScope(instance);
    if (declared === undefined || scope === undefined) return undefined;
    const content: Content = { kind: 'body', body: declared.node.body, scope };
    const reader = new BlockReader(this.expressions, content);
    this.#readers.set(instance.address, reader);
    return reader;
  }

  /** An attribute of an instance, as others refer to it. */
  attributeOf(instance: InstanceName, path: Path): Term {
    const key = JSON.stringify([instance.address, ...path]);
    const known = this.#attributes.get(key);
    if (known !== undefined) return known;
    const marker = `of ${key}`;
    if (this.#open.has(marker)) return new Unresolved(cycle(`\`${instance.address}\``));
    this.#open.add(marker);
    try {
      const term = this.#attribute(instance, path);
      this.#attributes.set(key, term);
      return term;
    } finally {
      this.#open.delete(marker);
    }
  }

  #attribute(instance: InstanceName, path: Path): Term {
    const fact = this.facts.attributeOf?.(instance, path);
    if (fact !== undefined && !(fact instanceof Unresolved)) return termOf(fact);
    const [name, ...rest] = path;
    const isDocument =
      instance.resource.startsWith('data.aws_iam_policy_document.') &&
      rest.length === 0 &&
      (name === 'json' || name === 'minified_json');
    const own = isDocument
      ? this.#policyDocument(instance)
      : path.length === 0
        ? undefined
        : this.#readerOf(instance)?.termAt(path, undefined);
    if (own !== undefined) return force(own);
    if (fact !== undefined) return fact;
    return new Reference(instance.address, path.length === 0 ? undefined : path.join('.'));
  }

  #policyDocument(instance: InstanceName): Term | undefined {
    const given = this.#readerOf(instance)?.whole();
    return given === undefined ? undefined : policyDocument(given, this.context);
  }

  /** All instances of a resource in a module instance, as its name stands for them. */
  resourceTerm(module: string, resource: string): Term | undefined {
    return this.#once(`${module}\n${resource}`, () => this.#resourceTerm(module, resource));
  }

  /** Keeps what names stand for: a list of all instances is made once, however many refer to one of them. */
  #once(name: string, make: () => Term | undefined): Term | undefined {
    const known = this.#named.get(name);
    if (known !== undefined) return known;
    const term = make();
    if (term !== undefined) this.#named.set(name, term);
    return term;
  }

  #resourceTerm(module: string, resource: string): Term | undefined {
    const block = this.moduleOf(module)?.resources.get(resource)?.node;
    const scope = this.scopeOf(module);
    if (block === undefined || scope === undefined) return undefined;
    const prefix = module === '' ? resource : `${module}.${resource}`;
    const one = (key?: InstanceKey): Term =>
      this.#instance({
        address: `${prefix}${keyText(key)}`,
        module,
        resource,
        ...(key === undefined ? {} : { key }),
      });
    return this.#perKey(block, scope, this.facts.keysOf?.(module, resource), one);
  }

  /** All instances of a called module. */
  callTerm(module: string, call: string): Term | undefined {
    return this.#once(`${module}\nmodule.${call}`, () => this.#callTerm(module, call));
  }

  #callTerm(module: string, call: string): Term | undefined {
    const declared = this.moduleOf(module)?.calls.get(call);
    const scope = this.scopeOf(module);
    if (declared === undefined || scope === undefined) return undefined;
    const prefix = module === '' ? `module.${call}` : `${module}.module.${call}`;
    const one = (key?: InstanceKey): Term => this.#module(`${prefix}${keyText(key)}`);
    return this.#perKey(
      declared.node,
      scope.inFile(declared.file),
      this.facts.moduleKeysOf?.(module, call),
      one,
    );
  }

  #perKey(
    block: HclBlock,
    scope: Scope,
    known: readonly InstanceKey[] | undefined,
    one: (key?: InstanceKey) => Term,
  ): Term {
    const count = attributeIn(block.body, 'count');
    const forEach = attributeIn(block.body, 'for_each');
    if (count === undefined && forEach === undefined) return one();
    const keys = known ?? this.#ownKeys((count ?? forEach)?.value, scope);
    if (keys instanceof Unresolved) return keys;
    if (forEach !== undefined) return objectOf(keys.map((key) => [String(key), one(String(key))] as const));
    const length = keys.reduce<number>((most, key) => Math.max(most, Number(key) + 1), 0);
    return Array.from({ length }, (_, index) => one(index));
  }

  #ownKeys(expression: Expression | undefined, scope: Scope): readonly InstanceKey[] | Unresolved {
    if (expression === undefined) return [];
    const found = force(this.expressions.evaluate(expression, scope));
    if (found instanceof Unresolved) return found;
    const number = typeof found === 'string' ? Number(found) : found;
    if (typeof number === 'number')
      return Array.from({ length: Math.min(Math.max(number, 0), 10_000) }, (_, index) => index);
    if (isObjectTerm(found)) return Object.keys(found).sort();
    const items = hclFunctions.get('toset')?.([found], this.context);
    if (items instanceof Unresolved) return items;
    const texts = valueOf(items ?? null);
    return Array.isArray(texts) ? texts.map(String) : [];
  }

  /** Evaluates, with what goes wrong as an unknown. */
  attempt(what: string, evaluate: () => Value | undefined): Value | undefined {
    try {
      return evaluate();
    } catch (error) {
      if (error instanceof BudgetError)
        return new Unresolved({ code: 'unsupported', message: error.message });
      if (error instanceof EvaluationError)
        return new Unresolved({
          code: 'malformed',
          message: `an expression of \`${what}\` cannot be evaluated: ${error.message}`,
        });
      throw error;
    }
  }

  #render(text: string, name: string, variables: Term): Term {
    const { template, errors } = parseHclTemplate(text);
    if (errors.length > 0)
      throw new EvaluationError(`\`${name}\` is not a template: ${errors[0]?.message ?? ''}`);
    const given = force(variables);
    if (!isObjectTerm(given)) return given;
    const nothing: Scope = { source: { file: name, text }, resolve: () => undefined };
    return this.context.budget.nested(() =>
      this.expressions.evaluate(template, new BoundScope(nothing, Object.entries(given))),
    );
  }
}

function lengthOf({ modules }: Configuration): number {
  return [...modules.values()].flatMap(({ files }) => files).reduce((sum, { text }) => sum + text.length, 0);
}

/** A block's first line: what a finding about the block as a whole points to. */
function headEnd(block: HclBlock): number {
  return block.labels.at(-1)?.end ?? block.typeEnd;
}

/** Longest text of an expression in a message. */
const shownLength = 80;

function textOf({ source }: Scope, { start, end }: Expression): string {
  const text = source.text.slice(start, end).replace(/\s+/g, ' ').replaceAll('`', "'");
  return text.length > shownLength ? `${text.slice(0, shownLength - 1)}…` : text;
}
