import { expect, it } from '@jest/globals';
import { evaluateRules } from '../../../src/evaluate/evaluate.ts';
import { linkGraph } from '../../../src/graph/link-graph.ts';
import { withWaiver } from '../../../src/model/scan-result.ts';
import { applySettings } from '../../../src/rules/apply-config.ts';
import { shippedRules } from '../../../src/rules/shipped.ts';
import { readTemplateObject } from '../../../src/template/read-templates.ts';

it('gives findings whose copies keep the fingerprint and the place', async () => {
  const template = {
    Resources: { Handler: { Type: 'AWS::Lambda::Function', Properties: { Runtime: 'nodejs24.x' } } },
  };
  const reading = readTemplateObject(template, 'template.json');
  const place = { startLine: 1, startColumn: 1, endLine: 1, endColumn: 2 };
  const evaluations = evaluateRules(applySettings(await shippedRules(), {}), linkGraph(reading), {
    now: new Date('2026-11-27T00:00:00Z'),
    positions: (at) => ('file' in at ? { file: at.file, pointer: at.pointer, ...place } : undefined),
    detail: 'findings',
  });
  const found = evaluations.filter(({ verdict }) => verdict === 'fail');
  expect(found.length).toBeGreaterThan(5);
  for (const finding of found) {
    const { fingerprint, location } = finding;
    expect(fingerprint).toMatch(/^[0-9a-f]{32}$/);
    expect(location?.file).toBe('template.json');
    const copies = [
      JSON.parse(JSON.stringify(finding)) as unknown,
      { ...finding },
      structuredClone(finding),
      withWaiver(finding, { source: 's', reason: 'r' }),
    ];
    for (const copy of copies) expect(copy).toMatchObject({ fingerprint, location });
    expect(Object.getPrototypeOf(finding)).toBe(Object.prototype);
  }
});
