import { ownFileLimitBytes, readRegularText, type FileAccess } from '../files/read-regular-file.ts';
import { HeadgateError } from '../model/headgate-error.ts';
import type { Waiver } from '../model/waiver.ts';
import { waiversSchema } from './schema.ts';
import { validateWaivers } from './validators.ts';
import { describeProblems, parseYaml } from './yaml-document.ts';

interface WrittenWaiver {
  readonly rule: string;
  readonly resource: string;
  readonly account?: string;
  readonly region?: string;
  readonly reason: string;
  readonly owner?: string;
  readonly expires?: string;
}

/**
 * Reads a waivers file.
 * @throws HeadgateError `waivers-missing`, `waivers-invalid`, `yaml-invalid`; every problem of the file at once.
 */
export async function readWaivers(file: string, shown: string, access: FileAccess = {}): Promise<Waiver[]> {
  const text = await readRegularText(file, ownFileLimitBytes, access).catch((cause: unknown) => {
    throw new HeadgateError(
      'waivers-missing',
      `The waivers file \`${shown}\` cannot be read; check the path.`,
      { file: shown },
      { cause },
    );
  });
  const document = parseYaml(text, shown);
  const problems = validateWaivers(document.value);
  if (problems.length > 0) {
    const words = Object.keys(waiversSchema.properties.waivers.items.properties);
    const described = describeProblems(document, problems, words);
    throw new HeadgateError(
      'waivers-invalid',
      `The waivers file is not valid; correct it.\n${described.lines.join('\n')}`,
      { file: shown },
      { problems: described.problems },
    );
  }
  const { waivers } = document.value as { readonly waivers: readonly WrittenWaiver[] };
  return waivers.map(({ rule, resource, ...rest }, index) => ({
    ...rest,
    source: 'waivers-file',
    ruleId: rule,
    scope: { pattern: resource },
    where: `${shown}:${document.place(['waivers', index]).line}`,
  }));
}
