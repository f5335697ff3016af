import type { Resource } from '../model/resource.ts';
import type { Cause, ObjectValue, Value } from '../model/value.ts';
import { gatherChoices, settle, sideKey, type Sides } from './settle.ts';

/** How policies are read: with these sides of undecided conditions; `choices` gathers those that are left to choose. */
export interface PolicyReading {
  readonly sides: Sides;
  readonly choices?: Map<string, Cause>;
}

/** Policies as they are written, whatever is undecided in them. */
export const asWritten: PolicyReading = { sides: new Map() };

/** The properties of a resource of the names given, with the sides of the reading. */
export function settledProperties(
  { properties, stack = '' }: Resource,
  names: readonly string[],
  { sides, choices }: PolicyReading,
): ObjectValue {
  if (choices === undefined && sides.size === 0) return properties;
  const members: Record<string, Value> = {};
  for (const name of names) {
    const value = properties[name];
    if (choices !== undefined) gatherChoices(value, stack, choices);
    const settled = settle(value, stack, sides);
    if (settled !== undefined) members[name] = settled;
  }
  return members;
}

/** Whether the policy of a resource that stands under a condition is there: with a doubt, or not at all. */
export function existenceOf(
  holder: Resource,
  doubt: Cause | undefined,
  { sides, choices }: PolicyReading,
): { readonly uncertain?: Cause } | undefined {
  if (doubt === undefined) return {};
  if (doubt !== holder.uncertain || doubt.code !== 'condition') return { uncertain: doubt };
  const key = sideKey(holder.stack ?? '', doubt);
  choices?.set(key, doubt);
  const side = sides.get(key);
  if (side === undefined) return { uncertain: doubt };
  return side ? {} : undefined;
}
