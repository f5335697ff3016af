// Writes the content of the action's release branch into a folder: action.yml, its scripts, and the scanner. Whoever pins a
// commit of that branch pins every byte that runs. node scripts/pack-action.mjs OUT, after `npm pack` or build-package.mjs.
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
/** What the command runs and nothing of the library, the functions or the constructs. */
const content = [
  ...['action.yml', 'integrations/github', 'LICENSE'],
  ...['headgate.cjs', 'command.cjs', 'rules.js', 'parts', 'chunks'].map((name) => `dist/${name}`),
];
const ifBuilt = ['dist/THIRD-PARTY-LICENSES.txt', 'dist/sbom.cdx.json'];

/** @param out folder that is emptied, but for `.git` */
export function packAction(out) {
  mkdirSync(out, { recursive: true });
  for (const name of readdirSync(out)) if (name !== '.git') rmSync(join(out, name), { recursive: true });
  for (const path of [...content, ...ifBuilt.filter((name) => existsSync(join(root, name)))])
    cpSync(join(root, path), join(out, path), { recursive: true });
  cpSync(join(root, 'docs/github-action.md'), join(out, 'README.md'));
  const { name, version, license } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  // Parts of the command are modules; nothing is installed from this file.
  const manifest = { name: `${name}-action`, version, private: true, license, type: 'module' };
  writeFileSync(join(out, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  writeFileSync(join(out, 'SHA256SUMS'), checksums(out));
}

function checksums(out) {
  const files = readdirSync(out, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== 'SHA256SUMS')
    .map((entry) => relative(out, join(entry.parentPath, entry.name)))
    .filter((path) => !path.startsWith('.git/'))
    .sort();
  return files
    .map(
      (path) =>
        `${createHash('sha256')
          .update(readFileSync(join(out, path)))
          .digest('hex')}  ${path}\n`,
    )
    .join('');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [out] = process.argv.slice(2);
  if (out === undefined) throw new Error('Name the folder to write: node scripts/pack-action.mjs OUT');
  packAction(resolve(out));
}
