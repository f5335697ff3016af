import type { Cause } from '../cause.ts';
import { inheritedAttributes, type SamContext } from '../context.ts';
import type { EventTarget } from '../event-target.ts';
import { SamProblem } from '../problem.ts';
import { present, type Tree } from '../tree.ts';

/** One event of a function. */
export interface FunctionEvent {
  /** Logical id that its resources begin with: the function's and the event's. */
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly properties: Tree;
  readonly target: EventTarget;
  readonly context: SamContext;
}

/** What an event needs of its function's role, and the resources that it made. */
export interface EventNeeds {
  readonly managed?: readonly string[];
  readonly inline?: readonly Tree[];
}

/** Where an event's resources come from. */
export function eventCause({ target, name }: FunctionEvent, direct = false): Cause {
  return { id: target.resource.id, path: ['Events', name], direct };
}

/** Keys that lead from the template to an event. */
export function eventSegments({ target, name }: FunctionEvent): string[] {
  return ['Resources', target.resource.id, 'Properties', 'Events', name];
}

/** Adds a resource of an event, with the attributes of its function. */
export function emitForEvent(
  event: FunctionEvent,
  id: string,
  type: string,
  properties: Tree,
  attributes: Tree = {},
): void {
  const { context, target } = event;
  const made = {
    Type: type,
    ...attributes,
    ...inheritedAttributes(target.resource),
    Properties: present(properties),
  };
  context.emit(id, made, eventCause(event, id === event.id));
}

/** The permission by which a service calls the function. */
export function emitPermission(
  event: FunctionEvent,
  principal: string,
  others: Tree = {},
  id = `${event.id}Permission`,
): void {
  emitForEvent(event, id, 'AWS::Lambda::Permission', {
    Action: 'lambda:InvokeFunction',
    FunctionName: event.target.name,
    Principal: principal,
    ...others,
  });
}

/** A problem of one event: `path` leads from the event's properties to the place. */
export function eventProblem(
  event: FunctionEvent,
  message: string,
  path: readonly string[] = [],
): SamProblem {
  const below = path.length > 0 ? ['Properties', ...path] : [];
  return new SamProblem(`event \`${event.name}\`: ${message}`, ['Events', event.name, ...below]);
}
