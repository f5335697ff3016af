import type { PolicyStatement, StatementSet } from '../../model/resource-graph.ts';
import type { Resource } from '../../model/resource.ts';
import { Choice, isObjectValue, type ObjectValue, type Value } from '../../model/value.ts';
import { findValues, parsePath } from '../property-path.ts';
import type { LinkContext } from '../resolve-target.ts';
import {
  mergeSets,
  normaliseDocument,
  statementsOf,
  type DocumentPlace,
} from '../../policy/normalise-document.ts';

/** Types that hold the policy on themselves: the properties that are documents. */
const ownDocuments: Readonly<Record<string, readonly string[]>> = {
  'AWS::ApiGateway::RestApi': ['Policy'],
  'AWS::DynamoDB::GlobalTable': ['Replicas[].ResourcePolicy.PolicyDocument'],
  'AWS::DynamoDB::Table': ['ResourcePolicy.PolicyDocument'],
  'AWS::EC2::VPCEndpoint': ['PolicyDocument'],
  'AWS::EFS::FileSystem': ['FileSystemPolicy'],
  'AWS::Events::EventBus': ['Policy'],
  'AWS::IAM::Role': ['AssumeRolePolicyDocument'],
  'AWS::KMS::Key': ['KeyPolicy'],
  'AWS::KMS::ReplicaKey': ['KeyPolicy'],
};

/** Types that hold a policy on another: the relation by which the other finds them, and the document's property. */
const holders: readonly {
  readonly relation: string;
  readonly documents: Readonly<Record<string, string>>;
}[] = [
  {
    relation: 'policies',
    documents: {
      'AWS::Events::EventBusPolicy': 'Statement',
      'AWS::EventsV2::ResourcePolicy': 'PolicyDocument',
      'AWS::S3::BucketPolicy': 'PolicyDocument',
      'AWS::SNS::TopicInlinePolicy': 'PolicyDocument',
      'AWS::SNS::TopicPolicy': 'PolicyDocument',
      'AWS::SQS::QueueInlinePolicy': 'PolicyDocument',
      'AWS::SQS::QueuePolicy': 'PolicyDocument',
    },
  },
  {
    relation: 'resourcePolicies',
    documents: {
      'AWS::Lambda::ResourcePolicy': 'PolicyDocument',
      'AWS::SecretsManager::ResourcePolicy': 'ResourcePolicy',
    },
  },
  { relation: 'permissions', documents: { 'AWS::Lambda::Permission': '' } },
];

/** Statements of every resource-based policy on a resource: its own, and those that name it. */
export function resourceStatements(resource: Resource, context: LinkContext): StatementSet {
  const own = (ownDocuments[resource.type] ?? []).flatMap((property) =>
    findValues(resource.properties, parsePath(property)).map(({ value, path, uncertain }) =>
      normaliseDocument(value, { holder: resource, path, ...(uncertain === undefined ? {} : { uncertain }) }),
    ),
  );
  return mergeSets([
    ...own,
    ...holders.map(({ relation, documents }) => heldBy(resource, relation, documents, context)),
  ]);
}

function heldBy(
  resource: Resource,
  relation: string,
  documents: Readonly<Record<string, string>>,
  context: LinkContext,
): StatementSet {
  // A role's `policies` are what it may do, not who may use it.
  if (resource.type === 'AWS::IAM::Role') return { statements: [] };
  const { edges, incomplete } = context.related(resource, relation);
  const sets = edges.flatMap(({ to: holder, uncertain }): StatementSet[] => {
    const property = holder === undefined ? undefined : documents[holder.type];
    if (holder === undefined || property === undefined) return [];
    const doubt = uncertain ?? conditionOf(holder, resource);
    return [readHolder(holder, property, doubt === undefined ? {} : { uncertain: doubt })];
  });
  return mergeSets([...sets, { statements: [], ...(incomplete === undefined ? {} : { incomplete }) }]);
}

function conditionOf(holder: Resource, of: Resource): Resource['uncertain'] {
  return holder.uncertain?.message === of.uncertain?.message ? undefined : holder.uncertain;
}

function readHolder(
  holder: Resource,
  property: string,
  doubt: Pick<DocumentPlace, 'uncertain'>,
): StatementSet {
  if (holder.type === 'AWS::Lambda::Permission') {
    return { statements: [permissionStatement(holder, doubt)] };
  }
  const place = { holder, path: property === '' ? [] : [property], ...doubt };
  if (holder.type !== 'AWS::Events::EventBusPolicy')
    return normaliseDocument(holder.properties[property], place);
  const { Statement } = holder.properties;
  return Statement === undefined
    ? statementsOf(oldBusStatement(holder), { ...place, path: [] })
    : statementsOf(Statement, place);
}

/** `EventBusPolicy` before statements: Action, Principal and one condition as properties. */
function oldBusStatement(policy: Resource): ObjectValue {
  const { Action, Principal, Condition } = policy.properties;
  const statement: Record<string, Value> = { Effect: 'Allow' };
  if (Action !== undefined) statement.Action = Action;
  if (Principal !== undefined) statement.Principal = Principal === '*' ? '*' : { AWS: Principal };
  if (isObjectValue(Condition) && typeof Condition.Type === 'string' && typeof Condition.Key === 'string') {
    statement.Condition = { [Condition.Type]: { [Condition.Key]: Condition.Value ?? '' } };
  } else if (Condition instanceof Choice) statement.Condition = Condition;
  return statement;
}

const permissionConditions: readonly (readonly [property: string, operator: string, key: string])[] = [
  ['SourceArn', 'ArnLike', 'aws:SourceArn'],
  ['SourceAccount', 'StringEquals', 'aws:SourceAccount'],
  ['PrincipalOrgID', 'StringEquals', 'aws:PrincipalOrgID'],
  ['EventSourceToken', 'StringEquals', 'lambda:EventSourceToken'],
  ['FunctionUrlAuthType', 'StringEquals', 'lambda:FunctionUrlAuthType'],
  ['InvokedViaFunctionUrl', 'Bool', 'lambda:InvokedViaFunctionUrl'],
];

/** A Lambda permission as the statement that Lambda makes of it. */
function permissionStatement(permission: Resource, doubt: Pick<DocumentPlace, 'uncertain'>): PolicyStatement {
  const { Principal, Action, FunctionName } = permission.properties;
  const conditions = permissionConditions.flatMap(([property, operator, key]) => {
    const value = permission.properties[property];
    return value === undefined ? [] : [{ operator, key, values: [value] }];
  });
  return {
    effect: 'Allow',
    principals: Principal === undefined ? [] : [{ kind: principalKind(Principal), value: Principal }],
    notPrincipals: [],
    actions: Action === undefined ? [] : [Action],
    notActions: [],
    resources: FunctionName === undefined ? [] : [FunctionName],
    notResources: [],
    conditions,
    holder: permission,
    path: [],
    ...(doubt.uncertain === undefined ? {} : { unresolved: doubt.uncertain }),
  };
}

function principalKind(principal: Value): string {
  if (principal === '*') return '*';
  return typeof principal === 'string' && /\.(amazonaws\.com|amazon\.com)(\.cn)?$/.test(principal)
    ? 'Service'
    : 'AWS';
}
