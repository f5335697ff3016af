import { describe, expect, it } from '@jest/globals';
import { renderCsv } from './as-text.ts';
import { evaluation, hostile, hostileResult, resultOf, scanResult } from './scan-result-fixture.ts';

/** Rows of RFC 4180 text, read by its grammar. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [[]];
  const cell = /("(?:[^"]|"")*"|[^",\r\n]*)(,|\r\n)/y;
  while (cell.lastIndex < text.length) {
    const [whole, raw = '', end] = cell.exec(text) ?? [];
    if (whole === undefined) throw new Error('not RFC 4180');
    rows.at(-1)?.push(raw.startsWith('"') ? raw.slice(1, -1).replaceAll('""', '"') : raw);
    if (end === '\r\n') rows.push([]);
  }
  return rows.slice(0, -1);
}

describe('renderCsv', () => {
  it('writes a row for each evaluation below the names', () => {
    const [names = [], first = [], ...rest] = parseCsv(renderCsv(scanResult()));
    const cells = Object.fromEntries(names.map((name, index) => [name, first[index]]));
    expect(cells).toMatchObject({
      verdict: 'fail',
      waived: 'no',
      severity: 'critical',
      rule: 'api.waf.associated',
      controls: 'aws-fsbp APIGateway.4; nist-800-53-r5 AC-4(21)',
      file: 'infra/orders api.yaml',
      line: '12',
      fix: 'Associate a regional web ACL with the stage.',
    });
    expect(rest).toHaveLength(8);
    expect(rest[2]).toEqual(expect.arrayContaining(['yes', 'team-orders', '2027-01-31']));
  });

  it('keeps hostile text in its cell', () => {
    const rows = parseCsv(renderCsv(hostileResult()));
    expect(new Set(rows.map((row) => row.length))).toEqual(new Set([26]));
    expect(rows).toHaveLength(10);
  });

  it.each([hostile.formula, '+1', '-1', '@SUM(A1)', '\t=1', ' =1', '＝1', '\r=1'])('guards %j', (name) => {
    const resource = { id: 'r', type: 'AWS::Lambda::Function', name };
    const rows = parseCsv(renderCsv(resultOf([evaluation('all.lambda.vpc', 'pass', resource)], [])));
    expect(rows[1]?.[7]).toBe(`'${name}`);
  });
});
