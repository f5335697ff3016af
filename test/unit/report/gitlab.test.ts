import { describe, expect, it } from '@jest/globals';
import { renderGitlab } from './as-text.ts';
import { evaluation, fingerprintOf, place, resultOf, scanResult } from './scan-result-fixture.ts';

describe('renderGitlab', () => {
  it('lists failures that have a file, waived ones with their reason', () => {
    expect(JSON.parse(renderGitlab(scanResult(), { pathPrefix: './app/' }))).toEqual([
      {
        description: 'Stage `ProdStage` of a public REST API has no web ACL.',
        check_name: 'api.waf.associated',
        fingerprint: fingerprintOf('api.waf.associated|infra/orders api.yaml/ProdStage|fail'),
        severity: 'blocker',
        location: { path: 'app/infra/orders api.yaml', lines: { begin: 12, end: 12 } },
      },
      expect.objectContaining({ check_name: 'all.lambda.vpc', severity: 'critical' }),
      expect.objectContaining({
        check_name: 'batch.queue.visibility-timeout',
        severity: 'info',
        description: expect.stringMatching(
          /^Waived \(Handler is idempotent; raised with the next release\): /,
        ),
      }),
    ]);
  });

  it('keeps findings of files outside of the repository', () => {
    const resource = { id: 'r', type: 'AWS::Lambda::Function', name: 'r' };
    const paths = ['../../other/t.yaml', '/etc/t.yaml'].map((file) =>
      evaluation('all.lambda.vpc', 'fail', resource, { location: place(file, 1) }),
    );
    const entries = JSON.parse(renderGitlab(resultOf(paths, []), { pathPrefix: 'infra' })) as {
      location: { path: string };
    }[];
    expect(entries.map(({ location }) => location.path)).toEqual(['../other/t.yaml', '/etc/t.yaml']);
  });

  it('keeps fingerprints unique', () => {
    const resource = { id: 'r', type: 'AWS::Lambda::Function', name: 'r' };
    const twice = [1, 2].map((line) =>
      evaluation('all.lambda.vpc', 'fail', resource, { location: place('a', line) }),
    );
    const entries = JSON.parse(renderGitlab(resultOf(twice, []))) as { fingerprint: string }[];
    expect(new Set(entries.map(({ fingerprint }) => fingerprint)).size).toBe(2);
  });
});
