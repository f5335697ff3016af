// Counts verdicts over the SAM templates of folders, with and without the expansion, and what leaves them open:
//   node scripts/sam-unknowns.mjs <folder...> [--causes]
import { readFile } from 'node:fs/promises';
import { loadSource } from './from-source.mjs';

const now = new Date('2026-11-23T00:00:00Z');

/** Bundles the scan from its source and loads it. */
async function loadScan() {
  return loadSource(`
    export { decideReading, scanTemplates } from './src/app/scan.ts';
    export { applySettings } from './src/rules/apply-config.ts';
    export { shippedRules } from './src/rules/shipped.ts';
    export { ReadingBuilder } from './src/template/reading-builder.ts';
    export { Stack } from './src/template/stack.ts';
    export { parseTemplateText } from './src/text/parse-template.ts';
    export { expandTransforms, hasSamTransform } from './src/template/transforms.ts';`);
}

/** Verdicts of the files as they would be if nobody expanded them. */
async function withoutExpansion(files, scan, decide) {
  const { ReadingBuilder, Stack, parseTemplateText, expandTransforms, decideReading } = scan;
  const evaluations = [];
  for (const file of files) {
    const builder = new ReadingBuilder();
    const parsed = expandTransforms(parseTemplateText(await readFile(file), file));
    const options = { id: file, scope: file, environment: {}, given: () => undefined };
    builder.addStack(new Stack(parsed, parsed.root, options, builder.reading));
    evaluations.push(...decideReading(builder.finish(), decide).evaluations);
  }
  return evaluations;
}

function tally(evaluations) {
  const counts = { pass: 0, fail: 0, unknown: 0, notApplicable: 0 };
  for (const { verdict } of evaluations) counts[verdict] += 1;
  const decided = counts.pass + counts.fail + counts.unknown;
  return { ...counts, 'unknown of evaluated': `${((100 * counts.unknown) / decided).toFixed(1)} %` };
}

/** Unknowns by cause and rule, the most frequent first, each with one of its reasons. */
function causes(evaluations) {
  const found = new Map();
  for (const { verdict, cause, ruleId, reason } of evaluations) {
    if (verdict !== 'unknown') continue;
    const key = `${cause} ${ruleId}`;
    found.set(key, { count: (found.get(key)?.count ?? 0) + 1, reason });
  }
  return [...found].sort(([, left], [, right]) => right.count - left.count);
}

const folders = process.argv.slice(2).filter((word) => !word.startsWith('--'));
if (folders.length === 0) throw new Error('usage: node scripts/sam-unknowns.mjs <folder...> [--causes]');
const scan = await loadScan();
const ruleSet = scan.applySettings(await scan.shippedRules(), {});
const decide = { ruleSet, version: '0', now, detail: 'findings' };
const result = await scan.scanTemplates(folders, { cwd: process.cwd() }, decide);
const files = [];
for (const { name } of result.inputs) {
  const parsed = scan.parseTemplateText(await readFile(name), name);
  if (parsed.root !== undefined && scan.hasSamTransform(parsed.root)) files.push(name);
}
const sam = new Set(files);
const fileOf = ({ resource }) =>
  [...sam].find((file) => resource.id.startsWith(`${file}/`) || resource.id.startsWith(`${file}#`));
const expanded = result.evaluations.filter((evaluation) => fileOf(evaluation) !== undefined);
console.log(`${files.length} SAM templates`);
console.table({
  'without expansion': tally(await withoutExpansion(files, scan, decide)),
  expanded: tally(expanded),
});
if (process.argv.includes('--causes')) {
  for (const [key, { count, reason }] of causes(expanded)) console.log(count, key, '-', reason);
}
