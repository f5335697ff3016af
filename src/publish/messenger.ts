import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import type { Messenger, NewsEvent } from './tell-people.ts';

/** Channels that people are told by. */
export interface Channels {
  /** Name or ARN of an event bus. */
  readonly eventBus?: string;
  readonly topicArn?: string;
}

/** What is set of the SDK's clients; tests name an endpoint. */
interface ClientConfig {
  readonly endpoint?: string;
  readonly region?: string;
}

// https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
const entriesInCall = 10;
const attempts = 3;

/** EventBridge and SNS behind the SDK; errors of the SDK pass through. */
export function awsMessenger({ eventBus, topicArn }: Channels, config: ClientConfig): Messenger {
  const events = eventBus === undefined ? undefined : new EventBridgeClient(config);
  // A topic may be in another Region.
  const region = topicArn?.split(':')[3];
  const topic =
    topicArn === undefined ? undefined : new SNSClient({ ...config, ...(region ? { region } : {}) });
  return {
    async putEvents(news) {
      if (events === undefined) return;
      for (let at = 0; at < news.length; at += entriesInCall)
        await putEntries(events, eventBus, news.slice(at, at + entriesInCall));
    },
    async publish({ subject, body, severity }) {
      await topic?.send(
        new PublishCommand({
          TopicArn: topicArn,
          // ASCII, at most 100 characters.
          Subject: subject.slice(0, 100),
          Message: body,
          MessageAttributes: { severity: { DataType: 'String', StringValue: severity } },
        }),
      );
    },
  };
}

/** Some entries of a call may be taken and others not. */
async function putEntries(
  events: EventBridgeClient,
  bus: string | undefined,
  news: readonly NewsEvent[],
): Promise<void> {
  let left = news;
  let reason = '';
  for (let attempt = 0; attempt < attempts && left.length > 0; attempt++) {
    const { Entries = [] } = await events.send(
      new PutEventsCommand({
        Entries: left.map(({ detailType, detail }) => ({
          EventBusName: bus,
          Source: 'headgate',
          DetailType: detailType,
          Detail: JSON.stringify(detail),
        })),
      }),
    );
    reason = Entries.find(({ ErrorMessage }) => ErrorMessage !== undefined)?.ErrorMessage ?? '';
    left = left.filter((_, index) => Entries[index]?.ErrorCode !== undefined);
  }
  if (left.length > 0) throw new Error(`The event bus rejected events (${left.length}): ${reason}`);
}
