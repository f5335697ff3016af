import { createHash } from 'node:crypto';
import type { ReadFile } from '../files/read-regular-file.ts';
import type { PositionLookup, SymbolicLocation } from '../model/location.ts';
import type { Resource } from '../model/resource.ts';
import type { ScanInput } from '../model/scan-result.ts';
import { SecretTexts } from '../model/secret-texts.ts';
import type { SourceDiagnostic, SourceReading, SourceSuppression } from '../model/source.ts';
import { toPointer } from '../model/location.ts';
import { parseTemplateText, type ParsedTemplate } from '../text/parse-template.ts';
import { planForm, type PlanForm } from '../text/plan-form.ts';
import { entriesOf, isRawObject, member, type RawObject } from '../text/raw.ts';
import type { Cause } from '../model/value.ts';
import { toResource, type Draft, type PlanPlace } from './drafts.ts';
import { mapPlan, type MappedPlan } from './map-plan.ts';
import { planDocument, withoutKeys, type PlanDocument, type PlanInstance } from './plan-document.ts';
import type { LoadedSources } from './hcl/load-configuration.ts';
import type { PlanSources } from './plan-sources.ts';
import { PlanValues, type InstancePlace, type PlanValuesOptions } from './plan-values.ts';
import { providerRegion } from './provider-place.ts';
import { References } from './references.ts';
import { unreadTypes } from './unread-types.ts';

/** A file that another reader has opened, and found to be Terraform's. */
export interface PlanFile {
  /** Relative to the working directory, with forward slashes. */
  readonly name: string;
  /** Absolute. */
  readonly path: string;
  readonly bytes: Uint8Array;
  /** Decoded, where it is a text. */
  readonly text?: string;
  readonly form: PlanForm;
}

export interface ReadPlansOptions {
  /** Absolute; files are named relative to it. */
  readonly cwd: string;
  /** Folder of the configuration, as it was given. */
  readonly sources?: string;
  /** As `ReadTemplatesOptions.readFile`. */
  readonly readFile?: ReadFile;
  readonly region?: string;
  readonly account?: string;
  readonly partition?: string;
}

/** Reads plans and states, each as an application of its own. What is wrong with a file becomes a diagnostic. */
export async function readPlans(
  files: readonly PlanFile[],
  options: ReadPlansOptions,
): Promise<SourceReading> {
  const builder = new PlansBuilder(options);
  for (const file of files) await builder.add(file);
  return builder.finish();
}

/** A configuration that was read, and what evaluates it for a plan. */
interface GivenSources {
  readonly loaded: LoadedSources;
  readonly PlanSources: typeof PlanSources;
}

class PlansBuilder {
  readonly #secrets = new SecretTexts();
  readonly #resources: Resource[] = [];
  readonly #inputs: ScanInput[] = [];
  readonly #diagnostics: SourceDiagnostic[] = [];
  readonly #incomplete: { scope: string; type: string; cause: Cause }[] = [];
  readonly #texts = new Map<string, () => ParsedTemplate>();
  readonly #ids = new Set<string>();
  readonly #suppressions: SourceSuppression[] = [];
  readonly #sourcePositions: PositionLookup[] = [];
  #given: GivenSources | undefined;

  constructor(readonly options: ReadPlansOptions) {}

  async add(file: PlanFile): Promise<void> {
    const { name, bytes, form } = file;
    const refusal = refusals[form];
    if (refusal !== undefined) {
      this.#refuse(file, `terraform-${form}`, refusal);
      return;
    }
    if (form === 'binary') {
      await this.#addBinary(file);
      return;
    }
    const text = file.text ?? '';
    const root = parsed(text);
    if (root === undefined) {
      const found = parseTemplateText(text, name).diagnostics.map((each) => ({
        ...each,
        code: 'plan-syntax',
        message: each.message.replace('the template', 'the plan'),
      }));
      this.#diagnostics.push(...found);
      this.#inputs.push({ name, kind: 'plan', digest: digestOf(bytes), resources: 0 });
      return;
    }
    const problem = versionProblem(root);
    if (problem !== undefined) {
      this.#refuse(file, 'plan-version', problem);
      return;
    }
    let located: ParsedTemplate | undefined;
    this.#texts.set(name, () => (located ??= parseTemplateText(text, name)));
    const sources = await this.#sources();
    this.#addDocument(file, planDocument(root), root, sources);
  }

  /** A plan file holds the configuration that was planned beside the changes. */
  async #addBinary(file: PlanFile): Promise<void> {
    const [{ sourcesIn, PlanSources }, { binaryPlan }] = await Promise.all([
      import('./plan-sources.ts'),
      import('./binary-plan.ts'),
    ]);
    const loaded = await sourcesIn(file.bytes, file.name);
    const root = loaded === undefined ? undefined : binaryPlan(file.bytes, loaded.configuration);
    if (loaded === undefined || root === undefined) {
      const message =
        'is an archive, and no plan file of a version that Headgate reads; give the output of `terraform show -json` of it';
      this.#refuse(file, 'terraform-binary', message);
      return;
    }
    this.#diagnostics.push(...loaded.diagnostics);
    const given = await this.#sources();
    this.#addDocument(file, planDocument(root), root, given ?? { loaded, PlanSources });
  }

  /** The configuration that --sources names, read once; by a module that plans without it do not load. */
  async #sources(): Promise<GivenSources | undefined> {
    const { cwd, sources, readFile } = this.options;
    if (sources === undefined) return undefined;
    if (this.#given === undefined) {
      const { readSources, PlanSources } = await import('./plan-sources.ts');
      const loaded = await readSources({ cwd, sources, readFile });
      this.#diagnostics.push(...loaded.diagnostics);
      this.#given = { loaded, PlanSources };
    }
    return this.#given;
  }

  #refuse({ name, bytes }: PlanFile, code: string, message: string): void {
    this.#diagnostics.push({
      code,
      severity: 'error',
      message: `\`${name}\` ${message}`,
      where: name,
      affects: ['*'],
    });
    this.#inputs.push({ name, kind: 'plan', digest: digestOf(bytes), resources: 0 });
  }

  #addDocument(
    file: PlanFile,
    document: PlanDocument,
    root: RawObject,
    given: GivenSources | undefined,
  ): void {
    const { name, bytes } = file;
    const scope = this.#scope(name);
    markVariables(root, this.#secrets);
    const references = new References(document);
    const regions = new Map<string, string | undefined>();
    const placeOf = (instance: PlanInstance): InstancePlace => {
      const region = regionOf(instance, document, references, regions) ?? this.options.region;
      const { account, partition } = this.options;
      return {
        ...(region === undefined ? {} : { region }),
        ...(account === undefined ? {} : { account }),
        ...(partition === undefined ? {} : { partition }),
      };
    };
    const sources =
      given === undefined || given.loaded.configuration.modules.size === 0
        ? undefined
        : new given.PlanSources(given.loaded, document, this.#secrets, (instance, attribute) =>
            values.ofTarget({ instance, attribute }),
          );
    const fromSources: Pick<PlanValuesOptions, 'fromSources' | 'unsetBy'> =
      sources === undefined
        ? {}
        : {
            fromSources: (instance, path, isDocument) => sources.valueAt(instance, path, isDocument),
            unsetBy: (instance, path) => sources.unsetBy(instance, path),
          };
    const values: PlanValues = new PlanValues({
      scope,
      references,
      secrets: this.#secrets,
      placeOf,
      ...fromSources,
    });
    if (sources !== undefined) this.#sourcePositions.push((location) => sources.position(location));
    const mapped = mapPlan(document.instances, values, this.#secrets);
    const context = {
      scopeOf: (): string => scope,
      regionOf: (instance: PlanInstance): string | undefined => placeOf(instance).region,
      account: this.options.account,
      stack: scope,
      secrets: this.#secrets,
      locate: (place: PlanPlace): SymbolicLocation =>
        sources?.locate(place.instance, place.path) ?? {
          file: name,
          pointer: `${place.instance.pointer}${toPointer(place.path)}`,
        },
      callOf: (instance: PlanInstance): Resource['sourceLine'] => sources?.callOf(instance),
      constructPathOf: (instance: PlanInstance): string | undefined => sources?.constructPathOf(instance),
    };
    const scopeProperties: Record<string, Draft['properties'][string]> = { Kind: 'application' };
    let count = 0;
    for (const draft of mapped.drafts) {
      if (draft.type === 'Headgate::Scope') Object.assign(scopeProperties, draft.properties);
      else {
        this.#resources.push(toResource(draft, context));
        if (draft.generated === undefined) count += 1;
      }
    }
    this.#resources.push({
      id: `${scope}/Headgate::Scope`,
      type: 'Headgate::Scope',
      name: scope,
      scope,
      properties: scopeProperties,
      secrets: this.#secrets,
      locate: () => ({ file: name, pointer: '' }),
    });
    this.#inputs.push({ name, kind: 'plan', digest: digestOf(bytes), resources: count });
    if (sources !== undefined) this.#addSuppressions(sources, mapped);
    this.#reportPartial(name, scope, document);
    this.#reportUnread(name, scope, mapped);
  }

  #addSuppressions(sources: PlanSources, { drafts }: MappedPlan): void {
    const byBlock = new Map<string, string[]>();
    for (const { id, instance } of drafts) {
      const at = `${withoutKeys(instance.module)}\n${instance.type}.${instance.name}`;
      byBlock.set(at, [...(byBlock.get(at) ?? []), id]);
    }
    const idsOf = (module: string, resource: string): readonly string[] =>
      byBlock.get(`${module}\n${resource}`) ?? [];
    const { found, loose } = sources.suppressions(idsOf);
    this.#suppressions.push(...found);
    this.#diagnostics.push(...loose);
  }

  #reportPartial(name: string, scope: string, { partial }: PlanDocument): void {
    for (const reason of partial) {
      const isError = reason.includes('error');
      const message = isError
        ? `\`${name}\` is not a whole plan: ${reason}; fix the configuration and plan again`
        : `\`${name}\` does not hold everything: ${reason}; apply it and scan the plan that follows`;
      this.#diagnostics.push({
        code: isError ? 'plan-errored' : 'plan-partial',
        severity: isError ? 'error' : 'warning',
        message,
        where: name,
        affects: ['*'],
      });
      this.#incomplete.push({
        scope,
        type: '*',
        cause: {
          code: 'attribute',
          message: `the plan does not hold everything: ${reason}`,
          remedy: 'scan a whole plan',
        },
      });
    }
  }

  #reportUnread(name: string, scope: string, { unread }: MappedPlan): void {
    const found = unreadTypes([...unread.keys()]);
    for (const { types, affects, message, severity } of found) {
      if (types.length === 0) continue;
      this.#diagnostics.push({ code: 'terraform-type-unread', severity, message, where: name, affects });
      for (const type of affects)
        this.#incomplete.push({
          scope,
          type,
          cause: {
            code: 'unsupported',
            message: `Headgate does not read ${types.map((each) => `\`${each}\``).join(', ')}, which can change this`,
            remedy: 'check it in the console or the configuration',
          },
        });
    }
  }

  /** Files of one name lie in folders of their own; a name that is taken is counted on. */
  #scope(name: string): string {
    let id = name;
    for (let count = 2; this.#ids.has(id); count += 1) id = `${name}#${count}`;
    this.#ids.add(id);
    return id;
  }

  finish(): SourceReading {
    const positions: PositionLookup = (location) => {
      if (!('file' in location)) return undefined;
      const ofPlan = this.#texts.get(location.file);
      if (ofPlan !== undefined) return ofPlan().locate(location.pointer, 'key');
      for (const positionIn of this.#sourcePositions) {
        const found = positionIn(location);
        if (found !== undefined) return found;
      }
      return undefined;
    };
    return {
      resources: this.#resources,
      inputs: this.#inputs,
      skipped: [],
      diagnostics: this.#diagnostics,
      positions,
      incomplete: this.#incomplete,
      suppressions: this.#suppressions,
      documents: new Map(),
    };
  }
}

/** What is Terraform's and cannot be decided, with what to give instead. */
const refusals: Partial<Record<PlanForm, string>> = {
  stream:
    'is the log that `terraform plan -json` prints; plan with `-out=tfplan` and give the output of `terraform show -json tfplan`',
  'raw-state': 'is a state file as a backend keeps it; give the output of `terraform show -json`',
  configuration: 'is a Terraform configuration; give its plan: the output of `terraform show -json tfplan`',
};

function parsed(text: string): RawObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRawObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Minor versions add members; another major version is another format. */
function versionProblem(root: RawObject): string | undefined {
  const version = root['format_version'];
  if (typeof version === 'string' && /^[01]\./.test(version)) return undefined;
  return `has the format version \`${String(version)}\`, which Headgate does not read; it reads 0.1 to 1.x`;
}

/** Sensitive variables stand in a plan in clear text: as values, as defaults, and in what modules are given. */
function markVariables(root: RawObject, secrets: SecretTexts): void {
  const declared = member(member(root['configuration'], 'root_module'), 'variables');
  const values = root['variables'];
  for (const [name, declaration] of entriesOf(declared)) {
    if (member(declaration, 'sensitive') !== true) continue;
    for (const value of [member(member(values, name), 'value'), member(declaration, 'default')])
      secrets.add(value as Parameters<SecretTexts['add']>[0]);
  }
  const outputs = member(root['planned_values'], 'outputs');
  for (const [, output] of [...entriesOf(outputs), ...entriesOf(member(root['values'], 'outputs'))])
    if (member(output, 'sensitive') === true)
      secrets.add(member(output, 'value') as Parameters<SecretTexts['add']>[0]);
}

function regionOf(
  instance: PlanInstance,
  document: PlanDocument,
  references: References,
  known: Map<string, string | undefined>,
): string | undefined {
  const own = member(instance.after, 'region');
  if (typeof own === 'string' && own !== '') return own;
  const provider = providerKey(instance, references);
  const at = provider ?? 'aws';
  if (!known.has(at)) known.set(at, providerRegion(document, at));
  return known.get(at) ?? regionInArn(instance);
}

function providerKey(instance: PlanInstance, references: References): string | undefined {
  const local =
    instance.module === '' ? instance.address : instance.address.slice(instance.module.length + 1);
  return references.moduleOf(instance.module)?.resources.get(local.replace(/\[.*$/, ''))?.provider;
}

function regionInArn({ after }: PlanInstance): string | undefined {
  const arn = member(after, 'arn');
  const region = typeof arn === 'string' ? arn.split(':')[3] : undefined;
  return region === '' ? undefined : region;
}

function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** By the bytes' text. */
export function formOf(text: string): PlanForm | undefined {
  return planForm(text);
}
