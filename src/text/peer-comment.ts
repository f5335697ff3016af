import type { IgnoreWish } from './ignore-comment.ts';

/** What starts a suppression of another tool in a comment. */
export const peerMarkers = [
  'checkov:skip=',
  'bridgecrew:skip=',
  'cortex:skip=',
  'trivy:ignore:',
  'tfsec:ignore:',
];

/**
 * Suppressions of other tools in a comment, `ruleId` as `<tool>:<id>`. Checkov reads one in a comment, trivy several.
 * @param content the comment from the marker on, to its end.
 */
export function peerWishes(content: string): readonly IgnoreWish[] {
  const checkov = /^(?:checkov|bridgecrew|cortex):skip= {0,9}([A-Z0-9_]{1,99})(?::([^\r\n]*))?/.exec(content);
  if (checkov !== null) {
    const reason = checkov[2]?.trim() ?? '';
    return [{ ruleId: `checkov:${checkov[1] ?? ''}`, ...(reason === '' ? {} : { reason }) }];
  }
  return content.split(/\s+/).flatMap((word) => {
    const found = /^(?:trivy|tfsec):ignore:([\w*-]{1,99})/.exec(word);
    if (found === null) return [];
    const expires = /:exp:(\d{4}-\d{2}-\d{2})/.exec(word)?.[1];
    return [{ ruleId: `trivy:${trivyId(found[1] ?? '')}`, ...(expires === undefined ? {} : { expires }) }];
  });
}

/** `AVD-AWS-0066` and `aws-0066` as `AWS-0066`; longer names as they are. */
export function trivyId(written: string): string {
  const number = /^(?:avd-)?aws-(\d{4})$/i.exec(written)?.[1];
  return number === undefined ? written : `AWS-${number}`;
}
