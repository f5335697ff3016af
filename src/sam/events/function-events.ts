import { lookup } from '../../model/lookup.ts';
import { isRawObject } from '../../text/raw.ts';
import { asMap, checkProperties } from '../check-properties.ts';
import type { SamContext } from '../context.ts';
import type { EventTarget } from '../event-target.ts';
import { SamProblem, within } from '../problem.ts';
import { functionEventProperties } from '../property-tables.ts';
import { isGiven, type Tree } from '../tree.ts';
import { expandAlexaSkill } from './alexa-skill.ts';
import { expandApiEvent } from './api.ts';
import { expandCognito } from './cognito.ts';
import type { EventNeeds, FunctionEvent } from './event.ts';
import { expandEventRule } from './event-rule.ts';
import { expandHttpApiEvent } from './http-api.ts';
import { expandIotRule } from './iot-rule.ts';
import { expandLogs } from './cloudwatch-logs.ts';
import { expandMapping } from './mappings.ts';
import { expandBucketEvent } from './s3.ts';
import { expandSchedule } from './schedule.ts';
import { expandScheduleV2 } from './schedule-v2.ts';
import { expandTopicEvent } from './sns.ts';

/** What all events of a function need of its role, and the ids of what they made. */
export interface AllEventNeeds {
  readonly managed: readonly string[];
  readonly inline: readonly Tree[];
  readonly made: readonly string[];
}

const expanders: Readonly<Record<string, (event: FunctionEvent) => EventNeeds | undefined>> = {
  AlexaSkill: expandAlexaSkill,
  Api: expandApiEvent,
  CloudWatchEvent: expandEventRule,
  CloudWatchLogs: expandLogs,
  Cognito: expandCognito,
  DocumentDB: expandMapping,
  DynamoDB: expandMapping,
  EventBridgeRule: expandEventRule,
  HttpApi: expandHttpApiEvent,
  IoTRule: expandIotRule,
  Kinesis: expandMapping,
  MQ: expandMapping,
  MSK: expandMapping,
  S3: expandBucketEvent,
  SNS: expandTopicEvent,
  SQS: expandMapping,
  Schedule: expandSchedule,
  ScheduleV2: expandScheduleV2,
  SelfManagedKafka: expandMapping,
};

/** Expands the events of a function, in the order of their names. */
export function functionEvents(target: EventTarget, context: SamContext): AllEventNeeds {
  const written = target.resource.properties['Events'];
  const events = isGiven(written) ? asMap(written, 'Events') : {};
  const before = context.emitted;
  const managed: string[] = [];
  const inline: Tree[] = [];
  for (const name of Object.keys(events).sort()) {
    const event = readEvent(name, events[name], target, context);
    const needs = lookup(expanders, event.type)?.(event);
    managed.push(...(needs?.managed ?? []));
    inline.push(...(needs?.inline ?? []));
  }
  const made = context.emittedSince(before);
  return { managed, inline, made };
}

function readEvent(name: string, raw: unknown, target: EventTarget, context: SamContext): FunctionEvent {
  const path = ['Events', name];
  if (!isRawObject(raw)) throw new SamProblem(`event \`${name}\` should be a map with a \`Type\``, path);
  const type = raw['Type'];
  if (typeof type !== 'string' || expanders[type] === undefined) {
    throw new SamProblem(
      `event \`${name}\`: ${isGiven(type) ? `the event type \`${JSON.stringify(type)}\` is not known` : 'it has no `Type`'}; name one of ${Object.keys(expanders).join(', ')}`,
      path,
    );
  }
  const { resource } = target;
  if (isGiven(resource.properties['TenancyConfig']) && type !== 'Api' && type !== 'HttpApi') {
    throw new SamProblem(
      `event source \`${type}\` is not supported for functions with \`TenancyConfig\`; only Api and HttpApi are`,
      path,
    );
  }
  const properties = within(`event \`${name}\``, () => {
    const written = isGiven(raw['Properties']) ? asMap(raw['Properties'], 'Properties', path) : {};
    checkProperties(written, functionEventProperties[type] ?? {}, type, [...path, 'Properties']);
    return written;
  });
  return { id: resource.id + name, name, type, properties, target, context };
}
