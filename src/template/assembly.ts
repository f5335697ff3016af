import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Value } from '../model/value.ts';
import { readConstructMetadata, type ConstructMetadata } from './construct-metadata.ts';
import { withIncludedBodies } from './documents.ts';
import type { Environment } from './environment.ts';
import { loadTemplate, type LoadedFile } from './load-template.ts';
import { findLocalAsset, readAssetManifest } from './local-assets.ts';
import { entriesOf, isRawObject, member, type RawObject } from '../text/raw.ts';
import { givenParameter, givenToTransforms, type ReadContext } from './read-context.ts';
import { Stack } from './stack.ts';
import { expandTransformsOfFile } from './transforms.ts';
import { passedParameters, reportMissing } from './nested-stacks.ts';

/** How deep stages may nest in stages, and nested stacks in stacks. */
const nestingLimit = 20;

type LoadedTemplate = Extract<LoadedFile, { kind: 'template' }>;

/** Reads a cloud assembly: all its stacks, stages and nested stacks as one application. */
export async function addAssembly(folder: string, context: ReadContext): Promise<void> {
  const reader = new AssemblyReader(folder, context);
  await reader.folder(folder, 0);
  reader.finish();
}

/** One stack artifact of a manifest, and what belongs to it. */
interface StackArtifact {
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
    const manifest = await this.#json(join(folder, 'manifest.json'));
    for (const [id, artifact] of entriesOf(member(manifest, 'artifacts'))) {
      const type = member(artifact, 'type');
      const properties = member(artifact, 'properties');
      if (type === 'aws:cloudformation:stack') await this.#stackArtifact(id, artifact, folder);
      else if (type === 'cdk:cloud-assembly' && depth < nestingLimit) {
        const directory = member(properties, 'directoryName');
        if (typeof directory === 'string') await this.folder(join(folder, directory), depth + 1);
      }
    }
  }

  async #stackArtifact(id: string, artifact: unknown, folder: string): Promise<void> {
    const properties = member(artifact, 'properties');
    const templateFile = member(properties, 'templateFile');
    if (typeof templateFile !== 'string') return;
    const metadataFile = member(artifact, 'additionalMetadataFile');
    const separate =
      typeof metadataFile === 'string' ? await this.#json(join(folder, metadataFile)) : undefined;
    const raw = { ...asObject(member(artifact, 'metadata')), ...asObject(separate) };
    const stackName = member(properties, 'stackName');
    const part: StackArtifact = {
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
    const stackId = this.context.builder.stackId(id, `${this.context.nameOf(folder)}/${id}`);
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
    given: (name: string) => Value | undefined,
    depth: number,
  ): Promise<Stack | undefined> {
    const loaded = await this.#load(join(part.folder, templateFile));
    if (loaded === undefined) return undefined;
    const { builder, options } = this.context;
    const place = { folder: part.folder, within: [this.root, options.cwd], byHash: part.assets };
    const known = givenToTransforms(given, part.environment);
    const parsed = await expandTransformsOfFile(await withIncludedBodies(loaded.parsed, place), known);
    const stack = new Stack(
      parsed,
      parsed.root ?? loaded.root,
      {
        id,
        scope: this.#scope,
        environment: part.environment,
        given,
        construct: (logicalId) => part.metadata.resources.get(templateFile)?.get(logicalId),
        assets: place,
        acknowledgements: part.metadata.acknowledgements,
      },
      builder.reading,
    );
    builder.addStack(stack);
    this.#contents.push(loaded.bytes);
    this.#resources += stack.written.size;
    for (const logicalId of stack.nestedStackIds()) await this.#nested(stack, logicalId, part, depth + 1);
    return stack;
  }

  async #nested(parent: Stack, logicalId: string, part: StackArtifact, depth: number): Promise<void> {
    const raw = parent.written.get(logicalId)?.raw ?? {};
    const url = member(raw['Properties'], 'TemplateURL');
    const path = findLocalAsset(url, raw, { folder: part.folder, within: [this.root], byHash: part.assets });
    const file = path === undefined ? undefined : path.slice(part.folder.length + 1);
    const environment = withoutStackName(part.environment);
    const child =
      file === undefined || depth > nestingLimit
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
    const name = this.context.nameOf(path);
    const loaded = await loadTemplate(path, name).catch((): LoadedFile => ({
      kind: 'other',
      reason: 'it cannot be read',
    }));
    if (loaded.kind === 'template') return loaded;
    const cause = {
      code: 'outside',
      message: `the template \`${name}\` of the assembly could not be read`,
    } as const;
    this.context.builder.incomplete.push({ scope: this.#scope, type: '*', cause });
    if (loaded.kind === 'broken') this.context.builder.addTemplate(loaded.parsed);
    else {
      this.context.builder.diagnostics.push({
        code: 'assembly-incomplete',
        severity: 'error',
        message: `the assembly names \`${name}\` as a template, but ${loaded.reason}`,
        where: name,
        affects: ['*'],
      });
    }
    return undefined;
  }

  async #json(path: string): Promise<unknown> {
    try {
      return JSON.parse(await readFile(path, 'utf8'));
    } catch {
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
  const [, account, region] = /^aws:\/\/([^/]+)\/([^/]+)$/.exec(String(written)) ?? [];
  return {
    ...(account === undefined || account === 'unknown-account' ? {} : { account }),
    ...(region === undefined || region === 'unknown-region' ? {} : { region }),
  };
}
