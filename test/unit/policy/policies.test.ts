import { describe, expect, it } from '@jest/globals';
import { actionMatches, coversAction } from '../../../src/policy/actions.ts';
import {
  Choice,
  PartialString,
  Unresolved,
  type Cause,
  type ObjectValue,
  type Value,
} from '../../../src/model/value.ts';
import { graphOf, ref, resource, type Bodies } from '../graph/reading.ts';

const body = (Type: string, Properties: ObjectValue = {}) => ({ Type, Properties });
const cause: Cause = { code: 'parameter', message: 'parameter `Policy` has no default' };

function queueStatements(PolicyDocument: Value) {
  const graph = graphOf({
    Inbox: body('AWS::SQS::Queue'),
    Policy: body('AWS::SQS::QueuePolicy', { Queues: [ref('Inbox')], PolicyDocument }),
  });
  return graph.resourceStatements(resource(graph, 'Inbox'));
}

function roleStatements(Properties: ObjectValue, more: Bodies = {}) {
  const graph = graphOf({ Role: body('AWS::IAM::Role', Properties), ...more });
  return graph.identityStatements(resource(graph, 'Role'));
}

describe('policy documents', () => {
  it('have strings and single statements as lists', () => {
    const { statements, incomplete } = queueStatements({
      Statement: {
        Sid: 'Tls',
        Effect: 'Deny',
        Principal: '*',
        Action: 'sqs:*',
        Resource: ref('Inbox', 'Arn'),
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      },
    });
    expect(incomplete).toBeUndefined();
    expect(statements).toHaveLength(1);
    expect(statements[0]).toMatchObject({
      sid: 'Tls',
      effect: 'Deny',
      principals: [{ kind: '*', value: '*' }],
      actions: ['sqs:*'],
      notActions: [],
      conditions: [{ operator: 'Bool', key: 'aws:SecureTransport', values: ['false'] }],
      path: ['PolicyDocument', 'Statement'],
    });
  });

  it('keep the negated elements apart, and principals by kind', () => {
    const [statement] = queueStatements({
      Statement: [
        {
          Effect: 'Allow',
          NotPrincipal: { AWS: ['1', '2'] },
          NotAction: 'sqs:DeleteQueue',
          NotResource: 'x',
        },
      ],
    }).statements;
    expect(statement).toMatchObject({
      notPrincipals: [
        { kind: 'AWS', value: '1' },
        { kind: 'AWS', value: '2' },
      ],
      notActions: ['sqs:DeleteQueue'],
      notResources: ['x'],
      actions: [],
    });
  });

  it.each([
    ['JSON text', '{"Statement":[{"Effect":"Allow","Action":"sqs:SendMessage"}]}'],
    [
      'JSON text in pieces',
      new PartialString([
        '{"Statement":[{"Effect":"Allow","Action":"sqs:SendMessage","Resource":"',
        ref('Inbox', 'Arn'),
        '"}]}',
      ]),
    ],
  ])('are read from %s', (_name, document) => {
    expect(queueStatements(document).statements[0]?.actions).toEqual(['sqs:SendMessage']);
  });

  it('are incomplete where they are not known', () => {
    expect(queueStatements(new Unresolved(cause))).toEqual({ statements: [], incomplete: cause });
  });

  it('are not followed into a nesting without end', () => {
    const deep = `{"Statement":${'['.repeat(10_000)}${']'.repeat(10_000)}}`;
    expect(queueStatements(deep).incomplete?.code).toBe('unsupported');
  });

  it('mark a statement that may not be there', () => {
    const [statement] = queueStatements({
      Statement: [new Choice(cause, { Effect: 'Allow', Action: 'sqs:*' }, undefined)],
    }).statements;
    expect(statement?.unresolved).toMatchObject(cause);
  });

  it('are those of Lambda permissions as well', () => {
    const graph = graphOf({
      Orders: body('AWS::Lambda::Function'),
      May: body('AWS::Lambda::Permission', {
        FunctionName: ref('Orders'),
        Action: 'lambda:InvokeFunction',
        Principal: 's3.amazonaws.com',
        SourceAccount: '111122223333',
      }),
    });
    expect(graph.resourceStatements(resource(graph, 'Orders')).statements[0]).toMatchObject({
      principals: [{ kind: 'Service', value: 's3.amazonaws.com' }],
      actions: ['lambda:InvokeFunction'],
      conditions: [{ operator: 'StringEquals', key: 'aws:SourceAccount', values: ['111122223333'] }],
    });
  });

  it('are those of a bus in the older form', () => {
    const graph = graphOf({
      Bus: body('AWS::Events::EventBus'),
      Policy: body('AWS::Events::EventBusPolicy', {
        EventBusName: ref('Bus'),
        Action: 'events:PutEvents',
        Principal: '*',
        Condition: { Type: 'StringEquals', Key: 'aws:PrincipalOrgID', Value: 'o-1' },
      }),
    });
    expect(graph.resourceStatements(resource(graph, 'Bus')).statements[0]).toMatchObject({
      principals: [{ kind: '*', value: '*' }],
      conditions: [{ operator: 'StringEquals', key: 'aws:PrincipalOrgID', values: ['o-1'] }],
    });
  });

  it.each<[string, string, ObjectValue]>([
    ['a key', 'AWS::KMS::Key', { KeyPolicy: { Statement: [{ Action: 'kms:*' }] } }],
    ['an endpoint', 'AWS::EC2::VPCEndpoint', { PolicyDocument: { Statement: [{ Action: 'kms:*' }] } }],
    ['an API', 'AWS::ApiGateway::RestApi', { Policy: { Statement: [{ Action: 'kms:*' }] } }],
    [
      'a table',
      'AWS::DynamoDB::Table',
      { ResourcePolicy: { PolicyDocument: { Statement: [{ Action: 'kms:*' }] } } },
    ],
    ['a bus', 'AWS::Events::EventBus', { Policy: { Statement: [{ Action: 'kms:*' }] } }],
  ])('are those of %s itself', (_name, type, properties) => {
    const graph = graphOf({ It: body(type, properties) });
    expect(graph.resourceStatements(resource(graph, 'It')).statements[0]?.actions).toEqual(['kms:*']);
  });
});

describe('identity statements', () => {
  const allow = (Action: string): ObjectValue => ({
    Statement: [{ Effect: 'Allow', Action, Resource: '*' }],
  });

  it('gather inline, attached and managed policies', () => {
    const { statements, incomplete } = roleStatements(
      {
        Policies: [{ PolicyName: 'a', PolicyDocument: allow('a:A') }],
        ManagedPolicyArns: [
          ref('Managed'),
          new PartialString([
            'arn:',
            new Unresolved(cause),
            ':iam::aws:policy/service-role/AWSLambdaBasicExecutionRole',
          ]),
        ],
      },
      {
        Attached: body('AWS::IAM::Policy', { Roles: [ref('Role')], PolicyDocument: allow('b:B') }),
        Managed: body('AWS::IAM::ManagedPolicy', { PolicyDocument: allow('c:C') }),
      },
    );
    expect(statements.flatMap(({ actions }) => actions)).toEqual([
      'a:A',
      'b:B',
      'c:C',
      'logs:CreateLogGroup',
      'logs:CreateLogStream',
      'logs:PutLogEvents',
    ]);
    expect(incomplete).toBeUndefined();
  });

  it('know the policies that the Serverless Application Model attaches to functions', () => {
    const attached = [
      'service-role/AWSLambdaBasicExecutionRole',
      'service-role/AWSLambdaBasicDurableExecutionRolePolicy',
      'AWSXrayWriteOnlyAccess',
      'service-role/AWSLambdaVPCAccessExecutionRole',
      'service-role/AWSLambdaSQSQueueExecutionRole',
      'service-role/AWSLambdaKinesisExecutionRole',
      'service-role/AWSLambdaDynamoDBExecutionRole',
      'service-role/AWSLambdaMSKExecutionRole',
    ];
    const { statements, incomplete } = roleStatements({
      ManagedPolicyArns: attached.map((name) => `arn:aws:iam::aws:policy/${name}`),
    });
    expect(incomplete).toBeUndefined();
    expect(statements).toHaveLength(attached.length);
  });

  it('are incomplete with a managed policy whose text is not known', () => {
    const { incomplete } = roleStatements({ ManagedPolicyArns: ['arn:aws:iam::111122223333:policy/theirs'] });
    expect(incomplete?.code).toBe('outside');
  });

  it('do not take a policy of the customer for the AWS policy of the same name', () => {
    const { statements } = roleStatements({
      ManagedPolicyArns: ['arn:aws:iam::111122223333:policy/AdministratorAccess'],
    });
    expect(statements).toEqual([]);
  });

  it('of a function are those of its role', () => {
    const graph = graphOf({
      Role: body('AWS::IAM::Role', { Policies: [{ PolicyDocument: allow('a:A') }] }),
      Orders: body('AWS::Lambda::Function', { Role: ref('Role', 'Arn') }),
      Foreign: body('AWS::Lambda::Function', { Role: 'arn:aws:iam::111122223333:role/theirs' }),
    });
    expect(graph.identityStatements(resource(graph, 'Orders')).statements[0]?.actions).toEqual(['a:A']);
    expect(graph.identityStatements(resource(graph, 'Foreign')).incomplete?.code).toBe('outside');
  });
});

describe('actions', () => {
  it.each([
    ['s3:Get*', 's3:GetObject', true],
    ['S3:getobject', 's3:GetObject', true],
    ['*', 'sqs:SendMessage', true],
    ['sqs:Send?essage', 'sqs:SendMessage', true],
    ['sqs:Send', 'sqs:SendMessage', false],
    ['s3:*Object', 's3:GetObjectTagging', false],
  ])('%s against %s: %s', (pattern, action, expected) => {
    expect(actionMatches(pattern, action)).toBe(expected);
  });

  it('are matched without backtracking', () => {
    expect(actionMatches('*a'.repeat(2000), `${'a'.repeat(4000)}b`)).toBe(false);
  });

  it('are covered by what NotAction does not name', () => {
    const { statements } = roleStatements({
      Policies: [{ PolicyDocument: { Statement: { Effect: 'Allow', NotAction: 'iam:*', Resource: '*' } } }],
    });
    const [statement] = statements;
    if (statement === undefined) throw new Error('no statement');
    expect([coversAction(statement, 's3:GetObject'), coversAction(statement, 'iam:PassRole')]).toEqual([
      true,
      false,
    ]);
  });
});
