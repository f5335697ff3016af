import type { Evaluation, ScanResult } from '../model/scan-result.ts';
import { describeChanges, describeWaivers } from './changes.ts';
import { isOpenFailure, isOpenUnknown, rulesById, worstFirst } from './findings.ts';
import { plural, singleLine, withoutCommands } from './plain-text.ts';
import type { RenderOptions } from './render-options.ts';
import { repositoryPath } from './repository-path.ts';

type Command = 'error' | 'warning' | 'notice';

const commands = {
  critical: 'error',
  high: 'error',
  medium: 'warning',
  low: 'notice',
  info: 'notice',
} as const;

/** What GitHub shows of each kind in one step. */
const shownEach = 10;

/**
 * GitHub workflow commands: the worst open failures as annotations on the lines they stand at, ten
 * of each kind, for more are dropped without a word; then a line that counts the rest.
 * Source: docs.github.com, workflow commands, read 2026-11-23.
 */
export function renderAnnotations(result: ScanResult, options: RenderOptions = {}): string {
  const titles = rulesById(result);
  const changes = describeChanges(result).map(escapeData);
  // One notice is kept for what the configuration changes.
  const notices = shownEach - (changes.length > 0 ? 1 : 0);
  const left: Record<Command, number> = { error: shownEach, warning: shownEach, notice: notices };
  const failures = worstFirst(result.evaluations.filter(isOpenFailure));
  const shown = failures.filter(({ severity }) => left[commands[severity]]-- > 0);
  const possible = worstFirst(
    result.evaluations.filter((item) => isOpenUnknown(item) && item.failsWhen !== undefined),
  );
  const lines = shown.map((item) => annotate(item, titles.get(item.ruleId)?.title ?? item.ruleId, options));
  for (const item of possible.filter(({ severity }) => left[commands[severity]]-- > 0))
    lines.push(
      annotate(
        { ...item, message: `${item.message}; it fails when ${item.failsWhen ?? ''}` },
        titles.get(item.ruleId)?.title ?? item.ruleId,
        options,
      ),
    );
  const unknown = result.evaluations.filter(isOpenUnknown).length;
  const rest = failures.length - shown.length;
  if (rest > 0) lines.push(`Headgate: ${plural(rest, 'more finding')} in the report.`);
  if (unknown > 0) lines.push(`Headgate: ${plural(unknown, 'unknown check')}; the report shows the cause.`);
  const waived = result.evaluations.filter((item) => item.waiver !== undefined).length;
  if (waived > 0)
    lines.push(
      `Headgate: ${plural(waived, 'waived finding')}: ${singleLine(describeWaivers(result).join(', '))}.`,
    );
  if (changes.length > 0)
    lines.push(`::notice title=Headgate%3A changed by the configuration::${changes.join('%0A')}`);
  if (failures.length === 0) lines.push('Headgate: no findings.');
  return `${lines.join('\n')}\n`;
}

function annotate(
  { severity, location, message, ruleId, resource }: Evaluation,
  title: string,
  options: RenderOptions,
) {
  const path = location === undefined ? undefined : repositoryPath(location.file, options.pathPrefix);
  const place =
    location === undefined || path === undefined
      ? {}
      : {
          file: path,
          line: location.startLine,
          endLine: location.endLine,
          // GitHub refuses columns on an annotation of several lines.
          ...(location.startLine === location.endLine
            ? { col: location.startColumn, endColumn: location.endColumn }
            : {}),
        };
  const properties = Object.entries({ ...place, title: `${severity}: ${title}` })
    .map(([name, value]) => `${name}=${escapeProperty(String(value))}`)
    .join(',');
  const where = path === undefined ? ` (${resource.arn ?? resource.id})` : '';
  return `::${commands[severity]} ${properties}::${escapeData(`${message}${where} [${ruleId}]`)}`;
}

function escapeData(text: string): string {
  return withoutCommands(singleLine(text)).replaceAll('%', '%25');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
