import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execFileSync } from 'node:child_process';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { run } from '../../../src/cli/run.ts';

let cwd: string;

beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'headgate-fix-'));
});
afterEach(() => {
  rmSync(cwd, { recursive: true, force: true });
});

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function headgate(...argv: string[]): Promise<Ran> {
  let [stdout, stderr] = ['', ''];
  const code = await run(argv, {
    cwd,
    now: () => new Date('2026-11-28T12:00:00Z'),
    env: {},
    stdout: { write: (text) => (stdout += text), columns: 120 },
    stderr: { write: (text) => (stderr += text) },
  });
  return { code, stdout, stderr };
}

function write(name: string, text: string): string {
  const path = join(cwd, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, text);
  return path;
}

const read = (name: string): string => readFileSync(join(cwd, name), 'utf8');
const key = 'Resources:\n  Key: {Type: AWS::KMS::Key, Properties: {Description: orders}}\n';
const fixedKey = key.replace('orders}', 'orders, EnableKeyRotation: true}');

describe('headgate fix', () => {
  it('writes what its diff shows, and then has nothing left to do', async () => {
    write('infra/template.yaml', key);
    const dry = await headgate('fix', 'infra', '--dry-run', '--rule', 'all.kms.rotation');
    expect(dry.code).toBe(1);
    expect(read('infra/template.yaml')).toBe(key);
    const fixed = await headgate('fix', 'infra', '--rule', 'all.kms.rotation');
    expect([fixed.code, read('infra/template.yaml')]).toEqual([0, fixedKey]);
    expect(fixed.stdout).toContain('1 edit fixed 1 finding in 1 file.');
    write('infra/template.yaml', key);
    write('change.patch', dry.stdout);
    execFileSync('git', ['apply', 'change.patch'], { cwd });
    expect(read('infra/template.yaml')).toBe(fixedKey);
    const again = await headgate('fix', 'infra', '--dry-run', '--rule', 'all.kms.rotation');
    expect([again.code, again.stdout]).toEqual([0, '']);
  });

  it('keeps the byte order mark, the line breaks and the mode of a file, and leaves no draft', async () => {
    const path = write('template.yaml', `\uFEFF${key.replaceAll('\n', '\r\n')}`);
    chmodSync(path, 0o640);
    expect((await headgate('fix', 'template.yaml')).code).toBe(0);
    expect(read('template.yaml')).toBe(`\uFEFF${fixedKey.replaceAll('\n', '\r\n')}`);
    expect(statSync(path).mode & 0o777).toBe(0o640);
    expect(readdirSync(cwd)).toEqual(['template.yaml']);
  });

  it('asks before it changes behavior: only --unsafe does that, and says what', async () => {
    const bucket = 'Resources:\n  Bucket:\n    Type: AWS::S3::Bucket\n';
    write('template.yaml', bucket);
    const safe = await headgate('fix', 'template.yaml', '--rule', 'api.s3.versioning');
    expect(read('template.yaml')).toBe(bucket);
    expect(safe.stdout).toContain('1 can be fixed with --unsafe');
    const unsafe = await headgate('fix', 'template.yaml', '--rule', 'api.s3.versioning', '--unsafe');
    expect(read('template.yaml')).toBe(
      `${bucket}    Properties:\n      VersioningConfiguration:\n        Status: Enabled\n`,
    );
    expect(unsafe.stdout).toContain('note: storage of old versions is charged');
  });

  it('holds an edit against all templates of the application, not only the edited one', async () => {
    // The queue of another stack is served by the dead-letter queue: each alone looks right.
    write(
      'app/queues.yaml',
      `Resources:
  Dlq: {Type: AWS::SQS::Queue, Properties: {MessageRetentionPeriod: 1209600}}
  Queue:
    Type: AWS::SQS::Queue
    Properties:
      RedrivePolicy: {deadLetterTargetArn: !GetAtt Dlq.Arn, maxReceiveCount: 100}
Outputs: {Arn: {Value: !GetAtt Queue.Arn, Export: {Name: queue}}}
`,
    );
    write(
      'app/consumer.yaml',
      `Resources:
  Worker: {Type: AWS::Lambda::Function, Properties: {Timeout: 60}}
  Mapping: {Type: AWS::Lambda::EventSourceMapping, Properties: {EventSourceArn: !ImportValue queue, FunctionName: !Ref Worker}}
`,
    );
    const { stdout } = await headgate('fix', 'app', '--rule', 'batch.*');
    expect(stdout).toContain('set `VisibilityTimeout` of `Queue` to `360`');
    expect(read('app/queues.yaml')).toContain(
      'maxReceiveCount: 5}\n      MessageRetentionPeriod: 1209600\n      VisibilityTimeout: 360\nOutputs',
    );
  });

  it('edits neither through a link nor outside of what was named', async () => {
    write('other/template.yaml', key);
    mkdirSync(join(cwd, 'app'));
    symlinkSync(join(cwd, 'other/template.yaml'), join(cwd, 'app/template.yaml'));
    const { stdout, stderr } = await headgate('fix', 'app', '--root', '.');
    expect(read('other/template.yaml')).toBe(key);
    expect(stdout + stderr).toMatch(/outside of the specified paths|link/);
    write(
      'app/parent.yaml',
      'Resources:\n  Child: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: ../other/template.yaml}}\n',
    );
    const nested = await headgate('fix', 'app/parent.yaml', '--root', '.');
    expect(read('other/template.yaml')).toBe(key);
    expect(nested.stdout).toContain('not edited: the file is outside of the specified paths');
  });

  it('leaves what other tools make, and says what to change instead', async () => {
    write(
      'template.json',
      JSON.stringify({
        Resources: {
          Key: { Type: 'AWS::KMS::Key', Properties: {}, Metadata: { 'aws:cdk:path': 'Stack/Key/Resource' } },
        },
      }),
    );
    const before = read('template.json');
    const { code, stdout } = await headgate('fix', 'template.json', '--rule', 'all.kms.rotation');
    expect([code, read('template.json')]).toEqual([0, before]);
    expect(stdout).toContain('not edited: the CDK made the template: change the construct');
    expect(stdout).toContain("CDK: new kms.Key(this, 'Key', { enableKeyRotation: true })");
  });

  it('never touches a value that is kept in a secret, or a waived finding', async () => {
    const text = `Resources:
  Key: {Type: AWS::KMS::Key, Properties: {EnableKeyRotation: '{{resolve:ssm:/keys/rotate}}'}}
  Waived:
    # headgate:ignore all.kms.rotation it is replaced each year
    Type: AWS::KMS::Key
`;
    write('template.yaml', text);
    await headgate('fix', 'template.yaml', '--unsafe', '--rule', 'all.kms.rotation');
    expect(read('template.yaml')).toBe(text);
  });

  it('refuses what is not a template file, with what to do', async () => {
    expect((await headgate('fix', '-')).stderr).toContain('name a template or a folder instead of `-`');
    expect((await headgate('fix', 'account.ndjson')).stderr).toContain('snapshot of an account');
    const { code, stderr } = await headgate('fix', 'missing.yaml');
    expect([code, stderr.includes('missing.yaml')]).toEqual([2, true]);
  });

  it('leaves a template alone that cannot be read to its end, and exits with 2', async () => {
    write('broken.yaml', 'Resources:\n  Key: {Type: AWS::KMS::Key\n');
    write('whole.yaml', key);
    const { code } = await headgate('fix', '.', '--rule', 'all.kms.rotation');
    expect(code).toBe(2);
    expect(read('broken.yaml')).toBe('Resources:\n  Key: {Type: AWS::KMS::Key\n');
  });
});
