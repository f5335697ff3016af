import { not, some, type Truth } from '../model/truth.ts';
import type { PolicyStatement } from '../model/resource-graph.ts';
import { Choice, PartialString, Unresolved, type Cause, type Value } from '../model/value.ts';
import { wildcardMatches } from '../model/wildcard.ts';

/**
 * Matches `*` and `?` as IAM does, without regard to case, without backtracking beyond the last star.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html.
 */
export function actionMatches(pattern: string, action: string): boolean {
  return wildcardMatches(pattern.toLowerCase(), action.toLowerCase());
}

/** Whether a pattern covers `action`; a partly known pattern is unknown unless its start excludes it. */
function actionValueMatches(pattern: Value, action: string): Truth {
  if (typeof pattern === 'string') return actionMatches(pattern, action);
  if (pattern instanceof PartialString) {
    const [first] = pattern.parts;
    const start = typeof first === 'string' ? first : '';
    return wildcardStart(start, action) ? unknownPart : false;
  }
  if (pattern instanceof Unresolved) return pattern.cause;
  if (pattern instanceof Choice) return pattern.cause;
  return false;
}

function wildcardStart(start: string, action: string): boolean {
  return start === '' || actionMatches(`${start.slice(0, action.length)}*`, action);
}

const unknownPart: Cause = { code: 'attribute', message: 'a part of the policy is not known' };

/** Whether the statement speaks of `action` (`Action` or `NotAction`), whatever its effect. */
export function coversAction(statement: PolicyStatement, action: string): Truth {
  const matches = (pattern: Value): Truth => actionValueMatches(pattern, action);
  const named = some(statement.actions, matches);
  if (named !== false || statement.notActions.length === 0) return named;
  return not(some(statement.notActions, matches));
}

/**
 * A service principal as it is written in most places: without the Region that some are named with
 * (`logs.eu-west-1.amazonaws.com`), and without the `.cn` that China's partition also takes.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
 */
export function plainServicePrincipal(principal: string): string {
  return principal.replace(/(?:\.[a-z]{2,4}(?:-[a-z]+)+-\d)?\.amazonaws\.com(?:\.cn)?$/, '.amazonaws.com');
}
