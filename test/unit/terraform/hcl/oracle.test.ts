import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { parseHcl } from '../../../../src/terraform/hcl/parse-hcl.ts';
import { hclText } from './generated-hcl.ts';
import { oracleParser, ownOutline } from './outline.ts';

// An independent grammar of the same language says where every node stands.

const sample = `\uFEFF# Copyright
variable "queues" { default = { orders = { timeout = 180 }, "refunds": { timeout = 60 } } }
locals {
  dlq_arn = aws_sqs_queue.dlq[*].arn // all of them
  names   = [for k, v in var.queues : upper("q-\${k}") if v.timeout >= 60 && !startswith(k, "x")]
  by_name = { for q in aws_sqs_queue.q : q.name => q.arn... }
  text    = <<-EOT
    Hello \${var.name ~}
      %{ if var.polite }dear %{ else }%{ endif }
    %{ for n in local.names ~}
    - \${n}
    %{ endfor ~}
  EOT
}
resource "aws_sqs_queue" "q" {
  for_each = var.queues
  name     = "q-\${each.key}" /* the key */
  policy   = jsonencode({
    Statement = [{
      Effect = "Deny", Action = "*"
      Resource = "\${aws_sqs_queue.x.0.arn}/*"
    }]
  })
  dynamic "vpc_config" {
    for_each = var.vpc ? [1] : []
    content { ids = concat(aws_subnet.a.*.id, [-1, 1 + 2 * 3]...) }
  }
}
`;

describe('the tree', () => {
  it('agrees with an independent grammar in every place of a file', async () => {
    const oracle = await oracleParser();
    const own = parseHcl(sample, 'main.tf');
    const other = oracle(sample);
    expect(other.hasError).toBe(false);
    expect(own.errors).toEqual([]);
    expect(ownOutline(own)).toEqual(other.outline);
  });

  it('agrees with it on generated texts', async () => {
    const oracle = await oracleParser();
    let held = 0;
    fc.assert(
      fc.property(hclText, (text) => {
        const other = oracle(text);
        const own = parseHcl(text, 'main.tf');
        expect(own.errors).toEqual([]);
        if (other.hasError) return;
        held += 1;
        expect(ownOutline(own)).toEqual(other.outline);
      }),
      { numRuns: 400, seed: 19 },
    );
    expect(held).toBeGreaterThan(200);
  });
});
