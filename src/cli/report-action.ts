import { emit, type EmitOptions } from './emit.ts';
import type { Surroundings } from './surroundings.ts';

/** `headgate report`. @throws HeadgateError as `readResult`. */
export async function reportResult(
  file: string,
  options: EmitOptions,
  surroundings: Surroundings,
): Promise<void> {
  const { readResult } = await import('./read-result.ts');
  await emit(await readResult(file, surroundings.cwd), options, surroundings);
}
