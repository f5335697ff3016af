// What the published package needs beside the command: declarations, the reference stack's constructs
// with their handlers bundled, and the licences of what is bundled. Run by `npm pack` and `npm publish`.
import { spawnSync } from 'node:child_process';
import { copyFile, cp, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { build, transform } from 'esbuild';
import { buildAll } from './build.mjs';
import { root } from './from-source.mjs';
import { leanSdk } from './lean-sdk.mjs';
import { standardText } from './licence-texts.mjs';

const handlers =
  'order-api rotate-api-key ingest-upload record-order release-due-orders start-fulfilment write-audit-trail process-orders'.split(
    ' ',
  );

function run(args) {
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) throw new Error(`${args.join(' ')} failed`);
}

async function buildReferenceStack() {
  const { metafile } = await build({
    absWorkingDir: root,
    metafile: true,
    minify: true,
    entryPoints: { 'reference-stack': 'reference-stack/index.ts' },
    outdir: 'dist',
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    logLevel: 'error',
    external: ['aws-cdk-lib', 'aws-cdk-lib/*', 'constructs', 'esbuild'],
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
  });
  for (const name of ['read-policy.json', 'member-role.template.json'])
    await copyFile(join(root, 'reference-stack/audit', name), join(root, 'dist', name));
  return [metafile, await buildHandlers()];
}

// CommonJS, because X-Ray replaces functions of node:https, which modules have bound by then. Each is an entry with chunks
// that several share; its first line names the packages in it, for stack traces and for whoever asks code what it uses.
async function buildHandlers() {
  const outdir = join(root, 'dist/handlers');
  const { metafile, outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: handlers.map((name) => `reference-stack/handlers/${name}.ts`),
    outdir,
    bundle: true,
    splitting: true,
    minify: true,
    metafile: true,
    write: false,
    platform: 'node',
    format: 'esm',
    target: 'node22',
    mainFields: ['module', 'main'],
    legalComments: 'none',
    logLevel: 'error',
    chunkNames: 'chunks/[name]-[hash]',
    plugins: [leanSdk()],
  });
  for (const { path, text } of outputFiles) {
    const { code } = await transform(text, {
      format: 'cjs',
      platform: 'node',
      minify: true,
      target: 'node22',
    });
    const output = relative(root, path);
    const packages =
      metafile.outputs[output].entryPoint === undefined ? '' : await packagesOf(metafile, output);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, `${packages}${code}`);
  }
  return metafile;
}

/** A comment that names the packages whose code an output and what it imports hold, by name and version. */
async function packagesOf(metafile, output) {
  const outputs = new Set([output]);
  for (const one of outputs)
    for (const { path, external } of metafile.outputs[one].imports) if (external !== true) outputs.add(path);
  const inputs = [...outputs].flatMap((one) => Object.keys(metafile.outputs[one].inputs));
  const names = await Promise.all(
    packageFolders(inputs).map(async (folder) => {
      const { name, version } = JSON.parse(await readFile(join(root, folder, 'package.json'), 'utf8'));
      return `${name} ${version}`;
    }),
  );
  return `// Holds ${names.join(', ')}.\n`;
}

/** Folders of the packages that inputs of a bundle are files of, relative to the root, sorted. */
function packageFolders(inputs) {
  const folders = inputs.flatMap(
    (path) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path)?.slice(1) ?? [],
  );
  return [...new Set(folders.filter((folder) => !folder.includes(':')))].sort();
}

// The compiler declares every source that an export leads to; kept is what the declarations of exports refer to.
async function dropUnusedDeclarations(folder, entries) {
  const used = new Set(entries.map((entry) => join(folder, entry)));
  for (const file of used)
    for (const [, path] of (await readFile(file, 'utf8')).matchAll(
      /(?:from |import\(?\s*)["'](\.[^"']+)["']/g,
    ))
      used.add(join(dirname(file), path).replace(/\.(js|ts)$/, '.d.ts'));
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const file = join(entry.parentPath, entry.name);
    if (entry.name.endsWith('.ts') && !used.has(file)) await rm(file);
  }
}

// Declarations are of the kind that the nearest package.json says: dist/cdk.cjs needs CommonJS ones.
async function declareForCommonJs() {
  for (const folder of ['cdk', 'model'])
    await cp(join(root, 'dist/types/src', folder), join(root, 'dist/types-commonjs', folder), {
      recursive: true,
    });
  await writeFile(join(root, 'dist/types-commonjs/package.json'), '{ "type": "commonjs" }\n');
}

// What is compiled into a bundled package and has no package of its own, by the notices of its source files.
const inside = {
  '@viz-js/viz': [
    {
      name: 'graphviz',
      holder: 'AT&T Intellectual Property (2011), and the contributors to Graphviz',
      license: { id: 'EPL-1.0', url: 'https://graphviz.org/license/' },
    },
    {
      name: 'expat',
      holder:
        'Thai Open Source Software Center Ltd and Clark Cooper (1998-2000), and the Expat maintainers (since 2001)',
      license: { id: 'MIT', url: 'https://github.com/libexpat/libexpat/blob/master/expat/COPYING' },
    },
  ],
};

// Holders of packages that name no author.
const holders = { '@viz-js/viz': 'Michael Daines' };

/** The licence's text: the package's own file, else for Apache-2.0 this project's own, else the standard one. */
async function licenceText(folder, { name, license, author = holders[name] }) {
  const file = (await readdir(folder)).find((entry) => /^(licen[cs]e|copying)([.-].*)?$/i.test(entry));
  if (file !== undefined) return (await readFile(join(folder, file), 'utf8')).trim();
  if (license === 'Apache-2.0') return (await readFile(join(root, 'LICENSE'), 'utf8')).trim();
  return standardText(license, (typeof author === 'string' ? author : author?.name)?.replace(/ *[<(].*/, ''));
}

// Every package that a bundle holds, with its licence, for their terms ask for that; and the same as a bill of materials.
async function writeLicences(folders) {
  const texts = new Map();
  const lock = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8'));
  // Each text once, below the names of all that it is the text of.
  const add = (title, text) => texts.set(text, [...(texts.get(text) ?? []), title]);
  const components = [];
  const missing = [];
  for (const path of folders) {
    const folder = join(root, path);
    const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
    const { name, version, license } = manifest;
    const text = await licenceText(folder, manifest);
    if (text === undefined) missing.push(`${name} ${version} (${license})`);
    add(`${name} ${version} (${license})`, text);
    components.push({
      ...component(name, version, license, `pkg:npm/${name.replace('@', '%40')}@${version}`),
      ...hashOf(lock.packages[path]?.integrity),
    });
    for (const { name: part, license: terms, holder } of inside[name] ?? []) {
      const standard = standardText(terms.id, holder);
      add(
        `${part}, compiled into ${name} ${version} (${terms.name ?? terms.id})`,
        `Terms and source: ${terms.url}${standard === undefined ? '' : `\n\n${standard}`}`,
      );
      components.push({ type: 'library', name: part, licenses: [{ license: terms }] });
    }
  }
  if (missing.length > 0) throw new Error(`no text of the licence of ${missing.join(', ')}`);
  await writeFile(
    join(root, 'dist/THIRD-PARTY-LICENSES.txt'),
    `${[...texts].map(([text, titles]) => `${titles.join('\n')}\n\n${text}`).join(`\n\n${'-'.repeat(80)}\n\n`)}\n`,
  );
  const own = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
  const bom = {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: {
      component: {
        ...component(own.name, own.version, own.license, `pkg:npm/${own.name}@${own.version}`),
        type: 'application',
      },
    },
    components,
    // What one bundle takes from which package is the bundler's to know; all of it is part of this one.
    dependencies: [
      {
        ref: `pkg:npm/${own.name}@${own.version}`,
        dependsOn: components.flatMap((one) => one['bom-ref'] ?? []),
      },
    ],
  };
  await writeFile(join(root, 'dist/sbom.cdx.json'), `${JSON.stringify(bom, null, 2)}\n`);
}

/** @param integrity of the lock file: algorithm and base64 */
function hashOf(integrity) {
  const [, base64] = /^sha512-(.+)$/.exec(integrity ?? '') ?? [];
  return base64 === undefined
    ? {}
    : { hashes: [{ alg: 'SHA-512', content: Buffer.from(base64, 'base64').toString('hex') }] };
}

function component(name, version, license, purl) {
  return {
    type: 'library',
    name,
    ...(version === undefined ? {} : { version }),
    licenses: [{ license: { id: license } }],
    ...(purl === undefined ? {} : { purl, 'bom-ref': purl }),
  };
}

// From nothing, so that the package holds nothing of an earlier build.
await rm(join(root, 'dist'), { recursive: true, force: true });
const metafiles = await buildAll();
run(['node_modules/typescript7/bin/tsc', '-p', 'tsconfig.types.json']);
await declareForCommonJs();
await dropUnusedDeclarations(join(root, 'dist/types-commonjs'), ['cdk/index.d.ts']);
await dropUnusedDeclarations(join(root, 'dist/types'), ['src/index.d.ts', 'reference-stack/index.d.ts']);
metafiles.push(...(await buildReferenceStack()));
await writeLicences(packageFolders(metafiles.flatMap(({ inputs }) => Object.keys(inputs))));
