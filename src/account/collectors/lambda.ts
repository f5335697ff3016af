import { isDeepStrictEqual } from 'node:util';
import type {
  EventSourceMappingConfiguration,
  FunctionConfiguration,
  FunctionEventInvokeConfig,
  Lambda,
} from '@aws-sdk/client-lambda';
import { Unresolved } from '../../model/value.ts';
import { defineCollector, type Found, type Item, type ItemOperation } from '../collector.ts';
import { pages } from '../pages.ts';
import { nonEmpty, parseDocument, tagList, toProperties } from '../plain.ts';
import { customResourcesOf, isCdkProvider } from './custom-resource-providers.ts';
import { permissionsOf } from './lambda-permissions.ts';

const functionType = 'AWS::Lambda::Function';
const aliasType = 'AWS::Lambda::Alias';
const versionType = 'AWS::Lambda::Version';
const policyTypes = ['AWS::Lambda::Permission', 'AWS::Lambda::ResourcePolicy'];

/** What may invoke a function only where its policy says so. */
const invokersByPermission = [
  'AWS::CodeCommit::Repository',
  'AWS::Config::ConfigRule',
  'AWS::ElasticLoadBalancingV2::TargetGroup',
  'AWS::IoT::Authorizer',
  'AWS::IoT::TopicRule',
  'AWS::SES::ReceiptRule',
];

/** Functions with their aliases, mappings, URLs, policies and code signing. */
export const lambda = defineCollector<Lambda>({
  service: 'lambda',
  prefix: 'lambda',
  open: async (config) => new (await import('@aws-sdk/client-lambda')).Lambda(config),
  operations: [
    {
      operation: 'ListFunctions',
      finds: [functionType],
      async *list(api) {
        const listed = pages(
          (Marker) => api.listFunctions({ Marker }),
          (page) => page.NextMarker,
        );
        for await (const { Functions = [] } of listed) yield { found: Functions.map(functionFound) };
      },
    },
    {
      operation: 'ListEventSourceMappings',
      finds: ['AWS::Lambda::EventSourceMapping'],
      async *list(api) {
        const listed = pages(
          (Marker) => api.listEventSourceMappings({ Marker }),
          (page) => page.NextMarker,
        );
        for await (const { EventSourceMappings = [] } of listed) {
          yield { found: EventSourceMappings.map(mappingFound) };
        }
      },
    },
    {
      operation: 'ListCodeSigningConfigs',
      finds: ['AWS::Lambda::CodeSigningConfig'],
      async *list(api) {
        const listed = pages(
          (Marker) => api.listCodeSigningConfigs({ Marker }),
          (page) => page.NextMarker,
        );
        for await (const { CodeSigningConfigs = [] } of listed) {
          yield {
            found: CodeSigningConfigs.map((config) => ({
              type: 'AWS::Lambda::CodeSigningConfig',
              name: config.CodeSigningConfigId ?? '',
              arn: config.CodeSigningConfigArn ?? '',
              properties: {
                CodeSigningConfigArn: config.CodeSigningConfigArn,
                CodeSigningConfigId: config.CodeSigningConfigId,
                Description: config.Description,
                AllowedPublishers: config.AllowedPublishers,
                CodeSigningPolicies: config.CodeSigningPolicies,
              },
            })),
          };
        }
      },
    },
    {
      // One call a configuration instead of one a function.
      operation: 'ListFunctionsByCodeSigningConfig',
      calls: ['ListCodeSigningConfigs', 'ListFunctionsByCodeSigningConfig'],
      patches: { [functionType]: ['CodeSigningConfigArn'] },
      async *list(api) {
        const listed = pages(
          (Marker) => api.listCodeSigningConfigs({ Marker }),
          (page) => page.NextMarker,
        );
        for await (const { CodeSigningConfigs = [] } of listed) {
          for (const { CodeSigningConfigArn } of CodeSigningConfigs) {
            const signed = pages(
              (Marker) => api.listFunctionsByCodeSigningConfig({ CodeSigningConfigArn, Marker }),
              (page) => page.NextMarker,
            );
            for await (const { FunctionArns = [] } of signed) {
              const properties = { CodeSigningConfigArn };
              yield { patches: FunctionArns.map((of) => ({ type: functionType, of, properties })) };
            }
          }
        }
      },
    },
    {
      operation: 'GetFunctionConcurrency',
      each: functionType,
      fills: ['ReservedConcurrentExecutions'],
      async *read(api, { name }) {
        const { ReservedConcurrentExecutions } = await api.getFunctionConcurrency({ FunctionName: name });
        yield { properties: { ReservedConcurrentExecutions } };
      },
    },
    {
      operation: 'GetRuntimeManagementConfig',
      each: functionType,
      fills: ['RuntimeManagementConfig'],
      applies: isZip,
      async *read(api, { name }) {
        const { UpdateRuntimeOn, RuntimeVersionArn } = await api.getRuntimeManagementConfig({
          FunctionName: name,
        });
        yield { properties: { RuntimeManagementConfig: { UpdateRuntimeOn, RuntimeVersionArn } } };
      },
    },
    {
      operation: 'GetFunctionRecursionConfig',
      each: functionType,
      fills: ['RecursiveLoop'],
      async *read(api, { name }) {
        const { RecursiveLoop } = await api.getFunctionRecursionConfig({ FunctionName: name });
        yield { properties: { RecursiveLoop } };
      },
    },
    {
      operation: 'ListTags',
      each: functionType,
      fills: ['Tags'],
      finds: ['AWS::CloudFormation::CustomResource'],
      placeholder: customResourcesOf,
      async *read(api, item) {
        const { Tags } = await api.listTags({ Resource: item.arn });
        const found = isCdkProvider(item, Tags ?? {}) ? [customResourcesOf(item)] : [];
        yield { properties: { Tags: tagList(Tags) }, found };
      },
    },
    {
      operation: 'ListAliases',
      each: functionType,
      finds: [aliasType],
      placeholder: (item, cause) => [
        {
          type: aliasType,
          name: `${item.name}:?`,
          properties: {
            FunctionName: item.name,
            Name: new Unresolved(cause),
            FunctionVersion: new Unresolved(cause),
            ProvisionedConcurrencyConfig: new Unresolved(cause),
          },
        },
        unknownPolicy(item, cause),
      ],
      async *read(api, item) {
        const listed = pages(
          (Marker) => api.listAliases({ FunctionName: item.name, Marker }),
          (page) => page.NextMarker,
        );
        for await (const { Aliases = [] } of listed) {
          yield {
            found: Aliases.map((alias) => ({
              type: aliasType,
              name: `${item.name}:${alias.Name ?? ''}`,
              arn: alias.AliasArn ?? '',
              keys: { functionName: item.name, qualifier: alias.Name },
              properties: {
                AliasArn: alias.AliasArn,
                Name: alias.Name,
                FunctionName: item.name,
                FunctionVersion: alias.FunctionVersion,
                Description: alias.Description,
                RoutingConfig: nonEmpty(alias.RoutingConfig),
              },
            })),
          };
        }
      },
    },
    {
      operation: 'ListVersionsByFunction',
      each: functionType,
      finds: [versionType],
      placeholder: (item, cause) => [
        {
          type: versionType,
          name: `${item.name}:?`,
          properties: { FunctionName: item.name, Version: new Unresolved(cause) },
        },
        unknownPolicy(item, cause),
      ],
      async *read(api, { name, properties }) {
        const listed = pages(
          (Marker) => api.listVersionsByFunction({ FunctionName: name, Marker }),
          (page) => page.NextMarker,
        );
        for await (const { Versions = [] } of listed) {
          yield {
            found: Versions.filter(({ Version }) => Version !== '$LATEST').map((version) =>
              versionFound(version, name, properties),
            ),
          };
        }
      },
    },
    {
      operation: 'ListProvisionedConcurrencyConfigs',
      each: functionType,
      patches: {
        [aliasType]: ['ProvisionedConcurrencyConfig'],
        [versionType]: ['ProvisionedConcurrencyConfig'],
      },
      async *read(api, { name }) {
        const listed = pages(
          (Marker) => api.listProvisionedConcurrencyConfigs({ FunctionName: name, Marker }),
          (page) => page.NextMarker,
        );
        for await (const { ProvisionedConcurrencyConfigs = [] } of listed) {
          yield {
            patches: ProvisionedConcurrencyConfigs.map((config) => ({
              type: /:\d+$/.test(config.FunctionArn ?? '') ? versionType : aliasType,
              of: config.FunctionArn ?? '',
              properties: {
                ProvisionedConcurrencyConfig: {
                  ProvisionedConcurrentExecutions: config.RequestedProvisionedConcurrentExecutions,
                },
              },
            })),
          };
        }
      },
    },
    {
      operation: 'ListFunctionEventInvokeConfigs',
      each: functionType,
      links: 'few',
      finds: ['AWS::Lambda::EventInvokeConfig'],
      placeholder: ({ name }, cause) => ({
        type: 'AWS::Lambda::EventInvokeConfig',
        name,
        properties: {
          FunctionName: name,
          Qualifier: new Unresolved(cause),
          DestinationConfig: new Unresolved(cause),
          MaximumRetryAttempts: new Unresolved(cause),
          MaximumEventAgeInSeconds: new Unresolved(cause),
        },
      }),
      async *read(api, item) {
        const listed = pages(
          (Marker) => api.listFunctionEventInvokeConfigs({ FunctionName: item.name, Marker }),
          (page) => page.NextMarker,
        );
        for await (const { FunctionEventInvokeConfigs = [] } of listed) {
          yield { found: FunctionEventInvokeConfigs.map((config) => invokeConfigFound(config, item)) };
        }
      },
    },
    {
      operation: 'ListFunctionUrlConfigs',
      each: functionType,
      finds: ['AWS::Lambda::Url'],
      placeholder: ({ name, arn }, cause) => ({
        type: 'AWS::Lambda::Url',
        name,
        properties: {
          TargetFunctionArn: arn,
          AuthType: new Unresolved(cause),
          Qualifier: new Unresolved(cause),
        },
      }),
      async *read(api, { name, arn }) {
        const listed = pages(
          (Marker) => api.listFunctionUrlConfigs({ FunctionName: name, Marker }),
          (page) => page.NextMarker,
        );
        for await (const { FunctionUrlConfigs = [] } of listed) {
          yield {
            found: FunctionUrlConfigs.map((url) => ({
              type: 'AWS::Lambda::Url',
              name: url.FunctionArn?.split(':').slice(6).join(':') ?? name,
              properties: {
                TargetFunctionArn: arn,
                Qualifier: url.FunctionArn?.split(':')[7],
                FunctionArn: url.FunctionArn,
                FunctionUrl: url.FunctionUrl,
                // The host names it, as origins of distributions do.
                UrlId: /^https:\/\/([^.]+)\./.exec(url.FunctionUrl ?? '')?.[1],
                AuthType: url.AuthType,
                Cors: nonEmpty(url.Cors),
                InvokeMode: url.InvokeMode,
              },
            })),
          };
        }
      },
    },
    {
      operation: 'GetPolicy',
      each: functionType,
      finds: policyTypes,
      shows: invokersByPermission,
      absent: ['ResourceNotFoundException'],
      placeholder: unknownPolicy,
      async *read(api, { name, arn = '' }) {
        const { Policy } = await api.getPolicy({ FunctionName: name });
        yield { found: permissionsOf(parseDocument(Policy), arn) };
      },
    },
    qualifiedPolicy(aliasType),
    qualifiedPolicy(versionType),
  ],
});

/** The policy of an alias or a version: the function's own does not show what these allow. */
function qualifiedPolicy(each: string): ItemOperation<Lambda> {
  return {
    operation: 'GetPolicy',
    each,
    finds: policyTypes,
    absent: ['ResourceNotFoundException'],
    placeholder: unknownPolicy,
    async *read(api, { keys = {}, arn = '' }) {
      const { Policy } = await api.getPolicy({ FunctionName: keys.functionName, Qualifier: keys.qualifier });
      yield { found: permissionsOf(parseDocument(Policy), arn) };
    },
  };
}

function isZip({ properties }: Item): boolean {
  return properties.PackageType !== 'Image';
}

function unknownPolicy({ arn, name }: Item, cause: Unresolved['cause']): Found {
  return {
    type: 'AWS::Lambda::ResourcePolicy',
    name,
    properties: { ResourceArn: arn, PolicyDocument: new Unresolved(cause) },
  };
}

function functionFound(config: FunctionConfiguration): Found {
  return {
    type: functionType,
    name: config.FunctionName ?? '',
    arn: config.FunctionArn ?? '',
    properties: { Arn: config.FunctionArn, FunctionName: config.FunctionName, ...settingsOf(config) },
  };
}

/** What each version has of its own. */
function settingsOf(config: FunctionConfiguration): Record<string, unknown> {
  return {
    Description: config.Description === '' ? undefined : config.Description,
    PackageType: config.PackageType,
    Runtime: config.Runtime,
    Handler: config.Handler,
    Architectures: config.Architectures,
    Role: config.Role,
    Timeout: config.Timeout,
    MemorySize: config.MemorySize,
    EphemeralStorage: config.EphemeralStorage,
    Environment: environmentOf(config),
    KmsKeyArn: config.KMSKeyArn,
    TracingConfig: config.TracingConfig,
    DeadLetterConfig: nonEmpty(config.DeadLetterConfig),
    LoggingConfig: loggingOf(config),
    VpcConfig: nonEmpty(
      config.VpcConfig && {
        SubnetIds: config.VpcConfig.SubnetIds,
        SecurityGroupIds: config.VpcConfig.SecurityGroupIds,
      },
    ),
    Layers: config.Layers?.map(({ Arn }) => Arn),
    FileSystemConfigs: config.FileSystemConfigs,
    ImageConfig: config.ImageConfigResponse?.ImageConfig,
    SnapStart: config.SnapStart && { ApplyOn: config.SnapStart.ApplyOn },
    SigningProfileVersionArn: config.SigningProfileVersionArn,
    DurableConfig: config.DurableConfig,
    TenancyConfig: config.TenancyConfig,
    CapacityProviderConfig: config.CapacityProviderConfig,
  };
}

/**
 * A published version. `Settings` holds what differs from $LATEST, and `Without` names what only $LATEST has: most
 * versions differ in little, and an account has many.
 */
function versionFound(
  config: FunctionConfiguration,
  FunctionName: string,
  latest: Readonly<Record<string, unknown>>,
): Found {
  const { FunctionArn: arn = '', Version } = config;
  const own = toProperties(settingsOf(config));
  const differing = Object.entries(own).filter(([name, value]) => !isDeepStrictEqual(value, latest[name]));
  const without = Object.keys(settingsOf(config)).filter(
    (name) => latest[name] !== undefined && !(name in own),
  );
  return {
    type: versionType,
    name: `${FunctionName}:${Version ?? ''}`,
    arn,
    keys: { functionName: FunctionName, qualifier: Version },
    properties: {
      FunctionArn: arn,
      FunctionName,
      Version,
      Description: own['Description'],
      Settings: Object.fromEntries(differing),
      Without: without,
    },
  };
}

/** The service names the log group of every function; the one that it makes by itself was named by nobody. */
function loggingOf({ LoggingConfig: logging, FunctionName = '' }: FunctionConfiguration): unknown {
  if (logging?.LogGroup !== `/aws/lambda/${FunctionName}`) return logging;
  return { ...logging, LogGroup: undefined };
}

/** The service leaves the variables out where their key refuses the auditor, and says so beside them. */
function environmentOf({ Environment }: FunctionConfiguration): unknown {
  if (Environment?.Error === undefined) return nonEmpty({ Variables: nonEmpty(Environment?.Variables) });
  return {
    Variables: new Unresolved({
      code: 'denied',
      message: `the environment variables could not be decrypted (${Environment.Error.ErrorCode ?? 'no reason given'})`,
      remedy: "allow `kms:Decrypt` on the function's key to the auditor",
    }),
  };
}

function mappingFound(mapping: EventSourceMappingConfiguration): Found {
  const { UUID = '', EventSourceMappingArn, FunctionArn, State, KMSKeyArn, ...rest } = mapping;
  return {
    type: 'AWS::Lambda::EventSourceMapping',
    name: `${lastPart(FunctionArn)} from ${lastPart(rest.EventSourceArn) || UUID}`,
    key: UUID,
    ...(EventSourceMappingArn === undefined ? {} : { arn: EventSourceMappingArn }),
    properties: {
      Id: UUID,
      EventSourceMappingArn,
      FunctionName: FunctionArn,
      Enabled: State === undefined ? undefined : !/^Disabl/.test(State),
      KmsKeyArn: KMSKeyArn,
      EventSourceArn: rest.EventSourceArn,
      BatchSize: rest.BatchSize,
      MaximumBatchingWindowInSeconds: rest.MaximumBatchingWindowInSeconds,
      FunctionResponseTypes: rest.FunctionResponseTypes,
      FilterCriteria: rest.FilterCriteria,
      DestinationConfig: destinations(rest.DestinationConfig),
      BisectBatchOnFunctionError: rest.BisectBatchOnFunctionError,
      MaximumRetryAttempts: rest.MaximumRetryAttempts,
      MaximumRecordAgeInSeconds: rest.MaximumRecordAgeInSeconds,
      ParallelizationFactor: rest.ParallelizationFactor,
      TumblingWindowInSeconds: rest.TumblingWindowInSeconds,
      StartingPosition: rest.StartingPosition,
      ScalingConfig: nonEmpty(rest.ScalingConfig),
      ProvisionedPollerConfig: rest.ProvisionedPollerConfig,
      MetricsConfig: rest.MetricsConfig,
      Queues: rest.Queues,
      Topics: rest.Topics,
      SourceAccessConfigurations: rest.SourceAccessConfigurations,
      SelfManagedEventSource: rest.SelfManagedEventSource,
      AmazonManagedKafkaEventSourceConfig: rest.AmazonManagedKafkaEventSourceConfig,
      SelfManagedKafkaEventSourceConfig: rest.SelfManagedKafkaEventSourceConfig,
      DocumentDBEventSourceConfig: rest.DocumentDBEventSourceConfig,
    },
  };
}

function invokeConfigFound(config: FunctionEventInvokeConfig, { name }: Item): Found {
  const qualifier = config.FunctionArn?.split(':')[7] ?? '$LATEST';
  return {
    type: 'AWS::Lambda::EventInvokeConfig',
    name: `${name}:${qualifier}`,
    properties: {
      FunctionName: name,
      Qualifier: qualifier,
      MaximumRetryAttempts: config.MaximumRetryAttempts,
      MaximumEventAgeInSeconds: config.MaximumEventAgeInSeconds,
      DestinationConfig: destinations(config.DestinationConfig),
    },
  };
}

function lastPart(arn = ''): string {
  const [, , service, , , ...resource] = arn.split(':');
  if (service === 'lambda') return resource.slice(1).join(':');
  // The label of a table's stream is a time, and says nothing.
  if (service === 'dynamodb') return resource.join(':').split('/')[1] ?? '';
  return arn.slice(arn.lastIndexOf(':') + 1).replace(/^stream\//, '');
}

function destinations(
  config: FunctionEventInvokeConfig['DestinationConfig'],
): Readonly<Record<string, unknown>> | undefined {
  return nonEmpty({ OnFailure: nonEmpty(config?.OnFailure), OnSuccess: nonEmpty(config?.OnSuccess) });
}
