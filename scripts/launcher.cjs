#!/usr/bin/env node
// Starts the command. Compiling it costs more than scanning does, so V8's compiled form is kept between runs, in a folder
// that only this user can write. The package holds no compiled code. Node's own compile cache (22.1 and later) keeps only
// what is compiled at once, and saves less than half of that time; it is used for what is loaded late.
const {
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} = require('node:fs');
const { createRequire, enableCompileCache } = require('node:module');
const { join } = require('node:path');
const { pathToFileURL } = require('node:url');
const { setFlagsFromString } = require('node:v8');
const { Script } = require('node:vm');

// V8's optimising compiler, called in as early as in a server, takes half of the processor time of a scan
// and has earned back little when the scan ends. Only scans of many thousand resources reach these counts.
const laterOptimisation = {
  20: '--interrupt-budget=1000000',
  22: '--invocation-count-for-turbofan=45000',
  24: '--invocation-count-for-turbofan=45000',
}[process.versions.node.split('.')[0]];
// A server runs long enough to earn it back.
const isServer = process.argv[2] === 'lsp' || process.argv[2] === 'mcp';
if (laterOptimisation !== undefined && !isServer) setFlagsFromString(laterOptimisation);

const file = join(__dirname, 'command.cjs');
// SHA-256 of the command, written by the build: another one has another compiled form.
const digest = 'DIGEST_OF_THE_COMMAND'.slice(0, 16);
// How many other versions' compiled forms stay: enough for the projects of one user, up to 5 MB each.
const otherVersions = 3;

const folder = process.env.NODE_DISABLE_COMPILE_CACHE === undefined ? cacheFolder() : undefined;
// A form holds what its first run compiled. One of `--version` would leave a scan to compile most of it each time, and
// one of a server is read for longer than it saves.
const work = isServer ? 'server' : process.argv[2] === 'scan' ? 'scan' : 'other';
const kept =
  folder === undefined
    ? undefined
    : join(folder, `command-${digest}-${work}-${process.version}-${process.arch}.bin`);

let cachedData;
try {
  if (kept !== undefined) cachedData = readFileSync(kept);
} catch {
  // The first run.
}
const script = new Script(
  `(function (exports, require, module, __dirname) {${readFileSync(file, 'utf8')}\n})`,
  {
    filename: file,
    ...(cachedData === undefined ? {} : { cachedData }),
  },
);
// A compiled form knows no import(); parts that are loaded late come through this one.
const importPart = (path) => {
  if (folder !== undefined) enableCompileCache?.(join(folder, `parts-${digest}`));
  return import(pathToFileURL(join(__dirname, path)).href);
};
const module_ = { exports: {}, importPart };
script.runInThisContext()(module_.exports, createRequire(file), module_, __dirname);
// Once the command has run, so that it holds what a scan compiles late.
if (kept !== undefined && (cachedData === undefined || script.cachedDataRejected === true))
  process.on('exit', () => keep(script.createCachedData()));

/** The user's own cache folder; undefined where there is none, or others can write to it. */
function cacheFolder() {
  const { env, platform } = process;
  const home = env.HOME ?? env.USERPROFILE;
  const base =
    env.XDG_CACHE_HOME ??
    (platform === 'win32' ? env.LOCALAPPDATA : undefined) ??
    (home === undefined ? undefined : join(home, platform === 'darwin' ? 'Library/Caches' : '.cache'));
  if (base === undefined || base === '') return undefined;
  const own = join(base, 'headgate');
  try {
    for (const path of [base, own]) if (!existsSync(path)) mkdirSync(path, { mode: 0o700 });
    const found = lstatSync(own);
    const isOwn =
      process.getuid === undefined || (found.uid === process.getuid() && (found.mode & 0o022) === 0);
    return found.isDirectory() && isOwn ? own : undefined;
  } catch {
    return undefined;
  }
}

/** Written beside and moved, so that no other run reads half of it. A folder that is full or read-only is no error. */
function keep(data) {
  const written = `${kept}.${process.pid}`;
  try {
    writeFileSync(written, data, { mode: 0o600, flag: 'wx' });
    renameSync(written, kept);
    prune();
  } catch {
    rmSync(written, { force: true });
  }
}

/** Removes what older versions left, when a version has run for the first time: no later start pays for it. */
function prune() {
  const versions = new Map();
  for (const name of readdirSync(folder)) {
    const [, version] = /^(?:command|parts)-([0-9a-f]{16})/.exec(name) ?? [];
    if (version === undefined || version === digest) continue;
    const { names, changed } = versions.get(version) ?? { names: [], changed: 0 };
    const { mtimeMs } = statSync(join(folder, name));
    versions.set(version, { names: [...names, name], changed: Math.max(changed, mtimeMs) });
  }
  const newestFirst = [...versions.values()].sort((one, other) => other.changed - one.changed);
  for (const { names } of newestFirst.slice(otherVersions))
    for (const name of names) rmSync(join(folder, name), { recursive: true, force: true });
}
