import { describe, expect, it } from '@jest/globals';
import { Choice, PartialString, Unresolved, type Cause } from '../../../src/model/value.ts';
import { graphOf, namesOf, ref, related, resource } from './reading.ts';

const parameter: Cause = { code: 'parameter', message: 'parameter `Q` has no default' };
const undecided: Cause = { code: 'condition', message: 'condition `IsProd` is not decided' };

describe('what a value names', () => {
  const queue = { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'failed' } };
  const deadLetter = (TargetArn: unknown) =>
    graphOf({
      Failed: queue,
      Orders: {
        Type: 'AWS::Lambda::Function',
        Properties: { DeadLetterConfig: { TargetArn: TargetArn as string } },
      },
    });

  it.each([
    ['a reference', ref('Failed', 'Arn')],
    ['a literal ARN', 'arn:aws:sqs:eu-west-1:111122223333:failed'],
    ['an ARN in pieces', new PartialString(['arn:aws:sqs:', new Unresolved(parameter), ':1:failed'])],
    ['an ARN that ends in a reference', new PartialString(['arn:aws:sqs:eu-west-1:1:', ref('Failed')])],
  ])('links %s', (_name, value) => {
    const graph = deadLetter(value);
    expect(namesOf(graph, 'Orders', 'deadLetterQueue')).toEqual(['Failed']);
    expect(namesOf(graph, 'Failed', 'deadLetterOf')).toEqual(['Orders']);
  });

  it('makes an external resource of an ARN that names nothing in the scan', () => {
    const [edge] = related(
      deadLetter('arn:aws:sqs:eu-west-1:1:elsewhere'),
      'Orders',
      'deadLetterQueue',
    ).edges;
    expect(edge?.to).toMatchObject({
      type: 'AWS::SQS::Queue',
      name: 'elsewhere',
      external: true,
      properties: {},
    });
  });

  it('keeps an edge without a target, with its cause, for a value that is not known', () => {
    const [edge] = related(deadLetter(new Unresolved(parameter)), 'Orders', 'deadLetterQueue').edges;
    expect(edge).toMatchObject({ cause: parameter, path: ['DeadLetterConfig', 'TargetArn'] });
    expect(edge?.to).toBeUndefined();
  });

  it('marks an edge under an undecided condition', () => {
    const [edge] = related(
      deadLetter(new Choice(undecided, ref('Failed', 'Arn'), undefined)),
      'Orders',
      'deadLetterQueue',
    ).edges;
    expect(edge?.to?.name).toBe('Failed');
    expect(edge?.uncertain).toMatchObject(undecided);
  });

  it('is certain of a condition whose sides name one resource', () => {
    const either = new Choice(undecided, ref('Failed', 'Arn'), 'arn:aws:sqs:eu-west-1:1:failed');
    const { edges } = related(deadLetter(either), 'Orders', 'deadLetterQueue');
    expect(edges.map(({ to, uncertain }) => [to?.name, uncertain])).toEqual([['Failed', undefined]]);
  });

  it('joins names that are built alike in one stack', () => {
    const name = new PartialString([
      new Unresolved({ code: 'pseudo-parameter', message: 'AWS::StackName' }),
      '-failed',
    ]);
    const graph = graphOf({
      Failed: { Type: 'AWS::SQS::Queue', Properties: { QueueName: name } },
      Orders: {
        Type: 'AWS::Lambda::Function',
        Properties: {
          DeadLetterConfig: { TargetArn: new PartialString(['arn:aws:sqs:eu-west-1:1:', ...name.parts]) },
        },
      },
    });
    expect(namesOf(graph, 'Orders', 'deadLetterQueue')).toEqual(['Failed']);
  });

  it('links equal names inside one scope alone', () => {
    const graph = graphOf({
      Failed: { ...queue, scope: 'other' },
      Orders: {
        Type: 'AWS::Lambda::Function',
        Properties: { DeadLetterConfig: { TargetArn: 'arn:aws:sqs:eu-west-1:1:failed' } },
      },
    });
    expect(related(graph, 'Orders', 'deadLetterQueue').edges[0]?.to?.external).toBe(true);
    expect(namesOf(graph, 'Failed', 'deadLetterOf')).toEqual([]);
  });

  it('links a reference into another scope', () => {
    const graph = graphOf({
      Failed: { ...queue, scope: 'other' },
      Orders: {
        Type: 'AWS::Lambda::Function',
        Properties: { DeadLetterConfig: { TargetArn: ref('Failed', 'Arn') } },
      },
    });
    expect(namesOf(graph, 'Failed', 'deadLetterOf')).toEqual(['Orders']);
  });

  it.each(['Custom::Lookup', 'AWS::Serverless::Application', 'Acme::Queues::Queue'])(
    'does not take what a %s answers for a known resource',
    (Type) => {
      const graph = graphOf({
        Lookup: { Type },
        Orders: {
          Type: 'AWS::Lambda::Function',
          Properties: { DeadLetterConfig: { TargetArn: ref('Lookup', 'QueueArn') } },
        },
      });
      expect(namesOf(graph, 'Orders', 'deadLetterQueue')).toEqual(['?attribute']);
    },
  );
});

describe('what may be missing', () => {
  const mapping = (EventSourceArn: unknown, stack = 'main') => ({
    Type: 'AWS::Lambda::EventSourceMapping',
    stack,
    Properties: { EventSourceArn: EventSourceArn as string, FunctionName: 'f' },
  });
  const queue = { Type: 'AWS::SQS::Queue' };

  it('is incomplete where something unresolved of another stack may mean the resource', () => {
    const graph = graphOf({ Orders: queue, Mapping: mapping(new Unresolved(parameter), 'second') });
    expect(related(graph, 'Orders', 'mappings').incomplete).toEqual(parameter);
  });

  it('is complete where the same stack only takes a parameter', () => {
    const graph = graphOf({ Orders: queue, Mapping: mapping(new Unresolved(parameter)) });
    expect(related(graph, 'Orders', 'mappings').incomplete).toBeUndefined();
  });

  it('is incomplete where the same stack uses what exists only after deployment', () => {
    const cause: Cause = { code: 'attribute', message: 'exists after deployment' };
    const graph = graphOf({ Orders: queue, Mapping: mapping(new Unresolved(cause)) });
    expect(related(graph, 'Orders', 'mappings').incomplete).toEqual(cause);
  });

  it('is complete where the known pieces say that another type is meant', () => {
    const cause: Cause = { code: 'attribute', message: 'exists after deployment' };
    const stream = new PartialString(['arn:aws:kinesis:eu-west-1:1:stream/', new Unresolved(cause)]);
    expect(
      related(graphOf({ Orders: queue, Mapping: mapping(stream) }), 'Orders', 'mappings').incomplete,
    ).toBeUndefined();
  });

  it('is incomplete where the list of the far type was denied', () => {
    const denied: Cause = { code: 'denied', message: 'lambda:ListEventSourceMappings was denied' };
    const graph = graphOf(
      { Orders: queue },
      {},
      { incomplete: [{ scope: 'app', type: 'AWS::Lambda::EventSourceMapping', cause: denied }] },
    );
    expect(related(graph, 'Orders', 'mappings').incomplete).toEqual(denied);
    expect(graph.incompleteness('AWS::Lambda::EventSourceMapping', 'app')).toEqual(denied);
    expect(graph.incompleteness('AWS::Lambda::EventSourceMapping', 'other')).toBeUndefined();
  });
});

describe('within', () => {
  it('keeps the edges of one element of a list', () => {
    const graph = graphOf({
      One: { Type: 'AWS::SQS::Queue' },
      Two: { Type: 'AWS::SQS::Queue' },
      Rule: {
        Type: 'AWS::Events::Rule',
        Properties: {
          Targets: [
            { Id: 'a', Arn: ref('One', 'Arn'), DeadLetterConfig: { Arn: ref('One', 'Arn') } },
            { Id: 'b', Arn: ref('Two', 'Arn'), DeadLetterConfig: { Arn: ref('Two', 'Arn') } },
          ],
        },
      },
    });
    expect(namesOf(graph, 'Rule', 'deadLetterQueue')).toEqual(['One', 'Two']);
    expect(namesOf(graph, 'Rule', 'deadLetterQueue', ['Targets', 1])).toEqual(['Two']);
    expect(namesOf(graph, 'Rule', 'deadLetterQueue', ['Targets', '1'])).toEqual(['Two']);
    expect(related(graph, 'Rule', 'targets').edges[1]?.attributes).toEqual({ targetId: 'b' });
  });
});

describe('declared facts', () => {
  it('add an external resource with properties and a reason', () => {
    const graph = graphOf(
      { OrdersStage: { Type: 'AWS::ApiGateway::Stage' } },
      {
        declared: [
          {
            resource: '*Stage',
            relation: 'webAcl',
            reason: 'the platform team attaches it',
            target: { type: 'AWS::WAFv2::WebACL', name: 'platform', properties: { Scope: 'REGIONAL' } },
          },
        ],
      },
    );
    const [edge] = related(graph, 'OrdersStage', 'webAcl').edges;
    expect(edge?.to).toMatchObject({
      name: 'platform',
      external: true,
      declaredBecause: 'the platform team attaches it',
      properties: { Scope: 'REGIONAL' },
    });
  });

  it('settle an absence', () => {
    const foreign = {
      Type: 'AWS::Lambda::EventSourceMapping',
      stack: 'second',
      Properties: { EventSourceArn: new Unresolved(parameter), FunctionName: 'f' },
    };
    const declared = [
      { resource: 'main/Orders', relation: 'mappings', absent: true, reason: 'nobody polls it' },
    ];
    const graph = graphOf({ Orders: { Type: 'AWS::SQS::Queue' }, Mapping: foreign }, { declared });
    expect(related(graph, 'Orders', 'mappings')).toEqual({ edges: [] });
  });
});

describe('the graph', () => {
  it('lists resources by id and by type', () => {
    const graph = graphOf({ B: { Type: 'AWS::SQS::Queue' }, A: { Type: 'AWS::SQS::Queue' } });
    expect(graph.ofType('AWS::SQS::Queue').map(({ name }) => name)).toEqual(['A', 'B']);
    expect(graph.ofType('AWS::SNS::Topic')).toEqual([]);
    expect(graph.byId('main/A')).toBe(resource(graph, 'A'));
    expect(graph.hasRelation('deadLetterOf')).toBe(true);
    expect(graph.hasRelation('deadLettersOf')).toBe(false);
  });
});
