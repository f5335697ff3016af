/** What a caller may say about a rendering; a format ignores what does not concern it. */
export interface RenderOptions {
  /** console: use ANSI colours. Default false. */
  readonly color?: boolean;
  /** console: width of the terminal in characters, at least 40. Default 80. */
  readonly columns?: number;
  /** console: how many failures are shown in full; the rest is counted. Default 60. */
  readonly limitFindings?: number;
  /** console: failures by flow and resource, or each rule of a file once, with its resources. Default `flow`. */
  readonly groupBy?: 'flow' | 'rule';
  /** sarif: `github` holds only what code scanning can show, `full` every evaluation. Default `github`. */
  readonly profile?: 'github' | 'full';
  /** sarif: category of the run, without trailing slash. Default `headgate`. */
  readonly category?: string;
  /** sarif, profile `github`: also report unknown evaluations, at level note. Default false. */
  readonly includeUnknown?: boolean;
  /** sarif: text of a scanned file by its name in the result, for GitHub's line fingerprints. */
  readonly sourceText?: (file: string) => string | undefined;
  /** sarif, gitlab, annotations: path from the repository's root to the scan's working directory, e.g. `infra/`. */
  readonly pathPrefix?: string;
  /** markdown: largest size in bytes of UTF-8. Default 65,536, the limit of a pull request comment. */
  readonly limitBytes?: number;
  /** markdown: where the whole report is, as Markdown, said where the text was cut. At most 400 bytes. */
  readonly pointer?: string;
  /** asff, ocsf: account (12 digits) and region of evaluations that carry none, i.e. of templates. */
  readonly account?: string;
  readonly region?: string;
  /** asff: AWS partition. Default `aws`. */
  readonly partition?: string;
  /** Time of rendering (ISO 8601 with milliseconds), where a format asks for one. Default: the scan's start. */
  readonly now?: string;
}
