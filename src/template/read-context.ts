import type { Environment } from './environment.ts';
import type { PlanForm } from '../text/plan-form.ts';
import type { Assumption } from '../model/assumption.ts';
import type { FileAccess, ReadFile } from '../files/read-regular-file.ts';
import type { FindOptions } from './find-inputs.ts';
import type { ReadingBuilder } from './reading-builder.ts';

/** A file of another source, as it was opened. */
export interface OtherFile {
  /** Relative to the working directory, with forward slashes. */
  readonly name: string;
  /** Absolute. */
  readonly path: string;
  readonly form: PlanForm;
  readonly bytes: Uint8Array;
  /** Decoded, where it is a text. */
  readonly text?: string;
}

/** What a caller knows beside the files. */
export interface ReadTemplatesOptions extends FindOptions {
  /** Values of template parameters, by name. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** What the configuration settles of templates that leave it open. */
  readonly assumptions?: readonly Assumption[];
  readonly region?: string;
  readonly account?: string;
  readonly partition?: string;
  /** What the path `-` stands for: a template that is in no file, read as if it lay in `cwd`. */
  readonly stdin?: Uint8Array;
  /**
   * Content that stands in for what is on disk, such as the text of an editor that is not saved. Asked by real path, for
   * files that are there, are regular and may be read; undefined takes what is on disk.
   */
  readonly readFile?: ReadFile;
  /** Look into functions' bundles for what their code does. */
  readonly readCode?: boolean;
  /** Takes the plans of Terraform that are met; they are skipped without it. */
  readonly handOn?: (file: OtherFile) => void;
}

/** What every part of a reading needs. */
export interface ReadContext {
  readonly builder: ReadingBuilder;
  readonly options: ReadTemplatesOptions;
  readonly environment: Environment;
  readonly access: FileAccess;
  /** Name of an absolute path in reports: relative, with forward slashes. */
  readonly nameOf: (path: string) => string;
}

/** The value that the caller gave for a parameter; a name like `constructor` is no member by chance. */
export function givenParameter(
  options: Pick<ReadTemplatesOptions, 'parameters'>,
  name: string,
): string | undefined {
  const { parameters } = options;
  return parameters !== undefined && Object.hasOwn(parameters, name) ? parameters[name] : undefined;
}
