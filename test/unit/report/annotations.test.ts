import { describe, expect, it } from '@jest/globals';
import { renderAnnotations } from '../../../src/report/annotations.ts';
import { hostileResult, largeResult, resultOf, scanResult } from './scan-result-fixture.ts';

describe('renderAnnotations', () => {
  it('annotates open failures, worst first', () => {
    expect(renderAnnotations(scanResult()).split('\n')).toEqual([
      '::error file=infra/orders api.yaml,line=12,endLine=12,col=7,endColumn=19,title=critical%3A Every public stage has a web ACL::Stage `ProdStage` of a public REST API has no web ACL. [api.waf.associated]',
      expect.stringMatching(
        /^::error file=infra\/orders api\.yaml,line=31,.*::Function `OrdersFunction` runs outside a VPC\./,
      ),
      '::warning title=medium%3A Functions are traced::Function `invoices` is not traced. (arn:aws:lambda:eu-central-1:111122223333:function:invoices) [all.lambda.tracing]',
      'Headgate: 2 unknown checks; the report shows the cause.',
      'Headgate: 1 waived finding: 1 by file.',
      '::notice title=Headgate%3A changed by the configuration::api.gateway.usage-plans: medium -> low (internal API)',
      '',
    ]);
  });

  it('stays within what GitHub shows and counts the rest', () => {
    const lines = renderAnnotations(largeResult(700)).split('\n');
    const count = (kind: string) => lines.filter((line) => line.startsWith(`::${kind} `)).length;
    expect([count('error'), count('warning'), count('notice')]).toEqual([10, 10, 10]);
    expect(lines).toContainEqual(expect.stringMatching(/^Headgate: \d+ more findings in the report\.$/));
  });

  it('lets no text of the input start a command or end a property', () => {
    for (const line of renderAnnotations(hostileResult()).trimEnd().split('\n')) {
      expect(line).toMatch(/^(::(error|warning|notice) [^:]*::|Headgate: )/);
      // eslint-disable-next-line no-control-regex
      expect(line).not.toMatch(/[\u0000-\u001f]/);
    }
  });

  it('says so when nothing failed', () => {
    const text = renderAnnotations(resultOf([], []));
    expect(text.startsWith('::notice title=Headgate%3A changed by the configuration::')).toBe(true);
    expect(text.endsWith('\nHeadgate: no findings.\n')).toBe(true);
  });
});
