import { HeadgateError } from '../model/headgate-error.ts';
import { kindOfRegion, knownRegions } from '../model/regions.ts';
import { nearest } from '../rules/nearest.ts';
import type { Surroundings } from './surroundings.ts';

/**
 * Says of a Region that this version does not know which one may be meant.
 * @throws HeadgateError `options-invalid` for what cannot be the name of a Region.
 */
export function checkRegion(region: string, { stderr }: Pick<Surroundings, 'stderr'>): void {
  const kind = kindOfRegion(region);
  if (kind === 'known') return;
  const meant = nearest(region, knownRegions);
  const hint = meant === undefined ? '' : `; did you mean \`${meant}\`?`;
  if (kind === 'impossible')
    throw new HeadgateError(
      'options-invalid',
      `\`${region}\` is not an AWS Region${hint === '' ? '.' : hint}`,
    );
  stderr.write(
    `headgate: the Region \`${region}\` is newer than this version of Headgate, or misspelled${hint === '' ? '.' : hint}\n`,
  );
}
