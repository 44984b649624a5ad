export { type Reconciled, reconcile } from './admin.ts';
export type { Appended } from './append.ts';
export { type BrokerOptions, canLogIn, connectBroker, inboxPrefixOf, mayAsk } from './connect.ts';
export { adoptPlatform, type Copies, jetStreamCopies } from './copies.ts';
export { type JetStreamOptions, jetStreamEventLog } from './event-log.ts';
export { type GoverningOptions, jetStreamGoverning, jetStreamReports } from './governing.ts';
export { jetStreamGovernorStore } from './governor-store.ts';
export { type BrokerFacts, type DurableFacts, inspectBroker, type StreamFacts } from './inspection.ts';
export { alarmSubject, DUE_DURABLE, dueSubject, RECOVERY_STREAM, scheduleStreamOf } from './names.ts';
export type { Log } from './pull.ts';
export { platformIdOf } from './platform-id.ts';
export { guardReconnects } from './reconnect-guard.ts';
export { jetStreamRecovering } from './recovering.ts';
export { jetStreamSchedules } from './schedules.ts';
export { jetStreamSnapshots, snapshotKeys } from './snapshots.ts';
export { type StoredLog, storedLogs } from './stored-logs.ts';
export {
  type BrokerPlan,
  brokerPlan,
  type DurablePlan,
  type PlanOptions,
  type StreamPlan,
} from './topology.ts';
export { type BrokerUser, natsServerConfig, natsUsersConfig, type ServerConfig } from './users.ts';
export type { UserPlan } from './user-plans.ts';
