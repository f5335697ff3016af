import { ordersReplies } from '../orders-replies.ts';
import { ordersResources } from '../orders-template.ts';
import { pair, type ParityCase } from '../parity-case.ts';

/**
 * An application of all three flows. Roles, groups, subnets and alarms are judged with the
 * function, queue or API that they belong to.
 */
export const orders: ParityCase = {
  name: 'an application of three flows',
  sound: { resources: ordersResources(true), replies: ordersReplies(true) },
  bad: {
    resources: {
      Archive: undefined,
      Rotation: undefined,
      AclLogs: undefined,
      DlqPolicy: undefined,
      Alarm: undefined,
      ...ordersResources(false),
    },
    replies: ordersReplies(false),
  },
  pairs: [
    pair('AWS::Lambda::Function', 'Fn', 'orders'),
    pair('AWS::Logs::LogGroup', 'LogGroup', '/aws/lambda/orders'),
    pair('AWS::Logs::LogGroup', 'AclLogGroup', 'aws-waf-logs-orders'),
    pair('AWS::Lambda::EventSourceMapping', 'Mapping', 'orders from orders'),
    pair('AWS::Lambda::Permission', 'Permission', 'one'),
    pair('AWS::SQS::Queue', 'Queue', 'orders'),
    pair('AWS::SQS::Queue', 'Dlq', 'orders-dlq'),
    pair('AWS::SQS::QueuePolicy', 'QueuePolicy', 'orders'),
    pair('AWS::SQS::QueuePolicy', 'DlqPolicy', 'orders-dlq'),
    pair('AWS::SNS::Topic', 'Topic', 'orders'),
    pair('AWS::SNS::Subscription', 'Subscription', 'arn:aws:sns:eu-west-1:111122223333:orders:1'),
    pair('AWS::Events::EventBus', 'Bus', 'orders'),
    pair('AWS::Events::Archive', 'Archive', 'orders'),
    pair('AWS::Events::Rule', 'Rule', 'placed'),
    pair('AWS::Scheduler::Schedule', 'Schedule', 'nightly'),
    pair('AWS::StepFunctions::StateMachine', 'Machine', 'fulfil'),
    pair('AWS::DynamoDB::Table', 'Table', 'orders'),
    pair('AWS::S3::Bucket', 'Bucket', 'orders-bucket'),
    pair('AWS::S3::BucketPolicy', 'BucketPolicy', 'orders-bucket'),
    pair('AWS::SecretsManager::Secret', 'Secret', 'orders/db'),
    pair('AWS::KMS::Key', 'Key', '0b1c2d3e'),
    pair('AWS::ApiGateway::RestApi', 'Api', 'orders'),
    pair('AWS::ApiGateway::Stage', 'Stage', 'orders/prod'),
    pair('AWS::ApiGateway::Method', 'Method', 'orders POST /orders'),
    pair('AWS::ApiGateway::Authorizer', 'Authorizer', 'users'),
    pair('AWS::ApiGatewayV2::Api', 'HttpApi', 'orders-http'),
    pair('AWS::ApiGatewayV2::Stage', 'HttpStage', 'orders-http/$default'),
    pair('AWS::ApiGatewayV2::Route', 'Route', 'orders-http GET /orders'),
    pair('AWS::ApiGatewayV2::Integration', 'HttpIntegration', 'i1'),
    pair('AWS::WAFv2::WebACL', 'Acl', 'orders'),
    pair('AWS::EC2::VPCEndpoint', 'Endpoint', 'vpce-1'),
  ],
};
