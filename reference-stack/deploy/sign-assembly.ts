import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { HeadObjectCommand, ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';
import {
  DescribeSigningJobCommand,
  StartSigningJobCommand,
  waitUntilSuccessfulSigningJob,
  type SignerClient,
} from '@aws-sdk/client-signer';
import type { SignedKeys } from '../lib/signed-code.ts';

/** Where and with what bundles are signed. */
export interface SigningContext {
  readonly s3: S3Client;
  readonly signer: SignerClient;
  /** Signing profile that the functions' code signing configuration trusts. */
  readonly profileName: string;
  readonly account: string;
  readonly region: string;
  /** @default 'aws' */
  readonly partition?: string;
  /** How long one signing job may take. @default 300 */
  readonly maximumWaitSeconds?: number;
  /** How often a job is asked for, from one second up. @default 5 */
  readonly maximumDelaySeconds?: number;
}

/** A bundle of the assembly, published already. */
interface Bundle {
  readonly bucket: string;
  readonly key: string;
}

interface AssetManifest {
  readonly files?: Readonly<
    Record<
      string,
      {
        readonly source: { readonly path?: string; readonly packaging: string };
        readonly destinations: Readonly<
          Record<string, { readonly bucketName: string; readonly objectKey: string }>
        >;
      }
    >
  >;
}

/**
 * Signs every function bundle of a cloud assembly whose assets were published. A bundle that the profile signed
 * before is not signed again: the key of a bundle is the hash of its content.
 *
 * @param folder the cloud assembly
 * @returns the signed object of each bundle, for `SignedCode`
 * @throws when the bucket keeps no versions, or a job fails; the message says which bundle
 */
export async function signAssembly(folder: string, context: SigningContext): Promise<SignedKeys> {
  const bundles = [...new Map(bundlesOf(folder, context).map((bundle) => [bundle.key, bundle])).values()];
  const signed = await Promise.all(
    bundles.map(async (bundle) => {
      const key = (await findSigned(bundle, context)) ?? (await sign(bundle, context));
      return [bundle.key, key] as const;
    }),
  );
  return Object.fromEntries(signed);
}

/** Zipped folders are bundles; templates and other files are published as they are. */
function bundlesOf(folder: string, context: SigningContext): Bundle[] {
  const manifests = readdirSync(folder).filter((name) => name.endsWith('.assets.json'));
  return manifests.sort().flatMap((name) => {
    const manifest = JSON.parse(readFileSync(join(folder, name), 'utf8')) as AssetManifest; // written by the CDK
    return Object.values(manifest.files ?? {})
      .filter(({ source }) => source.packaging === 'zip')
      .flatMap(({ destinations }) => Object.values(destinations))
      .map(({ bucketName, objectKey }) => ({ bucket: fill(bucketName, context), key: objectKey }));
  });
}

function fill(text: string, context: SigningContext): string {
  return text
    .replaceAll('${AWS::AccountId}', context.account)
    .replaceAll('${AWS::Region}', context.region)
    .replaceAll('${AWS::Partition}', context.partition ?? 'aws');
}

function signedPrefix(bundle: Bundle, context: SigningContext): string {
  return `signed/${context.profileName}/${bundle.key.replace(/\.zip$/, '')}-`;
}

async function findSigned(bundle: Bundle, context: SigningContext): Promise<string | undefined> {
  const { Contents: objects = [] } = await context.s3.send(
    new ListObjectsV2Command({ Bucket: bundle.bucket, Prefix: signedPrefix(bundle, context), MaxKeys: 1 }),
  );
  return objects[0]?.Key;
}

async function sign(bundle: Bundle, context: SigningContext): Promise<string> {
  const { VersionId: version } = await context.s3.send(
    new HeadObjectCommand({ Bucket: bundle.bucket, Key: bundle.key }),
  );
  // A job signs one version of an object, so that nobody can change it in between.
  if (version === undefined)
    throw new Error(`The bucket ${bundle.bucket} has no versioning. Run cdk bootstrap again.`);
  const { jobId } = await context.signer.send(
    new StartSigningJobCommand({
      profileName: context.profileName,
      source: { s3: { bucketName: bundle.bucket, key: bundle.key, version } },
      destination: { s3: { bucketName: bundle.bucket, prefix: signedPrefix(bundle, context) } },
    }),
  );
  return finishedJob(bundle, jobId ?? '', context);
}

async function finishedJob(bundle: Bundle, jobId: string, context: SigningContext): Promise<string> {
  const { signer, maximumWaitSeconds = 300, maximumDelaySeconds = 5 } = context;
  const waiter = {
    client: signer,
    maxWaitTime: maximumWaitSeconds,
    minDelay: 1,
    maxDelay: maximumDelaySeconds,
  };
  // The waiter throws on failure without saying why; the job itself knows.
  await waitUntilSuccessfulSigningJob(waiter, { jobId }).catch(() => undefined);
  const job = await signer.send(new DescribeSigningJobCommand({ jobId }));
  const key = job.signedObject?.s3?.key;
  if (job.status !== 'Succeeded' || key === undefined) {
    throw new Error(
      `Signing of ${bundle.key} (job ${jobId}) ended as ${job.status ?? 'unknown'}: ${job.statusReason ?? 'AWS Signer returned no reason'}.`,
    );
  }
  return key;
}
