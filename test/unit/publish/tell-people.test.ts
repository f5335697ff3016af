import { beforeEach, describe, expect, it } from '@jest/globals';
import type { ObservedFinding } from '../../../src/publish/plan-findings.ts';
import { publishFindings, type Publication } from '../../../src/publish/publish-findings.ts';
import type { FindingNews } from '../../../src/publish/news.ts';
import { digestLimit, tellPeople, type Messenger, type NewsEvent } from '../../../src/publish/tell-people.ts';
import { MemoryHub, MemoryStore } from './memory-hub.ts';
import { account, at, observed } from './observed-finding.ts';

// What EventBridge and SNS take is tried against a local endpoint (test/account/wire/news.wire.ts).
class MemoryMessenger implements Messenger {
  events: NewsEvent[] = [];
  messages: { subject: string; body: string; severity: string }[] = [];
  isDown = false;

  async putEvents(events: readonly NewsEvent[]): Promise<void> {
    if (this.isDown) throw new Error('the bus does not answer');
    this.events.push(...events);
    return Promise.resolve();
  }

  async publish(message: { subject: string; body: string; severity: string }): Promise<void> {
    this.messages.push(message);
    return Promise.resolve();
  }
}

let hub: MemoryHub;
let store: MemoryStore;
let people: MemoryMessenger;
beforeEach(() => {
  hub = new MemoryHub(account);
  store = new MemoryStore();
  people = new MemoryMessenger();
});

const place = { account, region: 'eu-west-1' };
const publish = async (items: readonly ObservedFinding[], day: number): Promise<Publication> =>
  publishFindings(items, hub, store, () => true, at(day), {
    wait: hub.wait,
    tell: (news, first) => tellPeople(news, place, { now: at(day), first }, people),
  });
const told = (): (readonly [string, string])[] =>
  people.events.splice(0).map(({ detail }) => {
    const { kind, finding } = detail as FindingNews;
    return [kind, finding.id];
  });
const lastDigest = (): unknown => JSON.parse(people.messages.at(-1)?.body ?? '{}');

describe('what people are told', () => {
  it('is one message of the first audit, and then each change', async () => {
    await publish([observed('a', 'FAILED'), observed('b', 'FAILED')], 0);
    expect(told()).toEqual([]);
    expect(lastDigest()).toMatchObject({ first: true, counts: { new: 2, fixed: 0, waived: 0 } });
    await publish([observed('a', 'PASSED'), observed('b', 'FAILED'), observed('c', 'FAILED')], 1);
    expect(told()).toEqual(
      expect.arrayContaining([
        ['fixed', 'a'],
        ['new', 'c'],
      ]),
    );
    expect(people.messages.at(-1)?.subject).toBe(`Headgate: 1 new, 1 fixed in ${account} eu-west-1`);
  });

  it('is nothing where nothing changed, where it is repeated, and where it is unknown', async () => {
    await publish([observed('a', 'FAILED')], 0);
    people.messages.length = 0;
    await publish([observed('a', 'FAILED')], 1);
    await publish([observed('a', 'NOT_AVAILABLE')], 2);
    await publish([observed('a', 'FAILED')], 20);
    expect(people.messages).toEqual([]);
    expect(told()).toEqual([]);
  });

  it('is that a finding was waived, reopened, or is gone with its resource', async () => {
    await publish([observed('a', 'FAILED'), observed('b', 'FAILED')], 0);
    await publish([observed('a', 'WARNING')], 1);
    expect(told()).toEqual([
      ['waived', 'a'],
      ['fixed', 'b'],
    ]);
    await publish([observed('a', 'FAILED'), observed('b', 'FAILED')], 2);
    const [first] = people.events;
    expect((first?.detail as FindingNews).reopened).toBe(true);
    expect(told().map(([kind]) => kind)).toEqual(['new', 'new']);
  });

  it('is told again by the next audit where it could not be told', async () => {
    await publish([observed('a', 'FAILED')], 0);
    people.isDown = true;
    const failed = await publish([observed('a', 'PASSED'), observed('b', 'FAILED')], 1);
    expect(failed.untold).toBe('the bus does not answer');
    expect(failed.accepted).toBe(2);
    people.isDown = false;
    await publish([observed('a', 'PASSED'), observed('b', 'FAILED')], 2);
    expect(told().sort()).toEqual([
      ['fixed', 'a'],
      ['new', 'b'],
    ]);
    await publish([observed('a', 'PASSED'), observed('b', 'FAILED')], 3);
    expect(told()).toEqual([]);
  });

  it('names the worst of many, and counts all', async () => {
    await publish([observed('x', 'FAILED')], 0);
    const many = Array.from({ length: digestLimit + 20 }, (_, index) => observed(`n${index}`, 'FAILED'));
    await publish([observed('x', 'FAILED'), ...many], 1);
    expect(told()).toHaveLength(many.length);
    const digest = lastDigest() as { new: unknown[]; counts: { new: number } };
    expect([digest.new.length, digest.counts.new]).toEqual([digestLimit, many.length]);
  });
});
