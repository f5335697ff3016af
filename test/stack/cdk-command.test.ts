import { spawn } from 'node:child_process';
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';

const root = fileURLToPath(new URL('../..', import.meta.url));
const command = join(root, 'node_modules/aws-cdk/bin/cdk');

/** A queue that fails rules, in a stack, a nested stack and a stage, beside a stack without resources. */
const everywhere = `
  const stack = new cdk.Stack(app, 'Orders');
  new cdk.aws_sqs.Queue(stack, 'Direct');
  new cdk.aws_sqs.Queue(new cdk.NestedStack(stack, 'Nested'), 'InNested');
  new cdk.Stack(app, 'Empty');
  new cdk.aws_sqs.Queue(new cdk.Stack(new cdk.Stage(app, 'Prod'), 'Orders'), 'InStage');`;

function commonJs(body: string, options = ''): string {
  return `const cdk = require('aws-cdk-lib');
  const { HeadgateValidation } = require('headgate/cdk');
  const app = new cdk.App();
  cdk.Validations.of(app).addPlugins(new HeadgateValidation(${options}));
  ${body}`;
}

interface Ending {
  readonly status: number | null;
  readonly text: string;
  readonly folder: string;
}

/** A fresh application, with what it would find in node_modules. */
function application(file: string, source: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'headgate-cdk-'));
  mkdirSync(join(folder, 'node_modules'));
  for (const name of ['aws-cdk-lib', 'constructs'])
    symlinkSync(join(root, 'node_modules', name), join(folder, 'node_modules', name));
  symlinkSync(root, join(folder, 'node_modules/headgate'));
  writeFileSync(join(folder, file), source);
  return folder;
}

/** Runs the CDK's own command in a fresh application, with no credentials. */
async function cdk(file: string, source: string, args: readonly string[] = ['**']): Promise<Ending> {
  const folder = application(file, source);
  const child = spawn(
    process.execPath,
    [command, 'synth', '--quiet', '--app', `"${process.execPath}" ${file}`, ...args],
    // The CDK's own rules take seconds and are not what is tested.
    { cwd: folder, env: { PATH: process.env['PATH'], HOME: folder, CDK_VALIDATION: 'false', CI: 'true' } },
  );
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (part: string) => {
      text += part;
    });
  const status = await new Promise<number | null>((done) => child.once('close', done));
  return { status, text, folder };
}

/** Construct paths that the CDK's report names, in order and each once. */
function reported(folder: string, output = 'cdk.out'): string[] {
  const report = JSON.parse(readFileSync(join(folder, output, 'validation-report.json'), 'utf8')) as {
    pluginReports: { violations: { violatingConstructs: { constructPath: string }[] }[] }[];
  };
  const paths = report.pluginReports.flatMap(({ violations }) =>
    violations.flatMap(({ violatingConstructs }) =>
      violatingConstructs.map(({ constructPath }) => constructPath),
    ),
  );
  return [...new Set(paths)].sort();
}

const queues = ['Orders/Direct/Resource', 'Orders/Nested/InNested/Resource', 'Prod/Orders/InStage/Resource'];

describe('the CDK command with the plugin', () => {
  it('ends at findings of stacks, nested stacks and stages, with the output folder that the command gives', async () => {
    const { status, text, folder } = await cdk('app.cjs', commonJs(everywhere));
    expect(reported(folder)).toEqual(queues);
    for (const path of queues) expect(text).toContain(path);
    expect(text).toContain('headgate::batch.queue.policy');
    expect(status).toBe(1);
  });

  it('finds the same in an output folder elsewhere, absolute or up the tree', async () => {
    const absolute = join(mkdtempSync(join(tmpdir(), 'headgate-cdk-')), 'out');
    const first = await cdk('app.cjs', commonJs(everywhere), ['**', '--output', absolute]);
    expect(reported('', absolute)).toEqual(queues);
    expect(first.status).toBe(1);
    const second = await cdk('app.cjs', commonJs(everywhere), ['**', '--output', 'build/of/cdk']);
    expect(reported(second.folder, 'build/of/cdk')).toEqual(queues);
    expect(second.status).toBe(1);
  });

  it('serves applications that are modules, and says how a finding is repaired in the CDK', async () => {
    const { status, text } = await cdk(
      'app.mjs',
      `import { App, Stack, Validations, aws_sqs as sqs } from 'aws-cdk-lib';
      import { HeadgateValidation } from 'headgate/cdk';
      const app = new App();
      Validations.of(app).addPlugins(new HeadgateValidation());
      new sqs.Queue(new Stack(app, 'Orders'), 'Direct');`,
    );
    expect(text).toContain("In the CDK: new sqs.Queue(this, 'Queue', { enforceSSL: true });");
    expect(status).toBe(1);
  });

  it('stops each deployment of cdk watch at what it finds', async () => {
    const folder = application('app.cjs', commonJs(everywhere));
    const watch = { include: ['app.cjs'], exclude: ['node_modules', 'cdk.out'] };
    writeFileSync(join(folder, 'cdk.json'), JSON.stringify({ app: `"${process.execPath}" app.cjs`, watch }));
    const child = spawn(process.execPath, [command, 'watch', '**'], {
      cwd: folder,
      env: {
        PATH: process.env['PATH'],
        HOME: folder,
        CDK_VALIDATION: 'false',
        CI: 'true',
        // Nothing is called: the synthesis ends before a deployment begins.
        AWS_ACCESS_KEY_ID: 'none',
        AWS_SECRET_ACCESS_KEY: 'none',
        AWS_REGION: 'eu-west-1',
      },
    });
    try {
      let [text, wake] = ['', (): void => undefined];
      for (const stream of [child.stdout, child.stderr])
        stream.setEncoding('utf8').on('data', (part: string) => {
          text += part;
          wake();
        });
      /** What was written once it fits. */
      const written = async (what: RegExp): Promise<string> =>
        new Promise((done) => {
          wake = () => {
            if (what.test(text)) done(text);
          };
          wake();
        });
      const finding = /Prod\/Orders\/InStage\/Resource/;
      expect(await written(finding)).toContain("Triggering initial 'cdk deploy'");
      text = '';
      appendFileSync(join(folder, 'app.cjs'), '\n// changed\n');
      expect(await written(new RegExp(`Triggering 'cdk deploy'[^]*${finding.source}`))).toContain(
        'headgate::batch.queue.policy',
      );
    } finally {
      child.kill();
    }
  });

  it('lets an application without findings pass', async () => {
    const source = commonJs(
      `new cdk.aws_ssm.StringParameter(new cdk.Stack(app, 'Orders'), 'P', { stringValue: '1' });`,
    );
    const { status, text } = await cdk('app.cjs', source);
    expect(text).not.toContain('(headgate)');
    expect(status).toBe(0);
  });

  it('ends when it could not decide, and says why', async () => {
    const { status, text } = await cdk('app.cjs', commonJs(everywhere, `{ config: 'none.yaml' }`), []);
    expect(text).toContain(
      'Headgate could not check this application: The configuration `none.yaml` was not read: it does not exist',
    );
    expect(status).toBe(1);
  });
});
