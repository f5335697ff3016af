import { describe, expect, it } from '@jest/globals';
import { PartialString, Unresolved, type ObjectValue, type Value } from '../../../src/model/value.ts';
import { graphOf, namesOf, ref, related, resource } from './reading.ts';

const task = (Resource: Value, more: ObjectValue = {}): ObjectValue => ({
  Type: 'Task',
  Resource,
  End: true,
  ...more,
});

function machineOf(Properties: ObjectValue, documents = new Map<string, ObjectValue>()) {
  return graphOf(
    {
      Orders: { Type: 'AWS::Lambda::Function' },
      Flow: { Type: 'AWS::StepFunctions::StateMachine', Properties },
    },
    {},
    { documents },
  );
}

const definition = (state: ObjectValue): ObjectValue => ({ StartAt: 'Go', States: { Go: state } });

describe('workflow states', () => {
  it('hold nested states after their holder', () => {
    const inner = definition(task(ref('Orders', 'Arn')));
    const graph = machineOf({
      Definition: {
        States: {
          Each: { Type: 'Map', ItemProcessor: inner },
          Both: { Type: 'Parallel', Branches: [inner, { States: { Last: { Type: 'Succeed' } } }] },
        },
      },
    });
    const { states } = graph.workflowStates(resource(graph, 'Flow'));
    expect(states.map(({ name, type }) => [name, type])).toEqual([
      ['Each', 'Map'],
      ['Go', 'Task'],
      ['Both', 'Parallel'],
      ['Go', 'Task'],
      ['Last', 'Succeed'],
    ]);
    expect(states[1]?.path).toEqual(['Definition', 'States', 'Each', 'ItemProcessor', 'States', 'Go']);
  });

  it.each<[string, ObjectValue]>([
    ['a reference', { Definition: definition(task(ref('Orders', 'Arn'))) }],
    [
      'JSON text in pieces',
      {
        DefinitionString: new PartialString([
          '{"States":{"Go":{"Type":"Task","Resource":"',
          ref('Orders', 'Arn'),
          '"}}}',
        ]),
      },
    ],
    [
      'a substitution',
      {
        DefinitionString: '{"States":{"Go":{"Type":"Task","Resource":"${Fn}"}}}',
        DefinitionSubstitutions: { Fn: ref('Orders', 'Arn') },
      },
    ],
    [
      'the invoke integration',
      {
        Definition: definition(
          task('arn:aws:states:::lambda:invoke', { Parameters: { FunctionName: ref('Orders', 'Arn') } }),
        ),
      },
    ],
    [
      'the invoke integration in JSONata',
      {
        Definition: definition(
          task('arn:aws:states:::lambda:invoke', { Arguments: { FunctionName: ref('Orders') } }),
        ),
      },
    ],
    [
      'the invoke integration with a partition',
      {
        Definition: definition(
          task(
            new PartialString([
              'arn:',
              new Unresolved({ code: 'pseudo-parameter', message: 'p' }),
              ':states:::lambda:invoke.waitForTaskToken',
            ]),
            { Parameters: { FunctionName: ref('Orders') } },
          ),
        ),
      },
    ],
  ])('link a function by %s', (_name, properties) => {
    expect(namesOf(machineOf(properties), 'Flow', 'functions')).toEqual(['Orders']);
  });

  it('come from a document that the source read', () => {
    const graph = machineOf(
      { DefinitionS3Location: { Bucket: 'b', Key: 'k' } },
      new Map([['main/Flow', definition(task(ref('Orders', 'Arn')))]]),
    );
    expect(namesOf(graph, 'Flow', 'functions')).toEqual(['Orders']);
  });

  it('are incomplete where the definition is not at hand, and say so of its functions', () => {
    const graph = machineOf({ DefinitionS3Location: { Bucket: 'b', Key: 'k' } });
    expect(graph.workflowStates(resource(graph, 'Flow')).incomplete?.code).toBe('not-collected');
    expect(namesOf(graph, 'Flow', 'functions')).toEqual(['?not-collected']);
    expect(related(graph, 'Orders', 'workflows').incomplete?.code).toBe('not-collected');
  });

  it('are incomplete where the text is no JSON', () => {
    const graph = machineOf({ DefinitionString: '{"States":' });
    expect(graph.workflowStates(resource(graph, 'Flow')).incomplete?.code).toBe('malformed');
  });

  it('survive a definition that is nested without end', () => {
    let deep: ObjectValue = definition({ Type: 'Succeed' });
    for (let level = 0; level < 10_000; level += 1) deep = definition({ Type: 'Map', ItemProcessor: deep });
    const graph = machineOf({ Definition: deep });
    expect(graph.workflowStates(resource(graph, 'Flow')).incomplete?.code).toBe('unsupported');
  });
});
