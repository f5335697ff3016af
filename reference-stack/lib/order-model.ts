import * as apigateway from 'aws-cdk-lib/aws-apigateway';

const { ARRAY, INTEGER, OBJECT, STRING } = apigateway.JsonSchemaType;

/** JSON Schema (draft 4) of an order as clients send it; the handlers check the same again. */
export const orderModelSchema: apigateway.JsonSchema = {
  schema: apigateway.JsonSchemaVersion.DRAFT4,
  type: OBJECT,
  required: ['customer', 'items', 'currency'],
  additionalProperties: false,
  properties: {
    customer: {
      type: OBJECT,
      required: ['name', 'email'],
      additionalProperties: false,
      properties: {
        name: { type: STRING, minLength: 1, maxLength: 200 },
        email: { type: STRING, minLength: 3, maxLength: 320, pattern: '^[^@ ]+@[^@ ]+$' },
        address: { type: STRING, maxLength: 500 },
      },
    },
    items: {
      type: ARRAY,
      minItems: 1,
      maxItems: 100,
      items: {
        type: OBJECT,
        required: ['sku', 'quantity'],
        additionalProperties: false,
        properties: {
          sku: { type: STRING, pattern: '^[A-Z0-9-]{1,40}$' },
          quantity: { type: INTEGER, minimum: 1, maximum: 1000 },
        },
      },
    },
    currency: { type: STRING, pattern: '^[A-Z]{3}$' },
    dueAt: { type: STRING, maxLength: 40 },
  },
};
