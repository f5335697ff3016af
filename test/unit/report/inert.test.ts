import { describe, expect, it } from '@jest/globals';
import { stripVTControlCharacters } from 'node:util';
import { inert } from '../../../src/report/plain-text.ts';
import { renderReport, reportFormats, type ReportFormat } from '../../../src/report/render.ts';
import { hostileResult } from './scan-result-fixture.ts';

/** What a CI system takes for a command (GitHub Actions, Azure Pipelines, TeamCity), in a line that it trims first. */
const command = /^\s*::(?!error |warning |notice )|##(?:\[|vso\[|teamcity\[)/im;
const controls =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/; // eslint-disable-line no-control-regex

const attacks = [
  'a\n::set-output name=x::y',
  '\r\n  ::stop-commands::z',
  'b ##[error]c ##vso[task.setvariable variable=q]d ##teamcity[x]',
  'b `##[error]c` `##vso[task.setvariable variable=q]d` e',
  '\u001b]8;;https://evil.example\u0007link\u001b]8;;\u0007',
  '\u001b[2J\u009b31m',
  '\u202etxt.exe\u2066',
  '\t::add-mask::abc',
  'ends with a lone \ud800',
];

/** As a result may look that was read from names and texts of the worst kind. */
function attacked(seed: number): ReturnType<typeof hostileResult> {
  let at = seed;
  const next = (): string => attacks[at++ % attacks.length] ?? '';
  const swap = (value: unknown, key: string): unknown => {
    if (Array.isArray(value)) return value.map((item) => swap(item, key));
    if (typeof value === 'object' && value !== null)
      return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, swap(item, name)]));
    const isText = [
      'message',
      'reason',
      'name',
      'what',
      'value',
      'expected',
      'where',
      'failsWhen',
      'createdWhen',
      'owner',
      'title',
      'why',
      'text',
      'label',
    ];
    return typeof value === 'string' && isText.includes(key) ? `${next()}${value} ${next()}` : value;
  };
  const { tool, ...result } = hostileResult();
  return { ...(swap(result, '') as ReturnType<typeof hostileResult>), tool };
}

describe('report format for standard output for people', () => {
  it.each(['console', 'annotations', 'markdown'] as const)(
    'holds no command, control or direction of the input in %s',
    async (format) => {
      for (let seed = 0; seed < attacks.length; seed++) {
        for (const columns of [40, 80, 120]) {
          const text = await renderReport(format, attacked(seed), { columns, color: true });
          const plain = format === 'console' ? stripVTControlCharacters(text) : text;
          expect(command.exec(plain)?.[0]).toBeUndefined();
          expect(controls.exec(plain.replaceAll('\n', ''))?.[0]).toBeUndefined();
        }
      }
    },
  );

  it('holds no control character in any format, but in what JSON and XML escape', async () => {
    for (const { name } of reportFormats) {
      const text = await renderReport(name as ReportFormat, attacked(1), {
        account: '111122223333',
        region: 'eu-west-1',
      });
      // eslint-disable-next-line no-control-regex
      expect([name, /[\u0000-\u0008\u000b\u000c\u000e-\u001f]/.exec(text)?.[0]]).toEqual([name, undefined]);
    }
  });

  it('is inert by one function, which is idempotent and keeps harmless lines', () => {
    for (const attack of attacks) {
      const text = inert(attack);
      expect(command.exec(text)?.[0]).toBeUndefined();
      expect(controls.exec(text.replaceAll('\n', ''))?.[0]).toBeUndefined();
      expect(inert(text)).toBe(text);
    }
    const harmless = 'headgate: `a.yaml`: a::b is no command, ## nor is this\n';
    expect(inert(harmless)).toBe(harmless);
  });
});

describe('what tools read and people see', () => {
  it.each(['junit', 'csv'] as const)('holds no direction or control of the input in %s', async (format) => {
    for (let seed = 0; seed < attacks.length; seed++) {
      const text = await renderReport(format, attacked(seed));
      // A byte order mark leads a CSV file, for spreadsheets.
      expect(text.replace(/^\ufeff/, '').replaceAll('\r\n', '\n')).not.toMatch(controls);
    }
  });
});
