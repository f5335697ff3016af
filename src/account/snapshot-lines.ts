/** What is wrong with a value, undefined where nothing is: "`type` is not a text". */
type Check = (value: unknown, name: string) => string | undefined;

const being =
  (kind: string, is: (value: unknown) => boolean): Check =>
  (value, name) =>
    is(value) ? undefined : `\`${name}\` is not ${kind}`;

const text = being('a text', (value) => typeof value === 'string');
const count = being('a number', (value) => typeof value === 'number');
const truth = being('true or false', (value) => typeof value === 'boolean');
const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const optional =
  (check: Check): Check =>
  (value, name) =>
    value === undefined ? undefined : check(value, name);

const oneOf = (...words: readonly string[]): Check =>
  being(`one of ${words.join(', ')}`, (value) => words.includes(value as string));

const listOf =
  (check: Check): Check =>
  (value, name) => {
    if (!Array.isArray(value)) return `\`${name}\` is not a list`;
    return firstOf(value.map((item) => () => check(item, `${name}[]`)));
  };

const objectOf =
  (members: Readonly<Record<string, Check>>): Check =>
  (value, name) => {
    if (!isObject(value)) return `\`${name}\` is not an object`;
    return firstOf(
      Object.entries(members).map(
        ([key, check]) =>
          () =>
            check(value[key], key),
      ),
    );
  };

function firstOf(checks: readonly (() => string | undefined)[]): string | undefined {
  for (const check of checks) {
    const problem = check();
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** Deeper property trees are written by no service. */
const nestingLimit = 200;

/** Property trees are JSON, of which `$unresolved` holds a cause. */
function tree(value: unknown, name: string, depth = 0): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (depth > nestingLimit) return `\`${name}\` nests more than ${nestingLimit} levels deep`;
  if (Array.isArray(value)) return firstOf(value.map((item) => () => tree(item, name, depth + 1)));
  if ('$unresolved' in value) return cause(value.$unresolved, '$unresolved');
  return firstOf(Object.values(value).map((item) => () => tree(item, name, depth + 1)));
}

const cause = objectOf({ code: text, message: text, remedy: optional(text) });

const counts = objectOf({
  complete: truth,
  nothing: truth,
  scopes: listOf(objectOf({ scope: text, resources: count, operations: count, failed: count })),
});

/** Snapshots that people write by hand count no calls: their completeness is an empty list. */
const header = objectOf({
  account: text,
  partition: text,
  takenAt: text,
  regions: listOf(text),
  completeness: (value, name) =>
    Array.isArray(value) && value.length === 0 ? undefined : counts(value, name),
});

const members: Readonly<Record<string, Check>> = {
  resource: objectOf({
    id: text,
    type: text,
    name: text,
    scope: text,
    account: optional(text),
    region: optional(text),
    arn: optional(text),
    uncertain: optional(cause),
    properties: (value, name) => (isObject(value) ? tree(value, name) : `\`${name}\` is not an object`),
  }),
  incomplete: objectOf({ scope: text, type: text, cause }),
  diagnostic: objectOf({
    code: text,
    severity: oneOf('error', 'warning', 'info'),
    message: text,
    where: text,
    affects: listOf(text),
  }),
  skipped: objectOf({ name: text, reason: text }),
  call: objectOf({
    service: text,
    operation: text,
    region: text,
    calls: count,
    attempts: count,
    errors: count,
    waitedMs: count,
  }),
  end: objectOf({ resources: count }),
};

/** What is wrong with the first line of a snapshot of this version; undefined where nothing is. */
export function headerProblem(line: unknown): string | undefined {
  return header(line, 'line');
}

/** What is wrong with any other line; undefined where nothing is. */
export function lineProblem(line: unknown): string | undefined {
  if (!isObject(line)) return 'the line is not an object';
  const [name, ...others] = Object.keys(line);
  const check = name === undefined || !Object.hasOwn(members, name) ? undefined : members[name];
  if (name === undefined || check === undefined || others.length > 0)
    return `the line does not hold exactly one of ${Object.keys(members).join(', ')}`;
  return check(line[name], name);
}
