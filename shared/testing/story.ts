import type { DomainEvent } from '@refrain/contract-kit';
import type { AnyDecider, Command } from '@refrain/decider';

/** What reaches an entity: a command, or an event that the platform records on it by itself. */
export type Arrival = Command | DomainEvent;

/**
 * What may happen to one entity: what comes from outside, and what each recorded event brings about later.
 */
export interface Story {
  readonly name: string;
  readonly arrivals: readonly Arrival[];
  /** By the type of a recorded event: answers of the world, of other entities, of the platform. */
  readonly answers?: Readonly<Record<string, (data: never) => readonly Arrival[]>>;
}

/** Whether it asks for a decision; an event of the platform is only folded. */
export const isCommand = (arrival: Arrival): arrival is Command => 'entityId' in arrival;

/** One arrival and what it came to. */
export interface Scene {
  readonly arrival: Arrival;
  readonly before: unknown;
  readonly events: readonly DomainEvent[];
  readonly after: unknown;
}

/** A story to its end: every scene, everything recorded, and the state it led to. */
export interface Told {
  readonly scenes: readonly Scene[];
  readonly events: readonly DomainEvent[];
  readonly state: unknown;
}

/** Over this many arrivals a story has no end. */
const SCENES_MAX = 1_000;

/** How a story is told: in which order, with which repeats, with what in between. */
export interface Telling {
  /**
   * Which of the waiting arrivals is next, one number after the other; 0 when they are used up: the usual
   * order.
   */
  readonly choices?: readonly number[];
  /** Whether commands may arrive twice: an odd choice keeps one waiting for a second time. */
  readonly repeats?: boolean;
  /** Where a further command comes in between, and which. */
  readonly also?: { readonly at: number; readonly command: Command };
}

/** Plays a story to its end, in the order that the choices say. */
export function tell(decider: AnyDecider, story: Story, telling: Telling = {}): Told {
  const { choices = [], repeats = false } = telling;
  const waiting = story.arrivals.map((arrival) => ({ arrival, again: repeats }));
  const scenes: Scene[] = [];
  let { also } = telling;
  let state = decider.initialState;
  const next = (): Arrival | undefined => {
    if (also && (scenes.length === also.at || waiting.length === 0)) {
      const { command } = also;
      also = undefined;
      return command;
    }
    const choice = choices[scenes.length] ?? 0;
    const [taken] = waiting.splice(Math.floor(choice / 2) % Math.max(1, waiting.length), 1);
    if (taken?.again && choice % 2 === 1 && isCommand(taken.arrival))
      waiting.push({ arrival: taken.arrival, again: false });
    return taken?.arrival;
  };
  for (let arrival = next(); arrival; arrival = next()) {
    if (scenes.length > SCENES_MAX)
      throw new Error(`"${story.name}" has no end after ${SCENES_MAX} arrivals`);
    const events = isCommand(arrival) ? decider.decide(state, arrival) : [arrival];
    const before = state;
    for (const event of events) {
      state = decider.evolve(state, event);
      const answers = story.answers?.[event.type]?.(event.data as never) ?? [];
      waiting.push(...answers.map((answer) => ({ arrival: answer, again: repeats })));
    }
    scenes.push({ arrival, before, events, after: state });
  }
  return { scenes, events: scenes.flatMap((scene) => scene.events), state };
}
