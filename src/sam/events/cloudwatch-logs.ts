import { sub } from '../tree.ts';
import { emitForEvent, emitPermission, type FunctionEvent } from './event.ts';

/** CloudWatchLogs: the subscription of a log group, and its permission. */
export function expandLogs(event: FunctionEvent): undefined {
  const { LogGroupName, FilterPattern } = event.properties;
  const permission = `${event.id}Permission`;
  emitPermission(event, 'logs.amazonaws.com', {
    SourceArn: sub(
      `arn:${event.context.partition}:logs:\${AWS::Region}:\${AWS::AccountId}:log-group:\${__LogGroupName__}:*`,
      {
        __LogGroupName__: LogGroupName,
      },
    ),
  });
  const subscription = { LogGroupName, FilterPattern, DestinationArn: event.target.arn };
  emitForEvent(event, event.id, 'AWS::Logs::SubscriptionFilter', subscription, { DependsOn: [permission] });
}
