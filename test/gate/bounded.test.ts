import { describe, expect, it } from '@jest/globals';
import { folderWith, headgate, quiet } from './command.ts';

// Each of these took minutes, or memory without end, in an earlier version: a timeout of the test is the failure.
describe('a configuration or waivers file ends at once', () => {
  const forms: Readonly<Record<string, string>> = {
    'with brackets that are never closed': `trust: ${'['.repeat(200_000)}`,
    'with mappings in mappings': `trust: ${'{a: '.repeat(100_000)}`,
    'with thousands of errors on one line': '{"waivers": []}' + '{"Ref": "a"}]}'.repeat(20_000),
    'with many unknown keys': Array.from({ length: 20_000 }, (_, n) => `failOn${n}: high\n`).join(''),
    'with many unknown rules': `rules:\n${Array.from({ length: 20_000 }, (_, n) => `  a${n}: off\n`).join('')}`,
    'with the same key many times': 'failOn: high\n'.repeat(20_000),
  };
  it.each(Object.entries(forms))('%s', async (_what, text) => {
    const cwd = folderWith({ 't.yaml': quiet, 'a.yaml': text, 'b.yaml': 'waivers: a.yaml\n' });
    for (const config of ['a.yaml', 'b.yaml']) {
      const { code, stderr } = await headgate(cwd, 'scan', 't.yaml', '--config', config);
      expect(code).toBe(2);
      expect(stderr).toMatch(/^headgate: /);
      expect(stderr).not.toContain('unexpected');
      expect(stderr.split('\n').length).toBeLessThan(120);
    }
  });

  it('and says where a key stands twice', async () => {
    const cwd = folderWith({ 't.yaml': quiet, 'headgate.yaml': 'failOn: high\nfailOn: none\n' });
    const { code, stderr } = await headgate(cwd, 'scan', 't.yaml');
    expect(code).toBe(2);
    expect(stderr).toContain('headgate.yaml:2:1: Map keys must be unique');
  });
});
