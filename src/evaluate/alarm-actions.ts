import { openTop } from '../model/open-value.ts';
import { toSymbolicText } from '../model/symbolic-text.ts';
import { saysFalse } from '../model/scalar-text.ts';
import { Choice, isArrayValue, SymbolicValue, Unresolved, type Value } from '../model/value.ts';
import type { Resource } from '../model/resource.ts';
import { outside } from './members.ts';
import type { Form } from './form.ts';
import { nodeOf, type Context } from './node.ts';
import { observe } from './observe.ts';
import { blocked } from './predicates.ts';
import { agree, every, some, type Truth } from '../model/truth.ts';

/** Composite alarms of composite alarms deeper than this are not followed. */
const maximumNesting = 8;

/** When the alarm fires something is done: by an action of its own, or of a composite alarm that then fires too. */
export const actsForm: Form = (raw) => {
  const wanted = raw['acts'] === true;
  return (node, context) => {
    const acts = actsOn(node.resource, context, 0);
    const holds = typeof acts === 'object' ? acts : acts === wanted;
    if (!context.silent)
      observe(context, holds, {
        node: nodeOf(node.resource),
        path: ['AlarmActions'],
        value: node.resource.properties.AlarmActions,
        expected: 'an enabled action on ALARM',
      });
    return holds;
  };
};

function actsOn(alarm: Resource, context: Context, nesting: number): Truth {
  if (alarm.external === true) return outside(alarm);
  const { ActionsEnabled: enabled, AlarmActions: actions } = alarm.properties;
  const own = every([isEnabled(enabled), hasAction(actions)], (truth) => truth);
  if (own === true || nesting > maximumNesting) return own;
  const { edges, incomplete } = context.graph.related(alarm, 'partOf');
  const through = some(edges, ({ to, uncertain }) => {
    if (to === undefined) return false;
    const acts = every([firesWith(to, alarm, context), actsOn(to, context, nesting + 1)], (truth) => truth);
    return acts === true ? (uncertain ?? to.uncertain ?? true) : acts;
  });
  const found = some([own, through], (truth) => truth);
  return found === false && incomplete !== undefined ? incomplete : found;
}

function isEnabled(value: Value | undefined): Truth {
  if (value instanceof Choice)
    return agree(isEnabled(value.whenTrue), isEnabled(value.whenFalse), value.cause);
  if (value instanceof SymbolicValue) return blocked(value);
  return !saysFalse(value);
}

function hasAction(value: Value | undefined): Truth {
  if (value instanceof Choice)
    return agree(hasAction(value.whenTrue), hasAction(value.whenFalse), value.cause);
  if (isArrayValue(value)) return some(value, isAction);
  // Of a list of which nothing is known it is not known whether it is empty.
  return value instanceof SymbolicValue ? blocked(value) : isAction(value ?? null);
}

/** Actions are ARNs, or what a deployment makes one of; other text is none. */
function isAction(value: Value): Truth {
  if (value instanceof Choice)
    return agree(isAction(value.whenTrue ?? null), isAction(value.whenFalse ?? null), value.cause);
  return typeof value === 'string' ? value.startsWith('arn:') : value instanceof SymbolicValue;
}

/** Whether a composite alarm fires when one of its alarms does and the others are well, and not when all are well. */
function firesWith(composite: Resource, alarm: Resource, context: Context): Truth {
  const rule = openTop(composite.properties.AlarmRule, context.world);
  const text = toSymbolicText(rule);
  if (text === undefined) return unreadable;
  if (rule instanceof Unresolved) return rule.cause;
  const terms = new Set<number>();
  for (const { to, attributes, uncertain } of context.graph.related(composite, 'composedOf').edges) {
    // On either side of a condition the alarm may stand elsewhere in the rule.
    if (to !== alarm || !context.world.admits(uncertain)) continue;
    const places = attributes?.terms;
    if (isArrayValue(places)) for (const place of places) terms.add(Number(place));
  }
  const loud = evaluateAlarmRule(text.text, (term) => terms.has(term));
  const quiet = evaluateAlarmRule(text.text, () => false);
  return loud === undefined || quiet === undefined ? unreadable : loud && !quiet;
}

const unreadable = {
  code: 'unsupported',
  message: 'the rule of the composite alarm could not be read',
} as const;

const token = /\s*(?:\b(ALARM|OK|INSUFFICIENT_DATA)\s*\(([^()]*)\)|\b(AND|OR|NOT|TRUE|FALSE)\b|([()]))/iy;

/**
 * The rule of a composite alarm where some of its terms (counted from 0, as they stand) are of alarms in ALARM
 * and all others of alarms in OK. Undefined for what is no such rule.
 * Source: CloudWatch API reference, PutCompositeAlarm, AlarmRule (2026-11-27).
 */
export function evaluateAlarmRule(rule: string, isInAlarm: (term: number) => boolean): boolean | undefined {
  const text = rule.trim();
  const tokens: (string | boolean)[] = [];
  let term = 0;
  token.lastIndex = 0;
  while (token.lastIndex < text.length) {
    const [, state, , word, sign] = token.exec(text) ?? [];
    if (state !== undefined) {
      const wanted = state.toUpperCase();
      tokens.push(wanted === 'ALARM' ? isInAlarm(term) : wanted === 'OK' ? !isInAlarm(term) : false);
      term += 1;
    } else if (word !== undefined) {
      const upper = word.toUpperCase();
      tokens.push(upper === 'TRUE' ? true : upper === 'FALSE' ? false : upper);
    } else if (sign !== undefined) tokens.push(sign);
    else return undefined;
  }
  return decide(tokens);
}

/** Shunting-yard: NOT binds tightest, then AND, then OR. */
function decide(tokens: readonly (string | boolean)[]): boolean | undefined {
  const values: boolean[] = [];
  const signs: string[] = [];
  const weight: Readonly<Record<string, number>> = { OR: 1, AND: 2, NOT: 3 };
  let isRule = true;
  const apply = (): void => {
    const sign = signs.pop();
    const right = values.pop();
    const left = sign === 'NOT' ? true : values.pop();
    if (left === undefined || right === undefined) isRule = false;
    else values.push(sign === 'NOT' ? !right : sign === 'AND' ? left && right : left || right);
  };
  for (const each of tokens) {
    if (typeof each === 'boolean') values.push(each);
    else if (each === '(' || each === 'NOT') signs.push(each);
    else if (each === ')') {
      while (signs.length > 0 && signs.at(-1) !== '(') apply();
      if (signs.pop() !== '(') return undefined;
    } else {
      while ((weight[signs.at(-1) ?? ''] ?? 0) >= (weight[each] ?? 0)) apply();
      signs.push(each);
    }
  }
  while (signs.length > 0) {
    if (signs.at(-1) === '(') return undefined;
    apply();
  }
  return isRule && values.length === 1 ? values[0] : undefined;
}
