// Builds the image of integrations/container from the packed package and scans with it, by buildah and without a network.
// No registry is asked: the base is made of this machine's own Node and the libraries that it is linked to.
import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const skipped = (reason) => {
  process.stdout.write(`SKIPPED: ${reason}\n`);
  process.exit(0);
};

/** Debian's package on a CI machine; nobody's own machine is changed. */
function findBuildah() {
  const isThere = () => spawnSync('buildah', ['--version']).status === 0;
  const mayInstall = process.env.CI === 'true' && process.getuid?.() === 0;
  if (isThere() || !mayInstall) return isThere();
  for (const args of [['update'], ['install', '-y', '--no-install-recommends', 'buildah']])
    spawnSync('apt-get', ['-qq', ...args], { stdio: ['ignore', 'ignore', 'inherit'] });
  return isThere();
}

if (process.platform !== 'linux' || process.getuid() !== 0) skipped('it needs Linux and the user root');
if (!findBuildah()) skipped('no buildah on this machine (Debian: apt-get install buildah)');

const folder = mkdtempSync(join(tmpdir(), 'headgate-image-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
const settings = {
  'storage.conf': `[storage]\ndriver = "vfs"\ngraphroot = "${folder}/images"\nrunroot = "${folder}/run"\n`,
  'registries.conf': 'unqualified-search-registries = []\n',
  'policy.json': '{"default":[{"type":"insecureAcceptAnything"}]}',
};
for (const [name, text] of Object.entries(settings)) writeFileSync(join(folder, name), text);
const env = {
  ...process.env,
  TMPDIR: folder,
  CONTAINERS_STORAGE_CONF: join(folder, 'storage.conf'),
  CONTAINERS_REGISTRIES_CONF: join(folder, 'registries.conf'),
  REGISTRIES_CONFIG_PATH: join(folder, 'registries.conf'),
};
const read = (command, ...args) =>
  spawnSync(command, args, { cwd: root, encoding: 'utf8', maxBuffer: 1 << 28 });
/** In a network namespace of its own, which has no network. */
const offline = (...args) =>
  spawnSync('unshare', ['--net', 'buildah', ...args], { env, encoding: 'utf8', maxBuffer: 1 << 28 });
const build = (tag, file, context, ...args) =>
  offline(
    'bud',
    ...['--signature-policy', join(folder, 'policy.json'), '--isolation', 'chroot', '--pull=never'],
    ...[...args, '--tag', tag, '--file', file, context],
  );
const containerOf = (image) =>
  offline('from', '--pull=never', '--signature-policy', join(folder, 'policy.json'), image).stdout.trim();
const runIn = (container, args, ...options) =>
  offline('run', '--isolation', 'chroot', ...options, container, '--', ...args);

function check(title, isRight, detail) {
  process.stdout.write(`${isRight ? 'ok' : 'FAILED'}  ${title}\n`);
  if (isRight) return;
  process.stdout.write(`${detail}\n`);
  process.exitCode = 1;
}

function makeBase() {
  const base = join(folder, 'base');
  const node = realpathSync(process.execPath);
  const libraries = read('ldd', node).stdout.match(/\/\S+/g) ?? [];
  for (const [from, to] of [[node, '/usr/local/bin/node'], ...libraries.map((path) => [path, path])]) {
    mkdirSync(join(base, 'rootfs', dirname(to)), { recursive: true });
    copyFileSync(realpathSync(from), join(base, 'rootfs', to));
  }
  writeFileSync(join(base, 'Dockerfile'), 'FROM scratch\nCOPY rootfs /\nENV PATH=/usr/local/bin\n');
  return build('localhost/base', join(base, 'Dockerfile'), base);
}

const base = makeBase();
const probe = base.status === 0 ? runIn(containerOf('localhost/base'), ['node', '--version']) : base;
if (probe.stdout?.trim() !== process.version)
  skipped(
    `this machine lets buildah make no container: ${(probe.stderr ?? String(probe.error)).trim().slice(-300)}`,
  );

const context = join(folder, 'context');
mkdirSync(context);
read('npm', 'pack', '--silent', '--pack-destination', context);
const [tarball] = readdirSync(context);
const image = build(
  'localhost/headgate',
  join(root, 'integrations/container/Dockerfile'),
  context,
  ...['--build-arg', 'BASE=localhost/base', '--build-arg', `PACKAGE=${tarball}`],
);
check('the image builds without a network', image.status === 0, image.stdout + image.stderr);
const { config } = JSON.parse(offline('inspect', '--type', 'image', 'localhost/headgate').stdout).OCIv1;
check(
  'its process is not root and starts in the folder to scan',
  config.User === '65532' && config.WorkingDir === '/work',
  JSON.stringify(config),
);

const work = join(folder, 'work');
mkdirSync(work);
copyFileSync(join(root, 'examples/orders-api.yaml'), join(work, 'template.yaml'));
const container = containerOf('localhost/headgate');
const mount = ['--volume', `${work}:/work:ro`];
// buildah adds no entry point to what it runs.
const scan = runIn(container, [...config.Entrypoint, 'scan', '.', '--format', 'json'], ...mount);
const here = spawnSync(process.execPath, [join(root, 'dist/headgate.cjs'), 'scan', '.', '--format', 'json'], {
  cwd: work,
  encoding: 'utf8',
  maxBuffer: 1 << 28,
});
const comparable = (text) => text.replace(/"(startedAt|durationMilliseconds)": [^\n]*/g, '');
check(
  'it scans a folder that it can only read, with the result of the command outside of it',
  scan.status === 1 && here.stdout.length > 10_000 && comparable(scan.stdout) === comparable(here.stdout),
  `${scan.status} ${scan.stderr} ${scan.stdout.slice(0, 300)}`,
);
const write =
  "for (const file of ['/work/x', '/opt/headgate/x']) try { require('fs').writeFileSync(file, ''); console.log(file) } catch {}";
const written = runIn(container, ['node', '-e', write], ...mount);
check('it can write neither there nor to its own files', written.stdout === '', written.stdout);
