import { S3Client } from '@aws-sdk/client-s3';
import { SignerClient } from '@aws-sdk/client-signer';
import type { SigningContext } from '../../reference-stack/deploy/sign-assembly.ts';
import { answering } from './handlers/fake-aws.ts';

/** Answers that Signer and S3 gave, in their form; `jobs` is what each job says when it is asked, in turn. */
export function signingContext(jobs: object[], published: { versions?: boolean; signed?: boolean } = {}) {
  const s3 = new S3Client({ region: 'eu-central-1' });
  const signer = new SignerClient({ region: 'eu-central-1' });
  let started = 0;
  const objects = answering(s3, {
    HeadObjectCommand: () => (published.versions === false ? {} : { VersionId: 'version-1' }),
    ListObjectsV2Command: ((input: { Prefix: string }) =>
      published.signed ? { Contents: [{ Key: `${input.Prefix}earlier.zip` }] } : {}) as never,
  });
  const prefixes = new Map<string, string>();
  const signing = answering(signer, {
    StartSigningJobCommand: ((input: { destination: { s3: { prefix: string } } }) => {
      started += 1;
      prefixes.set(`job-${started}`, input.destination.s3.prefix);
      return { jobId: `job-${started}`, jobOwner: '111122223333' };
    }) as never,
    DescribeSigningJobCommand: (({ jobId }: { jobId: string }) => ({
      jobId,
      signedObject: { s3: { bucketName: 'bucket', key: `${prefixes.get(jobId) ?? ''}${jobId}.zip` } },
      ...(jobs.length > 1 ? jobs.shift() : jobs[0]),
    })) as never,
  });
  const context: SigningContext = {
    s3,
    signer,
    profileName: 'profile',
    account: '111122223333',
    region: 'eu-central-1',
    maximumDelaySeconds: 1,
  };
  return { context, objects, signing };
}
