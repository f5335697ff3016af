import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { EC2Client } from '@aws-sdk/client-ec2';
import { S3Client } from '@aws-sdk/client-s3';
import { SecurityHubClient } from '@aws-sdk/client-securityhub';
import { SignerClient } from '@aws-sdk/client-signer';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { parseArguments } from './arguments.ts';
import { lookUpPrefixLists, lookUpSecurityHub, lookUpZones } from './look-up.ts';
import { checkParameters } from './parameters.ts';
import { checkSettings } from './settings.ts';
import { signAssembly } from './sign-assembly.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const cdk = createRequire(import.meta.url).resolve('aws-cdk/bin/cdk');
const assembly = join(root, 'cdk.out');
const signedKeysFile = join(assembly, 'signed-code.json');
const outputsFile = join(assembly, 'outputs.json');

/**
 * Deploys the reference application, or the audit, with signed functions: the signing profile first, then every bundle is
 * published and signed, then the stacks that point at what was signed. What the Region and the account decide is looked
 * up before anything is deployed; a setting of the same name is taken as it is. What is missing is said before, too.
 *
 * @param args `name=value` settings of app.ts, then options of `cdk deploy`, such as `--parameters` and `--profile`
 */
export async function deploy(args: readonly string[]): Promise<void> {
  const { settings, everywhere, options, profile } = parseArguments(args, process.stdin.isTTY === true);
  checkSettings(settings);
  // The CDK's commands take the profile as an option, and the SDK takes it from here.
  if (profile !== undefined) process.env['AWS_PROFILE'] = profile;
  const stacks = `${settings.get('prefix') ?? 'Headgate'}${stackNamesOf(settings.get('application'))}`;
  const signing = `${stacks}Signing`;
  const s3 = new S3Client();
  const region = await s3.config.region();
  const context = [...settings, ...(await lookUp(settings, region, `${stacks}Foundation`))].flatMap(
    ([name, value]) => ['-c', `${name}=${value}`],
  );
  const cdkOf = (...command: string[]) => runCdk([...command, ...everywhere]);

  cdkOf('synth', '--quiet', '--all', ...context);
  await checkParameters(assembly, options, new CloudFormationClient());
  cdkOf(
    ...['deploy', signing, '--app', assembly, '--outputs-file', outputsFile],
    ...['--require-approval', 'never'],
  );
  cdkOf('publish-assets', '--unstable=publish-assets', '--all', '--app', assembly);

  const { Account: account = '', Arn: arn = '' } = await new STSClient().send(new GetCallerIdentityCommand());
  const keys = await signAssembly(assembly, {
    s3,
    signer: new SignerClient(),
    profileName: profileNameOf(signing),
    account,
    region,
    partition: arn.split(':')[1] ?? 'aws',
  });
  writeFileSync(signedKeysFile, JSON.stringify(keys, null, 2));

  cdkOf(
    ...['deploy', '--all', ...context, '-c', `signedCode=${signedKeysFile}`],
    ...['--outputs-file', outputsFile, ...options],
  );
}

/** What the Region and the account decide, as settings; those that were given are not asked for. */
async function lookUp(
  settings: ReadonlyMap<string, string>,
  region: string,
  foundation: string,
): Promise<[string, string][]> {
  const ec2 = new EC2Client();
  const found: [string, string][] = [];
  if (!settings.has('prefixLists')) {
    const { s3, dynamoDb } = await lookUpPrefixLists(ec2, region);
    found.push(['prefixLists', `${s3},${dynamoDb}`]);
  }
  if (!settings.has('zones')) {
    const zones = await lookUpZones(ec2, region);
    if (zones) found.push(['zones', zones.join(',')]);
  }
  if (!settings.has('securityHub')) {
    const enable = await lookUpSecurityHub(new SecurityHubClient(), new CloudFormationClient(), foundation);
    found.push(['securityHub', String(enable)]);
  }
  return found;
}

/** Part of a stack's name that tells the applications apart. */
function stackNamesOf(application: string | undefined): string {
  if (application === 'audit') return 'Audit';
  return application === 'fleet' ? 'Fleet' : '';
}

function profileNameOf(stack: string): string {
  const outputs = JSON.parse(readFileSync(outputsFile, 'utf8')) as Record<string, Record<string, string>>;
  const name = Object.entries(outputs[stack] ?? {}).find(([output]) => output.includes('ProfileName'))?.[1];
  if (name === undefined)
    throw new Error(`The stack ${stack} has no output SigningProfileName. Deploy it again with deploy.mjs.`);
  return name;
}

/** @throws when the command fails; it has said why */
function runCdk(args: readonly string[]): void {
  const { status } = spawnSync(process.execPath, [cdk, ...args], { cwd: root, stdio: 'inherit' });
  if (status !== 0) throw new Error(`cdk ${args[0] ?? ''} failed.`);
}
