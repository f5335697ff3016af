import { RequestError } from './folders.ts';

/** JSON Schema 2020-12 of one argument, as far as tools here need it. */
export type ArgumentSchema =
  | { readonly type: 'string'; readonly description: string; readonly enum?: readonly string[] }
  | { readonly type: 'boolean'; readonly description: string; readonly default: boolean }
  | {
      readonly type: 'integer';
      readonly description: string;
      readonly minimum: number;
      readonly maximum: number;
      readonly default: number;
    }
  | {
      readonly type: 'array';
      readonly description: string;
      readonly items: { readonly type: 'string' };
      readonly maxItems: number;
    };

export type ArgumentSchemas = Readonly<Record<string, ArgumentSchema>>;

type ValueOf<Schema extends ArgumentSchema> = Schema extends { readonly type: 'string' }
  ? string | undefined
  : Schema extends { readonly type: 'boolean' }
    ? boolean
    : Schema extends { readonly type: 'integer' }
      ? number
      : readonly string[];

export type ArgumentsOf<Schemas extends ArgumentSchemas> = {
  readonly [Name in keyof Schemas]: ValueOf<Schemas[Name]>;
};

/** Longest text that an argument holds. */
const textLimit = 4096;

/**
 * The arguments of a call, checked, with defaults.
 * @throws RequestError that names what is wrong and what is allowed.
 */
export function readArguments<Schemas extends ArgumentSchemas>(
  schemas: Schemas,
  given: Readonly<Record<string, unknown>> = {},
): ArgumentsOf<Schemas> {
  for (const name of Object.keys(given))
    if (!Object.hasOwn(schemas, name))
      throw new RequestError(
        `\`${name.slice(0, 100)}\` is not an argument of this tool; it takes ${Object.keys(schemas).join(', ')}.`,
      );
  const read = Object.entries(schemas).map(([name, schema]) => [name, readOne(name, schema, given[name])]);
  return Object.fromEntries(read) as ArgumentsOf<Schemas>;
}

function readOne(name: string, schema: ArgumentSchema, value: unknown): unknown {
  const wrong = (what: string): RequestError => new RequestError(`The argument \`${name}\` must be ${what}.`);
  const isText = (each: unknown): each is string => typeof each === 'string' && each.length <= textLimit;
  const isAbsent = value === undefined || value === null;
  if (schema.type === 'boolean') {
    if (isAbsent) return schema.default;
    if (typeof value !== 'boolean') throw wrong('true or false');
    return value;
  }
  if (schema.type === 'integer') {
    if (isAbsent) return schema.default;
    const isRight =
      Number.isInteger(value) && (value as number) >= schema.minimum && (value as number) <= schema.maximum;
    if (!isRight) throw wrong(`a whole number from ${schema.minimum} to ${schema.maximum}`);
    return value;
  }
  if (schema.type === 'array') {
    if (isAbsent) return [];
    if (!Array.isArray(value) || !value.every(isText) || value.length > schema.maxItems)
      throw wrong(`a list of at most ${schema.maxItems} texts`);
    return value as unknown;
  }
  if (isAbsent) return undefined;
  if (!isText(value)) throw wrong(`a text of at most ${textLimit} characters`);
  if (schema.enum !== undefined && !schema.enum.includes(value))
    throw wrong(`one of ${schema.enum.join(', ')}`);
  return value;
}
