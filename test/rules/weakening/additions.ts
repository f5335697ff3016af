import { isObject, type Json, type JsonObject, type Steps } from './template.ts';

/** What takes the effect of a resource away when it is added to it, by type. */
export interface Addition {
  readonly id: string;
  readonly types: RegExp;
  /** Properties with the addition; each way in which it fits. */
  readonly add: (properties: JsonObject, type: string) => readonly JsonObject[];
}

const set =
  (more: JsonObject, fits: (properties: JsonObject) => boolean = () => true) =>
  (properties: JsonObject): readonly JsonObject[] =>
    fits(properties) ? [{ ...properties, ...more }] : [];

function documentsIn(value: Json, steps: Steps): readonly Steps[] {
  if (typeof value !== 'object' || value === null) return [];
  const statements = isObject(value) ? value['Statement'] : undefined;
  if (Array.isArray(statements) || (isObject(statements) && 'Effect' in statements)) return [steps];
  return Object.entries(value).flatMap(([step, part]) => documentsIn(part as Json, [...steps, step]));
}

function changedAt(value: Json, [step, ...rest]: Steps, change: (object: JsonObject) => JsonObject): Json {
  if (step === undefined) return isObject(value) ? change(value) : value;
  if (Array.isArray(value))
    return value.map((item: Json, at) => (String(at) === step ? changedAt(item, rest, change) : item));
  const members = value as JsonObject; // steps lead through lists and objects alone
  return { ...members, [step]: changedAt(members[step] ?? null, rest, change) };
}

const identityTypes = /^AWS::IAM::(Role|Policy|ManagedPolicy)$/;

/** With one more statement in each policy document that the properties hold, one at a time. */
const withStatement =
  (principal: JsonObject, rest: JsonObject) =>
  (properties: JsonObject, type: string): readonly JsonObject[] =>
    documentsIn(properties, []).map((steps) => {
      const isIdentity = identityTypes.test(type) && steps[0] !== 'AssumeRolePolicyDocument';
      const statement = isIdentity ? rest : { ...principal, ...rest };
      return changedAt(properties, steps, (document) => ({
        ...document,
        Statement: [...[document['Statement'] ?? []].flat(), statement],
      })) as JsonObject; // properties stay an object
    });

const everyRule =
  (change: (rule: JsonObject) => JsonObject | undefined) =>
  (properties: JsonObject): readonly JsonObject[] => {
    const rules = Array.isArray(properties['Rules']) ? (properties['Rules'] as readonly Json[]) : [];
    const changed = rules.map((rule) => (isObject(rule) ? change(rule) : undefined));
    if (changed.every((rule) => rule === undefined)) return [];
    return [{ ...properties, Rules: rules.map((rule, at) => changed[at] ?? rule) }];
  };

const byteMatch = (SearchString: string): JsonObject => ({
  ByteMatchStatement: {
    SearchString,
    PositionalConstraint: 'STARTS_WITH',
    FieldToMatch: { UriPath: {} },
    TextTransformations: [{ Priority: 0, Type: 'NONE' }],
  },
});

const narrowed = everyRule((rule) => {
  const { Statement: statement } = rule;
  if (!isObject(statement)) return undefined;
  const [kind = '', part] = Object.entries(statement)[0] ?? [];
  if (!isObject(part) || !/^(ManagedRuleGroup|RateBased)Statement$/.test(kind)) return undefined;
  return { ...rule, Statement: { [kind]: { ...part, ScopeDownStatement: byteMatch('/hg') } } };
});

const allowingFirst = (properties: JsonObject): readonly JsonObject[] => {
  const rules = Array.isArray(properties['Rules']) ? (properties['Rules'] as readonly Json[]) : [];
  const visibility = { SampledRequestsEnabled: true, CloudWatchMetricsEnabled: true, MetricName: 'all' };
  const first = {
    Name: 'all',
    Priority: -1,
    Action: { Allow: {} },
    Statement: byteMatch('/'),
    VisibilityConfig: visibility,
  };
  return rules.length === 0 ? [] : [{ ...properties, Rules: [first, ...rules] }];
};

const everyone = { Principal: '*' };
const everything = { Action: '*', Resource: '*' };
const alarms = /^AWS::CloudWatch::(Composite)?Alarm$/;
const has =
  (name: string) =>
  (properties: JsonObject): boolean =>
    properties[name] !== undefined;

/** Settings that switch a resource off, narrow it, or open it, whatever else it says. */
export const additions: readonly Addition[] = [
  { id: 'rule disabled', types: /^AWS::Events(V2)?::Rule$/, add: set({ State: 'DISABLED' }) },
  { id: 'schedule disabled', types: /^AWS::Scheduler::Schedule$/, add: set({ State: 'DISABLED' }) },
  { id: 'schedule over', types: /^AWS::Scheduler::Schedule$/, add: set({ EndDate: '2020-01-01T00:00:00Z' }) },
  { id: 'mapping disabled', types: /^AWS::Lambda::EventSourceMapping$/, add: set({ Enabled: false }) },
  { id: 'pipe stopped', types: /^AWS::Pipes::Pipe$/, add: set({ DesiredState: 'STOPPED' }) },
  { id: 'alarm actions disabled', types: alarms, add: set({ ActionsEnabled: false }) },
  { id: 'no alarm actions', types: alarms, add: set({ AlarmActions: [] }) },
  { id: 'other namespace', types: alarms, add: set({ Namespace: 'AWS/EC2' }, has('Namespace')) },
  { id: 'minimum', types: alarms, add: set({ Statistic: 'Minimum' }, has('MetricName')) },
  {
    id: 'one more dimension',
    types: alarms,
    add: (properties) => {
      const { Dimensions: dimensions } = properties;
      return Array.isArray(dimensions)
        ? [
            {
              ...properties,
              Dimensions: [...(dimensions as readonly Json[]), { Name: 'Other', Value: 'other' }],
            },
          ]
        : [];
    },
  },
  { id: 'key disabled', types: /^AWS::KMS::(Replica)?Key$/, add: set({ Enabled: false }) },
  {
    id: 'rules count',
    types: /^AWS::WAFv2::(WebACL|RuleGroup)$/,
    add: everyRule((rule) =>
      'OverrideAction' in rule
        ? { ...rule, OverrideAction: { Count: {} } }
        : { ...rule, Action: { Count: {} } },
    ),
  },
  { id: 'rules scoped down', types: /^AWS::WAFv2::WebACL$/, add: narrowed },
  { id: 'everything allowed first', types: /^AWS::WAFv2::WebACL$/, add: allowingFirst },
  {
    id: 'private name off',
    types: /^AWS::EC2::VPCEndpoint$/,
    add: set({ PrivateDnsEnabled: false }, ({ VpcEndpointType: type }) => type === 'Interface'),
  },
  { id: 'trail off', types: /^AWS::CloudTrail::Trail$/, add: set({ IsLogging: false }) },
  {
    id: 'everything denied',
    types: /./,
    add: withStatement(everyone, { Effect: 'Deny', ...everything }),
  },
  {
    id: 'everyone allowed',
    types: /./,
    add: withStatement(everyone, { Effect: 'Allow', ...everything }),
  },
  {
    id: 'everyone allowed with a header',
    types: /./,
    add: withStatement(everyone, {
      Effect: 'Allow',
      ...everything,
      Condition: { StringLike: { 'aws:UserAgent': '*' } },
    }),
  },
  {
    id: 'everyone but one allowed',
    types: /./,
    add: withStatement(
      { NotPrincipal: { AWS: 'arn:aws:iam::111122223333:role/one' } },
      { Effect: 'Allow', NotAction: 'iam:PassRole', Resource: '*' },
    ),
  },
];
