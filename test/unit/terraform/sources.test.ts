import { describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { readFiles } from '../../../src/app/scan.ts';
import { Reference } from '../../../src/model/value.ts';
import { planOf, resourceOf, scan, withFiles } from './scan-plan.ts';

const main = `locals {
  dlq = aws_sqs_queue.dead.arn
}

# headgate:ignore batch.queue.retention kept short on purpose owner=shop
resource "aws_sqs_queue" "jobs" {
  name                      = "jobs"
  kms_master_key_id         = "alias/aws/sqs"
  redrive_policy = jsonencode({
    deadLetterTargetArn = local.dlq
    maxReceiveCount     = 4
  })
}

resource "aws_sqs_queue" "dead" {
  name = "dead"
}

module "worker" {
  source = "./worker"
}
`;
const worker = `resource "aws_sqs_queue" "own" {
  visibility_timeout_seconds = 30
}
`;

const plan = planOf(
  [
    {
      address: 'aws_sqs_queue.jobs',
      after: { name: 'jobs', kms_master_key_id: 'alias/aws/sqs' },
      unknown: { redrive_policy: true },
    },
    { address: 'aws_sqs_queue.dead', after: { name: 'dead' }, unknown: { arn: true } },
    {
      address: 'module.worker.aws_sqs_queue.own',
      module: 'module.worker',
      after: { visibility_timeout_seconds: 30 },
    },
  ],
  {
    root_module: {
      resources: [
        {
          address: 'aws_sqs_queue.jobs',
          expressions: {
            name: { constant_value: 'jobs' },
            kms_master_key_id: { constant_value: 'alias/aws/sqs' },
            redrive_policy: { references: ['local.dlq'] },
          },
        },
        { address: 'aws_sqs_queue.dead', expressions: { name: { constant_value: 'dead' } } },
      ],
      module_calls: {
        worker: {
          source: './worker',
          module: {
            resources: [
              {
                address: 'aws_sqs_queue.own',
                expressions: { visibility_timeout_seconds: { constant_value: 30 } },
              },
            ],
          },
        },
      },
    },
  },
);
const files = { 'plan.json': JSON.stringify(plan), 'app/main.tf': main, 'app/worker/main.tf': worker };

describe('a plan with its sources', () => {
  it('reads documents that a plan hides', async () => {
    await withFiles(files, async (cwd) => {
      const reading = await readFiles([join(cwd, 'plan.json')], { cwd, sources: 'app' });
      expect(reading.diagnostics).toEqual([]);
      expect(resourceOf(reading, 'aws_sqs_queue.jobs').properties['RedrivePolicy']).toEqual({
        deadLetterTargetArn: new Reference('plan.json/aws_sqs_queue.dead', 'Arn'),
        maxReceiveCount: 4,
      });
    });
  });

  it('points to the line and column of an attribute, of the block that lacks it, and of the call of its module', async () => {
    await withFiles(files, async (cwd) => {
      const reading = await readFiles([join(cwd, 'plan.json')], { cwd, sources: 'app' });
      const at = (address: string, ...path: string[]): unknown => {
        const found = reading.positions(resourceOf(reading, address).locate(path));
        return found === undefined ? undefined : [found.file, found.startLine, found.startColumn];
      };
      expect(at('aws_sqs_queue.jobs', 'KmsMasterKeyId')).toEqual(['app/main.tf', 8, 3]);
      expect(at('aws_sqs_queue.jobs', 'MessageRetentionPeriod')).toEqual(['app/main.tf', 6, 1]);
      expect(at('module.worker.aws_sqs_queue.own', 'VisibilityTimeout')).toEqual([
        'app/worker/main.tf',
        2,
        3,
      ]);
      expect(resourceOf(reading, 'module.worker.aws_sqs_queue.own').sourceLine).toEqual({
        file: 'app/main.tf',
        line: 19,
        column: 1,
      });
    });
  });

  it('without sources points into the plan', async () => {
    await withFiles({ 'plan.json': JSON.stringify(plan, undefined, 1) }, async (cwd) => {
      const reading = await readFiles([join(cwd, 'plan.json')], { cwd });
      const location = resourceOf(reading, 'aws_sqs_queue.jobs').locate(['KmsMasterKeyId']);
      expect(location).toEqual({
        file: 'plan.json',
        pointer: '/resource_changes/0/change/after/kms_master_key_id',
      });
      expect(reading.positions(location)?.startLine).toBeGreaterThan(1);
    });
  });

  it('takes waivers from comments, in the words that templates have', async () => {
    await withFiles(files, async (cwd) => {
      const { evaluations } = await scan([join(cwd, 'plan.json')], cwd, { sources: 'app' });
      const found = evaluations.find(
        ({ ruleId, resource }) =>
          ruleId === 'batch.queue.retention' && resource.name === 'aws_sqs_queue.jobs',
      );
      expect(found?.waiver).toMatchObject({
        reason: 'kept short on purpose',
        owner: 'shop',
      });
    });
  });

  it('reads suppressions of other tools from comments, and no loose ones', async () => {
    const written = main
      .replace('resource "aws_sqs_queue" "dead" {', '$&\n  #checkov:skip=CKV_AWS_27: emptied daily')
      .replace('module "worker"', '#tfsec:ignore:aws-sqs-enable-queue-encryption\n$&');
    await withFiles({ ...files, 'app/main.tf': written }, async (cwd) => {
      const { suppressions, diagnostics } = await readFiles([join(cwd, 'plan.json')], {
        cwd,
        sources: 'app',
      });
      expect(diagnostics).toEqual([]);
      expect(suppressions.filter(({ source }) => source === 'peer')).toMatchObject([
        {
          ruleId: 'checkov:CKV_AWS_27',
          resourceId: 'plan.json/aws_sqs_queue.dead',
          reason: 'emptied daily',
          file: 'app/main.tf',
        },
      ]);
    });
  });

  it('says where sources that were named are not', async () => {
    await withFiles(files, async (cwd) => {
      const { diagnostics } = await readFiles([join(cwd, 'plan.json')], { cwd, sources: 'nowhere' });
      expect(diagnostics).toMatchObject([
        {
          severity: 'error',
          code: 'terraform-sources',
        },
      ]);
    });
  });
});

describe('secrets', () => {
  const secret = 'Xq7-vault-59a1-unlikely-text';
  const second = 'Lm2-other-71c4-unlikely-text';

  it('shows nothing of sensitive values and variables, in any format', async () => {
    const { renderReport, reportFormats } = await import('../../../src/report/render.ts');
    const secrets = planOf(
      [
        {
          address: 'aws_lambda_function.f',
          after: {
            function_name: 'f',
            runtime: 'nodejs22.x',
            description: second,
            environment: [{ variables: { API_KEY: secret, NOTE: `key is ${secret}` } }],
          },
          sensitive: { environment: [{ variables: { API_KEY: true } }] },
        },
        { address: 'aws_ssm_parameter.p', after: { name: 'p', type: 'String', value: second } },
        { address: 'aws_secretsmanager_secret_version.v', after: { secret_id: 'x', secret_string: second } },
        { address: 'aws_sqs_queue.q', after: { name: second } },
      ],
      { root_module: { variables: { key: { sensitive: true, default: secret } }, resources: [] } },
      { variables: { key: { value: secret } } },
    );
    await withFiles({ 'plan.json': JSON.stringify(secrets) }, async (cwd) => {
      const result = await scan([join(cwd, 'plan.json')], cwd);
      expect(
        result.evaluations.some(({ verdict, ruleId }) => verdict === 'fail' && ruleId.includes('plaintext')),
      ).toBe(true);
      for (const { name } of reportFormats) {
        const text = await renderReport(name, result, { account: '111122223333', region: 'eu-west-1' });
        expect(`${name}: ${text.includes(secret)} ${text.includes(second)}`).toBe(`${name}: false false`);
      }
    });
  });
});

describe('a binary plan file', () => {
  it('is told from archives of other kinds', async () => {
    const empty = Buffer.concat([Buffer.from('PK\u0003\u0004'), Buffer.alloc(30)]);
    await withFiles({ tfplan: empty }, async (cwd) => {
      const { diagnostics } = await readFiles([join(cwd, 'tfplan')], { cwd });
      expect(diagnostics).toMatchObject([{ code: 'terraform-binary', severity: 'error' }]);
    });
  });

  it('gets the verdicts of its JSON and its sources', async () => {
    const cwd = process.cwd();
    const failed = async (paths: string[], sources?: string): Promise<string[]> => {
      const { evaluations } = await scan(paths, cwd, sources === undefined ? {} : { sources });
      return evaluations
        .filter(({ resource }) => !resource.type.startsWith('Headgate::'))
        .map(({ ruleId, verdict, resource }) => `${ruleId} ${resource.name} ${verdict}`)
        .sort();
    };
    const json = await failed(['examples/orders-api.plan.json'], 'examples');
    expect(await failed(['test/unit/terraform/planned/orders-api.tfplan'])).toEqual(json);
  });
});
