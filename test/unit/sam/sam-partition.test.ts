import { describe, expect, it } from '@jest/globals';
import { readTemplate } from '../../../src/template/read-templates.ts';

const template = {
  Transform: 'AWS::Serverless-2016-10-31',
  Resources: {
    Jobs: { Type: 'AWS::SQS::Queue' },
    F: {
      Type: 'AWS::Serverless::Function',
      Properties: {
        Runtime: 'nodejs22.x',
        Handler: 'h',
        InlineCode: 'x',
        Tracing: 'Active',
        Policies: ['AmazonS3ReadOnlyAccess', 'arn:aws:iam::aws:policy/Written'],
        AutoPublishAlias: 'live',
        DeploymentPreference: { Type: 'AllAtOnce' },
        Events: {
          Poll: { Type: 'SQS', Properties: { Queue: { 'Fn::GetAtt': ['Jobs', 'Arn'] } } },
          Get: { Type: 'Api', Properties: { Path: '/a', Method: 'get', Auth: { Authorizer: 'AWS_IAM' } } },
          Logs: { Type: 'CloudWatchLogs', Properties: { LogGroupName: 'g', FilterPattern: 'p' } },
          Things: { Type: 'IoTRule', Properties: { Sql: 's' } },
        },
      },
    },
    Machine: {
      Type: 'AWS::Serverless::StateMachine',
      Properties: { Definition: { StartAt: 'A', States: {} }, Tracing: { Enabled: true } },
    },
    Api: {
      Type: 'AWS::Serverless::Api',
      Properties: {
        StageName: 'live',
        DefinitionBody: { openapi: '3.0.1', paths: { '/x': { get: {} } } },
        Auth: { DefaultAuthorizer: 'A', Authorizers: { A: { FunctionArn: 'arn' } } },
      },
    },
  },
};

/** The expanded template's texts that name a partition, and its endpoints. */
async function made(region: string | undefined): Promise<{ text: string; arns: Set<string> }> {
  const { resources } = await readTemplate(template, 't', region === undefined ? {} : { region });
  const text = JSON.stringify(resources.map(({ type, properties }) => [type, properties]));
  const arns = new Set(
    [...text.matchAll(/arn:(aws[a-z-]*):(?:iam|execute-api|apigateway|logs|iot)/g)].map(
      (found) => found[1] ?? '',
    ),
  );
  return { text, arns };
}

describe('the partition of what SAM writes', () => {
  it.each([
    ['cn-north-1', 'aws-cn'],
    ['us-gov-west-1', 'aws-us-gov'],
    ['us-isob-east-1', 'aws-iso-b'],
    ['eusc-de-east-1', 'aws-eusc'],
  ])('is told by the region %s', async (region, partition) => {
    const { text, arns } = await made(region);
    // The policy that is written as an ARN stays as it is.
    expect(arns).toEqual(new Set(['aws', partition]));
    expect(text.split('arn:aws:iam').length - 1).toBe(1);
    expect(text).toContain(`arn:${partition}:iam::aws:policy/AWSXRayDaemonWriteAccess`);
    expect(text).toContain(`arn:${partition}:iam::aws:policy/AmazonS3ReadOnlyAccess`);
    expect(text).toContain(`arn:${partition}:iam::*:user/*`);
    expect(text).not.toContain('AWSXrayWriteOnlyAccess');
    // Edge-optimized APIs, the default, are there in one partition alone.
    expect(text.split('"EndpointConfiguration":{"Types":["REGIONAL"]}')).toHaveLength(3);
  });

  it.each([undefined, 'eu-west-1'])('is aws with region %s', async (region) => {
    const { text, arns } = await made(region);
    expect(arns).toEqual(new Set(['aws']));
    expect(text).toContain('arn:aws:iam::aws:policy/AWSXrayWriteOnlyAccess');
    expect(text).not.toContain('EndpointConfiguration');
  });

  it('limits what CodeDeploy may do where the wider policy is not', async () => {
    expect((await made('us-iso-east-1')).text).toContain('AWSCodeDeployRoleForLambdaLimited');
    expect((await made('cn-north-1')).text).not.toContain('AWSCodeDeployRoleForLambdaLimited');
  });
});
