import { describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { reportFormats } from '../../../src/report/render.ts';

/** Runs the command from its source, closes its output at the first byte, and answers what it says and ends with. */
async function readOneByte(format: string, cwd: string): Promise<{ code: unknown; stderr: string }> {
  const dev = join(process.cwd(), 'scripts/dev.mjs');
  const child = spawn(process.execPath, [dev, 'scan', 't.json', '--format', format, '--fail-on', 'none'], {
    cwd,
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  child.stdout.once('data', () => child.stdout.destroy());
  const [code] = (await once(child, 'close')) as [unknown];
  return { code, stderr };
}

describe('a reader that goes away', () => {
  // Enough for more than one write to the pipe.
  const functions = Object.fromEntries(
    Array.from({ length: 60 }, (_, at) => [`F${at}`, { Type: 'AWS::Lambda::Function', Properties: {} }]),
  );

  it.each(reportFormats.map(({ name }) => name).filter((name) => ['json', 'html', 'csv'].includes(name)))(
    'ends %s quietly',
    async (format) => {
      const cwd = mkdtempSync(join(tmpdir(), 'headgate-pipe-'));
      try {
        writeFileSync(join(cwd, 't.json'), JSON.stringify({ Resources: functions }));
        expect(await readOneByte(format, cwd)).toEqual({ code: 0, stderr: '' });
      } finally {
        rmSync(cwd, { recursive: true, force: true });
      }
    },
    60_000,
  );
});
