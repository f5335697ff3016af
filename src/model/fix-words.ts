import type { Rule } from './rule.ts';
import type { ResourceSummary } from './scan-result.ts';

/** A fix as it is written in one kind of source. */
export interface Snippet {
  /** What it is written in, for people: `SAM`, `CDK`, `CloudFormation`, `Terraform`, `AWS CLI`. */
  readonly language: string;
  readonly text: string;
}

type Fix = Pick<Rule['fix'], 'sam' | 'cdk' | 'cloudformation' | 'terraform' | 'cli'>;

/** How a fix is written in each kind of source that the rule has words for. */
export function snippetsOf({ cloudformation, sam, terraform, cdk, cli }: Fix): readonly Snippet[] {
  const all = [
    ['CloudFormation', cloudformation],
    ['SAM', sam],
    ['Terraform', terraform],
    ['CDK', cdk],
    ['AWS CLI', cli],
  ] as const;
  return all.flatMap(([language, text]) => (text === undefined ? [] : [{ language, text: text.trim() }]));
}

/**
 * How a fix is written where a resource was: in the CDK application, the SAM or CloudFormation template, or the
 * account.
 * @param file the file of the finding; undefined for what is in none.
 * @returns undefined where the rule has no words for that source.
 */
export function snippetFor(
  fix: Fix,
  resource: Pick<ResourceSummary, 'constructPath' | 'declaredType' | 'stack'>,
  file: string | undefined,
): Snippet | undefined {
  const wanted = languageOf(resource, file, fix);
  return snippetsOf(fix).find(({ language }) => language === wanted);
}

function languageOf(
  { constructPath, declaredType, stack }: Pick<ResourceSummary, 'constructPath' | 'declaredType' | 'stack'>,
  file: string | undefined,
  { sam, cdk }: Fix,
): string | undefined {
  if (declaredType !== undefined && !declaredType.includes('::')) return 'Terraform';
  if (constructPath !== undefined && cdk !== undefined) return 'CDK';
  if (declaredType !== undefined && sam !== undefined) return 'SAM';
  if (file === undefined) return stack === undefined ? 'AWS CLI' : 'CloudFormation';
  return /\.tf(?:\.json)?$/.test(file) ? undefined : 'CloudFormation';
}
