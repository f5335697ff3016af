import { createRequire } from 'node:module';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { ErrorObject } from 'ajv';
import { readableSchema } from './readable-schema.ts';

export type ResultProblem = Pick<ErrorObject, 'instancePath' | 'message'>;

let validate: ReturnType<Ajv2020['compile']> | undefined;

/**
 * The first problem of a value that should be a scan result, undefined where there is none. The bundle replaces this
 * module by a validator that was generated ahead (scripts/build.mjs).
 */
export function resultProblem(value: unknown): ResultProblem | undefined {
  validate ??= new Ajv2020({ allowUnionTypes: true }).compile(
    readableSchema(createRequire(import.meta.url)('../../result.schema.json')) as object,
  );
  return validate(value) ? undefined : validate.errors?.[0];
}
