/** The public API of `headgate/reference-stack`: constructs to compose an application of your own. */
export {
  ApiFlow,
  type ApiAuthorization,
  type ApiDomain,
  type ApiFlowProps,
  type ApiRoute,
} from './api-flow.ts';
export { BatchFlow, type BatchFlowProps, type PaymentEvents } from './batch-flow.ts';
export { ClientPool, type ClientPoolProps, type ClientScope } from './client-pool.ts';
export { CodeSigning } from './code-signing.ts';
export { EventsFlow, type EventsFlowProps, type EventsHandler } from './events-flow.ts';
export { ExecutionRole, type ExecutionRoleProps } from './execution-role.ts';
export { ExternalApi, type ExternalApiProps } from './external-api.ts';
export { FlowKey, type FlowKeyProps, type KeyService } from './flow-key.ts';
export { Foundation, type FoundationProps } from './foundation.ts';
export { FulfilmentWorkflow, type FulfilmentWorkflowProps } from './fulfilment-workflow.ts';
export { handlerCode, shippedHandler } from './handler-code.ts';
export {
  NetworkFoundation,
  type EndpointService,
  type NetworkFoundationProps,
  type Placement,
} from './network-foundation.ts';
export { FlowObservability, type FlowObservabilityProps } from './observability.ts';
export { Operations, type OperationsProps } from './operations.ts';
export { personalDataPurpose } from './personal-data.ts';
export type { Posture } from './posture.ts';
export { gatewayPrefixLists, type GatewayPrefixLists } from './prefix-lists.ts';
export {
  referenceApplication,
  type ReferenceApplication,
  type ReferenceApplicationProps,
} from './reference-application.ts';
export { Runbook, type RunbookProps } from './runbook.ts';
export {
  AccessLogBucket,
  SecureBucket,
  type AccessLogBucketProps,
  type SecureBucketProps,
} from './secure-bucket.ts';
export { SecureFunction, metricsNamespace, type SecureFunctionProps } from './secure-function.ts';
export {
  DeadLetterQueue,
  WorkQueue,
  type DeadLetterQueueProps,
  type MappingOptions,
  type QueueContext,
  type WorkQueueProps,
} from './secure-queue.ts';
export { IdempotencyTable, SecureTable, type SecureTableProps } from './secure-table.ts';
export { SecureTopic, subscribeQueue, type SecureTopicProps } from './secure-topic.ts';
export { SignedCode, signedKeysContext, type SignedKeys } from './signed-code.ts';
export { SecurityHub } from './security-hub.ts';
export { WebAcl, type WebAclProps } from './web-acl.ts';
