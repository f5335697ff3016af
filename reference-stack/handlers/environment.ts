/**
 * A setting of the function.
 *
 * @throws when the variable is missing: the function then fails at its start, not at its first order
 */
export function requireEnvironment(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === '') throw new Error(`The environment variable ${name} is not set.`);
  return value;
}
