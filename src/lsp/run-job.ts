import { resolve } from 'node:path';
import {
  decideFolder,
  loadFolder,
  readFolder,
  sourcesOf,
  type ScannedGraph,
  type FolderSettings,
} from '../app/scan-folder.ts';
import { isHeadgateError } from '../model/headgate-error.ts';
import type { Application, Job, Outcomes, ScanOutcome, SettingsProblem } from './jobs.ts';
import { realPathOf } from './editor-files.ts';
import { fixEdits, offeredFixes } from './fix-edits.ts';
import { viewOf } from './view.ts';
import { waiveEdit } from './waive-edit.ts';

/** Answers whether the job at hand is still wanted. */
type IsCancelled = () => boolean;

/** Does the work of the scanning thread, and keeps the settings of applications between jobs. */
export class JobRunner {
  /** The last settings that were valid, by folder: a mistake in the configuration loses no findings. */
  readonly #settings = new Map<string, FolderSettings>();
  readonly #problems = new Map<string, SettingsProblem>();

  /** The newest scans, by folder: fixes are planned when somebody asks. */
  readonly #scans = new Map<string, ScannedGraph>();

  /** Jobs are run one after the other. */
  async run(job: Job, isCancelled: IsCancelled): Promise<Outcomes[Job['kind']] | 'cancelled'> {
    const { application } = job;
    await this.#load(application);
    const settings = this.#settings.get(application.folder);
    if (isCancelled()) return 'cancelled';
    if (job.kind === 'scan') return this.#scan(application, settings, isCancelled);
    if (job.kind === 'offer') {
      const scanned = this.#scans.get(application.folder);
      return scanned === undefined ? new Map() : offeredFixes(scanned, job);
    }
    if (job.kind === 'fix') {
      if (settings === undefined) return [];
      return this.#fix(job, settings, isCancelled);
    }
    if (settings === undefined) return undefined;
    return waiveEdit(
      job,
      settings,
      (replaced) => read(application, settings, isCancelled, replaced).then(({ scan }) => scan),
      isCancelled,
    );
  }

  async #load({ folder, config, open, reload }: Application): Promise<void> {
    if (!reload && (this.#settings.has(folder) || this.#problems.has(folder))) return;
    try {
      const settings = await loadFolder(folder, { config, access: { readFile: (path) => open.get(path) } });
      this.#settings.set(folder, settings);
      this.#problems.delete(folder);
    } catch (error) {
      if (!isHeadgateError(error)) throw error;
      const { where, message, problems } = error;
      this.#problems.set(folder, {
        message,
        problems,
        ...(where.file === undefined ? {} : { file: where.file }),
      });
    }
  }

  async #fix(
    job: Extract<Job, { readonly kind: 'fix' }>,
    settings: FolderSettings,
    isCancelled: IsCancelled,
  ): Promise<Outcomes['fix'] | 'cancelled'> {
    const { application } = job;
    const rescan = async (texts: ReadonlyMap<string, string>): Promise<ScannedGraph> => {
      const byPath = [...texts].map(
        ([file, text]) => [realPathOf(resolve(application.folder, file)), text] as const,
      );
      const { scan } = await read(application, settings, isCancelled, new Map(byPath));
      if (scan === undefined) throw new Cancelled();
      return scan;
    };
    try {
      return await fixEdits(job, rescan);
    } catch (error) {
      if (error instanceof Cancelled) return 'cancelled';
      throw error;
    }
  }

  async #scan(
    application: Application,
    settings: FolderSettings | undefined,
    isCancelled: IsCancelled,
  ): Promise<ScanOutcome | 'cancelled'> {
    const problem = this.#problems.get(application.folder);
    const about = problem === undefined ? [] : [problem];
    if (settings === undefined) return { settings: about, leftOut: 0 };
    const { scan, leftOut } = await read(application, settings, isCancelled);
    if (scan === undefined) return 'cancelled';
    this.#scans.set(application.folder, scan);
    const fixed = settings.ruleSet.rules.flatMap(({ id, waivable }) => (waivable ? [] : [id]));
    const { folder } = settings.config;
    return {
      view: viewOf(scan, new Set(fixed)),
      settings: about,
      leftOut,
      ...(folder === undefined ? {} : { configFolder: folder }),
    };
  }
}

/** Ends a job that nobody waits for any more. */
class Cancelled extends Error {}

interface ReadOutcome {
  /** Undefined where the job was cancelled. */
  readonly scan: ScannedGraph | undefined;
  readonly leftOut: number;
}

/** @param replaced text by real path, in the place of what is open. */
async function read(
  application: Application,
  settings: FolderSettings,
  isCancelled: IsCancelled,
  replaced: ReadonlyMap<string, string> = new Map(),
): Promise<ReadOutcome> {
  const { folder, recursive, open, maxFiles } = application;
  const { leaveOut } = settings.read;
  let files = 0;
  const reading = await readFolder(settings, ['.'], {
    cwd: folder,
    readFile: (path) => replaced.get(path) ?? open.get(path),
    leaveOut: (path, kind) => {
      const reason = leaveOut?.(path, kind);
      if (reason !== undefined) return reason;
      if (isCancelled()) return 'the scan was canceled';
      if (kind === 'folder') return recursive ? undefined : 'no folder below is read';
      if (open.has(path)) return undefined;
      files++;
      return files > maxFiles ? 'there are too many files' : undefined;
    },
    ...(await sourcesOf(folder, application.sources)),
  });
  const leftOut = Math.max(0, files - maxFiles);
  // Deciding is the longer half of a scan, and is not interrupted.
  if (isCancelled()) return { scan: undefined, leftOut };
  return { scan: decideFolder(settings, reading, new Date()), leftOut };
}
