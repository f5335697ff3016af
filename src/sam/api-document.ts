import { scalarText } from '../model/scalar-text.ts';
import { isRawObject, member, setMember } from '../text/raw.ts';
import { SamDocumentProblem } from './problem.ts';
import { copyTree, isGiven, isIntrinsic, isMap, noValue, onlyIf, ref, type Tree } from './tree.ts';

const anyMethod = 'x-amazon-apigateway-any-method';
const integrationKey = 'x-amazon-apigateway-integration';
const httpMethods: ReadonlySet<string> = new Set([
  'delete',
  'get',
  'head',
  'options',
  'patch',
  'post',
  'put',
]);

/** The name of a method in an API document. */
export function methodKey(method: string): string {
  const lower = method.toLowerCase();
  return lower === 'any' ? anyMethod : lower;
}

/** True for a member of a path that is a method. */
export function isMethod(name: string): boolean {
  return name === anyMethod || httpMethods.has(name.toLowerCase());
}

/** A new Swagger document for a REST API. */
export function emptySwagger(): Tree {
  return { swagger: '2.0', info: { version: '1.0', title: ref('AWS::StackName') }, paths: {} };
}

/** A new OpenAPI document for an HTTP API. */
export function emptyOpenApi(): Tree {
  return { openapi: '3.0.1', info: { version: '1.0', title: ref('AWS::StackName') }, paths: {} };
}

/**
 * A Swagger or OpenAPI document while routes, authorization and CORS are written into it.
 * Paths and methods may stand behind `Fn::If`.
 */
export class ApiDocument {
  readonly body: Tree;
  #paths: Tree | undefined;

  /** `pointer` is where the document stands in the template. */
  constructor(
    written: unknown,
    readonly pointer: string,
  ) {
    this.body = isRawObject(written) ? copyTree(written) : {};
  }

  /** True where the document can be written into: a version, and paths in a map. */
  get isValid(): boolean {
    const { paths, swagger, openapi } = this.body;
    const version = isGiven(swagger) ? swagger : openapi;
    const known = isGiven(swagger)
      ? scalarText(swagger).startsWith('2')
      : /^3(?:\.\d+)*$/.test(scalarText(version));
    return known && isRawObject(paths);
  }

  /** True where the document is only named, and read when the template is deployed (or from beside it). */
  get isIncluded(): boolean {
    return Object.hasOwn(this.body, 'Fn::Transform');
  }

  get isOpenApi(): boolean {
    return /^3/.test(scalarText(this.body['openapi']));
  }

  /** True where an OpenAPI 3 document can be written into. */
  get isValidOpenApi(): boolean {
    return this.isValid && this.isOpenApi;
  }

  get paths(): Tree {
    const paths = this.body['paths'];
    // Looking at its keys takes longer the more there are, and every route asks.
    if (paths === this.#paths && this.#paths !== undefined) return this.#paths;
    if (isMap(paths)) {
      this.#paths = paths;
      return paths;
    }
    const made: Tree = {};
    this.body['paths'] = made;
    return made;
  }

  /** The items of a path, behind its conditions too. */
  items(path: string): Tree[] {
    if (!Object.hasOwn(this.paths, path)) return [];
    return conditional(this.paths[path]).map((item) => {
      if (isRawObject(item)) return item;
      throw new SamDocumentProblem(`the value of path \`${path}\` must be a map`, this.pointer);
    });
  }

  /** The methods of a path: name, and its definitions behind its conditions. */
  methods(path: string): { name: string; definitions: Tree[] }[] {
    return this.items(path).flatMap((item) =>
      Object.keys(item)
        .filter((name) => isMethod(name))
        .map((name) => ({ name, definitions: this.#definitions(path, name, item[name]) })),
    );
  }

  #definitions(path: string, name: string, method: unknown): Tree[] {
    return conditional(method).map((definition) => {
      if (isRawObject(definition)) return definition;
      throw new SamDocumentProblem(
        `the definition of method \`${name}\` for path \`${path}\` should be a map`,
        this.pointer,
      );
    });
  }

  /** All definitions of one method of a path. */
  definitionsOf(path: string, method: string): Tree[] {
    const key = methodKey(method);
    return this.methods(path).flatMap(({ name, definitions }) =>
      methodKey(name) === key ? definitions : [],
    );
  }

  /** True where a path has a method, whatever it does. */
  has(path: string, method: string): boolean {
    return this.items(path).some((item) =>
      Object.keys(item).some((name) => methodKey(name) === methodKey(method)),
    );
  }

  /** True where a method of a path has an integration. */
  hasIntegration(path: string, method: string): boolean {
    return this.definitionsOf(path, method).some((definition) => hasIntegration(definition));
  }

  /** Makes sure that a path has a method. */
  add(path: string, method: string): void {
    if (!isGiven(this.paths[path])) setMember(this.paths, path, {});
    const key = methodKey(method);
    for (const item of this.items(path)) {
      const found = Object.keys(item).find((name) => methodKey(name) === key);
      if (found === undefined || !isGiven(item[found])) setMember(item, found ?? key, {});
    }
  }

  /** Writes an integration into a method; with a condition, the whole method stands behind it. */
  integrate(path: string, method: string, integration: Tree, condition: unknown, others: Tree = {}): void {
    this.add(path, method);
    const key = methodKey(method);
    for (const item of this.items(path)) {
      for (const definition of this.#definitions(path, key, item[key])) {
        definition[integrationKey] = integration;
        Object.assign(definition, others);
        definition['responses'] ??= {};
      }
      if (typeof condition === 'string') item[key] = onlyIf(condition, item[key]);
    }
  }

  /** Takes the integration out of a method again. */
  withdraw(path: string, method: string): void {
    for (const definition of this.definitionsOf(path, method)) definition[integrationKey] = undefined;
  }

  /** Puts a whole path behind a condition. */
  makeConditional(path: string, condition: string): void {
    setMember(this.paths, path, onlyIf(condition, this.paths[path]));
  }

  /** Sets a member of a section, which is made where it is missing. */
  define(section: readonly string[], members: Tree): void {
    let target = this.body;
    for (const key of section) {
      const next = target[key];
      if (isMap(next)) target = next;
      else {
        const made: Tree = {};
        setMember(target, key, made);
        target = made;
      }
    }
    for (const [name, value] of Object.entries(members)) setMember(target, name, value);
  }
}

/** True for a method definition that something answers. */
export function hasIntegration(definition: Tree): boolean {
  return isGiven(definition[integrationKey]);
}

/** The integration of a method, for changing it. */
export function integrationOf(definition: Tree): Tree {
  const found = definition[integrationKey];
  return isRawObject(found) ? found : {};
}

/** A value, or what stands in the branches of its `Fn::If`. */
function conditional(value: unknown): unknown[] {
  const either = member(value, 'Fn::If');
  if (!Array.isArray(either)) return [value];
  return either.slice(1).filter((branch) => !isNothing(branch));
}

function isNothing(branch: unknown): boolean {
  return isIntrinsic(branch) && branch['Ref'] === noValue['Ref'];
}
