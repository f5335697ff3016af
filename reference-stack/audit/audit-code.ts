import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/** The functions of the audits and of the hook. */
export type AuditBundle = 'audit' | 'fleet' | 'hook' | 'recheck';

let built: string | undefined;

/**
 * The file of a function's bundle, ready for `SecureFunction`, with the modules that it imports beside it: built from the
 * sources where they are, else as the package ships it. The texts of `configFolder` stand in front of it, so that its signature covers them.
 *
 * @param configFolder folder with headgate.yaml, and what it names: waivers, rule folders
 * @throws where there is neither a source nor a bundle
 */
export function auditCode(scope: Construct, name: AuditBundle, configFolder?: string): string {
  const folder = mkdtempSync(join(tmpdir(), `headgate-${name}-`));
  const file = join(folder, `${name}.js`);
  // Without bundling a template is all that is asked for.
  const code = Stack.of(scope).bundlingRequired ? takeBundle(name, folder) : '';
  writeFileSync(file, `${configFolder === undefined ? '' : configText(configFolder)}${code}`);
  return file;
}

/** Puts what the functions share beside the file to be. @returns the text of the function itself */
function takeBundle(name: AuditBundle, folder: string): string {
  cpSync(join(bundles(), 'chunks'), join(folder, 'chunks'), { recursive: true });
  cpSync(join(bundles(), 'rules.js'), join(folder, 'rules.js'));
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }\n');
  return readFileSync(join(bundles(), `${name}.js`), 'utf8');
}

function bundles(): string {
  built ??= buildOrFind();
  return built;
}

function buildOrFind(): string {
  const script = fileURLToPath(new URL('../../scripts/build-audit.mjs', import.meta.url));
  if (existsSync(script)) {
    const out = join(mkdtempSync(join(tmpdir(), 'headgate-bundles-')), 'audit');
    mkdirSync(out);
    execFileSync(process.execPath, [script, out], { stdio: ['ignore', 'ignore', 'inherit'] });
    return out;
  }
  const shipped = fileURLToPath(new URL('.', import.meta.url));
  if (!existsSync(join(shipped, 'audit.js')))
    throw new Error(`The bundles of the audit are missing in ${shipped}. Install the package again.`);
  return shipped;
}

/** @throws where the folder has no headgate.yaml, or holds more than 4 MB */
function configText(folder: string): string {
  if (!existsSync(join(folder, 'headgate.yaml'))) throw new Error(`No headgate.yaml in ${folder}.`);
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(
    (entry) => entry.isFile() && /\.(ya?ml|json)$/.test(entry.name),
  );
  const texts = files.map(({ parentPath, name }) => {
    const file = join(parentPath, name);
    return [relative(folder, file).split(sep).join('/'), readFileSync(file, 'utf8')] as const;
  });
  const sorted = Object.fromEntries(texts.sort(([left], [right]) => (left < right ? -1 : 1)));
  const text = `globalThis.headgateConfigFiles = ${JSON.stringify(sorted)};\n`;
  if (text.length > 4_000_000) throw new Error(`The configuration in ${folder} is larger than 4 MB.`);
  return text;
}
