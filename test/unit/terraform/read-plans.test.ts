import { describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { readFiles } from '../../../src/app/scan.ts';
import { Choice, PartialString, Reference, Unresolved } from '../../../src/model/value.ts';
import { planOf, readPlan, resourceOf, scan, withFiles } from './scan-plan.ts';

const refs = (...references: string[]): object => ({ references });
const root = (resources: object[], more: object = {}): object => ({ root_module: { resources, ...more } });

describe('reading plans', () => {
  const queue = {
    address: 'aws_sqs_queue.jobs',
    after: { name: 'jobs' },
    unknown: { arn: true, policy: true },
  };
  const configured = root([
    { address: 'aws_sqs_queue.jobs', expressions: { name: { constant_value: 'jobs' } } },
  ]);

  it.each([
    ['UTF-8', (text: string) => Buffer.from(text)],
    ['a byte order mark', (text: string) => Buffer.from(`\uFEFF${text}`)],
    ['UTF-16 as PowerShell writes it', (text: string) => Buffer.from(`\uFEFF${text}`, 'utf16le')],
  ])('reads %s', async (_name, encode) => {
    await withFiles({ 'plan.json': encode(JSON.stringify(planOf([queue], configured))) }, async (cwd) => {
      const reading = await readFiles([join(cwd, 'plan.json')], { cwd });
      expect(reading.diagnostics).toEqual([]);
      expect(resourceOf(reading, 'aws_sqs_queue.jobs').properties).toEqual({ QueueName: 'jobs' });
    });
  });

  it.each(['0.1', '0.2', '1.0', '1.1', '1.2', '1.9'])('reads format %s', async (version) => {
    const reading = await readPlan({ ...planOf([queue], configured), format_version: version });
    expect(resourceOf(reading, 'aws_sqs_queue.jobs').type).toBe('AWS::SQS::Queue');
  });

  it('reads the plans of OpenTofu', async () => {
    const tofu = { ...queue, provider: 'registry.opentofu.org/hashicorp/aws' };
    const reading = await readPlan(planOf([tofu], configured));
    expect(resourceOf(reading, 'aws_sqs_queue.jobs').type).toBe('AWS::SQS::Queue');
  });

  it.each([
    [
      'a later major version',
      JSON.stringify({ ...planOf([queue]), format_version: '2.0' }),
      'has the format version `2.0`',
    ],
    [
      'the log of a plan',
      '{"@level":"info","@message":"Terraform 1.11.4"}\n{"@level":"info"}\n',
      'is the log that `terraform plan -json` prints',
    ],
    [
      'a raw state',
      '{"version":4,"terraform_version":"1.11.4","serial":3,"lineage":"x","outputs":{},"resources":[]}',
      'is a state file as a backend keeps it',
    ],
    [
      'a configuration',
      'resource "aws_sqs_queue" "jobs" {\n  name = "jobs"\n}\n',
      'is a Terraform configuration',
    ],
    [
      'a broken plan',
      '{"format_version":"1.2","terraform_version":"1.11.4","planned_values":{},',
      'cannot read the plan',
    ],
  ])('refuses %s and says what to give', async (_name, text, message) => {
    const { diagnostics } = await readPlan(text);
    expect(diagnostics.filter(({ severity }) => severity === 'error').map((each) => each.message)).toEqual([
      expect.stringContaining(message),
    ]);
  });

  it('says of a plan that ended with an error that it is not whole', async () => {
    const reading = await readPlan(planOf([queue], configured, { errored: true }));
    expect(reading.diagnostics).toMatchObject([{ code: 'plan-errored', severity: 'error' }]);
    expect(reading.incomplete).toMatchObject([{ scope: 'plan.json', type: '*' }]);
  });

  it('takes deferred changes for resources that may be there, and nothing for complete', async () => {
    const [resource_change] = (
      planOf([{ address: 'aws_sqs_queue.later', unknown: { name: true } }]) as { resource_changes: object[] }
    ).resource_changes;
    const deferred = {
      complete: false,
      deferred_changes: [{ reason: 'instance_count_unknown', resource_change }],
    };
    const reading = await readPlan(planOf([queue], configured, deferred));
    expect(resourceOf(reading, 'aws_sqs_queue.later').uncertain?.message).toContain('instance_count_unknown');
    expect(reading.incomplete.map(({ type }) => type)).toContain('*');
  });

  it('leaves out what is deleted, forgotten or deposed', async () => {
    const plan = planOf(
      [
        queue,
        { address: 'aws_sqs_queue.old', actions: ['delete'] },
        { address: 'aws_sqs_queue.lost', actions: ['forget'] },
      ],
      configured,
    );
    const reading = await readPlan(plan);
    expect(reading.resources.map(({ name }) => name)).toEqual(['aws_sqs_queue.jobs', 'plan.json']);
  });

  it('keeps plans apart: equal names in two of them are two things', async () => {
    const text = JSON.stringify(planOf([queue], configured));
    await withFiles({ 'a/plan.json': text, 'b/plan.json': text }, async (cwd) => {
      const reading = await readFiles([join(cwd, 'a'), join(cwd, 'b')], { cwd });
      expect(new Set(reading.resources.map(({ scope }) => scope))).toEqual(
        new Set(['a/plan.json', 'b/plan.json']),
      );
    });
  });

  it('names types that no rule reads, and doubts what one of a service that rules read may change', async () => {
    const reading = await readPlan(
      planOf([{ address: 'aws_glue_job.nightly' }, { address: 'aws_sqs_queue_of_tomorrow.x' }]),
    );
    expect(reading.diagnostics.map(({ severity, message }) => [severity, message])).toEqual([
      ['warning', 'Headgate does not read `aws_sqs_queue_of_tomorrow`; what it can change is unknown'],
      ['info', 'no rule reads `aws_glue_job`'],
    ]);
    expect(reading.incomplete.map(({ type }) => type)).toContain('AWS::SQS::Queue');
  });
});

describe('values that a plan does not know', () => {
  it('takes what nobody wrote for absent, and what is written for what it refers to', async () => {
    const plan = planOf(
      [
        {
          address: 'aws_sqs_queue.jobs',
          after: { name: 'jobs' },
          unknown: { arn: true, kms_master_key_id: true, redrive_policy: true },
        },
        { address: 'aws_kms_key.data', after: {}, unknown: { arn: true, key_id: true } },
      ],
      root([
        {
          address: 'aws_sqs_queue.jobs',
          expressions: { kms_master_key_id: refs('aws_kms_key.data.arn', 'aws_kms_key.data') },
        },
        { address: 'aws_kms_key.data', expressions: {} },
      ]),
    );
    expect(resourceOf(await readPlan(plan), 'aws_sqs_queue.jobs').properties).toEqual({
      QueueName: 'jobs',
      KmsMasterKeyId: new Reference('plan.json/aws_kms_key.data', 'Arn'),
    });
  });

  it('follows variables, outputs and for_each to the instance of the same key', async () => {
    const instances = ['a', 'b'].flatMap((key) => [
      {
        address: `module.dlq["${key}"].aws_sqs_queue.this`,
        module: `module.dlq["${key}"]`,
        after: {},
        unknown: { arn: true },
      },
      {
        address: `module.fn["${key}"].aws_lambda_function.this`,
        module: `module.fn["${key}"]`,
        after: { dead_letter_config: [{}] },
        unknown: { dead_letter_config: [{ target_arn: true }] },
      },
    ]);
    const configuration = root([], {
      module_calls: {
        dlq: {
          for_each_expression: refs('var.names'),
          module: {
            outputs: { arn: { expression: refs('aws_sqs_queue.this.arn', 'aws_sqs_queue.this') } },
            resources: [{ address: 'aws_sqs_queue.this', expressions: {} }],
          },
        },
        fn: {
          for_each_expression: refs('var.names'),
          expressions: { dlq: refs('module.dlq', 'each.key') },
          module: {
            variables: { dlq: {} },
            resources: [
              {
                address: 'aws_lambda_function.this',
                expressions: { dead_letter_config: [{ target_arn: refs('var.dlq.arn', 'var.dlq') }] },
              },
            ],
          },
        },
      },
    });
    const reading = await readPlan(planOf(instances, configuration));
    for (const key of ['a', 'b'])
      expect(
        resourceOf(reading, `module.fn["${key}"].aws_lambda_function.this`).properties['DeadLetterConfig'],
      ).toEqual({
        TargetArn: new Reference(`plan.json/module.dlq["${key}"].aws_sqs_queue.this`, 'Arn'),
      });
  });

  it('takes several candidates for a choice, never the first one', async () => {
    const plan = planOf(
      [
        { address: 'aws_sqs_queue.jobs', after: {}, unknown: { kms_master_key_id: true } },
        { address: 'aws_kms_key.one', unknown: { arn: true } },
        { address: 'aws_kms_key.two', unknown: { arn: true } },
      ],
      root([
        {
          address: 'aws_sqs_queue.jobs',
          expressions: {
            kms_master_key_id: refs(
              'var.first',
              'aws_kms_key.one.arn',
              'aws_kms_key.one',
              'aws_kms_key.two.arn',
              'aws_kms_key.two',
            ),
          },
        },
      ]),
    );
    const value = resourceOf(await readPlan(plan), 'aws_sqs_queue.jobs').properties['KmsMasterKeyId'];
    expect(value).toBeInstanceOf(Choice);
    expect([(value as Choice).whenTrue, (value as Choice).whenFalse]).toEqual([
      new Reference('plan.json/aws_kms_key.two', 'Arn'),
      new Reference('plan.json/aws_kms_key.one', 'Arn'),
    ]);
  });

  it('names what stays unknown', async () => {
    const plan = planOf(
      [{ address: 'aws_sqs_queue.jobs', unknown: { kms_master_key_id: true } }],
      root([{ address: 'aws_sqs_queue.jobs', expressions: { kms_master_key_id: refs('local.key') } }]),
    );
    const value = resourceOf(await readPlan(plan), 'aws_sqs_queue.jobs').properties['KmsMasterKeyId'];
    expect(value).toBeInstanceOf(Unresolved);
    expect((value as Unresolved).cause.message).toBe(
      '`kms_master_key_id` of `aws_sqs_queue.jobs` is known only after the plan is applied; it refers to `local.key`',
    );
  });

  it('leaves open what follows the ARN of an API', async () => {
    const plan = planOf(
      [
        {
          address: 'aws_lambda_permission.api',
          after: { function_name: 'f' },
          unknown: { source_arn: true },
        },
        { address: 'aws_api_gateway_rest_api.api', unknown: { id: true, execution_arn: true } },
      ],
      root([
        {
          address: 'aws_lambda_permission.api',
          expressions: {
            source_arn: refs('aws_api_gateway_rest_api.api.execution_arn', 'aws_api_gateway_rest_api.api'),
          },
        },
      ]),
    );
    const value = resourceOf(await readPlan(plan), 'aws_lambda_permission.api').properties['SourceArn'];
    expect(value).toBeInstanceOf(PartialString);
    expect((value as PartialString).parts.at(-1)).toBeInstanceOf(Unresolved);
  });
});

describe('parts', () => {
  it("puts the parts of a bucket into it, and Terraform's defaults where it differs", async () => {
    const bucket = refs('aws_s3_bucket.b.id', 'aws_s3_bucket.b');
    const plan = planOf(
      [
        { address: 'aws_s3_bucket.b', unknown: { id: true, bucket: true } },
        {
          address: 'aws_s3_bucket_public_access_block.b',
          after: { block_public_acls: true },
          unknown: { bucket: true },
        },
        {
          address: 'aws_s3_bucket_versioning.b',
          after: { versioning_configuration: [{ status: 'Enabled' }] },
          unknown: { bucket: true },
        },
      ],
      root([
        { address: 'aws_s3_bucket_public_access_block.b', expressions: { bucket } },
        { address: 'aws_s3_bucket_versioning.b', expressions: { bucket } },
      ]),
    );
    expect(resourceOf(await readPlan(plan), 'aws_s3_bucket.b').properties).toEqual({
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: false,
        IgnorePublicAcls: false,
        RestrictPublicBuckets: false,
      },
      VersioningConfiguration: { Status: 'Enabled' },
    });
  });

  it('keeps a part whose owner stands elsewhere', async () => {
    const plan = planOf([
      {
        address: 'aws_s3_bucket_notification.n',
        after: {
          bucket: 'elsewhere',
          lambda_function: [
            {
              lambda_function_arn: 'arn:aws:lambda:eu-west-1:111122223333:function:f',
              events: ['s3:ObjectCreated:*'],
            },
          ],
        },
      },
    ]);
    expect(resourceOf(await readPlan(plan), 'aws_s3_bucket_notification.n')).toMatchObject({
      type: 'AWS::S3::Bucket',
      external: true,
      properties: {
        BucketName: 'elsewhere',
        NotificationConfiguration: { LambdaConfigurations: [{ Event: ['s3:ObjectCreated:*'] }] },
      },
    });
  });

  it('gives a security group without egress none', async () => {
    const reading = await readPlan(
      planOf([{ address: 'aws_security_group.g', unknown: { egress: true, ingress: true } }]),
    );
    expect(resourceOf(reading, 'aws_security_group.g').properties).toMatchObject({
      SecurityGroupEgress: [],
      SecurityGroupIngress: [],
    });
  });
});

describe('the example', () => {
  it('gets the verdicts of the template of the same application, as far as the plan knows', async () => {
    const cwd = process.cwd();
    const template = await scan(['examples/orders-api.yaml'], cwd);
    const plan = await scan(['examples/orders-api.plan.json'], cwd);
    const failed = (result: typeof plan): string[] =>
      result.evaluations
        .filter(({ verdict }) => verdict === 'fail')
        .map(({ ruleId }) => ruleId)
        .sort();
    expect(failed(plan)).toEqual(failed(template));
    expect(plan.diagnostics.filter(({ severity }) => severity !== 'info')).toEqual([]);
  });
});
