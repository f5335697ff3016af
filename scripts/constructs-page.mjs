// The page of the constructs: every class and its properties, from the doc comments of reference-stack/lib.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import ts from 'typescript';

/** The order of the page: what an application begins with, then what the flows are made of. */
const sections = [
  ['Flows', ['ApiFlow', 'EventsFlow', 'BatchFlow']],
  ['Shared resources', ['Foundation', 'NetworkFoundation', 'CodeSigning', 'Operations', 'ExternalApi']],
];

/**
 * Makes docs/constructs.md.
 *
 * @param {string} root folder of the repository
 * @returns {Promise<string>} the page
 */
export async function constructsPage(root) {
  const index = await readFile(join(root, 'reference-stack/lib/index.ts'), 'utf8');
  const files = [...index.matchAll(/from '\.\/([\w-]+)\.ts'/g)].map(([, name]) => name);
  const declared = new Map();
  for (const name of files) {
    const text = await readFile(join(root, `reference-stack/lib/${name}.ts`), 'utf8');
    const source = ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true);
    ts.forEachChild(source, (node) => {
      if ((ts.isClassDeclaration(node) || ts.isInterfaceDeclaration(node)) && node.name && isExported(node))
        declared.set(node.name.text, { node, source });
    });
  }
  const exported = new Set(index.match(/\b[A-Z]\w+\b/g));
  const classes = [...declared].filter(
    ([name, { node }]) => exported.has(name) && ts.isClassDeclaration(node),
  );
  const placed = new Set(sections.flatMap(([, names]) => names));
  const others = classes
    .map(([name]) => name)
    .filter((name) => !placed.has(name))
    .sort();
  const parts = [...sections, ['Building blocks', others]].map(
    ([title, names]) => `## ${title}\n\n${names.map((name) => construct(name, declared)).join('\n\n')}`,
  );
  return `# Constructs

Build an application from CDK constructs that pass the built-in rules. \`headgate/reference-stack\` exports them.
[The reference stack](../reference-stack/README.md) shows how to start, and
[an example application](../examples/own-application/app.ts) has all three flows with custom handlers.
Properties without a question mark are required. This page is generated from the sources.

${parts.join('\n\n')}
`;
}

function construct(name, declared) {
  const { node, source } = declared.get(name) ?? fail(`No class ${name}.`);
  const props = declared.get(`${name}Props`);
  const shared = [...declared].filter(([, each]) => props && mentions(props, each, declared));
  const rows = props ? table(props) : parameters(node, source);
  const readable = members(node, source, ts.isPropertyDeclaration).filter(({ isOpen }) => isOpen);
  const methods = members(node, source, ts.isMethodDeclaration).filter(({ isOpen, text }) => isOpen && text);
  return [
    `### ${name}`,
    description(node),
    rows,
    ...shared.map(([type, each]) => `\`${type}\`: ${description(each.node)}\n\n${table(each)}`),
    readable.length > 0 && `Readable attributes: ${readable.map(({ name: of }) => `\`${of}\``).join(', ')}.`,
    methods.length > 0 && methods.map(({ name: of, text }) => `- \`${of}()\`: ${text}`).join('\n'),
  ]
    .filter(Boolean)
    .join('\n\n');
}

/** What the constructor of a class without an interface for its properties takes. */
function parameters(node, source) {
  const given = node.members
    .filter(ts.isConstructorDeclaration)
    .flatMap((each) => [...each.parameters])
    .filter(({ name }) => !['scope', 'id'].includes(name.getText(source)))
    .map((each) => `\`${each.getText(source)}\``);
  return given.length === 0 ? 'It has no properties.' : `The constructor requires ${given.join(', ')}.`;
}

/** Whether the properties name an interface that has no construct of its own to stand with. */
function mentions(props, { node, source }, declared) {
  const name = node.name.text;
  if (!ts.isInterfaceDeclaration(node) || source !== props.source || name === props.node.name.text)
    return false;
  if (name.endsWith('Props') && declared.has(name.slice(0, -'Props'.length))) return false;
  return new RegExp(`\\b${name}\\b`).test(props.node.getText(props.source));
}

function table({ node, source }) {
  const rows = members(node, source, ts.isPropertySignature).map(
    ({ name, isOptional, type, text, preset }) =>
      `| \`${name}${isOptional ? '?' : ''}\` | \`${type.replaceAll('|', '\\|')}\` | ${text.replaceAll('|', '\\|')} | ${(preset ?? '').replaceAll('|', '\\|')} |`,
  );
  return ['| Property | Type | Description | Default |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

function members(node, source, is) {
  return node.members.filter(is).map((member) => ({
    name: member.name.getText(source),
    isOptional: member.questionToken !== undefined,
    isOpen: !member.modifiers?.some(({ kind }) =>
      [ts.SyntaxKind.PrivateKeyword, ts.SyntaxKind.ProtectedKeyword, ts.SyntaxKind.OverrideKeyword].includes(
        kind,
      ),
    ),
    type: (member.type?.getText(source) ?? '').replace(/\s+/g, ' ').replace(/\breadonly /g, ''),
    text: description(member),
    preset: ts
      .getJSDocTags(member)
      .filter(({ tagName }) => tagName.text === 'default')
      .map(({ comment }) => plain(comment))
      .join(' '),
  }));
}

function description(node) {
  return ts
    .getJSDocCommentsAndTags(node)
    .filter(ts.isJSDoc)
    .map(({ comment }) => plain(comment))
    .join(' ');
}

/** Text of a comment in one line, links as code. */
function plain(comment) {
  return (ts.getTextOfJSDocComment(comment) ?? '')
    .replace(/\{@link (\w+)\}/g, '`$1`')
    .replace(/\s+/g, ' ')
    .trim();
}

function isExported(node) {
  return node.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) === true;
}

function fail(message) {
  throw new Error(message);
}
