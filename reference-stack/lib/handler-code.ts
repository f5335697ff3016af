import { copyFileSync, existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type * as esbuildModule from 'esbuild';
import { AssetHashType, DockerImage } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { SignedCode } from './signed-code.ts';

/**
 * The code of a function: one CommonJS file, `index.js`, bundled in this process without Docker.
 *
 * The SDK is bundled too, so that the signature covers it. Nothing is minified: module names stay readable in
 * stack traces, and for whoever asks a bundle what it uses.
 *
 * @param file TypeScript file, or a JavaScript file that is bundled already and taken as it is; relative to the folder
 *   that the application runs in
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
          const outfile = join(outputFolder, 'index.js');
          if (entry.endsWith('.js')) copyFileSync(entry, outfile);
          else bundleHandler(entry, outfile);
          return true;
        },
      },
    },
  });
  return new SignedCode(unsigned);
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
  if (!found) throw new Error(`No handler called ${name} beside the constructs: ${candidates.join(', ')}`);
  return found;
}
