import { scalarText } from '../model/scalar-text.ts';
import { readdir, stat } from 'node:fs/promises';
import { basename, extname, join, relative, resolve, sep } from 'node:path';
import {
  realPathWithin,
  readRegularText,
  UnreadableFileError,
  type FileAccess,
} from '../files/read-regular-file.ts';
import { toPointer } from '../model/location.ts';
import type { CodeEvidence } from '../model/resource.ts';
import { codeSigns, type CodeSign } from '../code/code-signs.ts';
import { templateDiagnostic } from '../text/diagnostic.ts';
import { findLocalAsset, type AssetPlace } from './local-assets.ts';
import { entriesOf, member, type RawObject } from '../text/raw.ts';
import type { Stack } from './stack.ts';

const fileLimit = 200;
const totalLimitBytes = 20 * 1024 * 1024;

/** Text that code is written in; everything else in a bundle is passed over. */
const sourceExtensions: ReadonlySet<string> = new Set([
  '.js',
  '.mjs',
  '.cjs',
  '.ts',
  '.mts',
  '.cts',
  '.py',
  '.java',
  '.kt',
  '.go',
  '.rs',
  '.cs',
  '.rb',
]);
/** Files that a Java project is built by; what is beside them is its source, and what was built of it. */
const javaBuildFiles = ['pom.xml', 'build.gradle', 'build.gradle.kts'];
const dependencyFiles: ReadonlySet<string> = new Set([
  'package.json',
  'requirements.txt',
  'pyproject.toml',
  ...javaBuildFiles,
]);

type FoundSign = CodeEvidence['found'][number];

/** Looks into the code of a stack's functions, as far as it is at hand; bundles are read once each. */
export async function addCodeEvidence(
  stack: Stack,
  bundles: Map<string, Promise<CodeEvidence | undefined>>,
  access: FileAccess,
): Promise<void> {
  for (const [logicalId, { raw }] of stack.written) {
    const evidence = await readFunction(stack, logicalId, raw, bundles, access);
    if (evidence !== undefined) stack.code.set(logicalId, evidence);
  }
}

async function readFunction(
  stack: Stack,
  logicalId: string,
  raw: RawObject,
  bundles: Map<string, Promise<CodeEvidence | undefined>>,
  { readFile }: FileAccess,
): Promise<CodeEvidence | undefined> {
  const properties = raw['Properties'];
  const isSam = raw['Type'] === 'AWS::Serverless::Function';
  if (!isSam && raw['Type'] !== 'AWS::Lambda::Function') return undefined;
  const code = member(properties, isSam ? 'CodeUri' : 'Code');
  const inline = stack.resolver.resolve(isSam ? member(properties, 'InlineCode') : member(code, 'ZipFile'));
  if (typeof inline === 'string') return readInline(inline);
  const place = stack.options.assets;
  const context = place === undefined ? undefined : imageContext(raw, place);
  const path = context ?? (place === undefined ? undefined : findLocalAsset(code, raw, place));
  if (place === undefined || path === undefined) return undefined;
  if (await leadsOutside(path, place)) {
    stack.diagnostics.push(codeOutside(stack, logicalId));
    return undefined;
  }
  const known = bundles.get(path) ?? readBundle(path, { readFile });
  bundles.set(path, known);
  const evidence = await known;
  // An image holds more than its context: what its base image has and what its build fetches.
  const isImage = context !== undefined || member(properties, 'PackageType') === 'Image';
  return evidence !== undefined && isImage ? { ...evidence, complete: false } : evidence;
}

/** Folder that an image is built from, as the SAM CLI finds it. https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/serverless-sam-cli-using-build.html */
function imageContext(raw: RawObject, { folder }: AssetPlace): string | undefined {
  const context = member(raw['Metadata'], 'DockerContext');
  return member(raw['Properties'], 'PackageType') === 'Image' && typeof context === 'string'
    ? resolve(folder, context)
    : undefined;
}

async function leadsOutside(path: string, { access }: AssetPlace): Promise<boolean> {
  const found = await realPathWithin(path, access.within).catch((error: unknown) => error);
  return found instanceof UnreadableFileError && found.reason === 'outside';
}

function codeOutside(stack: Stack, logicalId: string): ReturnType<typeof templateDiagnostic> {
  const type = scalarText(stack.written.get(logicalId)?.raw['Type']);
  return templateDiagnostic(stack.parsed, toPointer(['Resources', logicalId]), {
    code: 'outside-of-root',
    severity: 'warning',
    message: `the code of \`${logicalId}\` is outside of the scanned folders and was not read; scan a folder that holds both, or name it by --root`,
    affects: [type],
  });
}

function readInline(text: string): CodeEvidence {
  return { source: 'inline code', complete: true, found: uniqueSigns(signsInText(text, 'inline code')) };
}

/** Reads a bundle's folder or single file; a zip archive stays unread and says so; nothing where there is none. */
async function readBundle(path: string, access: FileAccess): Promise<CodeEvidence | undefined> {
  const project = await javaProjectOf(path);
  if (project !== undefined) return readBundle(project, access);
  const reader = new BundleReader(path, access);
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return undefined;
  if (found.isDirectory()) await reader.folder(path, 0);
  else if (sourceExtensions.has(extname(path))) await reader.file(path);
  else reader.complete = false;
  return reader.sawNothing() ? undefined : reader.evidence();
}

/** The Java project that an archive below `target` or `build` is made of, built or not. */
async function javaProjectOf(path: string): Promise<string | undefined> {
  const folder = /^(.*)[\\/](?:target|build[\\/](?:libs|distributions))[\\/][^\\/]+\.(?:jar|zip)$/.exec(
    path,
  )?.[1];
  if (folder === undefined) return undefined;
  for (const name of javaBuildFiles) if (await isFile(join(folder, name))) return folder;
  return undefined;
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isFile() === true;
}

class BundleReader {
  complete = true;
  readonly #found: FoundSign[] = [];
  readonly #read: string[] = [];
  #bytes = 0;

  /** @param access of files of a folder that was found to be inside. */
  constructor(
    readonly root: string,
    readonly access: FileAccess,
  ) {}

  /** True where there was neither code nor anything that may hold some: a template beside code that is not there. */
  sawNothing(): boolean {
    return this.complete && this.#read.length === 0;
  }

  evidence(): CodeEvidence {
    const shown = this.#read.slice(0, 3).join(', ');
    const more = this.#read.length > 3 ? `, and ${this.#read.length - 3} more` : '';
    const source = `${shorten(basename(this.root))}${shown === '' ? '' : ` (${shown}${more})`}`;
    return { source, complete: this.complete, found: uniqueSigns(this.#found) };
  }

  async folder(path: string, depth: number): Promise<void> {
    if (depth > 20) {
      this.complete = false;
      return;
    }
    const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
    entries.sort((left, right) => (left.name < right.name ? -1 : 1));
    const names = entries.map((entry) => entry.name);
    const isProject = javaBuildFiles.some((name) => names.includes(name));
    const libraries = installedLibraries(names);
    // What was built, and what only tests use, is not what runs.
    for (const name of isProject ? ['target', 'build', '.gradle', '.mvn', 'gradle'] : []) libraries.add(name);
    if (basename(path) === 'src' && names.includes('main')) libraries.add('test');
    for (const entry of entries) {
      const full = join(path, entry.name);
      if (entry.isFile()) await this.file(full);
      else if (entry.isDirectory() && !libraries.has(entry.name)) await this.folder(full, depth + 1);
    }
  }

  async file(path: string): Promise<void> {
    const name = relative(this.root, path).split(sep).join('/') || basename(path);
    const isDependencyFile = dependencyFiles.has(basename(path)) || /\.[cm]?js\.map$/.test(path);
    if (!isDependencyFile && !sourceExtensions.has(extname(path))) {
      // A nested archive may hold what is looked for.
      if (/\.(?:zip|jar|whl)$/.test(path)) this.complete = false;
      return;
    }
    const size = (await stat(path).catch(() => undefined))?.size ?? Infinity;
    if (this.#read.length >= fileLimit || this.#bytes + size > totalLimitBytes) {
      this.complete = false;
      return;
    }
    const text = await readRegularText(path, totalLimitBytes, this.access).catch(() => undefined);
    if (text === undefined || text.includes('\0')) return;
    this.#bytes += size;
    this.#read.push(name);
    this.#found.push(...(isDependencyFile ? signsInDependencies(text, name) : signsInText(text, name)));
    // In minified code, names are gone; an absence proves nothing.
    if (!isDependencyFile && isMinified(text)) this.complete = false;
  }
}

function isMinified(text: string): boolean {
  return text.length > 5000 && text.length / (text.split('\n').length || 1) > 500;
}

function shorten(name: string): string {
  return name.replace(/^(asset\.[0-9a-f]{8})[0-9a-f]+/, '$1…');
}

/** Folders in a bundle that hold libraries, whose own source would show signs that the function does not. */
function installedLibraries(names: readonly string[]): Set<string> {
  const found = new Set(['node_modules', '__pycache__', '.git']);
  for (const name of names) {
    const library = /^([A-Za-z0-9_.]+)-[^-]+\.(?:dist|egg)-info$/.exec(name)?.[1];
    if (library !== undefined) found.add(name).add(library).add(library.toLowerCase());
  }
  return found;
}

function signsInText(text: string, file: string): FoundSign[] {
  return codeSigns.flatMap((sign) => {
    const shown = sign.texts.find((part) => text.includes(part)) ?? firstMatch(sign, text);
    return shown === undefined ? [] : [{ capability: sign.capability, sign: shown, file }];
  });
}

function firstMatch(sign: CodeSign, text: string): string | undefined {
  for (const pattern of sign.patterns) {
    const found = pattern.exec(text);
    if (found !== null) return found[0].slice(0, 80);
  }
  return undefined;
}

function signsInDependencies(text: string, file: string): FoundSign[] {
  const names = dependencyNames(text, file);
  return codeSigns.flatMap(({ capability, dependencies }) => {
    const shown = names.find((name) =>
      dependencies.some((wanted) => (wanted.endsWith('/') ? name.startsWith(wanted) : name === wanted)),
    );
    return shown === undefined ? [] : [{ capability, sign: shown, file }];
  });
}

function dependencyNames(text: string, file: string): string[] {
  if (file.endsWith('.map')) return bundledNames(text);
  if (javaBuildFiles.includes(basename(file))) return javaNames(text);
  return file.endsWith('package.json') ? packageNames(text) : pythonNames(text);
}

/** Packages that a source map names among the sources of a bundle, where minifying left no other trace of them. */
function bundledNames(text: string): string[] {
  try {
    const sources = member(JSON.parse(text), 'sources');
    const paths = Array.isArray(sources) ? (sources as unknown[]) : [];
    const names = paths.flatMap((path) => {
      const [, ...inside] = scalarText(path).split('node_modules/');
      return inside.slice(-1).map((name) => name.split('/'));
    });
    const isScoped = (name: readonly string[]): boolean => name[0]?.startsWith('@') === true;
    return [...new Set(names.map((name) => name.slice(0, isScoped(name) ? 2 : 1).join('/')))];
  } catch {
    return [];
  }
}

function packageNames(text: string): string[] {
  try {
    return entriesOf(member(JSON.parse(text), 'dependencies')).map(([name]) => name);
  } catch {
    return [];
  }
}

/** Artifacts of a pom.xml (`<artifactId>name<`) or a Gradle build (`'group:name:version'`); those of tests left out. */
function javaNames(text: string): string[] {
  const maven = text
    .split('<dependency>')
    .slice(1)
    .flatMap((part) => {
      const [body = ''] = part.split('</dependency>');
      return /<scope>\s{0,20}test\s{0,20}</.test(body)
        ? []
        : (/<artifactId>\s{0,20}([\w.-]{1,100})/.exec(body)?.[1] ?? []);
    });
  const gradle = text.split('\n').flatMap((line) => {
    if (/^\s{0,40}test[A-Z]/.test(line)) return [];
    return /["'][\w.-]{1,100}:([\w.-]{1,100})(?::[^"']{1,60})?["']/.exec(line)?.[1] ?? [];
  });
  return [...maven, ...gradle];
}

/** Names at the start of requirement lines, bare or quoted (`name==1.0`, `"name>=2"`, `name = "^1"`). */
function pythonNames(text: string): string[] {
  return text.split('\n').flatMap((line) => {
    const name = /^\s{0,20}["']?([A-Za-z0-9][A-Za-z0-9._-]{0,100})/.exec(line)?.[1];
    return name === undefined ? [] : [name.toLowerCase().replaceAll('_', '-')];
  });
}

/** The first sign of each capability is enough. */
function uniqueSigns(found: readonly FoundSign[]): FoundSign[] {
  const seen = new Set<string>();
  return found.filter(({ capability }) => !seen.has(capability) && seen.add(capability));
}
