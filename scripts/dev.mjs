// Runs the command from source, rules read from their YAML files: node scripts/dev.mjs scan examples/orders-api.yaml
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
await mkdir(join(root, '.cache'), { recursive: true });
const outfile = join(root, `.cache/dev-${process.pid}.mjs`);
const source = (file) => JSON.stringify(pathToFileURL(join(root, file)).href);
await build({
  entryPoints: [join(root, 'src/cli/main.ts')],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  packages: 'external',
  logLevel: 'error',
  define: { 'import.meta.url': source('src/cli/main.ts') },
});
const { rm } = await import('node:fs/promises');
process.on('exit', () => void rm(outfile, { force: true }));
await import(pathToFileURL(outfile).href);
await rm(outfile, { force: true });
