import type { PolicyPrincipal, PolicyStatement, StatementSet } from '../model/resource-graph.ts';
import type { Resource } from '../model/resource.ts';
import {
  Choice,
  SymbolicValue,
  Unresolved,
  isArrayValue,
  isObjectValue,
  type Cause,
  type ObjectValue,
  type Path,
  type Value,
} from '../model/value.ts';
import { bothDoubts } from '../model/conditions.ts';
import { readJsonText } from '../model/json-text.ts';

/** Where a document stands, and what makes it uncertain that it counts. */
export interface DocumentPlace {
  readonly holder: Resource;
  readonly path: Path;
  readonly uncertain?: Cause;
}

const malformed: Cause = { code: 'malformed', message: 'the policy document is not an object' };

/**
 * The statements of a policy document: an object, JSON text, or either in pieces. A single statement,
 * a single string and a list count alike. What cannot be read makes the set incomplete.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html.
 */
export function normaliseDocument(document: Value | undefined, place: DocumentPlace): StatementSet {
  if (document === undefined || document === null) return { statements: [] };
  if (document instanceof Choice) {
    const doubted = { ...place, uncertain: place.uncertain ?? document.cause };
    return mergeSets([document.whenTrue, document.whenFalse].map((side) => normaliseDocument(side, doubted)));
  }
  const read = readJsonText(document);
  if (read instanceof Unresolved) return { statements: [], incomplete: read.cause };
  if (read instanceof SymbolicValue) return { statements: [], incomplete: unresolvedDocument };
  if (!isObjectValue(read)) return { statements: [], incomplete: malformed };
  return statementsOf(read.Statement, { ...place, path: [...place.path, 'Statement'] });
}

const unresolvedDocument: Cause = {
  code: 'attribute',
  message: 'the policy document is not known before deployment',
};

/** Statements of the `Statement` member: one or a list, with `Fn::If` around any. */
export function statementsOf(value: Value | undefined, place: DocumentPlace): StatementSet {
  if (value === undefined || value === null) return { statements: [] };
  if (value instanceof Choice) {
    const doubted = { ...place, uncertain: place.uncertain ?? value.cause };
    return mergeSets([value.whenTrue, value.whenFalse].map((side) => statementsOf(side, doubted)));
  }
  if (isArrayValue(value)) {
    return mergeSets(
      value.map((item, index) => statementsOf(item, { ...place, path: [...place.path, index] })),
    );
  }
  if (value instanceof Unresolved) return { statements: [], incomplete: value.cause };
  if (!isObjectValue(value)) return { statements: [], incomplete: unresolvedDocument };
  const statement = normaliseStatement(value, place);
  // An effect that is not known may be either.
  return {
    statements: isEffect(value.Effect) ? [statement] : [statement, { ...statement, effect: 'Deny' }],
  };
}

function isEffect(effect: Value | undefined): boolean {
  return effect === 'Allow' || effect === 'Deny';
}

/** One set of several; the first doubt stays. */
export function mergeSets(sets: readonly StatementSet[]): StatementSet {
  const incomplete = sets.find((set) => set.incomplete !== undefined)?.incomplete;
  return {
    statements: sets.flatMap((set) => set.statements),
    ...(incomplete === undefined ? {} : { incomplete }),
  };
}

/** A statement with every list a list. */
export function normaliseStatement(statement: ObjectValue, place: DocumentPlace): PolicyStatement {
  const { Sid, Effect } = statement;
  const unresolved = bothDoubts(place.uncertain, doubtOf(Effect));
  return {
    effect: Effect === 'Deny' ? 'Deny' : 'Allow',
    principals: principalsOf(statement.Principal),
    notPrincipals: principalsOf(statement.NotPrincipal),
    actions: listOf(statement.Action),
    notActions: listOf(statement.NotAction),
    resources: listOf(statement.Resource),
    notResources: listOf(statement.NotResource),
    conditions: conditionsOf(statement.Condition),
    holder: place.holder,
    path: place.path,
    ...(typeof Sid === 'string' ? { sid: Sid } : {}),
    ...(unresolved === undefined ? {} : { unresolved }),
  };
}

function doubtOf(effect: Value | undefined): Cause | undefined {
  if (effect instanceof Unresolved || effect instanceof Choice) return effect.cause;
  return isEffect(effect) ? undefined : noEffect;
}

const noEffect: Cause = {
  code: 'malformed',
  message: 'the effect of a statement is neither Allow nor Deny',
  remedy: 'set Effect to `Allow` or `Deny`, in this spelling',
};

function listOf(value: Value | undefined): readonly Value[] {
  if (value === undefined || value === null) return [];
  if (value instanceof Choice) {
    const sides = [value.whenTrue, value.whenFalse];
    const isList = sides.some((side) => isArrayValue(side));
    return isList ? sides.flatMap(listOf).map((item) => new Choice(value.cause, item, undefined)) : [value];
  }
  return isArrayValue(value) ? value.flatMap(listOf) : [value];
}

function principalsOf(value: Value | undefined): readonly PolicyPrincipal[] {
  if (value === undefined || value === null) return [];
  if (value instanceof Choice) {
    return [value.whenTrue, value.whenFalse].flatMap((side) =>
      principalsOf(side).map(({ kind, value: inner }) => ({
        kind,
        value: new Choice(value.cause, inner, undefined),
      })),
    );
  }
  if (isObjectValue(value)) {
    return Object.entries(value).flatMap(([kind, named]) =>
      listOf(named).map((each) => ({ kind, value: each })),
    );
  }
  if (isArrayValue(value)) return value.flatMap(principalsOf);
  return [{ kind: value === '*' ? '*' : value instanceof Unresolved ? '?' : 'AWS', value }];
}

function conditionsOf(value: Value | undefined): PolicyStatement['conditions'] {
  if (value instanceof Choice || value instanceof Unresolved) {
    return [{ operator: '?', key: '?', values: [value] }];
  }
  if (!isObjectValue(value)) return [];
  return Object.entries(value).flatMap(([operator, keys]) =>
    isObjectValue(keys)
      ? Object.entries(keys).map(([key, values]) => ({ operator, key, values: listOf(values) }))
      : [{ operator, key: '?', values: listOf(keys) }],
  );
}
