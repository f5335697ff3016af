import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { add, failing, folderWith, headgate, quiet, scan } from './command.ts';

const template = `Resources:\n  F: ${failing}\n`;
const waiving = (rule: string): string =>
  `waivers:\n  - {rule: ${rule}, resource: '*', reason: a reason of the pull request}\n`;
const secrets = 'all.lambda.no-plaintext-secrets';

/** A baseline of one finding, some members of which are others. */
const entryWith = (more: object): object => ({
  version: 1,
  findings: [
    { fingerprint: 'a'.repeat(32), ruleId: 'all.lambda.vpc', resource: 'F', severity: 'low', ...more },
  ],
});

describe('a configuration of a trusted place', () => {
  it('names files of its own folder', async () => {
    const cwd = folderWith({
      'org/headgate.yaml': 'waivers: waivers.yaml\nparameters: values.json\nbaseline: base.json\n',
      'org/waivers.yaml': 'waivers: []\n',
      'org/values.json': {},
      'org/base.json': { version: 1, findings: [] },
      'pr/waivers.yaml': waiving(secrets),
      'pr/values.json': 'this is not read',
      'pr/t.yaml': template,
    });
    const { code, result } = await scan(join(cwd, 'pr'), 't.yaml', '--config', '../org/headgate.yaml');
    expect(code).toBe(1);
    expect(result.summary.waived).toBe(0);
    add(cwd, { 'org/waivers.yaml': waiving(secrets) });
    const again = await scan(join(cwd, 'pr'), 't.yaml', '--config', '../org/headgate.yaml');
    expect(again.result.summary.waived).toBe(1);
  });

  it('shuts out the configurations of the scanned folder, of those below and of those above', async () => {
    const off = "failOn: none\nrules: {'all.lambda.*': off}\nexclude: ['**']\n";
    const cwd = folderWith({
      'org/headgate.yaml': 'failOn: high\n',
      'up/headgate.yaml': off,
      'up/pull/headgate.yaml': off,
      'up/pull/sub/headgate.yaml': off,
      'up/pull/sub/t.yaml': `Resources:\n  F: ${failing}\n`,
      'up/pull/.git/HEAD': 'ref: refs/heads/main\n',
    });
    for (const [place, named] of [
      ['up', 'pull'],
      ['up/pull', 'sub'],
      ['up/pull/sub', '.'],
      ['up/pull/sub', 't.yaml'],
    ] as const) {
      const from = join(cwd, place);
      const own = await headgate(from, 'scan', named);
      const trusted = await headgate(from, 'scan', named, '--config', join(cwd, 'org/headgate.yaml'));
      expect([place, own.code === 1, trusted.code]).toEqual([place, false, 1]);
      expect(trusted.stdout).not.toContain('switched off');
    }
  });

  it('takes no waiver from a template where it refuses them, and says so', async () => {
    const commented = template.replace('F:', `F: # headgate:ignore ${secrets} please\n   `);
    const metadata = template.replace(
      '{Type',
      `{Metadata: {headgate: {ignore: [{rule: ${secrets}, reason: please}]}}, Type`,
    );
    const peers = template.replace(
      '{Type',
      '{Metadata: {checkov: {skip: [{id: CKV_AWS_45, comment: please}]}}, Type',
    );
    for (const text of [commented, metadata, peers]) {
      const cwd = folderWith({ 't.yaml': text, 'trusting.yaml': 'peerSuppressions: [checkov]\n' });
      add(cwd, {
        'strict.yaml': 'peerSuppressions: [checkov]\ntrust: {templateWaivers: false}\n',
      });
      expect((await scan(cwd, 't.yaml', '--config', 'trusting.yaml')).result.summary.waived).toBe(1);
      const { result, code } = await scan(cwd, 't.yaml', '--config', 'strict.yaml');
      expect([code, result.summary.waived]).toEqual([1, 0]);
      if (text !== peers) expect(result.diagnostics.map((item) => item.code)).toContain('waiver-untrusted');
    }
  });

  it('refuses baselines where it says so', async () => {
    const cwd = folderWith({ 't.yaml': template, 'headgate.yaml': 'trust: {baseline: false}\n' });
    await headgate(cwd, 'baseline', 'write', 't.yaml', '--config', '/dev/null');
    add(cwd, { 'headgate-baseline.json': { version: 1, findings: [] } });
    const { code, stderr } = await headgate(cwd, 'baseline', 'check', 't.yaml');
    expect(code).toBe(2);
    expect(stderr).toContain('trust.baseline');
  });
});

describe('what a configuration changes is named', () => {
  const config = [
    'failOn: none',
    'unknown: ignore',
    'waivers: w.yaml',
    'peerSuppressions: [checkov]',
    'rules:',
    `  ${secrets}: off`,
    '  all.lambda.runtime: {severity: low, reason: a reason for it}',
    'outside:',
    "  - {resource: '*/F', relation: role, absent: true, reason: none is there}",
  ].join('\n');
  const words = [
    secrets,
    'all.lambda.runtime',
    'medium -> low',
    'a reason for it',
    'failOn: high -> none',
    'unknown: warn -> ignore',
    'w.yaml',
    'checkov',
    'none is there',
  ];
  it.each(['console', 'markdown', 'annotations', 'sarif', 'junit', 'html', 'json'])(
    'in %s',
    async (format) => {
      const cwd = folderWith({
        't.yaml': template,
        'headgate.yaml': config,
        'w.yaml': waiving('all.lambda.tracing'),
      });
      const { stdout } = await headgate(cwd, 'scan', 't.yaml', '--format', format);
      const plain = stdout
        .replaceAll(/\s+/g, ' ')
        .replaceAll(/&gt;|\\u003e/g, '>')
        .replaceAll(/\\(?=[_-])/g, '');
      for (const word of words) expect(plain).toContain(word);
    },
  );

  it('waivers of templates too', async () => {
    const cwd = folderWith({
      't.yaml': template.replace('F:', `F: # headgate:ignore ${secrets} please\n   `),
    });
    for (const format of ['console', 'markdown', 'annotations'])
      expect((await headgate(cwd, 'scan', 't.yaml', '--format', format)).stdout).toContain(
        '1 by comments in templates',
      );
  });
});

describe('a baseline', () => {
  const shared = ['--rule', 'all.lambda.runtime', '--rule', secrets] as const;

  it('keeps no finding of a rule that is never waived', async () => {
    const cwd = folderWith({ 't.yaml': template });
    await headgate(cwd, 'rules', 'new', 'team.lambda.memory', '--folder', 'policies');
    const only = ['t.yaml', '--rules', 'policies', '--rule', 'team.lambda.memory'];
    await headgate(cwd, 'baseline', 'write', ...only);
    const rule = join(cwd, 'policies/team.lambda.memory.yaml');
    add(cwd, { 'policies/team.lambda.memory.yaml': `${readFileSync(rule, 'utf8')}waivable: false\n` });
    const { code, stdout } = await headgate(cwd, 'baseline', 'check', ...only);
    expect(code).toBe(1);
    expect(stdout).toContain('the rule cannot be waived');
    await headgate(cwd, 'baseline', 'write', ...only);
    expect(JSON.parse(readFileSync(join(cwd, 'headgate-baseline.json'), 'utf8'))).toEqual({
      version: 1,
      findings: [],
    });
  });

  it('loses what is repaired by prune, and wins nothing', async () => {
    const cwd = folderWith({ 't.yaml': template });
    await headgate(cwd, 'baseline', 'write', 't.yaml', ...shared);
    add(cwd, { 't.yaml': template.replace('nodejs8.10', 'nodejs24.x') + `  G: ${failing}\n` });
    const { code, stdout } = await headgate(cwd, 'baseline', 'prune', 't.yaml', ...shared);
    expect(code).toBe(0);
    expect(stdout).toBe('fixed  all.lambda.runtime on F\nWrote headgate-baseline.json: 1 removed, 1 kept\n');
    const kept = JSON.parse(readFileSync(join(cwd, 'headgate-baseline.json'), 'utf8')) as object;
    expect(kept).toMatchObject({ findings: [{ ruleId: secrets, resource: 'F' }] });
    // Another rule's run says nothing of it, and what cannot be read is not repaired.
    await headgate(cwd, 'baseline', 'prune', 't.yaml', '--rule', 'all.lambda.runtime');
    add(cwd, { 't.yaml': 'Resources: [' });
    expect((await headgate(cwd, 'baseline', 'prune', 't.yaml')).code).toBe(2);
    expect(JSON.parse(readFileSync(join(cwd, 'headgate-baseline.json'), 'utf8'))).toEqual(kept);
  });

  it('is checked with reports and a threshold, and what is known is counted', async () => {
    const cwd = folderWith({ 't.yaml': template });
    await headgate(cwd, 'baseline', 'write', 't.yaml', ...shared);
    const known = await headgate(cwd, 'baseline', 'check', 't.yaml', ...shared);
    expect(known).toMatchObject({ code: 0, stdout: '0 new, 2 accepted, 0 fixed\n' });
    add(cwd, { 't.yaml': `${template}  G: ${failing}\n` });
    const check = ['baseline', 'check', 't.yaml', ...shared, '--report', 'sarif=s.sarif'];
    expect((await headgate(cwd, ...check)).code).toBe(1);
    expect(readFileSync(join(cwd, 's.sarif'), 'utf8')).toContain('"ruleId": "all.lambda.runtime"');
    expect((await headgate(cwd, ...check, '--fail-on', 'none')).code).toBe(0);
    const json = await headgate(cwd, ...check, '--format', 'json');
    expect(JSON.parse(json.stdout)).toMatchObject({ summary: { fail: 2, waived: 2 } });
    add(cwd, { 't.yaml': 'Resources: [' });
    expect((await headgate(cwd, ...check)).code).toBe(2);
  });

  it.each([
    ['none', [null]],
    ['another object', { version: 1, findings: [null] }],
    ['one with a number for a fingerprint', entryWith({ fingerprint: 7 })],
    ['one with an object for a resource', entryWith({ resource: { toString: 'F' } })],
    ['one without a rule', entryWith({ ruleId: undefined })],
    ['one with a list for a severity', entryWith({ severity: ['high'] })],
  ])('that is %s is one clear line', async (_name, baseline) => {
    const cwd = folderWith({ 't.yaml': quiet, 'headgate-baseline.json': JSON.stringify(baseline) });
    const { code, stderr } = await headgate(cwd, 'baseline', 'check', 't.yaml');
    expect(code).toBe(2);
    expect(stderr).toMatch(/^headgate: The baseline .*(re|Re)create it with.*\n$/);
  });
});

describe('a configuration that multiplies', () => {
  it('by aliases is one clear line', async () => {
    const levels = Array.from(
      { length: 12 },
      (_, n) => `a${n}: &a${n} [${`*a${n - 1}, `.repeat(n > 0 ? 9 : 0)}x]`,
    );
    const cwd = folderWith({ 't.yaml': quiet, 'headgate.yaml': `${levels.join('\n')}\n` });
    const { code, stderr } = await headgate(cwd, 'scan', 't.yaml');
    expect(code).toBe(2);
    expect(stderr).toContain('headgate.yaml');
    expect(stderr).not.toContain('unexpected');
  });
});
