import { onSide, bothDoubts } from '../../model/conditions.ts';
import { holdsChoice, openValue } from '../../model/open-value.ts';
import type { PolicyStatement, StatementSet } from '../../model/resource-graph.ts';
import {
  Choice,
  describeValue,
  isArrayValue,
  isObjectValue,
  type Cause,
  type Value,
} from '../../model/value.ts';
import {
  mergeSets,
  normaliseDocument,
  statementsOf,
  type DocumentPlace,
} from '../../policy/normalise-document.ts';
import { inEachWorld } from '../worlds.ts';

/**
 * The statements of a policy document, each without choices: what hangs on conditions is there once for
 * each side, with the doubt of that side.
 */
export function readDocument(document: Value | undefined, place: DocumentPlace): StatementSet {
  if (!holdsChoice(document)) return normaliseDocument(document, place);
  if (document instanceof Choice) return onBothSides(document, place, readDocument);
  if (!isObjectValue(document)) return normaliseDocument(document, place);
  return readStatements(document.Statement, { ...place, path: [...place.path, 'Statement'] });
}

/** As `readDocument`, of the `Statement` member: one or a list. */
export function readStatements(value: Value | undefined, place: DocumentPlace): StatementSet {
  if (!holdsChoice(value)) return statementsOf(value, place);
  if (value instanceof Choice) return onBothSides(value, place, readStatements);
  if (isArrayValue(value))
    return mergeSets(
      value.map((item, index) => readStatements(item, { ...place, path: [...place.path, index] })),
    );
  let incomplete: Cause | undefined;
  const found = inEachWorld(
    (world) => {
      const set = statementsOf(openValue(value, world), place);
      incomplete ??= set.incomplete;
      return set.statements;
    },
    (statement) => describeStatement(statement),
  );
  if (found === undefined) return { statements: [], incomplete: tooOpen };
  return {
    statements: found.map(({ item, uncertain }) => {
      const unresolved = bothDoubts(item.unresolved, uncertain);
      return unresolved === undefined ? item : { ...item, unresolved };
    }),
    ...(incomplete === undefined ? {} : { incomplete }),
  };
}

/** Equal for statements that say the same. */
export function describeStatement(statement: PolicyStatement): string {
  const { effect, principals, notPrincipals, actions, notActions, resources, notResources } = statement;
  const { conditions, path, unresolved } = statement;
  const said = [
    ...[effect, unresolved?.message, principals, notPrincipals, actions, notActions, resources, notResources],
    conditions,
  ];
  return `${path.join('/')} ${describeValue(said as unknown as Value, Infinity)}`; // lists of values, names and texts
}

const tooOpen: Cause = {
  code: 'condition',
  message: 'a policy statement depends on more conditions than are checked',
  remedy: 'pass --parameters with values for them',
};

function onBothSides(
  { cause, whenTrue, whenFalse }: Choice,
  place: DocumentPlace,
  read: (side: Value | undefined, place: DocumentPlace) => StatementSet,
): StatementSet {
  return mergeSets([
    read(whenTrue, { ...place, uncertain: onSide(cause, true, place.uncertain) }),
    read(whenFalse, { ...place, uncertain: onSide(cause, false, place.uncertain) }),
  ]);
}
