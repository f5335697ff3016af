import { describe, expect, it } from '@jest/globals';
import { renderMarkdown } from '../../../src/report/markdown.ts';
import { evaluation, hostile, largeResult, resultOf, scanResult } from './scan-result-fixture.ts';

describe('renderMarkdown', () => {
  const text = renderMarkdown(scanResult());

  it('opens with the verdict and a row for each flow', () => {
    expect(text.startsWith('### Headgate: 3 findings (1 critical, 1 high, 1 medium)\n')).toBe(true);
    expect(text).toContain('| **FAIL** | API Gateway + Lambda request flow | ProdStage | 2 | 1 |');
  });

  it('lists failures worst first and folds unknowns and waivers', () => {
    expect(text).toContain(
      '| critical | `api.waf.associated` | Stage `ProdStage` of a public REST API has no web ACL. | `infra/orders api.yaml:12:7` | Associate a regional web ACL with the stage. |',
    );
    expect(text).toContain('<details><summary>2 unknowns, and how to resolve them</summary>');
    expect(text).toContain('| `batch.queue.visibility-timeout` | JobsQueue | Handler is idempotent;');
    expect(text.match(/<details>/g)).toHaveLength(text.match(/<\/details>/g)?.length ?? 0);
  });

  it('says that nothing failed', () => {
    expect(renderMarkdown(resultOf([], [])).startsWith('### Headgate: no findings\n')).toBe(true);
  });

  it.each([65_536, 900_000, 5_000])('keeps within %d bytes and says what it left out', (limitBytes) => {
    const cut = renderMarkdown(largeResult(30_000), {
      limitBytes,
      pointer: '[All of it](https://example.com/r)',
    });
    expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(limitBytes);
    expect(Buffer.byteLength(cut)).toBeGreaterThan(limitBytes * 0.8);
    expect(cut).toMatch(
      /_\d+ rows left out to keep within the size limit\._ \[All of it\]\(https:\/\/example\.com\/r\)\n$/,
    );
  });

  it('lets the input neither mark up, nor break a row, nor mention, nor link', () => {
    const message = `${Object.values(hostile).join(' ')} \`code|span\` **bold** [a](b) odd \``;
    const resource = { id: 'r', type: 'AWS::Lambda::Function', name: '@team' };
    const result = resultOf([evaluation('all.lambda.vpc', 'fail', resource, { message })], []);
    const written = renderMarkdown(result);
    const row = written.split('\n').find((line) => line.startsWith('| high')) ?? '';
    const outsideCode = row.replace(/(?<!\\)`[^`]*`/g, '');
    expect(row.replaceAll('\\|', '').match(/\|/g)).toHaveLength(6);
    expect(outsideCode).not.toMatch(/<(?!!-- -->)/);
    expect(outsideCode).not.toMatch(/@\w|#\d|:\/\/|[^\\]\*\*|[^\\]\[/);
  });
});
