import { isPlatformEvent } from '@refrain/contract-kit';
import { isRefrainError, messageOf } from '@refrain/errors';
import { type Commit, type Entity, nameOf, parseType, type RecordedEvent } from '@refrain/event-log';
import { commandOf } from '@refrain/runtime';
import { type Decisions, type Lookup, lookupOf } from './decisions.ts';
import { type Case, type Judgement, judge, told } from './judge.ts';
import { PastEntity } from './past-entity.ts';
import { type Decision, decisionsIn, type NotDecided, type Plan, planOf } from './plan.ts';
import { Recent } from './recent.ts';
import type { Difference, ReplayReport } from './report.ts';
import { type Awaiting, type Heard, Waiting } from './waiting.ts';

export interface ReplayOptions {
  /** Which commits are judged; all others are only folded. Default: all. */
  readonly isJudged?: (commit: Pick<Commit, 'seq' | 'at'>) => boolean;
  /** Most entities in memory, least recently used first out. Default 50_000. */
  readonly entitiesMax?: number;
  /** Most events kept that decisions may follow from. Default 50_000. */
  readonly eventsMax?: number;
  /** Most differences that are told; further ones are counted. Default 1_000. */
  readonly differencesMax?: number;
}

type Because = Pick<Heard, 'service' | 'type' | 'version' | 'data' | 'seq'>;

/**
 * Makes a service's recorded decisions again by today's code and compares. It is given commits, from wherever
 * they come: the service's own in the order of its log, and those of the services it hears, each in the order
 * of its own, as they are needed. It calls nobody and records nothing.
 */
export class Replay {
  readonly #lookup: Lookup;
  readonly #options: Required<ReplayOptions>;
  readonly #entities: Recent<PastEntity>;
  readonly #waiting: Waiting;
  /** `OrderPlaced.1`: whether a commit with it is of interest. */
  readonly #hears = new Map<string, boolean>();
  /** Entities that today's code cannot read, by name. */
  readonly #unreadable = new Set<string>();
  readonly #differences: Difference[] = [];
  readonly #counts = { commits: 0, events: 0, heard: 0, same: 0, different: 0, mended: 0 };
  readonly #notDecided: Record<NotDecided, number> = { fact: 0, 'not on record': 0, 'cause not found': 0 };

  constructor(decisions: Decisions, options: ReplayOptions = {}) {
    this.#lookup = lookupOf(decisions);
    this.#options = {
      isJudged: () => true,
      entitiesMax: 50_000,
      eventsMax: 50_000,
      differencesMax: 1_000,
      ...options,
    };
    this.#entities = new Recent(this.#options.entitiesMax);
    this.#waiting = new Waiting(this.#options.eventsMax);
  }

  get service(): string {
    return this.#lookup.contract.service;
  }

  /** The other services whose events it decides because of. */
  get heardServices(): string[] {
    return [...this.#lookup.heard.keys()].filter((service) => service !== this.service);
  }

  /** Decisions that wait for an event; with a service, for one of its events. */
  awaits(): readonly Pick<Awaiting, 'services' | 'correlation' | 'at'>[];
  awaits(service: string): number;
  awaits(service?: string): unknown {
    return service === undefined ? this.#waiting.all() : this.#waiting.countOf(service);
  }

  /** Takes in a commit of a service that is heard. `onlyAwaited`: keeps none for decisions to come. */
  hear(commit: Commit, onlyAwaited = false): void {
    this.#counts.heard++;
    const types = this.#lookup.heard.get(commit.entity.service);
    if (!types || !commit.types.some((text) => this.#isHeard(text, types))) return;
    for (const event of commit.body().events) this.#hearEvent(event, commit, onlyAwaited);
  }

  #isHeard(text: string, types: ReadonlyMap<string, number>): boolean {
    let known = this.#hears.get(text);
    if (known === undefined) this.#hears.set(text, (known = types.has(parseType(text).type)));
    return known;
  }

  #hearEvent(event: RecordedEvent, { entity, seq }: Commit, onlyAwaited: boolean): void {
    const { service } = entity;
    const uses = this.#lookup.heard.get(service)?.get(event.type);
    if (uses === undefined || (onlyAwaited && !this.#waiting.isAwaited(event.id))) return;
    const { id, type, version, data } = event;
    this.#waiting.hear({ id, service, type, version, data, seq }, onlyAwaited ? 0 : uses);
  }

  /** The entity whose commits before this one have to be given to `restore` first, where there are any. */
  lacks({ entity, expected }: Commit): Entity | undefined {
    return expected === 0 || this.#entities.get(nameOf(entity)) ? undefined : entity;
  }

  /** Brings an entity back, or one of which the log before was not given. They are not judged again. */
  restore(entity: Entity, commits: readonly Commit[]): void {
    const past = new PastEntity(entity, this.#lookup);
    this.#entities.set(past.name, past);
    for (const commit of commits)
      if (!this.#read(past, commit, (it) => it.fold(this.#known(it, commit), commit.at))) return;
  }

  /** Takes in the next commit of the service's own log. */
  add(commit: Commit): void {
    const name = nameOf(commit.entity);
    let past = this.#entities.get(name);
    if (!past) this.#entities.set(name, (past = new PastEntity(commit.entity, this.#lookup)));
    this.#counts.commits++;
    this.#counts.events += commit.types.length;
    if (this.#unreadable.has(name)) return;
    // Of what became of calls nothing follows here: its body is not even decoded.
    if (commit.types.every((text) => isOfCalls.has(text)))
      return void (this.#notDecided.fact += this.#options.isJudged(commit) ? 1 : 0);
    this.#read(past, commit, (it) => this.#decideAgain(it, commit));
    const types = this.#lookup.heard.get(this.service);
    if (types && commit.types.some((text) => this.#isHeard(text, types)))
      for (const event of commit.body().events) this.#hearEvent(event, commit, false);
  }

  #known(past: PastEntity, commit: Commit): RecordedEvent[] {
    return commit.body().events.map((event) => past.known(event));
  }

  /** What today's code cannot read is a difference, and nothing more is decided on that entity. */
  #read(past: PastEntity, commit: Commit, work: (past: PastEntity) => void): boolean {
    try {
      work(past);
      return true;
    } catch (error) {
      this.#unreadable.add(past.name);
      const { seq, at } = commit;
      const problem = isRefrainError(error) ? error.message : messageOf(error);
      const names = { cause: '', reaction: '', correlation: past.entity.entityId };
      this.#differ({ entity: past.name, seq, at, ...names, recorded: [], decided: [], problem });
      return false;
    }
  }

  #decideAgain(past: PastEntity, commit: Commit): void {
    const { isJudged } = this.#options;
    for (const decision of decisionsIn(commit.body().events)) {
      const recorded = decision.events.map((event) => past.known(event));
      if (isJudged(commit)) this.#plan(past, commit, { ...decision, events: recorded });
      past.fold(recorded, commit.at);
    }
  }

  #plan(past: PastEntity, commit: Commit, decision: Decision): void {
    let plan: Plan;
    try {
      plan = planOf(decision, past, this.#lookup);
    } catch (error) {
      plan = { do: 'miss', problem: messageOf(error) };
    }
    switch (plan.do) {
      case 'nothing':
        this.#notDecided[plan.why]++;
        return;
      case 'miss':
        return this.#count(past.name, commit, decision, {
          is: 'different',
          decided: [],
          problem: `today's code has ${plan.problem}`,
        });
      case 'look up':
        return this.#lookUp(past, commit, decision, plan.types);
      case 'decide': {
        const judgement = judge(caseOf(past, decision), plan.command, plan.derived);
        return this.#count(past.name, commit, decision, judgement, undefined, plan.derived);
      }
      case 'hear':
        this.#await(past, commit, decision, plan);
    }
  }

  #lookUp(past: PastEntity, commit: Commit, decision: Decision, types: readonly string[]): void {
    const [event] = decision.events;
    if (event && types.includes(event.type)) this.#counts.same++;
    else
      this.#count(past.name, commit, decision, {
        is: 'different',
        decided: [],
        problem: `today's contract records ${types.join(' or ')}`,
      });
  }

  /** The state is kept as it was: what is folded meanwhile makes a new one. */
  #await(past: PastEntity, commit: Commit, decision: Decision, plan: Plan & { do: 'hear' }): void {
    const before = caseOf(past, decision);
    const { seq, at } = commit;
    const { name } = past;
    const go = (cause: Because | undefined): void => {
      const reaction = cause && plan.reactions.find(({ event }) => isOf(event, cause));
      if (!cause || !reaction) return void this.#notDecided['cause not found']++;
      this.#count(name, { seq, at }, decision, because(before, reaction, cause), cause);
    };
    if (plan.event) {
      const { type, version, data } = plan.event as RecordedEvent;
      const service = plan.reactions.find(({ event }) => event.type === type)?.event.service ?? '';
      return go({ service, type, version, data, seq: 0 });
    }
    const services = [...new Set(plan.reactions.map(({ event }) => event.service))];
    const { correlation, events } = decision;
    // A dead letter may be driven again: the decision then asks for the same event.
    const keep = events[0]?.type === 'refrain.Defect';
    this.#waiting.decide({ eventId: plan.eventId, services, correlation, at, go }, keep);
  }

  /** Those that wait will not hear: their causes are not in the logs, or lie too far away. */
  giveUp(): void {
    this.#waiting.giveUp();
  }

  report(): ReplayReport {
    return {
      service: this.service,
      ...this.#counts,
      notDecided: { ...this.#notDecided },
      differences: [...this.#differences].sort((a, b) => a.seq - b.seq),
    };
  }

  #count(
    entity: string,
    { seq, at }: Pick<Commit, 'seq' | 'at'>,
    decision: Decision,
    judgement: Judgement,
    cause?: Because,
    derived = false,
  ): void {
    if (judgement.is === 'not on record') return void this.#notDecided['not on record']++;
    if (judgement.is !== 'different') return void this.#counts[judgement.is]++;
    const { decided, problem } = judgement;
    this.#differ({
      entity,
      seq,
      at,
      cause: decision.cause,
      reaction: decision.reaction,
      correlation: decision.correlation,
      ...(cause && { because: { service: cause.service, type: cause.type, seq: cause.seq } }),
      recorded: decision.events.filter(({ type }) => !isPlatformEvent(type)).map(told),
      decided,
      ...(problem !== undefined && { problem }),
      ...(derived && { derived }),
    });
  }

  #differ(difference: Difference): void {
    this.#counts.different++;
    if (this.#differences.length < this.#options.differencesMax) this.#differences.push(difference);
  }
}

/** What the platform records of calls, and what people want of them. */
const isOfCalls: ReadonlySet<string> = new Set([
  'refrain.AttemptStarted.1',
  'refrain.AttemptFailed.1',
  'refrain.Held.1',
  'refrain.RetryRequested.1',
  'refrain.CancelRequested.1',
]);

const isOf = (event: { service: string; type: string }, cause: Because): boolean =>
  event.service === cause.service && event.type === cause.type;

function caseOf({ kind, name, state }: PastEntity, { events }: Decision): Case {
  return { kind: kind as NonNullable<typeof kind>, name, state, recorded: events };
}

/** Decides because of an event: the reaction says which command, the decider what follows. */
function because(
  before: Case,
  reaction: Parameters<typeof commandOf>[0],
  { type, version, data }: Because,
): Judgement {
  const { hot } = before.kind;
  const parsed = (): unknown => reaction.event.parse(version, data);
  try {
    const command = commandOf(reaction, { version, data } as RecordedEvent);
    const onDefect = hot?.onDefect && (() => hot.onDefect?.({ type, data: parsed() }));
    return judge({ ...before, onDefect }, command, false);
  } catch (error) {
    if (before.recorded[0]?.type === 'refrain.Defect') return { is: 'same' };
    return { is: 'different', decided: [], problem: `it cannot be decided: ${messageOf(error)}` };
  }
}
