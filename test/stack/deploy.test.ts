import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { EC2Client } from '@aws-sdk/client-ec2';
import { SecurityHubClient } from '@aws-sdk/client-securityhub';
import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { parseArguments } from '../../reference-stack/deploy/arguments.ts';
import { lookUpPrefixLists, lookUpSecurityHub, lookUpZones } from '../../reference-stack/deploy/look-up.ts';
import { checkParameters } from '../../reference-stack/deploy/parameters.ts';
import { checkSettings } from '../../reference-stack/deploy/settings.ts';
import { signAssembly } from '../../reference-stack/deploy/sign-assembly.ts';
import { referenceApplication } from '../../reference-stack/lib/index.ts';
import { answering, type Answer, type Call } from './handlers/fake-aws.ts';
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

const credentials = { accessKeyId: 'testing', secretAccessKey: 'testing' };

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
    await expect(signAssembly(folder, context)).rejects.toThrow('has no versioning');
    expect(signing).toEqual([]);
  });
});

describe('the command line of a deployment', () => {
  const parse = (line: string, terminal = true) => parseArguments(line.split(' '), terminal);

  it('gives the profile to every command, and to each the options that are its own', () => {
    const { settings, everywhere, options, profile } = parse(
      'domainName=orders.acme.com --profile prod --parameters HeadgateApi:HostedZoneId=Z1 -c posture=sandbox --verbose prefix=Acme',
    );
    expect(Object.fromEntries(settings)).toEqual({
      domainName: 'orders.acme.com',
      posture: 'sandbox',
      prefix: 'Acme',
    });
    expect(profile).toBe('prod');
    expect(everywhere).toEqual(['--profile', 'prod']);
    expect(options).toEqual(['--parameters', 'HeadgateApi:HostedZoneId=Z1', '--verbose']);
    expect(parse('--profile=prod').everywhere).toEqual(['--profile', 'prod']);
  });

  it('asks nobody where there is no terminal, unless told to', () => {
    expect(parse('prefix=Acme', false).options).toEqual(['--require-approval', 'never']);
    expect(parse('--require-approval any-change', false).options).toEqual([
      '--require-approval',
      'any-change',
    ]);
    expect(parse('prefix=Acme').options).toEqual([]);
  });
});

describe('the settings of a deployment', () => {
  const check = (line: string) => () => checkSettings(parseArguments(line.split(' '), true).settings);

  it('exist, or the nearest one is named', () => {
    expect(check('domianName=orders.acme.com postur=sandbox')).toThrow(
      '`domianName` is not a setting of application=reference. Did you mean `domainName`?\n' +
        '`postur` is not a setting of application=reference. Did you mean `posture`?',
    );
    expect(check('application=audit domainName=orders.acme.com')).toThrow(
      '`domainName` is not a setting of application=audit.',
    );
    expect(check('application=fleet organizationId=o-1 regions=eu-north-1 keepDays=30')).not.toThrow();
  });

  it('have values that exist', () => {
    expect(check('posture=sandbx')).toThrow('`posture=sandbx` is not valid. Did you mean `sandbox`?');
    expect(check('application=adit')).toThrow('Did you mean `audit`?');
    expect(check('posture=sandbox securityHub=false')).not.toThrow();
  });
});

describe('the parameters of a deployment', () => {
  const folder = mkdtempSync(join(tmpdir(), 'assembly-'));
  beforeAll(() => {
    const Parameters = {
      HostedZoneId: { Type: 'String', AllowedPattern: 'Z[A-Z0-9]{1,31}' },
      BootstrapVersion: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/cdk' },
    };
    writeFileSync(join(folder, 'HeadgateApi.template.json'), JSON.stringify({ Parameters }));
    writeFileSync(
      join(folder, 'HeadgateFoundation.template.json'),
      JSON.stringify({ Parameters: { AlarmEmail: { Type: 'String' } } }),
    );
  });
  const check = (line: string, stacks: Record<string, string[]> = {}) => {
    const client = new CloudFormationClient({ region: 'eu-north-1', credentials });
    answering(client, {
      DescribeStacksCommand: ({ StackName: name }) => {
        const parameters = stacks[String(name)];
        if (!parameters) throw new Error('does not exist');
        return { Stacks: [{ Parameters: parameters.map((key) => ({ ParameterKey: key })) }] };
      },
    });
    return checkParameters(folder, line.split(' '), client);
  };

  it('are all asked for before anything is deployed', async () => {
    await expect(check('')).rejects.toThrow(
      'Give --parameters HeadgateApi:HostedZoneId=VALUE.\nGive --parameters HeadgateFoundation:AlarmEmail=VALUE.',
    );
    await expect(
      check('--parameters HeadgateApi:HostedZoneId=Z1 --parameters AlarmEmail=ops@acme.com'),
    ).resolves.toBeUndefined();
  });

  it('have the form that their stack asks for', async () => {
    await expect(
      check('--parameters HeadgateApi:HostedZoneId=acme.com --parameters AlarmEmail=ops@acme.com'),
    ).rejects.toThrow('`acme.com` is not valid for HeadgateApi:HostedZoneId');
  });

  it('are kept by a stack that is there', async () => {
    const stacks = { HeadgateApi: ['HostedZoneId'], HeadgateFoundation: ['AlarmEmail'] };
    await expect(check('', stacks)).resolves.toBeUndefined();
  });
});

describe('what a deployment looks up', () => {
  const named = (name: string) => () => Promise.reject(Object.assign(new Error(name), { name }));
  const ec2 = (answers: Record<string, Answer>) => {
    const client = new EC2Client({ region: 'eu-north-1', credentials });
    answering(client, answers);
    return client;
  };

  it('is the prefix lists, in every Region', async () => {
    const lists = ['s3', 'dynamodb'].map((service) => ({
      PrefixListName: `com.amazonaws.eu-north-9.${service}`,
      PrefixListId: `pl-${service}`,
    }));
    const asked = ec2({ DescribeManagedPrefixListsCommand: () => ({ PrefixLists: lists }) });
    await expect(lookUpPrefixLists(asked, 'eu-north-9')).resolves.toEqual({
      s3: 'pl-s3',
      dynamoDb: 'pl-dynamodb',
    });
    const denied = ec2({ DescribeManagedPrefixListsCommand: named('UnauthorizedOperation') });
    await expect(lookUpPrefixLists(denied, 'eu-central-1')).resolves.toEqual({
      s3: 'pl-6ea54007',
      dynamoDb: 'pl-66a5400f',
    });
    await expect(lookUpPrefixLists(denied, 'eu-north-9')).rejects.toThrow(
      'set prefixLists=pl-S3,pl-DYNAMODB',
    );
  });

  it('is two zones in which functions run', async () => {
    const zones = [
      ['us-east-1c', 'use1-az2'],
      ['us-east-1a', 'use1-az3'],
      ['us-east-1b', 'use1-az1'],
    ].map(([ZoneName, ZoneId]) => ({ ZoneName, ZoneId }));
    const of = (DescribeVpcEndpointServicesCommand: Answer) =>
      lookUpZones(
        ec2({
          DescribeAvailabilityZonesCommand: () => ({ AvailabilityZones: zones }),
          DescribeVpcEndpointServicesCommand,
        }),
        'us-east-1',
      );
    await expect(of(named('UnauthorizedOperation'))).resolves.toEqual(['us-east-1b', 'us-east-1c']);
    await expect(
      lookUpZones(ec2({ DescribeAvailabilityZonesCommand: named('Denied') }), 'us-east-1'),
    ).resolves.toBeUndefined();
  });

  it('is two zones in which every endpoint can be made', async () => {
    const zones = ['a', 'b', 'c', 'd'].map((letter) => ({ ZoneName: `eu-north-1${letter}` }));
    const service = (name: string, letters: string, type = 'Interface') => ({
      ServiceName: `com.amazonaws.eu-north-1.${name}`,
      ServiceType: [{ ServiceType: type }],
      AvailabilityZones: [...letters].map((letter) => `eu-north-1${letter}`),
    });
    const asked = ec2({
      DescribeAvailabilityZonesCommand: () => ({ AvailabilityZones: zones }),
      DescribeVpcEndpointServicesCommand: () => ({
        ServiceDetails: [
          service('lambda', 'bcd'),
          service('kms', 'abd'),
          service('dynamodb', 'a', 'Gateway'),
        ],
      }),
    });
    await expect(lookUpZones(asked, 'eu-north-1')).resolves.toEqual(['eu-north-1b', 'eu-north-1d']);
  });

  it.each([
    ['off', named('InvalidAccessException'), () => ({}), true],
    [
      'on by this stack',
      () => ({}),
      () => ({ StackResources: [{ ResourceType: 'AWS::SecurityHub::Hub' }] }),
      true,
    ],
    ['on by somebody else', () => ({}), () => ({ StackResources: [] }), false],
    ['on, and the stack is not there yet', () => ({}), named('ValidationError'), false],
  ])('is whether to enable Security Hub: %s', async (_name, hub, resources, expected) => {
    const securityHub = new SecurityHubClient({ region: 'eu-north-1', credentials });
    const cloudFormation = new CloudFormationClient({ region: 'eu-north-1', credentials });
    answering(securityHub, { DescribeHubCommand: hub as Answer });
    answering(cloudFormation, { DescribeStackResourcesCommand: resources as Answer });
    await expect(lookUpSecurityHub(securityHub, cloudFormation, 'HeadgateFoundation')).resolves.toBe(
      expected,
    );
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
    expect(() => synthesizeWith({})).toThrow(/The bundle [0-9a-f]{64}\.zip of .* has no signature/);
  });
});
