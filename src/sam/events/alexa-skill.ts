import { emitPermission, type FunctionEvent } from './event.ts';
import { present } from '../tree.ts';

/** AlexaSkill: the permission, for one skill or for all. */
export function expandAlexaSkill(event: FunctionEvent): undefined {
  emitPermission(
    event,
    'alexa-appkit.amazon.com',
    present({ EventSourceToken: event.properties['SkillId'] }),
  );
}
