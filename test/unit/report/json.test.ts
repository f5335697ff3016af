import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { memberOrder } from '../../../src/report/json.ts';
import { renderJson } from './as-text.ts';
import { hostileResult, scanResult } from './scan-result-fixture.ts';

const schemaText = readFileSync(new URL('../../../result.schema.json', import.meta.url), 'utf8');
const validate = new Ajv2020({ allErrors: true }).compile(JSON.parse(schemaText));

/** Names of all properties that the contract knows. */
function propertyNames(schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  return Object.entries(schema).flatMap(([key, value]) => [
    ...(key === 'properties' ? Object.keys(value as object) : []),
    ...propertyNames(value),
  ]);
}

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, item]) => [key, reversed(item)]),
  );
}

describe('renderJson', () => {
  it('keeps the contract of result.schema.json', () => {
    for (const result of [scanResult(), hostileResult()]) {
      const valid = validate(JSON.parse(renderJson(result)));
      expect(validate.errors ?? []).toEqual([]);
      expect(valid).toBe(true);
    }
  });

  it('breaks the contract with a member that it does not know, or without one that it asks for', () => {
    const { startedAt, ...without } = scanResult();
    expect(validate(without)).toBe(false);
    expect(validate({ ...without, startedAt, extra: 1 })).toBe(false);
  });

  it('gives the same bytes whatever order the members came in, and ends with a line feed', () => {
    const text = renderJson(scanResult());
    expect(renderJson(reversed(scanResult()) as ReturnType<typeof scanResult>)).toBe(text);
    expect(text.endsWith('}\n')).toBe(true);
    expect(JSON.parse(text)).toEqual(scanResult());
  });

  it('has a place for every member of the contract', () => {
    const missing = [...new Set(propertyNames(JSON.parse(schemaText)))].filter(
      (n) => !memberOrder.includes(n),
    );
    expect(missing).toEqual([]);
    expect(new Set(memberOrder).size).toBe(memberOrder.length);
  });

  it('starts with the schema version', () => {
    expect(renderJson(scanResult()).split('\n')[1]).toBe('  "schemaVersion": "1.0",');
  });
});
