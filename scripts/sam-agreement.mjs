// Expands every SAM template of a folder and compares it with what the official translator makes of it:
//   node scripts/sam-agreement.mjs <folder> [--list] [--json] [name...]
// The folder holds input/*.yaml and output/*.json (region ap-southeast-1). The hash in the id of an API's
// deployment is left out, lists are compared without their order, and parameters count as their defaults.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadSource } from './from-source.mjs';
import { compareMeaning } from './sam-meaning.mjs';

/** The expander, from its source. */
export async function loadExpander() {
  return loadSource(`
    export { expandSam } from './src/sam/expand.ts';
    export { parseTemplateText } from './src/text/parse-template.ts';`);
}

/** Compares all templates of a folder. Resolves to one entry per input. */
export async function compareFolder(folder, only = []) {
  const { expandSam, parseTemplateText } = await loadExpander();
  const names = (await readdir(join(folder, 'input')))
    .filter((name) => /\.ya?ml$/.test(name))
    .map((name) => name.replace(/\.ya?ml$/, ''))
    .filter((name) => only.length === 0 || only.includes(name))
    .sort();
  const entries = [];
  for (const name of names) {
    const text = await readFile(join(folder, 'input', `${name}.yaml`), 'utf8');
    const expected = await readFile(join(folder, 'output', `${name}.json`), 'utf8').then(
      JSON.parse,
      () => undefined,
    );
    if (expected === undefined) continue;
    const parsed = parseTemplateText(text, `${name}.yaml`);
    entries.push(compareEntry(name, parsed, expected, expandSam));
  }
  return entries;
}

/** Where the recorded outputs are deployed to, as far as their resources tell. */
const place = { 'AWS::Region': 'ap-southeast-1', 'AWS::Partition': 'aws' };

/** Expands one parsed template and compares it with the expected one. */
export function compareEntry(name, parsed, expected, expandSam, deployedTo = place) {
  const made = expandSam(parsed, (parameter) => deployedTo[parameter]);
  const errors = made.diagnostics.filter(({ code }) => code === 'sam-invalid');
  const shared = { name, written: parsed.root, errors };
  if (expected.Resources === undefined) {
    const message = expected.errorMessage ?? JSON.stringify(expected);
    const meaning = compareMeaning(message, errors, parsed);
    // What tools settle before deployment is a warning; it counts where it says the same.
    const agrees = errors.some(({ severity }) => severity === 'error') || meaning.agreeing > 0;
    return { ...shared, kind: 'refused', message, meaning, agrees, resources: [] };
  }
  const parameters = parsed.root?.Parameters ?? {};
  const left = normalized(made.root?.Resources ?? {}, parameters);
  const right = normalized(expected.Resources, parameters);
  const ids = [...new Set([...Object.keys(left), ...Object.keys(right)])].sort();
  const resources = ids.map((id) => difference(id, left[id], right[id], made.origins));
  return { ...shared, kind: 'expanded', agrees: resources.every((each) => each.agrees), resources };
}

function difference(id, made, expected, origins) {
  const type = expected?.Type ?? made?.Type;
  const wasGenerated =
    origins?.has(id) || expected === undefined || made === undefined || /Deployment/.test(id);
  if (expected === undefined)
    return { id, type, agrees: false, wasGenerated, extra: true, why: 'is not expected' };
  if (made === undefined) return { id, type, agrees: false, wasGenerated, why: 'is missing' };
  const paths = [];
  differences(made, expected, '', paths);
  return paths.length === 0
    ? { id, type, agrees: true, wasGenerated }
    : { id, type, agrees: false, wasGenerated, why: paths.slice(0, 4).join('; ') };
}

function differences(left, right, path, paths) {
  if (JSON.stringify(left) === JSON.stringify(right)) return;
  const isObject = (value) => typeof value === 'object' && value !== null;
  if (!isObject(left) || !isObject(right) || Array.isArray(left) !== Array.isArray(right)) {
    paths.push(`${path}: ${short(left)} instead of ${short(right)}`);
    return;
  }
  for (const key of new Set([...Object.keys(left), ...Object.keys(right)])) {
    differences(left[key], right[key], `${path}/${key}`, paths);
  }
}

function short(value) {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 160 ? `${text.slice(0, 160)}...` : text;
}

/** Deployment ids without their hash, parameters as their defaults, keys and lists in one order. */
function normalized(resources, parameters) {
  const ids = new Map();
  for (const [id, resource] of Object.entries(resources)) {
    const isDeployment = resource.Type === 'AWS::ApiGateway::Deployment';
    ids.set(id, isDeployment ? id.replace(/Deployment[0-9a-f]{10}$/, 'Deployment') : id);
  }
  const walk = (value) => {
    if (Array.isArray(value)) return value.map(walk).sort(byJson);
    if (typeof value !== 'object' || value === null) return value;
    if (typeof value.Ref === 'string' && Object.keys(value).length === 1) {
      const known = parameters[value.Ref]?.Default;
      return known === undefined ? { Ref: ids.get(value.Ref) ?? value.Ref } : String(known);
    }
    const entries = Object.entries(value).map(([key, member]) => [key, walk(member)]);
    return Object.fromEntries(entries.sort(([left], [right]) => (left < right ? -1 : 1)));
  };
  const result = {};
  for (const [id, resource] of Object.entries(resources)) {
    const made = walk(resource);
    if (made.Type === 'AWS::ApiGateway::Deployment') delete made.Properties.Description;
    result[ids.get(id)] = made;
  }
  return result;
}

function byJson(left, right) {
  const [one, two] = [JSON.stringify(left) ?? '', JSON.stringify(right) ?? ''];
  return one < two ? -1 : one > two ? 1 : 0;
}

/** Shares of inputs and resources, and of each type of event and resource. */
export function summarize(entries) {
  const expanded = entries.filter(({ kind }) => kind === 'expanded');
  const refused = entries.filter(({ kind }) => kind === 'refused');
  const all = expanded.flatMap(({ resources }) => resources);
  return {
    inputs: share(expanded),
    refused: share(refused),
    meaning: share(refused.map(({ meaning }) => ({ agrees: isSameMeaning(meaning) }))),
    causes: share(refused.flatMap(({ meaning }) => causes(meaning))),
    resources: share(all),
    generated: share(all.filter(({ wasGenerated }) => wasGenerated)),
    byType: table(all.map(({ type, agrees }) => [type, agrees])),
    byEvent: table(
      expanded.flatMap(({ written, agrees }) => eventTypes(written).map((type) => [type, agrees])),
    ),
  };
}

/** Every cause has its partner, on both sides. */
function isSameMeaning({ missing, extra }) {
  return missing.length === 0 && extra.length === 0;
}

function causes({ agreeing, missing }) {
  return [
    ...Array.from({ length: agreeing }, () => ({ agrees: true })),
    ...missing.map(() => ({ agrees: false })),
  ];
}

function share(list) {
  const agreeing = list.filter(({ agrees }) => agrees).length;
  return { agreeing, all: list.length, percent: list.length === 0 ? 100 : (100 * agreeing) / list.length };
}

function table(pairs) {
  const rows = new Map();
  for (const [name, agrees] of pairs) {
    const row = rows.get(name) ?? { agreeing: 0, all: 0 };
    rows.set(name, { agreeing: row.agreeing + (agrees ? 1 : 0), all: row.all + 1 });
  }
  return [...rows].sort(([left], [right]) => (String(left) < String(right) ? -1 : 1));
}

function eventTypes(written) {
  const found = new Set();
  for (const resource of Object.values(written?.Resources ?? {})) {
    const events = resource?.Properties?.Events;
    if (typeof events !== 'object' || events === null) continue;
    for (const event of Object.values(events)) if (typeof event?.Type === 'string') found.add(event.Type);
  }
  return [...found];
}

function printTable(title, rows) {
  console.log(`\n${title}`);
  for (const [name, { agreeing, all }] of rows)
    console.log(`  ${String(name).padEnd(48)} ${agreeing}/${all}`);
}

function print(entries, isListed) {
  const summary = summarize(entries);
  for (const key of ['inputs', 'refused', 'meaning', 'causes', 'resources', 'generated']) {
    const { agreeing, all, percent } = summary[key];
    console.log(`${key.padEnd(10)} ${agreeing}/${all} (${percent.toFixed(2)} %)`);
  }
  printTable('inputs that agree wholly, by event type', summary.byEvent);
  printTable('resources that agree, by type', summary.byType);
  console.log('\ndiffering');
  for (const entry of entries) {
    if (entry.kind === 'refused') printRefused(entry, isListed);
    else if (!entry.agrees || isListed) printExpanded(entry);
  }
}

function printExpanded({ name, resources, errors }) {
  for (const each of resources)
    if (!each.agrees) console.log(`  ${name} ${each.id} (${each.type}): ${each.why}`);
  for (const { severity, message } of errors)
    if (severity === 'error') console.log(`  ${name}: is refused: ${message}`);
}

function printRefused({ name, agrees, meaning, message, errors }, isListed) {
  if (isListed) {
    console.log(`  ${name}\n    expected: ${message}`);
    for (const error of errors) console.log(`    says: ${error.message}`);
  }
  if (!agrees) console.log(`  ${name}: is accepted, but should be refused: ${message}`);
  for (const { official, nearest, differs } of meaning.missing) {
    console.log(`  ${name}: not said: ${official}`);
    if (nearest !== undefined) console.log(`    differs in ${differs.join(', ')}: ${nearest}`);
  }
  for (const extra of meaning.extra) console.log(`  ${name}: said beside: ${extra}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [folder, ...rest] = process.argv.slice(2);
  if (folder === undefined)
    throw new Error('usage: node scripts/sam-agreement.mjs <folder> [--list] [name...]');
  const names = rest.filter((word) => !word.startsWith('--'));
  print(await compareFolder(folder, names), rest.includes('--list'));
}
