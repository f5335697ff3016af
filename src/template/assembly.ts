import { scalarText } from '../model/scalar-text.ts';
import { join, relative } from 'node:path';
import { readRegularText, realPathWithin, UnreadableFileError } from '../files/read-regular-file.ts';
import type { Value } from '../model/value.ts';
import { readConstructMetadata, type ConstructMetadata } from './construct-metadata.ts';
import { withIncludedBodies } from './documents.ts';
import { givenToTransforms, type Environment } from './environment.ts';
import { loadTemplate, type LoadedFile } from './load-template.ts';
import { findLocalAsset, readAssetManifest } from './local-assets.ts';
import { entriesOf, isRawObject, member, type RawObject } from '../text/raw.ts';
import { assumptionsOf, orAssumed } from './assumptions.ts';
import { givenParameter, type ReadContext } from './read-context.ts';
import { Stack } from './stack.ts';
import { expandTransformsOfFile } from './transforms.ts';
import { nestingLimit, passedParameters, reportLimit, reportMissing } from './nested-stacks.ts';

const manifestLimitBytes = 50 * 1024 * 1024;

type LoadedTemplate = Extract<LoadedFile, { kind: 'template' }>;

/** Reads a cloud assembly: all its stacks, stages and nested stacks as one application. */
export async function addAssembly(folder: string, context: ReadContext): Promise<void> {
  const reader = new AssemblyReader(folder, context);
  await reader.folder(folder, 0);
  reader.finish();
}

/** One stack artifact of a manifest, and what belongs to it. */
interface StackArtifact {
  readonly rootId: string;
  readonly folder: string;
  readonly templateFile: string;
  readonly environment: Environment;
  readonly assets: ReadonlyMap<string, string>;
  readonly metadata: ConstructMetadata;
}

class AssemblyReader {
  readonly #scope: string;
  readonly #contents: Uint8Array[] = [];
  #resources = 0;
  /** Real paths of the assemblies that were read: one that lists itself has no end. */
  readonly #folders = new Set<string>();
  readonly #loaded = new Map<string, Promise<LoadedTemplate | undefined>>();

  constructor(
    readonly root: string,
    readonly context: ReadContext,
  ) {
    this.#scope = context.nameOf(root);
  }

  finish(): void {
    this.context.builder.addInput(this.#scope, 'assembly', this.#contents, this.#resources);
  }

  async folder(folder: string, depth: number): Promise<void> {
    const real = await realPathWithin(folder, this.context.access.within).catch((error: unknown) => error);
    if (typeof real !== 'string') {
      if (!(real instanceof UnreadableFileError)) throw real;
      this.#incomplete(folder, `the assembly names the assembly \`%\`, which was not read: ${real.message}`);
      return;
    }
    if (this.#folders.has(real) || depth > nestingLimit) {
      this.#incomplete(
        folder,
        'the assembly `%` is listed inside of itself or more than once; it was read once',
      );
      return;
    }
    this.#folders.add(real);
    const manifest = await this.#json(join(folder, 'manifest.json'));
    if (manifest === undefined)
      this.#incomplete(folder, 'the assembly `%` has no manifest.json that can be read');
    for (const [id, artifact] of entriesOf(member(manifest, 'artifacts'))) {
      const type = member(artifact, 'type');
      const directory = member(member(artifact, 'properties'), 'directoryName');
      if (type === 'aws:cloudformation:stack') await this.#stackArtifact(id, artifact, folder);
      else if (type === 'cdk:cloud-assembly' && typeof directory === 'string')
        await this.folder(join(folder, directory), depth + 1);
    }
  }

  /** Something of the assembly was not read; `%` in the message stands for its name. */
  #incomplete(path: string, text: string): void {
    const name = this.context.nameOf(path);
    const message = text.replace('%', () => name);
    this.context.builder.incomplete.push({
      scope: this.#scope,
      type: '*',
      cause: { code: 'outside', message },
    });
    this.context.builder.diagnostics.push({
      code: 'assembly-incomplete',
      severity: 'error',
      message,
      where: name,
      affects: ['*'],
    });
  }

  async #stackArtifact(id: string, artifact: unknown, folder: string): Promise<void> {
    const properties = member(artifact, 'properties');
    const templateFile = member(properties, 'templateFile');
    if (typeof templateFile !== 'string') return;
    const path = join(folder, templateFile);
    const resources = entriesOf((await this.#load(path))?.root['Resources']).length;
    if (!this.context.builder.copies.take(path, resources)) {
      this.#incomplete(path, 'the template `%` is not read once more: too many stacks are made of it');
      return;
    }
    const metadataFile = member(artifact, 'additionalMetadataFile');
    const separate =
      typeof metadataFile === 'string' ? await this.#json(join(folder, metadataFile)) : undefined;
    const raw = { ...asObject(member(artifact, 'metadata')), ...asObject(separate) };
    const stackName = member(properties, 'stackName');
    const stackId = this.context.builder.stackId(id, `${this.context.nameOf(folder)}/${id}`);
    const part: StackArtifact = {
      rootId: stackId,
      folder,
      templateFile,
      environment: {
        ...this.context.environment,
        ...parseEnvironment(member(artifact, 'environment')),
        stackName: typeof stackName === 'string' ? stackName : id,
      },
      assets: await this.#assets(id, folder),
      metadata: readConstructMetadata(raw, templateFile, this.context.options.cwd),
    };
    const given = { ...asObject(member(properties, 'parameters')) };
    await this.#stack(
      templateFile,
      stackId,
      part,
      (name) => {
        const own = member(given, name);
        return givenParameter(this.context.options, name) ?? (typeof own === 'string' ? own : undefined);
      },
      0,
    );
  }

  async #assets(id: string, folder: string): Promise<Map<string, string>> {
    // Newer assemblies name the file after the artifact; the file is missing where there are no assets.
    return readAssetManifest(await this.#json(join(folder, `${id}.assets.json`)), folder);
  }

  async #stack(
    templateFile: string,
    id: string,
    part: StackArtifact,
    passed: (name: string) => Value | undefined,
    depth: number,
  ): Promise<Stack | undefined> {
    const loaded = await this.#load(join(part.folder, templateFile));
    if (loaded === undefined) return undefined;
    const { builder, access } = this.context;
    const place = { folder: part.folder, access, byHash: part.assets };
    const assumed = assumptionsOf(id, this.context.options.assumptions);
    const given = orAssumed(passed, assumed);
    const known = givenToTransforms(given, part.environment);
    const parsed = await expandTransformsOfFile(await withIncludedBodies(loaded.parsed, place), known);
    const stack = new Stack(
      parsed,
      parsed.root ?? loaded.root,
      {
        id,
        rootId: part.rootId,
        scope: this.#scope,
        environment: part.environment,
        given,
        assumed,
        construct: (logicalId) => part.metadata.resources.get(templateFile)?.get(logicalId),
        assets: place,
        acknowledgements: part.metadata.acknowledgements,
      },
      builder.reading,
    );
    await builder.prepare(stack.root);
    builder.addStack(stack);
    this.#contents.push(loaded.bytes);
    this.#resources += stack.written.size;
    for (const logicalId of stack.nestedStackIds()) await this.#nested(stack, logicalId, part, depth + 1);
    return stack;
  }

  async #nested(parent: Stack, logicalId: string, part: StackArtifact, depth: number): Promise<void> {
    const raw = parent.written.get(logicalId)?.raw ?? {};
    const url = member(raw['Properties'], 'TemplateURL');
    const path = findLocalAsset(url, raw, {
      folder: part.folder,
      access: this.context.access,
      byHash: part.assets,
    });
    const file = path === undefined ? undefined : relative(part.folder, path);
    const environment = withoutStackName(part.environment);
    const loaded = path === undefined ? undefined : await this.#load(path);
    const resources = entriesOf(loaded?.root['Resources']).length;
    if (path !== undefined && (depth > nestingLimit || !this.context.builder.copies.take(path, resources))) {
      reportLimit(parent, logicalId);
      return;
    }
    const child =
      file === undefined
        ? undefined
        : await this.#stack(
            file,
            `${parent.id}/${logicalId}`,
            { ...part, environment },
            passedParameters(parent, logicalId),
            depth,
          );
    if (child === undefined) reportMissing(parent, logicalId);
    else parent.nested.set(logicalId, child);
  }

  async #load(path: string): Promise<LoadedTemplate | undefined> {
    const known = this.#loaded.get(path) ?? this.#loadOnce(path);
    this.#loaded.set(path, known);
    return known;
  }

  async #loadOnce(path: string): Promise<LoadedTemplate | undefined> {
    const { builder, access, nameOf } = this.context;
    const loaded = await loadTemplate(path, nameOf(path), 'assembly', access);
    if (loaded.kind === 'template') return loaded;
    if (loaded.kind === 'broken') {
      const message = `the template \`${nameOf(path)}\` of the assembly could not be read`;
      builder.incomplete.push({ scope: this.#scope, type: '*', cause: { code: 'outside', message } });
      builder.addTemplate(loaded.parsed);
    } else {
      const reason = loaded.kind === 'unreadable' ? loaded.error.message : reasonOf(loaded);
      this.#incomplete(path, `the assembly names \`%\` as a template, but ${reason}`);
    }
    return undefined;
  }

  async #json(path: string): Promise<unknown> {
    try {
      return JSON.parse(await readRegularText(path, manifestLimitBytes, this.context.access)) as unknown;
    } catch (error) {
      if (error instanceof SyntaxError) return undefined;
      if (!(error instanceof UnreadableFileError)) throw error;
      if (error.reason === 'outside')
        this.context.builder.leaveOut(this.context.nameOf(path), error.message, 'outside');
      return undefined;
    }
  }
}

/** A nested stack gets a name of its own only when it is deployed. */
function withoutStackName({ region, account, partition }: Environment): Environment {
  return {
    ...(region === undefined ? {} : { region }),
    ...(account === undefined ? {} : { account }),
    ...(partition === undefined ? {} : { partition }),
  };
}

function asObject(value: unknown): RawObject {
  return isRawObject(value) ? value : {};
}

/** `aws://<account>/<region>`, either of which may be unknown. */
function parseEnvironment(written: unknown): Environment {
  const [, account, region] = /^aws:\/\/([^/]+)\/([^/]+)$/.exec(scalarText(written)) ?? [];
  return {
    ...(account === undefined || account === 'unknown-account' ? {} : { account }),
    ...(region === undefined || region === 'unknown-region' ? {} : { region }),
  };
}

function reasonOf(
  loaded: { readonly kind: 'other'; readonly reason: string } | { readonly kind: 'terraform' },
): string {
  return loaded.kind === 'other' ? loaded.reason : 'it is a Terraform plan';
}
