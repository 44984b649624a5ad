import type { Command } from '@refrain/decider';
import { Decisions, type Problem, type Step } from './decisions.ts';
import { Entities, type Local, type ModelOperation } from './entities.ts';
import { Hearing } from './hearing.ts';
import { successCommand } from './honest-calls.ts';
import { OperationMoves } from './operation-moves.ts';
import type { Seen } from './seen.ts';
import type { CheckedService, Faults, OperationSeen, Scenario, View } from './world.ts';

/** Everything at one moment: what each entity knows, and what is on its way. */
export interface State {
  /** By the number of the entity. Shorter than the list of entities: the others know nothing yet. */
  readonly locals: readonly (number | undefined)[];
  /** Deliveries that will come, in any order; ascending. */
  readonly pending: readonly number[];
  /** What may come or not; ascending. */
  readonly optional: readonly number[];
  /** Requests to hot entities, in the order of the log. */
  readonly queue: readonly number[];
  /** How many processes of each service died. */
  readonly crashes: readonly number[];
}

/** One thing that may happen next. */
export interface Transition {
  readonly label: string;
  readonly mayCome: boolean;
  readonly next: State;
  readonly records: readonly string[];
  readonly problem?: Problem | undefined;
}

/** What a run is bounded by, and whether anybody remembers what was handled. */
export interface SystemOptions extends Faults {
  /**
   * With the memory of causes a second delivery finds its cause folded and adds nothing: it leads back to the
   * same state, and is no step. Without it each delivery may reach the decider twice.
   */
  readonly remembersCauses: boolean;
}

/**
 * The services as one machine: which states follow a state. Pure but for the success of each operation, which
 * its real steps are asked for once (`askCalls`).
 */
export class System {
  readonly #entities: Entities;
  readonly #hearing: Hearing;
  readonly #decisions: Decisions;
  readonly #moves: OperationMoves;
  readonly #options: SystemOptions;
  readonly #services: readonly string[];
  readonly #commands = new Map<number, Command>();

  constructor(services: readonly CheckedService[], options: SystemOptions, seen: Seen) {
    const definitions = services.map(({ definition }) => definition);
    this.#services = definitions.map(({ contract }) => contract.$contract.service);
    this.#options = options;
    this.#entities = new Entities(definitions);
    this.#hearing = new Hearing(this.#entities, definitions);
    this.#decisions = new Decisions({ entities: this.#entities, hearing: this.#hearing, seen });
    const parts = { entities: this.#entities, decisions: this.#decisions, commands: this.#commands };
    this.#moves = new OperationMoves({ ...parts, faults: options });
  }

  /** Operations whose success nobody has asked for yet; they must be, before their moves are looked at. */
  get hasUnasked(): boolean {
    return this.#commands.size < this.#entities.operations.length;
  }

  async askCalls(): Promise<void> {
    for (let i = this.#commands.size; i < this.#entities.operations.length; i++) {
      const facts = this.#entities.operations[i];
      if (facts) this.#commands.set(i, await successCommand(facts));
    }
  }

  begin({ given = [], requests }: Scenario): State {
    const locals: (number | undefined)[] = [];
    for (const { entityId, event } of given) {
      const { entityType = '' } = this.#entities.contractOf(event.service).events[event.type] ?? {};
      const entity = this.#entities.entity(event.service, entityType, entityId);
      const local = this.#entities.at(locals[entity.number] ?? entity.initial);
      locals[entity.number] = this.#entities.after(local, local.operations, [event]).number;
    }
    const messages = (mayCome: boolean): number[] =>
      requests.filter((r) => (r.mayCome ?? false) === mayCome).map((r) => this.#hearing.request(r));
    return {
      locals,
      pending: messages(false).sort(ascending),
      optional: messages(true).sort(ascending),
      queue: [],
      crashes: this.#services.map(() => 0),
    };
  }

  localOf(state: State, entity: number): Local {
    const facts = this.#entities.all[entity];
    return this.#entities.at(state.locals[entity] ?? facts?.initial ?? 0);
  }

  /** Everything that may happen next, always in the same order. */
  transitions(state: State): Transition[] {
    const all: Transition[] = [];
    this.#deliveries(state, all);
    this.#requests(state, all);
    for (let i = 0; i < state.queue.length; i++) this.#answer(state, i, all);
    for (let entity = 0; entity < state.locals.length; entity++) this.#operations(state, entity, all);
    return all;
  }

  #deliveries(state: State, all: Transition[]): void {
    let last = -1;
    for (const [i, number] of state.pending.entries()) {
      if (number === last) continue;
      last = number;
      const again = this.#options.remembersCauses ? undefined : this.#hearing.again(number);
      const optional = again === undefined ? state.optional : withOne(state.optional, again);
      const rest = { ...state, pending: state.pending.toSpliced(i, 1), optional };
      all.push(this.#arrived(rest, number, false));
    }
  }

  /** What may come or not, and adds nothing, is no step: what follows it follows also without it. */
  #requests(state: State, all: Transition[]): void {
    for (const [i, number] of state.optional.entries()) {
      const rest = { ...state, optional: state.optional.toSpliced(i, 1) };
      const arrived = this.#arrived(rest, number, true);
      if (arrived.records.length > 0 || arrived.problem) all.push(arrived);
    }
  }

  /** The first request in the queue of each hot entity is the one that is answered. */
  #answer(state: State, i: number, all: Transition[]): void {
    const number = state.queue[i] as number;
    const { entity } = this.#hearing.at(number);
    if (state.queue.slice(0, i).some((before) => this.#hearing.at(before).entity === entity)) return;
    all.push(this.#arrived({ ...state, queue: state.queue.toSpliced(i, 1) }, number, false));
  }

  #arrived(rest: State, number: number, mayCome: boolean): Transition {
    const { entity, label } = this.#hearing.at(number);
    const step = this.#decisions.deliver(rest.locals[entity.number] ?? entity.initial, number);
    return { label, mayCome, ...this.#stepped(rest, entity.number, step) };
  }

  #operations(state: State, entity: number, all: Transition[]): void {
    const local = state.locals[entity];
    if (local === undefined) return;
    for (const { label, step, mayCome, dies } of this.#moves.of(local)) {
      const service = this.#services.indexOf(this.#entities.all[entity]?.service ?? '');
      if (dies && (state.crashes[service] ?? 0) >= this.#options.crashes) continue;
      const crashes = dies ? state.crashes.with(service, (state.crashes[service] ?? 0) + 1) : state.crashes;
      all.push({ label, mayCome, ...this.#stepped({ ...state, crashes }, entity, step) });
    }
  }

  #stepped(state: State, entity: number, step: Step): Omit<Transition, 'label' | 'mayCome'> {
    const locals = [...state.locals];
    locals[entity] = step.local;
    let { pending, queue } = state;
    for (const number of step.pending) pending = withOne(pending, number);
    if (step.queued.length > 0) queue = [...queue, ...step.queued];
    return { next: { ...state, locals, pending, queue }, records: step.records, problem: step.problem };
  }

  /** A state as whole numbers: equal states, equal numbers. */
  encode({ locals, pending, optional, queue, crashes }: State): Int32Array {
    const known: number[] = [];
    for (let i = 0; i < locals.length; i++) {
      const local = locals[i];
      if (local !== undefined && local !== this.#entities.all[i]?.initial) known.push(local);
    }
    return Int32Array.from([...known, -1, ...pending, -1, ...optional, -1, ...queue, -1, ...crashes]);
  }

  decode(numbers: Int32Array): State {
    const lists: number[][] = [[]];
    for (const number of numbers)
      if (number === -1) lists.push([]);
      else lists.at(-1)?.push(number);
    const [known = [], pending = [], optional = [], queue = [], crashes = []] = lists;
    const locals: (number | undefined)[] = [];
    for (const local of known) locals[this.#entities.at(local).entity.number] = local;
    return { locals, pending, optional, queue, crashes };
  }

  view(state: State): View {
    return {
      state: (service, entityType, entityId) => {
        const entity = this.#entities.find(service, entityType, entityId);
        if (entity) return this.localOf(state, entity.number).state;
        return this.#entities.entity(service, entityType, entityId).decider.initialState;
      },
      operations: state.locals.flatMap((local) =>
        local === undefined ? [] : this.#entities.at(local).operations.map((one) => this.#seen(one)),
      ),
    };
  }

  #seen({ number, status, world }: ModelOperation): OperationSeen {
    const { entity, effect, intent } = this.#entities.operations[number] ?? missing(number);
    const { service, entityId } = entity;
    return { service, entityId, effect: effect.name, status, happened: world === 'done', data: intent };
  }
}

const missing = (number: number): never => {
  throw new Error(`there is no operation ${number}`);
};

const ascending = (a: number, b: number): number => a - b;

function withOne(numbers: readonly number[], number: number): readonly number[] {
  let i = numbers.length;
  while (i > 0 && (numbers[i - 1] as number) > number) i--;
  return numbers.toSpliced(i, 0, number);
}
