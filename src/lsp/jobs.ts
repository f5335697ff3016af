import type { FileProblem } from '../model/headgate-error.ts';
import type { FixSafety } from '../model/rule.ts';
import type { EditorView } from './view.ts';

/** What the scan of an application is to go by; plain data, which passes between threads. */
export interface Application {
  /** Absolute. */
  readonly folder: string;
  /** False where only the folder itself is read, without the folders in it. */
  readonly recursive: boolean;
  readonly config?: string;
  /** Folder of the sources of Terraform plans, relative to the folder. */
  readonly sources?: string;
  readonly maxFiles: number;
  /** Text of the files that are open, by real path. */
  readonly open: ReadonlyMap<string, string>;
  /** True where the configuration, or a file that it names, may have changed since the last job. */
  readonly reload: boolean;
}

/** Work for the scanning thread. */
export type Job =
  | { readonly kind: 'scan'; readonly application: Application }
  | {
      readonly kind: 'waive';
      readonly application: Application;
      readonly fingerprint: string;
      readonly reason: string;
    }
  /** What can be done about findings of the last scan: by fingerprint, or all that are safe in a file. */
  | {
      readonly kind: 'offer';
      readonly application: Application;
      readonly of: { readonly fingerprints: readonly string[] } | { readonly file: string };
    }
  | {
      readonly kind: 'fix';
      readonly application: Application;
      /** One finding with all edits of its rule; or the safe edits of all findings in a file, by its name in results. */
      readonly of: { readonly fingerprint: string } | { readonly file: string };
    };

/** What was wrong with the configuration or a file that it names. */
export interface SettingsProblem {
  /** Relative to the folder; undefined where no file is to blame. */
  readonly file?: string;
  readonly message: string;
  readonly problems: readonly FileProblem[];
}

/** An insertion, or a replacement, in a file. */
export interface WaiveEdit {
  /** Real path. */
  readonly path: string;
  /** 0-based character offsets into the text that was scanned. */
  readonly start: number;
  readonly end: number;
  readonly text: string;
  /** Offset in `text` at which the reason stands. */
  readonly reasonAt: number;
  readonly kind: 'comment' | 'metadata' | 'file';
}

/** What can be done about a finding. */
export interface OfferedFix {
  readonly title: string;
  /** Unsafe where one of its edits is. */
  readonly safety: FixSafety;
  readonly because?: string;
}

/** A file as edits leave it. */
export interface FixedFile {
  /** Real path. */
  readonly path: string;
  readonly edits: readonly LineEdit[];
}

/** Lines to replace. */
export interface LineEdit {
  /** 0-based, inclusive. */
  readonly firstLine: number;
  /** Exclusive. */
  readonly endLine: number;
  readonly text: string;
}

export interface ScanOutcome {
  /** Undefined where the configuration has never been valid. */
  readonly view?: EditorView;
  readonly settings: readonly SettingsProblem[];
  /** Folder of the configuration, absolute; undefined where there is none. */
  readonly configFolder?: string;
  /** Files that were not read because there are more than `maxFiles`. */
  readonly leftOut: number;
}

export interface Outcomes {
  readonly scan: ScanOutcome;
  readonly waive: WaiveEdit | undefined;
  /** By fingerprint. */
  readonly offer: ReadonlyMap<string, OfferedFix>;
  /** Empty where nothing helps. */
  readonly fix: readonly FixedFile[];
}

/** What the thread answers. */
export type Answer =
  | { readonly id: number; readonly outcome: unknown }
  | { readonly id: number; readonly cancelled: true }
  | { readonly id: number; readonly error: string };
