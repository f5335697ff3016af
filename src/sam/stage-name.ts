import { alphanumeric, shortHash } from './logical-id.ts';

/** What a stage's name adds to logical ids: the name, its hash where it has other characters, or `Stage`. */
export function stageSuffix(stageName: unknown): string {
  if (typeof stageName !== 'string') return 'Stage';
  return alphanumeric(stageName) === stageName ? stageName : shortHash(stageName);
}

/** Logical id of a stage. */
export function stageId(apiId: string, stageName: unknown): string {
  if (typeof stageName !== 'string') return `${apiId}Stage`;
  const isPlain = alphanumeric(stageName) === stageName;
  return isPlain ? `${apiId}${stageName}Stage` : `${apiId}Stage${shortHash(stageName)}`;
}
