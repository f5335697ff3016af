import { HeadgateError } from '../model/headgate-error.ts';
import { templateLimitBytes } from '../template/load-template.ts';
import type { Surroundings } from './surroundings.ts';

/**
 * All bytes of the standard input.
 * @throws HeadgateError `input-too-large`, `input-missing` where there is none.
 */
export async function readStandardInput({ stdin }: Pick<Surroundings, 'stdin'>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of stdin?.() ?? []) {
    size += part.byteLength;
    if (size > templateLimitBytes)
      throw new HeadgateError(
        'input-too-large',
        `The standard input has more than ${templateLimitBytes / 1_048_576} MB; scan a file of the template instead.`,
      );
    parts.push(part);
  }
  if (size === 0)
    throw new HeadgateError(
      'input-missing',
      'The standard input is empty; pipe a template into `headgate scan -`.',
    );
  return Buffer.concat(parts);
}
