import { describe, expect, it } from '@jest/globals';
import type { Log, Result, Run } from 'sarif';
import { lineHashes } from '../../../src/report/line-hash.ts';
import type { RenderOptions } from '../../../src/report/render-options.ts';
import { renderSarif } from './as-text.ts';
import { evaluation, hostileResult, place, resultOf, scanResult } from './scan-result-fixture.ts';
import type { ScanResult } from '../../../src/model/scan-result.ts';

function runOf(result: ScanResult, options?: RenderOptions): Run {
  const log = JSON.parse(renderSarif(result, options)) as Log;
  expect(log.runs).toHaveLength(1);
  const [run] = log.runs;
  if (run === undefined) throw new Error('no run');
  return run;
}

const resultsOf = (result: ScanResult, options?: RenderOptions): Result[] =>
  runOf(result, options).results ?? [];

describe('renderSarif', () => {
  const source = Array.from({ length: 70 }, (_, index) => `line ${index}`).join('\n');

  it('writes one run with a category and rules that GitHub can show', () => {
    const run = runOf(scanResult(), { category: 'infra' });
    expect(run.automationDetails).toEqual({ id: 'infra/' });
    expect(run.columnKind).toBe('utf16CodeUnits');
    const [rule] = run.tool.driver.rules ?? [];
    expect(rule).toMatchObject({
      id: 'api.waf.associated',
      name: 'ApiWafAssociated',
      shortDescription: { text: 'Every public stage has a web ACL' },
      defaultConfiguration: { level: 'error' },
      properties: { 'security-severity': '9.5', controls: { 'aws-fsbp': ['APIGateway.4'] } },
    });
    expect(rule?.help?.markdown).toContain(
      '<https://docs.aws.amazon.com/lambda/latest/dg/api.waf.associated.html>',
    );
    expect(rule?.help?.markdown).toContain('```yaml\nAssociation:');
    for (const { properties } of run.tool.driver.rules ?? []) {
      expect(properties?.tags?.length).toBeLessThanOrEqual(10);
      expect(properties?.['security-severity']).toMatch(/^\d\.\d$/);
    }
  });

  it('gives a result the level of its rule, the smallest region and related places', () => {
    const [first] = resultsOf(scanResult());
    expect(first).toMatchObject({
      ruleId: 'api.waf.associated',
      ruleIndex: 0,
      kind: 'fail',
      level: 'error',
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: 'infra/orders%20api.yaml' },
            region: { startLine: 12, startColumn: 7, endLine: 12, endColumn: 19 },
          },
        },
      ],
      relatedLocations: [{ message: { text: 'EndpointConfiguration.Types of OrdersApi' } }],
    });
  });

  it('shows code scanning only open failures that have a file', () => {
    const results = resultsOf(scanResult());
    expect(results.map(({ ruleId }) => ruleId)).toEqual(['api.waf.associated', 'all.lambda.vpc']);
    expect(results.every((item) => item.suppressions === undefined)).toBe(true);
  });

  it('adds unknowns as notes when asked', () => {
    const results = resultsOf(scanResult(), { includeUnknown: true });
    expect(results.map(({ level }) => level)).toEqual(['error', 'error', 'note']);
  });

  it('keeps every evaluation in the full profile', () => {
    const results = resultsOf(scanResult(), { profile: 'full' });
    expect(results.map(({ kind, level }) => `${kind} ${level}`)).toEqual([
      'fail error',
      'fail error',
      'open none',
      'fail error',
      'pass none',
      'notApplicable none',
      'fail warning',
      'pass none',
      'open none',
    ]);
    expect(results[3]?.suppressions).toEqual([
      {
        kind: 'external',
        status: 'accepted',
        justification: 'Handler is idempotent; raised with the next release',
        properties: { source: 'file', owner: 'team-orders', expires: '2027-01-31' },
      },
    ]);
    expect(results[6]?.locations?.[0]?.logicalLocations?.[0]?.fullyQualifiedName).toBe(
      'arn:aws:lambda:eu-central-1:111122223333:function:invoices',
    );
  });

  it('computes the line hash where the source is at hand, and leaves it out where it is not', () => {
    const [withSource] = resultsOf(scanResult(), { sourceText: () => source });
    const [without] = resultsOf(scanResult());
    expect(withSource?.partialFingerprints?.['primaryLocationLineHash']).toBe(lineHashes(source)[11]);
    expect(Object.keys(without?.partialFingerprints ?? {})).toEqual(['headgate/v1']);
  });

  it('reads a source once however many results stand in it', () => {
    const asked: string[] = [];
    renderSarif(scanResult(), { profile: 'full', sourceText: (file) => (asked.push(file), source) });
    expect(asked).toEqual(['infra/orders api.yaml']);
  });

  it.each([
    ['./a/b.yaml', '', 'a/b.yaml'],
    ['b.yaml', 'infra/', 'infra/b.yaml'],
    ['../b.yaml', 'infra', 'b.yaml'],
    ['ab:c/é#?.yaml', '', 'ab%3Ac/%C3%A9%23%3F.yaml'],
  ])('writes %s below %s as %s', (file, pathPrefix, uri) => {
    const resource = { id: 'r', type: 'AWS::Lambda::Function', name: 'r' };
    const result = resultOf(
      [evaluation('all.lambda.vpc', 'fail', resource, { location: place(file, 2) })],
      [],
    );
    const uris = resultsOf(result, { pathPrefix }).map(
      (item) => item.locations?.[0]?.physicalLocation?.artifactLocation?.uri,
    );
    expect(uris).toEqual([uri]);
  });

  it.each([
    ['/etc/a b.yaml', undefined, 'file:///etc/a%20b.yaml'],
    ['../shared/t.yaml', '', '../shared/t.yaml'],
    ['../../shared/t.yaml', 'infra', '../shared/t.yaml'],
    ['D:\\t.yaml', 'infra', 'file:///D%3A/t.yaml'],
  ])('keeps a finding in %s, outside of the repository', (file, pathPrefix, uri) => {
    const resource = { id: 'r', type: 'AWS::Lambda::Function', name: 'r' };
    const result = resultOf(
      [evaluation('all.lambda.vpc', 'fail', resource, { location: place(file, 2) })],
      [],
    );
    const [found] = resultsOf(result, pathPrefix === undefined ? {} : { pathPrefix });
    expect(found?.locations?.[0]?.physicalLocation?.artifactLocation).toEqual({ uri });
  });

  it('has a text for every message and no lone surrogate in a URI', () => {
    const results = resultsOf(hostileResult(), { profile: 'full' });
    for (const { message, locations } of results) {
      expect(message.text).not.toBe('');
      expect(locations?.[0]?.physicalLocation?.artifactLocation?.uri ?? 'a').toMatch(/^[\w.~!*'()%/:-]+$/);
    }
  });

  it('reports an empty message under its rule id', () => {
    const resource = { id: 'r', type: 'AWS::Lambda::Function', name: 'r' };
    const result = resultOf(
      [evaluation('all.lambda.vpc', 'fail', resource, { message: ' ', location: place('a', 1) })],
      [],
    );
    expect(resultsOf(result)[0]?.message.text).toBe('all.lambda.vpc');
  });

  it('names what could not be read as notifications', () => {
    expect(runOf(scanResult()).invocations?.[0]).toMatchObject({
      executionSuccessful: true,
      toolExecutionNotifications: [{ level: 'warning', descriptor: { id: 'call-denied' } }],
    });
  });

  it('keeps within the results that GitHub takes, and says what it left out', () => {
    const resource = { id: 'r', type: 'AWS::Lambda::Function', name: 'r' };
    const many = Array.from({ length: 25_001 }, (_, index) =>
      evaluation(index === 0 ? 'all.logs.insights' : 'all.lambda.vpc', 'fail', resource, {
        location: place('a', 1),
      }),
    );
    const run = runOf(resultOf(many, []));
    expect(run.results?.length).toBe(25_000);
    expect(run.results?.every(({ ruleId }) => ruleId === 'all.lambda.vpc')).toBe(true);
    expect(run.invocations?.[0]?.toolExecutionNotifications?.at(-1)?.descriptor?.id).toBe('results-cut');
  });
});
