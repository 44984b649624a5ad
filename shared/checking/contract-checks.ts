import type { ContractInfo, EventInfo } from '@refrain/contract-kit';
import { messageOf } from '@refrain/errors';
import type { Finding } from './finding.ts';
import { nameFindings } from './stored-names.ts';
import type { CheckedService } from './world.ts';

/** What can be said from contracts, reactions and samples, without deciding anything. */
export function contractFindings(services: readonly CheckedService[]): Finding[] {
  const known = new Set(services.map(({ definition }) => definition.contract.$contract.service));
  return services.flatMap((service) => [
    ...heardFromNobody(service, known),
    ...unknownEndings(service.definition.contract.$contract),
    ...unheardEndings(service.definition.contract.$contract, services),
    ...untakenFindings(service),
    ...upcastFindings(service.definition.contract.$contract),
    ...sampleFindings(service),
    ...nameFindings(service),
  ]);
}

function heardFromNobody({ definition }: CheckedService, known: ReadonlySet<string>): Finding[] {
  const { service } = definition.contract.$contract;
  return definition.reactions
    .filter(({ event }) => !known.has(event.service))
    .map(({ event, name }) => ({
      rule: 'nobody records it' as const,
      where: `${service}: ${event.service}.${event.type} "${name}"`,
      what: `${service} hears ${event.type} of ${event.service}, which is none of the services`,
      why: 'what is to follow from it never begins, and nothing says so',
      todo: `check it together with ${event.service}, or take the reaction away`,
    }));
}

/** An outsider may tell it, and no reaction makes anything of it. */
function untakenFindings({ definition }: CheckedService): Finding[] {
  const { service, outsiders } = definition.contract.$contract;
  const taken = new Set(definition.told.map(({ event }) => event.type));
  return Object.entries(outsiders).flatMap(([outsider, { tells }]) =>
    Object.keys(tells)
      .filter((type) => !taken.has(type))
      .map((type) => ({
        rule: 'nobody takes it' as const,
        where: `${service}.${type}`,
        what: `${outsider} may tell it, and no reaction takes it`,
        why: 'the service does not start; and were it to, what is told would be a dead letter each time',
        todo: 'take it with told(...), or take it out of the contract',
      })),
  );
}

/** What the platform records by itself when an effect ends otherwise than well. */
const endingsOf = (info: ContractInfo): { effect: string; type: string; unknown: boolean }[] =>
  Object.entries(info.effects).flatMap(([effect, { failures, neverHappened }]) => [
    ...Object.values(failures).map((failure) => ({
      effect,
      type: failure.class === 'rejected' ? failure.records : failure.givingUp,
      unknown: failure.happened === 'unknown',
    })),
    ...(neverHappened === undefined ? [] : [{ effect, type: neverHappened, unknown: false }]),
  ]);

function unknownEndings(info: ContractInfo): Finding[] {
  const silent = endingsOf(info).filter(
    ({ type, unknown }) => unknown && !info.waits.includes(type) && info.undoneBy[type] === undefined,
  );
  return distinctBy(silent, ({ effect, type }) => `${effect} ${type}`).map(({ effect, type }) => ({
    rule: 'unknown leads nowhere',
    where: `${info.service}.${effect}`,
    what: `given up with its outcome unknown it records ${type}, which nothing undoes and nobody is shown`,
    why: 'the world may have changed, and nobody will ever find out',
    todo: `name ${type} in waits, so that it is shown and asked about, or say in undoneBy what undoes it`,
  }));
}

/** An effect that ends badly, and nobody who waits for it is told. */
function unheardEndings(info: ContractInfo, services: readonly CheckedService[]): Finding[] {
  const shown = new Set([...info.waits, ...info.pivots]);
  const unheard = endingsOf(info).filter(({ type }) => !shown.has(type) && !isHeard(services, info, type));
  return distinctBy(unheard, ({ type }) => type).map(({ effect, type }) => ({
    rule: 'nobody hears it',
    where: `${info.service}.${type}`,
    what: `the effect ${effect} may end with it, and no reaction hears it`,
    why: 'the flow that waits for the effect waits for ever, and nothing says so',
    todo: 'react to it where the flow is decided, or name it in waits, so that a person is shown it',
  }));
}

/** Whether any service reacts to an event of this one. */
export const isHeard = (services: readonly CheckedService[], info: ContractInfo, type: string): boolean =>
  services.some(({ definition }) =>
    [
      ...definition.reactions.map(({ event }) => event),
      ...definition.hot.flatMap(({ answers }) => answers.map(({ event }) => event)),
      ...definition.deadlines.map(({ after }) => after),
    ].some((event) => event.service === info.service && event.type === type),
  );

function upcastFindings({ service, events }: ContractInfo): Finding[] {
  return Object.entries(events).flatMap(([type, { version, upcasts }]) =>
    olderThan(version)
      .filter((v) => !upcasts[v])
      .map((v) => ({
        rule: 'version without upcast' as const,
        where: `${service}.${type}`,
        what: `version ${v} has no upcast, and the current version is ${version}`,
        why: `what was stored as version ${v} can be read by nobody, and its entity neither`,
        todo: `say in the contract what version ${v} becomes as version ${v + 1}`,
      })),
  );
}

function sampleFindings({ definition, samples }: CheckedService): Finding[] {
  if (!samples) return [];
  const { service, events } = definition.contract.$contract;
  const missing = Object.entries(events).flatMap(([type, event]) =>
    [...olderThan(event.version), event.version].flatMap((v) =>
      sampleProblem({ definition, samples }, type, v, event),
    ),
  );
  const claimed = (name: string): boolean => {
    const { version } = events[name.slice(0, name.lastIndexOf('.'))] ?? { version: 0 };
    return Number(name.slice(name.lastIndexOf('.') + 1)) <= version;
  };
  const gone = Object.keys(samples).filter((name) => !claimed(name));
  return [
    ...missing,
    ...gone.map((name) => ({
      rule: 'version without sample' as const,
      where: `${service}.${name}`,
      what: 'a sample of it is stored, and no event of the contract has this name and version',
      why: 'logs hold what the sample shows: an entity that has such an event can be read by nobody',
      todo: 'bring the event back: it may be recorded no more, but it must be read',
    })),
  ];
}

function sampleProblem(
  { definition, samples = {} }: CheckedService,
  type: string,
  version: number,
  event: EventInfo,
): Finding[] {
  const { service, types } = definition.contract.$contract;
  const finding = (what: string, todo: string): Finding[] => [
    {
      rule: 'version without sample',
      where: `${service}.${type}.${version}`,
      what,
      why: 'only a stored sample shows that what is in the log can still be read after a change',
      todo,
    },
  ];
  const data = samples[`${type}.${version}`];
  if (data === undefined)
    return finding(
      `no sample of version ${version} is stored`,
      `store one as contract/samples/${type}.${version}.json`,
    );
  if (olderThan(event.version).some((v) => v >= version && !event.upcasts[v])) return []; // said already
  try {
    types[type]?.parse(version, data);
    return [];
  } catch (error) {
    return finding(
      `its stored sample cannot be read: ${messageOf(error)}`,
      'make the schema or the upcast read it again; a changed shape is a new version',
    );
  }
}

const olderThan = (version: number): number[] =>
  Array.from({ length: Math.max(0, version - 1) }, (_, i) => i + 1);

const distinctBy = <T>(all: readonly T[], key: (one: T) => string): T[] => [
  ...new Map(all.map((one) => [key(one), one])).values(),
];
