import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { Stack } from 'aws-cdk-lib';
import * as apigateway from 'aws-cdk-lib/aws-apigateway';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { Match, Template } from 'aws-cdk-lib/assertions';
import {
  ApiFlow,
  BatchFlow,
  EventsFlow,
  ExternalApi,
  Foundation,
  NetworkFoundation,
  type ApiAuthorization,
} from '../../reference-stack/lib/index.ts';
import { newApp } from './reference-app.ts';

function base() {
  const stack = new Stack(newApp(), 'Own');
  const foundation = new Foundation(stack, 'Foundation', {
    network: { externalCidrs: ['203.0.113.0/24'] },
    alarmEmail: 'ops@example.com',
  });
  const externalApi = new ExternalApi(stack, 'Partner', { foundation, url: 'https://api.example.com' });
  const certificate = acm.Certificate.fromCertificateArn(
    stack,
    'Certificate',
    'arn:aws:acm:::certificate/one',
  );
  const api = (authorization?: ApiAuthorization) =>
    new ApiFlow(stack, 'Api', {
      foundation,
      externalApi,
      domain: { name: 'orders.example.com', certificate },
      ...(authorization && { authorization }),
    });
  return { stack, foundation, externalApi, api };
}

describe('the constructs in an application of one’s own', () => {
  it('stand together in one stack without a circle', () => {
    const { stack, foundation, externalApi, api } = base();
    const events = new EventsFlow(stack, 'Events', { foundation });
    const { bus, topic } = events;
    new BatchFlow(stack, 'Batch', {
      foundation,
      externalApi,
      topics: [topic],
      paymentEvents: { bus, source: 'shop' },
    });
    api();
    // Refuses a template whose resources depend on each other in a circle.
    expect(() => Template.fromStack(stack)).not.toThrow();
  });

  it('vouch for the code of the shipped handler, and for no other', () => {
    const waiver = 'headgate::all.application.field-level';
    const own = fileURLToPath(new URL('../../reference-stack/handlers/record-order.ts', import.meta.url));
    const vouchers = (entry?: string) => {
      const { stack, foundation, externalApi } = base();
      new BatchFlow(stack, 'Batch', { foundation, externalApi, ...(entry && { entry }) });
      new EventsFlow(stack, 'Events', { foundation, ...(entry && { entries: { 'record-order': entry } }) });
      return stack.node.findAll().filter((each) => JSON.stringify(each.node.metadata).includes(waiver))
        .length;
    };
    expect(vouchers()).toBe(5);
    expect(vouchers(own)).toBe(3);
  });

  it('let functions out to the addresses that were named, and nowhere else', () => {
    const { stack } = base();
    const cidrs = JSON.stringify(Template.fromStack(stack).findResources('AWS::EC2::SecurityGroup')).match(
      /"CidrIp":"[^"]+"/g,
    );
    expect(cidrs?.filter((cidr) => !cidr.includes('255.255.255.255'))).toEqual(['"CidrIp":"203.0.113.0/24"']);
  });

  it('have no internet gateway and no NAT gateway where nothing calls out', () => {
    const stack = new Stack(newApp(), 'Inner');
    const foundation = new Foundation(stack, 'Foundation', { alarmEmail: 'ops@example.com' });
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::EC2::InternetGateway', 0);
    template.resourceCountIs('AWS::EC2::NatGateway', 0);
    expect(() => foundation.network.placement(true)).toThrow('`externalCidrs`');
  });

  it('authorize by IAM where that is asked for', () => {
    const { stack, api } = base();
    api({ by: 'iam' });
    const template = Template.fromStack(stack);
    template.allResourcesProperties('AWS::ApiGateway::Method', { AuthorizationType: 'AWS_IAM' });
    template.resourceCountIs('AWS::Cognito::UserPool', 0);
  });

  it('authorize by an authorizer of one’s own', () => {
    const { stack, api } = base();
    const handler = lambda.Function.fromFunctionArn(
      stack,
      'Own',
      'arn:aws:lambda:eu-west-1:111122223333:function:own',
    );
    api({ by: 'custom', authorizer: new apigateway.TokenAuthorizer(stack, 'Tokens', { handler }) });
    Template.fromStack(stack).allResourcesProperties('AWS::ApiGateway::Method', {
      AuthorizationType: 'CUSTOM',
      AuthorizerId: { Ref: Match.stringLikeRegexp('Tokens') },
    });
  });

  it('encrypt a cache where one is asked for', () => {
    const { stack, foundation, externalApi } = base();
    const certificate = acm.Certificate.fromCertificateArn(stack, 'Other', 'arn:aws:acm:::certificate/two');
    const domain = { name: 'orders.example.com', certificate };
    new ApiFlow(stack, 'Cached', { foundation, externalApi, domain, cacheSize: '0.5' });
    Template.fromStack(stack).hasResourceProperties('AWS::ApiGateway::Stage', {
      CacheClusterEnabled: true,
      MethodSettings: [Match.objectLike({ CachingEnabled: true, CacheDataEncrypted: true })],
    });
  });

  it('take the prefix lists that are given', () => {
    const { stack, foundation } = base();
    new NetworkFoundation(stack, 'Second', {
      posture: 'production',
      key: foundation.key,
      prefixLists: { s3: 'pl-s3', dynamoDb: 'pl-dynamodb' },
      services: ['kms'],
    });
    Template.fromStack(stack).hasResourceProperties('AWS::EC2::SecurityGroup', {
      SecurityGroupEgress: Match.arrayWith([Match.objectLike({ DestinationPrefixListId: 'pl-dynamodb' })]),
    });
  });
});
