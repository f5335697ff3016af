import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { signAssembly } from '../../reference-stack/deploy/sign-assembly.ts';
import { referenceApplication } from '../../reference-stack/lib/index.ts';
import type { Call } from './handlers/fake-aws.ts';
import { newApp, resourcesIn, type TemplateResource } from './reference-app.ts';
import { signingContext } from './signing-context.ts';

/** An asset manifest as the CDK writes it: bundles are zipped, a template is not. */
function manifest(bundles: (string | undefined)[], template: string): string {
  const asset = (hash: string, packaging: string, extension: string) => ({
    source: { path: `asset.${hash}`, packaging },
    destinations: {
      'current_account-current_region': {
        bucketName: 'cdk-hnb659fds-assets-${AWS::AccountId}-${AWS::Region}',
        objectKey: `${hash}.${extension}`,
      },
    },
  });
  const files = Object.fromEntries(bundles.map((hash = '') => [hash, asset(hash, 'zip', 'zip')]));
  return JSON.stringify({
    version: '55.0.0',
    files: { ...files, [template]: asset(template, 'file', 'json') },
  });
}

const of = (calls: Call[], command: string) => calls.filter((call) => call.command === command);

describe('signAssembly', () => {
  const folder = mkdtempSync(join(tmpdir(), 'assembly-'));
  const hashes = ['a', 'b', 'c'].map((letter) => letter.repeat(64));
  beforeAll(() => {
    writeFileSync(join(folder, 'One.assets.json'), manifest([hashes[0], hashes[1]], 'd'.repeat(64)));
    writeFileSync(join(folder, 'Two.assets.json'), manifest([hashes[1], hashes[2]], 'e'.repeat(64)));
  });

  it('signs the published version of every bundle, and no template', async () => {
    const { context, signing } = signingContext([{ status: 'Succeeded' }]);
    const keys = await signAssembly(folder, context);
    const started = of(signing, 'StartSigningJobCommand').map(({ input }) => input);
    expect(started).toHaveLength(3);
    for (const input of started) {
      expect(input).toMatchObject({
        profileName: 'profile',
        source: {
          s3: {
            bucketName: 'cdk-hnb659fds-assets-111122223333-eu-central-1',
            key: expect.stringMatching(/^[abc]{64}\.zip$/),
            version: 'version-1',
          },
        },
      });
    }
    expect(Object.keys(keys).sort()).toEqual(
      started.map((input) => (input['source'] as { s3: { key: string } }).s3.key).sort(),
    );
    expect(Object.values(keys).every((key) => /^signed\/profile\/[0-9a-f]{64}-job-\d\.zip$/.test(key))).toBe(
      true,
    );
  });

  it('waits for a job that is under way', async () => {
    const { context, signing } = signingContext([{ status: 'InProgress' }, { status: 'Succeeded' }]);
    await signAssembly(folder, context);
    expect(of(signing, 'DescribeSigningJobCommand').length).toBeGreaterThan(6);
  });

  it('does not sign again what the profile signed before', async () => {
    const { context, signing } = signingContext([{ status: 'Succeeded' }], { signed: true });
    const keys = await signAssembly(folder, context);
    expect(signing).toEqual([]);
    expect(Object.values(keys).every((key) => key.endsWith('-earlier.zip'))).toBe(true);
  });

  it('says which bundle failed, and why', async () => {
    const { context } = signingContext([{ status: 'Failed', statusReason: 'The profile was cancelled' }]);
    await expect(signAssembly(folder, context)).rejects.toThrow(
      /Signing of [0-9a-f]{64}\.zip \(job job-\d\) ended as Failed: The profile was cancelled\./,
    );
  });

  it('refuses a bucket without versions', async () => {
    const { context, signing } = signingContext([], { versions: false });
    await expect(signAssembly(folder, context)).rejects.toThrow('keeps no versions');
    expect(signing).toEqual([]);
  });
});

describe('templates after signing', () => {
  let functions: TemplateResource[];
  let directory: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'signed-'));
  });

  const synthesizeWith = (keys: object) => {
    const file = join(directory, 'signed.json');
    writeFileSync(file, JSON.stringify(keys));
    const app = newApp();
    app.node.setContext('signedCode', file);
    const { stacks } = referenceApplication(app);
    return stacks
      .flatMap((stack) => resourcesIn(stack))
      .filter(({ type }) => type === 'AWS::Lambda::Function');
  };

  it('point every function at its signed object', async () => {
    const app = newApp();
    referenceApplication(app);
    const { context } = signingContext([{ status: 'Succeeded' }]);
    functions = synthesizeWith(await signAssembly(app.synth().directory, context));
    const keys = functions.map(({ properties }) => (properties['Code'] as { S3Key: string }).S3Key);
    expect(keys).toHaveLength(8);
    expect(keys.filter((key) => !key.startsWith('signed/profile/'))).toEqual([]);
  });

  it('are not made while one bundle is unsigned', () => {
    expect(() => synthesizeWith({})).toThrow(/The bundle [0-9a-f]{64}\.zip of .* was not signed/);
  });
});
