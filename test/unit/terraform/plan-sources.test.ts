import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { readFiles } from '../../../src/app/scan.ts';
import { PartialString, Reference } from '../../../src/model/value.ts';
import type { SourceReading } from '../../../src/model/source.ts';
import { planOf, resourceOf, scan, withFiles } from './scan-plan.ts';
import { zipOf } from './zip-of.ts';

const main = `variable "token" {
  sensitive = true
}
locals {
  dead = aws_sqs_queue.dead.arn
}
resource "aws_sqs_queue" "dead" {
  name = "dead"
}
resource "aws_sqs_queue" "jobs" {
  name           = "jobs"
  redrive_policy = jsonencode({ deadLetterTargetArn = local.dead, maxReceiveCount = 5 })
}
resource "aws_sqs_queue_policy" "jobs" {
  queue_url = aws_sqs_queue.jobs.id
  policy = jsonencode({
    Statement = [{
      Effect    = "Deny"
      Principal = "*"
      Action    = "sqs:*"
      Resource  = "\${aws_sqs_queue.jobs.arn}"
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }]
  })
}
module "worker" {
  source = "./modules/worker"
  dead   = local.dead
}
`;

const worker = `variable "dead" {}
resource "aws_lambda_function" "this" {
  function_name = "worker"
  runtime       = "nodejs22.x"
  environment {
    variables = {
      DEAD = var.dead
      KIND = "sqs"
    }
  }
  dynamic "dead_letter_config" {
    for_each = [var.dead]
    content {
      target_arn = dead_letter_config.value
    }
  }
}
`;

const references = (...names: string[]): object => ({ references: names });

const plan = planOf(
  [
    { address: 'aws_sqs_queue.dead', after: { name: 'dead' }, unknown: { arn: true, id: true } },
    {
      address: 'aws_sqs_queue.jobs',
      after: { name: 'jobs' },
      unknown: { arn: true, id: true, redrive_policy: true },
    },
    { address: 'aws_sqs_queue_policy.jobs', after: {}, unknown: { queue_url: true, policy: true } },
    {
      address: 'module.worker.aws_lambda_function.this',
      module: 'module.worker',
      after: { function_name: 'worker', runtime: 'nodejs22.x', environment: [{}] },
      unknown: { arn: true, environment: [{ variables: true }], dead_letter_config: true },
    },
  ],
  {
    root_module: {
      variables: { token: { sensitive: true } },
      resources: [
        {
          address: 'aws_sqs_queue.dead',
          type: 'aws_sqs_queue',
          name: 'dead',
          mode: 'managed',
          expressions: { name: { constant_value: 'dead' } },
        },
        {
          address: 'aws_sqs_queue.jobs',
          type: 'aws_sqs_queue',
          name: 'jobs',
          mode: 'managed',
          expressions: { redrive_policy: references('local.dead') },
        },
        {
          address: 'aws_sqs_queue_policy.jobs',
          type: 'aws_sqs_queue_policy',
          name: 'jobs',
          mode: 'managed',
          expressions: {
            queue_url: references('aws_sqs_queue.jobs.id', 'aws_sqs_queue.jobs'),
            policy: references('aws_sqs_queue.jobs.arn', 'aws_sqs_queue.jobs'),
          },
        },
      ],
      module_calls: {
        worker: {
          source: './modules/worker',
          expressions: { dead: references('local.dead') },
          module: {
            variables: { dead: {} },
            resources: [
              {
                address: 'aws_lambda_function.this',
                type: 'aws_lambda_function',
                name: 'this',
                mode: 'managed',
                expressions: { environment: [{ variables: references('var.dead') }] },
              },
            ],
          },
        },
      },
    },
  },
  { variables: { token: { value: 'hunter2hunter2' } } },
);

const files = { 'plan.json': JSON.stringify(plan), 'main.tf': main, 'modules/worker/main.tf': worker };
const dead = new Reference('plan.json/aws_sqs_queue.dead', 'Arn');

async function read(
  given: Readonly<Record<string, string | Uint8Array>>,
  sources: string,
): Promise<SourceReading> {
  return withFiles(given, (cwd) => readFiles([join(cwd, 'plan.json')], { cwd, sources }));
}

function expectDecided(reading: SourceReading): void {
  expect(reading.diagnostics).toEqual([]);
  const jobs = resourceOf(reading, 'aws_sqs_queue.jobs');
  expect(jobs.properties['RedrivePolicy']).toEqual({ deadLetterTargetArn: dead, maxReceiveCount: 5 });
  const worker = resourceOf(reading, 'module.worker.aws_lambda_function.this');
  expect(worker.properties['Environment']).toEqual({ Variables: { DEAD: dead, KIND: 'sqs' } });
  expect(worker.properties['DeadLetterConfig']).toEqual({ TargetArn: dead });
}

describe('a plan with its sources', () => {
  it('has documents and blocks that a plan alone leaves out', async () => {
    expectDecided(await read(files, '.'));
  });

  it('finds them in the archive that planning writes, module by module', async () => {
    const archive = zipOf({
      'tfconfig/modules.json': JSON.stringify([
        { Key: '', Dir: '.' },
        { Key: 'worker', Source: './modules/worker', Dir: 'modules/worker' },
      ]),
      'tfconfig/m-/main.tf': main,
      'tfconfig/m-worker/main.tf': worker,
    });
    const reading = await read({ 'plan.json': files['plan.json'], 'sources.zip': archive }, 'sources.zip');
    expectDecided(reading);
    const location = resourceOf(reading, 'module.worker.aws_lambda_function.this').locate([]);
    expect(reading.positions(location)).toMatchObject({
      file: 'sources.zip/modules/worker/main.tf',
      startLine: 2,
    });
  });

  it('is placed at the lines of its files, with the call of the module', async () => {
    const reading = await read(files, '.');
    const function_ = resourceOf(reading, 'module.worker.aws_lambda_function.this');
    expect(function_.sourceLine).toEqual({ file: 'main.tf', line: 26, column: 1 });
    expect(reading.positions(function_.locate(['Environment', 'Variables']))).toMatchObject({
      file: 'modules/worker/main.tf',
      startLine: 6,
      startColumn: 5,
    });
    expect(reading.positions(function_.locate([]))).toMatchObject({
      file: 'modules/worker/main.tf',
      startLine: 2,
    });
    expect(reading.positions(function_.locate(['TracingConfig']))).toMatchObject({ startLine: 2 });
    expect(
      reading.positions(resourceOf(reading, 'aws_sqs_queue.jobs').locate(['RedrivePolicy'])),
    ).toMatchObject({
      file: 'main.tf',
      startLine: 12,
    });
  });

  it('names files by the working directory', async () => {
    const moved = {
      'plan.json': files['plan.json'],
      'infra/main.tf': main,
      'infra/modules/worker/main.tf': worker,
    };
    const reading = await read(moved, 'infra');
    const location = resourceOf(reading, 'aws_sqs_queue.jobs').locate([]);
    expect(reading.positions(location)).toMatchObject({ file: 'infra/main.tf', startLine: 10 });
  });

  it('decides rules that the plan alone leaves unknown, at a line of a .tf file', async () => {
    const [alone, both] = await withFiles(files, async (cwd) => [
      await scan([join(cwd, 'plan.json')], cwd),
      await scan([join(cwd, 'plan.json')], cwd, { sources: '.' }),
    ]);
    const verdicts = (result: typeof alone, verdict: string): number =>
      result.evaluations.filter(
        (each) => each.verdict === verdict && each.resource.type === 'AWS::SQS::Queue',
      ).length;
    expect(verdicts(both, 'unknown')).toBeLessThan(verdicts(alone, 'unknown'));
    const placed = both.evaluations.filter(
      ({ verdict, resource }) => verdict === 'fail' && resource.type !== 'Headgate::Scope',
    );
    expect(placed.length).toBeGreaterThan(0);
    for (const { location } of placed) expect(location?.file).toMatch(/\.tf$/);
  });

  it('keeps what is sensitive out of everything that it says', async () => {
    const leaking = main.replace(
      'name = "dead"',
      'name = "dead"\n  tags = { t = base64encode(var.token), a = aws_sqs_queue.jobs.arn }',
    );
    const result = await withFiles({ ...files, 'main.tf': leaking }, (cwd) =>
      scan([join(cwd, 'plan.json')], cwd, { sources: '.' }),
    );
    expect(JSON.stringify(result)).not.toContain('hunter2');
    expect(JSON.stringify(result)).not.toContain(Buffer.from('hunter2hunter2').toString('base64'));
  });
});

describe('what a plan calls unknown', () => {
  const function_ = (more: string): string => `variable "key" { default = "" }
resource "aws_lambda_function" "f" {
  function_name = "f"
  kms_key_arn   = var.key == "" ? null : var.key
  dynamic "vpc_config" {
    for_each = [1]
    content {
      subnet_ids = ["subnet-1"]
${more}    }
  }
}
`;
  const unknown = planOf(
    [
      {
        address: 'aws_lambda_function.f',
        after: { function_name: 'f', vpc_config: [{ subnet_ids: ['subnet-1'] }] },
        unknown: { kms_key_arn: true, vpc_config: [{ security_group_ids: true }] },
      },
    ],
    {
      root_module: {
        variables: { key: {} },
        resources: [
          {
            address: 'aws_lambda_function.f',
            type: 'aws_lambda_function',
            name: 'f',
            mode: 'managed',
            expressions: { kms_key_arn: references('var.key') },
          },
        ],
      },
    },
    { variables: { key: { value: '' } } },
  );

  it('is not set where the sources write null, or nothing in a block that is generated', async () => {
    const given = { 'plan.json': JSON.stringify(unknown), 'main.tf': function_('') };
    const { properties } = resourceOf(await read(given, '.'), 'aws_lambda_function.f');
    expect(properties['KmsKeyArn']).toBeUndefined();
    expect(properties['VpcConfig']).toEqual({ SubnetIds: ['subnet-1'] });
    const written = { ...given, 'main.tf': function_('      security_group_ids = [nonsense()]\n') };
    const other = resourceOf(await read(written, '.'), 'aws_lambda_function.f').properties['VpcConfig'];
    expect(JSON.stringify(other)).toContain('nonsense()');
  });

  it('is named by its construct where CDK for Terraform wrote it', async () => {
    const json = {
      resource: {
        aws_lambda_function: { f: { '//': { metadata: { path: 'app/fn' } }, function_name: 'f' } },
      },
    };
    const given = { 'plan.json': JSON.stringify(unknown), 'cdk.tf.json': JSON.stringify(json, null, 2) };
    const reading = await read(given, '.');
    const resource = resourceOf(reading, 'aws_lambda_function.f');
    expect(resource.constructPath).toBe('app/fn');
    expect(reading.positions(resource.locate(['FunctionName']))).toMatchObject({
      file: 'cdk.tf.json',
      startLine: 10,
    });
  });
});

describe('sources that are wrong', () => {
  it('that are not there are an error', async () => {
    const { diagnostics } = await read(files, 'nowhere');
    expect(diagnostics).toMatchObject([{ code: 'terraform-sources', severity: 'error' }]);
    expect(diagnostics[0]?.message).toContain('`nowhere` were not read: it does not exist');
    const other = await read({ ...files, 'notes.txt': 'x' }, 'notes.txt');
    expect(other.diagnostics[0]?.message).toContain('neither a folder nor a plan file');
  });

  it('give one warning for each file with an error, and the rest of it is read', async () => {
    const reading = await read({ ...files, 'main.tf': main.replace('name = "dead"', 'name = "dead') }, '.');
    expect(reading.diagnostics).toMatchObject([
      { code: 'terraform-syntax', severity: 'warning', where: 'main.tf:8:15' },
    ]);
    expect(resourceOf(reading, 'aws_sqs_queue.jobs').properties['RedrivePolicy']).toMatchObject({
      maxReceiveCount: 5,
    });
  });

  it('that lack a module leave its resources to the plan', async () => {
    const reading = await read({ 'plan.json': files['plan.json'], 'main.tf': main }, '.');
    expect(reading.diagnostics).toMatchObject([{ code: 'terraform-module-missing', severity: 'warning' }]);
    const worker = resourceOf(reading, 'module.worker.aws_lambda_function.this');
    expect(reading.positions(worker.locate([]))).toMatchObject({ file: 'plan.json' });
  });

  it('do not reach outside of the working directory', async () => {
    const outside = main.replace('./modules/worker', '../../../../etc');
    const reading = await read({ ...files, 'main.tf': outside }, '.');
    expect(reading.diagnostics).toMatchObject([{ code: 'terraform-module-missing' }]);
  });
});

it('keeps what follows a reference in a text', async () => {
  const wide = main.replace('${aws_sqs_queue.jobs.arn}"', '${aws_sqs_queue.jobs.arn}/*"');
  const reading = await read({ ...files, 'main.tf': wide }, '.');
  const policy = reading.resources.find(({ type }) => type === 'AWS::SQS::QueuePolicy');
  expect(policy?.properties['PolicyDocument']).toMatchObject({
    Statement: [
      { Resource: new PartialString([new Reference('plan.json/aws_sqs_queue.jobs', 'Arn'), '/*']) },
    ],
  });
});
