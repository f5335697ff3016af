import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PolicyStatement } from '../../../src/model/resource-graph.ts';
import type { Resource } from '../../../src/model/resource.ts';
import type { ObjectValue, Value } from '../../../src/model/value.ts';
import { wildcardMatches } from '../../../src/model/wildcard.ts';
import { admitsSome } from '../../../src/policy/decide.ts';
import { normaliseDocument } from '../../../src/policy/normalise-document.ts';
import type { Requester } from '../../../src/policy/request.ts';
import type { Deployment } from './deployment.ts';
import type { AwsCall } from './fault-proxy.ts';
import { account } from './ministack.mjs';

const region = 'us-east-1';

/** What the policies of the application say about the calls that its functions made. */
export interface PermissionReport {
  /** `<function>: <policy> does not allow <action> on <ARN>`, once each. */
  readonly denied: readonly string[];
  /** Calls of which nobody says which actions they are: `<service> <operation>`. */
  readonly unread: readonly string[];
  /** What the functions' roles allow and no call needed, by function: `<action> <ARN>`. */
  readonly unused: ReadonlyMap<string, readonly string[]>;
}

/** An action on a resource that a call needs. */
interface Need {
  readonly action: string;
  readonly arn: string;
  /** Condition keys of the request, in lower case. */
  readonly context: Readonly<Record<string, string>>;
  /** Of a key that a service uses for the caller: it does not pass through an endpoint. */
  readonly via?: string;
}

/** Holds the calls that the functions made against the synthesized policies, with the names that were deployed. */
export function checkPermissions(app: Deployment): PermissionReport {
  const templates = new Templates(app);
  const denied = new Set<string>();
  const unread = new Set<string>();
  const unused = new Map<string, readonly string[]>();
  const endpoints = templates.ofType('AWS::EC2::VPCEndpoint').map(({ properties }) => ({
    service: String(properties['ServiceName']).split('.').at(-1) ?? '',
    statements: statementsOf(properties['PolicyDocument']),
  }));
  const keys = new Map(
    templates
      .ofType('AWS::KMS::Key')
      .map(({ arn, properties }) => [arn, statementsOf(properties['KeyPolicy'])] as const),
  );

  for (const [logicalId, calls] of app.calls()) {
    const role = templates.roleOf(logicalId);
    const atoms = role.documents.flatMap((document) => statementsOf(document).flatMap(atomsOf));
    const used = new Set<PolicyStatement>();
    const needs = calls.flatMap((call) => {
      const found = needsOf(call, templates);
      if (found.length === 0) unread.add(`${call.service} ${call.operation}`);
      return found;
    });
    for (const need of unique(needs)) {
      const ask = (
        statements: readonly PolicyStatement[],
        requester: Requester | undefined,
        onAllowed?: (by: PolicyStatement) => void,
      ): boolean =>
        admits(statements, requester, need, { functionArn: templates.arn(logicalId), role, onAllowed });
      const as: Requester = { kind: 'role', roles: [role.resource] };
      const deny = (policy: string) =>
        denied.add(`${logicalId}: ${policy} does not allow ${need.action} on ${need.arn}`);
      if (!ask(atoms, undefined, (by) => used.add(by))) deny('the role');
      const key = keys.get(need.arn);
      if (key !== undefined && !ask(key, as)) deny('the key');
      if (need.via !== undefined) continue;
      const [service = ''] = need.action.split(':');
      const behind = endpoints.filter((endpoint) => endpoint.service === service);
      if (!behind.some(({ statements }) => ask(statements, as))) deny('the endpoint');
    }
    unused.set(
      logicalId,
      atoms
        .filter((atom) => atom.effect === 'Allow' && !used.has(atom))
        .map(({ actions, resources }) => `${String(actions[0])} ${String(resources[0])}`),
    );
  }
  return { denied: [...denied], unread: [...unread], unused };
}

function unique(needs: readonly Need[]): readonly Need[] {
  return [...new Map(needs.map((need) => [JSON.stringify(need), need])).values()];
}

/** An Allow for every action and resource of a statement, so that each can be seen to be used; a Deny as it is. */
function atomsOf(statement: PolicyStatement): readonly PolicyStatement[] {
  if (statement.effect === 'Deny') return [statement];
  return statement.actions.flatMap((action) =>
    statement.resources.map((resource) => ({ ...statement, actions: [action], resources: [resource] })),
  );
}

const nowhere: Resource = {
  id: 'policy',
  type: 'Test::Policy',
  name: 'policy',
  scope: '',
  properties: {},
  locate: () => {
    throw new Error('A policy of this test has no place.');
  },
};

function statementsOf(document: unknown): readonly PolicyStatement[] {
  return normaliseDocument(document as Value, { holder: nowhere, path: [] }).statements; // JSON is a value
}

function admits(
  statements: readonly PolicyStatement[],
  requester: Requester | undefined,
  { action, arn, context }: Need,
  {
    functionArn,
    role,
    onAllowed,
  }: {
    readonly functionArn: string;
    readonly role: Role;
    readonly onAllowed: ((by: PolicyStatement) => void) | undefined;
  },
): boolean {
  const target: Resource = { ...nowhere, id: arn, type: 'Test::Target' };
  const held: Readonly<Record<string, string>> = {
    'aws:principalaccount': account,
    'aws:resourceaccount': account,
    's3:resourceaccount': account,
    'kms:calleraccount': account,
    'aws:principalarn': role.arn,
    'aws:securetransport': 'true',
    // Lambda adds it to what the code of a function calls, not to what it does itself with the role.
    'lambda:sourcefunctionarn': functionArn,
    ...context,
  };
  const answer = admitsSome(
    { statements },
    {
      requester,
      action,
      asked: { kind: 'resource', resource: target },
      candidates: (key) => {
        const text = held[key];
        return [text === undefined ? { kind: 'absent' } : { kind: 'text', text }];
      },
    },
    {
      account,
      now: Date.now() / 1000,
      names: (value, _from, named) =>
        typeof value === 'string' && wildcardMatches(value, named === role.resource ? role.arn : arn),
    },
    onAllowed,
  );
  if (typeof answer !== 'boolean') throw new Error(`${action} on ${arn}: ${answer.message}`);
  return answer;
}

/** What a call asks of the policies; nothing of a call that this does not know. */
function needsOf({ service, operation, input, url }: AwsCall, templates: Templates): readonly Need[] {
  const text = (name: string): string => (typeof input[name] === 'string' ? input[name] : '');
  const on = (action: string, arn: string, context = {}): Need[] => [
    { action, arn, context },
    ...keyNeeds(action, arn, templates),
  ];
  switch (service) {
    case 'dynamodb': {
      if (operation === 'TransactWriteItems')
        return (input['TransactItems'] as Record<string, { TableName: string }>[]).flatMap((item) =>
          Object.entries(item).flatMap(([kind, { TableName: table }]) =>
            on(
              kind === 'ConditionCheck' ? 'dynamodb:ConditionCheckItem' : `dynamodb:${kind}Item`,
              tableArn(table),
            ),
          ),
        );
      const index = text('IndexName');
      const table = tableArn(text('TableName'));
      return [
        {
          action: `dynamodb:${operation}`,
          arn: index === '' ? table : `${table}/index/${index}`,
          context: {},
        },
        ...keyNeeds(`dynamodb:${operation}`, table, templates),
      ];
    }
    case 'sqs':
      return on(
        operation === 'SendMessageBatch' ? 'sqs:SendMessage' : `sqs:${operation}`,
        `arn:aws:sqs:${region}:${account}:${text('QueueUrl').split('/').at(-1) ?? ''}`,
      );
    case 'sns':
      return on(operation === 'PublishBatch' ? 'sns:Publish' : `sns:${operation}`, text('TopicArn'));
    case 'events':
      return (input['Entries'] as { EventBusName: string }[]).flatMap(({ EventBusName: bus }) =>
        on(`events:${operation}`, bus.startsWith('arn:') ? bus : busArn(bus)),
      );
    case 'states':
      return on(`states:${operation}`, text('stateMachineArn'));
    case 'secretsmanager':
      return on(`secretsmanager:${operation}`, secretArn(text('SecretId')));
    case 's3': {
      const { pathname, searchParams } = new URL(url, 'http://localhost');
      const [, bucket = '', ...key] = decodeURIComponent(pathname).split('/');
      const [method = ''] = operation.split(' ');
      const action = { PUT: 's3:PutObject', GET: 's3:GetObject' }[method];
      if (action === undefined || key.length === 0) return [];
      const asked = searchParams.has('versionId') ? `${action}Version` : action;
      const object = `arn:aws:s3:::${bucket}/${key.join('/')}`;
      return [
        { action: asked, arn: object, context: {} },
        ...keyNeeds(asked, `arn:aws:s3:::${bucket}`, templates),
      ];
    }
    case 'kms': {
      const pairs = Object.entries((input['EncryptionContext'] ?? {}) as Record<string, string>);
      const context = Object.fromEntries(
        pairs.map(([key, value]) => [`kms:encryptioncontext:${key.toLowerCase()}`, value]),
      );
      // What is decrypted names its key itself: one key alone is used without a service between.
      const key = text('KeyId') || templates.arnOf('FoundationPersonalDataKey');
      return [{ action: `kms:${operation}`, arn: key.startsWith('arn:') ? key : keyArn(key), context }];
    }
    default:
      return [];
  }
}

const tableArn = (name: string): string =>
  name.startsWith('arn:') ? name : `arn:aws:dynamodb:${region}:${account}:table/${name}`;
const busArn = (name: string): string => `arn:aws:events:${region}:${account}:event-bus/${name}`;
const secretArn = (name: string): string =>
  name.startsWith('arn:') ? name : `arn:aws:secretsmanager:${region}:${account}:secret:${name}`;
const keyArn = (id: string): string => `arn:aws:kms:${region}:${account}:key/${id}`;

/** What is asked of the key of a resource, when a service uses it for whoever calls. */
const keyUse: Readonly<
  Record<string, { readonly reads: RegExp; readonly key: (of: Properties) => unknown }>
> = {
  'AWS::DynamoDB::Table': {
    reads: /./, // the key of the table itself is made when the table is
    key: (of) => (of['SSESpecification'] as Properties | undefined)?.['KMSMasterKeyId'],
  },
  'AWS::S3::Bucket': {
    reads: /Get/,
    key: (of) => /"KMSMasterKeyID":"([^"]+)"/.exec(JSON.stringify(of['BucketEncryption'] ?? {}))?.[1],
  },
  'AWS::SQS::Queue': { reads: /^$/, key: (of) => of['KmsMasterKeyId'] },
  'AWS::SNS::Topic': { reads: /^$/, key: (of) => of['KmsMasterKeyId'] },
  'AWS::SecretsManager::Secret': { reads: /Get/, key: (of) => of['KmsKeyId'] },
};

function keyNeeds(action: string, arn: string, templates: Templates): readonly Need[] {
  const found = templates.byArn(arn);
  const use = found === undefined ? undefined : keyUse[found.type];
  const key = found === undefined ? undefined : use?.key(found.properties);
  if (use === undefined || typeof key !== 'string') return [];
  const [service = ''] = action.split(':');
  if (service === 'secretsmanager' && !/Get|Put/.test(action)) return [];
  const actions = use.reads.test(action) ? ['kms:Decrypt'] : ['kms:Decrypt', 'kms:GenerateDataKey'];
  const via = `${service}.${region}.amazonaws.com`;
  return actions.map((each) => ({ action: each, arn: key, context: { 'kms:viaservice': via }, via }));
}

type Properties = Readonly<Record<string, unknown>>;

interface Deployed {
  readonly logicalId: string;
  readonly type: string;
  readonly arn: string;
  /** Every reference in them is the name that was deployed. */
  readonly properties: Properties;
}

interface Role {
  readonly arn: string;
  readonly resource: Resource;
  readonly documents: readonly unknown[];
}

/** The synthesized templates, with the names that were deployed in place of references. */
class Templates {
  readonly #exports = new Map<string, string>();
  readonly #resources = new Map<string, Deployed>();
  readonly #ids: ReadonlyMap<string, { readonly type: string; readonly id: string }>;

  constructor(app: Deployment) {
    this.#ids = new Map(app.resources().map(({ logicalId, type, id }) => [logicalId, { type, id }]));
    const templates = app.stacks.map(
      (stack) =>
        JSON.parse(readFileSync(join(app.assembly, `${stack}.template.json`), 'utf8')) as {
          Resources: Record<string, { Type: string; Properties?: Properties }>;
          Outputs?: Record<string, { Value: unknown; Export?: { Name: string } }>;
        },
    );
    for (const { Outputs: outputs = {} } of templates)
      for (const { Value: value, Export: exported } of Object.values(outputs))
        if (exported) this.#exports.set(exported.Name, String(this.#resolve(value)));
    for (const { Resources: resources } of templates)
      for (const [logicalId, { Type: type, Properties: properties = {} }] of Object.entries(resources))
        if (kinds.has(type))
          this.#resources.set(logicalId, {
            ...{ logicalId, type, arn: this.arn(logicalId) },
            properties: this.#resolve(properties) as Properties,
          });
  }

  ofType(type: string): readonly Deployed[] {
    return [...this.#resources.values()].filter((each) => each.type === type);
  }

  /** ARN of the one resource whose logical id begins so, without CDK's hash. */
  arnOf(name: string): string {
    const found = [...this.#resources.keys()].filter((id) => new RegExp(`^${name}[0-9A-F]{8}$`).test(id));
    return found.length === 1 ? this.arn(String(found[0])) : '';
  }

  byArn(arn: string): Deployed | undefined {
    return [...this.#resources.values()].find((each) => each.arn === arn);
  }

  roleOf(logicalId: string): Role {
    const arn = this.#resources.get(logicalId)?.properties['Role'];
    const role = this.ofType('AWS::IAM::Role').find((each) => each.arn === arn);
    if (role === undefined) throw new Error(`${logicalId} has no role.`);
    const own = (role.properties['Policies'] ?? []) as { PolicyDocument: unknown }[];
    const name = this.#ids.get(role.logicalId)?.id;
    const attached = this.ofType('AWS::IAM::Policy').filter(({ properties }) =>
      (properties['Roles'] as unknown[]).includes(name),
    );
    return {
      arn: role.arn,
      resource: { ...nowhere, id: role.arn, type: role.type, properties: role.properties as ObjectValue },
      documents: [
        ...own.map((each) => each.PolicyDocument),
        ...attached.map(({ properties }) => properties['PolicyDocument']),
      ],
    };
  }

  arn(logicalId: string): string {
    const { type = '', id = '' } = this.#ids.get(logicalId) ?? {};
    if (id.startsWith('arn:')) return id;
    const of = (service: string, rest: string) => `arn:aws:${service}:${region}:${account}:${rest}`;
    switch (type) {
      case 'AWS::DynamoDB::Table':
        return tableArn(id);
      case 'AWS::Events::EventBus':
        return busArn(id);
      case 'AWS::IAM::Role':
        return `arn:aws:iam::${account}:role/${id}`;
      case 'AWS::KMS::Key':
        return keyArn(id);
      case 'AWS::Lambda::Function':
        return of('lambda', `function:${id}`);
      case 'AWS::Logs::LogGroup':
        return of('logs', `log-group:${id}:*`);
      case 'AWS::S3::Bucket':
        return `arn:aws:s3:::${id}`;
      case 'AWS::SecretsManager::Secret':
        return secretArn(id);
      case 'AWS::SQS::Queue':
        return of('sqs', id.split('/').at(-1) ?? '');
      default:
        return `${type} ${id}`;
    }
  }

  #resolve(value: unknown): unknown {
    if (Array.isArray(value)) return value.map((item: unknown) => this.#resolve(item));
    if (typeof value !== 'object' || value === null) return value;
    const [[name, argument] = []] = Object.entries(value) as [string, unknown][];
    if (name === 'Ref') {
      const { type, id } = this.#ids.get(String(argument)) ?? {};
      // The emulator names a secret where CloudFormation gives its ARN.
      return type === 'AWS::SecretsManager::Secret'
        ? this.arn(String(argument))
        : (pseudo[String(argument)] ?? id ?? argument);
    }
    if (name === 'Fn::GetAtt') {
      const [id = '', attribute] = argument as string[];
      return attribute === 'Arn' ? this.arn(id) : `${id}.${String(attribute)}`;
    }
    if (name === 'Fn::ImportValue') return this.#exports.get(String(argument)) ?? argument;
    if (name === 'Fn::Join') {
      const [separator, parts] = argument as [string, unknown[]];
      return parts.map((part) => String(this.#resolve(part))).join(separator);
    }
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, this.#resolve(inner)]));
  }
}

const kinds: ReadonlySet<string> = new Set([
  ...Object.keys(keyUse),
  'AWS::EC2::VPCEndpoint',
  'AWS::IAM::Policy',
  'AWS::IAM::Role',
  'AWS::KMS::Key',
  'AWS::Lambda::Function',
]);

const pseudo: Readonly<Record<string, string>> = {
  'AWS::AccountId': account,
  'AWS::Partition': 'aws',
  'AWS::Region': region,
  'AWS::URLSuffix': 'amazonaws.com',
};
