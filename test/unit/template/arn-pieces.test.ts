import { describe, expect, it } from '@jest/globals';
import { PartialString, Reference, Unresolved } from '../../../src/model/value.ts';
import { readTemplateObject } from '../../../src/template/read-templates.ts';

const cut = (index: number, delimiter: string, from: unknown) => ({
  'Fn::Select': [index, { 'Fn::Split': [delimiter, from] }],
});
const arnOf = (id: string, attribute = 'Arn') => ({ 'Fn::GetAtt': [id, attribute] });

function valueOf(value: unknown) {
  const template = {
    Resources: {
      X: { Type: 'AWS::Test::X', Properties: { value } },
      Fn: { Type: 'AWS::Lambda::Function' },
      Alias: { Type: 'AWS::Lambda::Alias', Properties: { FunctionName: { Ref: 'Fn' }, Name: 'live' } },
      ByArn: { Type: 'AWS::Lambda::Alias', Properties: { FunctionName: arnOf('Fn'), Name: 'live' } },
      Literal: { Type: 'AWS::Lambda::Alias', Properties: { FunctionName: 'pay', Name: 'live' } },
      Loop: { Type: 'AWS::Lambda::Alias', Properties: { FunctionName: cut(6, ':', { Ref: 'Loop' }) } },
      Version: { Type: 'AWS::Lambda::Version', Properties: { FunctionName: { Ref: 'Fn' } } },
      Queue: { Type: 'AWS::SQS::Queue' },
      Topic: { Type: 'AWS::SNS::Topic' },
      Table: { Type: 'AWS::DynamoDB::Table' },
      Machine: { Type: 'AWS::StepFunctions::StateMachine' },
      Bucket: { Type: 'AWS::S3::Bucket' },
      Bus: { Type: 'AWS::Events::EventBus' },
      Role: { Type: 'AWS::IAM::Role' },
      Pathed: { Type: 'AWS::IAM::Role', Properties: { Path: '/a/' } },
      Logs: { Type: 'AWS::Logs::LogGroup' },
    },
  };
  const { resources } = readTemplateObject(template, 't');
  return resources.find(({ name }) => name === 'X')?.properties['value'];
}

describe('pieces that CDK cuts out of ARNs', () => {
  it.each<[string, unknown, unknown]>([
    ['function of an alias', cut(6, ':', { Ref: 'Alias' }), new Reference('t/Fn')],
    ['qualifier of an alias', cut(7, ':', { Ref: 'Alias' }), 'live'],
    ['function of an alias that names it by ARN', cut(6, ':', { Ref: 'ByArn' }), new Reference('t/Fn')],
    ['function of an alias that names it literally', cut(6, ':', { Ref: 'Literal' }), 'pay'],
    ['function of a version', cut(6, ':', { Ref: 'Version' }), new Reference('t/Fn')],
    ['number of a version', cut(7, ':', { Ref: 'Version' }), new Reference('t/Version', 'Version')],
    ['function', cut(6, ':', arnOf('Fn')), new Reference('t/Fn')],
    ['service', cut(2, ':', arnOf('Fn')), 'lambda'],
    ['queue', cut(5, ':', arnOf('Queue')), new Reference('t/Queue', 'QueueName')],
    ['topic', cut(5, ':', { Ref: 'Topic' }), new Reference('t/Topic', 'TopicName')],
    ['table', cut(1, '/', arnOf('Table')), new Reference('t/Table')],
    ['state machine', cut(6, ':', { Ref: 'Machine' }), new Reference('t/Machine', 'Name')],
    ['bucket', cut(5, ':', arnOf('Bucket')), new Reference('t/Bucket')],
    ['bus', cut(1, '/', arnOf('Bus')), new Reference('t/Bus')],
    ['bus in two steps', cut(1, '/', cut(5, ':', arnOf('Bus'))), new Reference('t/Bus')],
    ['role', cut(1, '/', arnOf('Role')), new Reference('t/Role')],
    ['log group', cut(6, ':', arnOf('Logs')), new Reference('t/Logs')],
    [
      'alias of a function, as alias.functionName',
      { 'Fn::Join': ['', [cut(6, ':', { Ref: 'Alias' }), ':live']] },
      new PartialString([new Reference('t/Fn'), ':live']),
    ],
  ])('%s', (_name, value, expected) => {
    expect(valueOf(value)).toEqual(expected);
  });

  it.each<[string, unknown]>([
    ['of a role with a path', cut(1, '/', arnOf('Pathed'))],
    ['of a log group between slashes', cut(1, '/', arnOf('Logs'))],
    ['of what is no ARN', cut(6, ':', { Ref: 'Queue' })],
    ['of a stack id', cut(1, '/', { Ref: 'AWS::StackId' })],
    ['of an alias of itself', cut(6, ':', { Ref: 'Loop' })],
    ['beyond the end', cut(9, ':', arnOf('Fn'))],
  ])('are not guessed %s', (_name, value) => {
    expect(valueOf(value)).toBeInstanceOf(Unresolved);
  });
});
