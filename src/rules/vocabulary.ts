/**
 * The closed vocabulary of rule expressions: the one source of rules.schema.json, of
 * docs/operators.md and of the loader's checks. The evaluator implements each keyword; a test
 * holds both to the same list.
 */
export interface Keyword {
  readonly name: string;
  /** `form`: what an expression is (exactly one). `predicate`: what must hold of a value. `modifier`: detail of a form. */
  readonly role: 'form' | 'predicate' | 'modifier';
  readonly summary: string;
  /** JSON Schema of the keyword's argument; may refer to #/$defs/expression, operand, quantifier. */
  readonly schema: object;
  /** A YAML line or two for the documentation. */
  readonly example: string;
  /** For a modifier: the forms it goes with. */
  readonly goesWith?: readonly string[];
}

const expression = { $ref: '#/$defs/expression' };
const operand = { $ref: '#/$defs/operand' };
const expressions = { type: 'array', items: expression, minItems: 1 };
const quantifier = { $ref: '#/$defs/quantifier' };
const text = { type: 'string', minLength: 1 };
const parameterOperand = {
  type: 'object',
  additionalProperties: false,
  required: ['parameter'],
  properties: { parameter: text },
};

/** Shapes that the predicate `is` tells apart. */
export const valueShapes = [
  'customer-managed-key',
  'literal',
  'reference',
  'secret-reference',
  'arn',
  'https-url',
  'http-url',
  'schedule-expression',
  'time-zone',
  'selective-event-pattern',
  'acm-certificate',
  'web-acl',
  'default-security-group',
  'json',
] as const;

/** Every keyword of an expression. */
export const keywords: readonly Keyword[] = [
  {
    name: 'all',
    role: 'form',
    summary: 'Every expression of the list holds.',
    schema: expressions,
    example: 'all: [{property: Enabled, equals: true}, {property: Name, exists: true}]',
  },
  {
    name: 'any',
    role: 'form',
    summary: 'At least one expression of the list holds.',
    schema: expressions,
    example: 'any: [{property: A, exists: true}, {property: B, exists: true}]',
  },
  {
    name: 'not',
    role: 'form',
    summary: 'The expression does not hold. Unknown stays unknown.',
    schema: expression,
    example: 'not: {property: PackageType, equals: Image}',
  },
  {
    name: 'if',
    role: 'form',
    summary: 'Where this holds, `then` must hold (and `else` where it does not).',
    schema: expression,
    example:
      'if: {property: CacheClusterEnabled, equals: true}\nthen: {property: CacheDataEncrypted, equals: true}',
  },
  {
    name: 'then',
    role: 'modifier',
    goesWith: ['if'],
    summary: 'What must hold where `if` holds.',
    schema: expression,
    example: 'then: {property: A, exists: true}',
  },
  {
    name: 'else',
    role: 'modifier',
    goesWith: ['if'],
    summary: 'What must hold where `if` does not hold (default: nothing).',
    schema: expression,
    example: 'else: {property: B, exists: true}',
  },
  {
    name: 'unknown',
    role: 'form',
    summary: 'Always unknown, for the reason given: only a person, or another source, can determine it.',
    schema: text,
    example: 'unknown: no invoker of the function was found',
  },
  {
    name: 'remedy',
    role: 'modifier',
    goesWith: ['unknown'],
    summary: 'How to resolve the unknown result.',
    schema: text,
    example: 'remedy: bring the runbook',
  },
  {
    name: 'property',
    role: 'form',
    summary:
      'A property of the current thing, by dotted path (`TracingConfig.Mode`, `Rules.0.Name`), compared with the predicates next to it. Absent properties have the AWS default, if there is one.',
    schema: { type: 'string' },
    example: 'property: TracingConfig.Mode\nequals: Active',
  },
  {
    name: 'of',
    role: 'modifier',
    goesWith: [
      'property',
      'edge',
      'type',
      'code',
      'inFlow',
      'some',
      'every',
      'none',
      'count',
      'sameAs',
      'external',
      'admits',
      'denies',
    ],
    summary:
      'Reads from a named thing instead of the current one: `self` (the resource that the rule checks) or a name given by `as`.',
    schema: text,
    example: 'property: Timeout\nof: function\natMost: 60',
  },
  {
    name: 'value',
    role: 'form',
    summary: 'A computed number, compared with the predicates next to it.',
    schema: operand,
    example:
      'value: {multiply: [{property: Timeout, of: function}, 6]}\natMost: {property: VisibilityTimeout}',
  },
  {
    name: 'edge',
    role: 'form',
    summary: 'An attribute of the relation that led to the current thing.',
    schema: text,
    example: 'edge: invocation\nequals: async',
  },
  {
    name: 'some',
    role: 'form',
    summary: 'At least one member of the source satisfies `where`.',
    schema: quantifier,
    example: 'some:\n  related: webAcl',
  },
  {
    name: 'every',
    role: 'form',
    summary: 'Every member of the source that `where` picks satisfies `satisfies`. True of an empty source.',
    schema: quantifier,
    example: 'every:\n  elements: Targets\n  satisfies: {property: DeadLetterConfig.Arn, exists: true}',
  },
  {
    name: 'none',
    role: 'form',
    summary: 'No member of the source satisfies `where`.',
    schema: quantifier,
    example: 'none:\n  related: subnets.routeTable.routes\n  where: {property: GatewayId, startsWith: igw-}',
  },
  {
    name: 'count',
    role: 'form',
    summary:
      'How many members (or, with `distinct`, how many different values of a property) the source has, compared with the predicates next to it.',
    schema: quantifier,
    example: 'count: {related: subnets, distinct: AvailabilityZone}\natLeast: 2',
  },
  {
    name: 'admits',
    role: 'form',
    summary:
      'The policies on the current thing, Deny over Allow and conditions included, let `who` send some request. `everyone`: anyone outside of the account that no fixed value binds, by any of the `actions`. `services`: anyone, through an AWS service that a policy names. A service principal: that service `for` a named thing, by every one of the `actions`. `role`: the role of the current thing, by what it holds, and for a key by the policy of the key.',
    schema: { $ref: '#/$defs/admits' },
    example: "admits: {who: events.amazonaws.com, actions: ['sqs:SendMessage'], for: self}",
  },
  {
    name: 'denies',
    role: 'form',
    summary:
      'The policies of the current resource deny all requests of a kind, from all callers. This must be true for each of the `actions` and each resource in `on`.',
    schema: { $ref: '#/$defs/denies' },
    example: "denies: {actions: ['s3:*'], on: [itself, objects], without: tls}",
  },
  {
    name: 'statement',
    role: 'form',
    summary:
      'Inside a source of `statements`: a condition on the policy statement. All members given must hold.',
    schema: { $ref: '#/$defs/statement' },
    example: 'statement: {effect: Allow, principal: everyone, covers: ["sqs:SendMessage"]}',
  },
  {
    name: 'type',
    role: 'form',
    summary: 'The current resource has one of these CloudFormation types.',
    schema: { type: 'array', items: text, minItems: 1 },
    example: 'type: [AWS::SQS::Queue]',
  },
  {
    name: 'external',
    role: 'form',
    summary: 'Whether the current resource is not in the scan.',
    schema: { type: 'boolean' },
    example: 'external: false',
  },
  {
    name: 'sameAs',
    role: 'form',
    summary: 'The current resource is the named one.',
    schema: text,
    example: 'sameAs: self',
  },
  {
    name: 'inFlow',
    role: 'form',
    summary: 'The resource belongs to a flow of one of these diagrams.',
    schema: { type: 'array', items: { enum: ['api', 'events', 'batch'] }, minItems: 1 },
    example: 'inFlow: [batch]',
  },
  {
    name: 'code',
    role: 'form',
    summary:
      "The function's code shows one of these capabilities. Unknown if the code is not available or shows none.",
    schema: {
      type: 'array',
      minItems: 1,
      items: {
        enum: [
          'logger',
          'correlation',
          'tracer',
          'metrics',
          'idempotency',
          'batch',
          'parameters',
          'retry',
          'circuit-breaker',
          'transactions',
          'field-encryption',
        ],
      },
    },
    example: 'code: [idempotency]',
  },
  {
    name: 'credential',
    role: 'form',
    summary:
      'The current entry (`Key`, `Value`) contains a credential: a common key format, or a secret-like name with a literal value. Lists of names and values (with `*` and `?`) that are also credentials can be set by parameters. `key` and `value` name the members that hold name and value, where these are not `Key` and `Value`; of a name with slashes the last part counts. With `only: shapes` the value is program code, and only formats count that no other code has.',
    schema: {
      anyOf: [
        { const: true },
        {
          type: 'object',
          additionalProperties: false,
          properties: {
            names: parameterOperand,
            values: parameterOperand,
            key: text,
            value: text,
            only: { const: 'shapes' },
          },
        },
      ],
    },
    example: 'credential: true',
  },
  {
    name: 'guards',
    role: 'form',
    summary:
      'An enabled rule of the web ACL (it blocks or challenges) looks for this in every request. Rules that count, have a scope-down statement, or use an empty list are not included. Rule groups of the scan and those of Firewall Manager count.',
    schema: { enum: ['sql-injection', 'addresses', 'request-rate'] },
    example: 'guards: sql-injection',
  },
  {
    name: 'limit',
    role: 'modifier',
    goesWith: ['guards'],
    summary: 'With `guards: request-rate`: the maximum number of requests of a client in five minutes.',
    schema: operand,
    example: 'guards: request-rate\nlimit: {parameter: maxRequestsPerFiveMinutes}',
  },
  {
    name: 'letsOut',
    role: 'form',
    summary:
      'The security group lets all ports out to every address of IPv4 or IPv6: by one rule, by several that together hold them all, or by a prefix list of the scan.',
    schema: { enum: ['everywhere'] },
    example: 'letsOut: everywhere',
  },
  {
    name: 'settingOf',
    role: 'form',
    summary:
      'The current member of `MethodSettings` applies to the method with this name: for all methods, or for its path and verb.',
    schema: text,
    example: 'settingOf: method',
  },
  {
    name: 'fires',
    role: 'form',
    summary:
      'The alarm that the relation led to fires when its metric comes `at` a value, or just `above` it, and is silent at 0: by operator, threshold, statistic and metric math. `share` is the percentage of calls at which an alarm on a share must fire.',
    schema: {
      type: 'object',
      additionalProperties: false,
      properties: { at: operand, above: operand, share: operand },
      oneOf: [{ required: ['at'] }, { required: ['above'] }],
    },
    example: 'fires: {at: {parameter: maximumDepth}}',
  },
  {
    name: 'acts',
    role: 'form',
    summary:
      'When the alarm fires, an enabled action of it runs, or one of a composite alarm that fires with it (true), or none (false).',
    schema: { type: 'boolean' },
    example: 'acts: true',
  },
  {
    name: 'exists',
    role: 'predicate',
    summary: 'The property is written out (true) or absent (false); service defaults do not count.',
    schema: { type: 'boolean' },
    example: 'exists: true',
  },
  {
    name: 'equals',
    role: 'predicate',
    summary: 'The value is this one. Numbers and booleans also match their text.',
    schema: operand,
    example: 'equals: Active',
  },
  {
    name: 'in',
    role: 'predicate',
    summary: 'The value is one of these.',
    schema: { anyOf: [{ type: 'array' }, operand] },
    example: 'in: [TLS_1_2, TLS_1_3]',
  },
  {
    name: 'matches',
    role: 'predicate',
    summary: 'The text matches this pattern (RE2 syntax, linear time, searched anywhere unless anchored).',
    schema: text,
    example: 'matches: ^SecurityPolicy_TLS1[23]_',
  },
  {
    name: 'startsWith',
    role: 'predicate',
    summary: 'The text starts with this.',
    schema: text,
    example: 'startsWith: https://',
  },
  {
    name: 'endsWith',
    role: 'predicate',
    summary: 'The text ends with this.',
    schema: text,
    example: 'endsWith: .fifo',
  },
  {
    name: 'contains',
    role: 'predicate',
    summary: 'The text contains this piece, or the list this element.',
    schema: operand,
    example: 'contains: ReportBatchItemFailures',
  },
  {
    name: 'fitsFilter',
    role: 'predicate',
    summary:
      'The text fits this filter: a star stands for any text, and a filter without stars for every text that contains it.',
    schema: operand,
    example: 'fitsFilter: {property: Filter, of: filter}',
  },
  {
    name: 'empty',
    role: 'predicate',
    summary: 'The text, list or object has no content; an absent one is empty.',
    schema: { type: 'boolean' },
    example: 'empty: false',
  },
  {
    name: 'atLeast',
    role: 'predicate',
    summary: 'The number is this or more.',
    schema: operand,
    example: 'atLeast: {parameter: minimumRetentionDays}',
  },
  {
    name: 'atMost',
    role: 'predicate',
    summary: 'The number is this or less.',
    schema: operand,
    example: 'atMost: 300',
  },
  {
    name: 'above',
    role: 'predicate',
    summary: 'The number is more than this.',
    schema: operand,
    example: 'above: 0',
  },
  {
    name: 'below',
    role: 'predicate',
    summary: 'The number is less than this.',
    schema: operand,
    example: 'below: 900',
  },
  {
    name: 'is',
    role: 'predicate',
    summary: 'The value has this shape.',
    schema: { enum: valueShapes },
    example: 'is: customer-managed-key',
  },
  {
    name: 'refersTo',
    role: 'predicate',
    summary:
      'The value names the resource of this binding: by reference, ARN, name or a text that holds one of these.',
    schema: text,
    example: 'property: SourceArn\nrefersTo: self',
  },
  {
    name: 'inRegionOf',
    role: 'predicate',
    summary:
      'The ARN is in the Region of this binding. Unknown if it specifies a Region and the template can be deployed to another.',
    schema: text,
    example: 'property: DeadLetterConfig.Arn\ninRegionOf: self',
  },
  {
    name: 'meetsNetworkOf',
    role: 'predicate',
    summary:
      'The address block can overlap with the VPC of this binding. False if both are literal and do not overlap.',
    schema: text,
    example: 'property: CidrIp\nmeetsNetworkOf: self',
  },
  {
    name: 'notDeprecated',
    role: 'predicate',
    summary:
      'The Lambda runtime is not deprecated, nor will be within these days. Unknown for a runtime that is not in the table.',
    schema: {
      type: 'object',
      additionalProperties: false,
      required: ['withinDays'],
      properties: { withinDays: operand },
    },
    example: 'property: Runtime\nnotDeprecated: {withinDays: 90}',
  },
];

/** Sources of a quantifier: exactly one of them. */
export const sourceKeywords: readonly Keyword[] = [
  {
    name: 'related',
    role: 'form',
    summary:
      'Resources along a relation, or a chain of relations with dots. Inside an element of a list only the edges that start there count.',
    schema: text,
    example: 'related: subnets.routeTable.routes',
  },
  {
    name: 'elements',
    role: 'form',
    summary: 'Members of a list property (a single value counts as a list of one).',
    schema: { type: 'string' },
    example: 'elements: Rules',
  },
  {
    name: 'entries',
    role: 'form',
    summary: 'Members of an object property, each with `Key` and `Value`.',
    schema: { type: 'string' },
    example: 'entries: Environment.Variables',
  },
  {
    name: 'statements',
    role: 'form',
    summary:
      'Policy statements: `resource` (policies on the resource) or `identity` (what its role is allowed to do).',
    schema: { enum: ['resource', 'identity'] },
    example: 'statements: resource',
  },
  {
    name: 'states',
    role: 'form',
    summary:
      "States of a state machine of these types (`['*']` for all), nested ones included; each has `Name`, `Type` and its own fields.",
    schema: { type: 'array', items: text, minItems: 1 },
    example: 'states: [Task, Map, Parallel]',
  },
  {
    name: 'services',
    role: 'form',
    summary: 'AWS services that the function uses, each with `Service`.',
    schema: { const: true },
    example: 'services: true',
  },
  {
    name: 'resources',
    role: 'form',
    summary: 'Resources of these types in the same application, or in the same account and Region.',
    schema: { type: 'array', items: text, minItems: 1 },
    example: 'resources: [AWS::SecurityHub::Hub]',
  },
];

const quantifierSchema = {
  type: 'object',
  additionalProperties: false,
  minProperties: 1,
  properties: {
    ...Object.fromEntries(sourceKeywords.map((keyword) => [keyword.name, keyword.schema])),
    of: text,
    as: text,
    where: expression,
    satisfies: expression,
    distinct: { anyOf: [text, { type: 'array', items: text, minItems: 2 }] },
    certain: { type: 'boolean' },
  },
};

const statementSchema = {
  type: 'object',
  additionalProperties: false,
  minProperties: 1,
  properties: {
    effect: { enum: ['Allow', 'Deny'] },
    principal: {
      type: 'string',
      description: '`everyone`, or a service principal such as `events.amazonaws.com`',
    },
    covers: {
      type: 'array',
      items: text,
      description: 'actions that the statement covers, every one of them',
    },
    touches: {
      type: 'array',
      items: text,
      description: 'actions of which the statement covers at least one',
    },
    resource: {
      type: 'string',
      description: '`*` for every resource, or a binding (`self`) that the statement names',
    },
    unconditioned: { type: 'boolean', description: 'the statement has no condition at all' },
  },
};

const on = {
  description:
    'One of these, or a list of them. `itself` is the default. `objects`: the objects of a bucket. `anything`: all resources that the policy lists. `others`: any resource of any owner. `every`, only with `role`: resources that the policies do not list, so all of the type; one action is enough. `own-role`, only with `role`: the role itself; one action is enough. A binding. `name.records`: the records of failed invocations that Lambda writes to the bucket of this binding',
  anyOf: [text, { type: 'array', items: text, minItems: 1 }],
};

const admitsSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['who'],
  properties: {
    who: {
      ...text,
      description: '`everyone`, `services`, `role`, or a service principal such as `events.amazonaws.com`',
    },
    actions: {
      description:
        'actions, in which `*` stands for those that no policy lists; or `any`, `whole-service` (all of some service), and of a role `everything` or `almost-everything` (all but what a NotAction leaves out)',
      anyOf: [
        { enum: ['any', 'whole-service', 'everything', 'almost-everything'] },
        { type: 'array', items: text, minItems: 1 },
      ],
    },
    on,
    for: {
      ...text,
      description: 'with a service principal: the binding that it acts for, or `outsiders`',
    },
    through: { ...text, description: 'with `role`: the AWS service through which it uses a key (`sqs`)' },
  },
};

const deniesSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['actions', 'without'],
  properties: {
    actions: {
      type: 'array',
      items: text,
      minItems: 1,
      description: 'actions, in which `*` stands for those that no policy lists',
    },
    on,
    without: { enum: ['tls'], description: 'of which requests: those without TLS' },
  },
};

const arithmetic = { type: 'array', items: operand, minItems: 2 };
const operandSchema = {
  anyOf: [
    { type: ['string', 'number', 'boolean'] },
    { type: 'object', additionalProperties: false, required: ['parameter'], properties: { parameter: text } },
    {
      type: 'object',
      additionalProperties: false,
      required: ['property'],
      properties: { property: text, of: text },
    },
    ...['add', 'subtract', 'multiply', 'divide'].map((name) => ({
      type: 'object',
      additionalProperties: false,
      required: [name],
      properties: { [name]: arithmetic },
    })),
  ],
};

const expressionSchema = {
  type: 'object',
  additionalProperties: false,
  minProperties: 1,
  properties: Object.fromEntries(
    keywords.map((keyword) => [keyword.name, { description: keyword.summary, ...keyword.schema }]),
  ),
};

/** `$defs` shared by every schema that holds expressions. */
export const expressionDefinitions = {
  expression: expressionSchema,
  operand: operandSchema,
  quantifier: quantifierSchema,
  statement: statementSchema,
  admits: admitsSchema,
  denies: deniesSchema,
};

/** Members of a quantifier beside its source. */
export const quantifierMembers = {
  of: 'Takes the source from a named thing instead of the current one.',
  as: 'Names the member, so that `of` can reach it from within.',
  where: 'Which members count.',
  satisfies: 'For `every`: what each of them must satisfy.',
  distinct:
    'For `count`: counts the different values of this property, or of the first of several that a member has.',
  certain:
    'With `related`: false treats edges that a template leaves open as absent (default true: they make the answer unknown). What an account did not answer stays unknown.',
} as const;
