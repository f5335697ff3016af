import { givenToTransforms } from './environment.ts';
import { dirname, resolve } from 'node:path';
import type { Value } from '../model/value.ts';
import { withIncludedBodies } from './documents.ts';
import { loadTemplate, type LoadedFile, type TemplateUse } from './load-template.ts';
import type { SourceDiagnostic } from '../model/source.ts';
import type { UnreadableFileError } from '../files/read-regular-file.ts';
import { standardInputName, type LeftOut } from './find-inputs.ts';
import { nestingLimit, passedParameters, reportLimit, reportMissing } from './nested-stacks.ts';
import { entriesOf, member } from '../text/raw.ts';
import { assumptionsOf, orAssumed } from './assumptions.ts';
import { givenParameter, type ReadContext } from './read-context.ts';
import { Stack } from './stack.ts';
import { expandTransformsOfFile } from './transforms.ts';

type LoadedTemplate = Extract<LoadedFile, { kind: 'template' }>;

/** Reads template files: each a scope of its own, except those that another one nests. */
export async function addTemplateFiles(
  files: readonly { readonly path: string; readonly explicit: boolean }[],
  context: ReadContext,
): Promise<void> {
  const folder = new TemplateFiles(context);
  for (const { path, explicit } of files) await folder.load(path, explicit ? 'named' : 'found');
  await folder.loadNested();
  await folder.addStacks();
}

class TemplateFiles {
  readonly #loaded = new Map<string, LoadedTemplate>();
  /** Files that a template nests, by the path of each. */
  readonly #nested = new Set<string>();
  /** Templates of which a stack was made, and how many resources they came to. */
  readonly #added = new Map<string, number>();

  constructor(readonly context: ReadContext) {}

  async load(path: string, use: TemplateUse): Promise<void> {
    const { builder, nameOf } = this.context;
    const name = nameOf(path);
    const { stdin } = this.context.options;
    const given = stdin !== undefined && name === standardInputName ? stdin : undefined;
    const loaded = await loadTemplate(path, name, use, this.context.access, given);
    if (loaded.kind === 'template') this.#loaded.set(path, loaded);
    else if (loaded.kind === 'terraform') this.#handOn(path, name, loaded);
    else if (loaded.kind === 'broken') {
      builder.addTemplate(loaded.parsed);
      builder.addInput(name, 'template', [loaded.bytes], 0);
    } else if (loaded.kind === 'unreadable') {
      // A nested template that is not there is said of the stack that names it.
      if (use === 'nested' && loaded.error.reason === 'missing') return;
      builder.leaveOut(name, loaded.error.message, use === 'named' ? 'denied' : kindOf(loaded.error));
    } else {
      builder.skipped.push({ name, reason: loaded.reason });
      if (use === 'named') builder.diagnostics.push(notATemplate(name, loaded.reason));
    }
  }

  /** What is Terraform's is for another reader, where there is one. */
  #handOn(
    path: string,
    name: string,
    { form, bytes, text }: Extract<LoadedFile, { kind: 'terraform' }>,
  ): void {
    const { handOn } = this.context.options;
    if (handOn !== undefined) handOn({ name, path, form, bytes, ...(text === undefined ? {} : { text }) });
    else this.context.builder.skipped.push({ name, reason: 'it is a Terraform plan' });
  }

  /** Follows local TemplateURLs, also to files that nobody named; the map grows while it is walked. */
  async loadNested(): Promise<void> {
    for (const [path, { root }] of this.#loaded) {
      for (const nested of localTemplates(path, root['Resources']).values()) {
        if (nested === path) continue;
        if (!this.#loaded.has(nested)) await this.load(nested, 'nested');
        if (this.#loaded.has(nested)) this.#nested.add(nested);
      }
    }
  }

  async addStacks(): Promise<void> {
    for (const path of this.#loaded.keys()) if (!this.#nested.has(path)) await this.#addRoot(path);
    // Templates that nest each other have no root among them.
    for (const path of this.#loaded.keys()) if (!this.#added.has(path)) await this.#addRoot(path);
    for (const [path, { bytes }] of this.#loaded) {
      const count = this.#added.get(path) ?? 0;
      this.context.builder.addInput(this.context.nameOf(path), 'template', [bytes], count);
    }
  }

  async #addRoot(path: string): Promise<void> {
    const name = this.context.nameOf(path);
    const given = (key: string): Value | undefined => givenParameter(this.context.options, key);
    await this.#addStack(path, this.context.builder.stackId(name, name), name, given, []);
  }

  async #addStack(
    path: string,
    id: string,
    scope: string,
    passed: (name: string) => Value | undefined,
    ancestors: readonly string[],
    rootId = id,
  ): Promise<Stack | undefined> {
    const template = this.#loaded.get(path);
    if (template === undefined || ancestors.includes(path)) return undefined;
    const { builder, environment } = this.context;
    const folder = dirname(path);
    const assets = { folder, access: this.context.access };
    const assumed = assumptionsOf(id, this.context.options.assumptions);
    const given = orAssumed(passed, assumed);
    // A template that is nested twice may come to something else each time.
    const known = givenToTransforms(given, environment);
    const parsed = await expandTransformsOfFile(await withIncludedBodies(template.parsed, assets), known);
    const root = parsed.root ?? template.root;
    const place = { id, rootId, scope, environment, given, assumed, assets };
    const stack = new Stack(parsed, root, place, builder.reading);
    this.#added.set(path, entriesOf(root['Resources']).length);
    await builder.prepare(stack.root);
    builder.addStack(stack);
    const local = localTemplates(path, stack.root['Resources']);
    for (const [logicalId, nested] of local) {
      if (this.#isTooMuch(nested, path, ancestors)) {
        reportLimit(stack, logicalId);
        continue;
      }
      const child = await this.#addStack(
        nested,
        `${id}/${logicalId}`,
        scope,
        passedParameters(stack, logicalId),
        [...ancestors, path],
        rootId,
      );
      if (child === undefined) reportMissing(stack, logicalId);
      else stack.nested.set(logicalId, child);
    }
    for (const logicalId of stack.nestedStackIds())
      if (!local.has(logicalId)) reportMissing(stack, logicalId);
    return stack;
  }

  /** True where a template that nests others may not be made a stack once more. */
  #isTooMuch(nested: string, path: string, ancestors: readonly string[]): boolean {
    const template = this.#loaded.get(nested);
    if (template === undefined || nested === path || ancestors.includes(nested)) return false;
    const resources = entriesOf(template.root['Resources']).length;
    return ancestors.length + 1 >= nestingLimit || !this.context.builder.copies.take(nested, resources);
  }
}

/** Nested stacks whose template is a file beside this one, by logical id. */
function localTemplates(path: string, resources: unknown): Map<string, string> {
  const found = new Map<string, string>();
  for (const [logicalId, raw] of entriesOf(resources)) {
    const type = member(raw, 'Type');
    const key = type === 'AWS::CloudFormation::Stack' ? 'TemplateURL' : 'Location';
    if (type !== 'AWS::CloudFormation::Stack' && type !== 'AWS::Serverless::Application') continue;
    const url = member(member(raw, 'Properties'), key);
    if (typeof url === 'string' && url !== '' && !/^[a-z][a-z0-9+.-]*:/i.test(url)) {
      found.set(logicalId, resolve(dirname(path), url));
    }
  }
  return found;
}

function notATemplate(name: string, reason: string): SourceDiagnostic {
  const message = `\`${name}\` is not a CloudFormation template: ${reason}`;
  return { code: 'not-a-template', severity: 'error', message, where: name, affects: [] };
}

/** What a file in a folder that could not be read means: a missing one is no loss, all others may hide something. */
function kindOf({ reason }: UnreadableFileError): LeftOut['kind'] {
  if (reason === 'outside') return 'outside';
  return reason === 'denied' ? 'denied' : 'other';
}
