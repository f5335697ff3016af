import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { type App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { auditApplication } from '../../../reference-stack/audit/audit-application.ts';
import { fleetApplication } from '../../../reference-stack/audit/fleet-application.ts';
import { hookApplication } from '../../../reference-stack/hook/hook-application.ts';
import { newApp } from '../reference-app.ts';

interface Report {
  readonly pluginReports: {
    violations: { ruleName: string; violatingConstructs: { constructPath: string }[] }[];
  }[];
}

/** Findings of the AwsSolutions and Serverless packs, as `rule construct`. */
function findings(build: (app: App) => void): string[] {
  const app = newApp();
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));
  build(app);
  try {
    app.synth();
  } catch (error) {
    // A finding stops the synthesis, after the report was written.
    if ((error as Error).name !== 'ValidationFailed') throw error;
  }
  const report = JSON.parse(readFileSync(join(app.outdir, 'validation-report.json'), 'utf8')) as Report;
  return report.pluginReports
    .flatMap(({ violations }) => violations)
    .flatMap(({ ruleName, violatingConstructs }) =>
      violatingConstructs.map(({ constructPath }) => `${ruleName} ${constructPath}`),
    );
}

describe('cdk-nag', () => {
  it('has no finding on the audit of an account that is not acknowledged with a reason', () => {
    expect(findings((app) => auditApplication(app))).toEqual([]);
  });

  it('has no finding on the hook that is not acknowledged with a reason', () => {
    expect(findings((app) => hookApplication(app))).toEqual([]);
  });

  it('has no finding on the audit of an organization that is not acknowledged with a reason', () => {
    const build = (app: App) =>
      fleetApplication(app, { organizationId: 'o-abcdefghij', regions: ['eu-west-1'] });
    expect(findings(build)).toEqual([]);
  });
});
