import { describe, expect, it } from '@jest/globals';
import { World } from '../../../src/model/conditions.ts';
import { PartialString, Unresolved, type Value } from '../../../src/model/value.ts';
import { graphOf, ref, resource } from './reading.ts';

const region = new Unresolved({
  code: 'pseudo-parameter',
  message: '`AWS::Region` is known only to the deployment',
});
const stage = new Unresolved({ code: 'parameter', message: 'parameter `Stage` has no default' });
const arn = (name: string): Value => new PartialString(['arn:aws:sqs:', region, `:111122223333:${name}`]);

const graph = graphOf({
  Policy: { Type: 'AWS::SQS::QueuePolicy' },
  Named: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'orders-dlq' } },
  Staged: { Type: 'AWS::SQS::Queue', Properties: { QueueName: new PartialString(['orders-', stage]) } },
  Generated: { Type: 'AWS::SQS::Queue' },
});

function names(value: Value, target: string): unknown {
  const answer = graph.names(value, resource(graph, 'Policy'), resource(graph, target), new World(1));
  return typeof answer === 'boolean' ? answer : answer.code;
}

describe('what a value names', () => {
  it('is known of what stands outside by its ARN', () => {
    const outside = graphOf({
      Cfg: {
        Type: 'AWS::Lambda::EventInvokeConfig',
        Properties: { DestinationConfig: { OnFailure: { Destination: 'arn:aws:s3:::failed' } } },
      },
    });
    const [cfg] = outside.resources;
    const bucket = cfg === undefined ? undefined : outside.related(cfg, 'onFailure').edges[0]?.to;
    if (cfg === undefined || bucket === undefined) throw new Error('nothing was linked');
    expect(outside.names('arn:aws:s3:::failed/*', cfg, bucket, new World(1))).toBe(true);
    expect(outside.names('arn:aws:s3:::other/*', cfg, bucket, new World(1))).toBe(false);
  });

  it.each<[Value, string, unknown]>([
    [ref('Named', 'Arn'), 'Named', true],
    [ref('Generated', 'Arn'), 'Named', false],
    ['arn:aws:sqs:eu-west-1:111122223333:orders-dlq', 'Named', true],
    ['arn:aws:sqs:eu-west-1:111122223333:orders', 'Named', false],
    [arn('orders-dlq'), 'Named', true],
    [arn('orders'), 'Named', false],
    [arn('orders'), 'Generated', false],
    [arn('orders-prod'), 'Staged', 'attribute'],
    [new PartialString(['arn:aws:sqs:*:*:orders-', stage]), 'Staged', true],
    [stage, 'Named', 'parameter'],
    ['arn:aws:sqs:*:*:orders-*', 'Named', true],
    ['arn:aws:sqs:*:*:mail-*', 'Named', false],
    ['arn:aws:sqs:*:*:orders-*', 'Generated', 'attribute'],
    ['arn:aws:sqs:*:*:*', 'Generated', true],
    ['arn:aws:sns:*:*:*', 'Named', false],
    ['arn:aws:sqs:*', 'Named', 'unsupported'],
    ['*', 'Named', true],
  ])('%j names %s: %s', (value, target, expected) => {
    expect(names(value, target)).toBe(expected);
  });
});
