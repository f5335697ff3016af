import type { Mutation } from './apply-mutation.ts';

/** For each rule of the catalogue, one edit of the reference application that breaks it. */
export const matrix: readonly Mutation[] = [
  {
    rule: 'api.waf.associated',
    on: 'ApiDeploymentStagelive',
    mistake: 'the association is dropped',
    edits: [{ drop: 'ApiWebAclAssociation' }],
  },
  {
    rule: 'all.lambda.code-signing',
    on: 'ApiOrderApiFunction',
    mistake: 'no code signing configuration',
    edits: [{ id: 'ApiOrderApiFunction', remove: 'CodeSigningConfigArn' }],
  },
  {
    rule: 'all.lambda.tracing',
    on: 'BatchProcessOrdersFunction',
    mistake: 'tracing only passes through',
    edits: [{ id: 'BatchProcessOrdersFunction', set: 'TracingConfig.Mode', to: 'PassThrough' }],
    also: [
      {
        rule: 'all.xray.everywhere',
        on: 'BatchProcessOrdersFunction',
        because: 'it decides the same switch along the flow',
      },
    ],
  },
  {
    rule: 'batch.dlq.redrive',
    on: 'BatchOrdersQueue',
    mistake: 'no redrive policy',
    edits: [{ id: 'BatchOrdersQueue', remove: 'RedrivePolicy' }],
  },
  {
    rule: 'batch.mapping.partial-failure',
    on: 'BatchProcessOrdersLiveOrdersMapping',
    mistake: 'the whole batch is retried',
    edits: [{ id: 'BatchProcessOrdersLiveOrdersMapping', remove: 'FunctionResponseTypes' }],
  },
];
