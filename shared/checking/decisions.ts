import type { DomainEvent } from '@refrain/contract-kit';
import type { Command } from '@refrain/decider';
import { messageOf } from '@refrain/errors';
import type { Entities, Local, ModelEntity, ModelOperation } from './entities.ts';
import { probeFanOut } from './fan-out.ts';
import { type Hearing, type Message, nameOf } from './hearing.ts';
import type { Seen } from './seen.ts';

/** What must not be in any choreography, whatever its own invariants are. */
export interface Problem {
  readonly invariant: string;
  readonly expected: string;
  readonly found: string;
}

/** What one arrival makes of one entity, and what it sets going elsewhere. */
export interface Step {
  readonly local: number;
  /** The types of the events that it records. */
  readonly records: readonly string[];
  readonly pending: readonly number[];
  readonly queued: readonly number[];
  readonly problem?: Problem | undefined;
}

const THROWS = 'a decision is made, whatever arrives in whatever order';

/** What the real deciders answer, each question asked once. */
export class Decisions {
  readonly #entities: Entities;
  readonly #hearing: Hearing;
  readonly #seen: Seen;
  readonly #delivered = new Map<number, Map<number, Step>>();

  constructor(parts: { entities: Entities; hearing: Hearing; seen: Seen }) {
    this.#entities = parts.entities;
    this.#hearing = parts.hearing;
    this.#seen = parts.seen;
  }

  /** A message arrives at its entity, which is in this local state. */
  deliver(local: number, number: number): Step {
    const steps = this.#delivered.get(local) ?? new Map<number, Step>();
    this.#delivered.set(local, steps);
    const known = steps.get(number);
    if (known) return known;
    const step = this.#decide(this.#entities.at(local), this.#hearing.at(number));
    steps.set(number, step);
    return step;
  }

  #decide(local: Local, message: Message): Step {
    const { entity, command, onDefect, hot, heard } = message;
    let events: readonly DomainEvent[];
    try {
      events = this.#eventsOf(entity, local.state, command, onDefect);
    } catch (error) {
      return failed(local, 'decides', THROWS, `${command.name} throws: ${messageOf(error)}`);
    }
    if (hot && events.length === 0)
      return failed(
        local,
        'answers',
        'a hot entity answers every request: it is never asked again',
        `${command.name} was answered with nothing`,
      );
    if (heard && !hot) probeFanOut(this.#seen, { entity, state: local.state, heard, few: events.length });
    return this.record(local, local.operations, events);
  }

  #eventsOf(
    { decider }: ModelEntity,
    state: unknown,
    command: Command,
    onDefect: Message['onDefect'],
  ): readonly DomainEvent[] {
    try {
      return decider.decide(state, command);
    } catch (error) {
      const instead = onDefect?.();
      if (!instead) throw error;
      return decider.decide(state, instead);
    }
  }

  /** These events are recorded, and heard by whoever hears them. */
  record(local: Local, operations: readonly ModelOperation[], events: readonly DomainEvent[]): Step {
    try {
      const next = this.#entities.after(local, operations, events);
      this.#note(local, events);
      const { pending, queued } = this.#hearing.hearersOf(events);
      return { local: next.number, records: events.map(({ type }) => type), pending, queued };
    } catch (error) {
      const types = events.map(({ type }) => type).join(', ');
      return failed(local, 'decides', THROWS, `after ${types || 'nothing'}: ${messageOf(error)}`);
    }
  }

  /** The outside world did it: whatever was concluded meanwhile, that must be recorded. */
  recordSuccess(
    local: Local,
    operations: readonly ModelOperation[],
    success: { readonly effect: string; readonly command: Command; readonly isFirst: boolean },
  ): Step {
    const { entity } = local;
    const { command, effect, isFirst } = success;
    let events: readonly DomainEvent[];
    try {
      events = entity.decider.decide(local.state, command);
    } catch (error) {
      return failed(local, 'decides', THROWS, `${command.name} throws: ${messageOf(error)}`);
    }
    if (isFirst && events.length === 0)
      return failed(
        local,
        'success recorded',
        'what the world did is recorded, also when it comes late',
        `${effect} of ${nameOf(entity)} happened, and ${command.name} records nothing`,
      );
    if (isFirst) this.#seen.success(`${entity.service}.${effect}`, events);
    return this.record(local, operations, events);
  }

  #note({ entity, state }: Local, events: readonly DomainEvent[]): void {
    let before = state;
    for (const event of events) {
      const after = entity.decider.evolve(before, event);
      this.#seen.event(event, JSON.stringify(after) !== JSON.stringify(before));
      before = after;
    }
  }
}

export const failed = (local: Local, invariant: string, expected: string, found: string): Step => ({
  local: local.number,
  records: [],
  pending: [],
  queued: [],
  problem: { invariant, expected, found },
});
