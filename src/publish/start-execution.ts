import { SFN, type SFNClientConfig } from '@aws-sdk/client-sfn';

/** What is started, once for a name. */
export interface Execution {
  readonly stateMachineArn: string;
  /** Letters, digits, `-` and `_`, at most 80. */
  readonly name: string;
  readonly input: object;
}

/**
 * Starts an execution of a state machine; that one of its name was started before is no error. Other errors of the
 * service pass through.
 * https://docs.aws.amazon.com/step-functions/latest/apireference/API_StartExecution.html
 */
export async function startExecution(
  { stateMachineArn, name, input }: Execution,
  config: SFNClientConfig,
): Promise<void> {
  try {
    await new SFN(config).startExecution({ stateMachineArn, name, input: JSON.stringify(input) });
  } catch (error) {
    if (!(error instanceof Error) || error.name !== 'ExecutionAlreadyExists') throw error;
  }
}
