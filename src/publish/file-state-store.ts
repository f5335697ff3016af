import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { StateStore } from './remember-findings.ts';
import { formatState, parseState } from './state-text.ts';

/**
 * State in a local file, replaced as a whole. Two runs at once on one file notice each other, except within
 * the instant of the replacement: where that matters, keep the state in S3.
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
      const text = await readText(file);
      if ((text === undefined ? undefined : tagOf(text)) !== (tag ?? unreadable)) return false;
      await replace(file, formatState(state));
      return true;
    },
  };
}

async function readText(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

// A rename within a folder replaces the file at once: nobody ever reads half of it.
async function replace(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
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
