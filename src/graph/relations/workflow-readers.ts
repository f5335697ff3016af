import type { WorkflowState } from '../../model/resource-graph.ts';
import type { Resource } from '../../model/resource.ts';
import { isObjectValue, type Value } from '../../model/value.ts';
import { resolveTargets, type LinkContext } from '../resolve-target.ts';
import { toSymbolicText } from '../../model/symbolic-text.ts';
import type { Reader, ReadTarget, RelationRow } from './row.ts';

/** Functions that the tasks of a definition call, with the task's name and manner of invocation. */
export const readTaskFunctions: Reader = (_found, resource, row, context) => {
  const { states, incomplete } = context.workflowStates(resource);
  const targets = states.flatMap((state) => taskFunction(state, resource, row, context));
  return incomplete === undefined ? targets : [...targets, { cause: incomplete }];
};

/**
 * Functions that a workflow of CDK's provider framework calls; of any other workflow none, so that one whose
 * definition is not at hand leaves no function in doubt of serving custom resources.
 */
export const readProviderFunctions: Reader = (_found, resource, _row, context) => {
  const { edges: parts, incomplete: open } = context.related(resource, 'providerPartOf');
  if (parts.length === 0) return open === undefined ? [] : [{ cause: open, partial: true }];
  const { edges, incomplete } = context.related(resource, 'functions');
  const targets = edges.flatMap(({ to, cause, uncertain }): ReadTarget[] =>
    to === undefined
      ? [{ ...(cause === undefined ? {} : { cause }) }]
      : [{ to, ...(uncertain === undefined ? {} : { uncertain }) }],
  );
  return incomplete === undefined ? targets : [...targets, { cause: incomplete, partial: true }];
};

function taskFunction(
  state: WorkflowState,
  machine: Resource,
  row: RelationRow,
  context: LinkContext,
): readonly ReadTarget[] {
  const { Resource: task } = state.body;
  if (task === undefined || state.type !== 'Task') return [];
  const parameters = parametersOf(state);
  const service = serviceOf(task);
  const isInvoke = service?.includes('lambda:invoke') === true;
  const value = isInvoke ? parameters.FunctionName : service === undefined ? task : undefined;
  // A function that is chosen at run time, by path or by JSONata, is none that can be named here.
  if (value === undefined || (typeof value === 'string' && value.startsWith('{%'))) return [];
  const asynchronous = isInvoke && parameters.InvocationType === 'Event';
  return resolveTargets(value, { from: machine, types: row.to }, context).map((target) => ({
    ...target,
    path: state.path,
    attributes: { ...target.attributes, state: state.name, ...(asynchronous ? { invocation: 'async' } : {}) },
  }));
}

function parametersOf(state: WorkflowState): Readonly<Record<string, Value | undefined>> {
  const { Parameters, Arguments } = state.body;
  if (isObjectValue(Parameters)) return Parameters;
  return isObjectValue(Arguments) ? Arguments : {};
}

/** What follows `:states:` in `arn:aws:states:::service:action`; undefined for a task that names a function itself. */
function serviceOf(task: Value): string | undefined {
  const text = toSymbolicText(task)?.text ?? '';
  const start = text.indexOf(':states:');
  return start < 0 ? undefined : text.slice(start + ':states:'.length);
}

const targetParameters = ['QueueUrl', 'TopicArn', 'TableName', 'StateMachineArn', 'EventBusName'];

/** Queues, topics, tables, buses and machines that tasks name in their parameters. */
export const readTaskTargets: Reader = (_found, resource, row, context) =>
  context.workflowStates(resource).states.flatMap((state) => {
    const parameters = parametersOf(state);
    return targetParameters.flatMap((key) =>
      resolveTargets(parameters[key], { from: resource, types: row.to }, context).map((target) => ({
        ...target,
        path: state.path,
        attributes: { state: state.name },
      })),
    );
  });
