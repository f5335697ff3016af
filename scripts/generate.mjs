// Writes what is generated from one source: rules.schema.json, result.schema.json and the pages
// below docs/. With --check nothing is written, and a difference fails.
import { spawnSync } from 'node:child_process';
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';
import { constructsPage } from './constructs-page.mjs';
import { loadSource, root } from './from-source.mjs';

const check = process.argv.includes('--check');

const {
  ruleSchema,
  configSchema,
  waiversSchema,
  shippedRules,
  peerChecks,
  pages,
  fixesPage,
  relationDocs,
  iamPolicy,
  needsOf,
  memberRoleTemplate,
} = await loadSource(`
    export { ruleSchema, configSchema, waiversSchema } from './src/rules/schema.ts';
    export { shippedRules } from './src/rules/shipped.ts';
    export { peerChecks } from './src/rules/shipped-peer-checks.ts';
    export * as pages from './src/rules/pages.ts';
    export { fixesPage } from './src/rules/fix-pages.ts';
    export { relationDocs } from './src/graph/relation-table.ts';
    export { iamPolicy } from './src/account/iam-policy.ts';
    export { needsOf } from './src/app/needs.ts';
    export { memberRoleTemplate } from './reference-stack/audit/member-role.ts';`);
const sources = await shippedRules();
const readPolicy = iamPolicy(needsOf(sources.rules), 'aws');
const coverage = parse(await readFile(join(root, 'rules/data/peer-coverage.yaml'), 'utf8'));
const fsbp = parse(await readFile(join(root, 'rules/data/fsbp.yaml'), 'utf8'));
const files = new Map([
  ['rules.schema.json', `${JSON.stringify(ruleSchema, null, 2)}\n`],
  ['config.schema.json', `${JSON.stringify(withRuleNames(configSchema, sources.rules), null, 2)}\n`],
  ['waivers.schema.json', `${JSON.stringify(waiversSchema, null, 2)}\n`],
  ['reference-stack/audit/read-policy.json', `${JSON.stringify(readPolicy, null, 2)}\n`],
  [
    'reference-stack/audit/member-role.template.json',
    `${JSON.stringify(memberRoleTemplate(readPolicy), null, 2)}\n`,
  ],
  ['docs/operators.md', pages.operatorsPage(relationDocs())],
  ['docs/constructs.md', await constructsPage(root)],
  ['docs/fixes.md', fixesPage(sources.rules)],
  ['docs/requirements.md', pages.requirementsPage(sources)],
  ['docs/comparison.md', pages.comparisonPage(sources, coverage, await peerChecks())],
  ['docs/controls.md', pages.fsbpPage(sources, fsbp)],
  ['docs/rules/README.md', pages.indexPage(sources.rules)],
  ...sources.rules.map((rule) => [`docs/rules/${rule.id}.md`, pages.rulePage(rule)]),
]);

/** The configuration's schema for editors: they complete rule ids, and show titles. Other keys are globs, services and custom rules. */
function withRuleNames(schema, rules) {
  const { additionalProperties, ...settings } = schema.$defs.rules;
  return {
    ...schema,
    $defs: {
      rules: {
        ...settings,
        properties: Object.fromEntries(
          rules.map(({ id, title }) => [id, { $ref: '#/$defs/setting', description: title }]),
        ),
        additionalProperties: { $ref: '#/$defs/setting' },
      },
      setting: additionalProperties,
    },
  };
}

const stale = [];
for (const [name, text] of files) {
  const path = join(root, name);
  const found = await readFile(path, 'utf8').catch(() => undefined);
  if (found === text) continue;
  stale.push(name);
  if (check) continue;
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}
for (const name of await readdir(join(root, 'docs/rules')).catch(() => [])) {
  if (files.has(`docs/rules/${name}`)) continue;
  stale.push(`docs/rules/${name} (no such rule)`);
  if (!check) await rm(join(root, 'docs/rules', name));
}

if (check && stale.length > 0) {
  process.stdout.write(`Stale, run \`npm run generate\`:\n${stale.map((name) => `  ${name}\n`).join('')}`);
  process.exitCode = 1;
} else
  process.stdout.write(
    `${files.size} generated files${check ? ' are fresh' : `, ${stale.length} written`}\n`,
  );

// The contract's schema comes from the types themselves, the page script of the HTML report from its
// own sources, the mutation table from its matrix.
for (const script of ['generate-result-schema.mjs', 'generate-report-assets.mjs']) {
  const { status } = spawnSync(
    process.execPath,
    [join(root, 'scripts', script), ...(check ? ['--check'] : [])],
    {
      stdio: 'inherit',
    },
  );
  if (status !== 0) process.exitCode = 1;
}
