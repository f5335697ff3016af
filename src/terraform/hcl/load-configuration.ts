import type { SourceDiagnostic } from '../../model/source.ts';
import { SourceText } from '../../text/source-text.ts';
import {
  attributeIn,
  attributesIn,
  plainText,
  sourceModule,
  type Configuration,
  type Declared,
  type SourceModule,
} from './configuration.ts';
import { parseHcl } from './parse-hcl.ts';
import type { HclAttribute, HclFile } from './syntax.ts';

/** A file of a folder of the sources. */
export interface SourceFileText {
  /** Its name without the folder. */
  readonly base: string;
  /** Its path as reports name it. */
  readonly name: string;
  readonly text: string;
}

/** Where sources are read from: a folder, or the archive of a plan. Paths are relative to the root module. */
export interface SourceTree {
  /** The files of a folder that are Terraform's; undefined where there is no such folder. */
  readonly filesIn: (folder: string) => Promise<readonly SourceFileText[] | undefined>;
  /** Folder of a module by its key (`api.routes`), as `terraform init` wrote it down. */
  readonly folderOf: (key: string) => string | undefined;
  /** Text of any file; undefined where it may not be read. */
  readonly readFile: (path: string) => string | undefined;
}

export interface LoadedSources {
  readonly configuration: Configuration;
  readonly diagnostics: readonly SourceDiagnostic[];
  readonly readFile: (path: string) => string | undefined;
}

/** More modules than these are not read. */
const moduleLimit = 5_000;
/** Modules in modules. */
const nestingLimit = 30;

/** Reads the root module and everything that it calls; each folder is read once. */
export async function loadConfiguration(tree: SourceTree): Promise<LoadedSources> {
  const loader = new Loader(tree);
  await loader.load('', '.');
  return { ...loader.finish(), readFile: tree.readFile };
}

class Loader {
  readonly #modules = new Map<string, SourceModule>();
  readonly #folders = new Map<string, SourceModule | undefined>();
  readonly #diagnostics: SourceDiagnostic[] = [];
  readonly #assigned = new Map<string, Declared<HclAttribute>>();
  readonly #missing = new Map<string, string>();

  constructor(readonly tree: SourceTree) {}

  async load(path: string, folder: string): Promise<void> {
    const module = await this.#folder(folder);
    if (module === undefined || this.#modules.size >= moduleLimit) {
      if (path !== '') this.#missing.set(path, folder);
      return;
    }
    this.#modules.set(path, module);
    const keys = keysOf(path);
    if (keys.length >= nestingLimit) return;
    for (const [call, { node }] of module.calls) {
      const at = path === '' ? `module.${call}` : `${path}.module.${call}`;
      const source = plainText(attributeIn(node.body, 'source')?.value) ?? '';
      const found = this.tree.folderOf([...keys, call].join('.')) ?? localFolder(folder, source);
      if (found === undefined) this.#missing.set(at, source);
      else await this.load(at, found);
    }
  }

  async #folder(folder: string): Promise<SourceModule | undefined> {
    if (this.#folders.has(folder)) return this.#folders.get(folder);
    const files = await this.tree.filesIn(folder);
    const module = files === undefined ? undefined : this.#read(folder, files);
    this.#folders.set(folder, module);
    return module;
  }

  #read(folder: string, files: readonly SourceFileText[]): SourceModule {
    const parsed: HclFile[] = [];
    for (const { base, name, text } of files) {
      if (/\.(?:tf|tofu)(?:\.json)?$/.test(base)) parsed.push(this.#parse(name, text));
      else if (folder === '.' && /(?:^terraform|\.auto)\.tfvars(?:\.json)?$/.test(base))
        this.#assign(this.#parse(name, text));
    }
    return sourceModule(folder, parsed);
  }

  #assign(file: HclFile): void {
    for (const node of attributesIn(file.body)) this.#assigned.set(node.name, { file, node });
  }

  /** One diagnostic a file: what follows the first error is often of its making. */
  #parse(name: string, text: string): HclFile {
    const file = parseHcl(text, name);
    const [first, ...others] = file.errors;
    if (first === undefined) return file;
    const source = new SourceText(text);
    const [start, end] = [source.position(first.start), source.position(first.end)];
    const more =
      others.length === 0
        ? ''
        : `, and ${others.length} more ${others.length === 1 ? 'place' : 'places'} cannot be read`;
    this.#diagnostics.push({
      code: 'terraform-syntax',
      severity: 'warning',
      message: `\`${name}\` is not valid: ${first.message}${more}; the rest of the file is used`,
      where: `${name}:${start.line}:${start.column}`,
      location: {
        file: name,
        pointer: '',
        startLine: start.line,
        startColumn: start.column,
        endLine: end.line,
        endColumn: end.column,
      },
      affects: ['*'],
    });
    return file;
  }

  finish(): Pick<LoadedSources, 'configuration' | 'diagnostics'> {
    for (const [path, source] of this.#missing)
      this.#diagnostics.push({
        code: 'terraform-module-missing',
        severity: 'warning',
        message: `the sources of \`${path}\` (\`${source}\`) are not available, so its resources are read only from the plan; run \`terraform init\` in the folder that --sources names`,
        where: path,
        affects: [],
      });
    return {
      configuration: { modules: this.#modules, assigned: this.#assigned },
      diagnostics: this.#diagnostics,
    };
  }
}

function keysOf(path: string): string[] {
  return path === '' ? [] : path.slice('module.'.length).split('.module.');
}

/** The folder of a module that is called by a path; undefined for one from a registry or a repository. */
function localFolder(folder: string, source: string): string | undefined {
  if (!/^\.{1,2}(?:\/|$)/.test(source)) return undefined;
  return joinFolders(folder, source);
}

/** A path with `.` and `..` taken in; what leads out of the root module keeps its `..`. */
export function joinFolders(folder: string, path: string): string {
  const steps: string[] = [];
  for (const step of `${folder}/${path}`.split('/')) {
    if (step === '' || step === '.') continue;
    if (step === '..' && steps.length > 0 && steps.at(-1) !== '..') steps.pop();
    else steps.push(step);
  }
  return steps.length === 0 ? '.' : steps.join('/');
}
