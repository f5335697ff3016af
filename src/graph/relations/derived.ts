import type { DerivedRow } from './row.ts';

const stages = ['AWS::ApiGateway::Stage', 'AWS::ApiGatewayV2::Stage'];
const apis = ['AWS::ApiGateway::RestApi', 'AWS::ApiGatewayV2::Api'];
const domains = ['AWS::ApiGateway::DomainName', 'AWS::ApiGatewayV2::DomainName'];
const lambda = ['AWS::Lambda::Function'];

/** Relations that are walks along others: every chain is followed, and answers are merged. */
export const derivedRelations: readonly DerivedRow[] = [
  {
    from: [...stages, 'AWS::Cognito::UserPool', 'AWS::ElasticLoadBalancingV2::LoadBalancer'],
    to: ['AWS::WAFv2::WebACL'],
    name: 'webAcl',
    inverse: 'protects',
    through: [['aclAssociations', 'associatedAcl']],
  },
  {
    from: stages,
    to: ['AWS::ApiGateway::Method', 'AWS::ApiGatewayV2::Route'],
    name: 'stageMethods',
    inverse: 'methodStages',
    through: [
      ['api', 'methods'],
      ['api', 'routes'],
    ],
  },
  {
    from: apis,
    to: domains,
    name: 'domainNames',
    inverse: 'domainApis',
    through: [['pathMappings', 'domainName']],
  },
  {
    from: stages,
    to: domains,
    name: 'domainNames',
    inverse: 'domainStages',
    through: [['pathMappings', 'domainName']],
  },
  {
    from: stages,
    to: ['AWS::CloudFront::Distribution'],
    name: 'apiDistributions',
    inverse: 'distributedStages',
    through: [['api', 'distributions']],
    note: 'distributions in front of the API, for any of its stages',
  },
  {
    from: [...apis, 'AWS::Lambda::Url', 'AWS::Lambda::WebFunctionEndpoint'],
    to: ['AWS::CloudFront::Distribution'],
    name: 'frontedBy',
    inverse: 'fronts',
    through: [['distributions'], ['domainNames', 'domainDistributions']],
    note: 'distributions whose origin is the API, its custom domain or the function URL',
  },
  {
    from: ['AWS::ApiGatewayV2::Route'],
    to: lambda,
    name: 'integrationFunction',
    inverse: 'routedBy',
    through: [['integration', 'integrationFunction']],
  },
  {
    from: stages,
    to: lambda,
    name: 'functions',
    inverse: 'functionStages',
    through: [
      ['api', 'methods', 'integrationFunction'],
      ['api', 'routes', 'integration', 'integrationFunction'],
    ],
  },
  {
    from: ['AWS::SQS::Queue', 'AWS::Kinesis::Stream', 'AWS::DynamoDB::Table', 'AWS::DynamoDB::GlobalTable'],
    to: lambda,
    name: 'consumers',
    inverse: 'consumedSources',
    through: [['mappings', 'function']],
  },
  {
    from: ['AWS::SNS::Topic'],
    to: ['AWS::SQS::Queue', 'AWS::Lambda::Function', 'AWS::KinesisFirehose::DeliveryStream'],
    name: 'subscribers',
    inverse: 'subscribedTopics',
    through: [['subscriptions', 'endpoint']],
  },
  {
    from: ['AWS::EC2::Subnet'],
    to: ['AWS::EC2::RouteTable'],
    name: 'routeTables',
    inverse: 'routedSubnets',
    through: [['routeTableAssociations', 'associatedRouteTable']],
  },
  {
    from: lambda,
    to: ['AWS::EC2::VPC'],
    name: 'vpc',
    inverse: 'vpcFunctions',
    through: [['subnets', 'vpc']],
  },
  {
    from: lambda,
    to: ['AWS::EC2::RouteTable'],
    name: 'routeTables',
    inverse: 'functionRouteTables',
    through: [['subnets', 'routeTables']],
  },
  {
    from: lambda,
    to: ['AWS::EC2::VPCEndpoint'],
    name: 'endpoints',
    inverse: 'endpointFunctions',
    through: [['subnets', 'vpc', 'endpoints']],
  },
  {
    from: lambda,
    to: ['*'],
    name: 'servedResources',
    inverse: 'servedBy',
    through: [
      ['serviceTokenOf'],
      ['providerPartOf', 'serviceTokenOf'],
      ['providerWorkflows', 'providerPartOf', 'serviceTokenOf'],
    ],
    note: "custom resources that the function serves, itself or as a part of CDK's provider framework",
  },
  {
    from: ['AWS::StepFunctions::StateMachine'],
    to: ['*'],
    name: 'servedResources',
    inverse: 'servedBy',
    through: [['providerPartOf', 'serviceTokenOf']],
    note: "custom resources that the workflow serves as the waiter of CDK's provider framework",
  },
  {
    from: ['AWS::S3::Bucket'],
    to: ['AWS::Lambda::Function', 'AWS::SQS::Queue', 'AWS::SNS::Topic'],
    name: 'configuredTargets',
    inverse: 'configuredNotifiers',
    through: [['notificationTargets'], ['notificationConfigurations', 'notificationTargets']],
    note: "notification targets, CDK's custom resource included",
  },
  {
    from: ['AWS::SQS::Queue'],
    to: ['*'],
    name: 'producers',
    inverse: 'producesFor',
    through: [['targetOf'], ['notifiedBy'], ['subscribedTopics'], ['integrations'], ['usedBy']],
    note: 'what is allowed to send to the queue; functions have the edge attribute access',
  },
];
