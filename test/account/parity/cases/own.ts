import { functionSide } from '../function-side.ts';
import { arn, at, layOver, pair, sub, to, type ParityCase, type Side } from '../parity-case.ts';
import { restSide } from '../rest-side.ts';

/** Everything of an API, a pool and a function's scaling that users' rules alone read. */
function clientsSide(isSound: boolean): Side {
  const rest = restSide({
    methods: {
      GET: isSound
        ? { properties: { AuthorizationType: 'AWS_IAM' }, method: { authorizationType: 'AWS_IAM' } }
        : { properties: { AuthorizationType: 'NONE' }, method: { authorizationType: 'NONE' } },
    },
  });
  const users = {
    MfaConfiguration: isSound ? 'OPTIONAL' : 'OFF',
    DeletionProtection: isSound ? 'ACTIVE' : 'INACTIVE',
    Policies: {
      PasswordPolicy: {
        MinimumLength: 14,
        RequireLowercase: true,
        RequireUppercase: true,
        RequireNumbers: true,
        RequireSymbols: isSound,
      },
    },
  };
  const roleArn = 'arn:aws:iam::111122223333:role/orders';
  const tracking = { PredefinedMetricSpecification: {}, TargetValue: isSound ? 0.7 : 0.99 };
  const more: Side = {
    resources: {
      Account: ['AWS::ApiGateway::Account', isSound ? { CloudWatchRoleArn: at('Role') } : {}],
      Plan: [
        'AWS::ApiGateway::UsagePlan',
        { UsagePlanName: 'partners', ApiStages: [{ ApiId: to('Api'), Stage: to('Stage') }] },
      ],
      Key: ['AWS::ApiGateway::ApiKey', { Name: 'partner', Enabled: true }],
      PlanKey: isSound
        ? ['AWS::ApiGateway::UsagePlanKey', { UsagePlanId: to('Plan'), KeyId: to('Key'), KeyType: 'API_KEY' }]
        : undefined,
      Pool: ['AWS::Cognito::UserPool', { UserPoolName: 'users', ...users }],
      Client: [
        'AWS::Cognito::UserPoolClient',
        {
          UserPoolId: to('Pool'),
          ClientName: 'web',
          PreventUserExistenceErrors: isSound ? 'ENABLED' : 'LEGACY',
        },
      ],
      Warmth: [
        'AWS::ApplicationAutoScaling::ScalableTarget',
        {
          ServiceNamespace: 'lambda',
          ScalableDimension: 'lambda:function:ProvisionedConcurrency',
          ResourceId: sub('function:${Fn}:live'),
          MinCapacity: 1,
          MaxCapacity: 10,
        },
      ],
      Tracking: [
        'AWS::ApplicationAutoScaling::ScalingPolicy',
        {
          PolicyName: 'use',
          PolicyType: 'TargetTrackingScaling',
          ScalingTargetId: to('Warmth'),
          TargetTrackingScalingPolicyConfiguration: tracking,
        },
      ],
      Profile: [
        'AWS::Signer::SigningProfile',
        {
          ProfileName: 'release',
          PlatformId: isSound ? 'AWSLambda-SHA384-ECDSA' : 'Notation-OCI-SHA384-ECDSA',
        },
      ],
    },
    replies: {
      'apigateway.GetAccount': {
        throttleSettings: { burstLimit: 5_000, rateLimit: 10_000 },
        features: ['UsagePlans'],
        ...(isSound ? { cloudwatchRoleArn: roleArn } : {}),
      },
      'apigateway.GetUsagePlans': {
        items: [{ id: 'p1', name: 'partners', apiStages: [{ apiId: 'a1b2c3d4e5', stage: 'prod' }] }],
      },
      'apigateway.GetUsagePlanKeys': {
        items: isSound ? [{ id: 'k1', type: 'API_KEY', name: 'partner', value: 'secret' }] : [],
      },
      'cognito.ListUserPools': { UserPools: [{ Id: 'eu-west-1_AbCdEfGhI', Name: 'users' }] },
      'cognito.DescribeUserPool': {
        UserPool: {
          Id: 'eu-west-1_AbCdEfGhI',
          LambdaConfig: {},
          ...users,
        },
      },
      'cognito.ListUserPoolClients': {
        UserPoolClients: [{ ClientId: 'c1', ClientName: 'web', UserPoolId: 'eu-west-1_AbCdEfGhI' }],
      },
      'cognito.DescribeUserPoolClient': {
        UserPoolClient: {
          ClientId: 'c1',
          ClientName: 'web',
          PreventUserExistenceErrors: isSound ? 'ENABLED' : 'LEGACY',
        },
      },
      'application-autoscaling.DescribeScalableTargets': ({ ServiceNamespace }) => ({
        ScalableTargets:
          ServiceNamespace === 'lambda'
            ? [
                {
                  ServiceNamespace,
                  ScalableDimension: 'lambda:function:ProvisionedConcurrency',
                  ResourceId: 'function:orders:live',
                  MinCapacity: 1,
                  MaxCapacity: 10,
                },
              ]
            : [],
      }),
      'application-autoscaling.DescribeScalingPolicies': ({ ServiceNamespace }) => ({
        ScalingPolicies:
          ServiceNamespace === 'lambda'
            ? [
                {
                  PolicyARN: arn('autoscaling', 'scalingPolicy:1:resource/lambda/function:orders:live'),
                  PolicyName: 'use',
                  PolicyType: 'TargetTrackingScaling',
                  ResourceId: 'function:orders:live',
                  ScalableDimension: 'lambda:function:ProvisionedConcurrency',
                  ServiceNamespace,
                  TargetTrackingScalingPolicyConfiguration: tracking,
                },
              ]
            : [],
      }),
      'signer.ListSigningProfiles': {
        profiles: [
          {
            profileName: 'release',
            profileVersion: 'v1',
            profileVersionArn: arn('signer', '/signing-profiles/release/v1'),
            arn: arn('signer', '/signing-profiles/release'),
            platformId: isSound ? 'AWSLambda-SHA384-ECDSA' : 'Notation-OCI-SHA384-ECDSA',
            status: 'Active',
          },
        ],
      },
    },
  };
  return [rest, more].reduce(layOver, functionSide());
}

const clients: ParityCase = {
  name: 'an API and its clients, by the rules of users',
  sound: clientsSide(true),
  bad: clientsSide(false),
  ownRules: {
    'AWS::ApiGateway::Account': { property: 'CloudWatchRoleArn', exists: true },
    'AWS::ApiGateway::UsagePlanKey': {
      some: { related: 'usagePlan', where: { property: 'UsagePlanName', equals: 'partners' } },
    },
    'AWS::Signer::SigningProfile': { property: 'PlatformId', startsWith: 'AWSLambda-' },
  },
  pairs: [
    pair('AWS::Lambda::Function', 'Fn', 'orders'),
    pair('AWS::ApiGateway::RestApi', 'Api', 'orders'),
    pair('AWS::ApiGateway::Stage', 'Stage', 'orders/prod'),
    pair('AWS::ApiGateway::Method', 'GETMethod', 'orders GET /orders'),
    pair('AWS::ApiGateway::Account', 'Account', 'account'),
    pair('AWS::ApiGateway::UsagePlanKey', 'PlanKey', 'k1:p1'),
    pair('AWS::Cognito::UserPool', 'Pool', 'users'),
    pair('AWS::Signer::SigningProfile', 'Profile', 'release'),
  ],
  proofs: [
    {
      type: 'AWS::Cognito::UserPoolClient',
      owner: 'Pool',
      rules: ['more.cognito.mfa'],
      over: 'bad',
      change: {
        resources: {
          Client: [
            'AWS::Cognito::UserPoolClient',
            { UserPoolId: to('Pool'), ClientName: 'web', SupportedIdentityProviders: ['Okta'] },
          ],
        },
        replies: {
          'cognito.DescribeUserPoolClient': {
            UserPoolClient: { ClientId: 'c1', ClientName: 'web', SupportedIdentityProviders: ['Okta'] },
          },
        },
      },
    },
  ],
};

const prefixArn = arn('ec2', 'prefix-list/pl-1');

/** What stands beside the subnets of a network. */
function networkSide(isSound: boolean): Side {
  const traffic = isSound ? 'ALL' : 'REJECT';
  const family = isSound ? 'IPv4' : 'IPv6';
  return {
    resources: {
      Vpc: ['AWS::EC2::VPC', { CidrBlock: '10.0.0.0/16' }],
      Gateway: ['AWS::EC2::InternetGateway', {}],
      Attachment: ['AWS::EC2::VPCGatewayAttachment', { VpcId: to('Vpc'), InternetGatewayId: to('Gateway') }],
      Table: ['AWS::EC2::RouteTable', { VpcId: to('Vpc') }],
      EdgeTable: [
        'AWS::EC2::GatewayRouteTableAssociation',
        { GatewayId: to('Gateway'), RouteTableId: to('Table') },
      ],
      Flow: [
        'AWS::EC2::FlowLog',
        {
          ResourceId: to('Vpc'),
          ResourceType: 'VPC',
          TrafficType: traffic,
          LogDestinationType: 's3',
          LogDestination: 'arn:aws:s3:::flow-logs',
        },
      ],
      Partners: [
        'AWS::EC2::PrefixList',
        { PrefixListName: 'partners', AddressFamily: family, MaxEntries: 10 },
      ],
      Key: ['AWS::KMS::Key', { KeyPolicy: { Statement: [] }, EnableKeyRotation: isSound }],
      Alias: ['AWS::KMS::Alias', { AliasName: 'alias/orders', TargetKeyId: to('Key') }],
    },
    replies: {
      'ec2.DescribeVpcs': { Vpcs: [{ VpcId: 'vpc-1', CidrBlock: '10.0.0.0/16', IsDefault: false }] },
      'ec2.DescribeInternetGateways': {
        InternetGateways: [
          { InternetGatewayId: 'igw-1', Attachments: [{ VpcId: 'vpc-1', State: 'available' }] },
        ],
      },
      'ec2.DescribeRouteTables': {
        RouteTables: [
          {
            RouteTableId: 'rtb-1',
            VpcId: 'vpc-1',
            Associations: [{ Main: false, GatewayId: 'igw-1', RouteTableAssociationId: 'rtbassoc-1' }],
            Routes: [{ DestinationCidrBlock: '10.0.0.0/16', GatewayId: 'local' }],
          },
        ],
      },
      'ec2.DescribeFlowLogs': {
        FlowLogs: [
          {
            FlowLogId: 'fl-1',
            FlowLogStatus: 'ACTIVE',
            ResourceId: 'vpc-1',
            TrafficType: traffic,
            LogDestinationType: 's3',
            LogDestination: 'arn:aws:s3:::flow-logs',
          },
        ],
      },
      'ec2.DescribeManagedPrefixLists': {
        PrefixLists: [
          {
            PrefixListId: 'pl-1',
            PrefixListArn: prefixArn,
            PrefixListName: 'partners',
            AddressFamily: family,
            MaxEntries: 10,
            OwnerId: '111122223333',
          },
        ],
      },
      'kms.ListAliases': {
        Aliases: [
          { AliasName: 'alias/orders', AliasArn: arn('kms', 'alias/orders'), TargetKeyId: '0b1c2d3e' },
        ],
      },
      'kms.ListKeys': { Keys: [{ KeyId: '0b1c2d3e' }] },
      'kms.DescribeKey': {
        KeyMetadata: {
          KeyState: 'Enabled',
          Enabled: true,
          KeySpec: 'SYMMETRIC_DEFAULT',
          KeyUsage: 'ENCRYPT_DECRYPT',
          Origin: 'AWS_KMS',
          MultiRegion: false,
        },
      },
      'kms.GetKeyRotationStatus': { KeyRotationEnabled: isSound },
      'kms.GetKeyPolicy': { Policy: '{"Statement":[]}' },
    },
  };
}

const beside: ParityCase = {
  name: 'a network and its lists, by the rules of users',
  sound: networkSide(true),
  bad: layOver(networkSide(false), {
    resources: { Attachment: undefined, EdgeTable: undefined },
    replies: {
      'ec2.DescribeInternetGateways': {
        InternetGateways: [{ InternetGatewayId: 'igw-1', Attachments: [] }],
      },
      'ec2.DescribeRouteTables': { RouteTables: [] },
    },
  }),
  ownRules: {
    'AWS::EC2::FlowLog': {
      all: [{ some: { related: 'flowLogOf' } }, { property: 'TrafficType', equals: 'ALL' }],
    },
    'AWS::EC2::GatewayRouteTableAssociation': { property: 'RouteTableId', exists: true },
    'AWS::EC2::PrefixList': { property: 'AddressFamily', equals: 'IPv4' },
    'AWS::EC2::VPCGatewayAttachment': {
      all: [{ some: { related: 'vpc' } }, { some: { related: 'gateway' } }],
    },
    'AWS::KMS::Alias': { some: { related: 'key', where: { property: 'EnableKeyRotation', equals: true } } },
  },
  pairs: [
    pair('AWS::EC2::FlowLog', 'Flow', 'fl-1'),
    pair('AWS::EC2::GatewayRouteTableAssociation', 'EdgeTable', 'rtb-1|igw-1'),
    pair('AWS::EC2::PrefixList', 'Partners', 'pl-1'),
    pair('AWS::EC2::VPCGatewayAttachment', 'Attachment', 'IGW|vpc-1'),
    pair('AWS::KMS::Alias', 'Alias', 'alias/orders'),
    pair('AWS::KMS::Key', 'Key', 'alias/orders'),
  ],
};

/** Types that no shipped rule reads, judged by rules such as users write. */
export const ownCases: readonly ParityCase[] = [clients, beside];
