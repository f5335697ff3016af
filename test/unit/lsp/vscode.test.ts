import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
// @ts-expect-error: the extension is JavaScript, and a package of its own.
import { serverCommand } from '../../../integrations/vscode/src/server-command.mjs';
import { readSettings } from '../../../src/lsp/settings.ts';

interface Manifest {
  readonly contributes: {
    readonly configuration: {
      readonly properties: Readonly<
        Record<string, { readonly default: unknown; readonly enum?: readonly string[] }>
      >;
    };
  };
}
type Command = { readonly command: string; readonly args: readonly string[] } | undefined;
const startOf = serverCommand as (where: {
  readonly path: string;
  readonly folders: readonly string[];
  readonly node: string;
  readonly exists: (path: string) => boolean;
}) => Command;

describe('the extension for VS Code', () => {
  const own = join('/b', 'node_modules/headgate/dist/headgate.cjs');
  const start = (path: string, there: readonly string[]): Command =>
    startOf({ path, folders: ['/a', '/b'], node: 'node', exists: (file) => there.includes(file) });

  it("starts the workspace's own package, or what is set", () => {
    expect(start('', [own])).toMatchObject({ command: 'node', args: [own, 'lsp'] });
    expect(start('', [])).toBeUndefined();
    expect(start('tools/headgate.cjs', [join('/a', 'tools/headgate.cjs')])).toMatchObject({
      command: 'node',
      args: [join('/a', 'tools/headgate.cjs'), 'lsp'],
    });
    expect(start('/usr/bin/headgate', [own])).toMatchObject({ command: '/usr/bin/headgate', args: ['lsp'] });
  });

  it('has settings that the server takes, with its defaults', () => {
    const manifest = JSON.parse(
      readFileSync(new URL('../../../integrations/vscode/package.json', import.meta.url), 'utf8'),
    ) as Manifest;
    const { properties } = manifest.contributes.configuration;
    const defaults = readSettings(undefined).settings as unknown as Readonly<Record<string, unknown>>;
    for (const [key, { default: value, enum: choices = [value] }] of Object.entries(properties)) {
      const name = key.replace(/^headgate\./, '');
      if (name === 'path') continue;
      expect([name, defaults[name] ?? '']).toEqual([name, value]);
      for (const choice of choices) expect(readSettings({ [name]: choice }).problems).toEqual([]);
    }
  });
});
