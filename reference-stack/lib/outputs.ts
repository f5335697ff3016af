import { CfnOutput, type Stack } from 'aws-cdk-lib';

/** Outputs that keep their names: whoever deploys looks for them, and scripts do. Name -> value and description. */
export function addOutputs(stack: Stack, outputs: Readonly<Record<string, readonly [string, string]>>): void {
  for (const [name, [value, description]] of Object.entries(outputs))
    new CfnOutput(stack, name, { value, description });
}
