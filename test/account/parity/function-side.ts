import { arn, at, text, type Side } from './parity-case.ts';

/** ARNs of the function and the role that `functionSide` makes. */
export const functionArn = arn('lambda', 'function:orders');
export const roleArn = 'arn:aws:iam::111122223333:role/orders';

/** The URI by which a REST API invokes the function, or one of its aliases, as AWS shows it. */
export const invocationOf = (qualifier = ''): string =>
  `arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/${functionArn}${qualifier}/invocations`;

const trust = {
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { Service: ['lambda.amazonaws.com', 'pipes.amazonaws.com'] },
      Action: 'sts:AssumeRole',
    },
  ],
};

const answered = {
  FunctionName: 'orders',
  PackageType: 'Zip',
  Runtime: 'nodejs22.x',
  Handler: 'index.handler',
  Role: roleArn,
  Description: '',
  Timeout: 3,
  MemorySize: 128,
  Architectures: ['x86_64'],
  EphemeralStorage: { Size: 512 },
  TracingConfig: { Mode: 'PassThrough' },
  LoggingConfig: { LogFormat: 'Text', LogGroup: '/aws/lambda/orders' },
  SnapStart: { ApplyOn: 'None', OptimizationStatus: 'Off' },
};

/** What AWS answers of the function's versions, $LATEST first, each with its whole configuration. */
export function versionsReply(configuration: object, ...published: readonly object[]): object {
  return {
    Versions: [
      { ...answered, FunctionArn: `${functionArn}:$LATEST`, Version: '$LATEST', ...configuration },
      ...published.map((own, index) => ({
        ...answered,
        FunctionArn: `${functionArn}:${index + 1}`,
        Version: String(index + 1),
        ...configuration,
        ...own,
      })),
    ],
  };
}

interface FunctionParts {
  /** Members of the template's properties. */
  readonly properties?: object;
  /** Members of `FunctionConfiguration`, beside those that the service fills in. */
  readonly configuration?: object;
  /** What its role may do, as the template writes it and as AWS answers. */
  readonly statements?: readonly (readonly [declared: object, live: object])[];
}

/** The function `Fn` with its role `Role`, both called `orders` in the account. */
export function functionSide({ properties, configuration, statements = [] }: FunctionParts = {}): Side {
  const document = (Statement: readonly object[]): object => ({ Version: '2012-10-17', Statement });
  const live = document(statements.map((statement) => statement[1]));
  return {
    resources: {
      Role: [
        'AWS::IAM::Role',
        {
          RoleName: 'orders',
          AssumeRolePolicyDocument: trust,
          Policies: [{ PolicyName: 'own', PolicyDocument: document(statements.map(([each]) => each)) }],
        },
      ],
      Fn: [
        'AWS::Lambda::Function',
        {
          FunctionName: 'orders',
          Runtime: 'nodejs22.x',
          Handler: 'index.handler',
          Role: at('Role'),
          Code: { S3Bucket: 'code', S3Key: 'orders.zip' },
          ...properties,
        },
      ],
    },
    replies: {
      'lambda.ListFunctions': {
        Functions: [{ ...answered, FunctionArn: functionArn, Version: '$LATEST', ...configuration }],
      },
      'iam.GetAccountAuthorizationDetails': {
        IsTruncated: false,
        RoleDetailList: [
          {
            RoleName: 'orders',
            Arn: roleArn,
            Path: '/',
            AssumeRolePolicyDocument: encodeURIComponent(text(trust)),
            RolePolicyList: [{ PolicyName: 'own', PolicyDocument: encodeURIComponent(text(live)) }],
            AttachedManagedPolicies: [],
            Tags: [],
          },
        ],
        Policies: [],
      },
    },
  };
}
