import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { headgate } from '../gate/command.ts';

const folder = mkdtempSync(join(tmpdir(), 'headgate-completion-'));
const command = join(import.meta.dirname, '../../dist/headgate.cjs');
type Shell = 'bash' | 'zsh' | 'fish';

/** What each shell offers after these words, the last of which is being written. */
const offered: Readonly<Record<Shell, (words: readonly string[]) => string>> = {
  bash: (words) => `source ${folder}/headgate.bash
COMP_WORDS=(${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length - 1}
_headgate; printf '%s\\n' "\${COMPREPLY[@]}"`,
  // Outside of the line editor zsh has no completion: what the function hands to it is printed instead.
  zsh: (words) => `compdef() { :; }
compadd() { shift; print -l -- "$@"; }
_describe() { print -l -- "\${(@P)2%%:*}"; }
_files() { print -l -- *; }
source ${folder}/headgate.zsh
words=(${words.map((word) => `'${word}'`).join(' ')}); CURRENT=${words.length}
_headgate`,
  fish: (words) => `source ${folder}/headgate.fish
complete -C '${words.join(' ')}' | cut -f 1`,
};

const has = (shell: Shell): boolean => spawnSync(shell, ['-c', 'true']).status === 0;
const complete = (shell: Shell, ...words: readonly string[]): readonly string[] => {
  const { stdout, stderr } = spawnSync(shell, ['-c', offered[shell](['headgate', ...words])], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, PATH: `${folder}${delimiter}${process.env['PATH'] ?? ''}`, HOME: folder },
  });
  expect(stderr).toBe('');
  const typed = words.at(-1) ?? '';
  return stdout.split('\n').filter((word) => word !== '' && word.startsWith(typed));
};

beforeAll(async () => {
  const script = join(folder, 'headgate');
  writeFileSync(script, `#!/bin/sh\nexec ${process.execPath} ${command} "$@"\n`);
  chmodSync(script, 0o755);
  writeFileSync(join(folder, 'template.yaml'), '');
  for (const shell of ['bash', 'zsh', 'fish'])
    writeFileSync(join(folder, `headgate.${shell}`), (await headgate(folder, 'completion', shell)).stdout);
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

for (const shell of ['bash', 'zsh', 'fish'] as const)
  (has(shell) ? describe : describe.skip)(
    `completion in ${shell}${has(shell) ? '' : ' (not on this machine)'}`,
    () => {
      it('offers commands, and those below them', () => {
        expect(complete(shell, '')).toEqual(expect.arrayContaining(['scan', 'audit', 'fix', 'completion']));
        expect(complete(shell, 'sc')).toEqual(['scan']);
        expect([...complete(shell, 'rules', '')].sort()).toEqual(['list', 'new', 'show', 'test']);
      });

      it('offers options of the command alone', () => {
        const options = complete(shell, 'scan', '--');
        expect(options).toEqual(expect.arrayContaining(['--fail-on', '--report', '--help']));
        expect(options).not.toContain('--organization');
        expect(complete(shell, 'scan', 'template.yaml', '--fail')).toEqual(['--fail-on']);
      });

      it('offers the values of an option', () => {
        expect(complete(shell, 'scan', '--format', 'sar')).toEqual(['sarif']);
        expect(complete(shell, 'rules', 'list', '--config', 'temp')).toEqual(['template.yaml']);
      });

      it('offers files, rule IDs and shells as arguments', () => {
        expect(complete(shell, 'scan', 'temp')).toEqual(['template.yaml']);
        expect(complete(shell, 'explain', 'api.waf.ass')).toContain('api.waf.associated');
        expect(complete(shell, 'scan', '--rule', 'api.waf.ass')).toContain('api.waf.associated');
        expect([...complete(shell, 'completion', '')].sort()).toEqual(['bash', 'fish', 'zsh']);
      });
    },
  );
