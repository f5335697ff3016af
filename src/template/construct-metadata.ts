import { relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { entriesOf, isRawObject, member } from '../text/raw.ts';

/** A line of the user's own code. */
export interface SourceLine {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** What is known of a resource from outside its template (a cloud assembly's metadata). */
export interface ConstructInfo {
  readonly constructPath?: string;
  readonly sourceLine?: SourceLine;
}

/** `Validations.of(construct).acknowledge(...)`: silence for one rule below one construct. */
export interface Acknowledgement {
  /** As written: `<plugin>::<rule>`. */
  readonly id: string;
  readonly reason: string | undefined;
  /** With a leading slash, as in the metadata. */
  readonly constructPath: string;
  readonly at: SourceLine | undefined;
}

/** What a stack's metadata file tells, nested stacks' resources included. */
export interface ConstructMetadata {
  /** By template file (relative to the assembly's folder), then logical id. */
  readonly resources: ReadonlyMap<string, ReadonlyMap<string, ConstructInfo>>;
  readonly acknowledgements: readonly Acknowledgement[];
}

/**
 * Reads the metadata of one stack artifact: construct path -> entries of `{type, data, trace}`.
 * `stackTemplate` is the template of resources below no nested stack.
 */
export function readConstructMetadata(raw: unknown, stackTemplate: string, cwd: string): ConstructMetadata {
  const templates = new Map<string, string>();
  const logicalIds: { path: string; logicalId: string; sourceLine: SourceLine | undefined }[] = [];
  const acknowledgements: Acknowledgement[] = [];
  for (const [path, list] of entriesOf(raw)) {
    const entries = Array.isArray(list) ? (list as unknown[]) : [];
    const template = dataOf(entries, 'aws:cdk:templateFile');
    const logicalId = dataOf(entries, 'aws:cdk:logicalId');
    if (typeof template === 'string') templates.set(path, template);
    if (typeof logicalId === 'string')
      logicalIds.push({ path, logicalId, sourceLine: creationLine(entries, cwd) });
    acknowledgements.push(...acknowledgementsOf(entries, path, cwd));
  }
  const resources = new Map<string, Map<string, ConstructInfo>>();
  for (const { path, logicalId, sourceLine } of logicalIds) {
    const template = templateOf(path, templates) ?? stackTemplate;
    const known = resources.get(template) ?? new Map<string, ConstructInfo>();
    resources.set(template, known);
    known.set(logicalId, {
      constructPath: path.slice(1),
      ...(sourceLine === undefined ? {} : { sourceLine }),
    });
  }
  return { resources, acknowledgements };
}

function entryOf(entries: readonly unknown[], type: string): unknown {
  return entries.find((entry) => member(entry, 'type') === type);
}

function dataOf(entries: readonly unknown[], type: string): unknown {
  return member(entryOf(entries, type), 'data');
}

/** The template that the nearest construct above a path writes. */
function templateOf(path: string, templates: ReadonlyMap<string, string>): string | undefined {
  for (let above = path; above !== ''; above = above.slice(0, above.lastIndexOf('/'))) {
    const found = templates.get(above);
    if (found !== undefined) return found;
  }
  return undefined;
}

function creationLine(entries: readonly unknown[], cwd: string): SourceLine | undefined {
  const stack =
    dataOf(entries, 'aws:cdk:creationStack') ?? member(entryOf(entries, 'aws:cdk:logicalId'), 'trace');
  return firstUserLine(stack, cwd);
}

function acknowledgementsOf(
  entries: readonly unknown[],
  constructPath: string,
  cwd: string,
): Acknowledgement[] {
  return entries
    .filter((entry) => member(entry, 'type') === 'aws:cdk:acknowledged-rules')
    .flatMap((entry) => {
      const data = member(entry, 'data');
      const at = firstUserLine(member(entry, 'trace'), cwd);
      return isRawObject(data)
        ? Object.entries(data).map(([id, reason]) => ({
            id,
            reason: typeof reason === 'string' ? reason : undefined,
            constructPath,
            at,
          }))
        : [];
    });
}

/** The first frame of a stack trace that stands in the user's own code. */
function firstUserLine(trace: unknown, cwd: string): SourceLine | undefined {
  for (const frame of Array.isArray(trace) ? (trace as unknown[]) : []) {
    if (typeof frame !== 'string' || frame.length > 2000) continue;
    const [, path, line, column] = /\(([^()]+):(\d+):(\d+)\)$/.exec(frame) ?? [];
    if (path === undefined || path.startsWith('node:') || /[/\\]node_modules[/\\]/.test(path)) continue;
    return { file: relativeFile(path, cwd), line: Number(line), column: Number(column) };
  }
  return undefined;
}

function relativeFile(path: string, cwd: string): string {
  const plain = path.startsWith('file://') ? fileURLToPath(path) : path;
  return relative(cwd, plain).split(sep).join('/');
}
