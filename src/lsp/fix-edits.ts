import { diffLines } from 'diff';
import { resolve } from 'node:path';
import { applyFixes, type Rescan } from '../app/apply-fixes.ts';
import { singleLine } from '../app/findings.ts';
import { planFixes } from '../app/plan-fixes.ts';
import type { ScannedGraph } from '../app/scan-folder.ts';
import { realPathOf } from './editor-files.ts';
import type { FixedFile, Job, LineEdit, OfferedFix } from './jobs.ts';

/** Fixes that are planned, by the fingerprint of their finding. They are not verified: see `fixEdits`. */
export function offeredFixes(
  scanned: ScannedGraph,
  { of }: Pick<Extract<Job, { readonly kind: 'offer' }>, 'of'>,
): ReadonlyMap<string, OfferedFix> {
  const offered = new Map<string, OfferedFix>();
  const { fixes } = planFixes(scanned, {
    unsafe: 'fingerprints' in of,
    only: ({ fingerprint, location }) =>
      'fingerprints' in of ? of.fingerprints.includes(fingerprint) : location?.file === of.file,
    mayNotEdit: notOurs,
  });
  for (const { finding, title, safety, because } of fixes) {
    const known = offered.get(finding.fingerprint);
    const reasons = [known?.because, because].filter((reason) => reason !== undefined).join(' ');
    offered.set(finding.fingerprint, {
      title: singleLine(known === undefined ? title : `${known.title}; ${title}`),
      safety: known?.safety === 'unsafe' ? 'unsafe' : safety,
      ...(reasons === '' ? {} : { because: reasons }),
    });
  }
  return offered;
}

/** Generated files are written anew at each synthesis. */
function notOurs(file: string): string | undefined {
  return /(?:^|\/)cdk\.out\//.test(file) ? 'it is generated' : undefined;
}

/** Edits that scans have shown to help, by file; none where nothing does. */
export async function fixEdits(
  { application: { folder }, of }: Extract<Job, { readonly kind: 'fix' }>,
  rescan: Rescan,
): Promise<readonly FixedFile[]> {
  const ofOne = 'fingerprint' in of;
  const { files } = await applyFixes(rescan, {
    unsafe: ofOne,
    only: ({ fingerprint, location }) =>
      ofOne ? fingerprint === of.fingerprint : location?.file === of.file,
    mayNotEdit: (file) => notOurs(file) ?? (ofOne || file === of.file ? undefined : 'it is another file'),
  });
  return [...files].map(([file, { before, after }]) => ({
    path: realPathOf(resolve(folder, file)),
    edits: lineEdits(before, after),
  }));
}

/** Small edits, so that an editor keeps its marks and the place of the cursor. */
export function lineEdits(before: string, after: string): LineEdit[] {
  const edits: LineEdit[] = [];
  let line = 0;
  let removed: number | undefined;
  for (const { value, added, removed: isRemoved, count } of diffLines(before, after)) {
    if (added) {
      edits.push({ firstLine: removed ?? line, endLine: line, text: value });
      removed = undefined;
      continue;
    }
    if (removed !== undefined) edits.push({ firstLine: removed, endLine: line, text: '' });
    removed = isRemoved ? line : undefined;
    line += count;
  }
  if (removed !== undefined) edits.push({ firstLine: removed, endLine: line, text: '' });
  return edits;
}
