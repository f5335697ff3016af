import { execFileSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { referenceApplication } from '../../reference-stack/lib/index.ts';
import { newApp } from './reference-app.ts';

describe('the functions’ bundles', () => {
  let bundles: string[];
  beforeAll(() => {
    const app = newApp(true);
    referenceApplication(app);
    const { directory } = app.synth();
    bundles = readdirSync(directory)
      .filter((name) => name.startsWith('asset.'))
      .map((name) => join(directory, name, 'index.js'));
  });

  it('are one for each function, each under 3 MB', () => {
    expect(bundles).toHaveLength(8);
    expect(bundles.filter((bundle) => statSync(bundle).size > 3_000_000)).toEqual([]);
  });

  it('load by themselves, as CommonJS, and export a handler', () => {
    const settings = [
      'IDEMPOTENCY_TABLE',
      'ORDERS_TABLE',
      'PROCESSED_TABLE',
      'DOCUMENT_BUCKET',
      'AUDIT_BUCKET',
      'ORDER_QUEUE_URL',
      'DUE_INDEX',
      'TOPIC_ARN',
      'STATE_MACHINE_ARN',
    ];
    const script = `process.stdout.write(process.argv.slice(1).map((file) => Object.keys(require(file))).join())`;
    const exported = execFileSync(process.execPath, ['-e', script, ...bundles], {
      encoding: 'utf8',
      env: {
        ...Object.fromEntries(settings.map((name) => [name, 'set'])),
        AWS_REGION: 'eu-central-1',
        AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
      },
    });
    expect(exported).toBe(Array(8).fill('handler').join());
  });
});
