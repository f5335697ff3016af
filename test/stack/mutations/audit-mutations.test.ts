import { rmSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { App } from 'aws-cdk-lib';
import { auditApplication } from '../../../reference-stack/audit/audit-application.ts';
import { fleetApplication } from '../../../reference-stack/audit/fleet-application.ts';
import { hookApplication } from '../../../reference-stack/hook/hook-application.ts';
import type { RuleSet } from '../../../src/model/rule.ts';
import { applySettings } from '../../../src/rules/apply-config.ts';
import { shippedRules } from '../../../src/rules/shipped.ts';
import { newApp } from '../reference-app.ts';
import { auditMatrix, type AuditKind } from './audit-matrix.ts';
import { MutableApplication, newFindings, type Verdicts } from './mutable-application.ts';

const build: Record<AuditKind, (app: App) => unknown> = {
  Audit: (app) => auditApplication(app),
  Fleet: (app) =>
    fleetApplication(app, { organizationId: 'o-abcdefghij', regions: ['eu-west-1', 'us-east-1'] }),
  Hook: (app) => hookApplication(app),
};

let ruleSet: RuleSet;
beforeAll(async () => {
  ruleSet = applySettings(await shippedRules(), {});
}, 60_000);

describe.each<AuditKind>(['Audit', 'Fleet', 'Hook'])('the stacks of %s', (kind) => {
  let application: MutableApplication;
  let before: Verdicts;
  beforeAll(async () => {
    // No rule looks into the code of an audit, which is Headgate itself: it need not be bundled.
    const app = newApp();
    build[kind](app);
    application = await MutableApplication.open(app.synth().directory, ruleSet);
    before = await application.verdicts();
  }, 60_000);
  afterAll(() => {
    rmSync(application.folder, { recursive: true, force: true });
  });

  it('have no finding, and leave nothing open that nobody answered', () => {
    expect(newFindings(before, new Map())).toEqual([]);
  });

  it('are broken for every rule that has a place in them, and for no other', () => {
    const decided = new Set(
      [...before].flatMap(([key, verdict]) => (verdict === 'pass' ? key.split(' ')[0] : [])),
    );
    expect([...new Set(auditMatrix(kind).map(({ rule }) => rule))].sort()).toEqual([...decided].sort());
  });

  it.each(auditMatrix(kind).map((mutation) => [mutation.rule, mutation.mistake, mutation] as const))(
    '%s alone fires when %s',
    async (_rule, _mistake, { edits, also = [], ...finding }) => {
      const expected = [finding, ...also];
      expect(before.get(`${finding.rule} ${finding.on}`)).toBe('pass');
      expect(newFindings(await application.verdicts(edits), before)).toEqual(
        expected.map(({ becomes = 'fail', rule, on }) => `${becomes} ${rule} ${on}`).sort(),
      );
    },
  );
});
