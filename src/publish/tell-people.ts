import { severities } from '../model/rule.ts';
import type { FindingNews, NewsKind } from './news.ts';
import type { HubPlace } from './security-hub.ts';

/** An event for EventBridge. */
export interface NewsEvent {
  readonly detailType: string;
  readonly detail: object;
}

/** Where news goes; a channel that was not asked for does nothing. */
export interface Messenger {
  /** Rejects where an event was not taken. */
  putEvents(events: readonly NewsEvent[]): Promise<void>;
  publish(message: {
    readonly subject: string;
    readonly body: string;
    readonly severity: string;
  }): Promise<void>;
}

/** What changed in one account and Region, as the topic is told. */
export interface NewsDigest extends HubPlace {
  readonly schemaVersion: '1.0';
  readonly time: string;
  /** True for the first audit of a place, where everything is new. */
  readonly first: boolean;
  readonly counts: Readonly<Record<NewsKind, number>>;
  /** The worst of them, at most {@link digestLimit} of each kind. */
  readonly new: readonly FindingNews['finding'][];
  readonly fixed: readonly FindingNews['finding'][];
  readonly waived: readonly FindingNews['finding'][];
}

/** Findings of a kind that a digest names: a message holds 256 KB. */
export const digestLimit = 50;

/** The event's type by kind; rules of EventBridge match it. */
const detailTypes: Readonly<Record<NewsKind, string>> = {
  new: 'Headgate Finding New',
  fixed: 'Headgate Finding Fixed',
  waived: 'Headgate Finding Waived',
};

/**
 * Tells people what changed: an event for each finding, and one message. The first audit of a place sends the message
 * alone, since everything is new then.
 * @throws what the messenger throws: whoever calls tries again at the next audit.
 */
export async function tellPeople(
  news: readonly FindingNews[],
  place: HubPlace,
  { now, first }: { readonly now: Date; readonly first: boolean },
  messenger: Messenger,
): Promise<void> {
  if (news.length === 0) return;
  if (!first)
    await messenger.putEvents(news.map((one) => ({ detailType: detailTypes[one.kind], detail: one })));
  const digest = digestOf(news, place, now, first);
  const { counts } = digest;
  const opened = news.filter(({ kind }) => kind === 'new').map(({ finding }) => finding.severity);
  const severity = severities.find((each) => opened.includes(each)) ?? 'info';
  await messenger.publish({
    subject: `Headgate: ${counts.new} new, ${counts.fixed} fixed in ${place.account} ${place.region}`,
    body: JSON.stringify(digest),
    severity,
  });
}

function digestOf(
  news: readonly FindingNews[],
  { account, region }: HubPlace,
  now: Date,
  first: boolean,
): NewsDigest {
  const of = (kind: NewsKind): FindingNews['finding'][] =>
    news.filter((one) => one.kind === kind).map(({ finding }) => finding);
  const [opened, fixed, waived] = [of('new'), of('fixed'), of('waived')];
  return {
    schemaVersion: '1.0',
    account,
    region,
    time: now.toISOString(),
    first,
    counts: { new: opened.length, fixed: fixed.length, waived: waived.length },
    new: opened.slice(0, digestLimit),
    fixed: fixed.slice(0, digestLimit),
    waived: waived.slice(0, digestLimit),
  };
}
