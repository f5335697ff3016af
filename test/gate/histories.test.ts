import { describe, expect, it } from '@jest/globals';
import { folderWith, headgate, scan } from './command.ts';

/** A worker of a queue, as people begin one: nothing is encrypted with a key of its own, and no failure is kept. */
const worker = `AWSTemplateFormatVersion: '2010-09-09'
Transform: AWS::Serverless-2016-10-31
Description: Takes payments from a queue
Globals:
  Function:
    Runtime: nodejs24.x
    Timeout: 30
    MemorySize: 256
    Tracing: Active
Resources:
  PaymentsQueue:
    Type: AWS::SQS::Queue
    Properties:
      VisibilityTimeout: 180
  PaymentsTable:
    Type: AWS::DynamoDB::Table
    Properties:
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{AttributeName: id, AttributeType: S}]
      KeySchema: [{AttributeName: id, KeyType: HASH}]
  TakePayment:
    Type: AWS::Serverless::Function
    Properties:
      Handler: take.handler
      InlineCode: exports.handler = async () => {}
      Policies:
        - DynamoDBCrudPolicy: {TableName: !Ref PaymentsTable}
      Environment:
        Variables:
          TABLE: !Ref PaymentsTable
      Events:
        Payments:
          Type: SQS
          Properties: {Queue: !GetAtt PaymentsQueue.Arn, BatchSize: 10}
`;

/** A REST API with a web ACL and IAM authorization, in plain CloudFormation. */
const api = `Parameters:
  Stage: {Type: String, Default: prod}
Resources:
  Api:
    Type: AWS::ApiGateway::RestApi
    Properties: {Name: orders}
  Orders:
    Type: AWS::ApiGateway::Resource
    Properties: {RestApiId: !Ref Api, ParentId: !GetAtt Api.RootResourceId, PathPart: orders}
  PostOrder:
    Type: AWS::ApiGateway::Method
    Properties:
      RestApiId: !Ref Api
      ResourceId: !Ref Orders
      HttpMethod: POST
      AuthorizationType: AWS_IAM
      Integration:
        Type: AWS_PROXY
        IntegrationHttpMethod: POST
        Uri: !Sub arn:aws:apigateway:\${AWS::Region}:lambda:path/2015-03-31/functions/\${CreateOrder.Arn}/invocations
  Deployment:
    Type: AWS::ApiGateway::Deployment
    DependsOn: PostOrder
    Properties: {RestApiId: !Ref Api}
  ApiStage:
    Type: AWS::ApiGateway::Stage
    Properties: {RestApiId: !Ref Api, DeploymentId: !Ref Deployment, StageName: !Ref Stage}
  CreateOrder:
    Type: AWS::Lambda::Function
    Properties:
      Runtime: python3.13
      Handler: index.handler
      Role: !GetAtt Role.Arn
      Code: {ZipFile: 'def handler(event, context): return 1'}
  Invoke:
    Type: AWS::Lambda::Permission
    Properties:
      Action: lambda:InvokeFunction
      FunctionName: !Ref CreateOrder
      Principal: apigateway.amazonaws.com
      SourceArn: !Sub arn:aws:execute-api:\${AWS::Region}:\${AWS::AccountId}:\${Api}/*/POST/orders
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: 'sts:AssumeRole'}]
      ManagedPolicyArns: [arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole]
  Firewall:
    Type: AWS::WAFv2::WebACL
    Properties:
      Scope: REGIONAL
      DefaultAction: {Allow: {}}
      VisibilityConfig: {CloudWatchMetricsEnabled: true, MetricName: acl, SampledRequestsEnabled: true}
      Rules: []
  FirewallOfApi:
    Type: AWS::WAFv2::WebACLAssociation
    Properties:
      ResourceArn: !Sub arn:aws:apigateway:\${AWS::Region}::/restapis/\${Api}/stages/\${ApiStage}
      WebACLArn: !GetAtt Firewall.Arn
`;

type Files = Readonly<Record<string, string | object>>;

interface History {
  readonly what: string;
  readonly old: Files;
  readonly new: Files;
  /** `rule resource` of each failure that the change brings, from `medium` on. */
  readonly brings: readonly string[];
}

/** A text with one part changed, which must be in it. */
function edited(text: string, ...edits: readonly (readonly [string, string])[]): string {
  return edits.reduce((before, [from, to]) => {
    if (!before.includes(from)) throw new Error(`not in the template: ${from}`);
    return before.replace(from, () => to);
  }, text);
}

const variables = '          TABLE: !Ref PaymentsTable\n';
const second = `  RefundsQueue:
    Type: AWS::SQS::Queue
    Properties:
      VisibilityTimeout: 180
  Refund:
    Type: AWS::Serverless::Function
    Properties:
      Handler: refund.handler
      InlineCode: exports.handler = async () => {}
      Events:
        Refunds:
          Type: SQS
          Properties: {Queue: !GetAtt RefundsQueue.Arn, BatchSize: 10}
`;
const table = worker.slice(worker.indexOf('  PaymentsTable:'), worker.indexOf('  TakePayment:'));
const queuePolicy = (principal: string): string => `  PaymentsQueuePolicy:
    Type: AWS::SQS::QueuePolicy
    Properties:
      Queues: [!Ref PaymentsQueue]
      PolicyDocument:
        Statement:
          - {Effect: Allow, Principal: ${principal}, Action: 'sqs:SendMessage', Resource: !GetAtt PaymentsQueue.Arn}
`;

const histories: readonly History[] = [
  {
    what: 'a password comes into the environment of a function',
    old: { 'template.yaml': worker },
    new: {
      'template.yaml': edited(worker, [variables, `${variables}          DB_PASSWORD: not-a-real-one\n`]),
    },
    brings: ['all.lambda.no-plaintext-secrets TakePayment'],
  },
  {
    what: 'a second queue with a worker is built like the first',
    old: { 'template.yaml': worker },
    new: { 'template.yaml': worker + second },
    brings: ['batch.dlq.redrive RefundsQueue', 'batch.mapping.partial-failure RefundRefunds'],
  },
  {
    what: 'the queue is opened for the own account, then for everyone',
    old: { 'template.yaml': worker + queuePolicy("{AWS: !Sub 'arn:aws:iam::${AWS::AccountId}:root'}") },
    new: { 'template.yaml': worker + queuePolicy("'*'") },
    brings: ['batch.queue.policy PaymentsQueue'],
  },
  {
    what: 'the function takes longer than a message is hidden, and the queue is not touched',
    old: { 'template.yaml': worker },
    new: { 'template.yaml': edited(worker, ['    Timeout: 30\n', '    Timeout: 300\n']) },
    brings: ['batch.queue.visibility-timeout PaymentsQueue'],
  },
  {
    what: 'memory, description and comments change, and resources change places',
    old: { 'template.yaml': worker + second },
    new: {
      'template.yaml': edited(
        worker + second,
        ['MemorySize: 256', 'MemorySize: 512'],
        ['Description: Takes payments from a queue', '# Owned by the payments team\nDescription: Payments'],
        [second, ''],
        ['  PaymentsQueue:\n', `${second}  PaymentsQueue:\n`],
      ),
    },
    brings: [],
  },
  {
    what: 'the template moves into a folder, and its table into a template beside it',
    old: { 'template.yaml': api + table },
    new: {
      'services/orders/api.yaml': api,
      'services/orders/table.yaml': `Resources:\n${table}`,
    },
    brings: [],
  },
  {
    what: 'the web ACL is taken from the stage',
    old: { 'api.yaml': api },
    new: { 'api.yaml': api.slice(0, api.indexOf('  FirewallOfApi:')) },
    brings: ['api.waf.associated ApiStage'],
  },
  {
    what: 'a method for everyone joins the one for signed requests',
    old: { 'api.yaml': api },
    new: {
      'api.yaml': edited(api, [
        '  Deployment:\n',
        `  GetOrders:
    Type: AWS::ApiGateway::Method
    Properties:
      RestApiId: !Ref Api
      ResourceId: !Ref Orders
      HttpMethod: GET
      AuthorizationType: NONE
      Integration:
        Type: AWS_PROXY
        IntegrationHttpMethod: POST
        Uri: !Sub arn:aws:apigateway:\${AWS::Region}:lambda:path/2015-03-31/functions/\${CreateOrder.Arn}/invocations
  Deployment:
`,
      ]),
    },
    brings: ['api.authorizer.present GetOrders'],
  },
  {
    what: 'the runtime is set back to one that gets no more patches, and the role may do everything',
    old: { 'api.yaml': api },
    new: {
      'api.yaml': edited(
        api,
        ['Runtime: python3.13', 'Runtime: python3.7'],
        [
          '      ManagedPolicyArns: [arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole]\n',
          '      ManagedPolicyArns: [arn:aws:iam::aws:policy/AdministratorAccess]\n',
        ],
      ),
    },
    brings: ['all.lambda.permission.role CreateOrder', 'all.lambda.runtime CreateOrder'],
  },
  {
    what: 'what was open is repaired, with a queue for messages that fail, which nobody watches',
    old: {
      'template.yaml': worker + queuePolicy("'*'"),
      'api.yaml': edited(api, ['AuthorizationType: AWS_IAM', 'AuthorizationType: NONE']),
    },
    new: {
      'template.yaml': edited(worker, [
        '      VisibilityTimeout: 180\n',
        '      VisibilityTimeout: 180\n      RedrivePolicy: {deadLetterTargetArn: !GetAtt Failed.Arn, maxReceiveCount: 5}\n  Failed:\n    Type: AWS::SQS::Queue\n    Properties: {MessageRetentionPeriod: 1209600}\n',
      ]),
      'api.yaml': api,
    },
    brings: ['all.alarm.dlq-depth Failed'],
  },
];

describe('ten histories of templates', () => {
  it.each(histories.map((history) => [history.what, history] as const))(
    '%s',
    async (_what, { old, brings, ...history }) => {
      const before = Object.fromEntries(Object.entries(old).map(([name, text]) => [`old/${name}`, text]));
      const after = Object.fromEntries(
        Object.entries(history.new).map(([name, text]) => [`new/${name}`, text]),
      );
      const cwd = folderWith({ ...before, ...after });
      const { code, result, stderr } = await scan(cwd, 'new', '--against', 'old', '--fail-on', 'medium');
      expect(stderr).not.toContain('could not');
      const open = result.evaluations.filter(
        ({ verdict, waiver, severity, followsFrom }) =>
          verdict === 'fail' &&
          waiver === undefined &&
          followsFrom === undefined &&
          ['medium', 'high', 'critical'].includes(severity),
      );
      expect(open.map(({ ruleId, resource }) => `${ruleId} ${resource.name}`).sort()).toEqual(brings);
      expect(code).toBe(brings.length > 0 ? 1 : 0);
    },
  );

  it('bring nothing where the templates are the same', async () => {
    for (const { old } of histories) {
      const cwd = folderWith(old);
      expect((await headgate(cwd, 'scan', '.', '--against', '.')).code).toBe(0);
    }
  });
});
