import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { embedData, toScriptText } from '../../../src/report/html/embed-data.ts';
import { createFlowLayouter } from '../../../src/report/html/layout-flow.ts';
import { renderHtml } from './as-text.ts';
import { toCsv } from '../../../src/report/html/client/csv.ts';
import { Findings } from '../../../src/report/html/client/model.ts';
import { filterNames, findingsAddress } from '../../../src/report/html/report-data.ts';
import type { FilterName, ReportData } from '../../../src/report/html/report-data.ts';
import { html } from '../../../src/report/html/template.ts';
import { hostile, hostileResult, largeResult, resultOf, scanResult } from './scan-result-fixture.ts';

/** Markup of a page without what stands in its script and style elements. */
function markupOf(page: string): string {
  return page.replace(/<(script|style)\b[^>]*>[\s\S]*?<\/\1>/g, '<$1>');
}

describe('renderHtml', () => {
  const page = renderHtml(scanResult());

  it('opens with the verdict and what to do first', async () => {
    const text = (await page).replace(/\s+/g, ' ');
    expect(text).toContain('<h2 id="overview-title">Failed: 3 failed checks</h2>');
    expect(text.indexOf('Fix first')).toBeLessThan(text.indexOf('id="flows"'));
    expect(text.indexOf('Associate a regional web ACL with the stage.')).toBeLessThan(
      text.indexOf('id="flows"'),
    );
  });

  it('draws every flow, its nodes labelled by verdict and linked to their findings', async () => {
    const text = (await page).replace(/\s+/g, ' ');
    expect(text.match(/<svg /g)).toHaveLength(3);
    expect(text).toContain('aria-label="AWS WAF: 1 fail. Show findings"');
    const address = findingsAddress({
      flow: 'api:infra/orders api.yaml/ProdStage',
      node: 'waf',
      verdict: 'decided',
    });
    expect(text).toContain(`href="${address.replaceAll('&', '&amp;')}"`);
  });

  it('says of a node that is missing what fails for want of it', async () => {
    const result = scanResult();
    const flows = result.flows.map((flow) => ({
      ...flow,
      nodes: flow.nodes.map((node) => (node.node === 'waf' ? { ...node, resources: [] } : node)),
    }));
    const text = await renderHtml({ ...result, flows });
    expect(text).toContain('aria-label="AWS WAF: missing, 1 fail. Show findings"');
    expect(text).toContain('node=waf');
  });

  it('allows its own script and style by hash and loads nothing', async () => {
    const text = await page;
    const policy = /Content-Security-Policy" content="([^"]*)"/.exec(text)?.[1] ?? '';
    const hash = (element: RegExp) =>
      createHash('sha256')
        .update(element.exec(text)?.[1] ?? '')
        .digest('base64');
    expect(policy).toBe(
      `default-src 'none'; script-src 'sha256-${hash(/<script>([\s\S]*?)<\/script>/)}'; style-src 'sha256-${hash(/<style>([\s\S]*?)<\/style>/)}'; img-src data:; base-uri 'none'; form-action 'none'`,
    );
    expect(markupOf(text)).not.toMatch(
      /\ssrc=|<link(?! rel="icon" href="data:,")|\sstyle=|\son\w+=|<iframe|<object|@import|url\((?!#)/,
    );
  });

  it('escapes hostile text wherever it stands', async () => {
    const text = await renderHtml(hostileResult());
    const markup = markupOf(text);
    expect(text.match(/<script/g)).toHaveLength(2);
    expect(text.match(/<\/script>/g)).toHaveLength(2);
    expect(markup).not.toMatch(/<img|<!-- x|<[^>]*\sonerror=(?![^"]*")/);
    expect(markup).not.toMatch(/href="(?!#|data:,|https:)/);
    // eslint-disable-next-line no-control-regex
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029\u202e\ud800-\udfff]/u);
    expect(markup).toContain('&lt;/script&gt;&lt;script&gt;alert(1)&lt;/script&gt;');
  });

  it('says everything but the list of findings without a script', async () => {
    const markup = markupOf(await page);
    for (const said of [
      'team-orders',
      '2027-01-31',
      'cdcdcdcd',
      'medium -&gt; low',
      'call-denied',
      'TracingMode',
      'AC-4(21)',
    ]) {
      expect(markup).toContain(said);
    }
  });

  it('tells a statement without a rule from one without a resource', async () => {
    const none = { pass: 0, fail: 0, unknown: 0, notApplicable: 0, waived: 0 };
    const requirements = [
      { id: 'a', says: 'first', verdict: 'notApplicable' as const, rules: [], evaluated: none },
      { id: 'b', says: 'second', verdict: 'notApplicable' as const, rules: ['b'], evaluated: none },
    ];
    const text = await renderHtml(resultOf([], [], { requirements }));
    expect(text).toMatch(/>no rule<[\s\S]*first[\s\S]*>no resource<[\s\S]*second/);
  });

  it('gives the same bytes for the same result', async () => {
    expect(await renderHtml(scanResult())).toBe(await page);
  });

  it('stands an empty result', async () => {
    const text = await renderHtml(resultOf([], []));
    expect(text).toContain('Not applicable: no resources to check');
    expect(text).not.toContain('<svg');
  });

  it('draws the first flows and lists the rest', async () => {
    const text = await renderHtml(largeResult(600));
    expect(text.match(/<svg/g)).toHaveLength(40);
    expect(text).toContain('Diagrams are shown for the first 40 flows.');
    expect(Buffer.byteLength(text)).toBeLessThan(3_000_000);
  });
});

describe('embedData', () => {
  it('holds each evaluation, its texts by number', () => {
    const result = scanResult();
    const data = JSON.parse(toScriptText(embedData(result))) as ReportData;
    const [first] = data.evaluations;
    expect(data.evaluations).toHaveLength(result.evaluations.length);
    expect(data.rules[first?.[0] ?? -1]?.id).toBe('api.waf.associated');
    expect(data.texts[first?.[4] ?? -1]).toBe('Stage `ProdStage` of a public REST API has no web ACL.');
    expect(data.texts[first?.[6] ?? -1]).toBe('infra/orders api.yaml:12:7');
    expect(data.resources[first?.[3] ?? -1]).toMatchObject({ name: 'ProdStage', service: 'ApiGateway' });
    expect(data.evaluations[4]?.[5]).toBe(-1);
  });

  it('cannot end its script element', () => {
    expect(toScriptText(embedData(hostileResult()))).not.toMatch(/<|\u2028|\u2029/);
  });

  it('passes on no link but https', () => {
    const [rule] = scanResult().ruleSet.rules;
    if (rule === undefined) throw new Error('no rule');
    const references = [
      hostile.link,
      'http://example.com',
      'https://docs.aws.amazon.com/a?b=c#d',
      'https://x"onclick=1',
    ];
    const result = scanResult();
    const data = embedData({ ...result, ruleSet: { ...result.ruleSet, rules: [{ ...rule, references }] } });
    expect(data.rules[0]?.links).toEqual(['https://docs.aws.amazon.com/a?b=c#d']);
  });
});

describe('createFlowLayouter', () => {
  it('places every node apart inside the picture, and shares the layout of one shape', async () => {
    const layOut = await createFlowLayouter();
    const [flow] = scanResult().flows;
    if (flow === undefined) throw new Error('no flow');
    const layout = layOut(flow);
    expect(layout.nodes).toHaveLength(flow.nodes.length);
    expect(new Set(layout.nodes.map(({ x, y }) => `${x},${y}`)).size).toBe(flow.nodes.length);
    for (const { x, y, width, height } of layout.nodes) {
      expect(Math.min(x, y)).toBeGreaterThanOrEqual(0);
      expect(x + width).toBeLessThanOrEqual(layout.width + 1);
      expect(y + height).toBeLessThanOrEqual(layout.height + 1);
    }
    expect(layout.edges.every(({ path }) => /^M[\d.,-]+C[\d., L-]+$/.test(path))).toBe(true);
    expect(layOut({ ...flow, id: 'other' })).toBe(layout);
  });

  it('draws nodes without arrows, and leaves out arrows to nothing', async () => {
    const layOut = await createFlowLayouter();
    const [flow] = scanResult().flows;
    if (flow === undefined) throw new Error('no flow');
    const [edge] = flow.edges;
    if (edge === undefined) throw new Error('no edge');
    expect(layOut({ ...flow, edges: [] }).edges).toEqual([]);
    expect(layOut({ ...flow, edges: [{ ...edge, from: 'waf', to: 'nowhere' }] }).edges).toEqual([]);
  });
});

describe('the view by control', () => {
  it('counts each control, and the search finds its id', async () => {
    const result = scanResult();
    const text = await renderHtml(result);
    const rule = result.ruleSet.rules.find(({ controls }) => controls.length > 0);
    const [control] = rule?.controls ?? [];
    if (rule === undefined || control === undefined) throw new Error('no control');
    const section = /<section id="controls"[\s\S]*?<\/section>/.exec(text)?.[0] ?? '';
    expect(section).toContain(control.id);
    expect(section).toContain(rule.id);
    const data = embedData(result);
    const found = new Findings(data).find({
      filters: { ...noFilters, q: control.id, verdict: 'all' },
      page: 1,
    });
    const mapped = result.ruleSet.rules.filter(({ controls }) =>
      controls.some(({ id }) => id.includes(control.id)),
    );
    const expected = result.evaluations.filter(({ ruleId }) => mapped.some(({ id }) => id === ruleId));
    expect(found.length).toBeGreaterThanOrEqual(expected.length);
    expect(expected.length).toBeGreaterThan(0);
  });

  it('saves what is shown as CSV in which nothing is a formula', () => {
    const data = embedData(hostileResult());
    const rows = new Findings(data).find({ filters: { ...noFilters, verdict: 'fail' }, page: 1 });
    const text = toCsv(data, rows);
    expect(text.startsWith('verdict,waived,severity,rule,')).toBe(true);
    expect(text).not.toMatch(/(^|,|\n)"?[=+@]/);
    expect(text.split('\r\n').length - 2).toBeGreaterThanOrEqual(rows.length);
  });
});

const noFilters = Object.fromEntries(filterNames.map((name) => [name, ''])) as Record<FilterName, string>;

describe('html', () => {
  it('escapes values in text and attributes, and joins lists', () => {
    const value = `<a href="x" title='y'>&`;
    expect(html`<p title="${value}">${[value, 1, undefined, html`<b>${'<'}</b>`]}</p>`.text).toBe(
      '<p title="&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;&amp;">&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;&amp;1<b>&lt;</b></p>',
    );
  });
});
