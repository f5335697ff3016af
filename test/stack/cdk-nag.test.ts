import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { Stack, Validations } from 'aws-cdk-lib';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { referenceApplication } from '../../reference-stack/lib/index.ts';
import { newApp } from './reference-app.ts';

interface Report {
  readonly pluginReports: {
    violations: { ruleName: string; violatingConstructs: { constructPath: string }[] }[];
  }[];
}

/** Findings of the AwsSolutions and Serverless packs, as `rule construct`. */
function findings(alter: (root: Stack) => void = () => undefined): string[] {
  const app = newApp();
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));
  referenceApplication(app);
  alter(new Stack(app, 'Altered'));
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
  it('has no finding on the reference application that is not acknowledged with a reason', () => {
    expect(findings()).toEqual([]);
  });

  it('was really asked: a bare queue beside it is found', () => {
    expect(findings((stack) => new sqs.Queue(stack, 'Bare'))).toEqual([
      'AwsSolutions-SQS3 Altered/Bare/Resource',
      'AwsSolutions-SQS4 Altered/Bare/Resource',
      'Serverless-SQSRedrivePolicy Altered/Bare/Resource',
    ]);
  });
});
