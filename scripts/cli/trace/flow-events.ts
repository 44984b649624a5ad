import {
  type Commit,
  type EventLog,
  nameOf,
  parseType,
  type RecordedEvent,
  type ServiceTopology,
} from '@refrain/event-log';
import { INTAKE, type Registry, registryOf } from '@refrain/runtime';
import { commitsOf } from '../shop-log/reading.ts';
import { shopDefinitions } from '../supervisor/shop-topology.ts';

/** One event of a flow, and where it stands. */
export interface FlowEvent extends RecordedEvent {
  readonly service: string;
  readonly entity: string;
  readonly seq: number;
  /** Milliseconds since 1970. */
  readonly at: number;
}

const eventsIn = (service: string, commit: Commit): FlowEvent[] =>
  commit.body().events.map((event) => ({
    ...event,
    service,
    entity: nameOf(commit.entity),
    seq: commit.seq,
    at: commit.at,
  }));

/**
 * All events of a flow, those of guests too. Its entities bear its id, so each is one read; what a hot entity
 * answered is looked for behind each request, since its answers to all flows lie on one subject.
 */
export async function eventsOfFlow(
  log: Pick<EventLog, 'load' | 'read' | 'lastSequence'>,
  flow: string,
  guests: readonly ServiceTopology[] = [],
): Promise<FlowEvent[]> {
  const ofGuests = guests.map(({ service, entityTypes = [] }) =>
    loadAll(log, { service, entityTypes }, flow),
  );
  const services = await Promise.all([
    ...ofGuests,
    ...shopDefinitions()
      .map(registryOf)
      .map(async (registry) => {
        const own = await eventsOfEntities(log, registry, flow);
        return [...own, ...(await hotAnswers(log, registry, own))];
      }),
  ]);
  return services.flat().sort((a, b) => a.at - b.at || a.seq - b.seq);
}

/**
 * The operations of a flow that nothing outside protects from a repeat, by the intents that began them. Of a
 * guest's effects nothing is known.
 */
export function unsafeOperations(
  events: readonly Pick<FlowEvent, 'service' | 'type' | 'operation'>[],
  registries: readonly Pick<Registry, 'contract' | 'effects'>[],
): ReadonlySet<string> {
  const intents = new Set(
    registries.flatMap(({ contract, effects }) =>
      Object.entries(contract.effects)
        .filter(([name]) => effects.get(name)?.rule.repeat.kind === 'unsafe')
        .map(([, { after }]) => `${contract.service} ${after}`),
    ),
  );
  return new Set(
    events.flatMap(({ service, type, operation }) =>
      operation !== undefined && intents.has(`${service} ${type}`) ? [operation] : [],
    ),
  );
}

async function eventsOfEntities(
  log: Pick<EventLog, 'load'>,
  { contract: { service }, kinds }: Registry,
  entityId: string,
): Promise<FlowEvent[]> {
  const kept = [...kinds.values()].filter(({ hot, entityType }) => !hot && entityType !== INTAKE);
  const entityTypes = kept.map(({ entityType }) => entityType);
  return await loadAll(log, { service, entityTypes }, entityId);
}

async function loadAll(
  log: Pick<EventLog, 'load'>,
  { service, entityTypes }: { service: string; entityTypes: readonly string[] },
  entityId: string,
): Promise<FlowEvent[]> {
  const commits = await Promise.all(
    entityTypes.map(async (entityType) => await log.load({ service, entityType, entityId }, 0)),
  );
  return commits.flat().flatMap((commit) => eventsIn(service, commit));
}

async function hotAnswers(
  log: Pick<EventLog, 'read' | 'lastSequence'>,
  { contract: { service }, hot }: Registry,
  events: readonly FlowEvent[],
): Promise<FlowEvent[]> {
  const asked = new Set(hot.flatMap(({ answers }) => answers.map(({ event }) => event.type)));
  const requests = events.filter(({ type }) => asked.has(type));
  if (requests.length === 0) return [];
  const to = await log.lastSequence(service);
  const answers = requests.map(async ({ id, seq }) => {
    for await (const commit of commitsOf(log, service, { from: seq + 1, to })) {
      if (!mayAnswer(commit, hot)) continue;
      const answer = eventsIn(service, commit).filter(({ cause }) => cause === `event:${id}`);
      if (answer.length > 0) return answer;
    }
    return []; // not answered yet
  });
  return (await Promise.all(answers)).flat();
}

/** Told from the header: bodies of other entities are not decoded. */
const mayAnswer = ({ entity, types }: Commit, hot: Registry['hot']): boolean =>
  hot.some(({ decider }) => decider.$decider.entityType === entity.entityType) &&
  types.some((text) => parseType(text).type !== 'refrain.Noted');
