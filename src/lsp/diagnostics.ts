import { DiagnosticSeverity, type Diagnostic, type Range } from 'vscode-languageserver/node';
import { severityRank, truncate } from '../app/findings.ts';
import type { Location } from '../model/location.ts';
import type { SettingsProblem } from './jobs.ts';
import type { EditorSettings } from './settings.ts';
import type { EditorFinding, EditorNote, EditorView } from './view.ts';

/** End of a line whose length is not known: the largest number that all clients take. */
const endOfLine = 2_147_483_647;

/** Longest message; some clients show each in one line. */
const messageLimit = 1000;

const severities = {
  critical: DiagnosticSeverity.Error,
  high: DiagnosticSeverity.Error,
  medium: DiagnosticSeverity.Warning,
  low: DiagnosticSeverity.Information,
  info: DiagnosticSeverity.Hint,
} as const;

const noteSeverities = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  info: DiagnosticSeverity.Information,
} as const;

/** What a diagnostic carries for code actions. */
export interface DiagnosticData {
  readonly fingerprint: string;
}

/** A 0-based range; of a place on several lines, what is on the first. Columns are UTF-16 units on both sides. */
export function rangeOf({ startLine, startColumn, endLine, endColumn }: Location): Range {
  const start = { line: startLine - 1, character: startColumn - 1 };
  return {
    start,
    end:
      endLine > startLine
        ? { line: start.line, character: endOfLine }
        : { line: start.line, character: endColumn - 1 },
  };
}

/** True for findings that the settings show. */
export function isShown({ verdict, mayFail, severity }: EditorFinding, settings: EditorSettings): boolean {
  if (verdict === 'unknown' && !mayFail && settings.unknown === 'off') return false;
  return severityRank(severity) <= severityRank(settings.minimumSeverity);
}

/** Diagnostics by file, relative to the folder of the application. */
export function diagnosticsByFile(
  { findings, notes, rules }: EditorView,
  settings: EditorSettings,
  uriOfFile: (file: string) => string,
): Map<string, Diagnostic[]> {
  const byFile = new Map<string, Diagnostic[]>();
  const add = (file: string, diagnostic: Diagnostic): void => {
    const known = byFile.get(file);
    if (known === undefined) byFile.set(file, [diagnostic]);
    else known.push(diagnostic);
  };
  for (const finding of findings) {
    if (!isShown(finding, settings)) continue;
    const link = rules[finding.ruleId]?.link;
    const elsewhere = finding.evidence.filter(
      ({ location }) => location !== undefined && location.file !== finding.location.file,
    );
    const data: DiagnosticData = { fingerprint: finding.fingerprint };
    add(finding.location.file, {
      range: rangeOf(finding.location),
      severity: severityOf(finding),
      code: finding.ruleId,
      ...(link === undefined ? {} : { codeDescription: { href: link } }),
      source: 'headgate',
      message: truncate(messageOf(finding), messageLimit),
      ...(elsewhere.length === 0
        ? {}
        : {
            relatedInformation: elsewhere.slice(0, 10).flatMap(({ location, text }) =>
              location === undefined
                ? []
                : [
                    {
                      location: { uri: uriOfFile(location.file), range: rangeOf(location) },
                      message: truncate(text, messageLimit),
                    },
                  ],
            ),
          }),
      data,
    });
  }
  for (const note of notes) if (note.file !== undefined) add(note.file, noteDiagnostic(note));
  return byFile;
}

function severityOf({ verdict, mayFail, severity }: EditorFinding): DiagnosticSeverity {
  return verdict === 'unknown' && !mayFail ? DiagnosticSeverity.Hint : severities[severity];
}

function messageOf({ verdict, message, reason, mayFail }: EditorFinding): string {
  if (verdict === 'fail') return message;
  const about = reason === undefined || message.includes(reason) ? message : `${message}; ${reason}`;
  return `${mayFail ? 'may fail' : 'unknown'}: ${about}`;
}

/** A diagnostic about a file itself. */
export function noteDiagnostic({ code, severity, message, line, column, location }: EditorNote): Diagnostic {
  const start = { line: line - 1, character: column - 1 };
  return {
    range: location === undefined ? { start, end: { ...start, character: endOfLine } } : rangeOf(location),
    severity: noteSeverities[severity],
    code,
    source: 'headgate',
    message: truncate(message, messageLimit),
  };
}

/** Diagnostics of a configuration that is not valid. */
export function settingsDiagnostics({ message, problems }: SettingsProblem): Diagnostic[] {
  const whole = problems.length === 0 ? [{ line: 1, column: 1, message }] : problems;
  return whole.map(({ line, column, message: text }) =>
    noteDiagnostic({ code: 'configuration', severity: 'error', message: text, line, column }),
  );
}
