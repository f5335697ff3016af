import {
  CloudFormationClient,
  DescribeChangeSetCommand,
  DescribeStacksCommand,
  GetTemplateCommand,
  paginateListExports,
  type Parameter,
} from '@aws-sdk/client-cloudformation';

/** The stack or change set that is asked about. */
export interface StackQuestion {
  readonly region?: string;
  /** ARN of the stack, and of the change set where it is about one. */
  readonly stackId?: string;
  readonly changeSetId?: string;
  /** True while the stack is created: its parameters are those of the template. */
  readonly isNew: boolean;
  readonly wantsExports: boolean;
  /** Whether the template is wanted that the stack was deployed with. */
  readonly wantsDeployed: boolean;
}

/** What CloudFormation tells of a stack beside its template. */
export interface StackFacts {
  readonly parameters: Readonly<Record<string, string>>;
  /** Values of exports by name. */
  readonly exports: Readonly<Record<string, string>>;
  /** Template of the stack as it is deployed; absent for a new stack. */
  readonly deployed?: string;
  /** What was not answered, a sentence each: it stays unknown. */
  readonly missing: readonly string[];
}

/** What CloudFormation shows for a `NoEcho` value. */
const hiddenMark = '****';

/**
 * Asks for parameters, exports and the deployed template. What is refused, or not answered in time, stays unknown
 * and never throws. Up to three requests; exports by pages of 100.
 *
 * @param timeout milliseconds for all of them
 * @param endpoint of a local CloudFormation, for tests
 */
export async function askStack(
  { region, stackId, changeSetId, isNew, wantsExports, wantsDeployed }: StackQuestion,
  { timeout = 4000, endpoint }: { readonly timeout?: number; readonly endpoint?: string } = {},
): Promise<StackFacts> {
  const client = new CloudFormationClient({
    maxAttempts: 2,
    ...(region === undefined ? {} : { region }),
    ...(endpoint === undefined ? {} : { endpoint }),
  });
  const options = { abortSignal: AbortSignal.timeout(timeout) };
  const missing: string[] = [];
  const asked = async <T>(what: string, ask: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await ask();
    } catch (error) {
      missing.push(`${what}: ${error instanceof Error ? error.name : String(error)}`);
      return undefined;
    }
  };
  const parametersOfCall = async (): Promise<readonly Parameter[]> => {
    if (changeSetId !== undefined)
      return (
        (await client.send(new DescribeChangeSetCommand({ ChangeSetName: changeSetId }), options))
          .Parameters ?? []
      );
    // While a stack is updated it is not said whose parameters are shown, so they are asked of new stacks alone.
    if (stackId === undefined || !isNew) return [];
    const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName: stackId }), options);
    return Stacks[0]?.Parameters ?? [];
  };
  const exportsOfRegion = async (): Promise<Record<string, string>> => {
    const found: Record<string, string> = {};
    for await (const { Exports = [] } of paginateListExports({ client }, {}, options))
      for (const { Name, Value } of Exports)
        if (Name !== undefined && Value !== undefined) found[Name] = Value;
    return found;
  };
  const template = async (): Promise<string | undefined> => {
    if (stackId === undefined) return undefined;
    const answer = await client.send(
      new GetTemplateCommand({ StackName: stackId, TemplateStage: 'Original' }),
      options,
    );
    return answer.TemplateBody;
  };
  const [parameters = [], exports = {}, deployed] = await Promise.all([
    asked('parameters', parametersOfCall),
    wantsExports ? asked('exports', exportsOfRegion) : undefined,
    wantsDeployed ? asked('the deployed template', template) : undefined,
  ]);
  client.destroy();
  return {
    parameters: valuesOf(parameters),
    exports,
    ...(deployed === undefined ? {} : { deployed }),
    missing,
  };
}

function valuesOf(parameters: readonly Parameter[]): Record<string, string> {
  const values: Record<string, string> = {};
  for (const { ParameterKey, ParameterValue, ResolvedValue } of parameters) {
    const value = ResolvedValue ?? ParameterValue;
    if (ParameterKey !== undefined && value !== undefined && value !== hiddenMark)
      values[ParameterKey] = value;
  }
  return values;
}
