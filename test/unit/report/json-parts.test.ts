import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { jsonParts, Streamed } from '../../../src/report/json-parts.ts';
import { renderReport, renderReportParts, reportFormats } from '../../../src/report/render.ts';
import { scanResult } from './scan-result-fixture.ts';

describe('JSON in parts', () => {
  it('is what JSON.stringify writes, wherever a list is streamed', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), fc.jsonValue(), (items, beside) => {
        const shape = (list: unknown): unknown => ({ runs: [{ beside, list, none: undefined }], last: 1 });
        const parts = [...jsonParts(shape(new Streamed(items)))];
        expect(parts.join('')).toBe(`${JSON.stringify(shape(items), null, 2)}\n`);
      }),
    );
  });

  it('makes an item when its turn comes, and hands on bounded parts', () => {
    let made = 0;
    function* items(): Generator<string> {
      for (; made < 1000; made += 1) yield 'x'.repeat(1000);
    }
    const parts = jsonParts(new Streamed(items()))[Symbol.iterator]();
    const first = parts.next().value as string;
    expect(made).toBeLessThan(100);
    expect(first.length).toBeLessThan(70_000);
  });
});

describe('report parts', () => {
  it.each(reportFormats.map(({ name }) => name))('of %s make up the whole report', async (name) => {
    const options = { account: '111122223333', region: 'eu-central-1' };
    const parts = await renderReportParts(name, scanResult(), options);
    expect([...parts].join('')).toBe(await renderReport(name, scanResult(), options));
  });
});
