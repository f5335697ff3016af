import { describe, expect, it } from '@jest/globals';
import { renderJunit } from '../../../src/report/junit.ts';
import { hostileResult, scanResult } from './scan-result-fixture.ts';

describe('renderJunit', () => {
  const xml = renderJunit(scanResult());

  it('writes a suite for each rule with its counts', () => {
    expect(xml).toContain(
      '<testsuite name="all.lambda.vpc" tests="2" failures="1" errors="0" skipped="0" timestamp="2026-11-23T10:00:00.000Z" version="0.1.0">',
    );
    // Six rules, and what the configuration changes.
    expect(xml.match(/<testsuite /g)).toHaveLength(7);
    expect(xml.match(/<testcase /g)).toHaveLength(9);
  });

  it('fails open failures and skips the waived, the unknown and what does not apply, with why', () => {
    expect(xml).toContain(
      '<failure type="critical" message="Stage `ProdStage` of a public REST API has no web ACL.">',
    );
    expect(xml).toContain(
      '<skipped type="waived" message="waived: Handler is idempotent; raised with the next release"></skipped>',
    );
    expect(xml).toContain(
      '<skipped type="unknown" message="unknown: parameter `TracingMode` has no default;',
    );
    expect(xml).toContain(
      '<skipped type="not applicable" message="not applicable: no function reads the queue">',
    );
  });

  it('reports errors of the scan as errors', () => {
    const broken = scanResult({
      diagnostics: [
        { code: 'template-broken', severity: 'error', message: 'a < b', where: 'a.yaml:1:2', blocks: [] },
      ],
    });
    expect(renderJunit(broken)).toContain('<error type="template-broken" message="a &lt; b"></error>');
  });

  it('holds no markup and no forbidden character of the input', () => {
    const hostile = renderJunit(hostileResult());
    expect(hostile).not.toContain('<script');
    // eslint-disable-next-line no-control-regex
    expect(hostile).not.toMatch(/[\u0000-\u0008\u000b-\u001f]/);
    expect(hostile).not.toMatch(/[\ud800-\udfff]/u);
  });
});
