// Runs the project's TypeScript from where it stands: bundled, with packages left outside.
import { mkdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** The project's folder. */
export const root = join(dirname(fileURLToPath(import.meta.url)), '..');

// A bundle stands elsewhere than the modules in it, and these find files beside themselves.
const ownUrls = {
  name: 'own-urls',
  setup(builder) {
    builder.onLoad({ filter: /\.m?ts$/ }, async ({ path }) => {
      if (path.includes('node_modules')) return undefined;
      const text = await readFile(path, 'utf8');
      const url = JSON.stringify(pathToFileURL(path).href);
      return { contents: text.replaceAll('import.meta.url', url), loader: 'ts' };
    });
  },
};

/** Bundles what `contents`, TypeScript that stands in the project's folder, imports and exports; answers the file. */
export async function bundleSource(contents, name = 'source') {
  const { build } = await import('esbuild');
  const folder = join(root, '.cache');
  await mkdir(folder, { recursive: true });
  const outfile = join(folder, `${name}-${process.pid}-${performance.now()}.mjs`);
  await build({
    stdin: { contents, resolveDir: root, loader: 'ts' },
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    packages: 'external',
    logLevel: 'error',
    plugins: [ownUrls],
  });
  return outfile;
}

/** Runs `contents`, and answers what it exports. */
export async function loadSource(contents) {
  const file = await bundleSource(contents);
  try {
    return await import(pathToFileURL(file).href);
  } finally {
    await rm(file, { force: true });
  }
}
