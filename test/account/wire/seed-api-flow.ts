import { APIGateway } from '@aws-sdk/client-api-gateway';
import { ApiGatewayV2 } from '@aws-sdk/client-apigatewayv2';
import { CloudFront } from '@aws-sdk/client-cloudfront';
import { CognitoIdentityProvider } from '@aws-sdk/client-cognito-identity-provider';
import { DynamoDB } from '@aws-sdk/client-dynamodb';
import { Lambda } from '@aws-sdk/client-lambda';
import { S3 } from '@aws-sdk/client-s3';
import { SecretsManager } from '@aws-sdk/client-secrets-manager';
import { WAFV2, type Rule } from '@aws-sdk/client-wafv2';
import { keepLogs, seedFunction, type Network } from './seed-foundation.ts';
import { policy, tlsOnly, type Seeding } from './seeding.ts';

const functionName = 'orders-api';

/** What APIs invoke: in the sound account the version that is kept warm. */
const invoked = (seeding: Seeding): string =>
  seeding.arn('lambda', `function:${functionName}${seeding.isSound ? ':live' : ''}`);

/**
 * REST API behind a firewall, HTTP API, function URL, distribution; table, bucket and secret behind the function.
 * Answers the id of the HTTP API.
 */
export async function seedApiFlow(seeding: Seeding, network: Network): Promise<string> {
  await seedFunction(seeding, network, functionName, [
    { Effect: 'Allow', Action: ['dynamodb:GetItem'], Resource: seeding.arn('dynamodb', 'table/orders') },
    { Effect: 'Allow', Action: ['s3:GetObject'], Resource: `arn:aws:s3:::${bucketOf(seeding)}/*` },
    {
      Effect: 'Allow',
      Action: ['secretsmanager:GetSecretValue'],
      Resource: seeding.arn('secretsmanager', 'secret:orders/db-??????'),
    },
  ]);
  if (seeding.isSound) await seedAlias(seeding);
  const pool = await seedUserPool(seeding);
  const stageArn = await seedRestApi(seeding, pool);
  await seedFirewall(seeding, stageArn);
  const httpApi = await seedHttpApi(seeding, pool);
  await seeding.offered(
    'lambda:CreateFunctionUrlConfig',
    new Lambda(seeding.wire).createFunctionUrlConfig({
      FunctionName: functionName,
      AuthType: seeding.isSound ? 'AWS_IAM' : 'NONE',
    }),
  );
  await seedDistribution(seeding);
  await seedTable(seeding);
  await seedBucket(seeding);
  await seedSecret(seeding);
  return httpApi;
}

async function seedAlias(seeding: Seeding): Promise<void> {
  const lambda = new Lambda(seeding.wire);
  const { Version: FunctionVersion } = await lambda.publishVersion({ FunctionName: functionName });
  await lambda.createAlias({ FunctionName: functionName, Name: 'live', FunctionVersion });
  await seeding.offered(
    'lambda:PutProvisionedConcurrencyConfig',
    lambda.putProvisionedConcurrencyConfig({
      FunctionName: functionName,
      Qualifier: 'live',
      ProvisionedConcurrentExecutions: 1,
    }),
  );
}

async function seedUserPool(seeding: Seeding): Promise<string> {
  const { wire, account, isSound } = seeding;
  const cognito = new CognitoIdentityProvider(wire);
  const { UserPool } = await cognito.createUserPool({
    PoolName: 'customers',
    ...seeding.sound({ DeletionProtection: 'ACTIVE' as const }),
  });
  const UserPoolId = UserPool?.Id ?? '';
  if (isSound)
    await cognito.setUserPoolMfaConfig({
      UserPoolId,
      MfaConfiguration: 'OPTIONAL',
      SoftwareTokenMfaConfiguration: { Enabled: true },
    });
  await cognito.createUserPoolClient({ UserPoolId, ClientName: 'shop' });
  return UserPool?.Arn ?? `arn:aws:cognito-idp:${wire.region}:${account}:userpool/${UserPoolId}`;
}

/** Answers the ARN of its stage. */
async function seedRestApi(seeding: Seeding, pool: string): Promise<string> {
  const { wire, isSound } = seeding;
  const api = new APIGateway(wire);
  const { id: restApiId = '' } = await api.createRestApi({
    name: 'orders',
    endpointConfiguration: { types: ['REGIONAL'] },
    disableExecuteApiEndpoint: isSound,
    ...seeding.sound({ securityPolicy: 'SecurityPolicy_TLS13_1_2_2021_06' as const }),
  });
  const { items = [] } = await api.getResources({ restApiId });
  const method = { restApiId, resourceId: items[0]?.id ?? '', httpMethod: 'POST' };
  const guarded = isSound ? await seedMethodGuards(api, restApiId, pool) : undefined;
  await api.putMethod({ ...method, authorizationType: 'NONE', ...guarded });
  await api.putIntegration({
    ...method,
    type: 'AWS_PROXY',
    integrationHttpMethod: 'POST',
    uri: `arn:aws:apigateway:${wire.region}:lambda:path/2015-03-31/functions/${invoked(seeding)}/invocations`,
  });
  const stageName = 'prod';
  await api.createDeployment({ restApiId, stageName });
  if (isSound) await seedSoundStage(seeding, api, restApiId, stageName);
  const SourceArn = seeding.arn('execute-api', `${restApiId}/${stageName}/POST/`);
  await new Lambda(wire).addPermission({
    FunctionName: functionName,
    ...seeding.sound({ Qualifier: 'live' }),
    StatementId: 'api',
    Action: 'lambda:InvokeFunction',
    Principal: 'apigateway.amazonaws.com',
    ...seeding.sound({ SourceArn }),
  });
  return `arn:aws:apigateway:${wire.region}::/restapis/${restApiId}/stages/${stageName}`;
}

async function seedMethodGuards(api: APIGateway, restApiId: string, pool: string): Promise<object> {
  const { id: authorizerId } = await api.createAuthorizer({
    restApiId,
    name: 'customers',
    type: 'COGNITO_USER_POOLS',
    providerARNs: [pool],
    identitySource: 'method.request.header.Authorization',
  });
  await api.createModel({
    restApiId,
    name: 'Order',
    contentType: 'application/json',
    schema: '{"type":"object","required":["item"]}',
  });
  const { id: requestValidatorId } = await api.createRequestValidator({
    restApiId,
    name: 'body',
    validateRequestBody: true,
    validateRequestParameters: true,
  });
  return {
    authorizationType: 'COGNITO_USER_POOLS',
    authorizerId,
    authorizationScopes: ['orders/write'],
    apiKeyRequired: true,
    requestValidatorId,
    requestModels: { 'application/json': 'Order' },
  };
}

async function seedSoundStage(
  seeding: Seeding,
  api: APIGateway,
  restApiId: string,
  stageName: string,
): Promise<void> {
  await keepLogs(seeding, 'orders-api-access');
  const format =
    '{"requestId":"$context.requestId","ip":"$context.identity.sourceIp","status":"$context.status"}';
  const replace = (path: string, value: string) => ({ op: 'replace' as const, path, value });
  await api.updateStage({
    restApiId,
    stageName,
    patchOperations: [
      replace('/tracingEnabled', 'true'),
      replace('/accessLogSettings/destinationArn', seeding.arn('logs', 'log-group:orders-api-access')),
      replace('/accessLogSettings/format', format),
      replace('/*/*/throttling/rateLimit', '50'),
      replace('/*/*/throttling/burstLimit', '100'),
      replace('/*/*/logging/loglevel', 'ERROR'),
      replace('/*/*/metrics/enabled', 'true'),
    ],
  });
  const { id: usagePlanId = '' } = await api.createUsagePlan({
    name: 'shops',
    apiStages: [{ apiId: restApiId, stage: stageName }],
    throttle: { rateLimit: 20, burstLimit: 40 },
    quota: { limit: 10_000, period: 'DAY' },
  });
  const { id: keyId = '' } = await api.createApiKey({ name: 'shop', enabled: true });
  await api.createUsagePlanKey({ usagePlanId, keyId, keyType: 'API_KEY' });
  await api.createDomainName({
    domainName: 'orders.example.com',
    regionalCertificateArn: seeding.arn('acm', 'certificate/00000000-0000-0000-0000-000000000000'),
    endpointConfiguration: { types: ['REGIONAL'] },
    securityPolicy: 'TLS_1_2',
  });
  await api.createBasePathMapping({ domainName: 'orders.example.com', restApiId, stage: stageName });
}

const visible = (MetricName: string) => ({
  SampledRequestsEnabled: true,
  CloudWatchMetricsEnabled: true,
  MetricName,
});

const managed = (Name: string, Priority: number): Rule => ({
  Name,
  Priority,
  Statement: { ManagedRuleGroupStatement: { VendorName: 'AWS', Name } },
  OverrideAction: { None: {} },
  VisibilityConfig: visible(Name),
});

const rules: Rule[] = [
  {
    Name: 'rate',
    Priority: 0,
    Statement: { RateBasedStatement: { Limit: 1000, AggregateKeyType: 'IP' } },
    Action: { Block: {} },
    VisibilityConfig: visible('rate'),
  },
  managed('AWSManagedRulesAmazonIpReputationList', 1),
  managed('AWSManagedRulesSQLiRuleSet', 2),
  managed('AWSManagedRulesCommonRuleSet', 3),
];

/** In the other account the firewall stands there and protects nothing. */
async function seedFirewall(seeding: Seeding, ResourceArn: string): Promise<void> {
  const waf = new WAFV2(seeding.wire);
  const { Summary } = await waf.createWebACL({
    Name: 'orders',
    Scope: 'REGIONAL',
    DefaultAction: { Allow: {} },
    VisibilityConfig: visible('orders'),
    Rules: seeding.isSound ? rules : [],
  });
  if (!seeding.isSound) return;
  const WebACLArn = Summary?.ARN;
  await waf.associateWebACL({ WebACLArn, ResourceArn });
  await keepLogs(seeding, 'aws-waf-logs-orders');
  await waf.putLoggingConfiguration({
    LoggingConfiguration: {
      ResourceArn: WebACLArn,
      LogDestinationConfigs: [seeding.arn('logs', 'log-group:aws-waf-logs-orders')],
    },
  });
}

async function seedHttpApi(seeding: Seeding, pool: string): Promise<string> {
  const { wire, isSound } = seeding;
  const api = new ApiGatewayV2(wire);
  const { ApiId = '' } = await api.createApi({
    Name: 'status',
    ProtocolType: 'HTTP',
    DisableExecuteApiEndpoint: isSound,
  });
  const { IntegrationId } = await api.createIntegration({
    ApiId,
    IntegrationType: 'AWS_PROXY',
    IntegrationUri: invoked(seeding),
    PayloadFormatVersion: '2.0',
  });
  const issuer = `https://cognito-idp.${wire.region}.amazonaws.com/${pool.slice(pool.lastIndexOf('/') + 1)}`;
  const authorizer = isSound
    ? await api.createAuthorizer({
        ApiId,
        Name: 'customers',
        AuthorizerType: 'JWT',
        IdentitySource: ['$request.header.Authorization'],
        JwtConfiguration: { Audience: ['shop'], Issuer: issuer },
      })
    : undefined;
  await api.createRoute({
    ApiId,
    RouteKey: 'GET /status',
    Target: `integrations/${IntegrationId}`,
    AuthorizationType: authorizer === undefined ? 'NONE' : 'JWT',
    ...(authorizer === undefined ? {} : { AuthorizerId: authorizer.AuthorizerId }),
  });
  if (isSound) await keepLogs(seeding, 'status-api-access');
  await api.createStage({
    ApiId,
    StageName: '$default',
    AutoDeploy: true,
    ...seeding.sound({
      AccessLogSettings: {
        DestinationArn: seeding.arn('logs', 'log-group:status-api-access'),
        Format: '{"requestId":"$context.requestId","status":"$context.status"}',
      },
      DefaultRouteSettings: { ThrottlingRateLimit: 50, ThrottlingBurstLimit: 100 },
    }),
  });
  // The endpoint keeps the names of both kinds of APIs apart; AWS does not.
  await new APIGateway(wire).createDomainName({
    domainName: 'status.example.com',
    regionalCertificateArn: seeding.arn('acm', 'certificate/00000000-0000-0000-0000-000000000000'),
    endpointConfiguration: { types: ['REGIONAL'] },
    securityPolicy: isSound ? 'TLS_1_2' : 'TLS_1_0',
  });
  await api.createDomainName({
    DomainName: 'status.example.com',
    DomainNameConfigurations: [
      {
        CertificateArn: seeding.arn('acm', 'certificate/00000000-0000-0000-0000-000000000000'),
        EndpointType: 'REGIONAL',
        SecurityPolicy: isSound ? 'TLS_1_2' : 'TLS_1_0',
      },
    ],
  });
  await api.createApiMapping({ DomainName: 'status.example.com', ApiId, Stage: '$default' });
  return ApiId;
}

/** The distribution's own firewall, in front of the HTTP API, which can have none. */
async function seedEdgeFirewall(seeding: Seeding): Promise<string> {
  const waf = new WAFV2(seeding.wire);
  const { Summary } = await waf.createWebACL({
    Name: 'edge',
    Scope: 'CLOUDFRONT',
    DefaultAction: { Allow: {} },
    VisibilityConfig: visible('edge'),
    Rules: rules,
  });
  const ResourceArn = Summary?.ARN;
  await keepLogs(seeding, 'aws-waf-logs-edge');
  const LogDestinationConfigs = [seeding.arn('logs', 'log-group:aws-waf-logs-edge')];
  await waf.putLoggingConfiguration({ LoggingConfiguration: { ResourceArn, LogDestinationConfigs } });
  return ResourceArn ?? '';
}

async function seedDistribution(seeding: Seeding): Promise<void> {
  const WebACLId = seeding.isSound ? await seedEdgeFirewall(seeding) : '';
  const certificate = {
    ACMCertificateArn: seeding.arn('acm', 'certificate/00000000-0000-0000-0000-000000000000'),
    SSLSupportMethod: 'sni-only' as const,
  };
  const MinimumProtocolVersion = seeding.isSound ? ('TLSv1.2_2021' as const) : ('TLSv1' as const);
  await new CloudFront(seeding.wire).createDistribution({
    DistributionConfig: {
      CallerReference: 'orders',
      Comment: 'orders',
      Enabled: true,
      WebACLId,
      Origins: {
        Quantity: 1,
        Items: [
          {
            Id: 'api',
            DomainName: 'status.example.com',
            CustomOriginConfig: {
              HTTPPort: 80,
              HTTPSPort: 443,
              OriginProtocolPolicy: seeding.isSound ? 'https-only' : 'http-only',
              OriginSslProtocols: { Quantity: 1, Items: ['TLSv1.2'] },
            },
          },
        ],
      },
      DefaultCacheBehavior: {
        TargetOriginId: 'api',
        ViewerProtocolPolicy: seeding.isSound ? 'https-only' : 'allow-all',
        MinTTL: 0,
        ForwardedValues: { QueryString: true, Cookies: { Forward: 'none' } },
      },
      ViewerCertificate: { ...certificate, MinimumProtocolVersion },
    },
  });
}

async function seedTable(seeding: Seeding): Promise<void> {
  const dynamodb = new DynamoDB(seeding.wire);
  await dynamodb.createTable({
    TableName: 'orders',
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    BillingMode: 'PAY_PER_REQUEST',
    ...seeding.sound({
      DeletionProtectionEnabled: true,
      SSESpecification: { Enabled: true, SSEType: 'KMS' as const, KMSMasterKeyId: seeding.key },
    }),
  });
  if (!seeding.isSound) return;
  await dynamodb.updateContinuousBackups({
    TableName: 'orders',
    PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
  });
}

const bucketOf = ({ account }: Seeding): string => `orders-${account}`;

async function seedBucket(seeding: Seeding): Promise<void> {
  const { isSound, key } = seeding;
  const s3 = new S3(seeding.wire);
  const Bucket = bucketOf(seeding);
  await s3.createBucket({ Bucket });
  await s3.putPublicAccessBlock({
    Bucket,
    PublicAccessBlockConfiguration: {
      BlockPublicAcls: isSound,
      BlockPublicPolicy: isSound,
      IgnorePublicAcls: isSound,
      RestrictPublicBuckets: isSound,
    },
  });
  if (!isSound) return;
  await s3.putBucketVersioning({ Bucket, VersioningConfiguration: { Status: 'Enabled' } });
  await s3.putBucketPolicy({
    Bucket,
    Policy: policy(tlsOnly('s3:*', [`arn:aws:s3:::${Bucket}`, `arn:aws:s3:::${Bucket}/*`])),
  });
  await s3.putBucketEncryption({
    Bucket,
    ServerSideEncryptionConfiguration: {
      Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: key } }],
    },
  });
  await s3.putBucketNotificationConfiguration({
    Bucket,
    NotificationConfiguration: { EventBridgeConfiguration: {} },
    SkipDestinationValidation: true,
  });
}

async function seedSecret(seeding: Seeding): Promise<void> {
  const secrets = new SecretsManager(seeding.wire);
  await secrets.createSecret({
    Name: 'orders/db',
    SecretString: 'not-to-be-read',
    ...seeding.sound({ KmsKeyId: seeding.key }),
  });
  if (!seeding.isSound) return;
  await seeding.offered(
    'secretsmanager:RotateSecret',
    secrets.rotateSecret({
      SecretId: 'orders/db',
      RotationLambdaARN: seeding.arn('lambda', `function:${functionName}`),
      RotationRules: { AutomaticallyAfterDays: 30 },
      RotateImmediately: false,
    }),
  );
}
