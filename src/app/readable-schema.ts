/** A copy of a JSON Schema that takes members which it does not know: a later version may have added them. */
export function readableSchema(schema: unknown): unknown {
  if (typeof schema !== 'object' || schema === null) return schema;
  if (Array.isArray(schema)) return schema.map(readableSchema);
  return Object.fromEntries(
    Object.entries(schema)
      .filter(([key, value]) => key !== 'additionalProperties' || value !== false)
      .map(([key, value]) => [key, readableSchema(value)]),
  );
}
