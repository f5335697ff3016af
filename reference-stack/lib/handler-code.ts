import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type * as esbuildModule from 'esbuild';
import { AssetHashType, DockerImage } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { SignedCode } from './signed-code.ts';

/**
 * The code of a function: `index.js`, of a TypeScript file one CommonJS file that is bundled in this process without Docker.
 *
 * The SDK is bundled too, so that the signature covers it. Nothing is minified: module names stay readable in
 * stack traces, and for whoever asks a bundle what it uses.
 *
 * @param file TypeScript file, or a JavaScript file that is bundled already and taken as it is, with the files that it
 *   imports by relative path; relative to the folder that the application runs in
 */
export function handlerCode(file: string): lambda.Code {
  const entry = resolve(file);
  const unsigned = lambda.Code.fromAsset(dirname(entry), {
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      image: DockerImage.fromRegistry('never-run'),
      // Part of the key under which CDK keeps bundles: without it one folder has one bundle.
      command: [basename(entry)],
      local: {
        tryBundle: (outputFolder) => {
          if (entry.endsWith('.js')) copyModules(entry, outputFolder);
          else bundleHandler(entry, join(outputFolder, 'index.js'));
          return true;
        },
      },
    },
  });
  return new SignedCode(unsigned);
}

/**
 * Copies a module and what it imports by relative path, each once; the entry becomes `index.js`.
 *
 * @throws when an imported file is outside of the entry's folder, because its path would change
 */
function copyModules(entry: string, outputFolder: string): void {
  const folder = dirname(entry);
  const copied = new Set([entry]);
  // A set gives what is added while it is walked.
  for (const file of copied) {
    const path = relative(folder, file);
    if (path.startsWith('..'))
      throw new Error(
        `${entry} imports ${file}, which is outside of its folder. Move it beside the handler.`,
      );
    const target = join(outputFolder, file === entry ? 'index.js' : path);
    mkdirSync(dirname(target), { recursive: true });
    copyFileSync(file, target);
    for (const [, imported = ''] of readFileSync(file, 'utf8').matchAll(relativeImport)) {
      const found = resolve(dirname(file), imported);
      if (existsSync(found)) copied.add(found);
    }
  }
  if (isModuleFolder(folder)) writeFileSync(join(outputFolder, 'package.json'), '{ "type": "module" }\n');
}

const relativeImport = /(?:\bfrom|\bimport|\bimport\(|\brequire\()\s*["'](\.{1,2}\/[^"'\n]+\.[cm]?js)["']/g;

function isModuleFolder(folder: string): boolean {
  const manifest = join(folder, 'package.json');
  return (
    existsSync(manifest) &&
    (JSON.parse(readFileSync(manifest, 'utf8')) as { type?: string }).type === 'module'
  );
}

/**
 * Bundles one handler.
 *
 * @param entry TypeScript file
 * @param outfile CommonJS file to write
 */
export function bundleHandler(entry: string, outfile: string): void {
  // Loaded only where a source is bundled: who uses the shipped bundles does not need esbuild.
  const esbuild = createRequire(import.meta.url)('esbuild') as typeof esbuildModule;
  esbuild.buildSync({
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node24',
    mainFields: ['module', 'main'],
    legalComments: 'none',
    logLevel: 'error',
    // Comments name modules relative to this folder: the same source gives the same bytes everywhere.
    absWorkingDir: dirname(entry),
  });
}

/**
 * The file of a handler that comes with this package.
 *
 * @param name file name without extension
 * @returns absolute path of the source, or of the bundled file where the package was installed
 * @throws when there is no such handler
 */
export function shippedHandler(name: string): string {
  const candidates = [`../handlers/${name}.ts`, `./handlers/${name}.js`].map((path) =>
    fileURLToPath(new URL(path, import.meta.url)),
  );
  const found = candidates.find((path) => existsSync(path));
  if (!found)
    throw new Error(
      `The constructs have no built-in handler named ${name}. Searched: ${candidates.join(', ')}`,
    );
  return found;
}
