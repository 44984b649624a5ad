import { intakeOf } from '@refrain/contract-kit';
import { outsiderDurableOf, type ServiceTopology, streamOf, subjectsOf } from '@refrain/event-log';
import { inboxPrefixOf } from './connect.ts';
import {
  alarmSubject,
  DUE_DURABLE,
  GOVERNOR_STREAM,
  governorKeySubject,
  outsiderUserOf,
  RECOVERY_STREAM,
  recoveryKeySubject,
  reportSubject,
  scheduleStreamOf,
  snapshotKeySubject,
  snapshotStreamOf,
  storedWordSubject,
  wordSubject,
} from './names.ts';

/** What a user of the broker may do; all else is refused. */
export interface UserPlan {
  readonly name: string;
  readonly publish: readonly string[];
  readonly subscribe: readonly string[];
  /** A program that is none of ours: a shop runs without it. */
  readonly outside?: true;
}

/**
 * May make, change and look at everything, but delete no stream and no message of one; publishes no events.
 */
export function adminUser(clocks: readonly string[]): UserPlan {
  const stream = ['CREATE', 'UPDATE', 'INFO', 'MSG.GET'].map((verb) => `STREAM.${verb}.*`);
  const consumer = ['CREATE', 'DURABLE.CREATE', 'INFO', 'LIST', 'NAMES', 'RESET'].map(
    (verb) => `CONSUMER.${verb}.>`,
  );
  const purge = clocks.map((name) => `STREAM.PURGE.${name}`);
  const api = [
    'INFO',
    'STREAM.NAMES',
    'STREAM.LIST',
    ...stream,
    ...consumer,
    ...purge,
    'DIRECT.GET.*',
    'DIRECT.GET.*.>',
  ];
  return user('admin', [
    ...api.map((subject) => `$JS.API.${subject}`),
    recoveryKeySubject('>'), // it alone begins a recovery
  ]);
}

/** Hears every report, and writes and reads what governors share. */
export function governorUser(): UserPlan {
  const allowed = [governorKeySubject('>'), ...asking(GOVERNOR_STREAM)];
  return user('governor', allowed, [reportSubject('*', '*')]);
}

/** Reads every event stream, every snapshot and what the governor has said, and writes nothing. */
export const auditUser = (events: readonly string[], snapshots: readonly string[]): UserPlan =>
  user('audit', [
    ...[...events, ...snapshots].flatMap(reading),
    ...[GOVERNOR_STREAM, RECOVERY_STREAM].flatMap(asking),
  ]);

/**
 * Reads and writes its own, takes the deliveries of its own durables on others' streams, tells the governor
 * what it does, and hears its words. For a recovery it notes its floors and tells what it did.
 */
export function serviceUser({ service, durables, schedules }: ServiceTopology): UserPlan {
  const clocks = scheduleStreamOf(service);
  const own = [subjectsOf(service), ...reading(streamOf(service))];
  const hearing = durables.flatMap(({ stream, durable }) => taking(streamOf(stream), durable));
  // Purging is the one way to cancel an alarm; it reaches the service's own stream of them, and no truth is
  // in it.
  const parking = [
    alarmSubject(service, '*'),
    `$JS.API.STREAM.PURGE.${clocks}`,
    `$JS.API.STREAM.MSG.GET.${clocks}`,
    ...taking(clocks, DUE_DURABLE),
  ];
  const governed = [
    reportSubject(service, '*'),
    `$JS.API.DIRECT.GET.${GOVERNOR_STREAM}.${storedWordSubject('*')}`,
  ];
  const recovering = [
    ...durables.map(({ stream, durable }) => recoveryKeySubject(`floor.${stream}.${durable}`)),
    recoveryKeySubject(`report.${service}`),
    `$JS.API.STREAM.MSG.GET.${RECOVERY_STREAM}`,
  ];
  const keeping = [snapshotKeySubject(service, '>'), `$JS.API.STREAM.MSG.GET.${snapshotStreamOf(service)}`];
  const publish = [...own, ...hearing, ...(schedules ? parking : []), ...governed, ...recovering, ...keeping];
  return user(service, publish, [wordSubject('*')]);
}

/**
 * Publishes under its one subject of each service that takes what it tells, and takes the deliveries of its
 * own durables. It reads no log, makes nothing, and hears nobody else's answers.
 */
export function outsiderUsers(services: readonly ServiceTopology[]): UserPlan[] {
  const grants = services.flatMap(({ service, outsiders = [] }) =>
    outsiders.map(({ name, tells, hears }) => ({
      name,
      publish: [
        ...(tells ? [subjectsOf(intakeOf(service), name)] : []),
        ...(hears.length > 0 ? taking(streamOf(service), outsiderDurableOf(name)) : []),
      ],
    })),
  );
  return [...Map.groupBy(grants, ({ name }) => name)].map(([name, all]) => ({
    ...user(
      outsiderUserOf(name),
      all.flatMap(({ publish }) => publish),
    ),
    outside: true,
  }));
}

const asking = (stream: string): string[] =>
  ['STREAM.MSG.GET', 'DIRECT.GET'].map((verb) => `$JS.API.${verb}.${stream}`);

const reading = (stream: string): string[] =>
  ['STREAM.INFO', 'STREAM.MSG.GET', 'DIRECT.GET'].map((verb) => `$JS.API.${verb}.${stream}`);

const taking = (stream: string, durable: string): string[] => [
  `$JS.API.CONSUMER.INFO.${stream}.${durable}`,
  `$JS.API.CONSUMER.MSG.NEXT.${stream}.${durable}`,
  `$JS.ACK.${stream}.${durable}.>`,
];

const user = (name: string, publish: string[], subscribe: string[] = []): UserPlan => ({
  name,
  publish,
  subscribe: [`${inboxPrefixOf(name)}.>`, ...subscribe],
});
