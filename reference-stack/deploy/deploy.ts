import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { S3Client } from '@aws-sdk/client-s3';
import { SignerClient } from '@aws-sdk/client-signer';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { signAssembly } from './sign-assembly.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const cdk = createRequire(import.meta.url).resolve('aws-cdk/bin/cdk');
const assembly = join(root, 'cdk.out');
const signedKeysFile = join(assembly, 'signed-code.json');
const outputsFile = join(assembly, 'outputs.json');

/**
 * Deploys the reference application with signed functions: the signing profile first, then every bundle is
 * published and signed, then the stacks that point at what was signed.
 *
 * @param args `name=value` settings of app.ts, then options of `cdk deploy`, such as `--parameters`
 */
export async function deploy(args: readonly string[]): Promise<void> {
  const context = args.filter((arg) => /^\w+=/.test(arg)).flatMap((arg) => ['-c', arg]);
  const options = args.filter((arg) => !/^\w+=/.test(arg));
  const prefix = args.find((arg) => arg.startsWith('prefix='))?.slice('prefix='.length) ?? 'Headgate';
  const signing = `${prefix}Signing`;

  runCdk(['synth', '--quiet', '--all', ...context]);
  runCdk(['deploy', signing, '--app', assembly, '--outputs-file', outputsFile]);
  runCdk(['publish-assets', '--unstable=publish-assets', '--all', '--app', assembly]);

  const { Account: account = '', Arn: arn = '' } = await new STSClient().send(new GetCallerIdentityCommand());
  const s3 = new S3Client();
  const keys = await signAssembly(assembly, {
    s3,
    signer: new SignerClient(),
    profileName: profileNameOf(signing),
    account,
    region: await s3.config.region(),
    partition: arn.split(':')[1] ?? 'aws',
  });
  writeFileSync(signedKeysFile, JSON.stringify(keys, null, 2));

  runCdk(['deploy', '--all', ...context, '-c', `signedCode=${signedKeysFile}`, ...options]);
}

function profileNameOf(stack: string): string {
  const outputs = JSON.parse(readFileSync(outputsFile, 'utf8')) as Record<string, Record<string, string>>;
  const name = Object.entries(outputs[stack] ?? {}).find(([output]) => output.includes('ProfileName'))?.[1];
  if (name === undefined) throw new Error(`The stack ${stack} names no signing profile.`);
  return name;
}

/** @throws when the command fails; it has said why */
function runCdk(args: readonly string[]): void {
  const { status } = spawnSync(process.execPath, [cdk, ...args], { cwd: root, stdio: 'inherit' });
  if (status !== 0) throw new Error(`cdk ${args[0] ?? ''} failed.`);
}
