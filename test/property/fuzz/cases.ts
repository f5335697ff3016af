import { gzipSync } from 'node:zlib';
import { mutateText, mutateTree, type Json } from './mutate.ts';
import { Random } from './random.ts';
import type { Seeds } from './seeds.ts';

/** Files of one folder, and the command that is run in it. */
export interface FuzzCase {
  readonly kind: string;
  readonly files: Readonly<Record<string, string | Uint8Array>>;
  readonly argv: readonly string[];
}

const good = `Conditions: {On: !Equals [!Ref AWS::StackName, x]}
Resources:
  Queue: {Type: AWS::SQS::Queue, Condition: On}
  Function: {Type: AWS::Lambda::Function, Properties: {Runtime: nodejs8.10, Handler: a.b, Code: {ZipFile: x}, Role: 'arn:aws:iam::111122223333:role/x', Environment: {Variables: {DB_PASSWORD: not-a-real-one}}}}
`;

const formats = 'console json sarif html junit markdown csv gitlab annotations asff ocsf oscal'.split(' ');

const configuration: Json = {
  level: 'standard',
  failOn: 'high',
  unknown: 'warn',
  waivers: 'waivers.yaml',
  baseline: 'baseline.json',
  region: 'eu-west-1',
  account: '111122223333',
  parameters: 'parameters.json',
  peerSuppressions: ['checkov', 'cdk-nag'],
  rules: {
    'all.lambda.vpc': 'off',
    'all.lambda.runtime': { severity: 'low', reason: 'r', parameters: { withinDays: 3 } },
  },
  trust: { templateWaivers: false },
  outside: [
    {
      resource: 'Function',
      relation: 'role',
      reason: 'r',
      target: { type: 'AWS::IAM::Role', name: 'a', properties: { A: 1 } },
    },
  ],
};

const waivers: Json = {
  waivers: [
    { rule: 'all.lambda.vpc', resource: '*', reason: 'a reason', owner: 'me', expires: '2027-01-01' },
    { rule: 'all.lambda.runtime', resource: 'F*', reason: 'b', account: '111122223333', region: 'eu-west-1' },
  ],
};

const baseline: Json = {
  version: 1,
  findings: [
    { fingerprint: 'a'.repeat(32), ruleId: 'all.lambda.vpc', resource: 'Function' },
    { fingerprint: 'b'.repeat(32), ruleId: 'all.lambda.runtime', resource: 'Function' },
  ],
};

const parameters: Json = [
  { ParameterKey: 'Stage', ParameterValue: 'prod' },
  { ParameterKey: 'P', ParameterValue: '' },
];

const ownRule: Json = {
  id: 'team.queue.encrypted',
  title: 'Queues are encrypted',
  severity: 'low',
  level: 'standard',
  flows: ['api'],
  appliesTo: ['AWS::SQS::Queue'],
  assert: [
    {
      that: {
        any: [
          { property: 'KmsMasterKeyId', set: true },
          { property: 'QueueName', matches: '^(a|b){2,5}c*$' },
        ],
      },
      otherwise: 'Queue {name} is not encrypted',
    },
  ],
  pass: '{name} is encrypted',
  why: 'because',
  fix: { text: 'Set KmsMasterKeyId' },
  examples: [
    {
      title: 'a',
      expect: 'fail',
      template: { Resources: { Q: { Type: 'AWS::SQS::Queue' } } },
      resource: 'Q',
    },
  ],
};

/** The case of a seed. */
export function caseOf(seed: number, seeds: Seeds): FuzzCase {
  const random = new Random(seed);
  const times = random.pick([1, 1, 2, 4, 12]);
  const tree = (value: Json): string => mutateTree(value, random, times);
  const json = (value: Json): string => text(tree(value), random);
  const template = (): string =>
    random.chance(0.7)
      ? json(random.pick(seeds.templates))
      : mutateText(random.pick(seeds.templateTexts), random, times);
  const format = ['--format', random.pick(formats)];
  const scan = ['scan', '.', ...format, ...(random.chance(0.3) ? ['--verbose'] : [])];

  const kinds: readonly (() => FuzzCase)[] = [
    () => ({ kind: 'template', files: { 'template.json': template() }, argv: scan }),
    () => ({
      kind: 'template',
      files: { 'template.yaml': template() },
      argv: ['scan', 'template.yaml', ...format],
    }),
    () => ({
      kind: 'templates',
      files: { 'a.yaml': template(), 'b.json': template(), 'c/d.template': template() },
      argv: scan,
    }),
    () => assemblyCase(random, json, template, scan),
    () => ({
      kind: 'configuration',
      files: { ...beside(), 'headgate.yaml': json(configuration) },
      argv: scan,
    }),
    () => ({
      kind: 'configuration',
      files: { ...beside(), 'headgate.yaml': mutateText(yamlOf(configuration), random, times) },
      argv: scan,
    }),
    () => ({
      kind: 'waivers',
      files: { ...beside(), 'headgate.yaml': 'waivers: waivers.yaml\n', 'waivers.yaml': json(waivers) },
      argv: scan,
    }),
    () => ({
      kind: 'baseline',
      files: { ...beside(), 'baseline.json': json(baseline) },
      argv: ['baseline', random.pick(['check', 'prune']), '.', '--file', 'baseline.json'],
    }),
    () => ({
      kind: 'parameters',
      files: { ...beside(), 'parameters.json': json(parameters) },
      argv: [...scan, '--parameters', 'parameters.json'],
    }),
    () => ({
      kind: 'rules',
      files: { ...beside(), 'own/team.queue.encrypted.yaml': json(ownRule) },
      argv: random.chance(0.5) ? [...scan, '--rules', 'own'] : ['rules', 'test', '--rules', 'own'],
    }),
    () => snapshotCase(random, tree, seeds.snapshot, format),
    () => snapshotCase(random, tree, seeds.snapshot, format),
    () => ({
      kind: 'result',
      files: { 'result.json': json(seeds.result), 'old.json': JSON.stringify(seeds.result) },
      argv: random.chance(0.5)
        ? ['report', 'result.json', ...format]
        : ['diff', 'old.json', 'result.json', '--format', random.pick(['console', 'json', 'markdown'])],
    }),
  ];
  return random.pick(kinds)();
}

function beside(): Record<string, string> {
  return {
    'template.yaml': good,
    'waivers.yaml': JSON.stringify(waivers),
    'baseline.json': JSON.stringify(baseline),
    'parameters.json': JSON.stringify(parameters),
  };
}

/** The text, one time in four with further changes of letters. */
function text(written: string, random: Random): string {
  return random.chance(0.25) ? mutateText(written, random, random.pick([1, 3])) : written;
}

function yamlOf(value: Json): string {
  return Object.entries(value as Readonly<Record<string, Json>>)
    .map(([key, item]) => `${key}: ${JSON.stringify(item)}\n`)
    .join('');
}

function assemblyCase(
  random: Random,
  json: (value: Json) => string,
  template: () => string,
  argv: readonly string[],
): FuzzCase {
  const stack = (file: string, dependencies: readonly string[]): Json => ({
    type: 'aws:cloudformation:stack',
    environment: 'aws://111122223333/eu-west-1',
    properties: { templateFile: file, parameters: { Stage: 'x' }, stackName: file },
    dependencies,
    metadata: {
      '/A': [{ type: 'aws:cdk:logicalId', data: 'A' }],
      '/A/Q': [{ type: 'aws:cdk:warning', data: 'x' }],
    },
  });
  const manifest: Json = {
    version: '36.0.0',
    artifacts: {
      A: stack('A.json', []),
      B: stack('B.json', ['A']),
      'A.assets': { type: 'cdk:asset-manifest', properties: { file: 'A.assets.json' } },
      Nested: {
        type: 'cdk:cloud-assembly',
        properties: { directoryName: random.pick(['nested', '.', '..']) },
      },
      Tree: { type: 'cdk:tree', properties: { file: 'tree.json' } },
    },
  };
  const assets: Json = {
    version: '36.0.0',
    files: {
      a: {
        source: { path: 'asset.a', packaging: 'zip' },
        destinations: { x: { bucketName: 'b', objectKey: 'k' } },
      },
    },
  };
  const inner: Json = { version: '36.0.0', artifacts: { C: stack('C.json', []) } };
  return {
    kind: 'assembly',
    files: {
      'manifest.json': json(manifest),
      'A.json': template(),
      'B.json': JSON.stringify(
        random.pick([{}, { Resources: {} }, { Resources: { Q: { Type: 'AWS::SQS::Queue' } } }]),
      ),
      'A.assets.json': json(assets),
      'asset.a/index.js': 'exports.handler = async () => {};\n',
      'nested/manifest.json': json(inner),
      'nested/C.json': template(),
      'tree.json': '{}',
    },
    argv,
  };
}

function snapshotCase(
  random: Random,
  tree: (value: Json) => string,
  snapshot: string,
  format: readonly string[],
): FuzzCase {
  const lines = snapshot.trimEnd().split('\n');
  const isChanged = (index: number): boolean => random.chance(index === 0 ? 0.1 : 0.15);
  const written = lines.map((line, index) => (isChanged(index) ? tree(JSON.parse(line) as Json) : line));
  const joined = text(`${written.join('\n')}\n`, random);
  const isPacked = random.chance(0.5);
  const bytes = isPacked ? gzipSync(joined) : Buffer.from(joined);
  const cut = isPacked && random.chance(0.3) ? bytes.subarray(0, random.below(bytes.length)) : bytes;
  const name = isPacked ? 'account.ndjson.gz' : 'account.ndjson';
  return { kind: 'snapshot', files: { [name]: cut }, argv: ['scan', name, ...format] };
}
