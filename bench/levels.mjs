// How long reports are, and how many templates fail the gate, per level: the figures behind docs/decisions.md.
// usage: node bench/levels.mjs FOLDER [...]   Each template of the folders is scanned alone, as a pull request is.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { loadSource } from '../scripts/from-source.mjs';

const { loadRuleSet, scanTemplates } = await loadSource(`
  export { loadRuleSet } from './src/app/load-rule-set.ts';
  export { scanTemplates } from './src/app/scan.ts';`);

const folders = process.argv.slice(2);
const templates = [];
for (const folder of folders)
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true }))
    if (entry.isFile() && /\.(ya?ml|json|template)$/.test(entry.name))
      templates.push(join(entry.parentPath ?? entry.path, entry.name));

const quantile = (sorted, share) => sorted[Math.floor((sorted.length - 1) * share)] ?? 0;
const grave = new Set(['critical', 'high']);
for (const level of ['essential', 'standard', 'reference']) {
  const ruleSet = await loadRuleSet({ level }, { folders: [], rule: [], flow: [] }, process.cwd());
  const counts = [];
  let [failing, total] = [0, 0];
  const byRule = new Map();
  for (const template of templates) {
    const result = await scanTemplates(
      [template],
      { cwd: process.cwd() },
      { ruleSet, version: 'bench', now: new Date('2026-11-23T12:00:00Z'), detail: 'findings' },
    ).catch(() => undefined);
    if (result === undefined || result.evaluations.length === 0) continue;
    const fails = result.evaluations.filter(({ verdict }) => verdict === 'fail');
    counts.push(fails.length);
    total += fails.length;
    if (fails.some(({ severity }) => grave.has(severity))) failing += 1;
    for (const { ruleId, severity } of fails) {
      const key = `${ruleId} ${severity}`;
      byRule.set(key, (byRule.get(key) ?? 0) + 1);
    }
  }
  counts.sort((a, b) => a - b);
  const share = ((100 * failing) / counts.length).toFixed(0);
  process.stdout.write(
    `${level.padEnd(10)} ${counts.length} templates: median ${quantile(counts, 0.5)}, 90th percentile ${quantile(counts, 0.9)}, most ${counts.at(-1)}, ${total} failed checks; --fail-on high fails ${failing} (${share}%)\n`,
  );
  const most = [...byRule].sort((a, b) => b[1] - a[1]).slice(0, 10);
  for (const [key, count] of most) process.stdout.write(`  ${String(count).padStart(5)} ${key}\n`);
}
