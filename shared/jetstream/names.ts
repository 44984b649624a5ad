/** `SCHEDULES_PAYMENTS`: the alarm clocks of a service. */
export const scheduleStreamOf = (service: string): string =>
  `SCHEDULES_${service.toUpperCase().replaceAll('-', '_')}`;

/** Where an operation's alarm is set. STORED FORMAT. */
export const alarmSubject = (service: string, operation: string): string =>
  `schedules.${service}.at.${operation}`;

/** Where it fires. STORED FORMAT. */
export const dueSubject = (service: string, operation: string): string =>
  `schedules.${service}.due.${operation}`;

/** The durable that hears what fires, one per service. */
export const DUE_DURABLE = 'due';

/** The broker's user of an outsider. */
export const outsiderUserOf = (outsider: string): string => `outside-${outsider}`;

/** The stream of the bucket that governors share: the lease, words, pins, the policy. */
export const GOVERNOR_STREAM = 'KV_governor';

/** Where a key of that bucket is stored, as key-value clients of NATS have it. STORED FORMAT. */
export const governorKeySubject = (key: string): string => `$KV.governor.${key}`;

/** Where the last word on a dependency is stored. STORED FORMAT. */
export const storedWordSubject = (dependency: string): string => governorKeySubject(`word.${dependency}`);

/** Where instances hear each word on a dependency as it is stored. */
export const wordSubject = (dependency: string): string => `governor.word.${dependency}`;

/** Where the governor hears what an instance did. */
export const reportSubject = (service: string, instance: string): string => `reports.${service}.${instance}`;

/** The stream of the bucket that a recovery after a power cut leans on. */
export const RECOVERY_STREAM = 'KV_recovery';

/** Where a key of that bucket is stored. STORED FORMAT. */
export const recoveryKeySubject = (key: string): string => `$KV.recovery.${key}`;

/** The bucket of a service's snapshots, `KV_snapshots_payments`. */
export const snapshotStreamOf = (service: string): string => `KV_snapshots_${service}`;

/** Where a key of it is stored. */
export const snapshotKeySubject = (service: string, key: string): string => `$KV.snapshots_${service}.${key}`;
