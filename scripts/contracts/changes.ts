import { same } from './comparing.ts';
import { type DescribedEvent, type DescribedService, type Description, hearersOf } from './description.ts';
import { effectChanges } from './effect-changes.ts';
import { outsiderChanges } from './outsider-changes.ts';
import { schemaChanges } from './schema-changes.ts';

/** One difference between what was promised and what is promised now. */
export interface Change {
  /** Which service it is of, and what of it: `payments.ChargeCaptured`. */
  readonly service: string;
  readonly where: string;
  readonly what: string;
  /** Whom it breaks, and how. Empty: nobody. */
  readonly breaks: readonly string[];
  /** What to do instead, where it breaks somebody. */
  readonly todo?: string | undefined;
  /** An event that is recorded in a newer version now: who hears it is deployed before who records it. */
  readonly raised?: { readonly type: string; readonly to: number } | undefined;
}

/** What a difference is about, to both descriptions. */
export interface Compared {
  readonly before: Description;
  readonly after: Description;
  readonly service: string;
}

/** Every difference, service by service, those that break somebody first. */
export function changesOf(before: Description, after: Description): Change[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const all = names.flatMap((service): Change[] => {
    const compared = { before, after, service };
    const [was, is] = [before[service], after[service]];
    if (!was) return [{ service, where: service, what: 'the service is new', breaks: [] }];
    if (!is) return [serviceGone(compared)];
    return [
      ...entityChanges(compared, was, is),
      ...eventChanges(compared, was, is),
      ...pairChanges(compared, was, is),
      ...effectChanges(compared, was.effects, is.effects),
      ...heardChanges(compared, was, is),
      ...outsiderChanges(service, was.outsiders, is.outsiders),
    ];
  });
  return [
    ...all.filter(({ breaks }) => breaks.length > 0),
    ...all.filter(({ breaks }) => breaks.length === 0),
  ];
}

/** Who hears an event, before or now. */
const hearers = ({ before, after, service }: Compared, type: string): string[] => [
  ...new Set([...hearersOf(before, service, type), ...hearersOf(after, service, type)]),
];

function serviceGone({ before, after, service }: Compared): Change {
  const events = Object.keys(before[service]?.events ?? {});
  const heard = events.flatMap((type) =>
    hearersOf(after, service, type).map((who) => `${who} hears ${type}`),
  );
  return {
    service,
    where: service,
    what: 'the service is gone',
    breaks: [
      ...heard,
      `its log EVENTS_${service.toUpperCase().replaceAll('-', '_')}: nobody reads it any more`,
    ],
    todo: 'keep it until its flows have ended and nobody hears it; its log stays for the audit',
  };
}

function entityChanges({ service }: Compared, was: DescribedService, is: DescribedService): Change[] {
  return Object.entries(was.entities).flatMap(([entity, id]): Change[] => {
    const where = `${service}.${entity}`;
    const now = is.entities[entity];
    const breaks = [`the log: ${entity}/… is read and written under the ids of before`];
    const todo = 'leave the entity as it is; what is named otherwise is another entity';
    if (!now) return [{ service, where, what: 'the entity is gone', breaks, todo }];
    if (same(id, now)) return [];
    const what = `its id was ${JSON.stringify(id)} and is ${JSON.stringify(now)}`;
    return [{ service, where, what, breaks, todo }];
  });
}

function eventChanges(compared: Compared, was: DescribedService, is: DescribedService): Change[] {
  const { service } = compared;
  const gone = Object.keys(was.events).filter((type) => !is.events[type]);
  const removed = gone.map((type): Change => {
    const log = `the log: an entity that has recorded ${type} can be read by nobody`;
    return {
      service,
      where: `${service}.${type}`,
      what: 'the event is gone',
      breaks: [log, ...hearers(compared, type).map((who) => `${who} hears it`)],
      todo: 'bring it back: it may be recorded no more, but it must be read',
    };
  });
  const others = Object.entries(is.events).flatMap(([type, event]): Change[] => {
    const old = was.events[type];
    if (old) return eventChange(compared, type, old, event);
    return [{ service, where: `${service}.${type}`, what: 'the event is new', breaks: [] }];
  });
  return [...removed, ...others];
}

function eventChange(compared: Compared, type: string, was: DescribedEvent, is: DescribedEvent): Change[] {
  const { service } = compared;
  const where = `${service}.${type}`;
  const moved: Change[] =
    was.entity === is.entity
      ? []
      : [
          {
            service,
            where,
            what: `it belongs to ${is.entity} and belonged to ${was.entity}`,
            breaks: [`the log: ${was.entity}/… has recorded it and cannot be read`],
            todo: 'leave it where it is, and declare another event there',
          },
        ];
  const [old, now] = [was.versions[was.version] ?? {}, is.versions[is.version] ?? {}];
  const found = schemaChanges(old, now);
  const told = found.map(({ path, what }) => `${path === '' ? 'the data' : path} ${what}`);
  if (is.version > was.version) {
    const how = told.length > 0 ? `: ${told.join('; ')}` : '';
    const what = `version ${was.version} became ${is.version}${how}`;
    return [...moved, { service, where, what, breaks: [], raised: { type, to: is.version } }];
  }
  if (is.version < was.version) {
    const what = `version ${was.version} became ${is.version}`;
    const breaks = [`the log: what is stored as version ${was.version} waits for a build that knows it`];
    return [...moved, { service, where, what, breaks, todo: 'a version only ever grows' }];
  }
  const shape = found.map((change, i): Change => {
    const log = `the log: what is stored as version ${was.version} does not fit any more`;
    const readers = hearers(compared, type).map((who) => `${who} as it was built before`);
    const breaks = [...(change.refusesOld ? [log] : []), ...(change.refusedByOld ? readers : [])];
    const todo = `declare version ${was.version + 1} with an upcast from ${was.version}`;
    return { service, where, what: told[i] ?? '', breaks, ...(breaks.length > 0 && { todo }) };
  });
  return [...moved, ...shape];
}

function pairChanges(compared: Compared, was: DescribedService, is: DescribedService): Change[] {
  const { service } = compared;
  const undo = Object.entries(was.undoneBy).flatMap(([type, by]): Change[] => {
    const now = is.undoneBy[type];
    if (now === by) return [];
    const what = now === undefined ? `${by} undoes it no more` : `${now} undoes it, it was ${by}`;
    const breaks = [
      `flows that are cancelled after ${type}: they wait for ${by}`,
      ...hearers(compared, by).map((who) => `${who} hears ${by}`),
    ];
    const todo = 'keep what undoes it until the flows that rely on it have ended';
    return [{ service, where: `${service}.${type}`, what, breaks, todo }];
  });
  const more = Object.entries(is.undoneBy)
    .filter(([type]) => was.undoneBy[type] === undefined)
    .map(
      ([type, by]): Change => ({ service, where: `${service}.${type}`, what: `${by} undoes it`, breaks: [] }),
    );
  return [...undo, ...more, ...listChanges(service, was, is)];
}

function listChanges(service: string, was: DescribedService, is: DescribedService): Change[] {
  const lost = {
    waits: 'a person: it is shown and asked about no more',
    pivots: 'flows: it may be undone, and nothing undoes it',
  };
  return (['waits', 'pivots'] as const).flatMap((list): Change[] => [
    ...was[list]
      .filter((type) => !is[list].includes(type))
      .map((type) => ({
        service,
        where: `${service}.${type}`,
        what: `it is no more among the ${list}`,
        breaks: [lost[list]],
        todo: `put it back, or say in undoneBy what undoes it`,
      })),
    ...is[list]
      .filter((type) => !was[list].includes(type))
      .map((type) => ({
        service,
        where: `${service}.${type}`,
        what: `it is among the ${list} now`,
        breaks: [],
      })),
  ]);
}

function heardChanges(compared: Compared, was: DescribedService, is: DescribedService): Change[] {
  const { service } = compared;
  const lists = [
    { key: 'hears' as const, name: (line: string) => `hears ${line}` },
    { key: 'deadlines' as const, name: (line: string) => `has a deadline after ${line}` },
    { key: 'told' as const, name: (line: string) => `takes ${line}` },
  ];
  return lists.flatMap(({ key, name }): Change[] => [
    ...was[key]
      .filter((line) => !is[key].includes(line))
      .map((line) => ({
        service,
        where: service,
        what: `no more ${name(line)}`,
        breaks: [
          'flows under way: what follows from it never begins',
          'the log: under another name what was handled is handled once more',
        ],
        todo: 'give it back under its name, which is part of ids',
      })),
    ...is[key]
      .filter((line) => !was[key].includes(line))
      .map((line) => ({
        service,
        where: service,
        what: `${name(line)}, which is new`,
        ...(key === 'hears' ? newHearing(compared, line) : { breaks: [] }),
      })),
  ]);
}

/** A durable that has passed a log's history does not hear of a further type of entity in it. */
function newHearing({ before, after, service }: Compared, line: string): Pick<Change, 'breaks' | 'todo'> {
  const [source = '', type = ''] = (line.split(':')[0] ?? '').split('.');
  const entityOf = (event: string): string | undefined => after[source]?.events[event]?.entity;
  const heard = (before[service]?.hears ?? [])
    .map((old) => (old.split(':')[0] ?? '').split('.'))
    .filter(([from]) => from === source)
    .map(([, event = '']) => entityOf(event));
  if (source === service || heard.length === 0 || heard.includes(entityOf(type))) return { breaks: [] };
  return {
    breaks: [
      `\`up\`: ${service} has heard ${source} without ${entityOf(type)}, and would miss what is long past`,
    ],
    todo: `hear an event of ${heard[0]} instead, or begin with an empty log`,
  };
}
