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
  return `# Mutations

The reference application is broken on purpose, once for each rule of the catalogue. One mistake must turn
that rule's verdict on one resource from *pass* to *fail*, and no other verdict to *fail* or *unknown*.

- killed: **${killed} of ${rules.length}** rules
- fired alone: ${matrix.length - crossFired.length} of ${matrix.length} mistakes; ${crossFired.length} bring a second finding, because two statements decide one switch: ${list(crossFired)}
- ${soft.length} rules never fail, as no configuration proves the contrary; their mistake makes the verdict unknown: ${list(soft)}

"Beside" is what the application lacks and the rule is about; it is added first, and yields no finding by itself.
Every line is a case of \`test/stack/mutations\`, where the edits stand.

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

Every passing example of a rule is weakened by each operator wherever it fits: at values that the verdict hangs on,
because nothing passes without them or while nobody knows them, and at resources without which nothing passes. A
weakened example may not pass, unless a line of \`test/rules/weakening/allowed.ts\` says why. The figures are those of
the last whole run (\`HEADGATE_WEAKENINGS_ONE_OF=1 HEADGATE_WEAKENINGS_WRITE=1 npm run jest -- test/rules/weakenings\`);
every run of the tests tries a share.

- tried: **${sum('tried')}**, killed (failed, unknown or no longer applicable): **${sum('killed')}**, allowed: ${sum('allowed')}, survived: **${sum('tried') - sum('killed') - sum('allowed')}**

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

/** The stacks that audit, which are judged by the same rules. */
function auditSection(auditMatrix, rules) {
  const kinds = [
    ['Audit', 'The audit of an account'],
    ['Fleet', 'The audit of an organization'],
    ['Hook', 'The hook'],
  ];
  const parts = kinds.map(([kind, what]) => {
    const mutations = auditMatrix(kind);
    const broken = new Set(mutations.map(({ rule }) => rule));
    const without = rules.filter(({ id }) => !broken.has(id)).map(({ id }) => `\`${id}\``);
    const alone = mutations.filter(({ also }) => also === undefined).length;
    return `### ${what}

- ${mutations.length} mistakes, all found; ${alone} of them by one rule alone on one resource
- ${broken.size} rules have a place there: each decided something there, and each is broken at least once
- ${without.length} rules decide nothing there, as a test computes: the stacks have nothing that they apply to, or a person vouches
  for it: ${without.join(', ')}

| rule | mistake | finding on | also |
| --- | --- | --- | --- |
${[...mutations]
  .sort((a, b) => (a.rule < b.rule ? -1 : 1))
  .map((mutation) => rowOf(mutation).replace(/ +\| *\|$/, ' |'))
  .join('\n')}
`;
  });
  return `## The stacks that audit, and the hook

The rules judge the stacks of [the scheduled audit](audit.md) and of [the hook](hook.md) too, and these are broken in the
same way. Every line is a case of \`test/stack/mutations/audit-mutations.test.ts\`. What no rule decides there (the reader's policy, the member's
trust, retries, alarms, the table, the lock) is asserted on the templates in \`test/stack/audit\`.

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
