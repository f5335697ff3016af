import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { loadRuleSet } from '../../../src/app/load-rule-set.ts';
import { readDecideSettings } from '../../../src/app/read-decide-settings.ts';
import { readFiles, type ScanFilesOptions } from '../../../src/app/scan.ts';
import type { SourceReading } from '../../../src/model/source.ts';
import { readConfigIn } from '../../../src/rules/read-config.ts';
import { planOf } from '../terraform/scan-plan.ts';

const queue = (delay: number): string =>
  `Resources:\n  Q: {Type: AWS::SQS::Queue, Properties: {DelaySeconds: ${delay}}}\n`;
const sam = 'Transform: AWS::Serverless-2016-10-31\nResources:\n';

let cwd: string;
let unsaved: Map<string, string>;
const asked: string[] = [];

beforeAll(() => {
  cwd = realpathSync(mkdtempSync(join(tmpdir(), 'headgate-unsaved-')));
  const function_ = (code: string): string =>
    `${sam}  F: {Type: AWS::Serverless::Function, Properties: {Runtime: nodejs24.x, Handler: a.b, CodeUri: ${code}}}\n`;
  const files: Readonly<Record<string, string>> = {
    'plain/t.yaml': queue(1),
    'nesting/t.yaml':
      'Resources:\n  N: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: child/n.txt}}\n',
    'nesting/child/n.txt': queue(1),
    'assembly/manifest.json': JSON.stringify({
      version: '36.0.0',
      artifacts: { S: { type: 'aws:cloudformation:stack', properties: { templateFile: 's.json' } } },
    }),
    'assembly/s.json': JSON.stringify({ Resources: { Q: { Type: 'AWS::SQS::Queue' } } }),
    'document/t.yaml': `${sam}  A: {Type: AWS::Serverless::Api, Properties: {StageName: x, DefinitionUri: api.txt}}\n`,
    'document/api.txt': 'openapi: 3.0.1\npaths: {/old: {get: {}}}\n',
    'code/t.yaml': function_('src/'),
    'code/src/a.js': 'exports.b = async () => 1;\n',
    'terraform/plan.json': JSON.stringify(
      planOf([{ address: 'aws_sqs_queue.q', after: { name: 'q' }, unknown: { kms_master_key_id: true } }], {
        root_module: {
          resources: [
            {
              address: 'aws_sqs_queue.q',
              type: 'aws_sqs_queue',
              name: 'q',
              mode: 'managed',
              expressions: { kms_master_key_id: { references: ['local.key'] } },
            },
          ],
        },
      }),
    ),
    'terraform/main.tf':
      'locals { key = "alias/old" }\nresource "aws_sqs_queue" "q" {\n  kms_master_key_id = local.key\n}\n',
    'elsewhere/t.yaml': queue(1),
    'settings/headgate.yaml': 'level: essential\nwaivers: waivers.yaml\nruleFolders: [own]\n',
    'settings/waivers.yaml': 'waivers: []\n',
    'settings/own/own.queue.yaml': 'broken: true\n',
  };
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(cwd, name)), { recursive: true });
    writeFileSync(join(cwd, name), text);
  }
  symlinkSync(join(cwd, 'elsewhere/t.yaml'), join(cwd, 'plain/out.yaml'));
  symlinkSync(join(cwd, 'plain/t.yaml'), join(cwd, 'plain/inside.yaml'));
});
beforeEach(() => {
  unsaved = new Map();
  asked.length = 0;
});
afterAll(() => {
  rmSync(cwd, { recursive: true, force: true });
});

const readFile = (path: string): string | undefined => {
  asked.push(path);
  return unsaved.get(path);
};

async function read(path: string, more: Partial<ScanFilesOptions> = {}): Promise<SourceReading> {
  return readFiles([path], { cwd, readCode: true, readFile, ...more });
}

/** Everything of a reading that its files decide. */
function shown({ resources, documents, diagnostics }: SourceReading): string {
  const read = resources.map(({ type, name, properties, code }) => ({ type, name, properties, code }));
  return JSON.stringify([read, [...documents], diagnostics]);
}

describe('content that stands in for a file', () => {
  it.each([
    ['a template', 'plain', 'plain/t.yaml', queue(77), '77'],
    ['a nested template', 'nesting', 'nesting/child/n.txt', queue(77), '77'],
    [
      'a template of an assembly',
      'assembly',
      'assembly/s.json',
      JSON.stringify({ Resources: { Other: { Type: 'AWS::SQS::Queue' } } }),
      'Other',
    ],
    [
      'a document that a template includes',
      'document',
      'document/api.txt',
      'openapi: 3.0.1\npaths: {/unsaved: {get: {}}}\n',
      '/unsaved',
    ],
    [
      'the code of a function',
      'code',
      'code/src/a.js',
      "import { Logger } from '@aws-lambda-powertools/logger';\n",
      'aws-lambda-powertools/logger',
    ],
  ])('is read in %s', async (_what, path, file, text, sign) => {
    const before = shown(await read(path));
    expect(before).not.toContain(sign);
    unsaved.set(join(cwd, file), text);
    const after = shown(await read(path));
    expect(after).toContain(sign);
  });

  it('is read in the sources of a Terraform plan, and in a plan', async () => {
    const more = { sources: 'terraform' };
    expect(shown(await read('terraform/plan.json', more))).toContain('alias/old');
    unsaved.set(
      join(cwd, 'terraform/main.tf'),
      'locals { key = "alias/unsaved" }\nresource "aws_sqs_queue" "q" {\n  kms_master_key_id = local.key\n}\n',
    );
    expect(shown(await read('terraform/plan.json', more))).toContain('alias/unsaved');
    unsaved.set(join(cwd, 'terraform/plan.json'), JSON.stringify(planOf([{ address: 'aws_sqs_queue.new' }])));
    expect(shown(await read('terraform/plan.json', more))).toContain('aws_sqs_queue.new');
  });

  it('is read in the configuration, its waivers and its rules', async () => {
    const folder = join(cwd, 'settings');
    unsaved.set(join(folder, 'headgate.yaml'), 'level: standard\nwaivers: waivers.yaml\n');
    unsaved.set(join(folder, 'waivers.yaml'), 'waivers: [{rule: a.b, resource: "*", reason: unsaved}]\n');
    const config = await readConfigIn(folder, undefined, { readFile });
    expect(config.level).toBe('standard');
    const settings = await readDecideSettings(config, folder, true, { readFile });
    expect(settings.waivers).toMatchObject([{ reason: 'unsaved' }]);
    const selection = { folders: ['own'], rule: [], flow: [] };
    await expect(loadRuleSet({}, selection, folder)).rejects.toMatchObject({ code: 'rule-invalid' });
    unsaved.set(
      join(folder, 'own/own.queue.yaml'),
      'id: own.queue\nrequirement: own.queue\ntitle: Queues have a name\nseverity: low\nappliesTo: [AWS::SQS::Queue]\nassert: [{that: {property: QueueName, exists: true}, otherwise: no name}]\npass: has a name\nwhy: names\nfix: {text: name it}\nexamples: [{name: it has, verdict: pass, template: {Resources: {Q: {Type: AWS::SQS::Queue, Properties: {QueueName: q}}}}, on: Q}]\n',
    );
    const { rules } = await loadRuleSet({}, selection, folder, { readFile });
    expect(rules.map(({ id }) => id)).toContain('own.queue');
  });

  it('is asked for by the real path, through links too', async () => {
    unsaved.set(join(cwd, 'plain/t.yaml'), queue(77));
    expect(shown(await read('plain/inside.yaml'))).toContain('77');
  });

  it('is not asked for outside of the scanned folder, nor for what is no file', async () => {
    unsaved.set(join(cwd, 'elsewhere/t.yaml'), queue(77));
    unsaved.set(join(cwd, 'plain/missing.yaml'), queue(77));
    const reading = await read('plain');
    expect(shown(reading)).not.toContain('77');
    expect(asked).not.toContain(join(cwd, 'elsewhere/t.yaml'));
    await expect(read('plain/missing.yaml')).rejects.toMatchObject({ code: 'input-missing' });
    expect(shown(await read('plain/out.yaml'))).toContain('outside of the folders that are scanned');
    expect(asked).not.toContain(join(cwd, 'elsewhere/t.yaml'));
  });

  it('keeps to the limits of sizes', async () => {
    const [large] = [new Uint8Array(51 * 1024 * 1024)];
    const reading = await read('plain/t.yaml', { readFile: () => large });
    expect(reading.diagnostics).toMatchObject([{ code: 'template-too-large' }]);
  });
});
