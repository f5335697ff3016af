import type { SamContext, SamResource } from './context.ts';

/** placeholder until the next slice */
export function expandApiDomain(_resource: SamResource, _stage: string, _context: SamContext): string[] {
  return [];
}
