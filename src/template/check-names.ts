import { scalarText } from '../model/scalar-text.ts';
import { toPointer } from '../model/location.ts';
import type { SourceDiagnostic } from '../model/source.ts';
import { templateDiagnostic } from '../text/diagnostic.ts';
import { forEachPrefix } from './for-each.ts';
import { isRawObject, member, onlyKey } from '../text/raw.ts';
import type { ParsedTemplate } from '../text/parse-template.ts';
import type { Resolver } from './resolver.ts';
import { parseSub } from './strings.ts';

/** More than this many in one template say the same thing. */
const reportLimit = 50;

/**
 * Looks, before anything is resolved, for names that nothing declares: in `Ref`, `Fn::GetAtt`,
 * `Fn::Sub`, `Fn::If` and `Condition`. Silent where a transform may declare them.
 */
export function checkNames(parsed: ParsedTemplate, resolver: Resolver): SourceDiagnostic[] {
  if (resolver.surroundings.mayAddResources) return [];
  const checker = new NameChecker(parsed, resolver);
  for (const section of ['Resources', 'Outputs', 'Conditions']) {
    checker.section(section);
  }
  return checker.found;
}

class NameChecker {
  readonly found: SourceDiagnostic[] = [];
  /** Where the walk stands; one list for the whole walk, because most places report nothing. */
  readonly #path: (string | number)[] = [];
  /** Identifiers of loops are names too, inside them. */
  readonly #identifiers: string[] = [];

  constructor(
    readonly parsed: ParsedTemplate,
    readonly resolver: Resolver,
  ) {}

  section(name: string): void {
    this.#path.push(name);
    this.#walk(this.resolver.root[name]);
    this.#path.pop();
  }

  #walk(raw: unknown): void {
    if (typeof raw !== 'object' || raw === null || this.found.length >= reportLimit) return;
    if (Array.isArray(raw)) {
      for (let index = 0; index < raw.length; index++) this.#walkMember(index, raw[index]);
      return;
    }
    const object = raw as Record<string, unknown>; // neither null nor a list
    const only = onlyKey(object);
    if (only === 'Ref' || only?.startsWith('Fn::') === true) this.#check(only, object[only]);
    if (this.#path.length === 2 && this.#path[0] !== 'Conditions') this.#checkCondition(object['Condition']);
    for (const key in object) this.#walkMember(key, object[key]);
  }

  #walkMember(key: string | number, value: unknown): void {
    if (typeof value !== 'object' || value === null) return;
    const isLoop = typeof key === 'string' && key.startsWith(forEachPrefix) && Array.isArray(value);
    if (isLoop) this.#identifiers.push(scalarText(value[0]));
    this.#path.push(key);
    this.#walk(value);
    this.#path.pop();
    if (isLoop) this.#identifiers.pop();
  }

  #check(name: string, argument: unknown): void {
    if (name === 'Ref' && typeof argument === 'string') {
      if (!this.#isDeclared(argument)) this.#report(argument);
    } else if (name === 'Fn::GetAtt') {
      const target = typeof argument === 'string' ? argument.split('.')[0] : (argument as unknown[])[0];
      if (typeof target === 'string' && !this.#isResource(target)) this.#report(target);
    } else if (name === 'Fn::Sub') {
      this.#checkSub(argument);
    } else if (name === 'Fn::If' && Array.isArray(argument)) {
      this.#checkCondition(argument[0]);
    }
  }

  #checkSub(argument: unknown): void {
    const [text, variables] = Array.isArray(argument) ? (argument as unknown[]) : [argument];
    if (typeof text !== 'string' || !text.includes('${')) return;
    for (const piece of parseSub(text)) {
      if (typeof piece === 'string' || member(variables, piece.name) !== undefined) continue;
      const target = piece.name.split('.')[0] ?? '';
      if (!this.#isDeclared(piece.name) && !this.#isResource(target)) this.#report(piece.name);
    }
  }

  #checkCondition(name: unknown): void {
    if (typeof name !== 'string' || this.#inLoop(name)) return;
    if (member(this.resolver.root['Conditions'], name) !== undefined) return;
    if (Object.keys(this.resolver.root['Conditions'] ?? {}).some((key) => key.startsWith(forEachPrefix)))
      return;
    this.#add('condition-undeclared', `condition \`${name}\` is not declared`);
  }

  #isDeclared(name: string): boolean {
    return (
      name.startsWith('AWS::') ||
      member(this.resolver.root['Parameters'], name) !== undefined ||
      this.#isResource(name)
    );
  }

  #isResource(name: string): boolean {
    return this.resolver.existence(name) !== undefined || this.#inLoop(name);
  }

  #inLoop(name: string): boolean {
    return this.#identifiers.some((identifier) => name === identifier || name.includes(`{${identifier}`));
  }

  #report(name: string): void {
    this.#add('name-undeclared', `\`${name}\` is neither a parameter nor a resource of the template`);
  }

  #add(code: string, message: string): void {
    const fields = { code, severity: 'warning' as const, message, affects: this.#affected() };
    this.found.push(templateDiagnostic(this.parsed, toPointer(this.#path), fields, 'value'));
  }

  #affected(): string[] {
    const [section, name] = this.#path;
    const type =
      section === 'Resources' && isRawObject(this.resolver.root['Resources'])
        ? member(member(this.resolver.root['Resources'], scalarText(name)), 'Type')
        : undefined;
    return typeof type === 'string' ? [type] : ['*'];
  }
}
