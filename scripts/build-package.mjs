// What the published package needs beside the command: declarations, the reference stack's constructs
// with their handlers bundled, and the licences of what is bundled. Run by `npm pack` and `npm publish`.
import { spawnSync } from 'node:child_process';
import { copyFile, cp, mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { buildAll } from './build.mjs';
import { loadSource, root } from './from-source.mjs';

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

// Every package that a bundle holds, with its licence: their terms ask for that.
async function writeLicences() {
  const texts = [];
  for (const path of await bundledPackages()) {
    const folder = join(root, path);
    const { name, version, license } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
    const file = (await readdir(folder)).find((entry) => /^licen[cs]e(\.md|\.txt)?$/i.test(entry));
    const text = file === undefined ? '' : `\n\n${(await readFile(join(folder, file), 'utf8')).trim()}`;
    texts.push(`${name} ${version} (${license})${text}`);
  }
  await writeFile(
    join(root, 'dist/THIRD-PARTY-LICENSES.txt'),
    `${texts.join(`\n\n${'-'.repeat(80)}\n\n`)}\n`,
  );
}

async function bundledPackages() {
  const entryPoints = [
    'src/cli/main.ts',
    'src/index.ts',
    'src/cdk/scan-assembly.ts',
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
