/**
 * The text of what a document holds where a word belongs. An object or list is no word; one with a member called
 * `toString` cannot even be asked for its text.
 */
export function scalarText(value: unknown): string {
  return typeof value === 'object' && value !== null ? '[object Object]' : String(value);
}

/** Whether a property says no, as a boolean or as its text, which CloudFormation takes in any case. */
export function saysFalse(value: unknown): boolean {
  return value === false || (typeof value === 'string' && value.toLowerCase() === 'false');
}

/** Whether a property says yes, as a boolean or as its text, which CloudFormation takes in any case. */
export function saysTrue(value: unknown): boolean {
  return value === true || (typeof value === 'string' && value.toLowerCase() === 'true');
}
