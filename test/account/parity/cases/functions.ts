import { functionArn, functionSide, versionsReply } from '../function-side.ts';
import { arn, at, layOver, pair, sub, text, to, type ParityCase, type Side } from '../parity-case.ts';

const aliasArn = `${functionArn}:live`;

/** A URL of the alias `live`, which keeps instances ready or does not. */
function warmSide(AuthType: string, ready: boolean): Side {
  const ProvisionedConcurrencyConfig = { ProvisionedConcurrentExecutions: 5 };
  return {
    resources: {
      Alias: [
        'AWS::Lambda::Alias',
        {
          Name: 'live',
          FunctionName: to('Fn'),
          FunctionVersion: at('Version', 'Version'),
          ...(ready ? { ProvisionedConcurrencyConfig } : {}),
        },
      ],
      Version: ['AWS::Lambda::Version', { FunctionName: to('Fn') }],
      Url: ['AWS::Lambda::Url', { TargetFunctionArn: at('Fn'), Qualifier: 'live', AuthType }],
      Warmth: undefined,
    },
    replies: {
      'lambda.ListAliases': {
        Aliases: [{ AliasArn: aliasArn, Name: 'live', FunctionVersion: '1', Description: '' }],
      },
      'lambda.ListVersionsByFunction': versionsReply({}, {}),
      'lambda.ListProvisionedConcurrencyConfigs': provisioned(ready ? [aliasArn] : []),
      'lambda.ListFunctionUrlConfigs': {
        FunctionUrlConfigs: [
          {
            FunctionArn: aliasArn,
            FunctionUrl: 'https://abcdefghijklmnopqrstuvwxyz.lambda-url.eu-west-1.on.aws/',
            AuthType,
            InvokeMode: 'BUFFERED',
          },
        ],
      },
    },
  };
}

function provisioned(arns: readonly string[]): object {
  return {
    ProvisionedConcurrencyConfigs: arns.map((FunctionArn) => ({
      FunctionArn,
      RequestedProvisionedConcurrentExecutions: 5,
      AvailableProvisionedConcurrentExecutions: 5,
      Status: 'READY',
    })),
  };
}

const warm: ParityCase = {
  name: 'a function that starts warm behind the URL of an alias',
  sound: layOver(functionSide(), warmSide('AWS_IAM', true)),
  bad: layOver(warmSide('NONE', false), {
    resources: {
      UrlPermission: [
        'AWS::Lambda::Permission',
        {
          FunctionName: to('Alias'),
          Action: 'lambda:InvokeFunctionUrl',
          Principal: '*',
          FunctionUrlAuthType: 'NONE',
        },
      ],
    },
    replies: {
      'lambda.GetPolicy': ({ Qualifier }) =>
        Qualifier === undefined
          ? {}
          : {
              Policy: text({
                Version: '2012-10-17',
                Statement: [
                  {
                    Sid: 'url',
                    Effect: 'Allow',
                    Principal: '*',
                    Action: 'lambda:InvokeFunctionUrl',
                    Resource: aliasArn,
                    Condition: { StringEquals: { 'lambda:FunctionUrlAuthType': 'NONE' } },
                  },
                ],
              }),
            },
    },
  }),
  pairs: [
    pair('AWS::Lambda::Function', 'Fn', 'orders'),
    pair('AWS::Lambda::Url', 'Url', 'orders:live'),
    pair('AWS::Lambda::Permission', 'UrlPermission', 'url'),
  ],
  proofs: [
    {
      type: 'AWS::Lambda::Alias',
      owner: 'Fn',
      rules: ['all.lambda.provisioned-concurrency'],
      change: {
        resources: { Alias: warmSide('AWS_IAM', false).resources.Alias },
        replies: { 'lambda.ListProvisionedConcurrencyConfigs': provisioned([]) },
      },
    },
    {
      type: 'AWS::ApplicationAutoScaling::ScalableTarget',
      owner: 'Fn',
      rules: ['all.lambda.provisioned-concurrency'],
      over: 'bad',
      change: {
        resources: {
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
        },
        replies: {
          'application-autoscaling.DescribeScalableTargets': ({ ServiceNamespace }) => ({
            ScalableTargets:
              ServiceNamespace === 'lambda'
                ? [
                    {
                      ServiceNamespace: 'lambda',
                      ScalableDimension: 'lambda:function:ProvisionedConcurrency',
                      ResourceId: 'function:orders:live',
                      MinCapacity: 1,
                      MaxCapacity: 10,
                    },
                  ]
                : [],
          }),
        },
      },
    },
  ],
};

const topicArn = arn('sns', 'orders');
const queueUrl = 'https://sqs.eu-west-1.amazonaws.com/111122223333/';

/** A topic invokes the function, whose failures and successes go to queues: a FIFO queue takes neither. */
function asyncSide(isSound: boolean): Side {
  const names = { Failed: isSound ? 'failed' : 'failed.fifo', Done: isSound ? 'done' : 'done.fifo' };
  const [failed, done] = [arn('sqs', names.Failed), arn('sqs', names.Done)];
  const fifo = isSound ? {} : { FifoQueue: true };
  const limits = isSound
    ? { MaximumRetryAttempts: 1, MaximumEventAgeInSeconds: 3600 }
    : { MaximumRetryAttempts: 2, MaximumEventAgeInSeconds: 21_600 };
  const statement = (Resource: unknown): object => ({ Effect: 'Allow', Action: 'sqs:SendMessage', Resource });
  return layOver(
    functionSide({
      statements: isSound
        ? [
            [statement(at('Failed')), statement(failed)],
            [statement(at('Done')), statement(done)],
          ]
        : [],
    }),
    {
      resources: {
        Failed: ['AWS::SQS::Queue', { QueueName: names.Failed, ...fifo }],
        Done: ['AWS::SQS::Queue', { QueueName: names.Done, ...fifo }],
        Config: [
          'AWS::Lambda::EventInvokeConfig',
          {
            FunctionName: to('Fn'),
            Qualifier: '$LATEST',
            ...limits,
            DestinationConfig: {
              OnFailure: { Destination: at('Failed') },
              OnSuccess: { Destination: at('Done') },
            },
          },
        ],
        Topic: ['AWS::SNS::Topic', { TopicName: 'orders' }],
        Subscription: [
          'AWS::SNS::Subscription',
          { TopicArn: to('Topic'), Protocol: 'lambda', Endpoint: at('Fn') },
        ],
      },
      replies: {
        'sqs.ListQueues': { QueueUrls: Object.values(names).map((name) => queueUrl + name) },
        'sqs.GetQueueAttributes': ({ QueueUrl }) => ({
          Attributes: {
            QueueArn: arn('sqs', String(QueueUrl).slice(queueUrl.length)),
            VisibilityTimeout: '30',
            MessageRetentionPeriod: '345600',
            SqsManagedSseEnabled: 'true',
            ...(isSound ? {} : { FifoQueue: 'true', ContentBasedDeduplication: 'false' }),
          },
        }),
        'lambda.ListFunctionEventInvokeConfigs': {
          FunctionEventInvokeConfigs: [
            {
              FunctionArn: `${functionArn}:$LATEST`,
              ...limits,
              DestinationConfig: { OnFailure: { Destination: failed }, OnSuccess: { Destination: done } },
            },
          ],
        },
        'sns.ListTopics': { Topics: [{ TopicArn: topicArn }] },
        'sns.GetTopicAttributes': { Attributes: { TopicArn: topicArn, DisplayName: '' } },
        'sns.ListSubscriptions': {
          Subscriptions: [
            {
              SubscriptionArn: `${topicArn}:1`,
              TopicArn: topicArn,
              Protocol: 'lambda',
              Endpoint: functionArn,
              Owner: '111122223333',
            },
          ],
        },
        'sns.GetSubscriptionAttributes': { Attributes: { RawMessageDelivery: 'false' } },
      },
    },
  );
}

const asynchronous: ParityCase = {
  name: 'a function that a topic invokes',
  sound: asyncSide(true),
  bad: asyncSide(false),
  pairs: [
    pair('AWS::Lambda::Function', 'Fn', 'orders'),
    pair('AWS::Lambda::EventInvokeConfig', 'Config', 'orders:$LATEST'),
    { ...pair('AWS::SQS::Queue', 'Failed', 'failed'), badName: 'failed.fifo' },
    { ...pair('AWS::SQS::Queue', 'Done', 'done'), badName: 'done.fifo' },
    pair('AWS::SNS::Topic', 'Topic', 'orders'),
    pair('AWS::SNS::Subscription', 'Subscription', `${topicArn}:1`),
  ],
};

const configArn = arn('lambda', 'code-signing-config:csc-1');
const profileArn = arn('signer', '/signing-profiles/release');

/** A function that takes signed code alone, or warns of other code. */
function signedSide(UntrustedArtifactOnDeployment: string): Side {
  const CodeSigningPolicies = { UntrustedArtifactOnDeployment };
  const config = {
    CodeSigningConfigId: 'csc-1',
    CodeSigningConfigArn: configArn,
    Description: '',
    AllowedPublishers: { SigningProfileVersionArns: [`${profileArn}/v1`] },
    CodeSigningPolicies,
  };
  return {
    resources: {
      Signing: [
        'AWS::Lambda::CodeSigningConfig',
        {
          AllowedPublishers: { SigningProfileVersionArns: [at('Profile', 'ProfileVersionArn')] },
          CodeSigningPolicies,
        },
      ],
      Profile: [
        'AWS::Signer::SigningProfile',
        { ProfileName: 'release', PlatformId: 'AWSLambda-SHA384-ECDSA' },
      ],
    },
    replies: {
      'lambda.ListCodeSigningConfigs': { CodeSigningConfigs: [config] },
      'lambda.ListFunctionsByCodeSigningConfig': { FunctionArns: [functionArn] },
      'signer.ListSigningProfiles': {
        profiles: [
          {
            profileName: 'release',
            profileVersion: 'v1',
            profileVersionArn: `${profileArn}/v1`,
            arn: profileArn,
            platformId: 'AWSLambda-SHA384-ECDSA',
            status: 'Active',
          },
        ],
      },
    },
  };
}

const warns = signedSide('Warn');
const signed: ParityCase = {
  name: 'a function of signed code',
  sound: layOver(
    functionSide({ properties: { CodeSigningConfigArn: to('Signing') } }),
    signedSide('Enforce'),
  ),
  bad: {
    resources: { ...functionSide().resources, Signing: undefined, Profile: undefined },
    replies: { 'lambda.ListCodeSigningConfigs': { CodeSigningConfigs: [] } },
  },
  pairs: [pair('AWS::Lambda::Function', 'Fn', 'orders')],
  proofs: [
    {
      type: 'AWS::Lambda::CodeSigningConfig',
      owner: 'Fn',
      rules: ['all.lambda.code-signing'],
      change: {
        resources: { Signing: warns.resources.Signing },
        replies: { 'lambda.ListCodeSigningConfigs': warns.replies['lambda.ListCodeSigningConfigs'] ?? {} },
      },
    },
  ],
};

/** A policy that no permission can say: its one statement allows two actions. */
function policySide(condition: object): Side {
  const document = (Resource: unknown): object => ({
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'two',
        Effect: 'Allow',
        Principal: { AWS: '*' },
        Action: ['lambda:InvokeFunction', 'lambda:GetFunction'],
        Resource,
        ...condition,
      },
    ],
  });
  return {
    resources: {
      Policy: ['AWS::Lambda::ResourcePolicy', { ResourceArn: at('Fn'), PolicyDocument: document(at('Fn')) }],
    },
    replies: { 'lambda.GetPolicy': { Policy: text(document(functionArn)), RevisionId: '1' } },
  };
}

const own = { Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-1234567890' } } };
const openToAll = policySide({});
const resourcePolicy: ParityCase = {
  name: 'a function with a resource policy that is no permission',
  sound: layOver(functionSide(), policySide(own)),
  bad: openToAll,
  pairs: [pair('AWS::Lambda::Function', 'Fn', 'orders')],
  proofs: [
    {
      type: 'AWS::Lambda::ResourcePolicy',
      owner: 'Fn',
      rules: ['all.lambda.permission.resource-policy'],
      change: openToAll,
    },
  ],
};

/** Functions with what belongs to them alone. */
export const functionCases: readonly ParityCase[] = [warm, asynchronous, signed, resourcePolicy];
