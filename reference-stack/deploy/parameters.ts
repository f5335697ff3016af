import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';

interface TemplateParameter {
  readonly Type?: string;
  readonly Default?: unknown;
  readonly AllowedPattern?: string;
}

/**
 * Checks before anything is deployed that every stack gets its parameters: CloudFormation asks for them stack by stack, and
 * the first ones would be deployed by then. A stack that exists keeps the values that it has.
 *
 * @param options options of `cdk deploy`, of which `--parameters [Stack:]Name=value` is read
 * @throws with every parameter that has no value, or one that its pattern rejects
 */
export async function checkParameters(
  assembly: string,
  options: readonly string[],
  cloudFormation: CloudFormationClient,
): Promise<void> {
  const problems: string[] = [];
  const given = parametersOf(options);
  for (const file of readdirSync(assembly).filter((name) => name.endsWith('.template.json'))) {
    const stack = file.slice(0, -'.template.json'.length);
    const { Parameters: parameters = {} } = JSON.parse(readFileSync(join(assembly, file), 'utf8')) as {
      Parameters?: Record<string, TemplateParameter>;
    };
    const asked = Object.entries(parameters).filter(
      ([, { Type: type, Default: value }]) =>
        value === undefined && type?.startsWith('AWS::SSM::Parameter') !== true,
    );
    let kept: ReadonlySet<string> | undefined;
    for (const [name, { AllowedPattern: pattern }] of asked) {
      const value = given.get(`${stack}:${name}`) ?? given.get(name);
      if (value === undefined) {
        kept ??= await keptBy(stack, cloudFormation);
        if (!kept.has(name)) problems.push(`Give --parameters ${stack}:${name}=VALUE.`);
      } else if (pattern !== undefined && !new RegExp(`^(?:${pattern})$`).test(value)) {
        problems.push(`\`${value}\` is not valid for ${stack}:${name}, which has the pattern ${pattern}.`);
      }
    }
  }
  if (problems.length > 0) throw new Error(problems.join('\n'));
}

function parametersOf(options: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    options.flatMap((option, at) => {
      if (option !== '--parameters') return [];
      const [name = '', ...value] = (options[at + 1] ?? '').split('=');
      return [[name, value.join('=')] as const];
    }),
  );
}

async function keptBy(stack: string, cloudFormation: CloudFormationClient): Promise<ReadonlySet<string>> {
  try {
    const { Stacks: [found] = [] } = await cloudFormation.send(
      new DescribeStacksCommand({ StackName: stack }),
    );
    return new Set((found?.Parameters ?? []).map(({ ParameterKey: name = '' }) => name));
  } catch {
    return new Set(); // there is no such stack yet
  }
}
