import { readJsonText } from '../model/json-text.ts';
import {
  Choice,
  isArrayValue,
  isObjectValue,
  SymbolicValue,
  Unresolved,
  type ObjectValue,
  type Value,
} from '../model/value.ts';
import { agree, every, some, type Truth } from '../model/truth.ts';

/** Members of every event: that they exist says nothing. */
const alwaysThere: ReadonlySet<string> = new Set(['source', 'detail-type', 'detail', 'resources']);

/** Members by which a pattern chooses events; account, Region, time and id hold of all of them or of one. */
const choosing: readonly string[] = ['source', 'detail-type', 'detail', 'resources', '$or'];

/**
 * Whether an event pattern leaves out some events of its bus by their content. The members of a pattern are
 * "and", the values of a member and the patterns of `$or` are "or": one open value opens the whole list.
 * Source: EventBridge user guide, "Comparison operators for use in event patterns" (2026-11-27).
 */
export function isSelective(pattern: Value | undefined): Truth {
  if (pattern instanceof Choice)
    return agree(isSelective(pattern.whenTrue), isSelective(pattern.whenFalse), pattern.cause);
  const document = readJsonText(pattern);
  if (document instanceof Unresolved) return document.cause.code === 'malformed' ? false : document.cause;
  if (!isObjectValue(document)) return document instanceof SymbolicValue ? unread : false;
  return some(choosing, (name) => selects(name, document[name], true));
}

const unread = { code: 'attribute', message: 'the event pattern is known only after deployment' } as const;

function selects(name: string, value: Value | undefined, isTop: boolean): Truth {
  if (value === undefined || value === null) return false;
  if (value instanceof Choice)
    return agree(selects(name, value.whenTrue, isTop), selects(name, value.whenFalse, isTop), value.cause);
  if (value instanceof Unresolved) return value.cause;
  if (name === '$or')
    return isArrayValue(value) && value.length > 0
      ? every(value, (branch) => branchSelects(branch, isTop))
      : false;
  if (isArrayValue(value)) return listSelects(value, isTop && alwaysThere.has(name));
  return isObjectValue(value) ? membersSelect(value) : false;
}

function branchSelects(branch: Value, isTop: boolean): Truth {
  if (isTop) return isSelective(branch);
  return isObjectValue(branch) ? membersSelect(branch) : false;
}

function membersSelect(members: ObjectValue): Truth {
  return some(Object.entries(members), ([name, value]) => selects(name, value, false));
}

function listSelects(values: readonly Value[], isAlwaysThere: boolean): Truth {
  if (values.length === 0) return false;
  const asksExistence = (expected: boolean): boolean =>
    values.some((value) => isObjectValue(value) && value.exists === expected);
  // There or not there: that is every event.
  if (asksExistence(true) && asksExistence(false)) return false;
  return every(values, (value) => valueSelects(value, isAlwaysThere));
}

function valueSelects(value: Value, isAlwaysThere: boolean): Truth {
  if (value instanceof Choice)
    return agree(
      valueSelects(value.whenTrue ?? null, isAlwaysThere),
      valueSelects(value.whenFalse ?? null, isAlwaysThere),
      value.cause,
    );
  if (!isObjectValue(value)) return true;
  const { prefix, suffix, wildcard, exists, 'anything-but': except } = value;
  // Each of them has a value that every event meets.
  for (const operand of [prefix, suffix, wildcard, exists])
    if (operand instanceof Unresolved) return operand.cause;
  if (isNothing(prefix) || isNothing(suffix)) return false;
  if (typeof wildcard === 'string' && /^\*+$/.test(wildcard)) return false;
  if (isArrayValue(except) && except.length === 0) return false;
  return !(exists === true && isAlwaysThere);
}

/** `''`, and the form that ignores case. */
function isNothing(affix: Value | undefined): boolean {
  return affix === '' || (isObjectValue(affix) && affix['equals-ignore-case'] === '');
}
