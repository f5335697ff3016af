import type { Severity } from '../model/rule.ts';
import type { Evaluation, ScanResult } from '../model/scan-result.ts';
import { singleLine } from './plain-text.ts';
import type { RenderOptions } from './render-options.ts';
import { repositoryPath } from './repository-path.ts';

const severities: Readonly<Record<Severity, string>> = {
  critical: 'blocker',
  high: 'critical',
  medium: 'major',
  low: 'minor',
  info: 'info',
};

/**
 * GitLab Code Quality report: failures that stand in a file of the repository. GitLab has no word for a
 * waiver: a waived one is listed at the least severity, with its reason, so that it stays visible.
 * Source: docs.gitlab.com/ci/testing/code_quality, read 2026-11-23.
 */
export function renderGitlab(result: ScanResult, options: RenderOptions = {}): string {
  const used = new Map<string, number>();
  const entries = result.evaluations
    .filter(({ verdict }) => verdict === 'fail')
    .flatMap((item) => {
      const path =
        item.location === undefined ? undefined : repositoryPath(item.location.file, options.pathPrefix);
      if (path === undefined) return [];
      return {
        description: describe(item),
        check_name: item.ruleId,
        fingerprint: unique(item.fingerprint, used),
        severity: item.waiver === undefined ? severities[item.severity] : 'info',
        location: {
          path: path.replaceAll('\\', '/'),
          lines: { begin: item.location?.startLine ?? 1, end: item.location?.endLine ?? 1 },
        },
      };
    });
  return `${JSON.stringify(entries, null, 2)}\n`;
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
