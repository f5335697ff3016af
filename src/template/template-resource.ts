import { scalarText } from '../model/scalar-text.ts';
import { fromPointer, type SymbolicLocation } from '../model/location.ts';
import type { SecretTexts } from '../model/secret-texts.ts';
import type { CodeEvidence, Resource, WritePlace } from '../model/resource.ts';
import { isObjectValue, type Cause, type ObjectValue, type Path } from '../model/value.ts';
import { locateDerived, writeDerived } from './locate-derived.ts';
import { locatePath, writePath, type DerivedResource, type WrittenResource } from './locate.ts';
import { entriesOf, isRawObject, member, type RawObject } from '../text/raw.ts';
import type { ConstructInfo } from './construct-metadata.ts';
import type { Environment } from './environment.ts';
import type { ParsedTemplate } from '../text/parse-template.ts';
import type { Resolver } from './resolver.ts';
import { causeOf } from './strings.ts';

/** What a resource needs of the stack that it belongs to. */
export interface ResourceOwner {
  readonly id: string;
  readonly scope: string;
  readonly parsed: ParsedTemplate;
  readonly resolver: Resolver;
  /** What functions' bundles show, by logical id. */
  readonly code: ReadonlyMap<string, CodeEvidence>;
  readonly options: {
    readonly environment: Environment;
    readonly construct?: (logicalId: string) => ConstructInfo | undefined;
  };
}

/** A resource of a template; its properties are resolved when they are first asked for. */
export class TemplateResource implements Resource {
  readonly id: string;
  readonly type: string;
  readonly name: string;
  readonly scope: string;
  readonly stack: string;
  readonly logicalId: string;
  readonly uncertain?: Cause;
  readonly generated?: true;
  readonly constructPath?: string;
  readonly declaredType?: string;
  readonly declaredName?: string;
  readonly declaredProperties?: readonly string[];
  readonly sourceLine?: { readonly file: string; readonly line: number; readonly column: number };
  readonly account?: string;
  readonly region?: string;
  readonly metadata?: ObjectValue;
  readonly code?: CodeEvidence;
  readonly #owner: ResourceOwner;
  readonly #written: WrittenResource;
  #properties: ObjectValue | undefined;

  constructor(
    owner: ResourceOwner,
    logicalId: string,
    written: WrittenResource,
    uncertain: Cause | undefined,
  ) {
    this.#owner = owner;
    this.#written = written;
    this.id = `${owner.id}/${logicalId}`;
    this.type = scalarText(written.raw['Type']);
    this.name = logicalId;
    this.logicalId = logicalId;
    this.scope = owner.scope;
    this.stack = owner.id;
    const doubt = uncertain ?? this.#openProperties();
    if (doubt !== undefined) this.uncertain = doubt;
    if (owner.parsed.origins?.get(logicalId)?.generated === true) this.generated = true;
    const { account, region } = owner.options.environment;
    if (account !== undefined) this.account = account;
    if (region !== undefined) this.region = region;
    const info = owner.options.construct?.(logicalId);
    const path = info?.constructPath ?? member(written.raw['Metadata'], 'aws:cdk:path');
    if (typeof path === 'string') this.constructPath = path;
    const declared = declaredIn(written, logicalId);
    if (declared !== undefined) {
      this.declaredName = declared.name;
      this.declaredType = declared.type;
      this.declaredProperties = declared.properties;
    }
    if (info?.sourceLine !== undefined) this.sourceLine = info.sourceLine;
    const code = owner.code.get(logicalId);
    if (code !== undefined) this.code = code;
    // Metadata is read for names and notes alone, which are plain JSON.
    if (isRawObject(written.raw['Metadata'])) this.metadata = written.raw['Metadata'] as ObjectValue;
  }

  get secrets(): SecretTexts {
    return this.#owner.resolver.surroundings.secrets;
  }

  get properties(): ObjectValue {
    this.#properties ??= this.#resolveProperties();
    return this.#properties;
  }

  locate(path: Path): SymbolicLocation {
    const { derived } = this.#written;
    return this.#underOwnCondition(() =>
      derived === undefined
        ? locatePath(this.#written, path, this.#owner.resolver)
        : locateDerived(derived, path, this.#owner.resolver),
    );
  }

  writeAt(path: Path, of: 'deployed' | 'declared' = 'deployed'): WritePlace {
    const { derived, file, walkable } = this.#written;
    if (this.constructPath !== undefined || this.#owner.options.construct !== undefined)
      return { refused: 'the CDK made the template: change the construct' };
    if (this.#owner.parsed.source === undefined) return { refused: 'the template is in no file' };
    const found = this.#underOwnCondition(() => {
      if (derived === undefined)
        return walkable ? writePath(this.#written, path, this.#owner.resolver) : undefined;
      const section = implicitApis
        .find(([id]) => id.test(this.logicalId))?.[1]
        .replace('AWS::Serverless::', '');
      if (section !== undefined && !this.#isWrittenOut(derived)) return ['Globals', section, ...path];
      if (of === 'declared' && this.declaredName !== undefined)
        return ['Resources', this.declaredName, 'Properties', ...path];
      return writeDerived(derived, path, this.#owner.resolver);
    });
    if (found !== undefined) return { file, path: found };
    return { refused: `no property of the template stands for \`${path.join('.')}\` of \`${this.name}\`` };
  }

  #isWrittenOut({ source }: DerivedResource): boolean {
    return member(member(source, 'Resources'), this.logicalId) !== undefined;
  }

  #resolveProperties(): ObjectValue {
    const raw = this.#written.raw['Properties'];
    if (!isRawObject(raw)) return {};
    const whole = this.#underOwnCondition(() => this.#owner.resolver.resolve(raw));
    if (isObjectValue(whole)) return whole;
    const known = this.#underOwnCondition(() => this.#owner.resolver.resolve(withoutFunctions(raw)));
    return isObjectValue(known) ? known : {};
  }

  /** Properties that a macro or an unknown loop writes cannot be judged: their absence proves nothing. */
  #openProperties(): Cause | undefined {
    const raw = this.#written.raw['Properties'];
    if (!isRawObject(raw) || !Object.keys(raw).some((key) => key.startsWith('Fn::'))) return undefined;
    const value = this.#underOwnCondition(() => this.#owner.resolver.resolve(raw));
    return isObjectValue(value) ? undefined : causeOf(value);
  }

  /** Where the resource exists at all, its own condition holds. */
  #underOwnCondition<T>(work: () => T): T {
    const condition = this.#written.raw['Condition'];
    return typeof condition === 'string' ? this.#owner.resolver.assuming(condition, true, work) : work();
  }
}

/** Logical ids of the APIs that SAM makes of the events of functions, with the type that settings for them have. */
const implicitApis: readonly (readonly [RegExp, string])[] = [
  [/^ServerlessRestApi/, 'AWS::Serverless::Api'],
  [/^ServerlessHttpApi/, 'AWS::Serverless::HttpApi'],
];

interface Declared {
  readonly name: string;
  readonly type: string;
  readonly properties: readonly string[];
}

/** The resource of SAM that a resource was made of. */
function declaredIn({ derived }: WrittenResource, logicalId: string): Declared | undefined {
  if (derived === undefined) return undefined;
  const [section, name] = fromPointer(derived.origin.pointer);
  const implicit = implicitApis.find(([id]) => id.test(logicalId));
  if (implicit !== undefined) return { name: logicalId, type: implicit[1], properties: [] };
  if (section !== 'Resources' || name === undefined) return undefined;
  const written = member(member(derived.source, 'Resources'), scalarText(name));
  const type = member(written, 'Type');
  if (typeof type !== 'string' || !type.startsWith('AWS::Serverless::')) return undefined;
  return {
    name: scalarText(name),
    type,
    properties: entriesOf(member(written, 'Properties')).map(([key]) => key),
  };
}

/** The members that are written out, beside a macro or a loop that could not be evaluated. */
function withoutFunctions(raw: RawObject): RawObject {
  return Object.fromEntries(Object.entries(raw).filter(([key]) => !key.startsWith('Fn::')));
}
