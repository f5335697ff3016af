import { Validations } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/**
 * Acknowledges findings of the cdk-nag packs on a construct and everything below it.
 *
 * @param findings rule id, or `rule[finding]`, to the reason that an auditor is to accept
 */
export function acknowledge(scope: Construct, findings: Readonly<Record<string, string>>): void {
  for (const [id, reason] of Object.entries(findings)) Validations.of(scope).acknowledge({ id, reason });
}
