import { inheritedAttributes, type SamContext, type SamResource } from '../context.ts';
import { SamProblem } from '../problem.ts';
import { allow, trustIn } from '../roles.ts';
import { getAtt, present, type Tree } from '../tree.ts';

/** One event of a state machine. */
export interface MachineEvent {
  readonly id: string;
  readonly name: string;
  readonly properties: Tree;
  readonly machine: SamResource;
  /** ARN of what is started: the machine's or its alias's. */
  readonly arn: Tree;
  readonly context: SamContext;
}

/** Adds a resource of an event, with the attributes of its machine. */
export function emitForMachine(event: MachineEvent, id: string, type: string, properties: Tree): void {
  const { context, machine, name } = event;
  const made = { Type: type, ...inheritedAttributes(machine), Properties: present(properties) };
  context.emit(id, made, { id: machine.id, path: ['Events', name], direct: id === event.id });
}

/** A problem of one event. */
export function machineProblem(
  event: MachineEvent,
  message: string,
  path: readonly string[] = [],
): SamProblem {
  const below = path.length > 0 ? ['Properties', ...path] : [];
  return new SamProblem(`event \`${event.name}\`: ${message}`, ['Events', event.name, ...below]);
}

/** The role that a service starts the machine with. */
export function startRole(event: MachineEvent, service: string): Tree {
  const roleId = `${event.id}Role`;
  emitForMachine(event, roleId, 'AWS::IAM::Role', {
    AssumeRolePolicyDocument: trustIn(service),
    Policies: [allow(`${roleId}StartExecutionPolicy`, 'states:StartExecution', event.arn)],
    PermissionsBoundary: event.machine.properties['PermissionsBoundary'],
  });
  return getAtt(roleId, 'Arn');
}
