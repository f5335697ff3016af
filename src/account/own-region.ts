import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { HeadgateError } from '../model/headgate-error.ts';

/**
 * The Region that the SDK would take by itself: environment, then the profile of the shared configuration.
 * @throws HeadgateError `profile-missing`, `region-missing`.
 */
export async function ownRegion(profile: string | undefined): Promise<string> {
  const { STSClient } = await import('@aws-sdk/client-sts');
  const client = new STSClient(profile === undefined ? {} : { profile });
  try {
    return await client.config.region();
  } catch (cause) {
    await checkProfile(profile);
    const where = profile === undefined ? 'in the profile' : `in the profile \`${profile}\``;
    throw new HeadgateError(
      'region-missing',
      `No AWS Region is configured: use --region, set AWS_REGION, or set a Region ${where}.`,
      {},
      { cause },
    );
  } finally {
    client.destroy();
  }
}

/** @throws HeadgateError `profile-missing` for a profile that no file of the shared configuration has. */
export async function checkProfile(named: string | undefined): Promise<void> {
  const profile = named ?? process.env['AWS_PROFILE'];
  if (profile === undefined || profile === '') return;
  const files = [
    process.env['AWS_CONFIG_FILE'] ?? join(homedir(), '.aws', 'config'),
    process.env['AWS_SHARED_CREDENTIALS_FILE'] ?? join(homedir(), '.aws', 'credentials'),
  ];
  const texts = await Promise.all(files.map(async (file) => readFile(file, 'utf8').catch(() => '')));
  const known = texts.flatMap((text) =>
    [...text.matchAll(/^\s*\[\s*(?:profile\s+)?["']?([^\]"']+?)["']?\s*\]/gm)].map(([, name = '']) => name),
  );
  if (known.includes(profile)) return;
  const has =
    known.length === 0
      ? 'neither of them has a profile'
      : `they have ${[...new Set(known)].sort().join(', ')}`;
  throw new HeadgateError(
    'profile-missing',
    `No profile is called \`${profile}\` in ${files.join(' or ')}; ${has}.`,
  );
}
