import { scalarText } from '../../model/scalar-text.ts';
import { lookup } from '../../model/lookup.ts';
import { isRawObject, member } from '../../text/raw.ts';
import { emitForMachine, machineProblem, startRole, type MachineEvent } from './machine-event.ts';
import { expandMachineApi } from './state-machine-api.ts';
import { asMap, checkProperties } from '../check-properties.ts';
import type { SamContext, SamResource } from '../context.ts';
import { SamProblem } from '../problem.ts';
import { stateMachineEventProperties } from '../property-tables.ts';
import { allow } from '../roles.ts';
import { getAtt, isGiven, isTruthy, present, type Tree } from '../tree.ts';
import { ruleProperties } from './event-rule.ts';
import { ruleState } from './schedule.ts';
import { queueRight, scheduleProperties, scheduleRole, scheduleTarget } from './schedule-v2.ts';
import { targetQueue, type QueueOwner } from './target-queue.ts';

const expanders: Readonly<Record<string, (event: MachineEvent) => void>> = {
  Api: expandMachineApi,
  CloudWatchEvent: expandRule,
  EventBridgeRule: expandRule,
  Schedule: expandSchedule,
  ScheduleV2: expandScheduleV2,
};

/** Expands the events of a state machine. Returns the ids of what they made. */
export function stateMachineEvents(machine: SamResource, arn: Tree, context: SamContext): string[] {
  const written = machine.properties['Events'];
  const events = isGiven(written) ? asMap(written, 'Events') : {};
  const before = context.emitted;
  for (const [name, raw] of Object.entries(events)) {
    const type = member(raw, 'Type');
    const expand = typeof type === 'string' ? expanders[type] : undefined;
    const path = ['Events', name];
    if (expand === undefined || !isRawObject(raw)) {
      throw new SamProblem(
        `event \`${name}\`: its \`Type\` must be one of ${Object.keys(expanders).join(', ')}`,
        path,
      );
    }
    const properties = isGiven(raw['Properties'])
      ? asMap(raw['Properties'], `Events.${name}.Properties`, path)
      : {};
    checkProperties(
      properties,
      lookup(stateMachineEventProperties, scalarText(type)) ?? {},
      scalarText(type),
      [...path, 'Properties'],
    );
    expand({ id: machine.id + name, name, properties, machine, arn, context });
  }
  return context.emittedSince(before);
}

function queueOwner(event: MachineEvent): QueueOwner {
  return {
    id: event.id,
    emit: (id, type, properties) => {
      emitForMachine(event, id, type, properties);
    },
    problem: (message) => machineProblem(event, message, ['DeadLetterConfig']),
  };
}

function ruleTarget(event: MachineEvent, role: unknown): Tree {
  const { properties, id, arn } = event;
  return present({
    Arn: arn,
    Id: member(properties['Target'], 'Id') ?? `${id}StepFunctionsTarget`,
    RoleArn: role,
    Input: properties['Input'],
    InputPath: properties['InputPath'],
    InputTransformer: properties['InputTransformer'],
    DeadLetterConfig: targetQueue(properties['DeadLetterConfig'], queueOwner(event), 'events.amazonaws.com'),
    RetryPolicy: properties['RetryPolicy'],
  });
}

function expandSchedule(event: MachineEvent): void {
  const { properties, id } = event;
  const { RoleArn, Description, Name, Schedule } = properties;
  const role = isTruthy(RoleArn) ? RoleArn : startRole(event, 'events.amazonaws.com');
  emitForMachine(event, id, 'AWS::Events::Rule', {
    Description,
    Name,
    ScheduleExpression: Schedule,
    State: ruleState(properties, (message) => machineProblem(event, message)),
    Targets: [ruleTarget(event, role)],
  });
}

function expandRule(event: MachineEvent): void {
  const { properties, id } = event;
  const role = startRole(event, 'events.amazonaws.com');
  emitForMachine(event, id, 'AWS::Events::Rule', {
    ...ruleProperties(properties),
    State: ruleState(properties, (message) => machineProblem(event, message)),
    Targets: [ruleTarget(event, role)],
  });
}

function expandScheduleV2(event: MachineEvent): void {
  const { properties, id, arn } = event;
  const queue = targetQueue(properties['DeadLetterConfig'], queueOwner(event), undefined);
  const given = properties['RoleArn'];
  const role = isTruthy(given) ? given : getAtt(`${id}Role`, 'Arn');
  emitForMachine(event, id, 'AWS::Scheduler::Schedule', {
    ...scheduleProperties(id, properties, (message) => machineProblem(event, message)),
    Target: scheduleTarget(arn, role, properties, queue),
  });
  if (isTruthy(given)) return;
  const start = allow(`${id}StartExecutionPolicy`, 'states:StartExecution', arn);
  emitForMachine(
    event,
    `${id}Role`,
    'AWS::IAM::Role',
    scheduleRole(properties, [start, ...queueRight(id, queue)]),
  );
}
