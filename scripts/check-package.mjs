// Packs the package, unpacks it where no dependency lies, and uses it as who installs it does.
import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  mkdirSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

// Names that the handlers read when they are loaded.
const handlerSettings = Object.fromEntries(
  'IDEMPOTENCY_TABLE ORDERS_TABLE PROCESSED_TABLE DOCUMENT_BUCKET AUDIT_BUCKET ORDER_QUEUE_URL DUE_INDEX TOPIC_ARN STATE_MACHINE_ARN AWS_REGION'
    .split(' ')
    .map((name) => [name, 'set']),
);

const loadFunctions = `
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
const files = readdirSync('out').map((name) => join('out', name, 'index.js')).filter((file) => existsSync(file));
const modules = await Promise.all(files.map((file) => import(pathToFileURL(file).href)));
const kinds = new Set(modules.map(({ handler }) => typeof handler));
const hook = modules.find(({ answerCall }) => answerCall !== undefined);
const { hookStatus } = await hook.answerCall(
  {
    clientRequestToken: 'token',
    stackId: 'arn:aws:cloudformation:eu-west-1:111122223333:stack/orders/1',
    hookTypeName: 'Headgate::Gate::Flows',
    actionInvocationPoint: 'DELETE_PRE_PROVISION',
    requestData: { targetName: 'STACK', targetType: 'STACK', targetLogicalId: 'orders', payload: 'https://none' },
  },
  { environment: {} },
);
console.log(files.length, [...kinds].join(), hookStatus);
`;

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const folder = mkdtempSync(join(tmpdir(), 'headgate-package-'));

function check(title, isRight, detail) {
  process.stdout.write(`${isRight ? 'ok' : 'FAILED'}  ${title}\n`);
  if (isRight) return;
  process.stdout.write(`${detail}\n`);
  process.exitCode = 1;
}

try {
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  execFileSync(npm, ['pack', '--silent', '--pack-destination', folder], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz'));
  execFileSync('tar', ['-xzf', join(folder, tarball), '-C', folder]);
  const installed = join(folder, 'app/node_modules/headgate');
  cpSync(join(folder, 'package'), installed, { recursive: true });
  const app = join(folder, 'app');
  cpSync(join(installed, 'examples/orders-api.yaml'), join(app, 'template.yaml'));

  const licences = readFileSync(join(installed, 'dist/THIRD-PARTY-LICENSES.txt'), 'utf8');
  const bom = JSON.parse(readFileSync(join(installed, 'dist/sbom.cdx.json'), 'utf8'));
  const named = bom.components.filter(({ name }) => licences.includes(name));
  check(
    'each component of the bill of materials has its terms in the list of licenses',
    bom.bomFormat === 'CycloneDX' && bom.components.length > 50 && named.length === bom.components.length,
    `${named.length} of ${bom.components.length}`,
  );
  check(
    'the layout library is named with what is compiled into it, and its terms are there in full',
    ['@viz-js/viz', 'graphviz', 'expat'].every((name) => bom.components.some((one) => one.name === name)) &&
      licences.includes('Eclipse Public License - v 1.0') &&
      licences.includes('AT&T Intellectual Property'),
    bom.components.map(({ name }) => name).join(' '),
  );
  // What a download and an installation may come to.
  const entries = readdirSync(installed, { recursive: true, withFileTypes: true }).filter((one) =>
    one.isFile(),
  );
  const packed = statSync(join(folder, tarball)).size;
  const unpacked = entries.reduce((sum, one) => sum + statSync(join(one.parentPath, one.name)).size, 0);
  check(
    `the package is under 3 MB packed and 9.5 MB unpacked (${(packed / 1e6).toFixed(2)} and ${(unpacked / 1e6).toFixed(2)} MB, ${entries.length} files)`,
    packed < 3e6 && unpacked < 9.5e6,
    '',
  );
  const manifest = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
  check(
    'installing runs no script and needs no other package',
    ['preinstall', 'install', 'postinstall', 'prepare'].every(
      (name) => manifest.scripts?.[name] === undefined,
    ) && manifest.dependencies === undefined,
    JSON.stringify(manifest.scripts),
  );
  const binaries = readdirSync(join(installed, 'dist'), { recursive: true, encoding: 'utf8' }).filter(
    (name) => /\.(cache|bin|node|wasm|so|dll|jsc)$/.test(name),
  );
  check('the package holds no compiled code', binaries.length === 0, binaries.join(' '));

  mkdirSync(join(folder, 'empty'));
  const install = spawnSync(npm, ['install', '--offline', '--no-audit', '--no-fund', join(folder, tarball)], {
    cwd: join(folder, 'empty'),
    encoding: 'utf8',
  });
  check(
    'npm installs it with nothing else and without a warning',
    install.status === 0 && install.stderr === '' && /added 1 package/.test(install.stdout),
    `${install.stdout} ${install.stderr}`,
  );
  // The mirror of the hooks, as a repository that a project names, with this tarball in the place of the published version.
  if (spawnSync('pre-commit', ['--version']).status === 0) {
    const hooks = join(folder, 'hooks');
    cpSync(join(root, 'integrations/pre-commit'), hooks, { recursive: true });
    const file = join(hooks, '.pre-commit-hooks.yaml');
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replaceAll(/headgate@\d[\w.]*/g, `file:${join(folder, tarball)}`));
    const project = join(folder, 'project');
    cpSync(join(installed, 'examples/orders-api.yaml'), join(project, 'template.yaml'));
    const identity = ['-c', 'user.name=x', '-c', 'user.email=x@example.com'];
    for (const cwd of [hooks, project])
      for (const args of [
        ['init', '--quiet'],
        ['add', '.'],
        [...identity, 'commit', '--quiet', '-m', 'x'],
      ])
        execFileSync('git', args, { cwd });
    const hook = spawnSync('pre-commit', ['try-repo', hooks, 'headgate', '--all-files'], {
      cwd: project,
      encoding: 'utf8',
      env: { ...process.env, PRE_COMMIT_HOME: join(folder, 'pre-commit'), npm_config_offline: 'true' },
    });
    check(
      'the hook of the mirror scans once and finds',
      hook.status === 1 && hook.stdout.split('FAIL critical  all.lambda.no-plaintext-secrets').length === 2,
      `${hook.status} ${hook.stdout.slice(-2000)} ${hook.stderr}`,
    );
  } else process.stdout.write('SKIPPED: the hooks of pre-commit, which is not installed\n');
  for (const schema of ['config', 'waivers', 'rules', 'result'])
    check(
      `the schema of ${schema} is in the package and names no address`,
      existsSync(join(installed, `${schema}.schema.json`)) &&
        !/"\$id": "http/.test(readFileSync(join(installed, `${schema}.schema.json`), 'utf8')),
      '',
    );
  const [, program] = /```js\n([\s\S]*?)```/.exec(readFileSync(join(installed, 'docs/library.md'), 'utf8'));
  writeFileSync(join(app, 'program.mjs'), program);
  const documented = spawnSync(process.execPath, ['program.mjs'], { cwd: app, encoding: 'utf8' });
  check(
    'the program of the documentation runs',
    documented.status === 0 && /^\d+ failed checks\n\{/.test(documented.stdout),
    `${documented.stdout.slice(0, 200)} ${documented.stderr}`,
  );

  const hello = (params) => JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params });
  const serve = (command, input) =>
    spawnSync(process.execPath, [join(installed, 'dist/headgate.cjs'), command], {
      cwd: app,
      input,
      encoding: 'utf8',
    });
  const editor = hello({ processId: null, rootUri: null, capabilities: {} });
  const lsp = serve('lsp', `Content-Length: ${editor.length}\r\n\r\n${editor}`);
  // It ends at once when its client does, which is code 1 without a request to end.
  check('the language server starts', lsp.status === 1 && lsp.stderr === '', lsp.stderr);
  const agent = { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'x', version: '1' } };
  const mcp = serve('mcp', `${hello(agent)}\n`);
  check('the server for agents answers', mcp.stdout.includes('"serverInfo"'), mcp.stdout + mcp.stderr);

  const scan = spawnSync(
    process.execPath,
    [join(installed, 'dist/headgate.cjs'), 'scan', 'template.yaml', '--report', 'html=report.html'],
    { cwd: app, encoding: 'utf8' },
  );
  check(
    'the command scans without any other package',
    scan.status === 1 && scan.stdout.includes('api.waf.associated'),
    `${scan.status} ${scan.stdout} ${scan.stderr}`,
  );
  const html = existsSync(join(app, 'report.html')) ? readFileSync(join(app, 'report.html'), 'utf8') : '';
  check('the HTML report has its diagrams', html.includes('</svg>'), `${html.length} bytes ${scan.stderr}`);
  const tested = spawnSync(
    process.execPath,
    [join(installed, 'dist/headgate.cjs'), 'rules', 'test', 'all.kms.rotation'],
    { cwd: app, encoding: 'utf8' },
  );
  check(
    'the examples of a rule run as tests',
    tested.status === 0,
    `${tested.status} ${tested.stdout} ${tested.stderr}`,
  );
  const policy = spawnSync(process.execPath, [join(installed, 'dist/headgate.cjs'), 'iam-policy'], {
    cwd: app,
    encoding: 'utf8',
  });
  check(
    'the command prints a policy',
    policy.status === 0 && policy.stdout.includes('lambda:ListFunctions'),
    policy.stderr,
  );

  writeFileSync(
    join(app, 'use.mjs'),
    "import { shippedRules } from 'headgate';\nconst { rules } = await shippedRules();\nconsole.log(rules.length > 100);\n",
  );
  const library = spawnSync(process.execPath, ['use.mjs'], { cwd: app, encoding: 'utf8' });
  check('the library can be imported', library.stdout.trim() === 'true', library.stderr);

  // Peer dependencies of the reference stack alone.
  for (const name of ['aws-cdk-lib', 'constructs'])
    symlinkSync(join(root, 'node_modules', name), join(app, 'node_modules', name));
  mkdirSync(join(app, 'out'));
  writeFileSync(
    join(app, 'stack.mjs'),
    "import { App } from 'aws-cdk-lib';\nimport { auditApplication, fleetApplication, hookApplication, referenceApplication } from 'headgate/reference-stack';\nconst app = new App({ outdir: 'out' });\nreferenceApplication(app, {});\nfor (const also of [auditApplication, hookApplication]) also(app, {});\nif (typeof fleetApplication !== 'function') throw new Error('no fleet');\napp.synth();\n",
  );
  const synth = spawnSync(process.execPath, ['stack.mjs'], {
    cwd: app,
    encoding: 'utf8',
    env: { ...process.env, CDK_VALIDATION: 'false', JSII_DEPRECATED: 'quiet' },
  });
  check(
    'the reference stack synthesizes from the package',
    synth.status === 0 && readdirSync(join(app, 'out')).includes('HeadgateApi.template.json'),
    synth.stderr,
  );
  // Every function's code, loaded as Lambda does. The hook answers, for it needs nobody for a deletion.
  writeFileSync(join(app, 'load.mjs'), loadFunctions);
  const loaded = spawnSync(process.execPath, ['load.mjs'], {
    cwd: app,
    encoding: 'utf8',
    env: { ...process.env, ...handlerSettings, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
  });
  check(
    'the code of all functions loads from the assets and exports a handler, and the hook answers',
    loaded.status === 0 && loaded.stdout.trim() === '10 function SUCCESS',
    `${loaded.stdout} ${loaded.stderr}`,
  );
  const own = spawnSync(
    process.execPath,
    [join(installed, 'dist/headgate.cjs'), 'scan', 'out', '--fail-on', 'low', '--format', 'json'],
    { cwd: app, encoding: 'utf8', maxBuffer: 1 << 28 },
  );
  const evaluations = own.stdout === '' ? [] : JSON.parse(own.stdout).evaluations;
  const unknown = evaluations.filter(({ verdict }) => verdict === 'unknown').map(({ ruleId }) => ruleId);
  check(
    'the reference stack passes from the package, what its bundles hold included',
    own.status === 0 && evaluations.length > 500,
    `${own.status} ${own.stderr} ${unknown.join(' ')} ${evaluations.filter(({ verdict }) => verdict === 'fail').map(({ ruleId }) => ruleId)}`,
  );

  // The CDK's own command, in an application that is a module.
  writeFileSync(
    join(app, 'validated.mjs'),
    "import { App, Stack, Validations, aws_sqs as sqs } from 'aws-cdk-lib';\nimport { HeadgateValidation } from 'headgate/cdk';\nconst app = new App();\nValidations.of(app).addPlugins(new HeadgateValidation());\nnew sqs.Queue(new Stack(app, 'Orders'), 'Direct');\n",
  );
  const cdk = spawnSync(
    process.execPath,
    [
      join(root, 'node_modules/aws-cdk/bin/cdk'),
      ...['synth', '--quiet', '--output', 'out-cdk', '--app', `"${process.execPath}" validated.mjs`],
    ],
    { cwd: app, encoding: 'utf8', env: { ...process.env, CDK_VALIDATION: 'false', CI: 'true', HOME: app } },
  );
  check(
    "the CDK's command ends at findings of the plugin in an application that is a module",
    cdk.status === 1 && `${cdk.stdout}${cdk.stderr}`.includes('headgate::batch.dlq.redrive'),
    `${cdk.status} ${cdk.stdout} ${cdk.stderr}`,
  );
  writeFileSync(
    join(app, 'validated.cts'),
    "import { App, Validations } from 'aws-cdk-lib';\nimport { HeadgateValidation } from 'headgate/cdk';\nconst app = new App();\nValidations.of(app).addPlugins(new HeadgateValidation({ failOn: 'none' }));\nconsole.log(new HeadgateValidation().name);\n",
  );
  const compiler = [join(root, 'node_modules/typescript7/bin/tsc'), '--module', 'nodenext', '--skipLibCheck'];
  const compiled = spawnSync(process.execPath, [...compiler, 'validated.cts'], {
    cwd: app,
    encoding: 'utf8',
  });
  const plugin = spawnSync(process.execPath, ['validated.cjs'], { cwd: app, encoding: 'utf8' });
  check(
    'a CommonJS application in TypeScript validates with the plugin',
    compiled.status === 0 && plugin.stdout.trim() === 'headgate',
    `${compiled.stdout} ${plugin.stderr}`,
  );

  // The compiler's older resolution, which looks at typesVersions and not at exports.
  const older = spawnSync(
    process.execPath,
    [
      join(root, 'node_modules/typescript/bin/tsc'),
      ...['--module', 'commonjs', '--moduleResolution', 'node10', '--ignoreDeprecations', '6.0'],
      ...['--target', 'es2022', '--strict', '--skipLibCheck', '--noEmit', 'validated.cts'],
    ],
    { cwd: app, encoding: 'utf8' },
  );
  check('the plugin has types where a compiler knows no exports', older.status === 0, older.stdout);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
