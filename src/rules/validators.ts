import { Ajv2020 } from 'ajv/dist/2020.js';
import type { ErrorObject } from 'ajv';
import { configSchema, ruleSchema, waiversSchema } from './schema.ts';

export type SchemaProblem = Pick<ErrorObject, 'instancePath' | 'keyword' | 'message' | 'params'>;

/** Answers the problems of a value, none when it is valid. */
export type Validator = (value: unknown) => readonly SchemaProblem[];

// The bundle replaces this module by validators that were generated ahead (scripts/build.mjs):
// compiling a schema costs more than a whole scan.
function compile(schema: object): Validator {
  let validate: ReturnType<Ajv2020['compile']> | undefined;
  return (value) => {
    validate ??= new Ajv2020({ allErrors: true, allowUnionTypes: true }).compile(schema);
    return validate(value) ? [] : (validate.errors ?? []);
  };
}

export const validateRule = compile(ruleSchema);
export const validateConfig = compile(configSchema);
export const validateWaivers = compile(waiversSchema);
