import { readFileSync } from 'node:fs';
import { App } from 'aws-cdk-lib';
import { applicationFromSettings, isAuditApplication, networkFromSettings } from './audit/from-settings.ts';
import { referenceApplication, type ReferenceApplicationProps } from './lib/reference-application.ts';

// The feature flags stand in cdk.json alone, which only the CDK CLI reads by itself.
const settings = JSON.parse(readFileSync(new URL('./cdk.json', import.meta.url), 'utf8')) as {
  context: Record<string, unknown>;
};
const app = new App({ context: settings.context });
const setting = (name: string): string | undefined => app.node.tryGetContext(name) as string | undefined; // -c name=value

const text = (name: 'prefix' | 'domainName' | 'certificateArn' | 'externalApiUrl' | 'alarmEmail') => {
  const value = setting(name);
  return value === undefined ? {} : { [name]: value };
};
const externalCidrs = setting('externalCidrs')?.split(',');
const props: ReferenceApplicationProps = {
  ...text('prefix'),
  ...text('domainName'),
  ...text('certificateArn'),
  ...text('externalApiUrl'),
  ...text('alarmEmail'),
  network: networkFromSettings(setting),
  posture: setting('posture') === 'sandbox' ? 'sandbox' : 'production',
  securityHub: setting('securityHub') !== 'false',
  ...(externalCidrs && { externalCidrs }),
};
const application = setting('application');
if (isAuditApplication(application)) applicationFromSettings(app, application, setting);
else referenceApplication(app, props);
app.synth();
