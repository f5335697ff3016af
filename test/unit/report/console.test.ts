import { describe, expect, it } from '@jest/globals';
import { stripVTControlCharacters } from 'node:util';
import { renderConsole } from '../../../src/report/console.ts';
import { hostileResult, largeResult, resultOf, scanResult } from './scan-result-fixture.ts';

describe('renderConsole', () => {
  const text = renderConsole(scanResult());

  it('says of a failure what, where, why and how to fix it, below its flow and resource', () => {
    expect(text.split('\n').slice(0, 12)).toEqual([
      'API Gateway + Lambda request flow: ProdStage',
      '',
      '  ProdStage (AWS::ApiGateway::Stage)',
      '    FAIL critical  api.waf.associated',
      '      Stage `ProdStage` of a public REST API has no web ACL.',
      '      at   infra/orders api.yaml:12:7',
      '      why  Without a web ACL every request from the internet reaches the API',
      '           unfiltered, so floods and injection attempts are paid for and run by',
      '           the functions behind it.',
      '      fix  Associate a regional web ACL with the stage.',
      '           Association:',
      '             Type: AWS::WAFv2::WebACLAssociation',
    ]);
  });

  it('gives the ARN where a live resource has no file', () => {
    expect(text).toContain('      at   arn:aws:lambda:eu-central-1:111122223333:function:invoices\n');
  });

  it('groups unknowns by what settles them and lists waivers with owner and date', () => {
    expect(text).toContain(
      '  ? parameter `TracingMode` has no default; pass --parameters with a value for\n',
    );
    expect(text).toContain('- batch.queue.visibility-timeout on JobsQueue by team-orders until 2027-01-31:');
  });

  it('sums up', () => {
    expect(text).toContain(
      '  3 failed (1 critical, 1 high, 1 medium), 2 unknown, 2 passed, 1 not\n  applicable, 1 waived\n',
    );
    expect(text).toContain('1 change to the built-in rules\n');
    expect(text).toContain('Changed from the defaults: 1\n  - api.gateway.usage-plans: medium -> low');
  });

  it('fits 80 columns, and 70, single long words aside', () => {
    const widest = (columns: number) =>
      Math.max(
        ...renderConsole(scanResult(), { columns })
          .split('\n')
          .filter((line) => line.trim().includes(' '))
          .map((line) => line.length),
      );
    expect(widest(80)).toBeLessThanOrEqual(80);
    expect(widest(70)).toBeLessThanOrEqual(70);
  });

  it('colours only when asked, and says the same then', () => {
    const colored = renderConsole(scanResult(), { color: true });
    expect(text).not.toContain('\u001b');
    expect(colored).toContain('\u001b[31m');
    expect(stripVTControlCharacters(colored)).toBe(text);
  });

  it('lets no control or direction character of the input through', () => {
    const written = renderConsole(hostileResult());
    // eslint-disable-next-line no-control-regex
    expect(written).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029\u202e]/);
    expect(written).toContain('\\u{1b}[2J');
  });

  it('folds a long list, worst findings first, and says where the rest is', () => {
    const folded = renderConsole(largeResult(2000));
    expect(folded.split('\n').length).toBeLessThan(600);
    expect(folded).toMatch(/… and 2\d\d more failed checks of the same or lower severity/);
    expect(folded).toContain('For the full list, use --report html=report.html or --format json');
    const shown = [...folded.matchAll(/FAIL (\w+) {2}/g)].map(([, severity]) => severity);
    expect(shown).toHaveLength(60);
    expect(new Set(shown)).toEqual(new Set(['critical', 'high']));
  });

  it('says that nothing failed', () => {
    const clean = renderConsole(resultOf([], []));
    expect(clean.startsWith('No failed checks.\n')).toBe(true);
  });
});
