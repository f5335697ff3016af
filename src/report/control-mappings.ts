import type { RuleSummary } from '../model/scan-result.ts';

/** Frameworks of rule files: title, and the short form for tables. */
const frameworks = new Map(
  Object.entries({
    'aws-fsbp': ['AWS Foundational Security Best Practices', 'AWS FSBP'],
    'security-hub': ['AWS Security Hub CSPM controls outside of the FSBP standard', 'Security Hub'],
    'nist-800-53-r5': ['NIST SP 800-53 Rev. 5', 'NIST 800-53 r5'],
    'aws-config': ['AWS Config managed rules', 'AWS Config'],
    'pci-dss-4.0': ['PCI DSS 4.0', 'PCI DSS 4.0'],
    'wa-serverless': ['AWS Well-Architected Serverless Applications Lens', 'Serverless Lens'],
  } satisfies Record<string, readonly [title: string, label: string]>),
);

/** Title of a framework; its own name where it is not known. */
export function frameworkTitle(framework: string): string {
  return frameworks.get(framework)?.[0] ?? framework;
}

/** Short name of a framework; its own name where it is not known. */
export function frameworkLabel(framework: string): string {
  return frameworks.get(framework)?.[1] ?? framework;
}

/** `NIST.800-53.r5 AC-4(21)`: a control as Security Hub's own findings name related requirements. */
export function relatedRequirement({ framework, id }: RuleSummary['controls'][number]): string {
  if (framework === 'nist-800-53-r5') return `NIST.800-53.r5 ${id}`;
  if (framework === 'pci-dss-4.0') return `PCI DSS v4.0.1/${id}`;
  return `${framework} ${id}`;
}

/** Names of the frameworks that a rule maps to, each once. */
export function frameworksOf(rule: RuleSummary | undefined): string[] {
  return [...new Set((rule?.controls ?? []).map(({ framework }) => framework))];
}
