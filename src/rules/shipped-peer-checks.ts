import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { PeerChecks } from './peer-checks.ts';
import { parseYaml } from './yaml-document.ts';

/** The shipped table. The bundle replaces this module by the table as data (scripts/build.mjs). */
export async function peerChecks(): Promise<PeerChecks> {
  const file = fileURLToPath(new URL('../../rules/data/peer-checks.yaml', import.meta.url));
  return parseYaml(await readFile(file, 'utf8'), 'peer-checks.yaml').value as PeerChecks;
}
