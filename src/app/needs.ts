import { lookup } from '../model/lookup.ts';
import type { Needs } from '../account/plan.ts';
import { derivedTable, relationTable } from '../graph/relation-table.ts';
import type { Expression, Rule } from '../model/rule.ts';

// Which types hold the policies on a type, and what a role's statements stand in.
const policyHolders: Readonly<Record<string, readonly (readonly [type: string, property: string])[]>> = {
  'AWS::SQS::Queue': [
    ['AWS::SQS::QueuePolicy', 'PolicyDocument'],
    ['AWS::SQS::QueuePolicy', 'Queues'],
  ],
  'AWS::SNS::Topic': [
    ['AWS::SNS::TopicPolicy', 'PolicyDocument'],
    ['AWS::SNS::TopicPolicy', 'Topics'],
  ],
  'AWS::S3::Bucket': [
    ['AWS::S3::BucketPolicy', 'PolicyDocument'],
    ['AWS::S3::BucketPolicy', 'Bucket'],
  ],
  'AWS::KMS::Key': [['AWS::KMS::Key', 'KeyPolicy']],
  'AWS::KMS::ReplicaKey': [['AWS::KMS::ReplicaKey', 'KeyPolicy']],
  'AWS::Events::EventBus': [
    ['AWS::Events::EventBus', 'Policy'],
    ['AWS::Events::EventBusPolicy', 'Statement'],
    ['AWS::Events::EventBusPolicy', 'EventBusName'],
  ],
  'AWS::SecretsManager::Secret': [
    ['AWS::SecretsManager::ResourcePolicy', 'ResourcePolicy'],
    ['AWS::SecretsManager::ResourcePolicy', 'SecretId'],
  ],
  'AWS::Logs::ResourcePolicy': [['AWS::Logs::ResourcePolicy', 'PolicyDocument']],
  'AWS::EC2::VPCEndpoint': [['AWS::EC2::VPCEndpoint', 'PolicyDocument']],
  'AWS::ApiGateway::RestApi': [['AWS::ApiGateway::RestApi', 'Policy']],
  'AWS::DynamoDB::GlobalTable': [['AWS::DynamoDB::GlobalTable', 'Replicas']],
  'AWS::DynamoDB::Table': [['AWS::DynamoDB::Table', 'ResourcePolicy']],
  'AWS::ECR::Repository': [['AWS::ECR::Repository', 'RepositoryPolicyText']],
  'AWS::Lambda::Function': [
    ['AWS::Lambda::Permission', 'FunctionName'],
    ['AWS::Lambda::Permission', 'Principal'],
    ['AWS::Lambda::Permission', 'SourceArn'],
    ['AWS::Lambda::Permission', 'SourceAccount'],
    ['AWS::Lambda::Permission', 'Action'],
    ['AWS::Lambda::Permission', 'PrincipalOrgID'],
    ['AWS::Lambda::Permission', 'EventSourceToken'],
    ['AWS::Lambda::Permission', 'FunctionUrlAuthType'],
    ['AWS::Lambda::ResourcePolicy', 'PolicyDocument'],
  ],
};
const identityHolders: readonly (readonly [string, string])[] = [
  ['AWS::IAM::Role', 'Policies'],
  ['AWS::IAM::Role', 'ManagedPolicyArns'],
  ['AWS::IAM::Policy', 'PolicyDocument'],
  ['AWS::IAM::Policy', 'Roles'],
  ['AWS::IAM::ManagedPolicy', 'PolicyDocument'],
  ['AWS::IAM::ManagedPolicy', 'Roles'],
  ['AWS::IAM::RolePolicy', 'PolicyDocument'],
];
const workflowProperties = ['Definition', 'DefinitionString', 'DefinitionSubstitutions'];

/** Types of the current thing and of what is bound by name, as far as the relation table tells. */
interface Scope {
  readonly current: ReadonlySet<string>;
  readonly bindings: ReadonlyMap<string, ReadonlySet<string>>;
}

/**
 * What a set of rules reads: the resource types, and of each the top-level properties, followed
 * through relations. An audit collects exactly this.
 */
export function needsOf(rules: readonly Rule[]): Needs {
  const properties = new Map<string, Set<string>>();
  const read = (type: string, property?: string): void => {
    let known = properties.get(type);
    if (known === undefined) properties.set(type, (known = new Set()));
    if (property !== undefined && property !== '') known.add(property);
  };
  for (const rule of rules) {
    const current = new Set(rule.appliesTo);
    for (const type of current) read(type);
    const scope: Scope = { current, bindings: new Map([['self', current]]) };
    for (const clause of [...rule.when, ...rule.assert]) visit(clause.that, scope, read);
  }
  // Which version of a function serves is told by what invokes it.
  if ([...(properties.get(functionType) ?? [])].some((property) => !ofAllVersions.has(property))) {
    readInvokers(new Set([functionType]), read);
    for (const type of ['AWS::Lambda::Alias', 'AWS::Lambda::Version']) read(type);
  }
  const types = new Set(properties.keys());
  return { types, properties };
}

const functionType = 'AWS::Lambda::Function';

/** What a function has for all of its versions together. */
const ofAllVersions: ReadonlySet<string> = new Set([
  'CodeSigningConfigArn',
  'FunctionName',
  'RecursiveLoop',
  'ReservedConcurrentExecutions',
  'Tags',
]);

type Read = (type: string, property?: string) => void;

function top(path: string): string {
  return path.split(/[.[{]/, 1)[0] ?? '';
}

function visit(expression: Expression, scope: Scope, read: Read): void {
  const target =
    typeof expression['of'] === 'string'
      ? (scope.bindings.get(expression['of']) ?? scope.current)
      : scope.current;
  for (const [name, argument] of Object.entries(expression)) {
    // Only a list of keys tells one of AWS's from one of the account's by its ARN.
    if (name === 'is' && argument === 'customer-managed-key') read('AWS::KMS::Key', 'KeyManager');
    if (name === 'all' || name === 'any')
      for (const part of argument as Expression[]) visit(part, scope, read);
    else if (name === 'not' || name === 'if' || name === 'then' || name === 'else')
      visit(argument as Expression, scope, read);
    else if (name === 'property' && typeof argument === 'string')
      for (const type of target) read(type, top(argument));
    else if (name === 'some' || name === 'every' || name === 'none' || name === 'count')
      visitQuantifier(argument as Expression, scope, read);
    else if (name === 'code') for (const type of target) read(type, 'Code');
    else if (name === 'inFlow') readFlows(read);
    else if (name === 'guards') readWebAcls(read);
    else if (name === 'letsOut') {
      for (const type of target) read(type, 'SecurityGroupEgress');
      follow(target, 'egressRules', read);
      for (const property of [
        'CidrIp',
        'CidrIpv6',
        'DestinationPrefixListId',
        'FromPort',
        'IpProtocol',
        'ToPort',
      ])
        read('AWS::EC2::SecurityGroupEgress', property);
    } else if (name === 'settingOf')
      for (const property of ['Path', 'PathPart', 'ParentId']) read('AWS::ApiGateway::Resource', property);
    else if (name === 'admits' || name === 'denies') readAsked(argument as Expression, target, scope, read);
    else visitOperand(argument, scope, read);
  }
}

// Whose policies a question about them reads.
function readAsked({ who, on }: Expression, target: ReadonlySet<string>, scope: Scope, read: Read): void {
  if (who !== 'role') {
    readPolicies(target, read);
    return;
  }
  follow(target, 'role', read);
  readIdentity(target, false, read);
  // A key's own policy has its say.
  for (const word of [on ?? []].flat() as string[]) readPolicies(scope.bindings.get(word) ?? noTypes, read);
}

const noTypes: ReadonlySet<string> = new Set();

function readPolicies(types: ReadonlySet<string>, read: Read): void {
  for (const type of types) {
    for (const [holder, property] of lookup(policyHolders, type) ?? []) read(holder, property);
    // A policy that is asked about by its own text.
    for (const held of Object.values(policyHolders).flat()) if (held[0] === type) read(...held);
  }
}

function visitOperand(operand: unknown, scope: Scope, read: Read): void {
  if (typeof operand !== 'object' || operand === null) return;
  const { property, of } = operand as { readonly property?: unknown; readonly of?: unknown };
  if (typeof property === 'string') {
    const types = typeof of === 'string' ? (scope.bindings.get(of) ?? scope.current) : scope.current;
    for (const type of types) read(type, top(property));
    return;
  }
  for (const part of Object.values(operand)) visitOperand(part, scope, read);
}

function visitQuantifier(quantifier: Expression, scope: Scope, read: Read): void {
  const from =
    typeof quantifier['of'] === 'string'
      ? (scope.bindings.get(quantifier['of']) ?? scope.current)
      : scope.current;
  const members = membersOf(quantifier, from, read);
  const distinct = quantifier['distinct'];
  for (const path of typeof distinct === 'string' ? [distinct] : ((distinct ?? []) as string[]))
    for (const type of members) read(type, top(path));
  const name = quantifier['as'];
  const inner: Scope = {
    current: members,
    bindings: typeof name === 'string' ? new Map([...scope.bindings, [name, members]]) : scope.bindings,
  };
  for (const part of ['where', 'satisfies']) {
    const body = quantifier[part];
    if (body !== undefined) visit(body as Expression, inner, read);
  }
}

function membersOf(quantifier: Expression, from: ReadonlySet<string>, read: Read): ReadonlySet<string> {
  const { related, elements, entries, statements, states, services, resources } = quantifier as Readonly<
    Record<string, unknown>
  >;
  if (typeof related === 'string')
    return related.split('.').reduce((types, step) => follow(types, step, read), from);
  for (const path of [elements, entries])
    if (typeof path === 'string') for (const type of from) read(type, top(path));
  if (statements === 'resource') readPolicies(from, read);
  if (statements === 'identity' || services === true) readIdentity(from, services === true, read);
  if (Array.isArray(states))
    for (const type of from) for (const property of workflowProperties) read(type, property);
  if (!Array.isArray(resources)) return from;
  for (const type of resources as string[]) read(type);
  return new Set(resources as string[]);
}

function readIdentity(from: ReadonlySet<string>, services: boolean, read: Read): void {
  for (const type of from) {
    if (type !== 'AWS::IAM::Role')
      read(type, type === 'AWS::StepFunctions::StateMachine' ? 'RoleArn' : 'Role');
    if (services) for (const property of ['Environment', 'TracingConfig', 'VpcConfig']) read(type, property);
  }
  for (const [type, property] of identityHolders) read(type, property);
}

// Far types of a relation or inverse, reading on the way what names them.
function follow(types: ReadonlySet<string>, relation: string, read: Read): ReadonlySet<string> {
  if (relation === 'invokers') return readInvokers(types, read);
  if (relation === 'account') return new Set(['Headgate::Scope']);
  if (relation === 'template') return new Set(['Headgate::Template']);
  const far = new Set<string>();
  for (const row of relationTable) {
    const isForward = row.name === relation && types.has(row.from);
    const isBackward = row.inverse === relation && row.to.some((type) => type === '*' || types.has(type));
    if (!isForward && !isBackward) continue;
    read(row.from, top(row.path));
    for (const carried of Object.values(row.carries ?? {}))
      if (!carried.startsWith('.')) read(row.from, top(carried));
    const reached = isForward ? row.to : [row.from];
    for (const type of reached) if (type !== '*') far.add(type);
  }
  for (const row of derivedTable) {
    const isForward = row.name === relation && row.from.some((type) => types.has(type));
    const isBackward = row.inverse === relation && row.to.some((type) => types.has(type));
    if (!isForward && !isBackward) continue;
    for (const chain of row.through)
      chain.reduce((current, step) => follow(current, step, read), new Set(row.from) as ReadonlySet<string>);
    for (const type of isForward ? row.to : row.from) if (type !== '*') far.add(type);
  }
  for (const type of far) read(type);
  return far;
}

function readInvokers(types: ReadonlySet<string>, read: Read): ReadonlySet<string> {
  const far = new Set<string>();
  for (const row of relationTable) {
    if (row.invokes === undefined) continue;
    read(row.from, top(row.path));
    far.add(row.from);
  }
  // What ties an entry to the function: routes and methods to their API, permissions to their source.
  for (const type of ['AWS::Lambda::Permission', 'AWS::Lambda::Alias', 'AWS::Lambda::Version'])
    for (const property of ['FunctionName', 'Principal', 'SourceArn']) read(type, property);
  // Who polls is read by the mapping, and who else may call by the function's policy.
  read('AWS::Lambda::EventSourceMapping', 'FunctionName');
  read('AWS::Lambda::ResourcePolicy', 'PolicyDocument');
  for (const type of types) read(type);
  return far;
}

function readWebAcls(read: Read): void {
  for (const property of [
    'Rules',
    'DefaultAction',
    'PreProcessFirewallManagerRuleGroups',
    'PostProcessFirewallManagerRuleGroups',
  ])
    read('AWS::WAFv2::WebACL', property);
  read('AWS::WAFv2::RuleGroup', 'Rules');
  read('AWS::WAFv2::IPSet', 'Addresses');
}

function readFlows(read: Read): void {
  for (const row of relationTable) if (row.invokes !== undefined) read(row.from, top(row.path));
}
