import { createTwoFilesPatch } from 'diff';

/** One unified diff for each file that changes, as `git apply` and `patch -p1` take it. */
export function unifiedDiffs(
  files: ReadonlyMap<string, { readonly before: string; readonly after: string }>,
): string[] {
  return [...files].map(([file, { before, after }]) =>
    createTwoFilesPatch(`a/${file}`, `b/${file}`, before, after, undefined, undefined, {
      context: 3,
      headerOptions: { includeIndex: false, includeUnderline: false, includeFileHeaders: true },
    }),
  );
}
