import type { Path } from './value.ts';

/**
 * The steps of a path as rules and relations write it: `Targets[].DeadLetterConfig.Arn`, `Tags.0.Key`.
 * `[]` is every element of a list, `{}` every value of a map; digits are an index.
 */
export function parsePath(path: string): Path {
  const steps = path.match(/\[\]|\{\}|[^.[\]{}]+/g) ?? [];
  return steps.map((step) => (/^\d+$/.test(step) ? Number(step) : step));
}
