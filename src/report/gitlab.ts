import type { Severity } from '../model/rule.ts';
import type { ScanResult } from '../model/scan-result.ts';
import { isOpenFailure } from './findings.ts';
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
 * GitLab Code Quality report: open failures that stand in a file of the repository.
 * Source: docs.gitlab.com/ci/testing/code_quality, read 2026-11-23.
 */
export function renderGitlab(result: ScanResult, options: RenderOptions = {}): string {
  const used = new Map<string, number>();
  const entries = result.evaluations.filter(isOpenFailure).flatMap((item) => {
    const path =
      item.location === undefined ? undefined : repositoryPath(item.location.file, options.pathPrefix);
    if (path === undefined) return [];
    return {
      description: singleLine(item.message).trim() || item.ruleId,
      check_name: item.ruleId,
      fingerprint: unique(item.fingerprint, used),
      severity: severities[item.severity],
      location: {
        path: path.replaceAll('\\', '/'),
        lines: { begin: item.location?.startLine ?? 1, end: item.location?.endLine ?? 1 },
      },
    };
  });
  return `${JSON.stringify(entries, null, 2)}\n`;
}

/** GitLab shows only the first of several entries with one fingerprint. */
function unique(fingerprint: string, used: Map<string, number>): string {
  const count = (used.get(fingerprint) ?? 0) + 1;
  used.set(fingerprint, count);
  return count === 1 ? fingerprint : `${fingerprint}-${count}`;
}
