import { describe, expect, it } from '@jest/globals';
import { renderReport, reportFormats } from '../../../src/report/render.ts';
import { scanResult } from './scan-result-fixture.ts';

const where = { account: '444455556666', region: 'eu-central-1', profile: 'full' } as const;
const names = reportFormats.map(({ name }) => name);

describe('renderReport', () => {
  it.each(names)('writes %s, the same bytes each time, ended by a line feed', async (name) => {
    const text = await renderReport(name, scanResult(), where);
    expect(text.length).toBeGreaterThan(100);
    expect(text.endsWith('\n')).toBe(true);
    expect(await renderReport(name, scanResult(), where)).toBe(text);
  });

  // Annotations count what is waived; code scanning takes every result for an open alert.
  it.each(names.filter((name) => name !== 'annotations'))(
    'shows in %s why a finding is waived',
    async (name) => {
      const text = (await renderReport(name, scanResult(), { ...where, columns: 200 })).replace(/\s+/g, ' ');
      expect(text).toContain('Handler is idempotent; raised with the next release');
    },
  );

  it('leaves a waived finding out of what code scanning shows', async () => {
    const results: unknown = JSON.parse(await renderReport('sarif', scanResult()));
    expect(JSON.stringify(results)).not.toContain('its handler may run 60 s');
    expect(await renderReport('annotations', scanResult())).toContain(
      'Headgate: 1 waived finding: 1 by file.',
    );
  });

  it('names the formats when it is asked for another', async () => {
    await expect(renderReport('pdf', scanResult())).rejects.toThrow(
      'Unknown report format `pdf`. Use one of: console, json, sarif,',
    );
    await expect(renderReport('constructor', scanResult())).rejects.toThrow('Unknown report format');
  });
});
