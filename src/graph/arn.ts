import { lookup } from '../model/lookup.ts';
import { splitText } from '../model/symbolic-text.ts';

/** What an ARN names. Parts may hold markers of unknown pieces. */
export interface ArnTarget {
  /** CloudFormation types that it may be of; the first is the usual one. Empty where the service is not known. */
  readonly types: readonly string[];
  readonly name: string;
  /** Lambda version or alias. */
  readonly qualifier?: string;
  /** What the name is only unique within: the API of a stage. */
  readonly parent?: string;
  readonly account: string;
  readonly region: string;
}

type Reading = Omit<ArnTarget, 'account' | 'region'>;
type Reader = (fields: readonly string[], resource: string) => Reading | undefined;

const one = (type: string, name: string | undefined): Reading | undefined =>
  name === undefined || name === '' ? undefined : { types: [type], name };

/** First segment of the resource part -> type; the name is the segment `at` (default 1). */
function bySegment(table: Readonly<Record<string, readonly [type: string, at?: number]>>): Reader {
  return (fields) => {
    const row = table[fields[0] ?? ''];
    return row === undefined ? undefined : one(row[0], fields.at(row[1] ?? 1));
  };
}

const whole =
  (...types: string[]): Reader =>
  (_fields, resource) => ({ types, name: resource });

const readers: Readonly<Record<string, Reader>> = {
  lambda: (fields) => {
    if (fields[0] !== 'function') {
      return bySegment({
        layer: ['AWS::Lambda::LayerVersion'],
        'code-signing-config': ['AWS::Lambda::CodeSigningConfig'],
        'event-source-mapping': ['AWS::Lambda::EventSourceMapping'],
      })(fields, '');
    }
    const found = one('AWS::Lambda::Function', fields[1]);
    if (found === undefined) return undefined;
    return fields[2] === undefined ? found : { ...found, qualifier: fields[2] };
  },
  sqs: whole('AWS::SQS::Queue'),
  sns: (fields) => one('AWS::SNS::Topic', fields[0]),
  s3: (fields) => one('AWS::S3::Bucket', fields[0]),
  dynamodb: (fields) =>
    fields[0] === 'table' && fields[1] !== undefined
      ? { types: ['AWS::DynamoDB::Table', 'AWS::DynamoDB::GlobalTable'], name: fields[1] }
      : undefined,
  kinesis: bySegment({ stream: ['AWS::Kinesis::Stream'] }),
  firehose: bySegment({ deliverystream: ['AWS::KinesisFirehose::DeliveryStream'] }),
  states: bySegment({
    stateMachine: ['AWS::StepFunctions::StateMachine'],
    activity: ['AWS::StepFunctions::Activity'],
  }),
  events: bySegment({
    'event-bus': ['AWS::Events::EventBus'],
    rule: ['AWS::Events::Rule', -1],
    archive: ['AWS::Events::Archive'],
    connection: ['AWS::Events::Connection'],
    'api-destination': ['AWS::Events::ApiDestination'],
  }),
  scheduler: bySegment({ schedule: ['AWS::Scheduler::Schedule', -1] }),
  pipes: bySegment({ pipe: ['AWS::Pipes::Pipe'] }),
  kms: (_fields, resource) =>
    one('AWS::KMS::Key', resource.startsWith('key/') ? resource.slice(4) : resource),
  iam: bySegment({
    role: ['AWS::IAM::Role', -1],
    policy: ['AWS::IAM::ManagedPolicy', -1],
    user: ['AWS::IAM::User', -1],
    'instance-profile': ['AWS::IAM::InstanceProfile', -1],
  }),
  secretsmanager: bySegment({ secret: ['AWS::SecretsManager::Secret'] }),
  ssm: bySegment({ document: ['AWS::SSM::Document', -1], parameter: ['AWS::SSM::Parameter'] }),
  logs: bySegment({ 'log-group': ['AWS::Logs::LogGroup'] }),
  'execute-api': (fields) =>
    fields[0] === undefined
      ? undefined
      : { types: ['AWS::ApiGateway::RestApi', 'AWS::ApiGatewayV2::Api'], name: fields[0] },
  apigateway: readApiGateway,
  wafv2: (fields) => {
    const table: Readonly<Record<string, string>> = {
      webacl: 'AWS::WAFv2::WebACL',
      ipset: 'AWS::WAFv2::IPSet',
      rulegroup: 'AWS::WAFv2::RuleGroup',
      regexpatternset: 'AWS::WAFv2::RegexPatternSet',
    };
    const type = table[fields[1] ?? ''];
    return type === undefined ? undefined : one(type, fields[2]);
  },
  'cognito-idp': bySegment({ userpool: ['AWS::Cognito::UserPool'] }),
  ec2: bySegment({
    subnet: ['AWS::EC2::Subnet'],
    vpc: ['AWS::EC2::VPC'],
    'security-group': ['AWS::EC2::SecurityGroup'],
    'vpc-endpoint': ['AWS::EC2::VPCEndpoint'],
  }),
  elasticfilesystem: bySegment({
    'access-point': ['AWS::EFS::AccessPoint'],
    'file-system': ['AWS::EFS::FileSystem'],
  }),
  acm: bySegment({ certificate: ['AWS::CertificateManager::Certificate'] }),
  cloudfront: bySegment({ distribution: ['AWS::CloudFront::Distribution'] }),
  cloudwatch: bySegment({ alarm: ['AWS::CloudWatch::Alarm'], dashboard: ['AWS::CloudWatch::Dashboard'] }),
  signer: (fields) => one('AWS::Signer::SigningProfile', fields[2]),
  ecs: bySegment({ cluster: ['AWS::ECS::Cluster'], 'task-definition': ['AWS::ECS::TaskDefinition'] }),
  kafka: bySegment({ cluster: ['AWS::MSK::Cluster'] }),
  elasticloadbalancing: bySegment({
    targetgroup: ['AWS::ElasticLoadBalancingV2::TargetGroup'],
    loadbalancer: ['AWS::ElasticLoadBalancingV2::LoadBalancer', 2],
  }),
};

function readApiGateway(fields: readonly string[]): Reading | undefined {
  const [, collection, api, kind, name] = fields;
  if (api === undefined) return undefined;
  const version = collection === 'restapis' ? 'AWS::ApiGateway' : 'AWS::ApiGatewayV2';
  if (collection !== 'restapis' && collection !== 'apis') return undefined;
  if (kind === 'stages' && name !== undefined) return { types: [`${version}::Stage`], name, parent: api };
  return one(collection === 'restapis' ? `${version}::RestApi` : `${version}::Api`, api);
}

/** Services whose names hold slashes. */
const pathLike: ReadonlySet<string> = new Set(['logs', 'secretsmanager']);

/** Reads `arn:partition:service:region:account:resource`; `undefined` where it is none, or of a service not known here. */
export function parseArn(text: string): ArnTarget | undefined {
  const parts = splitText(text, ':', 6);
  const [, , service, region, account, resource] = parts;
  if (service === undefined || resource === undefined) return undefined;
  const fields = splitText(resource, pathLike.has(service) ? ':' : ':/');
  const reading = lookup(readers, service)?.(fields, resource);
  if (reading === undefined) return undefined;
  return { ...reading, region: region ?? '', account: account ?? '' };
}
