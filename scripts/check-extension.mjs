// Packages the extension for VS Code as its README says, in a copy, and looks into the result.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire, isBuiltin } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const folder = join(root, '.cache/extension');
const copy = join(folder, 'integrations/vscode');
const npm = (...args) => spawnSync('npm', args, { cwd: copy, encoding: 'utf8' });

function check(title, isRight, detail) {
  process.stdout.write(`${isRight ? 'ok' : 'FAILED'}  ${title}\n`);
  if (isRight) return;
  process.stdout.write(`${detail}\n`);
  process.exitCode = 1;
}

const lock = 'integrations/vscode/package-lock.json';
const read = (path) => (existsSync(path) ? readFileSync(path, 'utf8') : undefined);
const isInstalled =
  existsSync(join(copy, 'node_modules')) && read(join(folder, lock)) === read(join(root, lock));
if (!isInstalled) rmSync(folder, { recursive: true, force: true });
mkdirSync(copy, { recursive: true });
cpSync(join(root, 'integrations/vscode'), copy, {
  recursive: true,
  filter: (path) => !path.includes('node_modules'),
});
cpSync(join(root, 'LICENSE'), join(folder, 'LICENSE'));
const install = isInstalled ? { status: 0, stderr: '' } : npm('ci', '--no-audit', '--no-fund');
if (install.status !== 0) {
  process.stdout.write(`SKIPPED: its packages could not be installed: ${install.stderr.slice(-300)}\n`);
  process.exit(0);
}
check(
  'npm installs what it is built with without a warning',
  !install.stderr.includes('install-scripts'),
  install.stderr,
);

const manifest = JSON.parse(readFileSync(join(copy, 'package.json'), 'utf8'));
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
check('it has the version of the package', manifest.version === version, manifest.version);
const file = join(copy, `headgate-vscode-${version}.vsix`);
rmSync(file, { force: true });
const packaged = npm('run', 'package', '--offline');
check('it is packaged', packaged.status === 0 && existsSync(file), packaged.stdout + packaged.stderr);

/** Files of the archive, by name, with their text. */
async function filesOf(archive) {
  const { open } = createRequire(join(copy, 'package.json'))('yauzl');
  const zip = await new Promise((resolve, reject) =>
    open(archive, { autoClose: false }, (error, opened) => (error ? reject(error) : resolve(opened))),
  );
  const entries = [];
  await new Promise((resolve, reject) =>
    zip
      .on('entry', (entry) => entries.push(entry))
      .on('end', resolve)
      .on('error', reject),
  );
  const files = new Map();
  for (const entry of entries) {
    const stream = await new Promise((resolve, reject) =>
      zip.openReadStream(entry, (error, opened) => (error ? reject(error) : resolve(opened))),
    );
    const chunks = [];
    for await (const chunk of stream) chunks.push(chunk);
    files.set(entry.fileName, Buffer.concat(chunks).toString());
  }
  zip.close();
  return files;
}

const files = await filesOf(file);
const expected = [
  'LICENSE.txt',
  'dist/THIRD-PARTY-LICENSES.txt',
  'dist/extension.cjs',
  'package.json',
  'readme.md',
];
const found = [...files.keys()].filter((name) => name.startsWith('extension/')).map((name) => name.slice(10));
check('it holds its bundle, its texts and nothing else', String(found.sort()) === String(expected), found);
const bundle = files.get('extension/dist/extension.cjs') ?? '';
const required = [...bundle.matchAll(/\brequire\("([^"]+)"\)/g)].map(([, name]) => name);
check(
  'its bundle asks for nothing but the editor and Node',
  required.includes('vscode') && required.every((name) => name === 'vscode' || isBuiltin(name)),
  required,
);
const texts = files.get('extension/dist/THIRD-PARTY-LICENSES.txt') ?? '';
check(
  'it has the terms of what is bundled',
  ['vscode-languageclient', 'vscode-jsonrpc'].every((name) => texts.includes(name)),
  texts.slice(0, 200),
);
