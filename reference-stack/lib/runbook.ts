import { Aws } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as events from 'aws-cdk-lib/aws-events';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import { runbookContent } from './runbook-content.ts';

/** Properties of {@link Runbook}. */
export interface RunbookProps {
  /** Name of the flow, for the document's description. */
  readonly flow: string;
  /** Key of the flow's queues. */
  readonly key: kms.IKey;
}

/**
 * An SSM Automation document for messages in dead-letter queues. It inspects, redrives or retries messages, or
 * replays an archive. Its role is allowed to do this only for the queues, functions and workflows that you add.
 */
export class Runbook extends Construct {
  /** Role that Systems Manager assumes while the document runs. */
  readonly role: iam.Role;
  readonly document: ssm.CfnDocument;
  private readonly key: kms.IKey;

  constructor(scope: Construct, id: string, props: RunbookProps) {
    super(scope, id);
    this.key = props.key;
    this.role = new iam.Role(this, 'Role', {
      description: `Inspects and replays dead messages of the ${props.flow} flow`,
      assumedBy: new iam.ServicePrincipal('ssm.amazonaws.com', {
        conditions: {
          StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID },
          ArnLike: {
            'aws:SourceArn': `arn:${Aws.PARTITION}:ssm:*:${Aws.ACCOUNT_ID}:automation-execution/*`,
          },
        },
      }),
    });
    this.document = new ssm.CfnDocument(this, 'Document', {
      documentType: 'Automation',
      documentFormat: 'JSON',
      updateMethod: 'NewVersion',
      content: runbookContent(props.flow, this.role.roleArn),
    });
    props.key.grant(this.role, 'kms:Decrypt', 'kms:GenerateDataKey');
  }

  /**
   * Allows the runbook to inspect a dead-letter queue and receive messages from it.
   *
   * @param moves whether SQS can move its messages back, which it does for dead letters of queues alone
   */
  admitDeadLetters(queue: sqs.IQueue, key: kms.IKey, moves: boolean): void {
    if (key !== this.key) this.allow(['kms:Decrypt'], key.keyArn);
    this.allow(
      [
        ...(moves
          ? ['sqs:StartMessageMoveTask', 'sqs:ListMessageMoveTasks', 'sqs:CancelMessageMoveTask']
          : []),
        'sqs:ReceiveMessage',
        'sqs:ChangeMessageVisibility',
        'sqs:DeleteMessage',
        'sqs:GetQueueAttributes',
        'sqs:GetQueueUrl',
      ],
      queue.queueArn,
    );
  }

  /** Allows the runbook to send failed messages back to their source queue. */
  admitSource(queue: sqs.IQueue): void {
    this.allow(['sqs:SendMessage', 'sqs:GetQueueUrl'], queue.queueArn);
  }

  /**
   * Allows the runbook to repeat an action that failed: invoke a function, start or redrive an execution, or
   * publish a message.
   */
  admitReplay(actions: readonly string[], ...resources: string[]): void {
    this.allow([...actions], ...resources);
  }

  /** Allows the runbook to replay an archive to its event bus. */
  admitArchive(archiveArn: string, bus: events.IEventBus): void {
    this.allow(['events:StartReplay', 'events:DescribeArchive'], archiveArn, bus.eventBusArn);
    this.allow(
      ['events:DescribeReplay', 'events:CancelReplay'],
      `arn:${Aws.PARTITION}:events:${Aws.REGION}:${Aws.ACCOUNT_ID}:replay/*`,
    );
    acknowledge(this, {
      'AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:events:<AWS::Region>:<AWS::AccountId>:replay/*]':
        'The name of a replay is set when the runbook starts it; the statement is limited to one archive and event bus.',
    });
  }

  private allow(actions: string[], ...resources: string[]): void {
    this.role.addToPolicy(new iam.PolicyStatement({ actions, resources }));
  }
}
