import { HeadgateError } from '../model/headgate-error.ts';

/**
 * The Region that the SDK would take by itself: environment, then the profile of the shared configuration.
 * @throws HeadgateError `region-missing`.
 */
export async function ownRegion(profile: string | undefined): Promise<string> {
  const { STSClient } = await import('@aws-sdk/client-sts');
  const client = new STSClient(profile === undefined ? {} : { profile });
  try {
    return await client.config.region();
  } catch (cause) {
    throw new HeadgateError(
      'region-missing',
      'No Region is set: give --region, or set AWS_REGION, or a region in the profile.',
      {},
      { cause },
    );
  } finally {
    client.destroy();
  }
}
