/** What a comment asks for: that a rule be silent, with the reason, whose it is and until when. */
export interface IgnoreWish {
  readonly ruleId: string;
  readonly reason?: string;
  readonly owner?: string;
  readonly expires?: string;
}

/** Starts a wish, in comments of every language. */
export const ignoreMarker = 'headgate:ignore';

/** What follows the marker: ` <rule-id> <reason...>` with `owner=...` and `expires=YYYY-MM-DD` anywhere in it. */
export function parseIgnoreWish(rest: string): IgnoreWish | undefined {
  const [ruleId, ...words] = rest.trim().split(/\s+/);
  if (ruleId === undefined || ruleId === '' || !/^\s/.test(rest)) return undefined;
  const owner = words.find((word) => word.startsWith('owner='))?.slice('owner='.length);
  const expires = words.find((word) => word.startsWith('expires='))?.slice('expires='.length);
  const reason = words.filter((word) => !/^(?:owner|expires)=/.test(word)).join(' ');
  return {
    ruleId,
    ...(reason === '' ? {} : { reason }),
    ...(owner === undefined ? {} : { owner }),
    ...(expires === undefined ? {} : { expires }),
  };
}
