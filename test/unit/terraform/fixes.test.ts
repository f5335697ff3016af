import { describe, expect, it } from '@jest/globals';
import { shippedRules } from '../../../src/rules/shipped.ts';
import { mappedType } from '../../../src/terraform/mapping/index.ts';
import { parseHcl } from '../../../src/terraform/hcl/parse-hcl.ts';
import type { HclBody } from '../../../src/terraform/hcl/syntax.ts';

/** Arguments of hashicorp/aws 6 that fixes write and no rule reads, so that no row has them. */
const unmapped: ReadonlySet<string> = new Set([
  'allocation_id',
  'attribute',
  'billing_mode',
  'hash_key',
  'http_port',
  'https_port',
  'ingress',
  'origin_access_control_origin_type',
  'origin_id',
  'egress',
  'policy',
  'redrive_policy',
  'signing_protocol',
  'ssl_support_method',
  'statement_id',
  'triggers',
  'version_number',
]);

/** What only documents cannot say: rules without an edit in Terraform. */
const withoutWords =
  /web-function|\.subscriber$|archive\.storage|no-plaintext-secrets\.template|field-level|downstream\.database|replay\.source|extra-stage/;

function namesIn(body: HclBody, path: string[] = []): string[] {
  return body.items.flatMap((item) =>
    item.kind === 'attribute'
      ? [[...path, item.name].join('.')]
      : [[...path, item.type].join('.'), ...namesIn(item.body, [...path, item.type])],
  );
}

describe('fixes in Terraform', () => {
  it('every rule that Terraform can fix has one', async () => {
    const { rules } = await shippedRules();
    const without = rules.filter(
      ({ id, fix }) =>
        fix.cloudformation !== undefined && fix.terraform === undefined && !withoutWords.test(id),
    );
    expect(without.map(({ id }) => id)).toEqual([]);
  });

  it('each is valid and has names that the provider has', async () => {
    const { rules } = await shippedRules();
    const wrong = rules.flatMap(({ id, fix }) => {
      if (fix.terraform === undefined) return [];
      const { body, errors } = parseHcl(fix.terraform, `${id}.tf`);
      const found = errors.map(({ message }) => `${id}: ${message}`);
      for (const block of body.items) {
        if (block.kind !== 'block' || block.type !== 'resource') {
          found.push(`${id}: not a resource`);
          continue;
        }
        const type = block.labels[0]?.text ?? '';
        const mapped = mappedType(type);
        if (mapped === undefined) {
          found.push(`${id}: ${type}`);
          continue;
        }
        const rows = [
          ...mapped.rows,
          ...(mapped.also ?? []).flatMap((also) => [[also.when, ''] as const, ...also.rows]),
        ];
        const known = [
          ...rows.map(([attribute]) => attribute.replaceAll('[]', '')),
          ...Object.keys(mapped.partOf ?? {}),
        ];
        const isKnown = (name: string): boolean =>
          known.some((each) => each === name || each.startsWith(`${name}.`) || name.startsWith(`${each}.`)) ||
          unmapped.has(name.split('.')[0] ?? '') ||
          unmapped.has(name.split('.').at(-1) ?? '');
        found.push(
          ...namesIn(block.body)
            .filter((name) => !isKnown(name))
            .map((name) => `${id}: ${type}.${name}`),
        );
      }
      return found;
    });
    expect(wrong).toEqual([]);
  });
});
