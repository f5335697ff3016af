import { relative } from 'node:path';
import { globMatches, globProblem } from '../model/glob.ts';
import { HeadgateError } from '../model/headgate-error.ts';
import type { HeadgateConfig } from '../rules/read-config.ts';
import type { ReadTemplatesOptions } from '../template/read-templates.ts';

/**
 * Why a file or folder that was not named itself is left out, by the globs of the configuration and of --exclude.
 * @param excluded globs of --exclude, relative to `cwd`; those of the configuration are relative to its folder.
 * @returns undefined where everything is read.
 * @throws HeadgateError `glob-invalid`.
 */
export function fileFilter(
  { include = [], exclude = [], folder }: HeadgateConfig,
  excluded: readonly string[],
  cwd: string,
): ReadTemplatesOptions['leaveOut'] {
  for (const glob of excluded) {
    const problem = globProblem(glob);
    if (problem !== undefined) throw new HeadgateError('glob-invalid', `\`--exclude ${glob}\` ${problem}.`);
  }
  if (include.length + exclude.length + excluded.length === 0) return undefined;
  const fits = (globs: readonly string[], path: string, from: string): string | undefined => {
    const name = relative(from, path).replaceAll('\\', '/');
    return globs.find((glob) => globMatches(glob, name));
  };
  const own = folder ?? cwd;
  return (path, kind) => {
    const glob = fits(exclude, path, own) ?? fits(excluded, path, cwd);
    if (glob !== undefined) return `excluded by \`${glob}\``;
    // What a folder holds may be included, unless it is read as a whole.
    if (kind === 'folder' || include.length === 0 || fits(include, path, own) !== undefined) return undefined;
    return 'not among the files of `include`';
  };
}
