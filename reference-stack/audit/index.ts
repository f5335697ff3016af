/** Headgate on a schedule, as constructs: one account, or an organization. */
export { auditNamespace } from './audit-alarms.ts';
export { Audit, type AuditProps } from './audit.ts';
export {
  auditApplication,
  auditFoundation,
  AuditStack,
  type AuditApplication,
  type AuditApplicationProps,
} from './audit-application.ts';
export { AuditBucket, type AuditBucketProps } from './audit-bucket.ts';
export { admitReads, addStsEndpoint } from './audit-network.ts';
export { AuditRecheck, type AuditRecheckProps } from './audit-recheck.ts';
export type { NewsProps } from './audit-news.ts';
export { EvaluationsTable, savedQueries, type EvaluationsTableProps } from './evaluations-table.ts';
export { AuditStateMachine, type AuditStateMachineProps } from './audit-state-machine.ts';
export { Fleet, type FleetProps } from './fleet.ts';
export { fleetApplication, FleetStack, type FleetApplicationProps } from './fleet-application.ts';
export { fleetDefinition, type FleetDefinitionProps } from './fleet-definition.ts';
export { memberRoleName, memberRoleTemplate, type ReadPolicy } from './member-role.ts';
export { ReaderRole, type ReaderRoleProps } from './reader-role.ts';
export { splitDefinition } from './split-states.ts';
