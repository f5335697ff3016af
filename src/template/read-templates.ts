import type { CodeCapability, CodeEvidence } from '../model/resource.ts';
import type { SourceDiagnostic, SourceReading } from '../model/source.ts';
import { givenToTransforms, type Environment } from './environment.ts';
import { alike } from './alike.ts';
import { addAssembly } from './assembly.ts';
import { assumptionsOf, orAssumed } from './assumptions.ts';
import { addCodeEvidence } from './code-evidence.ts';
import { addDocuments } from './documents.ts';
import { idleAssumptions } from './idle-assumptions.ts';
import { findInputs, relativeName } from './find-inputs.ts';
import { addTemplateFiles } from './template-folder.ts';
import { parseTemplateObject, parseTemplateText, type ParsedTemplate } from '../text/parse-template.ts';
import { isTemplate, withoutResources } from './load-template.ts';
import { reportMissing } from './nested-stacks.ts';
import { entriesOf, isRawObject } from '../text/raw.ts';
import { givenParameter, type ReadContext, type ReadTemplatesOptions } from './read-context.ts';
import { ReadingBuilder } from './reading-builder.ts';
import { Stack } from './stack.ts';
import { expandTransforms, hasSamTransform, loadSamExpander, type SamExpander } from './transforms.ts';

export type { ReadTemplatesOptions };

/**
 * Reads template files, folders of them, and cloud assemblies. What is wrong with a file becomes
 * a diagnostic; only a path that does not exist throws (HeadgateError `input-missing`).
 */
export async function readTemplates(
  paths: readonly string[],
  options: ReadTemplatesOptions,
): Promise<SourceReading> {
  const found = await findInputs(paths, options);
  const builder = new ReadingBuilder();
  const context: ReadContext = {
    builder,
    options,
    environment: environmentOf(options),
    access: { within: found.boundary, readFile: options.readFile },
    nameOf: (path) => relativeName(options.cwd, path),
  };
  for (const { path, reason, kind } of found.leftOut) builder.leaveOut(context.nameOf(path), reason, kind);
  for (const folder of found.assemblies) await addAssembly(folder, context);
  await addTemplateFiles(found.templates, context);
  builder.diagnostics.push(...unknownParameters(builder, options));
  builder.diagnostics.push(...idleAssumptions(builder.stacks, options.assumptions));
  await readBeside(context);
  return builder.finish();
}

/** Parameters that were given and that no template declares. */
function unknownParameters(
  { stacks }: ReadingBuilder,
  { parameters = {} }: ReadTemplatesOptions,
): SourceDiagnostic[] {
  const given = Object.keys(parameters);
  if (given.length === 0 || stacks.length === 0) return [];
  const declared = new Set(stacks.flatMap(({ root }) => entriesOf(root['Parameters']).map(([name]) => name)));
  return given
    .filter((name) => !declared.has(name))
    .map((name) => ({
      code: 'parameter-unknown',
      severity: 'warning',
      message: `the value for the parameter \`${name}\` has no effect: no template declares it${alike(name, declared)}`,
      where: 'parameters',
      affects: [],
    }));
}

/** Documents and bundles lie beside the templates; the same bundle is read once. */
async function readBeside({ builder, options, access }: ReadContext): Promise<void> {
  const bundles = new Map<string, Promise<CodeEvidence | undefined>>();
  for (const stack of builder.stacks) {
    await addDocuments(stack, builder.documents);
    if (options.readCode === true) await addCodeEvidence(stack, bundles, access);
  }
}

/** What may be said about a template that is held in memory. */
export interface ReadTemplateOptions extends Omit<
  ReadTemplatesOptions,
  'cwd' | 'root' | 'readCode' | 'readFile'
> {
  /** Capabilities that functions' code shows: logical id -> names. */
  readonly code?: Readonly<Record<string, readonly string[]>>;
}

/**
 * Reads one template that is held in memory, as a scope of its own; nothing in it has a position, and
 * what lies beside a file (code, documents, nested templates) is not at hand.
 */
export async function readTemplate(
  template: unknown,
  name: string,
  options: ReadTemplateOptions = {},
): Promise<SourceReading> {
  const isSam = isRawObject(template) && hasSamTransform(template);
  const expandSam = isSam ? await loadSamExpander() : undefined;
  const builder = new ReadingBuilder();
  await builder.prepare(template);
  if (isRawObject(template) && !isTemplate(template)) {
    builder.addTemplate(withoutResources(parseTemplateObject(template, name)));
    return builder.finish();
  }
  const stack = addObject(builder, template, name, options, expandSam);
  // Without a place for assets, this is the code that stands in the template.
  if (stack !== undefined) await addCodeEvidence(stack, new Map(), {});
  return finishObject(builder, stack, name, options);
}

/** As `readTemplateObject`, of a template's text in YAML or JSON, with positions in it under the name of a file. */
export function readTemplateText(
  text: string,
  name: string,
  options: ReadTemplateOptions = {},
  expandSam?: SamExpander,
): SourceReading {
  const builder = new ReadingBuilder();
  const stack = addParsed(builder, parseTemplateText(text, name), name, options, expandSam);
  return finishObject(builder, stack, name, options);
}

/** As `readTemplate`, at once and without reading code; AWS::Serverless resources are expanded where an expander is given. */
export function readTemplateObject(
  template: unknown,
  name: string,
  options: ReadTemplateOptions = {},
  expandSam?: SamExpander,
): SourceReading {
  const builder = new ReadingBuilder();
  const stack = addObject(builder, template, name, options, expandSam);
  return finishObject(builder, stack, name, options);
}

function addObject(
  builder: ReadingBuilder,
  template: unknown,
  name: string,
  options: ReadTemplateOptions,
  expandSam: SamExpander | undefined,
): Stack | undefined {
  return addParsed(builder, parseTemplateObject(template, name), name, options, expandSam);
}

function addParsed(
  builder: ReadingBuilder,
  written: ParsedTemplate,
  name: string,
  options: ReadTemplateOptions,
  expandSam: SamExpander | undefined,
): Stack | undefined {
  const assumed = assumptionsOf(name, options.assumptions);
  const given = orAssumed((key) => givenParameter(options, key), assumed);
  const environment = environmentOf(options);
  const parsed = expandTransforms(written, expandSam, givenToTransforms(given, environment));
  if (parsed.root === undefined) {
    builder.addTemplate(parsed);
    return undefined;
  }
  const place = { id: name, scope: name, environment, given, assumed };
  const stack = new Stack(parsed, parsed.root, place, builder.reading);
  builder.addStack(stack);
  for (const logicalId of stack.nestedStackIds()) reportMissing(stack, logicalId);
  return stack;
}

function finishObject(
  builder: ReadingBuilder,
  stack: Stack | undefined,
  name: string,
  { code = {} }: ReadTemplateOptions,
): SourceReading {
  for (const [logicalId, shown] of Object.entries(code)) {
    stack?.code.set(logicalId, { source: name, complete: true, found: shown.map(statedSign) });
  }
  return builder.finish();
}

/** A capability that is stated and not found in a file. */
function statedSign(capability: string): CodeEvidence['found'][number] {
  // An unknown name matches no rule's question, so it needs no check here.
  return { capability: capability as CodeCapability, sign: capability, file: '' };
}

function environmentOf(options: Omit<ReadTemplatesOptions, 'cwd'>): Environment {
  const { region, account, partition } = options;
  return {
    ...(region === undefined ? {} : { region }),
    ...(account === undefined ? {} : { account }),
    ...(partition === undefined ? {} : { partition }),
  };
}
