import { wildcardMatches } from './wildcard.ts';

/**
 * Whether a path, or a folder that holds it, fits a glob: `**` stands for any folders, `*` for any characters of
 * one name, `?` for one. Names are separated by `/`; a leading `./` and a trailing `/` say nothing. The time is at
 * most the product of both lengths, whatever the pattern.
 */
export function globMatches(glob: string, path: string): boolean {
  const [pattern, names] = [namesOf(glob), namesOf(path)];
  // Reached: how many names of the path the pattern fits so far, in any way.
  let reached = new Set([0]);
  for (const part of pattern) {
    const next = new Set<number>();
    if (part === '**') for (let at = Math.min(...reached); at <= names.length; at += 1) next.add(at);
    else
      for (const at of reached) {
        const name = names[at];
        if (name !== undefined && wildcardMatches(part, name)) next.add(at + 1);
      }
    if (next.size === 0) return false;
    reached = next;
  }
  // What is left of the path lies in a folder that the pattern names.
  return true;
}

function namesOf(path: string): string[] {
  const names = path.split('/').filter((name) => name !== '' && name !== '.');
  return names.length === 0 ? ['**'] : names;
}

/** What keeps a text from being a glob, as the end of a sentence; undefined where nothing does. */
export function globProblem(glob: string): string | undefined {
  const foreign = /[{}[\]!\\]/.exec(glob)?.[0];
  if (foreign !== undefined) return `has \`${foreign}\`; the supported signs are \`*\`, \`**\` and \`?\``;
  if (/^(?:[a-z]:)?\//i.test(glob))
    return 'is absolute; write it relative to the folder of the configuration';
  return undefined;
}
