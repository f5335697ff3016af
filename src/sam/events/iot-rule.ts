import { ref, present, sub } from '../tree.ts';
import { emitForEvent, emitPermission, type FunctionEvent } from './event.ts';

/** IoTRule: the topic rule, and its permission. */
export function expandIotRule(event: FunctionEvent): undefined {
  const { Sql, AwsIotSqlVersion } = event.properties;
  emitPermission(event, 'iot.amazonaws.com', {
    SourceAccount: sub('${AWS::AccountId}'),
    SourceArn: sub(
      `arn:${event.context.partition}:iot:\${AWS::Region}:\${AWS::AccountId}:rule/\${RuleName}`,
      {
        RuleName: ref(event.id),
      },
    ),
  });
  const actions = [{ Lambda: { FunctionArn: event.target.arn } }];
  const payload = present({ Sql, AwsIotSqlVersion, RuleDisabled: false, Actions: actions });
  emitForEvent(event, event.id, 'AWS::IoT::TopicRule', { TopicRulePayload: payload });
}
