// Bundles the extension into one file, with the license texts of the packages in it.
import { copyFile, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';

const { metafile } = await build({
  entryPoints: ['src/extension.mjs'],
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  external: ['vscode'],
  mainFields: ['module', 'main'],
  minify: true,
  metafile: true,
  outfile: 'dist/extension.cjs',
});

const inputs = Object.keys(metafile.inputs);
const folders = new Set(
  inputs.flatMap((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? []),
);
const texts = await Promise.all(
  [...folders].sort().map(async (folder) => {
    const { name, version, license } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
    const file = (await readdir(folder)).find((each) => /^licen[cs]e/i.test(each));
    if (file === undefined) throw new Error(`${name} has no license text`);
    return `${name} ${version} (${license})\n\n${await readFile(join(folder, file), 'utf8')}`;
  }),
);
await writeFile('dist/THIRD-PARTY-LICENSES.txt', texts.join(`\n${'-'.repeat(80)}\n\n`));
// The extension is part of this repository, and under its license.
await copyFile('../../LICENSE', 'LICENSE.txt');
