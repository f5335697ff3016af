import { createHash } from 'node:crypto';
import type {
  Diagnostic,
  Evaluation,
  FlowSummary,
  RequirementSummary,
  ResourceSummary,
  RuleSummary,
  ScanResult,
  Verdict,
} from '../../../src/model/scan-result.ts';
import type { Location } from '../../../src/model/location.ts';
import type { Severity } from '../../../src/model/rule.ts';
import { diagrams, edgesOf } from './diagram-fixture.ts';

const rule = (
  id: string,
  title: string,
  severity: Severity,
  flows: readonly string[],
  text: { why: string; fix: string; cloudformation?: string },
  controls: RuleSummary['controls'] = [],
): RuleSummary => ({
  id,
  title,
  requirement: id,
  severity,
  level: 'essential',
  flows,
  decides: 'config',
  why: text.why,
  fix: {
    text: text.fix,
    ...(text.cloudformation === undefined ? {} : { cloudformation: text.cloudformation }),
  },
  controls,
  references: [`https://docs.aws.amazon.com/lambda/latest/dg/${id}.html`],
  origin: 'shipped',
});

/** Rules as a result carries them, one of each severity and more. */
export const rules: readonly RuleSummary[] = [
  rule(
    'api.waf.associated',
    'Every public stage has a web ACL',
    'critical',
    ['api'],
    {
      why: 'Without a web ACL every request from the internet reaches the API unfiltered, so floods and injection attempts are paid for and run by the functions behind it.',
      fix: 'Associate a regional web ACL with the stage.',
      cloudformation:
        'Association:\n  Type: AWS::WAFv2::WebACLAssociation\n  Properties:\n    ResourceArn: !Sub arn:${AWS::Partition}:apigateway:${AWS::Region}::/restapis/${Api}/stages/${Stage}\n    WebACLArn: !GetAtt WebAcl.Arn',
    },
    [
      { framework: 'aws-fsbp', id: 'APIGateway.4', source: 'aws' },
      { framework: 'nist-800-53-r5', id: 'AC-4(21)', source: 'aws' },
    ],
  ),
  rule(
    'all.lambda.vpc',
    'Functions run inside a VPC',
    'high',
    ['api', 'events', 'batch'],
    {
      why: 'A function outside a VPC reaches its backends over public endpoints, where no subnet, group or endpoint policy can limit it.',
      fix: 'Give the function private subnets in two zones and a security group of its own.',
    },
    [
      { framework: 'aws-fsbp', id: 'Lambda.3', source: 'aws' },
      { framework: 'nist-800-53-r5', id: 'AC-4', source: 'aws' },
      { framework: 'nist-800-53-r5', id: 'SC-7', source: 'aws' },
    ],
  ),
  rule(
    'all.lambda.tracing',
    'Functions are traced',
    'medium',
    ['api', 'events', 'batch'],
    {
      why: 'Without a trace a slow or failing call cannot be followed across services.',
      fix: 'Set TracingConfig.Mode to Active.',
    },
    [
      { framework: 'aws-fsbp', id: 'Lambda.7', source: 'aws' },
      { framework: 'nist-800-53-r5', id: 'CA-7', source: 'aws' },
    ],
  ),
  rule('batch.queue.visibility-timeout', 'Visibility timeout covers the handler', 'high', ['batch'], {
    why: 'A message that becomes visible while its handler still runs is processed twice.',
    fix: 'Set VisibilityTimeout to at least six times the timeout of the function plus the batching window.',
  }),
  rule('api.gateway.usage-plans', 'APIs have usage plans', 'low', ['api'], {
    why: 'A usage plan bounds what one client can consume.',
    fix: 'Attach a usage plan with throttle and quota to the stage.',
  }),
  rule('all.logs.insights', 'Saved log queries exist', 'info', ['events'], {
    why: 'A saved query is found in an incident; an unsaved one is rewritten.',
    fix: 'Add an AWS::Logs::QueryDefinition for the log groups.',
  }),
];

/** The place of a value in a template. */
export function place(file: string, startLine: number, startColumn = 7): Location {
  return {
    file,
    pointer: `/Resources/R${startLine}`,
    startLine,
    startColumn,
    endLine: startLine,
    endColumn: startColumn + 12,
  };
}

/** 32 hex characters that depend on the key alone. */
export function fingerprintOf(key: string): string {
  return createHash('sha256').update(key).digest('hex').slice(0, 32);
}

/** One evaluation with every required member; `changes` replaces members. */
export function evaluation(
  ruleId: string,
  verdict: Verdict,
  resource: ResourceSummary,
  changes: Partial<Evaluation> = {},
): Evaluation {
  const found = rules.find((candidate) => candidate.id === ruleId);
  return {
    ruleId,
    requirement: ruleId,
    severity: found?.severity ?? 'medium',
    verdict,
    message: `${resource.name} ${verdict === 'pass' ? 'satisfies' : 'does not satisfy'} ${ruleId}`,
    fingerprint: fingerprintOf(`${ruleId}|${resource.id}|${verdict}`),
    resource,
    evidence: [],
    related: [],
    flows: [],
    ...changes,
  };
}

const template = 'infra/orders api.yaml';
const stage: ResourceSummary = {
  id: `${template}/ProdStage`,
  type: 'AWS::ApiGateway::Stage',
  name: 'ProdStage',
  stack: template,
};
const orders: ResourceSummary = {
  id: `${template}/OrdersFunction`,
  type: 'AWS::Lambda::Function',
  name: 'OrdersFunction',
  stack: template,
  constructPath: 'OrdersStack/Orders/Resource',
  sourceLine: 'lib/orders-stack.ts:42:5',
};
const queue: ResourceSummary = {
  id: `${template}/JobsQueue`,
  type: 'AWS::SQS::Queue',
  name: 'JobsQueue',
  stack: template,
};
const live: ResourceSummary = {
  id: 'arn:aws:lambda:eu-central-1:111122223333:function:invoices',
  type: 'AWS::Lambda::Function',
  name: 'invoices',
  account: '111122223333',
  region: 'eu-central-1',
  arn: 'arn:aws:lambda:eu-central-1:111122223333:function:invoices',
};
const apiFlow = `api:${stage.id}`;
const batchFlow = `batch:${queue.id}`;
const eventsFlow = `events:${live.id}`;

const evaluations: readonly Evaluation[] = [
  evaluation('api.waf.associated', 'fail', stage, {
    message: 'Stage `ProdStage` of a public REST API has no web ACL.',
    location: place(template, 12),
    flows: [apiFlow],
    evidence: [
      {
        what: 'web ACL associations of ProdStage',
        value: '0',
        expected: 'at least 1',
        holds: false,
        source: 'derived',
      },
      {
        what: 'EndpointConfiguration.Types of OrdersApi',
        value: 'REGIONAL',
        expected: 'not PRIVATE',
        holds: true,
        source: 'template',
        location: place(template, 5),
      },
    ],
    related: [
      { id: `${template}/OrdersApi`, type: 'AWS::ApiGateway::RestApi', name: 'OrdersApi', stack: template },
    ],
  }),
  evaluation('all.lambda.vpc', 'fail', orders, {
    message: 'Function `OrdersFunction` runs outside a VPC.',
    location: place(template, 31),
    flows: [apiFlow, batchFlow],
    evidence: [
      {
        what: 'VpcConfig of OrdersFunction',
        value: '(absent)',
        expected: 'subnets in at least 2 zones',
        holds: false,
        source: 'template',
        location: place(template, 31),
      },
    ],
  }),
  evaluation('all.lambda.tracing', 'unknown', orders, {
    message: 'Whether `OrdersFunction` is traced depends on parameter `TracingMode`.',
    reason: 'parameter `TracingMode` has no default; pass --parameters with a value for `TracingMode`',
    cause: 'parameter',
    location: place(template, 35),
    flows: [apiFlow, batchFlow],
    evidence: [
      {
        what: 'TracingConfig.Mode of OrdersFunction',
        value: '(unknown: parameter `TracingMode`)',
        expected: 'equals Active',
        holds: 'unknown',
        source: 'template',
        location: place(template, 35),
      },
    ],
  }),
  evaluation('batch.queue.visibility-timeout', 'fail', queue, {
    message: 'Visibility timeout of `JobsQueue` is 30 s, its handler may run 60 s.',
    location: place(template, 48),
    flows: [batchFlow],
    evidence: [
      {
        what: 'VisibilityTimeout of JobsQueue',
        value: '30',
        expected: 'at least 360',
        holds: false,
        source: 'default',
        location: place(template, 48),
      },
    ],
    waiver: {
      source: 'file',
      reason: 'Handler is idempotent; raised with the next release',
      owner: 'team-orders',
      expires: '2027-01-31',
      location: place('waivers.yaml', 3, 5),
    },
  }),
  evaluation('api.gateway.usage-plans', 'pass', stage, {
    message: 'Stage `ProdStage` is covered by a usage plan.',
    location: place(template, 12),
    flows: [apiFlow],
    evidence: [
      {
        what: 'usage plans of ProdStage',
        value: '1',
        expected: 'at least 1',
        holds: true,
        source: 'derived',
      },
    ],
  }),
  evaluation(
    'batch.queue.visibility-timeout',
    'notApplicable',
    { ...queue, id: `${template}/AuditQueue`, name: 'AuditQueue' },
    {
      message: 'Queue `AuditQueue` is not read by a function.',
      reason: 'no function reads the queue',
      location: place(template, 60),
    },
  ),
  evaluation('all.lambda.tracing', 'fail', live, {
    message: 'Function `invoices` is not traced.',
    flows: [eventsFlow],
    evidence: [
      {
        what: 'TracingConfig.Mode of invoices',
        value: 'PassThrough',
        expected: 'equals Active',
        holds: false,
        source: 'account',
      },
    ],
  }),
  evaluation('all.lambda.vpc', 'pass', live, {
    message: 'Function `invoices` runs in a VPC.',
    flows: [eventsFlow],
  }),
  evaluation('all.logs.insights', 'unknown', live, {
    message: 'Saved log queries could not be listed.',
    reason: 'call logs:DescribeQueryDefinitions was denied; grant logs:DescribeQueryDefinitions',
    cause: 'denied',
    flows: [eventsFlow],
  }),
];

const diagnostics: readonly Diagnostic[] = [
  {
    code: 'call-denied',
    severity: 'warning',
    message: 'logs:DescribeQueryDefinitions was denied',
    where: 'logs eu-central-1',
    blocks: ['all.logs.insights'],
  },
];

const nodeOfType: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  api: { 'AWS::ApiGateway::Stage': 'waf', 'AWS::Lambda::Function': 'lambda' },
  events: { 'AWS::Lambda::Function': 'lambda' },
  batch: { 'AWS::SQS::Queue': 'queue', 'AWS::Lambda::Function': 'lambda' },
};

/** Worst first: what several verdicts amount to. */
export function worst(verdicts: readonly Verdict[]): Verdict {
  const order: readonly Verdict[] = ['fail', 'unknown', 'pass'];
  return order.find((verdict) => verdicts.includes(verdict)) ?? 'notApplicable';
}

/** A flow whose nodes hold the resources of `from` that belong to it. */
export function flow(id: string, entry: ResourceSummary, from: readonly Evaluation[]): FlowSummary {
  const diagram = id.slice(0, id.indexOf(':'));
  const shape = diagrams[diagram];
  const inside = from.filter((item) => item.flows.includes(id));
  const nodes = (shape?.nodes ?? []).map(([node, label, group]) => {
    const here = inside.filter((item) => nodeOfType[diagram]?.[item.resource.type] === node);
    const count = (verdict: Verdict) =>
      here.filter((item) => item.verdict === verdict && item.waiver === undefined).length;
    return {
      node,
      label,
      ...(group === undefined ? {} : { group }),
      resources: [...new Set(here.map((item) => item.resource.id))],
      verdict: worst(here.filter((item) => item.waiver === undefined).map((item) => item.verdict)),
      fail: count('fail'),
      unknown: count('unknown'),
      pass: count('pass'),
      waived: here.filter((item) => item.waiver !== undefined).length,
      requirements: [...new Set(here.map((item) => item.requirement))],
    };
  });
  return {
    id,
    diagram,
    title: shape?.title ?? diagram,
    entry,
    verdict: worst(nodes.map((node) => node.verdict)),
    nodes,
    edges: edgesOf(diagram),
  };
}

/** Requirement rows for the rules that `from` evaluates. */
export function requirementsOf(
  from: readonly Evaluation[],
  of: readonly RuleSummary[] = rules,
): RequirementSummary[] {
  return of.map((item) => {
    const own = from.filter((candidate) => candidate.requirement === item.requirement);
    const count = (verdict: Verdict) =>
      own.filter((e) => e.verdict === verdict && e.waiver === undefined).length;
    return {
      id: item.requirement,
      says: item.title,
      verdict: worst(own.filter((e) => e.waiver === undefined).map((e) => e.verdict)),
      rules: [item.id],
      evaluated: {
        pass: count('pass'),
        fail: count('fail'),
        unknown: count('unknown'),
        notApplicable: count('notApplicable'),
        waived: own.filter((e) => e.waiver !== undefined).length,
      },
    };
  });
}

/** Counts of a result over its evaluations. */
export function summaryOf(from: readonly Evaluation[], flows: readonly FlowSummary[]): ScanResult['summary'] {
  const count = (verdict: Verdict) =>
    from.filter((e) => e.verdict === verdict && e.waiver === undefined).length;
  const severity = (name: Severity) =>
    from.filter((e) => e.verdict === 'fail' && e.waiver === undefined && e.severity === name).length;
  const byFlow: Record<string, { flows: number; fail: number; unknown: number; pass: number }> = {};
  for (const item of flows) {
    const row = (byFlow[item.diagram] ??= { flows: 0, fail: 0, unknown: 0, pass: 0 });
    row.flows += 1;
    if (item.verdict !== 'notApplicable') row[item.verdict] += 1;
  }
  return {
    resources: new Set(from.map((e) => e.resource.id)).size,
    pass: count('pass'),
    fail: count('fail'),
    unknown: count('unknown'),
    notApplicable: count('notApplicable'),
    waived: from.filter((e) => e.waiver !== undefined).length,
    bySeverity: {
      critical: severity('critical'),
      high: severity('high'),
      medium: severity('medium'),
      low: severity('low'),
      info: severity('info'),
    },
    byFlow,
  };
}

/** A whole result around some evaluations. */
export function resultOf(
  from: readonly Evaluation[],
  flows: readonly FlowSummary[],
  changes: Partial<ScanResult> = {},
): ScanResult {
  return {
    schemaVersion: '1.0',
    tool: { name: 'headgate', version: '0.1.0' },
    ruleSet: {
      digest: `sha256:${'ab'.repeat(32)}`,
      rules,
      deviations: [
        {
          kind: 'severity',
          ruleId: 'api.gateway.usage-plans',
          detail: 'medium -> low',
          reason: 'internal API',
        },
      ],
    },
    startedAt: '2026-11-23T10:00:00.000Z',
    inputs: [
      { name: template, kind: 'template', digest: `sha256:${'cd'.repeat(32)}`, resources: 14 },
      { name: '111122223333/eu-central-1', kind: 'account', resources: 3 },
    ],
    skipped: [{ name: 'infra/README.md', reason: 'no template' }],
    summary: summaryOf(from, flows),
    evaluations: from,
    flows,
    requirements: requirementsOf(from),
    diagnostics,
    ...changes,
  };
}

/** A realistic result: template and account, every verdict, a waiver, three flows. */
export function scanResult(changes: Partial<ScanResult> = {}): ScanResult {
  const flows = [
    flow(apiFlow, stage, evaluations),
    flow(batchFlow, queue, evaluations),
    flow(eventsFlow, live, evaluations),
  ];
  return resultOf(evaluations, flows, changes);
}

/** Strings that break a format which forgets to escape. */
export const hostile = {
  markup: `</script><script>alert(1)</script><img src=x onerror=alert(1)>"'\`&`,
  line: 'first\r\nsecond\u2028third\u2029fourth\u0085fifth',
  link: 'javascript:alert(1)',
  formula: '=HYPERLINK("http://example.com","x")',
  terminal: '\u001b[2J\u001b]0;owned\u0007red\u202Egnp\u0000',
  mention: '@everyone #1 | cell ](http://example.com) <!-- x',
  surrogate: 'lone \ud800 half',
} as const;

const everything = Object.values(hostile).join(' ');

/** The realistic result with a hostile string in every free-text member. */
export function hostileResult(): ScanResult {
  const swap = (value: unknown, key: string, depth: number): unknown => {
    if (depth > 12) return value;
    if (Array.isArray(value)) return value.map((item) => swap(item, key, depth + 1));
    if (typeof value === 'object' && value !== null) {
      return Object.fromEntries(
        Object.entries(value).map(([name, item]) => [name, swap(item, name, depth + 1)]),
      );
    }
    const open = [
      'message',
      'reason',
      'name',
      'type',
      'what',
      'value',
      'expected',
      'detail',
      'owner',
      'title',
      'why',
      'text',
      'says',
      'label',
      'group',
      'where',
      'constructPath',
      'sourceLine',
      'cloudformation',
      'stack',
      'file',
      'references',
      'region',
      'arn',
      'expires',
      'source',
      'framework',
    ];
    return typeof value === 'string' && open.includes(key) ? `${value} ${everything}` : value;
  };
  const plain = scanResult();
  // The shape is kept: only strings are replaced by longer strings.
  const changed = swap(plain, '', 0) as ScanResult;
  return {
    ...changed,
    tool: plain.tool,
    inputs: changed.inputs.map((input, index) => ({
      ...input,
      kind: plain.inputs[index]?.kind ?? 'template',
    })),
  };
}

/** `count` evaluations over many resources, accounts and flows, for measuring. */
export function largeResult(count: number): ScanResult {
  const verdicts: readonly Verdict[] = ['pass', 'pass', 'pass', 'fail', 'unknown', 'pass', 'notApplicable'];
  const regions = ['eu-central-1', 'us-east-1', 'ap-southeast-2'];
  const many = Array.from({ length: count }, (_, index): Evaluation => {
    const ruleId = rules[index % rules.length]?.id ?? '';
    const region = regions[index % 3] ?? 'eu-central-1';
    const account = String(111122220000 + (index % 17));
    const name = `service-${Math.floor(index / rules.length)}-function`;
    const arn = `arn:aws:lambda:${region}:${account}:function:${name}`;
    const verdict = verdicts[index % verdicts.length] ?? 'pass';
    return evaluation(
      ruleId,
      verdict,
      { id: arn, type: 'AWS::Lambda::Function', name, account, region, arn },
      {
        message: `Function \`${name}\` was held against ${ruleId}.`,
        flows: [`api:flow-${index % 60}`],
        evidence: [
          {
            what: `TracingConfig.Mode of ${name}`,
            value: 'PassThrough',
            expected: 'equals Active',
            holds: verdict === 'pass',
            source: 'account',
          },
          {
            what: `VpcConfig.SubnetIds of ${name}`,
            value: '[subnet-0a1b2c3d, subnet-1b2c3d4e]',
            expected: 'subnets in at least 2 zones',
            holds: true,
            source: 'account',
          },
        ],
        ...(verdict === 'unknown'
          ? { reason: `call lambda:GetFunction was throttled; run the audit of ${region} again` }
          : {}),
        ...(index % 211 === 3
          ? {
              waiver: {
                source: 'file',
                reason: 'accepted until migration',
                owner: 'platform',
                expires: '2027-06-30',
              },
            }
          : {}),
      },
    );
  });
  const flows = Array.from({ length: 60 }, (_, index) => {
    const id = `api:flow-${index}`;
    const own = many.filter((item) => item.flows[0] === id);
    return flow(id, own[0]?.resource ?? live, own);
  });
  return resultOf(many, flows);
}
