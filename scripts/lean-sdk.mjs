// esbuild plugin: of an SDK client that is imported when it is needed, only what the sources name is bundled. A dynamic
// import takes a whole package, and `new EC2()` has a method for each of 800 operations, of which an audit calls 15.
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from './from-source.mjs';

/** Every word of the sources. An operation is kept if its method, its name or its command is among them. */
function wordsOf(folders) {
  const words = new Set();
  for (const folder of folders)
    for (const entry of readdirSync(join(root, folder), { recursive: true, withFileTypes: true }))
      if (entry.isFile() && entry.name.endsWith('.ts'))
        for (const [word] of readFileSync(join(entry.parentPath, entry.name), 'utf8').matchAll(/[\w$]+/g))
          words.add(word);
  return words;
}

/** Names that a client exports at run time: classes, commands, errors and enumerations. */
function exportsOf(folder) {
  const names = new Set();
  const add = (file) => {
    const text = readFileSync(file, 'utf8');
    for (const [, name] of text.matchAll(/^export (?:const|class|function) ([\w$]+)/gm)) names.add(name);
    for (const [, path] of text.matchAll(/^export (?:\*|\{[^}]*\}) from "(\.[^"]*)"/gm)) {
      const target = join(dirname(file), path);
      if (!/\/(schemas|pagination|waiters)(\/|$)/.test(path))
        add(path === './commands' ? join(target, 'index.js') : `${target}.js`);
    }
  };
  add(join(folder, 'index.js'));
  return names;
}

/** The aggregated client with those operations alone, whose names are among the words. */
function withFewerOperations(text, words) {
  const isUsed = (command) => {
    const operation = command.replace(/Command$/, '');
    return [command, operation, operation[0].toLowerCase() + operation.slice(1)].some((name) =>
      words.has(name),
    );
  };
  const keep = (block, test) => block.replaceAll(/^ {4}(\w+),\n/gm, (line, name) => (test(name) ? line : ''));
  return text
    .replace(/^const commands = \{[^}]*\}/m, (block) => keep(block, isUsed))
    .replaceAll(/^const (?:paginators|waiters) = \{[^}]*\}/gm, (block) =>
      keep(block, (name) => words.has(name)),
    );
}

/** Schemas without computed keys, `{ [_xN]: … }`: the bundler keeps every table that has one, used or not. */
function withPlainKeys(text) {
  const values = new Map(
    [...text.matchAll(/^const (\w+) = ("[^"]*");$/gm)].map(([, name, value]) => [name, value]),
  );
  return text.replaceAll(/\[(\w+)\]:/g, (key, name) => (values.has(name) ? `${values.get(name)}:` : key));
}

/** @returns the plugin; the sources are read once, when it is made */
export function leanSdk() {
  const words = wordsOf(['src', 'reference-stack']);
  return {
    name: 'lean-sdk',
    setup(builder) {
      builder.onResolve(
        { filter: /^@aws-sdk\/client-[\w-]+$/ },
        async ({ kind, path, resolveDir, pluginData }) => {
          if (kind !== 'dynamic-import' || pluginData === 'whole') return undefined;
          const whole = await builder.resolve(path, {
            kind: 'import-statement',
            resolveDir,
            pluginData: 'whole',
          });
          return { path: whole.path, namespace: 'lean-sdk', pluginData: { name: path, resolveDir } };
        },
      );
      builder.onLoad({ filter: /./, namespace: 'lean-sdk' }, ({ path, pluginData: { name, resolveDir } }) => {
        const names = [...exportsOf(dirname(path))].filter((one) => words.has(one)).sort();
        return { contents: `export { ${names.join(', ')} } from '${name}';`, resolveDir, loader: 'js' };
      });
      builder.onLoad({ filter: /@aws-sdk[/\\]client-[\w-]+[/\\]dist-es[/\\]\w+\.js$/ }, ({ path }) => {
        const text = readFileSync(path, 'utf8');
        return text.includes('createAggregatedClient(')
          ? { contents: withFewerOperations(text, words), loader: 'js' }
          : undefined;
      });
      builder.onLoad(
        { filter: /@aws-sdk[/\\]client-[\w-]+[/\\]dist-es[/\\]schemas[/\\]\w+\.js$/ },
        ({ path }) => ({
          contents: withPlainKeys(readFileSync(path, 'utf8')),
          loader: 'js',
        }),
      );
    },
  };
}
