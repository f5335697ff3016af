/** What editors and agents show of a result: which findings are open, and texts that are safe to show. */
export {
  countsOf,
  isOpenFailure,
  isOpenUnknown,
  linkOf,
  rulesById,
  severityRank,
  worstFirst,
} from '../report/findings.ts';
export { plural, printable, singleLine, truncate, withoutControls } from '../report/plain-text.ts';
