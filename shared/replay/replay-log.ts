import { RefrainError } from '@refrain/errors';
import type { Commit, Entity } from '@refrain/event-log';
import type { Decisions, ReadableLog } from './decisions.ts';
import { Replay, type ReplayOptions } from './replay.ts';
import type { ReplayReport } from './report.ts';

/** What is replayed. */
export interface Asked extends ReplayOptions {
  readonly log: ReadableLog;
  readonly decisions: Decisions;
  /** Only this entity's decisions. */
  readonly entity?: Pick<Entity, 'entityType' | 'entityId'> | undefined;
  /** The first commit that is not of interest any more ends the reading. Default: the end of the log. */
  readonly isOver?: (commit: Pick<Commit, 'seq' | 'at'>) => boolean;
  /** Told after each page: commits read of all logs, and how much of the service's own log is done. */
  readonly onProgress?: (progress: Progress) => void;
}

export interface Progress {
  readonly read: number;
  readonly seq: number;
  readonly lastSeq: number;
}

/** Commits of one read. Two of them per log are in memory. */
const PAGE = 1_000;

/**
 * A cause is stored before what follows from it. Clocks of different nodes may be apart by so many
 * milliseconds: what was stored later than that is no cause.
 */
const CLOCKS_APART_MS = 60_000;

/** Entities whose causes are looked up one by one; with more of them the logs are read from the start. */
const LOOK_UPS_MAX = 200;

/**
 * Reads a service's log and the logs that it heard, and makes its decisions again. Others' logs are read only
 * as far as causes lie, so memory holds some pages, `entitiesMax` entities and `eventsMax` events.
 *
 * @throws RF_UNREACHABLE when the log does not answer.
 */
export async function replayLog(asked: Asked): Promise<ReplayReport> {
  const replay = new Replay(asked.decisions, asked);
  const run = { ...asked, replay, isOver: asked.isOver ?? (() => false) };
  if (asked.entity) await replayEntity(run, { service: replay.service, ...asked.entity });
  else await replayAll(run);
  return replay.report();
}

type Run = Asked & Required<Pick<Asked, 'isOver'>> & { readonly replay: Replay };

async function replayAll(run: Run): Promise<void> {
  const { log, replay, isOver, onProgress } = run;
  const lastSeq = await log.lastSequence(replay.service);
  const own = new Pages(log, replay.service, lastSeq);
  const heard = await othersOf(run);
  let read = 0;
  for (let page = await own.next(); page; page = await own.next()) {
    const over = page.findIndex(isOver);
    const within = over === -1 ? page : page.slice(0, over);
    for (const commit of within) {
      const lacking = replay.lacks(commit);
      if (lacking) await restore(run, lacking, commit.seq);
      replay.add(commit);
    }
    const last = within.at(-1);
    if (!last) return;
    read += within.length;
    // Also of the last page, which may end within: what its decisions follow from is in the others' logs.
    for (const other of heard)
      read += await hearOn(replay, other, last.at + CLOCKS_APART_MS, (commit) => replay.hear(commit));
    replay.giveUp();
    onProgress?.({ read, seq: last.seq, lastSeq });
    if (over !== -1) return;
  }
}

async function othersOf({ log, replay }: Run): Promise<Pages[]> {
  const pages = replay.heardServices.map(async (service) => {
    return new Pages(log, service, await log.lastSequence(service));
  });
  return await Promise.all(pages);
}

/** Reads on as long as a decision waits for an event of this log. Returns how many commits it read. */
async function hearOn(
  replay: Replay,
  pages: Pages,
  until: number,
  hear: (commit: Commit) => void,
): Promise<number> {
  let read = 0;
  while (replay.awaits(pages.service) > 0) {
    if (((await pages.peek())?.[0]?.at ?? Number.POSITIVE_INFINITY) > until) return read;
    for (const commit of (await pages.next()) ?? []) {
      hear(commit);
      read++;
    }
  }
  return read;
}

/** An entity that fell out of memory, or that began before the log was read. */
async function restore({ log, replay }: Run, entity: Entity, before: number): Promise<void> {
  const commits = await log.load(entity, 0);
  replay.restore(
    entity,
    commits.filter(({ seq }) => seq < before),
  );
}

async function replayEntity(run: Run, entity: Entity): Promise<void> {
  const { log, replay, isOver } = run;
  const commits = await log.load(entity, 0);
  replay.restore(entity, []);
  for (const commit of commits) {
    if (isOver(commit)) break;
    replay.add(commit);
  }
  await lookUp(run, entity);
  const until = Math.max(0, ...replay.awaits().map(({ at }) => at)) + CLOCKS_APART_MS;
  const others = await othersOf(run);
  const own = new Pages(log, replay.service, await log.lastSequence(replay.service));
  for (const pages of [...others, own]) await hearOn(replay, pages, until, (c) => replay.hear(c, true));
  replay.giveUp();
}

/** Entities of a flow bear its id: mostly the cause lies on one of them, and need not be searched for. */
async function lookUp({ log, replay, decisions }: Run, { entityId }: Entity): Promise<void> {
  const heard = [...decisions.reactions, ...decisions.hot.flatMap(({ answers }) => answers)];
  const places = new Map<string, Entity>();
  for (const { services, correlation } of replay.awaits())
    for (const { event } of heard)
      for (const id of [correlation, entityId])
        if (services.includes(event.service)) {
          const { service, entityType } = event;
          places.set(`${service} ${entityType}/${id}`, { service, entityType, entityId: id });
        }
  if (places.size > LOOK_UPS_MAX) return;
  for (const place of places.values())
    for (const commit of await commitsAt(log, place)) replay.hear(commit, true);
}

/** What is no name of an entity has no commits. */
async function commitsAt(log: ReadableLog, place: Entity): Promise<readonly Commit[]> {
  try {
    return await log.load(place, 0);
  } catch (error) {
    if (error instanceof RefrainError && error.code === 'RF_ENTITY_ID') return [];
    throw error;
  }
}

/** A log, page by page; the next page is on its way while this one is worked on. */
class Pages {
  readonly service: string;
  readonly #log: ReadableLog;
  readonly #lastSeq: number;
  #coming: Promise<Commit[]> | undefined;
  #from = 1;

  constructor(log: ReadableLog, service: string, lastSeq: number) {
    this.#log = log;
    this.service = service;
    this.#lastSeq = lastSeq;
  }

  /** `undefined` at the end of the log. */
  async peek(): Promise<readonly Commit[] | undefined> {
    if (this.#from > this.#lastSeq) return undefined;
    this.#coming ??= this.#read();
    const page = await this.#coming;
    return page.length === 0 ? undefined : page; // a replica that lags has no more
  }

  async next(): Promise<readonly Commit[] | undefined> {
    const page = await this.peek();
    if (!page) return undefined;
    this.#from = (page.at(-1) as Commit).seq + 1;
    this.#coming = this.#from > this.#lastSeq ? undefined : this.#read();
    return page;
  }

  #read(): Promise<Commit[]> {
    const coming = this.#log.read(this.service, this.#from, Math.min(PAGE, this.#lastSeq - this.#from + 1));
    coming.catch(() => {}); // told when it is asked for
    return coming;
  }
}
