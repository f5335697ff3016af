import { readFile } from 'node:fs/promises';
import { realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import type { ScannedGraph, FolderSettings } from '../app/scan-folder.ts';
import type { Location, PositionLookup } from '../model/location.ts';
import type { Evaluation } from '../model/scan-result.ts';
import type { Job, WaiveEdit } from './jobs.ts';

type WaiveJob = Extract<Job, { readonly kind: 'waive' }>;

/** A reason to try a waiver with; what is offered holds the reason of the job. */
const trialReason = 'a reason';

/**
 * The edit that waives a finding with a reason, nearest to the finding first: a comment in a YAML template or a `.tf` file,
 * Metadata in JSON, an entry of the waivers file. An edit counts only if a scan with it shows the finding as waived.
 * @param scan scans with texts in the place of files; undefined where the job was cancelled.
 */
export async function waiveEdit(
  { application, fingerprint, reason }: WaiveJob,
  { config }: FolderSettings,
  scan: (replaced: ReadonlyMap<string, string>) => Promise<ScannedGraph | undefined>,
  isCancelled: () => boolean,
): Promise<WaiveEdit | undefined> {
  const before = await scan(new Map());
  const finding = before?.result.evaluations.find((each) => each.fingerprint === fingerprint);
  if (before === undefined || finding === undefined) return undefined;
  const textOf = async (name: string): Promise<TextAt | undefined> => {
    const path = realPathOf(resolve(application.folder, name));
    const text = application.open.get(path) ?? (await readFile(path, 'utf8').catch(() => undefined));
    return text === undefined ? undefined : { path, text };
  };
  for (const candidate of await candidates(finding, before, config.waivers, textOf)) {
    if (isCancelled()) return undefined;
    const { text, path } = candidate.file;
    const written = candidate.write(trialReason);
    const edited = `${text.slice(0, candidate.start)}${written.text}${text.slice(candidate.end)}`;
    // A waivers file is read with the configuration, so a scan with other templates does not show it.
    const isShown =
      candidate.kind === 'file' ||
      (await scan(new Map([[path, edited]])))?.result.evaluations.some(
        (each) => each.fingerprint === fingerprint && each.waiver !== undefined,
      ) === true;
    if (!isShown) continue;
    const { start, end, kind } = candidate;
    return { path, start, end, kind, ...candidate.write(oneLine(reason)) };
  }
  return undefined;
}

interface TextAt {
  /** Real path. */
  readonly path: string;
  readonly text: string;
}

interface Candidate {
  readonly kind: WaiveEdit['kind'];
  readonly file: TextAt;
  readonly start: number;
  readonly end: number;
  /** The text with a reason, and where that stands in it. */
  readonly write: (reason: string) => { readonly text: string; readonly reasonAt: number };
}

type ReadText = (name: string) => Promise<TextAt | undefined>;

async function candidates(
  finding: Evaluation,
  { reading }: ScannedGraph,
  waivers: string | undefined,
  textOf: ReadText,
): Promise<Candidate[]> {
  const { location, ruleId, resource } = finding;
  const found: Candidate[] = [];
  const file = location === undefined ? undefined : await textOf(location.file);
  if (location !== undefined && file !== undefined) {
    const block = reading.resources.find(({ id }) => id === resource.id)?.locate([]);
    const at = block === undefined ? undefined : reading.positions(block);
    const isJson = /^\s*[{[]/.test(file.text) && /\.(?:json|jsn|template)$/i.test(location.file);
    if (isJson) found.push(...inMetadata(file, location, reading.positions, ruleId));
    else
      for (const line of new Set([location.startLine, ...(at?.file === location.file ? [at.startLine] : [])]))
        found.push(comment(file, line, ruleId));
  }
  const own = waivers === undefined ? undefined : await textOf(waivers);
  if (own !== undefined) found.push(entry(own, ruleId, resource.id));
  return found;
}

/** A comment on the line above. */
function comment(file: TextAt, line: number, ruleId: string): Candidate {
  const start = offsetOfLine(file.text, line);
  const indent = /^[\t ]*/.exec(file.text.slice(start))?.[0] ?? '';
  const head = `${indent}# headgate:ignore ${ruleId} `;
  return {
    kind: 'comment',
    file,
    start,
    end: start,
    write: (reason) => ({ text: `${head}${reason}${lineEndOf(file.text)}`, reasonAt: head.length }),
  };
}

/** `Metadata.headgate.ignore` as the first member of a resource that has no Metadata. */
function inMetadata(
  file: TextAt,
  location: Location,
  positions: PositionLookup,
  ruleId: string,
): Candidate[] {
  const pointer = /^\/Resources\/[^/]+/.exec(location.pointer)?.[0];
  if (pointer === undefined) return [];
  const resource = positions({ file: location.file, pointer, target: 'value' });
  if (resource === undefined || hasMetadata(file, pointer)) return [];
  const start = offsetOfLine(file.text, resource.startLine) + resource.startColumn;
  if (file.text.charAt(start - 1) !== '{') return [];
  const space = /^\s*/.exec(file.text.slice(start))?.[0] ?? '';
  const head = `${space}"Metadata": {"headgate": {"ignore": [{"rule": ${JSON.stringify(ruleId)}, "reason": "`;
  return [
    {
      kind: 'metadata',
      file,
      start,
      end: start,
      write: (reason) => ({
        text: `${head}${JSON.stringify(reason).slice(1, -1)}"}]}},`,
        reasonAt: head.length,
      }),
    },
  ];
}

function hasMetadata({ text }: TextAt, pointer: string): boolean {
  try {
    const { Resources } = JSON.parse(text) as { readonly Resources?: Readonly<Record<string, unknown>> };
    const name = pointer.slice('/Resources/'.length).replaceAll('~1', '/').replaceAll('~0', '~');
    const resource = Resources?.[name];
    return typeof resource === 'object' && resource !== null && 'Metadata' in resource;
  } catch {
    return true;
  }
}

/** An entry at the end of the waivers file. */
function entry(file: TextAt, ruleId: string, resourceId: string): Candidate {
  const { text } = file;
  const end = lineEndOf(text);
  const empty = /^waivers:[\t ]*\[[\t ]*\][\t ]*$/m.exec(text);
  const indent = [...text.matchAll(/^([\t ]*)- /gm)].at(-1)?.[1] ?? '  ';
  const before = empty === null ? (text === '' || /[\r\n]$/.test(text) ? '' : end) : `waivers:${end}`;
  const lines = [
    `${indent}- rule: ${ruleId}`,
    `${indent}  resource: '${resourceId.replaceAll("'", "''")}'`,
    `${indent}  reason: '`,
  ];
  const head = before + lines.join(end);
  return {
    kind: 'file',
    file,
    start: empty?.index ?? text.length,
    end: empty === null ? text.length : empty.index + empty[0].length,
    write: (reason) => ({
      text: `${head}${reason.replaceAll("'", "''")}'${empty === null ? end : ''}`,
      reasonAt: head.length,
    }),
  };
}

function oneLine(reason: string): string {
  return reason.replace(/\s+/g, ' ').trim();
}

function lineEndOf(text: string): string {
  return /\r\n/.test(text) ? '\r\n' : '\n';
}

/** Offset of the start of a 1-based line. */
function offsetOfLine(text: string, line: number): number {
  const breaks = /\r\n|\r|\n/g;
  let start = 0;
  for (let current = 1; current < line && breaks.exec(text) !== null; current++) start = breaks.lastIndex;
  return start;
}

function realPathOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
