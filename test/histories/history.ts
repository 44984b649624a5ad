import { readFileSync } from 'node:fs';
import { commitOf, type Commit, nameOf, parseType } from '@refrain/event-log';
import {
  decisionsOf,
  type Difference,
  type ReadableLog,
  replayLog,
  type ReplayReport,
} from '@refrain/replay';
import type { ServiceDefinition } from '@refrain/runtime';
import { z } from 'zod';
import { itemsOf } from '../../scripts/cli/archive/archive-file.ts';
import { HISTORY_MESSAGES_MAX } from '../../scripts/cli/archive/record-flow.ts';

/** A decision that comes out otherwise today, and may: by its service, its reaction and its events. */
const migration = z.strictObject({
  service: z.string(),
  reaction: z.string(),
  recorded: z.array(z.string()),
  decided: z.array(z.string()),
  why: z.string().min(1),
});

export type Migration = z.output<typeof migration>;

/** What a history says of today's code. */
export interface HistoryReport {
  readonly flow: string;
  readonly services: readonly ReplayReport[];
  /** Decisions that come out otherwise, and of which no migration says why. Empty: all is well. */
  readonly undeclared: readonly string[];
  /** Migrations that no decision needs any more. */
  readonly unused: readonly Migration[];
}

/** The commits of a history, as logs that can be read. Holds all of it in memory: 10,000 messages. */
async function historyOf(
  file: string,
): Promise<{ readonly flow: string; readonly services: readonly string[]; readonly log: ReadableLog }> {
  const commits = new Map<string, Commit[]>();
  let flow = '';
  let count = 0;
  for await (const item of itemsOf(file)) {
    if (item.kind === 'begin') {
      flow = item.begin.flow ?? '';
      if (flow === '') throw new Error(`${file} is no history of a flow`);
      for (const service of Object.keys(item.begin.positions)) commits.set(service, []);
    }
    if (item.kind !== 'message') continue;
    if (++count > HISTORY_MESSAGES_MAX)
      throw new Error(`${file} has more than ${HISTORY_MESSAGES_MAX} messages`);
    commits.get(item.message.service)?.push(commitOf(item.message));
  }
  const of = (service: string): readonly Commit[] => commits.get(service) ?? [];
  const log: ReadableLog = {
    load: async (entity, after) =>
      of(entity.service).filter((commit) => nameOf(commit.entity) === nameOf(entity) && commit.seq > after),
    read: async (service, from, limit) =>
      of(service)
        .filter(({ seq }) => seq >= from)
        .slice(0, limit),
    lastSequence: async (service) => of(service).at(-1)?.seq ?? 0,
  };
  return { flow, services: [...commits.keys()], log };
}

/**
 * Makes every decision of a history again. Beside `name.ndjson`, `name.migrations.json` says which of them
 * may come out otherwise, and why.
 */
export async function replayHistory(
  file: string,
  definitions: readonly ServiceDefinition[],
  migrations: readonly Migration[] = migrationsOf(file),
): Promise<HistoryReport> {
  const { flow, services, log } = await historyOf(file);
  const reports: ReplayReport[] = [];
  const undeclared: string[] = [];
  const used = new Set<Migration>();
  for (const service of services) {
    const definition = definitions.find(({ contract }) => contract.$contract.service === service);
    if (!definition) {
      undeclared.push(`${service}: there is no such service any more`);
      continue;
    }
    const report = await replayLog({ log, decisions: decisionsOf(definition) });
    reports.push(report);
    for (const difference of report.differences) {
      const declared = migrations.find((one) => isMeant(one, service, difference));
      if (declared) used.add(declared);
      else {
        const [commit] = await log.read(service, difference.seq, 1);
        undeclared.push(told(service, difference, { commit, definitions }));
      }
    }
  }
  return { flow, services: reports, undeclared, unused: migrations.filter((one) => !used.has(one)) };
}

/** None where there is no such file. @throws for one that is not as it should be. */
function migrationsOf(file: string): Migration[] {
  const path = file.replace(/\.ndjson$/, '.migrations.json');
  try {
    return z.array(migration).parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw new Error(`${path} cannot be read`, { cause: error });
  }
}

const typesOf = (events: Difference['recorded']): string[] => events.map(({ type }) => type);

const isMeant = (one: Migration, service: string, { reaction, recorded, decided }: Difference): boolean =>
  one.service === service &&
  one.reaction === reaction &&
  String(one.recorded) === String(typesOf(recorded)) &&
  String(one.decided) === String(typesOf(decided));

/** A difference, and who hears the events in it. `commit`: where it stands, as the log has it. */
function told(
  service: string,
  { entity, seq, reaction, because, recorded, decided, problem }: Difference,
  { commit, definitions }: { commit: Commit | undefined; definitions: readonly ServiceDefinition[] },
): string {
  const event = ({ type, version, data }: Difference['recorded'][number]): string =>
    `${type}.${version} ${JSON.stringify(data)}`;
  const events = (list: Difference['recorded']): string => list.map(event).join(', ') || 'nothing';
  const stored = recorded.length > 0 ? events(recorded) : (commit?.types.join(', ') ?? 'nothing');
  const types = [...(commit?.types ?? []).map((text) => parseType(text).type), ...typesOf(decided)];
  const heard = hearersOf(service, types, definitions);
  const why = because ? ` because of ${because.service} ${because.type}` : '';
  return [
    `${service} ${entity} at ${seq}${reaction === '' ? '' : `, "${reaction}"${why}`}`,
    `  recorded: ${stored}`,
    `  today: ${problem ?? events(decided)}`,
    `  heard by ${heard.join(', ') || 'nobody'}`,
  ].join('\n');
}

/** The services that hear one of these events. */
export function hearersOf(
  service: string,
  types: readonly string[],
  definitions: readonly ServiceDefinition[],
): string[] {
  const hears = ({ reactions, hot }: ServiceDefinition): boolean =>
    [...reactions, ...hot.flatMap(({ answers }) => answers)].some(
      ({ event }) => event.service === service && types.includes(event.type),
    );
  return definitions.filter(hears).map(({ contract }) => contract.$contract.service);
}
