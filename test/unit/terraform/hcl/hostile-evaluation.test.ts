import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import { SecretTexts } from '../../../../src/model/secret-texts.ts';
import { sourceModule } from '../../../../src/terraform/hcl/configuration.ts';
import { hclFunctions } from '../../../../src/terraform/hcl/functions/index.ts';
import { parseHcl } from '../../../../src/terraform/hcl/parse-hcl.ts';
import { SourceEvaluator } from '../../../../src/terraform/hcl/source-evaluator.ts';
import { hclExpression } from './generated-hcl.ts';

const instance = { address: 'x.y', module: '', resource: 'x.y' };

/** Arguments of every kind, known and not. */
const argument = fc.oneof(
  hclExpression,
  fc.constantFrom(
    'null',
    '""',
    '-1',
    '[]',
    '{}',
    'var.open',
    't.a.arn',
    '[t.a.arn, "b"]',
    '"${t.a.arn}/*"',
    'toset(["b", 1])',
  ),
  fc.constantFrom(
    'var.open ? "a" : "b"',
    '{ a = var.open }',
    '"10.0.0.0/8"',
    'jsonencode({ a = t.a.arn })',
    '"(["',
    '1e300',
  ),
);
const call = fc
  .tuple(fc.constantFrom(...hclFunctions.keys(), 'try', 'can'), fc.array(argument, { maxLength: 4 }))
  .map(([name, given]) => `${name}(${given.join(', ')})`);

it('answers every expression with a value or with why there is none', () => {
  fc.assert(
    fc.property(fc.oneof(call, argument), (expression) => {
      const text = `variable "open" {}\nvariable "a" { default = [{ b = 1 }] }\nresource "t" "a" {}\nresource "x" "y" { v = [${expression}] }\n`;
      const file = parseHcl(text, 'main.tf');
      const configuration = { modules: new Map([['', sourceModule('.', [file])]]), assigned: new Map() };
      const evaluator = new SourceEvaluator({ configuration, secrets: new SecretTexts() });
      for (const isDocument of [true, false])
        expect(() => evaluator.valueAt(instance, ['v'], { v: ['x'] }, isDocument)).not.toThrow();
      expect(() => evaluator.placeOf(instance, ['v', 0], {})).not.toThrow();
    }),
    { numRuns: 1000, seed: 19 },
  );
});
