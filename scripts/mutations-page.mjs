// Writes docs/mutations.md from the mutation matrix; the test of the matrix proves what the page says.
// With --check nothing is written, and a difference fails.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { loadSource, root } from './from-source.mjs';

/** Text of docs/mutations.md. */
export async function mutationsPage() {
  const { matrix, auditMatrix, shippedRules, operators, additions, allowed } = await loadSource(`
    export { operators } from './test/rules/weakening/operators.ts';
    export { additions } from './test/rules/weakening/additions.ts';
    export { allowed } from './test/rules/weakening/allowed.ts';
    export { matrix } from './test/stack/mutations/matrix.ts';
    export { auditMatrix } from './test/stack/mutations/audit-matrix.ts';
    export { shippedRules } from './src/rules/shipped.ts';`);
  const { rules } = await shippedRules();
  const killing = new Map(matrix.map((mutation) => [mutation.rule, mutation]));
  const killed = rules.filter(({ id }) => killing.has(id)).length;
  const crossFired = matrix.filter(({ also }) => also !== undefined);
  const rows = [...matrix].sort((a, b) => (a.rule < b.rule ? -1 : 1)).map(rowOf);
  const list = (mutations) => mutations.map(({ rule }) => `\`${rule}\``).join(', ');
  const soft = matrix.filter(({ becomes }) => becomes === 'unknown');
  return `# Mutation tests

This page is for contributors. It lists the mistakes with which the tests prove that every rule finds what it checks. It
is generated from the tables in \`test\`.

## Mistakes in the reference application

Each mistake changes the reference application for one rule. The verdict of that rule on one resource must change from
*pass* to *fail*. No other verdict is allowed to change to *fail* or *unknown*, except those in the column "also".

- ${killed} of ${rules.length} rules find their mistake.
- ${matrix.length - crossFired.length} of ${matrix.length} mistakes cause only one finding. ${crossFired.length} cause more, because other rules check the same setting: ${list(crossFired)}.
- ${soft.length} rules never fail, because no configuration proves a violation. Their mistake changes the verdict to unknown: ${list(soft)}.

The column "beside" shows what the test adds first, if the application does not contain what the rule checks. It does not
cause a finding by itself. Every row is a case in \`test/stack/mutations\`.

| rule | mistake | finding on | also | beside |
| --- | --- | --- | --- | --- |
${rows.join('\n')}

${auditSection(auditMatrix, rules)}
${weakeningSection({ operators, additions, allowed, figures: await figuresOfWeakenings() })}`;
}

/** What the whole table of weakenings did, as its last whole run wrote it down. */
async function figuresOfWeakenings() {
  return JSON.parse(await readFile(join(root, 'test/rules/weakening/figures.json'), 'utf8'));
}

function weakeningSection({ operators, additions, allowed, figures }) {
  const counted = Object.entries(figures).filter(([, { tried }]) => tried > 0);
  const sum = (name) => counted.reduce((all, [, each]) => all + each[name], 0);
  return `## Weakened examples

The tests weaken every passing example of a rule with each operator. They change each value and resource on
which the verdict depends. A weakened example must not pass, unless \`test/rules/weakening/allowed.ts\` gives a reason. Every run
of the tests tries a share of the changes. The figures are those of the last full run
(\`HEADGATE_WEAKENINGS_ONE_OF=1 HEADGATE_WEAKENINGS_WRITE=1 npm run jest -- test/rules/weakenings\`):

- **${sum('tried')}** weakened examples were tried.
- **${sum('killed')}** of them failed, were unknown, or were no longer applicable.
- ${sum('allowed')} are allowed to pass.
- **${sum('tried') - sum('killed') - sum('allowed')}** passed without a reason.

| operator | what it does |
| --- | --- |
${operators.map(({ id, does }) => `| ${id} | ${does} |`).join('\n')}
| added | ${additions.map(({ id }) => id).join('; ')} |
| perhaps | the resource is there only under a condition that nobody knows |

| rule | tried | killed | allowed |
| --- | --- | --- | --- |
${counted.map(([id, { tried, killed, allowed: spared }]) => `| [${id}](rules/${id}.md) | ${tried} | ${killed} | ${spared} |`).join('\n')}

| operators | rules | why the weakened example may pass |
| --- | --- | --- |
${allowed.map(({ operators: names, rules, because }) => `| ${names.join(', ')} | ${rules === undefined ? 'all' : rules.map((id) => `\`${id}\``).join(', ')} | ${because} |`).join('\n')}
`;
}

/** The stacks of the audit and the hook, which the same rules check. */
function auditSection(auditMatrix, rules) {
  const kinds = [
    ['Audit', 'Audit of an account'],
    ['Fleet', 'Audit of an organization'],
    ['Hook', 'Hook'],
  ];
  const parts = kinds.map(([kind, what]) => {
    const mutations = auditMatrix(kind);
    const broken = new Set(mutations.map(({ rule }) => rule));
    const without = rules.filter(({ id }) => !broken.has(id)).map(({ id }) => `\`${id}\``);
    const alone = mutations.filter(({ also }) => also === undefined).length;
    return `### ${what}

- All ${mutations.length} mistakes are found, ${alone} of them by only one rule on one resource.
- ${broken.size} rules check these stacks. Each of them has at least one mistake here.
- ${without.length} rules have no verdict here: they do not apply to the stacks, or a person acknowledged them. A test computes
  this list: ${without.join(', ')}.

| rule | mistake | finding on | also |
| --- | --- | --- | --- |
${[...mutations]
  .sort((a, b) => (a.rule < b.rule ? -1 : 1))
  .map((mutation) => rowOf(mutation).replace(/ +\| *\|$/, ' |'))
  .join('\n')}
`;
  });
  return `## Mistakes in the audit and the hook

The rules also check the stacks of [the scheduled audit](audit.md) and of [the hook](hook.md), and the tests add mistakes
there in the same way. Every row is a case in \`test/stack/mutations/audit-mutations.test.ts\`. The tests in \`test/stack/audit\`
check the rest on the templates: the policy of the reader, the trust of the member, retries, alarms, the table and the lock.

${parts.join('\n')}`;
}

function rowOf({ rule, mistake, on, becomes, also = [], base }) {
  const place = on === '.' ? 'the whole application' : `\`${on}\``;
  const others = also.map((other) => `\`${other.rule}\`: ${other.because}`).join('; ');
  const finding = becomes === undefined ? place : `${place} (${becomes})`;
  return `| [${rule}](rules/${rule}.md) | ${mistake} | ${finding} | ${others} | ${base?.name ?? ''} |`;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const path = join(root, 'docs/mutations.md');
  const text = await mutationsPage();
  const isFresh = (await readFile(path, 'utf8').catch(() => undefined)) === text;
  if (!isFresh && process.argv.includes('--check')) {
    process.stdout.write('Stale, run `node scripts/mutations-page.mjs`: docs/mutations.md\n');
    process.exitCode = 1;
  } else if (!isFresh) await writeFile(path, text);
}
