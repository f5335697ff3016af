// What the published package needs beside the command: declarations, the reference stack's constructs
// with their handlers bundled, and the licences of what is bundled. Run by `npm pack` and `npm publish`.
import { spawnSync } from 'node:child_process';
import { copyFile, cp, mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { buildAll } from './build.mjs';
import { loadSource, root } from './from-source.mjs';
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
  await build({
    absWorkingDir: root,
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
  const { bundleHandler } = await loadSource(
    "export { bundleHandler } from './reference-stack/lib/handler-code.ts';",
  );
  await mkdir(join(root, 'dist/handlers'), { recursive: true });
  for (const name of handlers)
    bundleHandler(join(root, `reference-stack/handlers/${name}.ts`), join(root, `dist/handlers/${name}.js`));
}

// Declarations are of the kind that the nearest package.json says: dist/cdk.cjs needs CommonJS ones.
async function declareForCommonJs() {
  for (const folder of ['cdk', 'model'])
    await cp(join(root, 'dist/types/src', folder), join(root, 'dist/types-commonjs', folder), {
      recursive: true,
    });
  await writeFile(join(root, 'dist/types-commonjs/package.json'), '{ "type": "commonjs" }\n');
}

// What is compiled into a bundled package and has no package of its own; their terms are named by address.
const inside = {
  '@viz-js/viz': [
    { name: 'graphviz', license: { name: 'Eclipse Public License', url: 'https://graphviz.org/license/' } },
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
async function writeLicences() {
  const texts = [];
  const components = [];
  const missing = [];
  for (const path of await bundledPackages()) {
    const folder = join(root, path);
    const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
    const { name, version, license } = manifest;
    const text = await licenceText(folder, manifest);
    if (text === undefined) missing.push(`${name} ${version} (${license})`);
    texts.push(`${name} ${version} (${license})\n\n${text}`);
    components.push(component(name, version, license, `pkg:npm/${name.replace('@', '%40')}@${version}`));
    for (const { name: part, license: terms, holder } of inside[name] ?? []) {
      const standard = standardText(terms.id, holder);
      texts.push(
        `${part}, compiled into ${name} ${version} (${terms.name ?? terms.id})\n\nTerms and source: ${terms.url}${standard === undefined ? '' : `\n\n${standard}`}`,
      );
      components.push({ type: 'library', name: part, licenses: [{ license: terms }] });
    }
  }
  if (missing.length > 0) throw new Error(`no text of the licence of ${missing.join(', ')}`);
  await writeFile(
    join(root, 'dist/THIRD-PARTY-LICENSES.txt'),
    `${texts.join(`\n\n${'-'.repeat(80)}\n\n`)}\n`,
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
  };
  await writeFile(join(root, 'dist/sbom.cdx.json'), `${JSON.stringify(bom, null, 2)}\n`);
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

async function bundledPackages() {
  const entryPoints = [
    'src/cli/main.ts',
    'src/index.ts',
    'src/cdk/scan-assembly.ts',
    'src/cdk/index.ts',
    'src/lambda/handler.ts',
    'src/lambda/fleet-handler.ts',
    ...handlers.map((name) => `reference-stack/handlers/${name}.ts`),
  ];
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints,
    outdir: 'unused',
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    metafile: true,
    write: false,
    logLevel: 'error',
  });
  const folders = Object.keys(metafile.inputs).flatMap(
    (path) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path)?.slice(1) ?? [],
  );
  return [...new Set(folders)].sort();
}

await buildAll();
run(['node_modules/typescript7/bin/tsc', '-p', 'tsconfig.types.json']);
await declareForCommonJs();
await buildReferenceStack();
await writeLicences();
