import type { Collector } from '../collector.ts';
import { apigateway } from './apigateway.ts';
import { ec2 } from './ec2.ts';
import { eventbridge } from './eventbridge.ts';
import { lambda } from './lambda.ts';
import { sqs } from './sqs.ts';
import { wafv2, wafv2Global } from './wafv2.ts';

/** Every service that is read, by name. */
export const collectors: readonly Collector[] = [
  apigateway,
  ec2,
  eventbridge,
  lambda,
  sqs,
  wafv2,
  wafv2Global,
];
