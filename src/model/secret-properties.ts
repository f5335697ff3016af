import type { Path } from './value.ts';

/**
 * Properties that hold secrets by nature, or may hold them: their values are never shown.
 * As of 2026-11-27, from the `writeOnlyProperties` and the descriptions of CloudFormation's resource schemas.
 * A path is written without list indices and covers everything below it.
 */
const byType: Readonly<Record<string, readonly string[]>> = {
  'AWS::Amplify::App': ['AccessToken', 'BasicAuthConfig', 'BuildSpec', 'OauthToken'],
  'AWS::AmazonMQ::Broker': ['Users'],
  'AWS::ApiGateway::ApiKey': ['Value'],
  'AWS::AppSync::ApiKey': ['ApiKeyId'],
  'AWS::AppSync::DataSource': ['HttpConfig.AuthorizationConfig'],
  'AWS::CertificateManager::Certificate': ['PrivateKey'],
  'AWS::CloudFront::Distribution': ['DistributionConfig.Origins.OriginCustomHeaders'],
  'AWS::CloudFront::Function': ['FunctionCode'],
  'AWS::CloudFront::KeyValueStore': ['ImportSource'],
  'AWS::CloudWatch::Dashboard': ['DashboardBody'],
  'AWS::CodeBuild::Project': ['Source.Auth', 'Source.BuildSpec'],
  'AWS::CodeBuild::SourceCredential': ['Token', 'Username'],
  'AWS::CodePipeline::CustomActionType': ['ConfigurationProperties'],
  'AWS::CodePipeline::Pipeline': ['Stages.Actions.Configuration'],
  'AWS::CodePipeline::Webhook': ['AuthenticationConfiguration'],
  'AWS::Cognito::UserPoolIdentityProvider': ['ProviderDetails'],
  'AWS::Cognito::UserPoolUser': ['ClientMetadata', 'UserAttributes'],
  'AWS::Events::ApiDestination': [],
  'AWS::Events::Connection': [
    'AuthParameters.ApiKeyAuthParameters.ApiKeyValue',
    'AuthParameters.BasicAuthParameters',
    'AuthParameters.InvocationHttpParameters',
    'AuthParameters.OAuthParameters.ClientParameters',
    'AuthParameters.OAuthParameters.OAuthHttpParameters',
  ],
  'AWS::Glue::Connection': ['ConnectionInput.ConnectionProperties'],
  'AWS::IAM::AccessKey': ['SecretAccessKey'],
  'AWS::IAM::ServerCertificate': ['PrivateKey'],
  'AWS::KinesisFirehose::DeliveryStream': ['HttpEndpointDestinationConfiguration'],
  'AWS::Lambda::Function': ['Code.ZipFile'],
  'AWS::SecretsManager::Secret': ['SecretString', 'GenerateSecretString.SecretStringTemplate'],
  'AWS::Serverless::Function': ['InlineCode'],
  'AWS::SSM::Association': ['Parameters'],
  'AWS::SSM::Document': ['Content'],
  'AWS::SSM::Parameter': ['Value'],
  'AWS::StepFunctions::StateMachine': ['DefinitionSubstitutions'],
  'AWS::Transfer::User': ['SshPublicKeys'],
};

/** Members of any type below which users write values of their own. */
const anywhere: ReadonlySet<string> = new Set([
  'ContainerOverrides',
  'DefaultArguments',
  'DefinitionSubstitutions',
  'EnvironmentVariables',
  'HeaderParameters',
  'Headers',
  'HttpParameters',
  'Input',
  'InputTemplate',
  'InputTransformer',
  'NonOverridableArguments',
  'OriginCustomHeaders',
  'PathParameterValues',
  'QueryStringParameters',
  'RequestParameters',
  'RequestTemplates',
  'ResponseParameters',
  'ResponseTemplates',
  'SearchString',
  'SearchStringBase64',
  'StageVariables',
  'UserData',
  'Variables',
  'requestParameters',
  'requestTemplates',
  'responseParameters',
  'responses',
]);

/** Of a type: what stands below `Environment` is a list of names and values. */
const environments: ReadonlySet<string> = new Set([
  'AWS::AppRunner::Service',
  'AWS::Batch::JobDefinition',
  'AWS::CodeBuild::Project',
  'AWS::ECS::TaskDefinition',
  'AWS::SageMaker::Model',
]);

/** Members of a workflow's state that say what it does, not with what. */
const ofAState: ReadonlySet<string> = new Set([
  'BackoffRate',
  'Catch',
  'Choices',
  'Default',
  'End',
  'ErrorEquals',
  'HeartbeatSeconds',
  'IntervalSeconds',
  'JitterStrategy',
  'MaxAttempts',
  'MaxDelaySeconds',
  'Name',
  'Next',
  'Resource',
  'Retry',
  'StartAt',
  'TimeoutSeconds',
  'Type',
]);

const workflowRoots: ReadonlySet<string> = new Set(['Definition', 'DefinitionString']);

/** Names under which secrets stand in any service, also where it is not in the table. */
const secretName =
  /(?:^|[a-z_.-])(?:Passwords?|Passwd|Passphrase|PrivateKey|Secret|SecretKey|SecretString|SecretToken|ClientSecret|ApiKey|ApiKeyValue|AuthToken|OauthToken|OAuthToken|AccessToken|RefreshToken|BearerToken|SecretAccessKey|AccessKey|SharedSecret|SharedKey|ConnectionString|ConnectionProperties|Credentials?|HeaderValue|InlineCode|BasicAuthCredentials|BuildSpec)$|^(?:Passwords?|Passphrase|PrivateKey|Secret|SecretString|SecretKey|Token|AuthToken|ApiKey|AccessKey|Psk|PreSharedKey|HeaderValue|Credentials?|UserData)$|^(?:client_secret|private_key|password|secret|token|api_key|apikey)$/;

/** `Credentials` of an integration is the ARN of a role; `ManageMasterUserPassword` is no password. */
const noSecretName: ReadonlySet<string> = new Set([
  'ManageMasterUserPassword',
  'ManageAdminPassword',
  'UserPassword',
  'credentials',
]);

const roleTypes = /^AWS::(?:ApiGateway|ApiGatewayV2)::/;

/** True where a value at `path` below the properties of a type is never to be shown. */
export function holdsSecret(type: string, path: Path): boolean {
  const steps = path.filter((step) => typeof step === 'string');
  if (steps.length === 0) return false;
  const written = steps.join('.');
  if (byType[type]?.some((own) => written === own || written.startsWith(`${own}.`)) === true) return true;
  if (environments.has(type) && steps.includes('Environment') && steps.at(-1) === 'Value') return true;
  if (workflowRoots.has(steps[0] ?? '') && type === 'AWS::StepFunctions::StateMachine')
    return !ofAState.has(steps.at(-1) ?? '');
  return steps.some((step) => anywhere.has(step) || isSecretName(type, step));
}

function isSecretName(type: string, step: string): boolean {
  return (
    secretName.test(step) &&
    !noSecretName.has(step) &&
    !(step.startsWith('Credentials') && roleTypes.test(type))
  );
}

/** Members of documents below which users write literals: of a workflow's states, of a dashboard's widgets. */
export const literalMembers: ReadonlySet<string> = new Set([
  'Arguments',
  'Assign',
  'Headers',
  'Input',
  'ItemSelector',
  'Output',
  'Parameters',
  'Payload',
  'QueryParameters',
  'RequestBody',
  'Result',
  'ResultSelector',
  'markdown',
]);

/** Members of any type that hold what users hand over, and of which rules read names at most. */
const literalsAnywhere: ReadonlySet<string> = new Set([
  'HeaderParameters',
  'HttpParameters',
  'Input',
  'InputTemplate',
  'InputTransformer',
  'OriginCustomHeaders',
  'PathParameterValues',
  'QueryStringParameters',
  'UserData',
]);

const documents: Readonly<Record<string, string>> = {
  'AWS::CloudWatch::Dashboard': 'DashboardBody',
  'AWS::StepFunctions::StateMachine': 'DefinitionString',
};

/**
 * How a saved snapshot treats a text: `secret` no rule reads, `literal` may name resources that rules follow,
 * `document` is JSON with literals in it. Undefined for any other text.
 */
export function literalKind(
  type: string,
  path: readonly string[],
): 'secret' | 'literal' | 'document' | undefined {
  const [first = ''] = path;
  const last = path.at(-1) ?? '';
  if (documents[type] === first) return 'document';
  if (type === 'AWS::StepFunctions::StateMachine' && first === 'Definition')
    return path.some((step) => literalMembers.has(step)) ? 'literal' : undefined;
  if (path.some((step) => literalsAnywhere.has(step)))
    return last === 'HeaderName' || last === 'Key' ? undefined : 'literal';
  const written = path.join('.');
  const isListed = byType[type]?.some((own) => written === own || written.startsWith(`${own}.`)) === true;
  return isListed || isSecretName(type, last) ? 'secret' : undefined;
}
