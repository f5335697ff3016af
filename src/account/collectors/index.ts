import type { Collector } from '../collector.ts';
import { acm } from './acm.ts';
import { apigateway } from './apigateway.ts';
import { apigatewayv2 } from './apigatewayv2.ts';
import { applicationAutoscaling } from './application-autoscaling.ts';
import { cloudfront } from './cloudfront.ts';
import { cloudwatch } from './cloudwatch.ts';
import { cloudwatchLogs } from './cloudwatch-logs.ts';
import { cognito } from './cognito.ts';
import { dynamodb } from './dynamodb.ts';
import { ec2 } from './ec2.ts';
import { eventbridge } from './eventbridge.ts';
import { iam } from './iam.ts';
import { kms } from './kms.ts';
import { lambda } from './lambda.ts';
import { pipes } from './pipes.ts';
import { s3 } from './s3.ts';
import { s3Control } from './s3-control.ts';
import { scheduler } from './scheduler.ts';
import { secretsmanager } from './secretsmanager.ts';
import { securityhub } from './securityhub.ts';
import { sfn } from './sfn.ts';
import { signer } from './signer.ts';
import { sns } from './sns.ts';
import { sqs } from './sqs.ts';
import { ssm } from './ssm.ts';
import { wafv2, wafv2Global } from './wafv2.ts';

/** Every service that is read, by name. */
export const collectors: readonly Collector[] = [
  acm,
  apigateway,
  apigatewayv2,
  applicationAutoscaling,
  cloudfront,
  cloudwatch,
  cloudwatchLogs,
  cognito,
  dynamodb,
  ec2,
  eventbridge,
  iam,
  kms,
  lambda,
  pipes,
  s3,
  s3Control,
  scheduler,
  secretsmanager,
  securityhub,
  sfn,
  signer,
  sns,
  sqs,
  ssm,
  wafv2,
  wafv2Global,
];
