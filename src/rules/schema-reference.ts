import { existsSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';

/** The schemas that the package ships for editors. */
export type SchemaFile = 'config.schema.json' | 'rules.schema.json' | 'waivers.schema.json';

/**
 * First line of a YAML file, by which editors find its schema: the installed package's own, which fits its version and
 * needs no network. A file that no installed package is above of gets this version's schema from the npm package.
 *
 * @param file absolute path of the file that the line is for
 */
export function schemaLine(file: string, schema: SchemaFile, version: string): string {
  return `# yaml-language-server: $schema=${installedSchema(dirname(file), schema) ?? `https://unpkg.com/headgate@${version}/${schema}`}\n`;
}

function installedSchema(start: string, schema: SchemaFile): string | undefined {
  for (let folder = start; ; folder = dirname(folder)) {
    const found = join(folder, 'node_modules/headgate', schema);
    if (existsSync(found)) {
      const path = relative(start, found).split(sep).join('/');
      return path.startsWith('.') ? path : `./${path}`;
    }
    if (folder === dirname(folder)) return undefined;
  }
}
