import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { StateStore } from './remember-findings.ts';
import { formatState, parseState } from './state-text.ts';

/**
 * State in a local file, replaced as a whole, so that nobody ever reads half of it. Who writes holds
 * `<file>.lock` for as long as it takes to compare and to replace.
 */
export function fileStateStore(file: string): StateStore {
  let unreadable: string | undefined;
  return {
    async read() {
      const text = await readText(file);
      if (text === undefined) return undefined;
      unreadable = tagOf(text);
      const state = parseState(text);
      unreadable = undefined;
      return { state, tag: tagOf(text) };
    },
    async write(state, tag) {
      await mkdir(dirname(file), { recursive: true });
      return locked(file, async () => {
        const text = await readText(file);
        if ((text === undefined ? undefined : tagOf(text)) !== (tag ?? unreadable)) return false;
        await replace(file, formatState(state));
        return true;
      });
    },
  };
}

const attempts = 250;
const millisecondsBetweenAttempts = 20;

// A lock that nobody takes back is said, not broken: two who break it at once would both hold it.
async function locked<Answer>(file: string, work: () => Promise<Answer>): Promise<Answer> {
  const lock = `${file}.lock`;
  for (let attempt = 1; !(await take(lock)); attempt++) {
    if (attempt === attempts)
      throw new Error(
        `\`${lock}\` has been there for ${(attempts * millisecondsBetweenAttempts) / 1000} seconds: delete it if no other run is publishing`,
      );
    await wait(millisecondsBetweenAttempts);
  }
  try {
    return await work();
  } finally {
    await rm(lock, { force: true });
  }
}

async function take(lock: string): Promise<boolean> {
  try {
    await writeFile(lock, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function readText(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function replace(file: string, text: string): Promise<void> {
  const draft = `${file}.${process.pid}.tmp`;
  try {
    await writeFile(draft, text);
    await rename(draft, file);
  } finally {
    await rm(draft, { force: true });
  }
}

function tagOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
