import { describe, expect, it } from '@jest/globals';
import { evaluateTemplate, ruleOf } from './decide.ts';

const admitsS3 = ruleOf(
  {
    some: {
      statements: 'resource',
      where: { statement: { effect: 'Allow', principal: 's3.amazonaws.com' } },
    },
  },
  'AWS::KMS::Key',
);

describe('the principal of a statement', () => {
  it.each([
    ['s3.amazonaws.com', 'pass'],
    ['s3.amazonaws.com.cn', 'pass'],
    ['s3.ap-east-1.amazonaws.com', 'pass'],
    ['not-s3.amazonaws.com', 'fail'],
    ['s3.example.amazonaws.com', 'fail'],
    ['sns.amazonaws.com', 'fail'],
    [{ 'Fn::Sub': 'logs.${AWS::Region}.amazonaws.com' }, 'fail'],
    [{ 'Fn::Sub': 's3.${AWS::URLSuffix}' }, 'unknown'],
    [{ Ref: 'P' }, 'unknown'],
  ])('%j admits S3: %s', (Service, verdict) => {
    const Statement = [{ Effect: 'Allow', Principal: { Service }, Action: 'kms:Decrypt', Resource: '*' }];
    const Key = { Type: 'AWS::KMS::Key', Properties: { KeyPolicy: { Statement } } };
    const template = { Parameters: { P: { Type: 'String' } }, Resources: { Key } };
    expect(evaluateTemplate([admitsS3], template)[0]).toMatchObject({ verdict });
  });
});
