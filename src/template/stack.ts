import { scalarText } from '../model/scalar-text.ts';
import { onSide } from '../model/conditions.ts';
import { fromPointer, toPointer } from '../model/location.ts';
import type { CodeEvidence } from '../model/resource.ts';
import type { SourceDiagnostic } from '../model/source.ts';
import type { SecretTexts } from '../model/secret-texts.ts';
import { Unresolved, type Cause, type Value } from '../model/value.ts';
import type { StackAssumptions } from './assumptions.ts';
import { checkNames } from './check-names.ts';
import { templateDiagnostic } from '../text/diagnostic.ts';
import type { Environment } from './environment.ts';
import { forEachPrefix, parseForEach } from './for-each.ts';
import type { Acknowledgement, ConstructInfo } from './construct-metadata.ts';
import type { AssetPlace } from './local-assets.ts';
import type { WrittenResource } from './locate.ts';
import type { ParsedTemplate } from '../text/parse-template.ts';
import { entriesOf, isRawObject, member, onlyKey, setMember, type RawObject } from '../text/raw.ts';
import { isNoEcho, parameterValue } from './parameters.ts';
import type { Reading } from './reading.ts';
import { Resolver } from './resolver.ts';
import type { DeclaredResource, StackSurroundings } from './value-resolver.ts';
import { TemplateResource } from './template-resource.ts';
import { hasSamTransform, hasUnknownTransform, mayChangeResources } from './transforms.ts';

/** How a template becomes a stack. */
export interface StackOptions {
  readonly id: string;
  /** The outermost stack that nests it; absent where none does. */
  readonly rootId?: string;
  readonly scope: string;
  readonly environment: Environment;
  readonly given: (name: string) => Value | undefined;
  /** What the configuration assumes of it; the parameters of it are part of `given` already. */
  readonly assumed?: StackAssumptions;
  readonly construct?: (logicalId: string) => ConstructInfo | undefined;
  /** Where its bundles and documents lie; absent for a template without a place. */
  readonly assets?: AssetPlace;
  /** The stack set whose TemplateBody it is, and how deep these stand in each other. */
  readonly inline?: { readonly of: string; readonly depth: number };
  /** Rules that the CDK app acknowledged for constructs of this stack or its parents. */
  readonly acknowledgements?: readonly Acknowledgement[];
}

const nestedTypes: ReadonlySet<string> = new Set([
  'AWS::CloudFormation::Stack',
  'AWS::Serverless::Application',
]);

/** Each resource is what the macro makes of it, which only CloudFormation knows. */
const macroCause: Cause = {
  code: 'transform',
  message: 'a macro can change the whole template when it is deployed',
  remedy: 'scan the template that the macro has made, or audit the deployed account',
};

/** Marks what a template says of parameters that CloudFormation does not echo; what is given for them is marked when it is asked for. */
function markSecrets(template: RawObject, secrets: SecretTexts): void {
  for (const [, declaration] of entriesOf(template['Parameters'])) {
    if (!isNoEcho(declaration)) continue;
    secrets.add(parameterValue({ name: '', stackId: '' }, declaration, undefined));
    for (const key of ['Default', 'AllowedValues'])
      secrets.add(member(declaration, key) as Value | undefined); // of a template: JSON
  }
}

/** One template as one stack: its resources, and what other stacks may ask of it. */
export class Stack {
  readonly id: string;
  readonly scope: string;
  readonly diagnostics: SourceDiagnostic[] = [];
  readonly incomplete: Cause[] = [];
  /** The template, with the loops of its sections unrolled. */
  readonly root: RawObject;
  readonly resolver: Resolver;
  /** Nested stacks whose template is at hand, by logical id. */
  readonly nested = new Map<string, Stack>();
  /** What functions' bundles show, by logical id; filled before the resources are asked for. */
  readonly code = new Map<string, CodeEvidence>();
  readonly #written = new Map<string, WrittenResource>();
  readonly #outputs = new Map<string, Value | 'open'>();
  #resources: readonly TemplateResource[] | undefined;

  constructor(
    readonly parsed: ParsedTemplate,
    template: RawObject,
    readonly options: StackOptions,
    reading: Reading,
  ) {
    this.id = options.id;
    this.scope = options.scope;
    // Loops are unrolled before there is a resolver for what they stand beside.
    let isReady = false;
    const mayAddResources = hasSamTransform(template) || hasUnknownTransform(template);
    const surroundings = {
      stackId: this.id,
      rootId: options.rootId ?? this.id,
      environment: options.environment,
      given: options.given,
      ...(options.assumed === undefined ? {} : { assumed: options.assumed.conditions }),
      importValue: (name: Value | undefined) => reading.importValue(name, this),
      stackOutput: (stackName: Value | undefined, output: Value | undefined) =>
        reading.stackOutput(stackName, output, this),
      nestedOutput: (logicalId: string, output: string) => this.#nestedOutput(logicalId, output),
      declared: (resourceId: string) =>
        isReady ? (this.declared(resourceId) ?? reading.declared(resourceId)) : undefined,
      mayAddResources,
      recursion: reading.recursion,
      budget: reading.budget,
      secrets: reading.secrets,
    };
    markSecrets(template, reading.secrets);
    this.root = this.#unrollSections(template, surroundings);
    this.resolver = new Resolver(this.root, surroundings);
    isReady = true;
    this.#readWritten();
  }

  /** Raw resources by logical id, loops unrolled, those without a type left out. */
  get written(): ReadonlyMap<string, WrittenResource> {
    return this.#written;
  }

  /** The resources that exist, certainly or perhaps, and the template's own; the same objects each time. */
  get resources(): readonly TemplateResource[] {
    this.#resources ??= this.#readResources();
    return this.#resources;
  }

  /** A resource of this stack by its id, as written. */
  declared(resourceId: string): DeclaredResource | undefined {
    if (!resourceId.startsWith(`${this.id}/`)) return undefined;
    const raw = member(this.root['Resources'], resourceId.slice(this.id.length + 1));
    return raw === undefined ? undefined : { raw, resolver: this.resolver };
  }

  /** Logical ids of the stacks that this one nests, their templates at hand or not. */
  nestedStackIds(): string[] {
    return [...this.#written].flatMap(([name, { raw }]) =>
      nestedTypes.has(scalarText(raw['Type'])) ? [name] : [],
    );
  }

  /** Nested stacks at all depths. */
  descendants(): Stack[] {
    return [...this.nested.values()].flatMap((child) => [child, ...child.descendants()]);
  }

  /** Value of an output; undefined when there is none of that name. */
  output(name: string): Value | undefined {
    const known = this.#outputs.get(name);
    if (known === 'open')
      return new Unresolved({ code: 'cycle', message: `output \`${name}\` leads back to itself` });
    if (known !== undefined) return known;
    const declaration = member(this.root['Outputs'], name);
    if (declaration === undefined) return undefined;
    this.#outputs.set(name, 'open');
    const value = this.resolver.unassuming(() => this.#outputValue(name, declaration));
    this.#outputs.set(name, value);
    return value;
  }

  /** Names under which outputs are exported, as far as they are known, with the output's name first. */
  exportNames(): [output: string, name: string][] {
    return entriesOf(this.root['Outputs']).flatMap(([output, declaration]): [string, string][] => {
      const name = this.resolver.resolve(member(member(declaration, 'Export'), 'Name'));
      return typeof name === 'string' && this.#outputExists(declaration) ? [[output, name]] : [];
    });
  }

  #outputExists(declaration: unknown): boolean {
    const condition = member(declaration, 'Condition');
    return typeof condition !== 'string' || this.resolver.condition(condition) !== false;
  }

  #outputValue(name: string, declaration: unknown): Value {
    if (!this.#outputExists(declaration)) {
      return new Unresolved({
        code: 'malformed',
        message: `output \`${name}\` is not there, because its condition is false`,
      });
    }
    const value = this.resolver.resolve(member(declaration, 'Value'));
    return value ?? new Unresolved({ code: 'malformed', message: `output \`${name}\` has no value` });
  }

  #nestedOutput(logicalId: string, output: string): Value | undefined {
    const child = this.nested.get(logicalId);
    if (child !== undefined) {
      const message = `nested stack \`${logicalId}\` has no output \`${output}\``;
      return child.output(output) ?? new Unresolved({ code: 'malformed', message });
    }
    if (!nestedTypes.has(scalarText(member(this.#written.get(logicalId)?.raw, 'Type')))) return undefined;
    return new Unresolved({
      code: 'outside',
      message: `the template of nested stack \`${logicalId}\` is not in the scan`,
      remedy: `scan the template of \`${logicalId}\` together with its parent`,
    });
  }

  /** Loops need a resolver for what they run over; parameters and mappings are all it may need. */
  #unrollSections(template: RawObject, surroundings: StackSurroundings): RawObject {
    let root = template;
    for (const section of ['Conditions', 'Resources', 'Outputs']) {
      const declared = root[section];
      if (!isRawObject(declared)) continue;
      if (!Object.keys(declared).some((key) => key.startsWith(forEachPrefix))) continue;
      const resolver = new Resolver(root, surroundings);
      root = { ...root, [section]: this.#unrollSection(section, declared, resolver) };
    }
    return root;
  }

  #unrollSection(section: string, declared: RawObject, resolver: Resolver): RawObject {
    const known: Record<string, unknown> = {};
    for (const [key, raw] of Object.entries(declared)) {
      if (!key.startsWith(forEachPrefix)) {
        setMember(known, key, raw);
        continue;
      }
      const unrolled = resolver.unroll({ [key]: raw });
      if ('code' in unrolled) this.#reportLoop(section, key, unrolled);
      else this.#takeUnrolled(section, key, raw, unrolled.members, known);
    }
    return known;
  }

  #takeUnrolled(
    section: string,
    loop: string,
    argument: unknown,
    members: RawObject,
    known: Record<string, unknown>,
  ): void {
    // With one body per round, every copy stands where that body is written.
    const body = parseForEach(argument)?.body;
    const key = body === undefined ? undefined : onlyKey(body);
    const isDirect = key !== undefined && !key.startsWith(forEachPrefix);
    for (const [name, raw] of Object.entries(members)) {
      setMember(known, name, raw);
      if (section !== 'Resources' || !isRawObject(raw)) continue;
      const segments = isDirect ? [section, loop, 2, key] : [section, loop];
      this.#written.set(name, { file: this.parsed.file, segments, raw, walkable: isDirect });
    }
  }

  #reportLoop(section: string, loop: string, cause: Cause): void {
    const message = `the loop \`${loop}\` could not be unrolled: ${cause.message}`;
    this.#report(toPointer([section, loop]), 'loop-not-unrolled', 'warning', message);
    if (section === 'Resources') this.incomplete.push(cause);
  }

  #report(pointer: string, code: string, severity: SourceDiagnostic['severity'], message: string): void {
    this.diagnostics.push(templateDiagnostic(this.parsed, pointer, { code, severity, message }));
  }

  #readWritten(): void {
    for (const [name, raw] of entriesOf(this.root['Resources'])) {
      const pointer = toPointer(['Resources', name]);
      if (name === 'Fn::Transform') {
        this.incomplete.push({
          code: 'transform',
          message: 'a transform adds resources when the stack is deployed',
        });
        this.#report(
          pointer,
          'transform-not-evaluated',
          'warning',
          '`Fn::Transform` in Resources is not evaluated',
        );
      } else if (!isRawObject(raw)) {
        this.#report(
          pointer,
          'resource-malformed',
          'error',
          `resource \`${name}\` is not a mapping; it is left out`,
        );
      } else if (typeof raw['Type'] !== 'string') {
        this.#report(
          pointer,
          'resource-without-type',
          'error',
          `resource \`${name}\` has no \`Type\`; it is left out`,
        );
      } else {
        if (raw['Type'].endsWith('::MODULE')) this.#reportModule(pointer, name);
        if (!this.#written.has(name)) this.#written.set(name, this.#place(name, raw));
      }
    }
    for (const [name, { raw }] of this.#written)
      if (typeof raw['Type'] !== 'string') this.#written.delete(name);
  }

  #reportModule(pointer: string, name: string): void {
    const message = `module \`${name}\` adds resources when the stack is deployed`;
    this.incomplete.push({ code: 'transform', message });
    this.#report(pointer, 'transform-not-evaluated', 'warning', message);
  }

  #place(name: string, raw: RawObject): WrittenResource {
    const origin = this.parsed.origins?.get(name);
    const { file, value: source } = this.parsed;
    if (origin === undefined) return { file, segments: ['Resources', name], raw, walkable: true };
    const derived = { file, origin, source };
    return { file, segments: fromPointer(origin.pointer), raw, walkable: false, derived };
  }

  #readResources(): TemplateResource[] {
    if (hasUnknownTransform(this.root)) {
      this.incomplete.push(macroCause);
      this.#report(
        '/Transform',
        'transform-not-evaluated',
        'warning',
        'the template names a macro, which is not evaluated',
      );
    }
    if (hasSamTransform(this.root)) {
      this.incomplete.push({
        code: 'transform',
        message: 'resources of the Serverless Application Model could not be expanded',
      });
    }
    this.diagnostics.push(...checkNames(this.parsed, this.resolver));
    const changed = mayChangeResources(this.root) ? macroCause : undefined;
    const resources: TemplateResource[] = [];
    for (const [name, written] of this.#written) {
      const exists = this.resolver.existence(name) ?? true;
      if (exists === false) continue;
      resources.push(
        new TemplateResource(
          this,
          name,
          written,
          changed ?? (exists === true ? undefined : onSide(exists, true)),
        ),
      );
    }
    return resources;
  }
}
