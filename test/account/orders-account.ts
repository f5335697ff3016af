import type { Replies } from './replay.ts';

const region = 'arn:aws:lambda:eu-west-1:111122223333';

/** A small account: an API with a firewall before a function that takes from a queue. */
export const ordersAccount: Replies = {
  'lambda.ListFunctions': ({ Marker }) =>
    Marker === undefined
      ? { Functions: [ordersFunction('orders')], NextMarker: 'page-2' }
      : { Functions: [ordersFunction('refunds')] },
  'lambda.GetFunctionConcurrency': ({ FunctionName }) =>
    FunctionName === 'orders' ? { ReservedConcurrentExecutions: 20 } : {},
  'lambda.ListEventSourceMappings': {
    EventSourceMappings: [
      {
        UUID: '6b1d9f4a-0000-4000-8000-000000000001',
        EventSourceMappingArn: `${region}:event-source-mapping:6b1d9f4a-0000-4000-8000-000000000001`,
        EventSourceArn: 'arn:aws:sqs:eu-west-1:111122223333:orders',
        FunctionArn: `${region}:function:orders`,
        BatchSize: 10,
        State: 'Enabled',
        FunctionResponseTypes: ['ReportBatchItemFailures'],
        DestinationConfig: { OnFailure: {} },
        KMSKeyArn: 'arn:aws:kms:eu-west-1:111122223333:key/1',
      },
    ],
  },
  'lambda.ListCodeSigningConfigs': {
    CodeSigningConfigs: [
      {
        CodeSigningConfigId: 'csc-1',
        CodeSigningConfigArn: `${region}:code-signing-config:csc-1`,
        CodeSigningPolicies: { UntrustedArtifactOnDeployment: 'Enforce' },
        AllowedPublishers: { SigningProfileVersionArns: [] },
      },
    ],
  },
  'lambda.ListFunctionsByCodeSigningConfig': { FunctionArns: [`${region}:function:orders`] },
  'lambda.GetPolicy': {
    Policy: JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        {
          Sid: 'api',
          Effect: 'Allow',
          Principal: { Service: 'apigateway.amazonaws.com' },
          Action: 'lambda:InvokeFunction',
          Resource: `${region}:function:orders`,
          Condition: { ArnLike: { 'AWS:SourceArn': 'arn:aws:execute-api:eu-west-1:111122223333:abc123/*' } },
        },
        {
          Sid: 'no-http',
          Effect: 'Deny',
          Principal: '*',
          Action: 'lambda:InvokeFunctionUrl',
          Resource: `${region}:function:orders`,
        },
      ],
    }),
  },
  'sqs.ListQueues': { QueueUrls: ['https://sqs.eu-west-1.amazonaws.com/111122223333/orders'] },
  'sqs.GetQueueAttributes': {
    Attributes: {
      QueueArn: 'arn:aws:sqs:eu-west-1:111122223333:orders',
      VisibilityTimeout: '180',
      MessageRetentionPeriod: '1209600',
      SqsManagedSseEnabled: 'true',
      RedrivePolicy:
        '{"deadLetterTargetArn":"arn:aws:sqs:eu-west-1:111122223333:orders-dlq","maxReceiveCount":"3"}',
      Policy:
        '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"sqs:*","Resource":"*"}]}',
    },
  },
  'sqs.ListQueueTags': { Tags: { runbook: 'https://runbooks.example.com/orders' } },
  'apigateway.GetRestApis': {
    items: [
      {
        id: 'abc123',
        name: 'orders-api',
        endpointConfiguration: { types: ['REGIONAL'] },
        policy: '{\\"Version\\":\\"2012-10-17\\",\\"Statement\\":[]}',
        disableExecuteApiEndpoint: true,
        securityPolicy: 'SecurityPolicy_TLS13_1_3_2025_09',
      },
    ],
  },
  'apigateway.GetStages': {
    item: [
      {
        stageName: 'prod',
        deploymentId: 'd1',
        tracingEnabled: true,
        cacheClusterEnabled: false,
        webAclArn: 'arn:aws:wafv2:eu-west-1:111122223333:regional/webacl/orders/1',
        accessLogSettings: {
          destinationArn: 'arn:aws:logs:eu-west-1:111122223333:log-group:access',
          format: '$context.requestId',
        },
        methodSettings: {
          '*/*': { throttlingBurstLimit: 100, throttlingRateLimit: 50, dataTraceEnabled: false },
          'orders~1{id}/GET': { throttlingBurstLimit: -1, throttlingRateLimit: -1, loggingLevel: 'ERROR' },
        },
      },
    ],
  },
  'apigateway.GetResources': {
    items: [
      {
        id: 'r1',
        parentId: 'r0',
        pathPart: 'orders',
        path: '/orders',
        resourceMethods: {
          POST: {
            httpMethod: 'POST',
            authorizationType: 'AWS_IAM',
            apiKeyRequired: false,
            requestValidatorId: 'v1',
            requestModels: { 'application/json': 'Order' },
            methodIntegration: {
              type: 'AWS_PROXY',
              httpMethod: 'POST',
              uri: `arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/${region}:function:orders/invocations`,
              timeoutInMillis: 29000,
            },
          },
        },
      },
    ],
  },
  'wafv2.ListWebACLs': {
    WebACLs: [
      { Name: 'orders', Id: '1', ARN: 'arn:aws:wafv2:eu-west-1:111122223333:regional/webacl/orders/1' },
    ],
  },
  'wafv2.GetWebACL': {
    WebACL: {
      Name: 'orders',
      Id: '1',
      DefaultAction: { Allow: {} },
      VisibilityConfig: {
        SampledRequestsEnabled: true,
        CloudWatchMetricsEnabled: true,
        MetricName: 'orders',
      },
      Rules: [
        {
          Name: 'words',
          Priority: 1,
          Action: { Block: {} },
          Statement: { ByteMatchStatement: { SearchString: new TextEncoder().encode('../') } },
        },
      ],
    },
  },
  'eventbridge.ListEventBuses': {
    EventBuses: [{ Name: 'orders', Arn: 'arn:aws:events:eu-west-1:111122223333:event-bus/orders' }],
  },
  'eventbridge.ListRules': {
    Rules: [
      {
        Name: 'placed',
        Arn: 'arn:aws:events:eu-west-1:111122223333:rule/orders/placed',
        EventBusName: 'orders',
        EventPattern: '{"source":["orders"]}',
        State: 'ENABLED',
      },
      {
        Name: 'Events-Archive-all',
        Arn: 'arn:aws:events:eu-west-1:111122223333:rule/orders/a',
        ManagedBy: 'prod.vhs.events.aws.internal',
      },
    ],
  },
  'eventbridge.ListTargetsByRule': {
    Targets: [
      {
        Id: 'fn',
        Arn: `${region}:function:orders`,
        DeadLetterConfig: { Arn: 'arn:aws:sqs:eu-west-1:111122223333:orders-dlq' },
        RetryPolicy: { MaximumRetryAttempts: 3, MaximumEventAgeInSeconds: 600 },
      },
    ],
  },
  'ec2.DescribeSubnets': {
    Subnets: [
      { SubnetId: 'subnet-a', VpcId: 'vpc-1', AvailabilityZone: 'eu-west-1a', MapPublicIpOnLaunch: false },
      { SubnetId: 'subnet-b', VpcId: 'vpc-1', AvailabilityZone: 'eu-west-1b', MapPublicIpOnLaunch: false },
    ],
  },
  'ec2.DescribeRouteTables': {
    RouteTables: [
      {
        RouteTableId: 'rtb-main',
        VpcId: 'vpc-1',
        Associations: [{ Main: true, RouteTableAssociationId: 'rtbassoc-0' }],
        Routes: [
          { DestinationCidrBlock: '10.0.0.0/16', GatewayId: 'local' },
          { DestinationCidrBlock: '0.0.0.0/0', GatewayId: 'igw-1' },
        ],
      },
      {
        RouteTableId: 'rtb-private',
        VpcId: 'vpc-1',
        Associations: [{ Main: false, SubnetId: 'subnet-a', RouteTableAssociationId: 'rtbassoc-1' }],
        Routes: [{ DestinationPrefixListId: 'pl-1', GatewayId: 'vpce-1' }],
      },
    ],
  },
  'ec2.DescribeSecurityGroups': {
    SecurityGroups: [
      {
        GroupId: 'sg-1',
        GroupName: 'functions',
        Description: 'functions',
        VpcId: 'vpc-1',
        IpPermissions: [],
        IpPermissionsEgress: [
          {
            IpProtocol: 'tcp',
            FromPort: 443,
            ToPort: 443,
            IpRanges: [{ CidrIp: '10.0.0.0/16' }],
            PrefixListIds: [{ PrefixListId: 'pl-1' }],
            UserIdGroupPairs: [{ GroupId: 'sg-2', UserId: '111122223333' }],
          },
        ],
      },
    ],
  },
};

function ordersFunction(name: string) {
  return {
    FunctionName: name,
    FunctionArn: `${region}:function:${name}`,
    PackageType: 'Zip',
    Runtime: 'nodejs22.x',
    Handler: 'index.handler',
    Role: 'arn:aws:iam::111122223333:role/orders',
    Timeout: 30,
    KMSKeyArn: 'arn:aws:kms:eu-west-1:111122223333:key/1',
    Environment: { Variables: { TABLE: 'orders' } },
    TracingConfig: { Mode: 'Active' },
    VpcConfig: { SubnetIds: [], SecurityGroupIds: [], VpcId: '' },
    Layers: [{ Arn: `${region}:layer:powertools:1`, CodeSize: 1 }],
  };
}
