import { functionSide } from '../function-side.ts';
import { at, layOver, pair, type ParityCase, type Side } from '../parity-case.ts';

/** Nobody but CloudFormation may invoke the function: no API tells, and the logical id of its stack does. */
const served: Side = {
  resources: { Call: ['AWS::CloudFormation::CustomResource', { ServiceToken: at('Fn') }] },
  replies: {
    'lambda.ListTags': {
      Tags: { 'aws:cloudformation:logical-id': 'AWS679f53fac002430cb0da5b7982bd22872D164C4C' },
    },
  },
};
const unserved: Side = { resources: { Call: undefined }, replies: { 'lambda.ListTags': { Tags: {} } } };

/** A function that CDK made for its custom resources. */
export const customResourceCases: readonly ParityCase[] = [
  {
    name: 'a function that serves custom resources',
    sound: layOver(functionSide(), served),
    bad: unserved,
    pairs: [pair('AWS::Lambda::Function', 'Fn', 'orders')],
    proofs: [
      {
        type: 'AWS::CloudFormation::CustomResource',
        // The tags that tell are the function's.
        shownBy: ['AWS::Lambda::Function'],
        owner: 'Fn',
        rules: [
          'all.alarm.throttles',
          'all.lambda.async-failure',
          'all.lambda.log-group',
          'all.lambda.powertools',
          'all.lambda.reserved-concurrency',
          'all.lambda.structured-logging',
          'all.lambda.tracing',
          'all.lambda.vpc',
          'all.logs.insights',
          'all.metrics.custom',
          'batch.alarm.error-rate',
        ],
        change: unserved,
      },
    ],
  },
];
