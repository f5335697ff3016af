import { realpath, stat } from 'node:fs/promises';
import { basename, relative, resolve, sep } from 'node:path';
import { toPointer, type Location, type SymbolicLocation } from '../model/location.ts';
import type { SecretTexts } from '../model/secret-texts.ts';
import type { SourceDiagnostic, SourceSuppression } from '../model/source.ts';
import type { Path, Value } from '../model/value.ts';
import { readRegularFile, UnreadableFileError, type ReadFile } from '../files/read-regular-file.ts';
import { ignoreMarker, parseIgnoreWish, type IgnoreWish } from '../text/ignore-comment.ts';
import { peerMarkers, peerWishes } from '../text/peer-comment.ts';
import { SourceText } from '../text/source-text.ts';
import { moduleSteps, parentModule } from './addresses.ts';
import type { InstanceKey, InstanceName } from './hcl/instance-name.ts';
import { loadConfiguration, type LoadedSources, type SourceTree } from './hcl/load-configuration.ts';
import { SourceEvaluator, type SourcePlace } from './hcl/source-evaluator.ts';
import type { HclBlock, HclFile } from './hcl/syntax.ts';
import type { PlanDocument, PlanInstance } from './plan-document.ts';
import { folderTree, planTree } from './source-tree.ts';

/** Largest archive of a plan that is read for its sources. */
const archiveLimitBytes = 200 * 1024 * 1024;

export interface SourcesOptions {
  /** Absolute; files are named relative to it. */
  readonly cwd: string;
  /** Folder of the configuration, or a plan file, which holds it. */
  readonly sources: string;
  /** As `ReadTemplatesOptions.readFile`. */
  readonly readFile?: ReadFile | undefined;
}

/** Reads the configuration behind a plan. What is wrong with it is a diagnostic: the plan is read all the same. */
export async function readSources({ cwd, sources, readFile }: SourcesOptions): Promise<LoadedSources> {
  const path = resolve(cwd, sources);
  const tree = await treeAt(path, cwd, readFile).catch((error: unknown) => {
    if (error instanceof UnreadableFileError) return error.message;
    throw error;
  });
  if (typeof tree !== 'string') {
    const loaded = await loadConfiguration(tree);
    if (loaded.configuration.modules.size > 0) return loaded;
  }
  const why = typeof tree === 'string' ? tree : 'it holds no configuration of Terraform';
  return {
    configuration: { modules: new Map(), assigned: new Map() },
    diagnostics: [missing(sources, why)],
    readFile: () => undefined,
  };
}

/** The sources that come with a plan file; undefined where it holds none. */
export async function sourcesIn(bytes: Uint8Array, name: string): Promise<LoadedSources | undefined> {
  const tree = planTree(bytes, name);
  return tree === undefined ? undefined : loadConfiguration(tree);
}

async function treeAt(
  path: string,
  cwd: string,
  readFile: ReadFile | undefined,
): Promise<SourceTree | string> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return 'it does not exist';
  // Modules are called by `../modules/api` as often as not: what is below the working directory may be read.
  if (found.isDirectory())
    return folderTree(path, cwd, { readFile, within: [await realpath(path), await realpath(cwd)] });
  const bytes = await readRegularFile(path, archiveLimitBytes, { readFile });
  return (
    planTree(bytes, relative(cwd, path).split(sep).join('/')) ?? 'it is neither a folder nor a plan file'
  );
}

function missing(sources: string, why: string): SourceDiagnostic {
  return {
    code: 'terraform-sources',
    severity: 'error',
    message: `the sources \`${sources}\` were not read: ${why}; give --sources the folder of the root module, or the file of terraform plan -out`,
    where: basename(sources),
    affects: ['*'],
  };
}

/** What the sources say of the instances of one plan. */
export class PlanSources {
  readonly evaluator: SourceEvaluator;
  readonly #texts = new Map<string, SourceText>();
  readonly #places = new Map<string, SourcePlace>();
  readonly #name: (instance: PlanInstance) => InstanceName;

  /**
   * @param attributeOf what the plan knows of an attribute, references included.
   */
  constructor(
    loaded: LoadedSources,
    document: PlanDocument,
    secrets: SecretTexts,
    attributeOf: (instance: PlanInstance, attribute: string) => Value | undefined,
  ) {
    const { configuration, readFile } = loaded;
    const index = indexOf(document.instances);
    this.evaluator = new SourceEvaluator({
      configuration,
      readFile,
      secrets,
      facts: {
        keysOf: (module, resource) => index.keys.get(`${module}\n${resource}`),
        moduleKeysOf: (module, call) => index.calls.get(`${module}\n${call}`),
        variables: document.variables,
        attributeOf: ({ address }, path) => {
          const instance = index.instances.get(address);
          return instance === undefined || path.length === 0
            ? undefined
            : attributeOf(instance, attributeText(path));
        },
      },
    });
    for (const module of configuration.modules.values())
      for (const { file, text } of module.files) this.#texts.set(file, new SourceText(text));
    this.#name = nameOf;
  }

  /** What an argument is configured with; undefined where it is not written. */
  valueAt(instance: PlanInstance, path: Path, isDocument: boolean): Value | undefined {
    return this.evaluator.valueAt(this.#name(instance), path, instance.after, isDocument);
  }

  /** How the sources say that an argument is not set. */
  unsetBy(instance: PlanInstance, path: Path): 'absence' | 'null' | undefined {
    return this.evaluator.unsetBy(this.#name(instance), path, instance.after);
  }

  /** Path of the construct that wrote an instance's block, with CDK for Terraform. */
  constructPathOf(instance: PlanInstance): string | undefined {
    return this.evaluator.constructPathOf(this.#name(instance));
  }

  /** Where an argument stands in the sources; undefined where they do not have the instance. */
  locate(instance: PlanInstance, path: Path): SymbolicLocation | undefined {
    const place = this.evaluator.placeOf(this.#name(instance), path, instance.after);
    if (place === undefined) return undefined;
    const kind = instance.mode === 'data' ? 'data' : 'resource';
    // As the same file has it in its JSON form.
    const pointer = toPointer([kind, instance.type, instance.name, ...path]);
    this.#places.set(`${place.file}#${pointer}`, place);
    return { file: place.file, pointer };
  }

  /** Where the call of the module that an instance is in stands. */
  callOf({
    module,
  }: PlanInstance): { readonly file: string; readonly line: number; readonly column: number } | undefined {
    const place = module === '' ? undefined : this.evaluator.callPlaceOf(module);
    const position = place === undefined ? undefined : this.#texts.get(place.file)?.position(place.start);
    return place === undefined || position === undefined ? undefined : { file: place.file, ...position };
  }

  /** The position of a location that was given; undefined for any other. */
  position(location: SymbolicLocation): Location | undefined {
    if (!('file' in location)) return undefined;
    const { file, pointer } = location;
    const place = this.#places.get(`${file}#${pointer}`);
    const text = this.#texts.get(file);
    if (place === undefined || text === undefined) return undefined;
    const [start, end] = [text.position(place.start), text.position(place.end)];
    return {
      file,
      pointer,
      startLine: start.line,
      startColumn: start.column,
      endLine: end.line,
      endColumn: end.column,
    };
  }

  /** Wishes in comments: at a block, or at anything in it. `idsOf` gives the resources of a block's instances. */
  suppressions(idsOf: (module: string, resource: string) => readonly string[]): {
    readonly found: readonly SourceSuppression[];
    readonly loose: readonly SourceDiagnostic[];
  } {
    const found: SourceSuppression[] = [];
    const loose: SourceDiagnostic[] = [];
    const seen = new Set<string>();
    for (const [module, { files }] of this.evaluator.configuration.modules) {
      for (const file of files) {
        if (![ignoreMarker, ...peerMarkers].some((marker) => file.text.includes(marker))) continue;
        for (const { source, wish, line, block } of wishesIn(file, this.#texts.get(file.file))) {
          const resource = block === undefined ? '' : block.labels.map(({ text }) => text).join('.');
          const ids = block?.type === 'resource' ? idsOf(module, resource) : [];
          const key = `${file.file}\n${line}\n${wish.ruleId}`;
          for (const resourceId of ids)
            found.push({ source, ...wish, resourceId, wish: key, file: file.file, line });
          if (source === 'peer' || ids.length > 0 || block?.type === 'resource' || seen.has(key)) continue;
          seen.add(key);
          loose.push(unattached(file, wish.ruleId, line));
        }
      }
    }
    return { found, loose };
  }
}

function unattached({ file }: HclFile, ruleId: string, line: number): SourceDiagnostic {
  return {
    code: 'suppression-unattached',
    severity: 'warning',
    message: `the comment that ignores \`${ruleId}\` has no effect: it is not on a resource`,
    where: `${file}:${line}:1`,
    affects: [],
  };
}

interface FoundWish {
  readonly source: 'comment' | 'peer';
  readonly wish: IgnoreWish;
  readonly line: number;
  readonly block: HclBlock | undefined;
}

function wishesIn(file: HclFile, text: SourceText | undefined): readonly FoundWish[] {
  return file.comments.flatMap(({ content, start, isAlone, end }): FoundWish[] => {
    const said = content.trim();
    const isOwn = said.startsWith(ignoreMarker);
    if (!isOwn && !peerMarkers.some((marker) => said.startsWith(marker))) return [];
    const wishes = isOwn ? [parseIgnoreWish(said.slice(ignoreMarker.length))] : peerWishes(said);
    const line = text?.position(start).line ?? 1;
    const block = blockAt(file, start, end, isAlone);
    return wishes.flatMap((wish) =>
      wish === undefined ? [] : [{ source: isOwn ? 'comment' : 'peer', wish, line, block }],
    );
  });
}

/** The block that a comment stands in, at the end of, or before. */
function blockAt(file: HclFile, start: number, end: number, isAlone: boolean): HclBlock | undefined {
  const blocks = file.body.items.filter((item): item is HclBlock => item.kind === 'block');
  const around = blocks.find((block) => block.start <= start && start < block.end);
  if (around !== undefined) return around;
  if (!isAlone) return blocks.findLast((block) => block.end <= start);
  const next = blocks.find((block) => block.start >= end);
  if (next === undefined) return undefined;
  // Only comments and white space may stand between.
  let between = file.text.slice(end, next.start);
  for (const comment of file.comments)
    if (comment.start >= end && comment.end <= next.start)
      between = between.replace(file.text.slice(comment.start, comment.end), '');
  return between.trim() === '' && !/\n[\t ]*\r?\n/.test(between) ? next : undefined;
}

function nameOf({ address, module, mode, type, name, key }: PlanInstance): InstanceName {
  const resource = `${mode === 'data' ? 'data.' : ''}${type}.${name}`;
  return { address, module, resource, ...(key === undefined ? {} : { key }) };
}

interface InstanceIndex {
  readonly instances: ReadonlyMap<string, PlanInstance>;
  readonly keys: ReadonlyMap<string, readonly InstanceKey[]>;
  readonly calls: ReadonlyMap<string, readonly InstanceKey[]>;
}

function indexOf(all: readonly PlanInstance[]): InstanceIndex {
  const instances = new Map<string, PlanInstance>();
  const keys = new Map<string, InstanceKey[]>();
  const calls = new Map<string, Set<InstanceKey>>();
  const modules = new Set<string>();
  for (const instance of all) {
    instances.set(instance.address, instance);
    if (instance.key !== undefined) {
      const at = `${instance.module}\n${nameOf(instance).resource}`;
      const known = keys.get(at);
      if (known === undefined) keys.set(at, [instance.key]);
      else known.push(instance.key);
    }
    for (let { module } = instance; module !== '' && !modules.has(module); module = parentModule(module)) {
      modules.add(module);
      const step = moduleSteps(module).at(-1);
      if (step === undefined || step.key === '') continue;
      const at = `${parentModule(module)}\n${step.name}`;
      const inner = step.key.slice(1, -1);
      const key = inner.startsWith('"') ? (JSON.parse(inner) as string) : Number(inner);
      calls.set(at, (calls.get(at) ?? new Set()).add(key));
    }
  }
  return { instances, keys, calls: new Map([...calls].map(([at, found]) => [at, [...found]])) };
}

/** `a.b[0].c`, as references in a plan are written. */
function attributeText(path: Path): string {
  return path
    .map((segment, index) =>
      typeof segment === 'number' ? `[${segment}]` : `${index > 0 ? '.' : ''}${segment}`,
    )
    .join('');
}
