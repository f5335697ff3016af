import { Duration } from 'aws-cdk-lib';
import * as apigateway from 'aws-cdk-lib/aws-apigateway';
import type * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as cognito from 'aws-cdk-lib/aws-cognito';
import type * as events from 'aws-cdk-lib/aws-events';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as route53 from 'aws-cdk-lib/aws-route53';
import { ApiGatewayDomain } from 'aws-cdk-lib/aws-route53-targets';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import { idempotencyActions } from './batch-flow.ts';
import { ClientPool, type ClientScope } from './client-pool.ts';
import type { ExternalApi } from './external-api.ts';
import { FlowKey } from './flow-key.ts';
import type { Foundation } from './foundation.ts';
import { shippedHandler } from './handler-code.ts';
import { FlowObservability } from './observability.ts';
import { orderModelSchema } from './order-model.ts';
import { grantPersonalData } from './personal-data.ts';
import { dataRemovalPolicy } from './posture.ts';
import { Runbook } from './runbook.ts';
import { SecureBucket } from './secure-bucket.ts';
import { metricsNamespace, SecureFunction } from './secure-function.ts';
import { DeadLetterQueue, type WorkQueue } from './secure-queue.ts';
import { IdempotencyTable, SecureTable } from './secure-table.ts';
import { WebAcl, type WebAclProps } from './web-acl.ts';

/** The custom domain name of the API. */
export interface ApiDomain {
  /** Domain name that clients call, such as `orders.example.com`. */
  readonly name: string;
  /** ACM certificate for the name, in the stack's Region. */
  readonly certificate: acm.ICertificate;
  /** Hosted zone in which the alias record is created. @default none: no record is created */
  readonly hostedZone?: route53.IHostedZone;
}

/** The three ways to authorize callers. */
export type ApiAuthorization =
  | { readonly by: 'jwt'; readonly userPool: cognito.IUserPool }
  | { readonly by: 'iam' }
  | { readonly by: 'custom'; readonly authorizer: apigateway.TokenAuthorizer | apigateway.RequestAuthorizer };

/** One method of the API. */
export interface ApiRoute {
  /** HTTP method. */
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Path of the resource, such as `/payments/{paymentId}`. */
  readonly path: string;
  /** Scope that a token must contain: `read` or `write`. */
  readonly scope: ClientScope;
  /**
   * JSON schema of the body. API Gateway validates the body before it invokes the function.
   *
   * @default none: the body is not validated
   */
  readonly body?: apigateway.JsonSchema;
  /** Names of headers that a request must have. @default none */
  readonly requiredHeaders?: readonly string[];
}

/** Properties of {@link ApiFlow}. */
export interface ApiFlowProps {
  /** Network, code signing, alarms and keys that the flow uses. */
  readonly foundation: Foundation;
  /** Custom domain name of the API. */
  readonly domain: ApiDomain;
  /**
   * API outside AWS that the function calls. The built-in handler requests prices from it before it accepts an
   * order.
   *
   * @default none: the function cannot call addresses outside AWS, and `entry` is required
   */
  readonly externalApi?: ExternalApi;
  /** Methods of the API. @default `POST /orders` and `GET /orders/{orderId}` */
  readonly routes?: readonly ApiRoute[];
  /** Queue to which accepted orders are sent for processing. @default none */
  readonly orderQueue?: WorkQueue;
  /** Event bus to which an event is sent for each accepted order. @default none */
  readonly eventBus?: events.IEventBus;
  /**
   * How callers are authorized: tokens of a Cognito user pool, IAM signatures, or a custom authorizer.
   *
   * @default tokens of a user pool that the flow creates; see {@link ClientPool}
   */
  readonly authorization?: ApiAuthorization;
  /** Rate limit and blocked addresses of the web ACL. See `WebAcl`. @default the defaults of `WebAcl` */
  readonly webAcl?: Pick<WebAclProps, 'requestsPerFiveMinutes' | 'blockedAddresses'>;
  /**
   * Limit of requests per second and in a burst, for all clients together.
   *
   * @default 100 per second, 200 in a burst
   */
  readonly throttle?: apigateway.ThrottleSettings;
  /** Limits of one API key. @default 50 requests per second, 100 in a burst, 100,000 per day */
  readonly usagePlan?: Pick<apigateway.UsagePlanProps, 'throttle' | 'quota'>;
  /** Size of the encrypted API cache, in GB. @default none: responses contain personal data and are not cached */
  readonly cacheSize?: string;
  /** Path of a custom handler, a file that exports `handler`. @default the built-in `order-api` */
  readonly entry?: string;
  /** Reserved concurrency of the function. @default 50 */
  readonly reservedConcurrency?: number;
  /** Provisioned concurrency of the alias `live`. @default 2 */
  readonly provisionedConcurrency?: number;
}

/**
 * Diagram 1: client -> WAF -> REST API -> authorizer -> function behind an alias -> table, bucket, secret and
 * external API. The function runs in private subnets. Every step is logged, traced and throttled.
 */
export class ApiFlow extends Construct {
  readonly key: FlowKey;
  readonly api: apigateway.RestApi;
  readonly domain: apigateway.DomainName;
  readonly webAcl: WebAcl;
  readonly function: SecureFunction;
  readonly table: SecureTable;
  readonly documents: SecureBucket;
  readonly runbook: Runbook;
  readonly failures: DeadLetterQueue;
  /** User pool and tokens; absent if `authorization` does not use tokens. */
  clients?: ClientPool;
  private firstKey?: apigateway.IApiKey;
  private readonly props: ApiFlowProps;

  constructor(scope: Construct, id: string, props: ApiFlowProps) {
    super(scope, id);
    if (!props.externalApi && props.entry === undefined)
      throw new Error(
        'The built-in handler requests prices from an external API. Set `externalApi`, or set `entry` to a custom handler.',
      );
    this.props = props;
    const { foundation } = props;
    const { posture } = foundation;
    this.key = new FlowKey(this, 'Key', {
      description: 'Tables, storage and logs of the API flow',
      posture,
      services: ['logs'],
    });
    this.runbook = new Runbook(this, 'Runbook', { flow: 'API', key: this.key });
    this.failures = new DeadLetterQueue(this, 'Failures', {
      key: this.key,
      operations: foundation.operations,
      runbook: this.runbook,
      holds: 'Asynchronous invocations of the order function that failed on every retry',
    });
    this.table = new SecureTable(this, 'Orders', { posture, key: this.key, partitionKey: 'orderId' });
    this.documents = new SecureBucket(this, 'Documents', {
      posture,
      key: this.key,
      accessLogs: foundation.accessLogs,
      accessLogPrefix: 'api-documents',
    });
    this.function = this.createFunction();
    this.api = this.createApi();
    this.addMethods();
    this.domain = this.addDomain();
    this.webAcl = new WebAcl(this, 'WebAcl', { ...props.webAcl, posture, key: this.key });
    this.webAcl.protect('Association', this.api.deploymentStage.stageArn);
    this.addUsagePlan();
    this.addObservability();
  }

  /** Returns what clients need to call the API, as a map of output name -> value and description. */
  outputs(): Record<string, [string, string]> {
    const { clients, domain } = this;
    return {
      Address: [`https://${domain.domainName}${this.routes[0]?.path ?? ''}`, 'Address of the first route'],
      DnsTarget: [domain.domainNameAliasDomainName, 'Target of the alias or CNAME record'],
      DnsTargetZone: [domain.domainNameAliasHostedZoneId, 'Hosted zone ID for an alias record'],
      ...(this.firstKey && {
        ApiKeyId: [this.firstKey.keyId, 'aws apigateway get-api-key --include-value --api-key ...'],
      }),
      ...(clients && {
        UserPoolId: [clients.userPool.userPoolId, 'ID of the user pool'],
        ClientId: [clients.client.userPoolClientId, 'ID of the user pool client for sign-in'],
      }),
      ...(clients?.signIn && { SignIn: [clients.signIn.baseUrl(), 'Address of the sign-in page'] }),
    };
  }

  // ---- function

  private createFunction(): SecureFunction {
    const { foundation, externalApi, orderQueue, eventBus } = this.props;
    const idempotency = new IdempotencyTable(this, 'Idempotency', {
      posture: foundation.posture,
      key: this.key,
    });
    const handler = new SecureFunction(this, 'OrderApi', {
      foundation,
      key: this.key,
      description: 'Accepts and shows orders',
      entry: this.props.entry ?? shippedHandler('order-api'),
      service: 'order-api',
      timeout: Duration.seconds(15),
      memoryMiB: 1024,
      reservedConcurrency: this.props.reservedConcurrency ?? 50,
      provisionedConcurrency: this.props.provisionedConcurrency ?? 2,
      egress: externalApi !== undefined,
      failures: this.failures,
      environment: {
        ...externalApi?.environment(),
        ORDERS_TABLE: this.table.tableName,
        IDEMPOTENCY_TABLE: idempotency.tableName,
        DOCUMENT_BUCKET: this.documents.bucketName,
        PERSONAL_DATA_KEY_ARN: foundation.personalDataKey.keyArn,
        ...(orderQueue && { ORDER_QUEUE_URL: orderQueue.queue.queueUrl }),
        ...(eventBus && { EVENT_BUS_NAME: eventBus.eventBusName }),
      },
    });
    externalApi?.grantUse(handler);
    handler.allow(['dynamodb:GetItem', 'dynamodb:PutItem'], [this.table.tableArn]);
    handler.allow(idempotencyActions, [idempotency.tableArn]);
    handler.allowObjects(['s3:PutObject'], this.documents, 'orders/');
    grantPersonalData(foundation, handler, 'encrypt', 'decrypt');
    orderQueue?.admitProducer(handler);
    if (eventBus) handler.allow(['events:PutEvents'], [eventBus.eventBusArn]);
    return handler;
  }

  // ---- gateway

  private createApi(): apigateway.RestApi {
    const { throttle, cacheSize } = this.props;
    const api = new apigateway.RestApi(this, 'Api', {
      description: 'Orders',
      endpointConfiguration: { types: [apigateway.EndpointType.REGIONAL] },
      disableExecuteApiEndpoint: true,
      cloudWatchRole: true,
      deployOptions: {
        stageName: 'live',
        accessLogDestination: new apigateway.LogGroupLogDestination(this.createLogGroup('AccessLogs')),
        accessLogFormat: apigateway.AccessLogFormat.custom(JSON.stringify(accessLogFields)),
        tracingEnabled: true,
        loggingLevel: apigateway.MethodLoggingLevel.ERROR,
        dataTraceEnabled: false,
        metricsEnabled: true,
        throttlingRateLimit: throttle?.rateLimit ?? 100,
        throttlingBurstLimit: throttle?.burstLimit ?? 200,
        cacheDataEncrypted: true,
        ...(cacheSize !== undefined && {
          cacheClusterEnabled: true,
          cacheClusterSize: cacheSize,
          cachingEnabled: true,
        }),
      },
    });
    // Its output names the address that is disabled.
    api.node.tryRemoveChild('Endpoint');
    const resource = api.node.defaultChild as apigateway.CfnRestApi; // what a RestApi always is
    resource.securityPolicy = apigateway.SecurityPolicy.TLS13_1_2_PFS_PQ_2025_09;
    resource.endpointAccessMode = apigateway.EndpointAccessMode.STRICT;
    acknowledge(api, {
      'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs]':
        'API Gateway writes its logs with the managed policy for this purpose; an account and Region has one role for it.',
    });
    return api;
  }

  private createLogGroup(id: string): logs.LogGroup {
    return new logs.LogGroup(this, id, {
      retention: logs.RetentionDays.THREE_MONTHS,
      encryptionKey: this.key,
      removalPolicy: dataRemovalPolicy(this.props.foundation.posture),
    });
  }

  private addMethods(): void {
    const validator = this.api.addRequestValidator('Validator', {
      validateRequestBody: true,
      validateRequestParameters: true,
    });
    const integration = new apigateway.LambdaIntegration(this.function.target, {
      allowTestInvoke: false,
      timeout: Duration.seconds(20),
    });
    const guarded = { apiKeyRequired: true, requestValidator: validator };
    const authorized = this.authorization();
    for (const { method, path, scope, body, requiredHeaders = [] } of this.routes) {
      const parameters = [...path.matchAll(/\{(\w+)\+?\}/g)].map(([, name = '']) => `path.${name}`);
      const required = [...parameters, ...requiredHeaders.map((name) => `header.${name}`)];
      this.api.root.resourceForPath(path).addMethod(method, integration, {
        ...guarded,
        ...authorized(scope),
        ...(body && { requestModels: { 'application/json': this.createModel(method, path, body) } }),
        requestParameters: Object.fromEntries(required.map((name) => [`method.request.${name}`, true])),
      });
    }
  }

  private get routes(): readonly ApiRoute[] {
    return this.props.routes ?? orderRoutes;
  }

  private authorization(): (scope: ClientScope) => apigateway.MethodOptions {
    const { authorization, domain, foundation } = this.props;
    if (authorization?.by === 'iam') return () => ({ authorizationType: apigateway.AuthorizationType.IAM });
    if (authorization?.by === 'custom') {
      const { authorizer } = authorization;
      return () => ({ authorizer, authorizationType: apigateway.AuthorizationType.CUSTOM });
    }
    const pool = new ClientPool(this, 'Clients', {
      posture: foundation.posture,
      callbackUrl: `https://${domain.name}/callback`,
      ...(authorization && { userPool: authorization.userPool }),
    });
    this.clients = pool;
    const authorizer = new apigateway.CognitoUserPoolsAuthorizer(this, 'Authorizer', {
      cognitoUserPools: [pool.userPool],
      resultsCacheTtl: Duration.minutes(5),
    });
    return (scope) => ({
      authorizer,
      authorizationType: apigateway.AuthorizationType.COGNITO,
      authorizationScopes: [pool.scopes[scope]],
    });
  }

  private createModel(method: string, path: string, schema: apigateway.JsonSchema): apigateway.Model {
    const isOrder = schema === orderModelSchema;
    const name = isOrder ? 'Order' : `${method} ${path}`.replace(/[^A-Za-z0-9]+/g, '');
    return this.api.addModel(name, {
      modelName: name,
      contentType: 'application/json',
      description: isOrder ? 'An order in the format that clients send' : `Body of ${method} ${path}`,
      schema,
    });
  }

  private addDomain(): apigateway.DomainName {
    const { name, certificate, hostedZone } = this.props.domain;
    const domain = new apigateway.DomainName(this, 'Domain', {
      domainName: name,
      certificate,
      endpointType: apigateway.EndpointType.REGIONAL,
      securityPolicy: apigateway.SecurityPolicy.TLS13_1_2_PFS_PQ_2025_09,
      endpointAccessMode: apigateway.EndpointAccessMode.STRICT,
    });
    domain.addBasePathMapping(this.api, { stage: this.api.deploymentStage });
    if (hostedZone) {
      const target = route53.RecordTarget.fromAlias(new ApiGatewayDomain(domain));
      new route53.ARecord(this, 'Ipv4Record', { zone: hostedZone, recordName: `${name}.`, target });
    }
    return domain;
  }

  private addUsagePlan(): void {
    const { usagePlan } = this.props;
    const plan = this.api.addUsagePlan('UsagePlan', {
      description: 'Rate, burst and quota of one client',
      throttle: usagePlan?.throttle ?? { rateLimit: 50, burstLimit: 100 },
      quota: usagePlan?.quota ?? { limit: 100_000, period: apigateway.Period.DAY },
      apiStages: [{ api: this.api, stage: this.api.deploymentStage }],
    });
    this.firstKey = this.api.addApiKey('FirstClient', { description: 'First client of the orders API' });
    plan.addApiKey(this.firstKey);
  }

  // ---- observability

  private addObservability(): void {
    const { operations } = this.props.foundation;
    const period = Duration.minutes(5);
    const serverErrors = this.api.deploymentStage.metricServerError({ period, statistic: 'Average' });
    const latency = this.api.deploymentStage.metricLatency({ period, statistic: 'p99' });
    operations.notify(
      alarmAbove(this, 'ServerErrorAlarm', 'More than 1 % of the requests end in 5xx', serverErrors, 0.01),
    );
    operations.notify(
      alarmAbove(this, 'LatencyAlarm', 'One request in a hundred takes over 3 seconds', latency, 3000),
    );
    const accepted = new cloudwatch.Metric({
      namespace: metricsNamespace,
      metricName: 'OrderAccepted',
      dimensionsMap: { service: 'order-api' },
      statistic: 'Sum',
    });
    new FlowObservability(this, 'Observability', {
      functions: [this.function],
      deadLetters: [this.failures],
      widgets: [
        [
          new cloudwatch.GraphWidget({ title: 'API: server errors, at most 1 %', left: [serverErrors] }),
          new cloudwatch.GraphWidget({ title: 'API: p99 latency, at most 3 s', left: [latency] }),
          new cloudwatch.GraphWidget({ title: 'Orders accepted (business)', left: [accepted] }),
        ],
      ],
    });
  }
}

function alarmAbove(
  scope: Construct,
  id: string,
  alarmDescription: string,
  metric: cloudwatch.IMetric,
  threshold: number,
): cloudwatch.Alarm {
  return new cloudwatch.Alarm(scope, id, {
    alarmDescription,
    metric,
    threshold,
    comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
    evaluationPeriods: 1,
    treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
  });
}

const orderRoutes: readonly ApiRoute[] = [
  {
    method: 'POST',
    path: '/orders',
    scope: 'write',
    body: orderModelSchema,
    requiredHeaders: ['Idempotency-Key'],
  },
  { method: 'GET', path: '/orders/{orderId}', scope: 'read' },
];

/** One JSON object a request: who asked for what over which TLS version, and what became of it. */
const accessLogFields = {
  requestId: '$context.requestId',
  extendedRequestId: '$context.extendedRequestId',
  traceId: '$context.xrayTraceId',
  time: '$context.requestTime',
  sourceIp: '$context.identity.sourceIp',
  subject: '$context.authorizer.claims.sub',
  apiKeyId: '$context.identity.apiKeyId',
  method: '$context.httpMethod',
  resource: '$context.resourcePath',
  status: '$context.status',
  latency: '$context.responseLatency',
  integrationLatency: '$context.integrationLatency',
  wafStatus: '$context.waf.status',
  authorizerError: '$context.authorizer.error',
  error: '$context.error.message',
  tlsVersion: '$context.tlsVersion',
  cipherSuite: '$context.cipherSuite',
};
