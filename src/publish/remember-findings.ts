import type { FindingState, RememberedFinding } from './finding.ts';

/** Where the state is kept between runs. */
export interface StateStore {
  /** Undefined when there is none; rejects with a `SyntaxError` when it cannot be read as what it should be. */
  read(): Promise<{ readonly state: FindingState; readonly tag: string } | undefined>;
  /** Writes only when the stored state is still the one that was read; answers whether it was. */
  write(state: FindingState, tag: string | undefined): Promise<boolean>;
}

/** What is to be remembered, by finding id; undefined: to be forgotten. */
export type Memories = ReadonlyMap<string, RememberedFinding | undefined>;

const attempts = 5;

/**
 * Writes what `merge` makes of the stored state, of whatever another run has made of it meanwhile.
 * `first`: the state as it was read, which saves reading it again.
 */
export async function updateState(
  store: StateStore,
  merge: (state: FindingState) => FindingState,
  first?: { readonly state: FindingState; readonly tag: string | undefined },
): Promise<void> {
  let found = first ?? (await store.read());
  for (let attempt = 0; attempt < attempts; attempt++) {
    if (await store.write(merge(found?.state ?? {}), found?.tag)) return;
    found = await store.read();
  }
  throw new Error(
    `the state of Security Hub's findings could not be written in ${attempts} attempts; the next run sends these findings again`,
  );
}

/**
 * What is remembered of a finding from before it is sent until it is known what became of it. Whatever the
 * next run sees is news then: that a finding is repaired is told even where the run that sent it died.
 */
export function intentOf(memory: RememberedFinding): RememberedFinding {
  return { ...memory, status: 'FAILED', content: `sent ${memory.status} ${memory.content}` };
}

/** Adds what a run knows to what others have written. Security Hub keeps the later `UpdatedAt`, and so does this. */
export function addMemories(state: FindingState, memories: Memories): FindingState {
  const merged = new Map(Object.entries(state));
  for (const [id, memory] of memories) {
    const other = merged.get(id);
    if (memory !== undefined) merged.set(id, other === undefined ? memory : latest(other, memory));
    else merged.delete(id);
  }
  return Object.fromEntries(merged);
}

function latest(other: RememberedFinding, own: RememberedFinding): RememberedFinding {
  const later = laterOf(other, own);
  return { ...later, firstSeen: other.firstSeen < own.firstSeen ? other.firstSeen : own.firstSeen };
}

function laterOf(other: RememberedFinding, own: RememberedFinding): RememberedFinding {
  if (other.updatedAt !== own.updatedAt) return other.updatedAt < own.updatedAt ? own : other;
  if (other.content === own.content || other.content === intentOf(own).content) return own;
  if (intentOf(other).content === own.content) return other;
  // Two runs sent different things at the same instant: which of them Security Hub took is not known.
  return { ...own, status: 'FAILED', content: 'sent by two runs at once' };
}

/** Takes back what was meant to be sent and was refused, where no other run has written over it. */
export function withdraw(
  state: FindingState,
  refused: ReadonlyMap<
    string,
    { readonly intent: RememberedFinding; readonly before: RememberedFinding | undefined }
  >,
): FindingState {
  const memories = [...refused].filter(([id, { intent }]) => {
    const now = state[id];
    return now?.content === intent.content && now.updatedAt === intent.updatedAt;
  });
  const rest = new Map(Object.entries(state));
  for (const [id, { before }] of memories)
    if (before === undefined) rest.delete(id);
    else rest.set(id, before);
  return Object.fromEntries(rest);
}
