export { type ArchivedEvent, commitOf, flowsOf, linesOf, type StoredMessage } from './archive.ts';
export {
  ARCHIVE_LINE_BYTES_MAX,
  type ArchiveBegin,
  type ArchiveEnd,
  type ArchiveItem,
  type ArchiveKept,
  ArchiveReader,
  beginLine,
  endLine,
  keptLine,
} from './archive-reader.ts';
export { type CloudEvent, fromCloudEvent, toCloudEvent } from './cloud-events.ts';
export {
  COMMIT_BYTES_MAX,
  type Commit,
  type CommitBody,
  correlationHeader,
  decodeBody,
  headersOf,
  type NewCommit,
  newCommit,
  type Position,
  parseType,
  type RecordedEvent,
  typesHeader,
} from './commit.ts';
export { type Entity, entityOfSubject, nameOf, streamOf, subjectOf, subjectsOf } from './entity.ts';
export type {
  Alarm,
  AppendResult,
  Bucket,
  Clock,
  Delivery,
  DurableRef,
  Durables,
  DurableState,
  EventLog,
  Firing,
  Kept,
  LogStorage,
  Recovering,
  Schedules,
  SubscribeOptions,
  Subscription,
} from './ports.ts';
export { decodeTold, outsiderOf, TOLD_BYTES_MAX } from './told.ts';
export {
  type DurableDeclaration,
  outsiderDurableOf,
  type OutsiderTopology,
  type ServiceTopology,
} from './topology.ts';
