import { lookup } from '../../model/lookup.ts';
import { bothDoubts, isNoFurtherDoubt } from '../../model/conditions.ts';
import type { PolicyStatement, StatementSet } from '../../model/resource-graph.ts';
import type { Resource } from '../../model/resource.ts';
import {
  Choice,
  PartialString,
  Unresolved,
  isObjectValue,
  type ObjectValue,
  type Value,
} from '../../model/value.ts';
import { findValues } from '../property-path.ts';
import { parsePath } from '../../model/parse-path.ts';
import type { LinkContext } from '../resolve-target.ts';
import { openValue } from '../../model/open-value.ts';
import { mergeSets, type DocumentPlace } from '../../policy/normalise-document.ts';
import { inEachWorld } from '../worlds.ts';
import { describeStatement, readDocument, readStatements } from './read-document.ts';

/** Types that hold the policy on themselves: the properties that are documents. */
const ownDocuments: Readonly<Record<string, readonly string[]>> = {
  'AWS::ApiGateway::RestApi': ['Policy', 'Body.x-amazon-apigateway-policy'],
  'AWS::DynamoDB::GlobalTable': ['Replicas[].ResourcePolicy.PolicyDocument'],
  'AWS::DynamoDB::Table': ['ResourcePolicy.PolicyDocument'],
  'AWS::EC2::VPCEndpoint': ['PolicyDocument'],
  'AWS::ECR::Repository': ['RepositoryPolicyText'],
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
      'AWS::Logs::ResourcePolicy': 'PolicyDocument',
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
  const own = (lookup(ownDocuments, resource.type) ?? []).flatMap((property) => {
    const path = parsePath(property);
    return findValues(resource.properties, path).map(({ value, path, uncertain }) =>
      readDocument(value, { holder: resource, path, ...(uncertain === undefined ? {} : { uncertain }) }),
    );
  });
  const alone = lookup(aloneDocuments, resource.type);
  return mergeSets([
    ...own,
    ...(alone === undefined ? [] : [readHolder(resource, alone, {})]),
    ...holders.map(({ relation, documents }) => heldBy(resource, { relation, documents }, context)),
  ]);
}

/** Policies that are asked about by their own text: those that stand on a resource which nobody scanned. */
const aloneDocuments: Readonly<Record<string, string>> = Object.fromEntries(
  holders.flatMap(({ documents }) => Object.entries(documents)),
);

function heldBy(
  resource: Resource,
  { relation, documents }: (typeof holders)[number],
  context: LinkContext,
): StatementSet {
  // A role's `policies` are what it may do, not who may use it.
  if (resource.type === 'AWS::IAM::Role') return { statements: [] };
  const { edges, incomplete } = context.related(resource, relation);
  const sets = edges.flatMap(({ to: holder, uncertain, attributes }): StatementSet[] => {
    const property = holder === undefined ? undefined : lookup(documents, holder.type);
    if (holder === undefined || property === undefined) return [];
    const doubt = bothDoubts(uncertain, conditionOf(holder, resource));
    const set = readHolder(holder, property, doubt === undefined ? {} : { uncertain: doubt });
    const qualifier = holder.type === 'AWS::Lambda::Permission' ? attributes?.qualifier : undefined;
    if (qualifier === undefined) return [set];
    return [{ ...set, statements: set.statements.map((statement) => ({ ...statement, qualifier })) }];
  });
  return mergeSets([...sets, { statements: [], ...(incomplete === undefined ? {} : { incomplete }) }]);
}

function conditionOf(holder: Resource, of: Resource): Resource['uncertain'] {
  return isNoFurtherDoubt(holder.uncertain, of.uncertain) ? undefined : holder.uncertain;
}

function readHolder(
  holder: Resource,
  property: string,
  doubt: Pick<DocumentPlace, 'uncertain'>,
): StatementSet {
  const { properties } = holder;
  if (holder.type === 'AWS::Lambda::Permission') {
    return permissionStatements(holder, properties, doubt);
  }
  const place = { holder, path: property === '' ? [] : [property], ...doubt };
  if (holder.type !== 'AWS::Events::EventBusPolicy') return readDocument(properties[property], place);
  const { Statement } = properties;
  return Statement === undefined
    ? readStatements(oldBusStatement(properties), { ...place, path: [] })
    : readStatements(Statement, place);
}

/** `EventBusPolicy` before statements: Action, Principal and one condition as properties. */
function oldBusStatement(properties: ObjectValue): ObjectValue {
  const { Action, Principal, Condition } = properties;
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

/** Properties of which a statement is made, where there is no document. */
const partsOf: Readonly<Record<string, readonly string[]>> = {
  'AWS::Events::EventBusPolicy': ['Action', 'Principal', 'Condition'],
  'AWS::Lambda::Permission': [
    'Principal',
    'Action',
    'FunctionName',
    ...permissionConditions.map(([property]) => property),
  ],
};

/** The statement of a permission, once for each side of the conditions that its properties hang on. */
function permissionStatements(
  permission: Resource,
  properties: ObjectValue,
  doubt: Pick<DocumentPlace, 'uncertain'>,
): StatementSet {
  const found = inEachWorld((world) => {
    const opened = Object.fromEntries(
      (partsOf[permission.type] ?? []).flatMap((part) => {
        const value = openValue(properties[part], world);
        return value === undefined ? [] : [[part, value]];
      }),
    );
    return [permissionStatement(permission, opened, doubt)];
  }, describeStatement);
  if (found === undefined) return { statements: [permissionStatement(permission, properties, doubt)] };
  return {
    statements: found.map(({ item, uncertain }) => {
      const unresolved = bothDoubts(item.unresolved, uncertain);
      return unresolved === undefined ? item : { ...item, unresolved };
    }),
  };
}

/** A Lambda permission as the statement that Lambda makes of it. */
function permissionStatement(
  permission: Resource,
  properties: ObjectValue,
  doubt: Pick<DocumentPlace, 'uncertain'>,
): PolicyStatement {
  const { Principal, Action, FunctionName } = properties;
  const conditions = permissionConditions.flatMap(([property, operator, key]) => {
    const value = properties[property];
    // An empty text is as good as none: it names no source.
    return value === undefined || value === '' ? [] : [{ operator, key, values: [value] }];
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
  if (principal instanceof Unresolved) return '?';
  if (typeof principal === 'string')
    return /\.(amazonaws\.com|amazon\.com)(\.cn)?$/.test(principal) ? 'Service' : 'AWS';
  // `events.${AWS::URLSuffix}`; ARNs of principals have no dot before their first colon.
  const [first] = principal instanceof PartialString ? principal.parts : [];
  return typeof first === 'string' && /^[a-z0-9-]+\./.test(first) ? 'Service' : 'AWS';
}
