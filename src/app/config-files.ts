import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, normalize } from 'node:path';

/** Texts of a configuration by relative path, as they were put in front of the bundle when it was deployed. */
export type ConfigFiles = Readonly<Record<string, string>>;

declare global {
  // Written by `reference-stack/audit/audit-code.ts`, so that code signing covers the configuration too.
  var headgateConfigFiles: ConfigFiles | undefined;
}

/** Writes the configuration that the bundle carries into a folder, and answers the folder. */
export async function unpackConfig(folder: string): Promise<string> {
  for (const [name, text] of Object.entries(globalThis.headgateConfigFiles ?? {})) {
    const file = join(folder, normalize(join('/', name)));
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  return folder;
}
