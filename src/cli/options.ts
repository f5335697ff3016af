import { InvalidArgumentError, Option } from 'commander';
import type { FailOn, OnUnknown } from '../app/exit-code.ts';
import { levels, severities, type Level, type Severity } from '../model/rule.ts';

/** `--report FORMAT=FILE`. */
export interface ReportTarget {
  readonly format: string;
  readonly file: string;
}

/** Options that every command which decides something shares. */
export interface CommonOptions {
  readonly rules: readonly string[];
  readonly config?: string;
  readonly format: string;
  readonly output?: string;
  readonly report: readonly ReportTarget[];
  readonly groupBy?: 'flow' | 'rule';
  readonly sarifProfile: 'github' | 'full';
  readonly category?: string;
  readonly pathPrefix?: string;
  readonly level?: Level;
  readonly failOn?: FailOn;
  readonly unknown?: OnUnknown;
  readonly rule: readonly string[];
  readonly skipRule?: readonly string[];
  readonly minSeverity?: Severity;
  readonly flow: readonly string[];
  readonly quiet?: boolean;
  readonly verbose?: boolean;
  readonly color: boolean;
  readonly debug?: boolean;
}

/** Options of commands that scan templates. */
export interface ScanOptions extends CommonOptions {
  readonly root?: string;
  readonly exclude?: readonly string[];
  readonly parameters?: string;
  readonly sources?: string;
  readonly region?: string;
  readonly account?: string;
  readonly against?: string;
  readonly watch?: boolean;
}

function collect<T>(parse: (text: string) => T): (text: string, previous: readonly T[]) => T[] {
  return (text, previous) => [...previous, parse(text)];
}

function reportParser(formats: readonly string[]): (text: string) => ReportTarget {
  return (text) => {
    const split = text.indexOf('=');
    const [format, file] = [text.slice(0, split), text.slice(split + 1)];
    if (split < 1 || file === '')
      throw new InvalidArgumentError('Use the form FORMAT=FILE, for example sarif=out.sarif.');
    if (!formats.includes(format))
      throw new InvalidArgumentError(
        `\`${format}\` is not a report format; use one of ${formats.join(', ')}.`,
      );
    return { format, file };
  };
}

const same = (text: string): string => text;

/** The shared options, in the order in which help shows them. */
export function commonOptions(formats: readonly string[]): Option[] {
  return [
    new Option('--rules <dir>', 'also load custom rules from this folder (repeatable)')
      .argParser(collect(same))
      .default([], 'none'),
    new Option('--config <file>', 'configuration file (default: headgate.yaml, if present)'),
    new Option('--format <format>', 'report format for standard output').choices(formats).default('console'),
    new Option('--output <file>', 'write the report to this file instead of standard output'),
    new Option('--report <format=file>', 'also write a report in this format to this file (repeatable)')
      .argParser(collect(reportParser(formats)))
      .default([], 'none'),
    new Option('--group-by <what>', 'group the console report by flow and resource, or by rule')
      .choices(['flow', 'rule'])
      .default('flow'),
    new Option(
      '--sarif-profile <profile>',
      'github: only the results that GitHub code scanning displays; full: all results',
    )
      .choices(['github', 'full'])
      .default('github'),
    new Option('--category <name>', 'SARIF run category (default: headgate)'),
    new Option(
      '--path-prefix <path>',
      'path from the repository root to this folder (default: detected from .git)',
    ),
    new Option(
      '--level <level>',
      'rules to check: essential (exposure, secrets, data loss), standard or reference (default: reference)',
    ).choices(levels),
    new Option(
      '--fail-on <severity>',
      'exit with code 1 if a check of this severity or higher fails (default: high)',
    ).choices([...severities, 'none']),
    new Option('--unknown <policy>', 'how unknown results affect the exit code (default: warn)').choices([
      'ignore',
      'warn',
      'fail',
    ]),
    new Option(
      '--rule <name>',
      'check only these rules: a rule ID, a glob such as "api.*", or an AWS service such as lambda (repeatable)',
    )
      .argParser(collect(same))
      .default([], 'all'),
    new Option('--skip-rule <name>', 'do not check these rules, in the same format as --rule (repeatable)')
      .argParser(collect(same))
      .default([], 'none'),
    new Option(
      '--min-severity <severity>',
      'check only rules that can report this severity or higher',
    ).choices(severities),
    new Option('--flow <flow>', 'run only the rules for this flow: api, events or batch (repeatable)')
      .argParser(collect(same))
      .default([], 'all'),
    new Option('--quiet', 'print only errors'),
    new Option('--verbose', 'list every file that was skipped, with the reason'),
    new Option('--no-color', 'disable colored output'),
    new Option('--debug', 'show stack traces for errors'),
  ];
}
