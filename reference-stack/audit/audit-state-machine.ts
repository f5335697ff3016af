import { Aws, Duration, Stack } from 'aws-cdk-lib';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { ExecutionRole } from '../lib/execution-role.ts';
import { dataRemovalPolicy, type Posture } from '../lib/posture.ts';
import type { SecureFunction } from '../lib/secure-function.ts';
import { allowObservation } from '../lib/workflow-observation.ts';

/** Properties of {@link AuditStateMachine}. */
export interface AuditStateMachineProps {
  readonly posture: Posture;
  /** Key of the definition, of what runs hold, and of the logs; its policy must admit CloudWatch Logs. */
  readonly key: kms.IKey;
  /** Fixed, so that what it starts, or who starts it, can name it before it is there. */
  readonly name: string;
  /** For people: what it runs. */
  readonly runs: string;
  /** In Amazon States Language. */
  readonly definition: object;
  readonly functions: readonly SecureFunction[];
}

/** A state machine under a key of its own stack, traced and logged without the data that passes through. */
export class AuditStateMachine extends Construct {
  readonly stateMachine: sfn.StateMachine;
  readonly role: ExecutionRole;

  constructor(scope: Construct, id: string, props: AuditStateMachineProps) {
    super(scope, id);
    const { posture, key, name, definition } = props;
    this.role = this.createRole(props);
    const logGroup = new logs.LogGroup(this, 'Logs', {
      retention: logs.RetentionDays.THREE_MONTHS,
      encryptionKey: key,
      removalPolicy: dataRemovalPolicy(posture),
    });
    this.stateMachine = new sfn.StateMachine(this, 'StateMachine', {
      stateMachineName: name,
      role: this.role.sealed(),
      definitionBody: sfn.DefinitionBody.fromString(Stack.of(this).toJsonString(definition)),
      tracingEnabled: true,
      logs: { destination: logGroup, level: sfn.LogLevel.ALL, includeExecutionData: false },
      encryptionConfiguration: new sfn.CustomerManagedEncryptionConfiguration(key, Duration.minutes(5)),
    });
  }

  private createRole({ key, runs, functions }: AuditStateMachineProps): ExecutionRole {
    const role = new ExecutionRole(this, 'Role', {
      service: 'states.amazonaws.com',
      description: `Runs: ${runs}`,
    });
    role.allow(
      ['lambda:InvokeFunction'],
      functions.map(({ target }) => target.functionArn),
    );
    role.allow(['kms:Decrypt', 'kms:GenerateDataKey'], [key.keyArn]);
    allowObservation(role);
    return role;
  }
}

/** ARN of a state machine of this account and Region, before it is there. */
export function stateMachineArn(name: string): string {
  return `arn:${Aws.PARTITION}:states:${Aws.REGION}:${Aws.ACCOUNT_ID}:stateMachine:${name}`;
}
