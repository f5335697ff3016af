// node reference-stack/document-page.mjs [--check]: writes docs/reference-stack.md, or reports that it is stale.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

const file = (path) => fileURLToPath(new URL(path, import.meta.url));
const read = (path) => readFileSync(file(path), 'utf8');
const page = file('../docs/reference-stack.md');

/** One statement with the places where it stands; each `{construct, path, line}`. */
function statement(document, text, anchors) {
  if (!anchors?.length) throw new Error(`document-map.yaml has no place for «${document} ${text}». Add one.`);
  const places = anchors.map((anchor) => {
    const [[where, snippet]] = Object.entries(anchor);
    const [path, scope] = where.split('#');
    return locate(path, snippet, scope);
  });
  return { text, places };
}

/** The one line of a file (or of one of its classes) that holds a text. */
function locate(path, snippet, scope) {
  const lines = read(path).split('\n');
  const found = lines.flatMap((text, index) => {
    const construct = constructAt(lines, index);
    return text.includes(snippet) && (!scope || scope === construct)
      ? [{ construct, path, line: index + 1 }]
      : [];
  });
  if (found.length !== 1)
    throw new Error(
      `«${snippet}» must be in ${path} exactly once, but is there ${found.length} times. Correct document-map.yaml.`,
    );
  return found[0];
}

/** Name of the class, function or constant at the margin that a line belongs to. */
function constructAt(lines, index) {
  for (let at = index; at >= 0; at--) {
    const named = /^(?:export )?(?:async )?(?:class|function|const|interface|type) (\w+)/.exec(lines[at]);
    if (named) return named[1];
    if (/^}/.test(lines[at]) && at < index) break;
  }
  return '';
}

/** Every statement of the document, in its order, by section. */
export function documentSections() {
  const map = parse(read('document-map.yaml'));
  const used = new Set();
  const take = (key, anchors) => (used.add(key), anchors);
  const diagrams = ['api', 'events', 'batch'].map((id) => {
    const { title, nodes } = parse(read(`../rules/flows/${id}.yaml`));
    const statements = nodes.flatMap((node) =>
      node.bullets.map(({ text }) => ({
        node: node.label,
        ...statement(`${id} ${node.id}`, text, take(`${id}/${node.id}/${text}`, map[id]?.[node.id]?.[text])),
      })),
    );
    return { title, statements };
  });
  const prose = new Map();
  for (const { section, text } of parse(read('../rules/data/prose.yaml'))) {
    const key = Object.keys(map.prose).find((beginning) => text.startsWith(beginning));
    const one = { node: '', ...statement('prose', text, take(`prose/${key}`, map.prose[key])) };
    prose.set(section, [...(prose.get(section) ?? []), one]);
  }
  failOnSurplus(map, used);
  return [...diagrams, ...[...prose].map(([title, statements]) => ({ title, statements }))];
}

function failOnSurplus(map, used) {
  const keys = Object.entries(map).flatMap(([part, entries]) =>
    Object.entries(entries).flatMap(([name, value]) =>
      Array.isArray(value)
        ? [`${part}/${name}`]
        : Object.keys(value).map((text) => `${part}/${name}/${text}`),
    ),
  );
  const surplus = keys.filter((key) => !used.has(key));
  if (surplus.length > 0)
    throw new Error(
      `The document does not contain: ${surplus.join('; ')}. Remove it from document-map.yaml.`,
    );
}

const head = `# The reference document in code

Find the line of the [reference stack](../reference-stack/README.md) that implements a statement of the reference architecture
document. Paths start at \`reference-stack/\`.

\`node reference-stack/document-page.mjs\` writes this page from \`reference-stack/document-map.yaml\`. The tests fail if a statement
has no line, or if a line no longer exists.
`;

/** The page, as Markdown. */
export function documentPage() {
  const cell = (text) => text.replaceAll('|', '\\|');
  const link = ({ construct, path, line }) => `\`${path}:${line}\`${construct ? ` ${construct}` : ''}`;
  const row = ({ node, text, places }) =>
    `| ${cell(node ? `${node}: "${text}"` : `"${text}"`)} | ${places.map(link).join('<br>')} |\n`;
  return documentSections().reduce(
    (text, { title, statements }) =>
      `${text}\n## ${title}\n\n| Statement | Implemented in |\n| --- | --- |\n${statements.map(row).join('')}`,
    head,
  );
}

if (process.argv[1] === file('document-page.mjs')) {
  const text = documentPage();
  if (!process.argv.includes('--check')) writeFileSync(page, text);
  else if (readFileSync(page, 'utf8') !== text) {
    console.error('Stale: docs/reference-stack.md. Run `node reference-stack/document-page.mjs`.');
    process.exitCode = 1;
  }
}
