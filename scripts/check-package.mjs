// Packs the package, unpacks it where no dependency lies, and uses it as who installs it does.
import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  mkdirSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

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
    'the layout library is named with what is compiled into it',
    ['@viz-js/viz', 'graphviz', 'expat'].every((name) => bom.components.some((one) => one.name === name)),
    bom.components.map(({ name }) => name).join(' '),
  );
  const binaries = readdirSync(join(installed, 'dist'), { recursive: true, encoding: 'utf8' }).filter(
    (name) => /\.(cache|bin|node|wasm|so|dll|jsc)$/.test(name),
  );
  check('the package holds no compiled code', binaries.length === 0, binaries.join(' '));

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
    "import { App } from 'aws-cdk-lib';\nimport { auditApplication, referenceApplication } from 'headgate/reference-stack';\nconst app = new App({ outdir: 'out' });\nreferenceApplication(app, {});\nif (typeof auditApplication !== 'function') throw new Error('no audit');\napp.synth();\n",
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
