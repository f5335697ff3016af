import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { RememberedFinding } from '../../../src/publish/finding.ts';
import { publishFindings, type FindingHub } from '../../../src/publish/publish-findings.ts';
import type { StateStore } from '../../../src/publish/remember-findings.ts';
import { MemoryHub, MemoryStore, statusOf, type StoredFinding } from './memory-hub.ts';
import { account, at, observed } from './observed-finding.ts';

type Truth = 'FAILED' | 'PASSED' | 'WARNING' | 'NOT_AVAILABLE' | 'gone';

/** What befalls the account, the hub, the state or a run. `finding` is an index into the ids. */
type Event =
  | { readonly kind: 'becomes'; readonly finding: number; readonly truth: Truth }
  | { readonly kind: 'rule'; readonly isOn: boolean }
  | { readonly kind: 'days'; readonly days: number }
  | { readonly kind: 'customer'; readonly finding: number; readonly workflow: StoredFinding['workflow'] }
  | { readonly kind: 'state'; readonly becomes: 'lost' | 'corrupt' }
  | { readonly kind: 'run'; readonly trouble: Trouble; readonly isRetry: boolean };

type Trouble =
  | { readonly is: 'none' | 'partial' | 'off' | 'answer lost' }
  | { readonly is: 'refused'; readonly finding: number; readonly times: number }
  | { readonly is: 'dies'; readonly afterCalls: number };

const ids = ['a1', 'a2', 'a3', 'b1', 'b2', 'b3'];
const ruleOf = (id: string): string => (id.startsWith('a') ? 'rule.a' : 'rule.b');

const index = fc.nat(ids.length - 1);
const trouble: fc.Arbitrary<Trouble> = fc.oneof(
  { weight: 3, arbitrary: fc.constant<Trouble>({ is: 'none' }) },
  fc.constantFrom<Trouble>({ is: 'partial' }, { is: 'off' }, { is: 'answer lost' }),
  fc.record({ is: fc.constant('refused' as const), finding: index, times: fc.integer({ min: 1, max: 4 }) }),
  fc.record({ is: fc.constant('dies' as const), afterCalls: fc.nat(6) }),
);
const event: fc.Arbitrary<Event> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('becomes' as const),
      finding: index,
      truth: fc.constantFrom<Truth>('FAILED', 'PASSED', 'WARNING', 'NOT_AVAILABLE', 'gone'),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('run' as const), trouble, isRetry: fc.boolean() }) },
  fc.record({ kind: fc.constant('rule' as const), isOn: fc.boolean() }),
  fc.record({ kind: fc.constant('days' as const), days: fc.integer({ min: 0, max: 40 }) }),
  fc.record({
    kind: fc.constant('customer' as const),
    finding: index,
    workflow: fc.constantFrom('NOTIFIED' as const, 'RESOLVED' as const, 'SUPPRESSED' as const),
  }),
  fc.record({
    kind: fc.constant('state' as const),
    becomes: fc.constantFrom('lost' as const, 'corrupt' as const),
  }),
);

/** An account with six findings, its hub and state, through everything that may happen to them. */
class World {
  readonly hub = new MemoryHub(account);
  store = new MemoryStore();
  private readonly truths = new Map<string, Truth>(ids.map((id) => [id, 'gone']));
  private day = 0;
  private ruleIsOn = true;
  /** What the last run that could tell saw of each finding; one that died may leave it to the next to say so. */
  private readonly lastSeen = new Map<string, string>();
  /** When each finding that the hub holds was first observed. */
  private readonly firstSeen = new Map<string, string>();

  async apply(happens: Event): Promise<void> {
    if (happens.kind === 'becomes') this.truths.set(ids[happens.finding] ?? '', happens.truth);
    else if (happens.kind === 'rule') this.ruleIsOn = happens.isOn;
    else if (happens.kind === 'days') this.pass(happens.days);
    else if (happens.kind === 'customer') this.touch(ids[happens.finding] ?? '', happens.workflow);
    else if (happens.kind === 'state') this.store.text = happens.becomes === 'lost' ? undefined : '{"cut';
    else await this.run(happens.trouble, happens.isRetry);
  }

  private pass(days: number): void {
    this.day += days;
    this.hub.forget(at(this.day));
    for (const id of this.firstSeen.keys()) if (!this.hub.findings.has(id)) this.firstSeen.delete(id);
  }

  private touch(id: string, workflow: StoredFinding['workflow']): void {
    const found = this.hub.findings.get(id);
    if (found !== undefined) Object.assign(found, { workflow, severity: 'LOW' });
  }

  /** What a run sees of a finding: nothing where its rule is off or its kind could not be listed. */
  private seen(id: string, isPartial: boolean): Truth {
    if (!this.ruleIsOn && ruleOf(id) === 'rule.b') return 'gone';
    return isPartial && id.endsWith('1') ? 'gone' : (this.truths.get(id) ?? 'gone');
  }

  /** `isRetry`: due at the very time of the run before. */
  async run(trouble: Trouble, isRetry = false): Promise<void> {
    if (!isRetry) this.day += 0.01;
    const { is } = trouble;
    const isPartial = is === 'partial';
    const seen = new Map(ids.map((id) => [id, this.seen(id, isPartial)]));
    const before = new Map(this.hub.findings);
    if (is === 'refused') this.hub.refusals.set(ids[trouble.finding] ?? '', trouble.times);
    this.hub.isOff = is === 'off';
    this.hub.lostAnswers = is === 'answer lost' ? 3 : 0;
    const [hub, store] =
      is === 'dies' ? mortal(this.hub, this.store, trouble.afterCalls) : [this.hub, this.store];
    const items = [...seen].flatMap(([id, truth]) =>
      truth === 'gone' ? [] : [observed(id, truth, {}, ruleOf(id))],
    );
    const isGone = ({ ruleId, finding: { Id } }: RememberedFinding): boolean =>
      ruleId === 'rule.b' && !this.ruleIsOn ? true : !(isPartial && Id.endsWith('1'));
    const options = { wait: this.hub.wait };
    const run = publishFindings(items, hub, store, isGone, at(this.day), options);
    await (is === 'dies' || is === 'off' ? run.catch(() => undefined) : run);
    this.hub.isOff = false;
    this.hub.lostAnswers = 0;
    this.hub.refusals.clear();
    this.check(seen, before, isPartial);
    if (is === 'none') this.checkTold(seen);
  }

  /** Holds after every run, whatever became of it. */
  private check(
    seen: ReadonlyMap<string, Truth>,
    before: ReadonlyMap<string, StoredFinding>,
    isPartial: boolean,
  ): void {
    for (const [id, truth] of seen) {
      const isHidden = isPartial && id.endsWith('1') && (this.ruleIsOn || ruleOf(id) === 'rule.a');
      if (truth !== 'NOT_AVAILABLE' && !isHidden)
        this.lastSeen.set(id, truth === 'gone' ? 'ARCHIVED' : truth);
    }
    for (const id of before.keys()) expect(this.hub.findings.has(id)).toBe(true);
    for (const [id, now] of this.hub.findings) {
      const known = before.get(id);
      const first = this.firstSeen.get(id) ?? now.FirstObservedAt;
      this.firstSeen.set(id, first);
      expect([id, now.FirstObservedAt, now.CreatedAt]).toEqual([id, first, first]);
      const allowed = [this.lastSeen.get(id), known === undefined ? undefined : statusOf(known)];
      expect(allowed).toContain(statusOf(now));
      if (known === undefined) continue;
      if (now.UpdatedAt === known.UpdatedAt) expect(statusOf(now)).toBe(statusOf(known));
      expect(now.UpdatedAt >= known.UpdatedAt).toBe(true);
      if (known.workflow === 'SUPPRESSED') expect(now.workflow).toBe('SUPPRESSED');
      expect(now.severity).toBe(known.severity);
    }
    expect(this.hub.ignored).toEqual([]);
  }

  /** Holds after a run that nothing went wrong with: Security Hub says what is so. */
  private checkTold(seen: ReadonlyMap<string, Truth>): void {
    for (const [id, truth] of seen) {
      const stored = this.hub.findings.get(id);
      const told = stored === undefined ? 'nothing' : statusOf(stored);
      if (truth === 'FAILED' || truth === 'WARNING') expect([id, told]).toEqual([id, truth]);
      if (truth === 'PASSED') expect(['nothing', 'PASSED', 'ARCHIVED']).toContain(told);
      if (truth === 'gone') expect(['nothing', 'ARCHIVED']).toContain(told);
    }
  }
}

/** A hub and a store of a run that is killed after so many calls to either; the last one still arrives. */
function mortal(hub: MemoryHub, store: MemoryStore, calls: number): [FindingHub, StateStore] {
  let left = calls;
  const before = async <Answer>(call: () => Promise<Answer>): Promise<Answer> => {
    if (left < 0) throw new Error('killed');
    left -= 1;
    const answer = await call();
    if (left < 0) throw new Error('killed');
    return answer;
  };
  return [
    {
      importFindings: (batch) => before(() => hub.importFindings(batch)),
      ownFindings: () => before(() => hub.ownFindings()),
    },
    {
      read: () => before(() => store.read()),
      write: (state, tag) => before(() => store.write(state, tag)),
    },
  ];
}

describe('whatever happens', () => {
  it('no finding is lost, doubled, wrongly closed or taken from the customer', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(event, { minLength: 2, maxLength: 30 }), async (events) => {
        const world = new World();
        for (const happens of events) await world.apply(happens);
        await world.run({ is: 'none' });
      }),
      { numRuns: 400 },
    );
  });

  it('two runs at once leave what one of them saw, and the next run tells what is so', async () => {
    const truths = fc.array(fc.constantFrom<Truth>('FAILED', 'PASSED', 'WARNING', 'gone'), {
      minLength: 3,
      maxLength: 3,
    });
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.tuple(truths, truths, truths, truths),
        fc.nat(1),
        fc.boolean(),
        async (scheduler, [first, left, right, last], minutesApart, isLost) => {
          const [hub, store] = [new MemoryHub(account), new MemoryStore()];
          const slow: [FindingHub, StateStore] = [
            {
              importFindings: scheduler.scheduleFunction((batch) => hub.importFindings(batch)),
              ownFindings: scheduler.scheduleFunction(() => hub.ownFindings()),
            },
            {
              read: scheduler.scheduleFunction(() => store.read()),
              write: scheduler.scheduleFunction((state, tag) => store.write(state, tag)),
            },
          ];
          const publish = async (seen: readonly Truth[], day: number, [to, by]: [FindingHub, StateStore]) =>
            publishFindings(
              seen.flatMap((truth, number) => (truth === 'gone' ? [] : [observed(`a${number}`, truth)])),
              to,
              by,
              () => true,
              at(day),
              { wait: hub.wait },
            );
          await publish(first, 0, [hub, store]);
          const before = new Map(hub.findings);
          if (isLost) store.text = undefined;
          await scheduler.waitFor(
            Promise.all([publish(left, 1, slow), publish(right, 1 + minutesApart / 1440, slow)]),
          );
          for (const [number] of left.entries()) {
            const [stored, known] = [hub.findings.get(`a${number}`), before.get(`a${number}`)];
            const told = (truth: Truth | undefined) => (truth === 'gone' ? 'ARCHIVED' : truth);
            if (stored === undefined) continue;
            const possible = [told(left[number]), told(right[number]), known && statusOf(known)];
            expect(possible).toContain(statusOf(stored));
          }
          await publish(last, 2, [hub, store]);
          for (const [number, truth] of last.entries()) {
            const stored = hub.findings.get(`a${number}`);
            const told = stored === undefined ? 'nothing' : statusOf(stored);
            if (truth === 'FAILED' || truth === 'WARNING') expect(told).toBe(truth);
            else expect(['nothing', 'PASSED', 'ARCHIVED']).toContain(told);
            if (truth === 'gone') expect(told).not.toBe('PASSED');
          }
        },
      ),
      { numRuns: 400 },
    );
  });
});
