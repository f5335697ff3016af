import type { DescribeStateMachineOutput, SFN } from '@aws-sdk/client-sfn';
import { Unresolved } from '../../model/value.ts';
import { defineCollector, type Item } from '../collector.ts';
import { errorName } from '../errors.ts';
import { pages } from '../pages.ts';
import { capitalise } from '../plain.ts';

const machineType = 'AWS::StepFunctions::StateMachine';

/** State machines of Step Functions. */
export const sfn = defineCollector<SFN>({
  service: 'sfn',
  prefix: 'states',
  open: async (config) => new (await import('@aws-sdk/client-sfn')).SFN(config),
  operations: [
    {
      operation: 'ListStateMachines',
      finds: [machineType],
      async *list(api) {
        const listed = pages(
          (nextToken) => api.listStateMachines({ nextToken, maxResults: 1_000 }),
          (page) => page.nextToken,
        );
        for await (const { stateMachines = [] } of listed) {
          yield {
            found: stateMachines.map(({ name: StateMachineName = '', stateMachineArn: Arn = '', type }) => ({
              type: machineType,
              name: StateMachineName,
              arn: Arn,
              properties: { StateMachineName, Arn, StateMachineType: type },
            })),
          };
        }
      },
    },
    {
      operation: 'DescribeStateMachine',
      each: machineType,
      links: true,
      fills: [
        'DefinitionString',
        'EncryptionConfiguration',
        'LoggingConfiguration',
        'RoleArn',
        'TracingConfiguration',
      ],
      async *read(api, item) {
        yield { properties: machineProperties(await describe(api, item)) };
      },
    },
    {
      operation: 'ListTagsForResource',
      each: machineType,
      fills: ['Tags'],
      async *read(api, { arn }) {
        const { tags } = await api.listTagsForResource({ resourceArn: arn });
        yield { properties: { Tags: capitalise(tags) } };
      },
    },
  ],
});

/** A definition whose key refuses the auditor is left out; everything else can still be asked for. */
async function describe(api: SFN, { arn }: Item): Promise<DescribeStateMachineOutput> {
  try {
    return await api.describeStateMachine({ stateMachineArn: arn });
  } catch (error) {
    if (!errorName(error).startsWith('Kms')) throw error;
    const metadata = await api.describeStateMachine({ stateMachineArn: arn, includedData: 'METADATA_ONLY' });
    return { ...metadata, definition: undefined };
  }
}

function machineProperties(machine: DescribeStateMachineOutput): Record<string, unknown> {
  return {
    DefinitionString: machine.definition ?? new Unresolved(encrypted),
    EncryptionConfiguration: capitalise(machine.encryptionConfiguration),
    LoggingConfiguration: capitalise(machine.loggingConfiguration),
    RoleArn: machine.roleArn,
    TracingConfiguration: capitalise(machine.tracingConfiguration),
  };
}

const encrypted = {
  code: 'denied',
  message: 'the definition could not be decrypted',
  remedy: "allow `kms:Decrypt` on the state machine's key to the auditor",
} as const;
