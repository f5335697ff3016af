import { describe, expect, it } from '@jest/globals';
import { PartialString, Unresolved, type ObjectValue } from '../../../src/model/value.ts';
import { graphOf, namesOf, ref, related, type Bodies } from './reading.ts';

const lambda = { Type: 'AWS::Lambda::Function' };
const uri = new PartialString([
  'arn:aws:apigateway:',
  new Unresolved({ code: 'pseudo-parameter', message: '`AWS::Region` is not given' }),
  ':lambda:path/2015-03-31/functions/',
  ref('Orders', 'Arn'),
  '/invocations',
]);

function invokersOf(bodies: Bodies, name = 'Orders'): unknown[] {
  const { edges } = related(graphOf({ Orders: lambda, ...bodies }), name, 'invokers');
  return edges.map(({ to, attributes }) => [to?.name, attributes?.invocation, attributes?.via]);
}

const body = (Type: string, Properties: ObjectValue) => ({ Type, Properties });
const arn = ref('Orders', 'Arn');

describe('invokers', () => {
  it.each<[string, Bodies, unknown[]]>([
    [
      'a REST API',
      {
        Api: body('AWS::ApiGateway::RestApi', {}),
        Get: body('AWS::ApiGateway::Method', { RestApiId: ref('Api'), Integration: { Uri: uri } }),
      },
      ['Api', 'sync', 'AWS::ApiGateway::Method'],
    ],
    [
      'a REST API that does not wait',
      {
        Api: body('AWS::ApiGateway::RestApi', {}),
        Get: body('AWS::ApiGateway::Method', {
          RestApiId: ref('Api'),
          Integration: {
            Uri: uri,
            RequestParameters: { 'integration.request.header.X-Amz-Invocation-Type': "'Event'" },
          },
        }),
      },
      ['Api', 'async', 'AWS::ApiGateway::Method'],
    ],
    [
      'an IoT authorizer, whatever the permission alone would say',
      {
        Guard: body('AWS::IoT::Authorizer', { AuthorizerFunctionArn: arn }),
        Permission: body('AWS::Lambda::Permission', {
          FunctionName: ref('Orders'),
          Principal: 'iot.amazonaws.com',
        }),
      },
      ['Guard', 'sync', 'AWS::IoT::Authorizer'],
    ],
    [
      'an IoT authorizer that only a permission shows',
      {
        Permission: body('AWS::Lambda::Permission', {
          FunctionName: ref('Orders'),
          Principal: 'iot.amazonaws.com',
          SourceArn: 'arn:aws:iot:eu-west-1:111122223333:authorizer/devices',
        }),
      },
      ['iot:authorizer/devices', 'sync', 'AWS::Lambda::Permission'],
    ],
    [
      'a load balancer that only a permission without a source shows',
      {
        Permission: body('AWS::Lambda::Permission', {
          FunctionName: ref('Orders'),
          Principal: 'elasticloadbalancing.amazonaws.com',
        }),
      },
      ['main/Permission', 'sync', 'AWS::Lambda::Permission'],
    ],
    [
      'an HTTP API',
      {
        Api: body('AWS::ApiGatewayV2::Api', {}),
        Link: body('AWS::ApiGatewayV2::Integration', { ApiId: ref('Api'), IntegrationUri: arn }),
      },
      ['Api', 'sync', 'AWS::ApiGatewayV2::Integration'],
    ],
    [
      'a function URL',
      { Url: body('AWS::Lambda::Url', { TargetFunctionArn: arn }) },
      ['Url', 'sync', 'AWS::Lambda::Url'],
    ],
    [
      'a custom resource with a type of its own',
      { Notices: body('Custom::S3BucketNotifications', { ServiceToken: arn, BucketName: 'files' }) },
      ['Notices', 'async', 'Custom::S3BucketNotifications'],
    ],
    [
      'a rule',
      { Rule: body('AWS::Events::Rule', { Targets: [{ Id: 'x', Arn: arn }] }) },
      ['Rule', 'async', 'AWS::Events::Rule'],
    ],
    [
      'a schedule',
      { Nightly: body('AWS::Scheduler::Schedule', { Target: { Arn: arn } }) },
      ['Nightly', 'async', 'AWS::Scheduler::Schedule'],
    ],
    [
      'a bucket',
      {
        Files: body('AWS::S3::Bucket', {
          NotificationConfiguration: { LambdaConfigurations: [{ Event: 's3:*', Function: arn }] },
        }),
      },
      ['Files', 'async', 'AWS::S3::Bucket'],
    ],
    [
      'a bucket through the custom resource of CDK',
      {
        Files: body('AWS::S3::Bucket', {}),
        Notify: body('Custom::S3BucketNotifications', {
          BucketName: ref('Files'),
          NotificationConfiguration: { LambdaFunctionConfigurations: [{ LambdaFunctionArn: arn }] },
        }),
      },
      ['Files', 'async', 'AWS::S3::Bucket'],
    ],
    [
      'a topic',
      {
        Events: body('AWS::SNS::Topic', {}),
        Sub: body('AWS::SNS::Subscription', { TopicArn: ref('Events'), Protocol: 'lambda', Endpoint: arn }),
      },
      ['Events', 'async', 'AWS::SNS::Subscription'],
    ],
    [
      'a topic’s own subscription',
      { Events: body('AWS::SNS::Topic', { Subscription: [{ Protocol: 'lambda', Endpoint: arn }] }) },
      ['Events', 'async', 'AWS::SNS::Subscription'],
    ],
    [
      'a queue',
      {
        Inbox: body('AWS::SQS::Queue', {}),
        Map: body('AWS::Lambda::EventSourceMapping', {
          EventSourceArn: ref('Inbox', 'Arn'),
          FunctionName: ref('Orders'),
        }),
      },
      ['Inbox', 'poll', 'AWS::Lambda::EventSourceMapping'],
    ],
    [
      'a pipe that fires and forgets',
      {
        Pipe: body('AWS::Pipes::Pipe', {
          Target: arn,
          TargetParameters: { LambdaFunctionParameters: { InvocationType: 'FIRE_AND_FORGET' } },
        }),
      },
      ['Pipe', 'async', 'AWS::Pipes::Pipe'],
    ],
    [
      'a workflow',
      {
        Flow: body('AWS::StepFunctions::StateMachine', {
          Definition: { States: { Go: { Type: 'Task', Resource: arn } } },
        }),
      },
      ['Flow', 'sync', 'AWS::StepFunctions::StateMachine'],
    ],
    [
      'an entry that only a permission shows',
      {
        Files: body('AWS::S3::Bucket', {}),
        May: body('AWS::Lambda::Permission', {
          FunctionName: arn,
          Principal: 's3.amazonaws.com',
          SourceArn: ref('Files', 'Arn'),
        }),
      },
      ['Files', 'async', 'AWS::Lambda::Permission'],
    ],
    [
      'a service that a permission names without a source',
      { May: body('AWS::Lambda::Permission', { FunctionName: arn, Principal: 'ses.amazonaws.com' }) },
      ['May', 'async', 'AWS::Lambda::Permission'],
    ],
    [
      'a service that a permission names as China does',
      { May: body('AWS::Lambda::Permission', { FunctionName: arn, Principal: 'ses.amazonaws.com.cn' }) },
      ['May', 'async', 'AWS::Lambda::Permission'],
    ],
    [
      'a service that a permission names with its Region',
      {
        May: body('AWS::Lambda::Permission', {
          FunctionName: arn,
          Principal: 'logs.eu-west-1.amazonaws.com',
        }),
      },
      ['May', 'async', 'AWS::Lambda::Permission'],
    ],
  ])('lists %s', (_name, bodies, expected) => {
    expect(invokersOf(bodies)).toEqual([expected]);
  });

  it('does not count an API twice because it also has a permission', () => {
    const bodies: Bodies = {
      Api: body('AWS::ApiGateway::RestApi', {}),
      Get: body('AWS::ApiGateway::Method', { RestApiId: ref('Api'), Integration: { Uri: uri } }),
      May: body('AWS::Lambda::Permission', {
        FunctionName: arn,
        Principal: 'apigateway.amazonaws.com',
        SourceArn: new PartialString(['arn:aws:execute-api:eu-west-1:1:', ref('Api'), '/*/GET/orders']),
      }),
    };
    expect(invokersOf(bodies)).toEqual([['Api', 'sync', 'AWS::ApiGateway::Method']]);
  });

  it('are seen by the function and by the alias that the entry names', () => {
    const graph = graphOf({
      Orders: lambda,
      Live: body('AWS::Lambda::Alias', { FunctionName: ref('Orders'), Name: 'live' }),
      Rule: body('AWS::Events::Rule', { Targets: [{ Id: 'x', Arn: ref('Live') }] }),
    });
    expect(namesOf(graph, 'Orders', 'invokers')).toEqual(['Rule']);
    expect(related(graph, 'Orders', 'invokers').edges[0]?.attributes?.qualifier).toBe('live');
    expect(namesOf(graph, 'Live', 'invokers')).toEqual(['Rule']);
    expect(namesOf(graph, 'Rule', 'targets')).toEqual(['Orders']);
  });

  it('follow a literal alias behind a function’s ARN', () => {
    const graph = graphOf({
      Orders: lambda,
      Live: body('AWS::Lambda::Alias', { FunctionName: ref('Orders'), Name: 'live' }),
      Rule: body('AWS::Events::Rule', {
        Targets: [{ Id: 'x', Arn: new PartialString([ref('Orders', 'Arn'), ':live']) }],
      }),
    });
    expect(namesOf(graph, 'Live', 'invokers')).toEqual(['Rule']);
  });

  it('may be more where an entry of another stack is not known', () => {
    const cause = { code: 'import' as const, message: 'no export `fn`' };
    const rule = {
      ...body('AWS::Events::Rule', { Targets: [{ Id: 'x', Arn: new Unresolved(cause) }] }),
      stack: 'second',
    };
    expect(related(graphOf({ Orders: lambda, Rule: rule }), 'Orders', 'invokers').incomplete).toEqual(cause);
  });
});
