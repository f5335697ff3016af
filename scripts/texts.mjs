// Every text that users read, with its length, checked against the project's writing rules. `--list` prints all
// texts; without it, what violates a rule is counted by folder and compared with scripts/texts-remaining.json:
// a folder may only get better. `--show PREFIX` prints the violations of a folder, `--update` records fewer.
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { LineCounter, parseDocument } from 'yaml';
import { avoided } from './text-words.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const read = (path) => readFileSync(join(root, path), 'utf8');
const walk = (folder, keep) =>
  readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : walk(path, keep);
    return keep(path) ? [path] : [];
  });
const flat = (text) => text.replaceAll(/\s+/g, ' ').trim();

/** { kind, group, where, text }: the texts of the rule files. */
function ruleTexts() {
  const texts = [];
  for (const path of walk('rules', (name) => name.endsWith('.yaml'))) {
    if (/^rules\/(data|flows)\//.test(path)) continue;
    const lines = new LineCounter();
    const document = parseDocument(read(path), { lineCounter: lines, logLevel: 'silent' });
    const group = path.split('/').slice(0, 2).join('/');
    const add = (kind, at) => {
      const node = document.getIn(at, true);
      if (typeof node?.value !== 'string') return;
      const { line } = lines.linePos(node.range[0]);
      texts.push({ kind, group, where: `${path}:${line}`, text: flat(node.value) });
    };
    const js = document.toJS();
    add('title', ['title']);
    for (const index of (js.when ?? []).keys()) add('reason', ['when', index, 'otherwise']);
    for (const index of (js.assert ?? []).keys()) add('message', ['assert', index, 'otherwise']);
    add('message', ['pass']);
    add('why', ['why']);
    add('fix', ['fix', 'text']);
    add('together', ['fix', 'together']);
    for (const name of Object.keys(js.parameters ?? {}))
      add('parameter', ['parameters', name, 'description']);
    const inside = (value, at) => {
      if (typeof value !== 'object' || value === null) return;
      for (const [key, member] of Object.entries(value)) {
        const next = [...at, Array.isArray(value) ? Number(key) : key];
        if ((key === 'unknown' || key === 'remedy') && typeof member === 'string') add('cause', next);
        inside(member, next);
      }
    };
    inside(js.when, ['when']);
    inside(js.assert, ['assert']);
  }
  return texts;
}

/** SQL that begins with a query, and Python that begins with an import. */
const isQueryOrScript = (text) =>
  /^\s*(SELECT\s|WITH\s|\w+ AS \(|import \w+)/.test(text) && text.includes('\n');

/** The prose in the source code: help texts, messages, errors, labels. Placeholders are shown as `…`. */
function codeTexts() {
  const texts = [];
  const files = [
    ...walk('src', (name) => /\.m?ts$/.test(name) && !/\.d\.ts$|\.generated\./.test(name)),
    ...walk('reference-stack', (name) => name.endsWith('.ts') && !name.endsWith('.d.ts')),
  ];
  for (const path of files) {
    const source = ts.createSourceFile(path, read(path), ts.ScriptTarget.Latest, true);
    const group = path
      .split('/')
      .slice(0, 2)
      .join('/')
      .replace(/\/[^/]+\.ts$/, '');
    const add = (node, text) => {
      // Elements of a page are read one by one, and neither style sheets nor queries and scripts are read by people.
      const parts = text
        .replaceAll(/<(style|script)>.*?<\/\1>/gs, ' ')
        .split(
          /<\/?(?:p|h\d|li|ul|td|th|tr|dt|dd|div|nav|main|header|footer|section|title|a|head|body|summary)\b[^>]*>/,
        );
      for (const part of parts) if (!isQueryOrScript(part)) addProse(node, part);
    };
    const addProse = (node, text) => {
      const prose = flat(text.replaceAll(/<[^>]*>/g, ' '));
      // Three words, and no sign of code: what is left is read by people.
      if (!/[a-z]{2,},? [a-z]{1,},? [a-z]{2,}/i.test(prose) || /[{}]\s*$|^[.#@]|=>| = :|;$/.test(prose))
        return;
      const line = source.getLineAndCharacterOfPosition(node.getStart()).line + 1;
      texts.push({ kind: 'code', group, where: `${path}:${line}`, text: prose });
    };
    const visit = (node) => {
      if (ts.isImportDeclaration(node) || ts.isTypeNode(node)) return;
      if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) add(node, node.text);
      else if (ts.isTemplateExpression(node)) {
        let text = node.head.text;
        for (const span of node.templateSpans) {
          const value = span.expression.getText();
          const counts = /\.(length|size)$|(^|\.)(count|total)$/.test(value);
          text += counts && /^ [a-z]+s\b/.test(span.literal.text) ? '…#' : '…';
          text += span.literal.text;
        }
        add(node, text);
      }
      ts.forEachChild(node, visit);
    };
    visit(source);
  }
  return texts;
}

// The pages of rules repeat the rule files, and the requirements quote the reference document word for word.
const generated = /^docs\/(rules\/|(requirements|mutations)\.md)/;
const pages = [
  'README.md',
  'CHANGELOG.md',
  'CONTRIBUTING.md',
  'reference-stack/README.md',
  ...walk('docs', (name) => name.endsWith('.md')),
];

/** The prose of the pages: paragraphs, list items and cells, outside of code blocks. */
function pageTexts() {
  const texts = [];
  for (const path of pages) {
    if (generated.test(path)) continue;
    let paragraph = [];
    let start = 0;
    let fenced = false;
    const flush = () => {
      const text = flat(paragraph.join(' '));
      if (text !== '') texts.push({ kind: 'page', group: path, where: `${path}:${start}`, text });
      paragraph = [];
    };
    for (const [index, line] of read(path).split('\n').entries()) {
      if (/^\s*(```|~~~)/.test(line)) {
        flush();
        fenced = !fenced;
      } else if (fenced) continue;
      else if (/^\s*\|/.test(line)) {
        flush();
        for (const cell of line.split(/(?<!\\)\|/))
          if (/[a-z]/i.test(cell)) {
            start = index + 1;
            paragraph = [cell];
            flush();
          }
      } else {
        if (line.trim() === '' || /^\s*([-*]|\d+\.|#+|>) /.test(line)) flush();
        if (paragraph.length === 0) start = index + 1;
        paragraph.push(line.replace(/^\s*([-*]|\d+\.|#+|>) /, ''));
      }
    }
    flush();
  }
  return texts;
}

const words = (text) => text.split(/\s+/).filter((word) => /\w|…/.test(word)).length;
const withoutCode = (text) =>
  text
    .replaceAll(/`[^`]*`/g, 'X')
    .replaceAll('**', '')
    .replaceAll(/\]\([^)]*\)/g, ']')
    .replaceAll(/"[^"]*"|“[^”]*”/g, 'X')
    .replaceAll(/\{[a-z]+[^}]*\}/g, 'X')
    .replaceAll(/\bhttps?:\/\/\S+/g, 'X')
    // IDs of rules and requirements.
    .replaceAll(/\b(all|api|events|batch|more)(\.[a-z\d-]+)+/g, 'X');
const sentences = (text) => text.split(/(?<=[\w)`*'"X][.!?:])\s+(?=\S)|; /);
const verbs =
  /^(Add|Allow|Associate|Attach|Assign|Batch|Build|Change|Check|Choose|Configure|Correct|Create|Declare|Define|Delete|Deny|Deploy|Disable|Emit|Enable|Encrypt|Give|Include|Increase|Invoke|Issue|Keep|Limit|Lower|Move|Point|Publish|Put|Raise|Read|Reduce|Remove|Replace|Require|Reserve|Restrict|Retry|Return|Rotate|Route|Save|Send|Set|Sign|Split|Start|Store|Subscribe|Take|Turn|Use|Wrap|Write|Specify|Tag|For|If|In|On)\b/;

/** What a text violates, as short sentences. */
function problems({ kind, text }) {
  const found = [];
  const prose = withoutCode(text);
  for (const [pattern, use] of avoided) {
    const match = pattern.exec(prose);
    if (match !== null) found.push(`"${match[0]}": ${use}`);
  }
  if (kind === 'title' && text.length > 100) found.push(`title of ${text.length} characters (100)`);
  if (kind === 'title' && text.endsWith('.')) found.push('title ends with a period');
  if (['message', 'reason', 'cause'].includes(kind) && text.length > 240)
    found.push(`message of ${text.length} characters (240)`);
  const most = 25;
  for (const sentence of sentences(prose))
    if (words(sentence) > most) found.push(`sentence of ${words(sentence)} words (${most})`);
  if (kind === 'fix') {
    if (!verbs.test(text)) found.push('fix starts with no verb');
    if (!/[a-z][A-Z]|[A-Z]{2}|\d|`|[a-z]:[A-Z*]|Headgate|Powertools/.test(text))
      found.push('fix names no property or value');
  }
  if (text.includes('…#')) found.push('a count beside a plural: use plural()');
  return found;
}

/** Raw placeholders of messages on pages, and links that lead nowhere, in the repository or in the package. */
function pageProblems() {
  const found = [];
  const { files } = JSON.parse(read('package.json'));
  const packed = [...files, 'README.md', 'LICENSE', 'package.json', 'CHANGELOG.md'];
  const isBelow = (path) => (entry) => path === entry || path.startsWith(`${entry}/`);
  // Pages of rules are only in the repository, to which links of the package's page lead.
  const leftOut = packed.filter((entry) => entry.startsWith('!')).map((entry) => entry.slice(1));
  const inPackage = (path) => packed.some(isBelow(path)) && !leftOut.some(isBelow(path));
  const anchors = new Map();
  const anchorsOf = (path) => {
    if (!anchors.has(path))
      anchors.set(
        path,
        new Set(
          [...read(path).matchAll(/^#+ (.+)$/gm)].map(([, title]) =>
            title
              .toLowerCase()
              .replaceAll(/[^\w\- ]/g, '')
              .replaceAll(' ', '-'),
          ),
        ),
      );
    return anchors.get(path);
  };
  for (const path of pages) {
    const group = path.startsWith('docs/rules/') ? 'docs/rules' : path;
    const text = read(path).replaceAll(/^(```|~~~)[\s\S]*?^\1/gm, (block) => block.replaceAll(/[^\n]/g, ''));
    const at = (index) => `${path}:${text.slice(0, index).split('\n').length}`;
    for (const match of text
      .replaceAll(/`[^`\n]*`/g, (code) => ' '.repeat(code.length))
      .matchAll(/\{(name|type|value:[^}]*|parameter\.[^}]*)\}/g))
      found.push({ group, where: at(match.index), text: match[0], problem: 'raw placeholder' });
    for (const match of text.matchAll(/\]\(([^)\s]+)\)/g)) {
      const [target, anchor] = match[1].split('#');
      if (/^[a-z]+:/.test(match[1])) continue;
      const file = target === '' ? path : relative(root, resolve(root, dirname(path), target));
      const add = (problem) => found.push({ group, where: at(match.index), text: match[1], problem });
      if (!existsSync(join(root, file))) add('dead link');
      else if (anchor !== undefined && file.endsWith('.md') && !anchorsOf(file).has(anchor))
        add('dead anchor');
      else if (
        inPackage(path) &&
        !inPackage(file) &&
        !leftOut.some(isBelow(file)) &&
        !(statSync(join(root, file)).isDirectory() && files.some((entry) => entry.startsWith(file)))
      )
        add('dead link in the package');
    }
  }
  return found;
}

const texts = [...ruleTexts(), ...codeTexts(), ...pageTexts()];
if (process.argv.includes('--list'))
  process.stdout.write(
    texts.map(({ kind, where, text }) => `${text.length}\t${kind}\t${where}\t${text}\n`).join(''),
  );
const violations = [
  ...texts.flatMap((text) => problems(text).map((problem) => ({ ...text, problem }))),
  ...pageProblems(),
];
const counts = {};
for (const { group } of violations) counts[group] = (counts[group] ?? 0) + 1;
const shown = process.argv.indexOf('--show');
if (shown !== -1)
  for (const { where, problem, text } of violations)
    if (where.startsWith(process.argv[shown + 1] ?? ''))
      process.stdout.write(`${where}  ${problem}\n    ${text.slice(0, 400)}\n`);

const recordPath = join(root, 'scripts/texts-remaining.json');
const record = existsSync(recordPath) ? JSON.parse(readFileSync(recordPath, 'utf8')) : {};
const groups = [...new Set([...Object.keys(counts), ...Object.keys(record)])].sort();
const worse = groups.filter((group) => (counts[group] ?? 0) > (record[group] ?? 0));
const better = groups.filter((group) => (counts[group] ?? 0) < (record[group] ?? 0));
process.stdout.write(
  `${texts.length} texts, ${new Set(violations.map(({ where }) => where)).size} with a violation, ${violations.length} violations\n`,
);
if (process.argv.includes('--update')) {
  const next = Object.fromEntries(
    groups
      .filter((group) => (counts[group] ?? 0) > 0)
      .map((group) => [
        group,
        process.argv.includes('--first') ? counts[group] : Math.min(counts[group], record[group] ?? 0),
      ]),
  );
  writeFileSync(recordPath, `${JSON.stringify(next, null, 2)}\n`);
} else if (shown === -1 && worse.length > 0) {
  for (const group of worse)
    process.stdout.write(`${group}: ${counts[group]} violations, ${record[group] ?? 0} are accepted\n`);
  process.stdout.write('See them with: node scripts/texts.mjs --show FOLDER\n');
  process.exitCode = 1;
} else if (shown === -1 && better.length > 0)
  process.stdout.write(
    `${better.join(', ')}: better than recorded; node scripts/texts.mjs --update records it\n`,
  );
