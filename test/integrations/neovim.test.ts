import { spawnSync } from 'node:child_process';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { folderWith } from '../gate/command.ts';

// A real editor with the configuration of docs/editors.md: `nvim --headless`, Debian's 0.7.2 or newer.

const root = join(import.meta.dirname, '../..');
const hasEditor = spawnSync('nvim', ['--version']).error === undefined;
const template = `Resources:
  Worker:
    Type: AWS::Lambda::Function
    Properties:
      Runtime: nodejs8.10
      Handler: a.b
      Code: {ZipFile: x}
      Role: arn:aws:iam::111122223333:role/x
`;

/** The block of the page that starts the server by itself. */
const configuration = (): string =>
  readFileSync(join(root, 'docs/editors.md'), 'utf8')
    .split('```lua\n')
    .find((block) => block.startsWith('vim.api.nvim_create_autocmd'))
    ?.split('```')[0] ?? '';

// Neovim 0.7 has what \`vim.lsp.start\` of 0.8 does in two functions.
const script = (page: string): string => `
vim.lsp.start = vim.lsp.start or function(options)
  vim.lsp.buf_attach_client(0, vim.lsp.start_client(options))
end
${page}
local function codes()
  return vim.tbl_map(function(each) return { code = each.code or each.user_data.lsp.code, line = each.lnum } end, vim.diagnostic.get(0))
end
local function has(code)
  return #vim.tbl_filter(function(each) return each.code == code end, codes()) > 0
end
vim.cmd('filetype on')
vim.cmd('edit template.yaml')
vim.wait(60000, function() return has('all.lambda.runtime') end, 20)
local found = codes()
local hover = vim.lsp.buf_request_sync(0, 'textDocument/hover', {
  textDocument = { uri = vim.uri_from_bufnr(0) }, position = { line = 4, character = 16 },
}, 60000)
vim.api.nvim_buf_set_lines(0, 4, 5, true, { '      Runtime: nodejs24.x' })
local gone = vim.wait(60000, function() return not has('all.lambda.runtime') end, 20)
io.stdout:write(vim.fn.json_encode({ found = found, hover = hover, gone = gone, saved = not vim.bo.modified }))
vim.cmd('qa!')
`;

(hasEditor ? describe : describe.skip)(`Neovim${hasEditor ? '' : ' (not installed)'}`, () => {
  it('shows findings of an unsaved buffer and why, with the configuration of the page', () => {
    const page = configuration();
    expect(page).toContain("'--no-install', 'headgate', 'lsp'");
    const cwd = folderWith({ 'template.yaml': template, 'headgate.yaml': '{}', 'check.lua': script(page) });
    const bin = folderWith({});
    // The package of the project, as \`npm install\` puts it there.
    writeFileSync(
      join(bin, 'npx'),
      `#!/bin/sh\n[ "$1 $2" = '--no-install headgate' ] || exit 97\nshift 2\nexec "${process.execPath}" "${join(root, 'dist/headgate.cjs')}" "$@"\n`,
    );
    chmodSync(join(bin, 'npx'), 0o755);
    const { status, stdout, stderr } = spawnSync(
      'nvim',
      ['--headless', '-u', 'NONE', '-i', 'NONE', '-c', 'luafile check.lua'],
      {
        cwd,
        encoding: 'utf8',
        env: { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH ?? ''}`, XDG_STATE_HOME: bin },
      },
    );
    expect([status, stderr]).toEqual([0, '']);
    const seen = JSON.parse(stdout) as {
      readonly found: readonly { readonly code: string; readonly line: number }[];
      readonly hover: unknown;
      readonly gone: boolean;
      readonly saved: boolean;
    };
    expect(seen.found).toContainEqual({ code: 'all.lambda.runtime', line: 4 });
    expect(JSON.stringify(seen.hover)).toContain('all.lambda.runtime');
    expect([seen.gone, seen.saved]).toEqual([true, false]);
  });
});
