import { describe, expect, it } from '@jest/globals';
import { actionsOf, callsOf } from '../../src/account/collector.ts';
import { collectors } from '../../src/account/collectors/index.ts';
import { iamPolicy } from '../../src/account/iam-policy.ts';
import { planCollection } from '../../src/account/plan.ts';
import { collect } from './collect.ts';
import { everythingOf, needsOf } from './needs.ts';
import { ordersAccount } from './orders-account.ts';

const all = everythingOf(new Set(collectors.map(({ service }) => service)));

describe('the least-privilege policy', () => {
  it('allows what the needs ask for', () => {
    const needs = needsOf({
      'AWS::Lambda::Function': ['ReservedConcurrentExecutions'],
      'AWS::ApiGateway::Stage': ['TracingEnabled'],
      'AWS::S3::Bucket': ['BucketEncryption'],
    });
    expect(iamPolicy(needs, 'aws-us-gov')).toEqual({
      Version: '2012-10-17',
      Statement: [
        {
          Sid: 'HeadgateReads',
          Effect: 'Allow',
          Action: [
            'ec2:DescribeRegions',
            'lambda:GetFunctionConcurrency',
            'lambda:ListFunctions',
            's3:GetEncryptionConfiguration',
            's3:ListAllMyBuckets',
          ],
          Resource: ['*'],
        },
        {
          Sid: 'HeadgateReadsApigatewayGET',
          Effect: 'Allow',
          Action: ['apigateway:GET'],
          Resource: [
            'arn:aws-us-gov:apigateway:*::/restapis',
            'arn:aws-us-gov:apigateway:*::/restapis/*/stages',
          ],
        },
      ],
    });
  });

  it('allows reading alone, whatever is needed', () => {
    const actions = iamPolicy(all, 'aws').Statement.flatMap(({ Action }) => Action);
    expect(actions.length).toBeGreaterThan(70);
    for (const action of actions)
      expect(action).toMatch(/^[a-z0-9-]+:(Get|List|Describe)[A-Za-z0-9]+$|^apigateway:GET$/);
    for (const secret of [
      'GetSecretValue',
      'GetFunction',
      'GetParameter',
      'GetParameters',
      'GetApiKeys',
      'GetObject',
    ]) {
      expect(actions.filter((action) => action.endsWith(`:${secret}`))).toEqual([]);
    }
  });

  it('covers every call of an audit that reads everything', async () => {
    const { account } = await collect(ordersAccount, { needs: all });
    const allowed = new Set<string>(iamPolicy(all, 'aws').Statement.flatMap(({ Action }) => Action));
    const unknown = account.attempts
      .filter(({ service }) => service !== 'sts')
      .flatMap(({ service, operation }) =>
        actionsFor(service, operation).filter((action) => !allowed.has(action)),
      );
    expect(unknown).toEqual([]);
    expect(new Set(account.attempts.map(({ service }) => service)).size).toBe(collectors.length + 1);
  }, 30_000);
});

/** IAM actions that the collector of a service declares for a call; for an undeclared one a name that nothing allows. */
function actionsFor(service: string, call: string): readonly string[] {
  if (service === 'ec2' && call === 'DescribeRegions') return ['ec2:DescribeRegions'];
  const collector = collectors.find((each) => each.service === service);
  const operation = collector?.operations.find((each) => callsOf(each).includes(call));
  return collector === undefined || operation === undefined
    ? [`undeclared ${service} ${call}`]
    : actionsOf(collector, operation);
}

describe('the plan', () => {
  it('asks about what leads to a need, and stops there', () => {
    const plan = planCollection(collectors, needsOf({ 'AWS::Lambda::Permission': 'all' }));
    const operations = plan.collectors.flatMap(({ operations }) =>
      operations.map(({ operation }) => operation),
    );
    expect(operations).toEqual([
      'ListFunctions',
      'ListAliases',
      'ListVersionsByFunction',
      'GetPolicy',
      'GetPolicy',
      'GetPolicy',
    ]);
  });

  it('finds parts of templates in what shows them live', () => {
    const plan = planCollection(
      collectors,
      needsOf({ 'AWS::IAM::RolePolicy': 'all', 'AWS::SQS::QueueInlinePolicy': 'all' }),
    );
    expect(plan.missing.size).toBe(0);
    expect(plan.collectors.map(({ collector }) => collector.service)).toEqual(['iam', 'sqs']);
  });

  it('has every property filled by one operation of its type at most', () => {
    for (const collector of collectors) {
      const filled = collector.operations.flatMap((operation) =>
        'each' in operation ? (operation.fills ?? []).map((property) => `${operation.each}.${property}`) : [],
      );
      expect([collector.service, new Set(filled).size]).toEqual([collector.service, filled.length]);
    }
  });
});
