import { mkdtempSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { App, Stack, Stage, Validations, aws_lambda as lambda, type StageProps } from 'aws-cdk-lib';
import { referenceApplication } from '../../reference-stack/lib/index.ts';
import type * as Cdk from '../../src/cdk/index.ts';
import { newApp } from './reference-app.ts';

// As applications load it: built, by require.
const { HeadgateValidation } = createRequire(import.meta.url)('../../dist/cdk.cjs') as typeof Cdk;

interface Report {
  readonly pluginReports: readonly {
    readonly pluginName: string;
    readonly conclusion: string;
    readonly metadata?: Readonly<Record<string, string>>;
    readonly violations: readonly Violation[];
    readonly suppressedViolations?: readonly (Violation & { readonly reason: string })[];
  }[];
}

interface Violation {
  readonly ruleName: string;
  readonly severity: string;
  readonly violatingConstructs: readonly {
    readonly constructPath: string;
    readonly cloudFormationResource: {
      readonly logicalId: string;
      readonly propertyPaths?: readonly string[];
    };
  }[];
}

function ordersStack(scope: App | Stage): lambda.CfnFunction {
  const stack = new Stack(scope, 'Orders');
  return new lambda.CfnFunction(stack, 'Handler', {
    role: 'arn:aws:iam::111122223333:role/orders',
    code: { zipFile: 'exports.handler = () => 1' },
    handler: 'index.handler',
    runtime: 'nodejs24.x',
    tracingConfig: { mode: 'PassThrough' },
  });
}

function folder(): string {
  return mkdtempSync(join(tmpdir(), 'headgate-cdk-'));
}

/** What the CDK reports of the plugin; a synthesis that it ends is as good as one that it does not. */
function reportOf(app: App): Report['pluginReports'][number] | undefined {
  try {
    app.synth();
  } catch (error) {
    expect(String(error)).toMatch(/Validation ?[Ff]ailed/);
  }
  const report = JSON.parse(readFileSync(join(app.outdir, 'validation-report.json'), 'utf8')) as Report;
  return report.pluginReports.find(({ pluginName }) => pluginName === 'headgate');
}

describe('HeadgateValidation', () => {
  beforeAll(() => {
    // The CDK's own rules take seconds and are not what is tested; its report goes to the console too.
    process.env['CDK_VALIDATION'] = 'false';
    jest.spyOn(console, 'error').mockImplementation(() => undefined);
  });

  afterAll(() => {
    jest.restoreAllMocks();
  });

  it('reports a finding with its construct and property, and ends the synthesis', () => {
    const app = new App({ outdir: folder() });
    Validations.of(app).addPlugins(new HeadgateValidation({ failOn: 'low' }));
    ordersStack(app);
    const report = reportOf(app);
    expect(report?.conclusion).toBe('failure');
    const tracing = report?.violations.find(({ ruleName }) => ruleName === 'all.lambda.tracing');
    expect(tracing?.violatingConstructs).toMatchObject([
      {
        constructPath: 'Orders/Handler',
        cloudFormationResource: { logicalId: 'Handler', propertyPaths: ['Properties.TracingConfig.Mode'] },
      },
    ]);
  });

  it('calls what is below the threshold a warning, and lets the synthesis end well', () => {
    const app = new App({ outdir: folder() });
    Validations.of(app).addPlugins(new HeadgateValidation({ failOn: 'none' }));
    ordersStack(app);
    const report = reportOf(app);
    expect(report?.conclusion).toBe('success');
    expect(new Set(report?.violations.map(({ severity }) => severity))).toEqual(new Set(['warning']));
  });

  it('leaves what the application acknowledged to the CDK, with the reason', () => {
    const app = new App({ outdir: folder() });
    Validations.of(app).addPlugins(new HeadgateValidation());
    const handler = ordersStack(app);
    Validations.of(handler).acknowledge({
      id: 'headgate::all.lambda.tracing',
      reason: 'Traced by its caller.',
    });
    const report = reportOf(app);
    expect(report?.violations.map(({ ruleName }) => ruleName)).not.toContain('all.lambda.tracing');
    expect(report?.suppressedViolations).toMatchObject([
      { ruleName: 'all.lambda.tracing', reason: 'Traced by its caller.' },
    ]);
  });

  it('tells a stage of its own templates alone', () => {
    const app = new App({ outdir: folder() });
    const stage = (id: string, props: StageProps = {}): Stage => new Stage(app, id, props);
    const [prod, test] = [stage('Prod'), stage('Test')];
    ordersStack(prod);
    ordersStack(test);
    Validations.of(prod).addPlugins(new HeadgateValidation());
    const paths = reportOf(app)?.violations.flatMap(({ violatingConstructs }) =>
      violatingConstructs.map(({ constructPath }) => constructPath),
    );
    expect(paths?.length).toBeGreaterThan(0);
    expect(paths?.filter((path) => !path.startsWith('Prod/'))).toEqual([]);
  });

  it('finds nothing in the reference application, whose acknowledgements stand as such', () => {
    const app = newApp(true);
    Validations.of(app).addPlugins(new HeadgateValidation({ unknown: 'fail' }));
    referenceApplication(app);
    const report = reportOf(app);
    expect(report).toMatchObject({ conclusion: 'success', violations: [] });
    expect(report?.suppressedViolations?.length).toBeGreaterThan(0);
  });

  it('says what is wrong when it cannot decide', () => {
    const app = new App({ outdir: folder() });
    Validations.of(app).addPlugins(new HeadgateValidation({ config: 'no-such-file.yaml' }));
    ordersStack(app);
    const report = reportOf(app);
    expect(report?.conclusion).toBe('failure');
    expect(report?.metadata?.['error']).toContain('`no-such-file.yaml` was not read: it does not exist');
  });
});
