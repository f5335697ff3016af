// Bundles the functions of the scheduled audit into a folder: node scripts/build-audit.mjs OUT
import { resolve } from 'node:path';
import { buildAudit } from './build.mjs';

const [out] = process.argv.slice(2);
if (out === undefined) throw new Error('Name the folder to write: node scripts/build-audit.mjs OUT');
await buildAudit(resolve(out));
