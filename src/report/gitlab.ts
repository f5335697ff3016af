import type { Severity } from '../model/rule.ts';
import type { Evaluation, ScanResult } from '../model/scan-result.ts';
import { jsonParts, Streamed } from './json-parts.ts';
import { singleLine } from './plain-text.ts';
import type { RenderOptions } from './render-options.ts';
import { outsidePath, repositoryPath } from './repository-path.ts';

const severities: Readonly<Record<Severity, string>> = {
  critical: 'blocker',
  high: 'critical',
  medium: 'major',
  low: 'minor',
  info: 'info',
};

/**
 * GitLab Code Quality report: failures that stand in a file, one outside of the repository by its path
 * from there or its absolute one. GitLab has no word for a
 * waiver: a waived one is listed at the least severity, with its reason, so that it stays visible.
 * Source: docs.gitlab.com/ci/testing/code_quality, read 2026-11-23.
 */
export function renderGitlab(result: ScanResult, options: RenderOptions = {}): Iterable<string> {
  return jsonParts(new Streamed(entriesOf(result, options)));
}

function* entriesOf(result: ScanResult, { pathPrefix }: RenderOptions): Generator {
  const used = new Map<string, number>();
  for (const item of result.evaluations) {
    if (item.verdict !== 'fail' || item.location === undefined) continue;
    const { file, startLine, endLine } = item.location;
    yield {
      description: describe(item),
      check_name: item.ruleId,
      fingerprint: unique(item.fingerprint, used),
      severity: item.waiver === undefined ? severities[item.severity] : 'info',
      location: {
        path: repositoryPath(file, pathPrefix) ?? outsidePath(file, pathPrefix),
        lines: { begin: startLine, end: endLine },
      },
    };
  }
}

function describe({ message, ruleId, waiver }: Evaluation): string {
  const text = singleLine(message).trim() || ruleId;
  return waiver === undefined ? text : `Waived (${singleLine(waiver.reason).trim()}): ${text}`;
}

/** GitLab shows only the first of several entries with one fingerprint. */
function unique(fingerprint: string, used: Map<string, number>): string {
  const count = (used.get(fingerprint) ?? 0) + 1;
  used.set(fingerprint, count);
  return count === 1 ? fingerprint : `${fingerprint}-${count}`;
}
