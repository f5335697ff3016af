// Bundles the command: rules as data, validators generated ahead, SDK clients in chunks of their own.
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, copyFile, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Ajv2020 from 'ajv/dist/2020.js';
import standaloneCode from 'ajv/dist/standalone/index.js';
import { build } from 'esbuild';
import { loadSource, root } from './from-source.mjs';
import { leanSdk } from './lean-sdk.mjs';
import { compressedModule, smallerParts } from './smaller-parts.mjs';

const cache = join(root, '.cache');
// The rules stand once in the package, beside the command: what is of one kind in every bundle is not bundled.
const rulesFile = 'rules.js';
const shared = {
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  logLevel: 'error',
  absWorkingDir: root,
};

async function generateValidators() {
  const { ruleSchema, configSchema, waiversSchema } = await loadSource(
    "export * from './src/rules/schema.ts';",
  );
  const ajv = new (Ajv2020.default ?? Ajv2020)({
    allErrors: true,
    allowUnionTypes: true,
    code: { source: true, esm: true },
    schemas: [ruleSchema, configSchema, waiversSchema],
  });
  const code = (standaloneCode.default ?? standaloneCode)(ajv, {
    rule: ruleSchema.$id,
    config: configSchema.$id,
    waivers: waiversSchema.$id,
  });
  const file = join(cache, 'validators.mjs');
  await writeFile(
    file,
    `${code}
const problems = (validate) => (value) => (validate(value) ? [] : (validate.errors ?? []));
export const validateRule = problems(rule);
export const validateConfig = problems(config);
export const validateWaivers = problems(waivers);
`,
  );
  return file;
}

async function generateResultValidator() {
  const { readableSchema } = await loadSource("export * from './src/app/readable-schema.ts';");
  const schema = readableSchema(JSON.parse(await readFile(join(root, 'result.schema.json'), 'utf8')));
  const ajv = new (Ajv2020.default ?? Ajv2020)({
    allowUnionTypes: true,
    code: { source: true, esm: true },
    schemas: [{ ...schema, $id: 'result' }],
  });
  const code = (standaloneCode.default ?? standaloneCode)(ajv, { validate: 'result' });
  const file = join(cache, 'result-validator.mjs');
  await writeFile(
    file,
    `${code}
export const resultProblem = (value) => (validate(value) ? undefined : validate.errors?.[0]);
`,
  );
  return file;
}

async function packRules() {
  const { shippedRules, relationNames, checkRelations } = await loadSource(`
    export { shippedRules } from './src/rules/shipped.ts';
    export { relationNames } from './src/graph/relation-names.ts';
    export { checkRelations } from './src/rules/check-relations.ts';`);
  const sources = await shippedRules();
  checkRelations(sources.rules, relationNames());
  // Examples are two thirds of a rule's text, and no scan reads them: they are a chunk of their own.
  const examples = Object.fromEntries(sources.rules.map(({ id, examples: list }) => [id, list]));
  const lean = { ...sources, rules: sources.rules.map((rule) => ({ ...rule, examples: [] })) };
  await writeFile(join(cache, 'examples.mjs'), compressedModule(examples));
  await writeFile(join(cache, rulesFile), rawModule(lean));
  const file = join(cache, 'rules.mjs');
  await writeFile(
    file,
    `export async function shippedRules() { return JSON.parse((await import('./${rulesFile}')).text); }
export async function shippedRulesWithExamples() {
  const [sources, { text }] = await Promise.all([shippedRules(), import('./examples.mjs')]);
  const examples = JSON.parse(text);
  return { ...sources, rules: sources.rules.map((rule) => ({ ...rule, examples: examples[rule.id] })) };
}
`,
  );
  return file;
}

async function packPeerChecks() {
  const { peerChecks } = await loadSource("export { peerChecks } from './src/rules/shipped-peer-checks.ts';");
  await writeFile(join(cache, 'peer-checks-text.mjs'), compressedModule(await peerChecks()));
  const file = join(cache, 'peer-checks.mjs');
  await writeFile(
    file,
    `export async function peerChecks() { return JSON.parse((await import('./peer-checks-text.mjs')).text); }\n`,
  );
  return file;
}

const rawStart = 'export const text = String.raw`';
const rawEnd = '`;\n';

/** A module whose JSON stands in it as it is, in ASCII: the command cuts it out and compiles nothing. */
function rawModule(value) {
  const escaped = JSON.stringify(value).replaceAll(
    /[^\x20-\x7e]|`|\$/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return `${rawStart}${escaped}${rawEnd}`;
}

/** esbuild plugin: generated validators and packed rules in the place of what makes them. */
async function generatedModules() {
  await mkdir(cache, { recursive: true });
  const replacements = new Map([
    [join(root, 'src/rules/validators.ts'), await generateValidators()],
    [join(root, 'src/rules/shipped.ts'), await packRules()],
    [join(root, 'src/app/validate-result.ts'), await generateResultValidator()],
    [join(root, 'src/rules/shipped-peer-checks.ts'), await packPeerChecks()],
  ]);
  return {
    name: 'generated-modules',
    setup(builder) {
      // Only chunks ask for the rules, which are in a folder beside them.
      builder.onResolve({ filter: /^\.\/rules\.js$/ }, ({ importer }) =>
        importer.startsWith(cache) ? { path: `../${rulesFile}`, external: true } : undefined,
      );
      builder.onResolve(
        { filter: /(validators|shipped|validate-result|shipped-peer-checks)\.ts$/ },
        (args) => {
          const replacement = replacements.get(join(args.resolveDir, args.path));
          return replacement === undefined ? undefined : { path: replacement };
        },
      );
    },
  };
}

// Modules that share what more than one of them needs.
const bundle = (plugin, options) =>
  build({
    ...shared,
    outdir: join(root, 'dist'),
    splitting: true,
    minify: true,
    metafile: true,
    mainFields: ['module', 'main'],
    chunkNames: 'chunks/[name]-[hash]',
    // commander and others are CommonJS and ask for node's own modules by require.
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
    // Their terms are in THIRD-PARTY-LICENSES.txt.
    legalComments: 'none',
    plugins: [leanSdk(), smallerParts(), plugin],
    ...options,
  });

// The functions of the audit and of the hook.
const functions = {
  audit: join(root, 'src/lambda/handler.ts'),
  fleet: join(root, 'src/lambda/fleet-handler.ts'),
  recheck: join(root, 'src/lambda/recheck-handler.ts'),
  hook: join(root, 'src/hook/handler.ts'),
};

/** The functions of the audit and of the hook as modules, `audit.js`, `fleet.js`, `recheck.js` and `hook.js`, with what they share. */
export async function buildAudit(outdir) {
  await bundle(await generatedModules(), { entryPoints: functions, outdir });
  await copyFile(join(cache, rulesFile), join(outdir, rulesFile));
  await writeFile(join(outdir, 'package.json'), '{ "type": "module" }\n');
}

// What the command loads only when it is used, as files of their own: SDK clients, the diagram layout.
const parts = {
  examples: join(cache, 'examples.mjs'),
  'peer-checks-text': join(cache, 'peer-checks-text.mjs'),
  'render-html': 'src/report/html/render-html.ts',
  'audit-actions': 'src/cli/audit-actions.ts',
  'publish-action': 'src/cli/publish-action.ts',
  'scan-snapshot': 'src/cli/scan-snapshot.ts',
  'diff-action': 'src/cli/diff-action.ts',
  'fix-action': 'src/cli/fix-action.ts',
  'edit-examples': 'src/app/edit-examples.ts',
  'read-result': 'src/cli/read-result.ts',
  'serve-agents': 'src/mcp/serve-agents.ts',
  'serve-editor': 'src/lsp/serve-editor.ts',
  // Not imported: the server starts it as a thread.
  'scan-thread': 'src/lsp/scan-thread.ts',
};

const keepParts = {
  name: 'parts',
  setup(builder) {
    builder.onResolve({ filter: /\.(ts|mjs)$/ }, ({ kind, path }) => {
      const name = path.replace(/^.*\//, '').replace(/\.\w+$/, '');
      return kind === 'dynamic-import' && name in parts
        ? { path: `./parts/${name}.js`, external: true }
        : undefined;
    });
  },
};

// One CommonJS file, of which the launcher keeps V8's compiled form: compiling costs more than scanning does.
async function buildCommand(plugin) {
  const { metafile } = await build({
    ...shared,
    entryPoints: { command: join(root, 'src/cli/main.ts') },
    outdir: join(root, 'dist'),
    outExtension: { '.js': '.cjs' },
    format: 'cjs',
    target: 'node20.12',
    minify: true,
    metafile: true,
    mainFields: ['module', 'main'],
    legalComments: 'none',
    plugins: [keepParts, plugin],
  });
  const file = join(root, 'dist/command.cjs');
  // What the launcher compiles itself knows no import(); it hands over another way to load parts.
  const command = `const importPart = module.importPart ?? ((path) => import(path));
const readRules = () => ({ text: require('node:fs').readFileSync(require('node:path').join(__dirname, '${rulesFile}'), 'latin1').slice(${rawStart.length}, ${-rawEnd.length}) });
${(await readFile(file, 'utf8'))
  .replaceAll('import("./parts/', 'importPart("./parts/')
  .replaceAll(`import("../${rulesFile}")`, 'readRules()')}`;
  await writeFile(file, command);
  const digest = createHash('sha256').update(command).digest('hex');
  const launcher = join(root, 'dist/headgate.cjs');
  const text = await readFile(join(root, 'scripts/launcher.cjs'), 'utf8');
  await writeFile(launcher, text.replace('DIGEST_OF_THE_COMMAND', digest));
  await chmod(launcher, 0o755);
  return metafile;
}

// CommonJS, as most CDK applications are; it asks dist/scan-assembly.js, which is a module.
async function buildPlugin() {
  const { metafile } = await build({
    ...shared,
    metafile: true,
    entryPoints: { cdk: join(root, 'src/cdk/index.ts') },
    outdir: join(root, 'dist'),
    outExtension: { '.js': '.cjs' },
    format: 'cjs',
    define: { 'import.meta.url': '__url' },
    banner: { js: "const __url = require('node:url').pathToFileURL(__filename).href;" },
  });
  return metafile;
}

/** Builds what the sources of the command, the library and the functions come to. @returns esbuild's account of each bundle */
export async function buildAll() {
  for (const name of [
    'headgate.cjs',
    'command.cjs',
    'index.js',
    'cdk.cjs',
    'scan-assembly.js',
    'parts',
    'chunks',
    'audit.js',
    'fleet.js',
    'recheck.js',
    'hook.js',
    // What earlier versions wrote.
    'headgate.js',
    'command.cjs.cache',
    'library',
    'audit',
  ])
    await rm(join(root, 'dist', name), { recursive: true, force: true });
  const plugin = await generatedModules();
  const named = (folder, entries) =>
    Object.fromEntries(Object.entries(entries).map(([name, file]) => [`${folder}/${name}`, file]));
  const { metafile } = await bundle(plugin, {
    entryPoints: {
      index: join(root, 'src/index.ts'),
      'scan-assembly': join(root, 'src/cdk/scan-assembly.ts'),
      ...named('parts', parts),
      ...functions,
    },
  });
  await copyFile(join(cache, rulesFile), join(root, 'dist', rulesFile));
  return [metafile, await buildCommand(plugin), await buildPlugin()];
}

// In a clone, `npx headgate` should find the command beside the other tools, not through npm's cache.
async function linkCommand() {
  const link = join(root, 'node_modules/.bin/headgate');
  if (process.platform === 'win32' || !existsSync(dirname(link))) return;
  await rm(link, { force: true });
  await symlink('../../dist/headgate.cjs', link);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await buildAll();
  await linkCommand();
}
