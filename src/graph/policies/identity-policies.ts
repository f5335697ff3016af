import { bothDoubts, isNoFurtherDoubt } from '../../model/conditions.ts';
import type { StatementSet } from '../../model/resource-graph.ts';
import type { Resource } from '../../model/resource.ts';
import type { Cause, Path } from '../../model/value.ts';
import { findValues, type FoundValue } from '../property-path.ts';
import { parsePath } from '../../model/parse-path.ts';
import type { LinkContext } from '../resolve-target.ts';
import { managedPolicies } from '../../policy/managed-policies.ts';
import { mergeSets, normaliseDocument } from '../../policy/normalise-document.ts';
import { readDocument } from './read-document.ts';

/**
 * Statements that a role holds: inline, attached, managed; those of a managed policy. For anything else, those of
 * the roles that it names. A role that nobody scanned, or an unknown managed policy, makes the set incomplete.
 */
export function identityStatements(resource: Resource, context: LinkContext): StatementSet {
  if (resource.type === 'AWS::IAM::Role') return statementsOfRole(resource, context);
  if (resource.type === 'AWS::IAM::ManagedPolicy') return ofManagedPolicy(resource, [], undefined);
  const { edges, incomplete } = context.related(resource, 'role');
  const roles = new Map<Resource, Cause | undefined>();
  for (const { to, uncertain } of edges)
    if (to !== undefined) roles.set(to, bothDoubts(uncertain, to.uncertain));
  const doubt = incomplete ?? edges.find(({ to }) => to === undefined)?.cause;
  const [only] = roles;
  const ofRole = (role: Resource): StatementSet => context.identityStatements(role);
  // The usual case, and the one in which many functions share what they hold.
  if (only !== undefined && only[1] === undefined && roles.size === 1 && doubt === undefined)
    return ofRole(only[0]);
  return mergeSets([
    ...[...roles].map(([role, perhaps]) => doubted(ofRole(role), perhaps)),
    { statements: [], ...(doubt === undefined ? {} : { incomplete: doubt }) },
  ]);
}

function doubted({ statements, ...rest }: StatementSet, doubt: Cause | undefined): StatementSet {
  if (doubt === undefined) return { statements, ...rest };
  return {
    ...rest,
    statements: statements.map((statement) => {
      const unresolved = bothDoubts(statement.unresolved, doubt);
      return unresolved === undefined ? statement : { ...statement, unresolved };
    }),
  };
}

function statementsOfRole(role: Resource, context: LinkContext): StatementSet {
  if (role.external === true && role.properties.Policies === undefined)
    return { statements: [], incomplete: outside(role) };
  const inline = findValues(role.properties, parsePath('Policies[]')).flatMap(
    ({ value, path, uncertain }) => {
      const documents: readonly FoundValue[] = findValues(value, ['PolicyDocument']);
      return (documents.length === 0 ? [{ value, uncertain: undefined }] : documents).map((found) => {
        const doubt = bothDoubts(uncertain, found.uncertain);
        return readDocument(found.value, {
          holder: role,
          path: [...path, 'PolicyDocument'],
          ...(doubt === undefined ? {} : { uncertain: doubt }),
        });
      });
    },
  );
  return mergeSets([...inline, attached(role, context), managed(role, context)]);
}

/** `AWS::IAM::Policy`, `RolePolicy` and managed policies that name the role. */
function attached(role: Resource, context: LinkContext): StatementSet {
  const { edges, incomplete } = context.related(role, 'policies');
  const sets = edges.flatMap(({ to: policy, uncertain }) => {
    if (policy === undefined) return [];
    const isSure = isNoFurtherDoubt(policy.uncertain, role.uncertain);
    return [documentOf(policy, bothDoubts(uncertain, isSure ? undefined : policy.uncertain))];
  });
  return mergeSets([...sets, { statements: [], ...(incomplete === undefined ? {} : { incomplete }) }]);
}

function documentOf(policy: Resource, uncertain: Cause | undefined): StatementSet {
  return readDocument(policy.properties.PolicyDocument, {
    holder: policy,
    path: ['PolicyDocument'],
    ...(uncertain === undefined ? {} : { uncertain }),
  });
}

/** Managed policies that the role names: in the scan, of AWS and known here, or neither. */
function managed(role: Resource, context: LinkContext): StatementSet {
  const sets = context
    .related(role, 'managedPolicies')
    .edges.map(({ to: policy, cause, uncertain, path }): StatementSet => {
      if (policy === undefined)
        return { statements: [], ...(cause === undefined ? {} : { incomplete: cause }) };
      return policy.external === true
        ? ofManagedPolicy(policy, path, uncertain, role)
        : ofManagedPolicy(policy, path, bothDoubts(uncertain, policy.uncertain));
    });
  return mergeSets(sets);
}

/** What a managed policy says: one of the scan, or one of AWS that is known here, of which `holder` is shown. */
function ofManagedPolicy(
  policy: Resource,
  path: Path,
  uncertain: Cause | undefined,
  holder = policy,
): StatementSet {
  if (policy.external !== true) return documentOf(policy, uncertain);
  const known = isOfAws(policy) ? managedPolicies[policy.name] : undefined;
  if (known === undefined) return { statements: [], incomplete: outside(policy) };
  return normaliseDocument(known, { holder, path, ...(uncertain === undefined ? {} : { uncertain }) });
}

function isOfAws(policy: Resource): boolean {
  return policy.arn?.includes(':iam::aws:') === true;
}

function outside(resource: Resource): Cause {
  return {
    code: 'outside',
    message: `what \`${resource.name}\` allows is not in the scan`,
    remedy: 'include its template or account in the scan',
  };
}
