import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { linkGraph } from '../../../src/graph/link-graph.ts';
import { relationDocs } from '../../../src/graph/relation-table.ts';
import type { ResourceGraph } from '../../../src/model/resource-graph.ts';
import type { SourceReading } from '../../../src/model/source.ts';
import { Choice, PartialString, Unresolved, type Cause, type Value } from '../../../src/model/value.ts';
import { readingOf, ref, type Bodies } from './reading.ts';

const relations = relationDocs().flatMap(({ name, inverse }) => (inverse === '' ? [name] : [name, inverse]));
const cause: Cause = { code: 'attribute', message: 'exists after deployment' };
const ids = ['Fn', 'Queue', 'Other', 'Topic', 'Role', 'Key'] as const;

/** A value as templates hold it: a reference, an ARN, a name, or nothing that is known. */
const value: fc.Arbitrary<Value> = fc.oneof(
  fc.constantFrom(...ids).map((id) => ref(id, 'Arn')),
  fc.constantFrom<Value>(
    'arn:aws:sqs:eu-west-1:1:queue',
    'queue',
    'arn:aws:sns:eu-west-1:1:nowhere',
    'https://example.com',
    '*',
    '',
    null,
    7,
  ),
  fc.constantFrom(...ids).map((id) => new PartialString(['arn:aws:sqs:eu-west-1:1:', ref(id)])),
  fc.constant(new Unresolved(cause)),
  fc.constantFrom(...ids).map((id) => new Choice(cause, ref(id), undefined)),
);

const bodies: fc.Arbitrary<Bodies> = fc
  .record({ a: value, b: value, c: value, d: value, e: value, f: value })
  .map(({ a, b, c, d, e, f }) => ({
    Fn: {
      Type: 'AWS::Lambda::Function',
      Properties: {
        Role: a,
        KmsKeyArn: b,
        DeadLetterConfig: { TargetArn: c },
        Environment: { Variables: { X: d } },
      },
    },
    Queue: {
      Type: 'AWS::SQS::Queue',
      Properties: { QueueName: 'queue', RedrivePolicy: { deadLetterTargetArn: e } },
    },
    Other: { Type: 'AWS::SQS::Queue', Properties: { KmsMasterKeyId: f } },
    Topic: { Type: 'AWS::SNS::Topic', Properties: { Subscription: [{ Protocol: 'lambda', Endpoint: a }] } },
    Role: {
      Type: 'AWS::IAM::Role',
      Properties: {
        Policies: [{ PolicyDocument: { Statement: [{ Effect: 'Allow', Action: '*', Resource: b }] } }],
      },
    },
    Key: { Type: 'AWS::KMS::Key' },
    Rule: {
      Type: 'AWS::Events::Rule',
      Properties: { Targets: [{ Arn: c, DeadLetterConfig: { Arn: d } }, { Arn: e }] },
    },
    Mapping: { Type: 'AWS::Lambda::EventSourceMapping', Properties: { EventSourceArn: f, FunctionName: a } },
    Permission: {
      Type: 'AWS::Lambda::Permission',
      Properties: { FunctionName: b, Principal: 'sns.amazonaws.com', SourceArn: c },
    },
    Alarm: {
      Type: 'AWS::CloudWatch::Alarm',
      Properties: { Dimensions: [{ Name: 'QueueName', Value: d }], AlarmActions: [e] },
    },
  }));

/** Every answer of a graph about its resources, as text. */
function answers(graph: ResourceGraph, without = new Set<string>()): string {
  const lines = graph.resources
    .filter(({ id }) => !without.has(id))
    .flatMap((resource) => [
      ...relations.map((relation) => {
        const { edges, incomplete } = graph.related(resource, relation);
        const ends = edges.map((edge) => [
          edge.to?.id,
          edge.cause?.code,
          edge.uncertain?.code,
          edge.path,
          JSON.stringify(edge.attributes),
        ]);
        return JSON.stringify([resource.id, relation, ends, incomplete]);
      }),
      JSON.stringify([
        resource.id,
        graph.identityStatements(resource).statements.length,
        graph.usedServices(resource),
      ]),
    ]);
  const flows = graph.flows.map(({ id, nodes }) =>
    JSON.stringify([id, [...nodes].map(([node, all]) => [node, all.map((each) => each.id)])]),
  );
  return [...lines, ...flows].join('\n');
}

describe('what a graph answers', () => {
  it('does not depend on the order of resources', () => {
    fc.assert(
      fc.property(bodies, fc.infiniteStream(fc.nat()), (all, keys) => {
        const reading = readingOf(all);
        const shuffled: SourceReading = {
          ...reading,
          resources: reading.resources
            .map((each) => ({ each, key: keys.next().value as number })) // an infinite stream never ends
            .sort((left, right) => left.key - right.key)
            .map(({ each }) => each),
        };
        expect(answers(linkGraph(shuffled))).toBe(answers(linkGraph(reading)));
      }),
      { numRuns: 20 },
    );
  });

  it('is not changed by an unrelated resource', () => {
    const unrelated: Bodies = {
      Zone: { Type: 'AWS::Route53::HostedZone', Properties: { Name: 'example.com' } },
    };
    fc.assert(
      fc.property(bodies, (all) => {
        const more = linkGraph(readingOf({ ...all, ...unrelated }));
        expect(answers(more, new Set(['main/Zone']))).toBe(answers(linkGraph(readingOf(all))));
      }),
      { numRuns: 20 },
    );
  });

  it('is the same when the questions come in another order', () => {
    fc.assert(
      fc.property(bodies, (all) => {
        const asked = linkGraph(readingOf(all));
        for (const resource of [...asked.resources].reverse()) {
          for (const relation of [...relations].reverse()) asked.related(resource, relation);
        }
        expect(answers(asked)).toBe(answers(linkGraph(readingOf(all))));
      }),
      { numRuns: 15 },
    );
  });
});
