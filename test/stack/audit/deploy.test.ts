import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, jest } from '@jest/globals';
import { type App, Stack } from 'aws-cdk-lib';
import { applicationFromSettings, isAuditApplication } from '../../../reference-stack/audit/from-settings.ts';
import { signAssembly } from '../../../reference-stack/deploy/sign-assembly.ts';
import { newApp, resourcesIn, type TemplateResource } from '../reference-app.ts';
import { signingContext } from '../signing-context.ts';

// Whole syntheses, beside other suites on a small machine.
jest.setTimeout(60_000);

const fleet = { organizationId: 'o-abcdefghij', regions: 'eu-central-1,us-east-1' };

/** The app as `node reference-stack/deploy.mjs application=... name=value` builds it. */
function build(application: 'audit' | 'fleet', settings: Record<string, string> = {}): App {
  const app = newApp();
  applicationFromSettings(app, application, (name) => settings[name]);
  return app;
}

const stacksOf = (app: App): Stack[] => app.node.children.filter((child) => Stack.isStack(child));
const ofType = (app: App, type: string): TemplateResource[] =>
  stacksOf(app)
    .flatMap((stack) => resourcesIn(stack))
    .filter((resource) => resource.type === type);
const codeOf = ({ properties }: TemplateResource) => (properties['Code'] as { S3Key: string }).S3Key;

describe.each([
  ['audit', {}, 1],
  ['fleet', fleet, 2],
] as const)('the deployment of application=%s', (application, settings, functions) => {
  it('signs every bundle, and points every function at its signed object', async () => {
    const { directory } = build(application, settings).synth();
    const { context, signing } = signingContext([{ status: 'Succeeded' }]);
    const keys = await signAssembly(directory, context);
    expect(signing.filter(({ command }) => command === 'StartSigningJobCommand')).toHaveLength(
      new Set(Object.keys(keys)).size,
    );
    const file = join(mkdtempSync(join(tmpdir(), 'signed-')), 'signed.json');
    writeFileSync(file, JSON.stringify(keys));
    const signed = newApp();
    signed.node.setContext('signedCode', file);
    applicationFromSettings(signed, application, (name) => ({ ...settings })[name as 'regions']);
    const found = ofType(signed, 'AWS::Lambda::Function').map(codeOf);
    expect(found).toHaveLength(functions);
    expect(found.filter((key) => !key.startsWith('signed/profile/'))).toEqual([]);
  });

  it('makes the signing profile first, and asks where alarms go', () => {
    const app = build(application, settings);
    const { directory } = app.synth();
    const [signing = '', foundation = '', last] = stacksOf(app).map(({ stackName }) => stackName);
    // No stack of one application is one of another's: their endpoints admit other callers.
    const name = `Headgate${application === 'audit' ? 'Audit' : 'Fleet'}`;
    const dependencies = Object.fromEntries(
      stacksOf(app).map((stack) => [stack.stackName, stack.dependencies.map(({ stackName }) => stackName)]),
    );
    expect([signing, foundation, last]).toEqual([`${name}Signing`, `${name}Foundation`, name]);
    expect(dependencies[signing]).toEqual([]);
    expect(dependencies[last ?? '']).toEqual(expect.arrayContaining([signing, foundation]));
    const { Parameters } = JSON.parse(
      readFileSync(join(directory, `${name}Foundation.template.json`), 'utf8'),
    ) as { Parameters: Record<string, unknown> };
    expect(Object.keys(Parameters)).toContain('AlarmEmail');
  });

  it('takes what it is told', () => {
    const app = build(application, {
      ...settings,
      prefix: 'Acme',
      schedule: 'rate(12 hours)',
      keepDays: '30',
      memoryMiB: '3008',
      posture: 'sandbox',
      securityHub: 'false',
    });
    expect(stacksOf(app).map(({ stackName }) => stackName)[0]).toBe(
      `Acme${application === 'audit' ? 'Audit' : 'Fleet'}Signing`,
    );
    const [schedule] = ofType(app, 'AWS::Scheduler::Schedule');
    expect(schedule?.properties).toMatchObject({ ScheduleExpression: 'rate(12 hours)' });
    expect(JSON.stringify(ofType(app, 'AWS::S3::Bucket'))).toContain('"ExpirationInDays":30');
    expect(ofType(app, 'AWS::Lambda::Function')[0]?.properties).toMatchObject({ MemorySize: 3008 });
    expect(ofType(app, 'AWS::SecurityHub::Hub')).toEqual([]);
    // Switched on by somebody else, it is told all the same.
    expect(JSON.stringify(ofType(app, 'AWS::Lambda::Function'))).toContain('"HEADGATE_SECURITY_HUB":"on"');
  });

  it.each([
    [{ keepDays: 'many' }, 'keepDays=many is not valid. Set a whole number'],
    [{ posture: 'sandbx' }, 'posture=sandbx is not valid. Set production or sandbox.'],
  ])('refuses %j', (wrong, message) => {
    expect(() => build(application, { ...settings, ...wrong })).toThrow(message);
  });
});

describe('the settings of a deployment', () => {
  it('name the organization and the Regions of a fleet', () => {
    expect(() => build('fleet')).toThrow(
      'application=fleet requires `organizationId=o-...` and `regions=eu-west-1,us-east-1`.',
    );
  });

  it('deploy nothing else by a slip of the pen', () => {
    expect([undefined, 'reference', 'audit', 'fleet'].map(isAuditApplication)).toEqual([
      false,
      false,
      true,
      true,
    ]);
    expect(() => isAuditApplication('audits')).toThrow('application=audits is not valid');
  });
});
