// How long reports are, how many templates fail the gate, and how much the first edits remove, per level and folder:
// the figures behind docs/decisions.md and docs/severities.md.
// usage: node bench/levels.mjs FOLDER [...]   Each template of the folders is scanned alone, as a pull request is.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { loadSource } from '../scripts/from-source.mjs';

const { loadRuleSet, decideReading, readTemplates } = await loadSource(`
  export { loadRuleSet } from './src/app/load-rule-set.ts';
  export { decideReading } from './src/app/scan.ts';
  export { readTemplates } from './src/template/read-templates.ts';`);

const levels = ['essential', 'standard', 'reference'];
const grave = new Set(['critical', 'high']);
const now = new Date('2026-11-23T12:00:00Z');
const ruleSets = new Map();
for (const level of levels)
  ruleSets.set(level, await loadRuleSet({ level }, { folders: [], rule: [], flow: [] }, process.cwd()));

/** What one template comes to at each level; undefined for what is no template. */
async function measure(template) {
  const reading = await readTemplates([template], { cwd: process.cwd() }).catch(() => undefined);
  if (reading === undefined) return undefined;
  const byLevel = new Map();
  for (const [level, ruleSet] of ruleSets) {
    const result = decideReading(reading, { ruleSet, version: 'bench', now, detail: 'findings' });
    if (result.evaluations.length === 0) return undefined;
    const open = result.evaluations.filter(
      (item) => item.verdict === 'fail' && item.followsFrom === undefined,
    );
    const removed = (result.firstEdits ?? []).slice(0, 3).reduce((sum, { findings }) => sum + findings, 0);
    byLevel.set(level, {
      findings: open.length,
      unknown: result.summary.unknown,
      fails: open.some(({ severity }) => grave.has(severity)),
      share: open.length === 0 ? undefined : removed / open.length,
      rules: open.map(({ ruleId, severity }) => `${ruleId} ${severity}`),
    });
  }
  return byLevel;
}

const quantile = (values, share) => {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) * share)] ?? 0;
};
const percent = (share) => `${(100 * share).toFixed(0)}%`;

function report(name, measured) {
  process.stdout.write(`\n${name}: ${measured.length} templates\n`);
  process.stdout.write(
    'level      median  p90  max  total  --fail-on high  unknown median  first 3 edits remove (median)\n',
  );
  for (const level of levels) {
    const all = measured.map((one) => one.get(level));
    const counts = all.map(({ findings }) => findings);
    const failing = all.filter(({ fails }) => fails).length;
    const shares = all.flatMap(({ share }) => share ?? []);
    const cells = [
      level.padEnd(9),
      String(quantile(counts, 0.5)).padStart(7),
      String(quantile(counts, 0.9)).padStart(4),
      String(Math.max(0, ...counts)).padStart(4),
      String(counts.reduce((sum, count) => sum + count, 0)).padStart(6),
      `${failing} (${percent(failing / (all.length || 1))})`.padStart(15),
      String(
        quantile(
          all.map(({ unknown }) => unknown),
          0.5,
        ),
      ).padStart(15),
      percent(quantile(shares, 0.5)).padStart(14),
    ];
    process.stdout.write(`${cells.join(' ')}\n`);
  }
}

const everywhere = [];
for (const folder of process.argv.slice(2)) {
  const measured = [];
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !/\.(ya?ml|json|template)$/.test(entry.name)) continue;
    const one = await measure(join(entry.parentPath ?? entry.path, entry.name));
    if (one !== undefined) measured.push(one);
  }
  report(folder, measured);
  everywhere.push(...measured);
}
if (process.argv.length > 3) report('all folders', everywhere);
for (const level of levels) {
  const byRule = new Map();
  for (const key of everywhere.flatMap((one) => one.get(level).rules))
    byRule.set(key, (byRule.get(key) ?? 0) + 1);
  const most = [...byRule].sort((a, b) => b[1] - a[1]).slice(0, 10);
  process.stdout.write(`\nmost frequent at ${level}\n`);
  for (const [key, count] of most) process.stdout.write(`${String(count).padStart(6)} ${key}\n`);
}
