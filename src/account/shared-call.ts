/** What a client was asked once for several operations, by key; forgotten with the client. */
const answers = new WeakMap<object, Map<string, Promise<unknown>>>();

/** The answer to a call that several operations need, which is made once. A failure is shared as well. */
export async function sharedCall<Answer>(
  client: object,
  key: string,
  ask: () => Promise<Answer>,
): Promise<Answer> {
  const known = answers.get(client) ?? new Map<string, Promise<unknown>>();
  answers.set(client, known);
  const answer = known.get(key) ?? ask();
  known.set(key, answer);
  return answer as Promise<Answer>; // a key stands for one kind of answer
}
