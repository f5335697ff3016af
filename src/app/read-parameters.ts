import { resolve } from 'node:path';
import { ownFileLimitBytes, readRegularText, type FileAccess } from '../files/read-regular-file.ts';
import { HeadgateError } from '../model/headgate-error.ts';

/**
 * Values of template parameters by name, from a file of the AWS CLI or of CodePipeline; undefined where none is given.
 * @throws HeadgateError `parameters-missing`, and for a file that is not in one of the formats.
 */
export async function readParameters(
  file: string | undefined,
  cwd: string,
  access: FileAccess = {},
): Promise<Record<string, string> | undefined> {
  if (file === undefined) return undefined;
  const text = await readRegularText(resolve(cwd, file), ownFileLimitBytes, access).catch(
    (cause: unknown) => {
      throw new HeadgateError(
        'parameters-missing',
        `Cannot read the parameters file \`${file}\`. Check the --parameters path.`,
        { file },
        { cause },
      );
    },
  );
  const { parseParametersFile } = await import('../template/parameters-file.ts');
  return parseParametersFile(text, file);
}
