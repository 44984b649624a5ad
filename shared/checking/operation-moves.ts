import type { FailureRule } from '@refrain/contract-kit';
import type { Command } from '@refrain/decider';
import { messageOf } from '@refrain/errors';
import { type Decisions, failed, type Step } from './decisions.ts';
import type { Entities, Local, ModelOperation, OperationFacts } from './entities.ts';
import { nameOf } from './hearing.ts';
import type { Faults } from './world.ts';

/** What may become of an operation next. */
export interface Move {
  readonly label: string;
  readonly step: Step;
  /** It may come or not; everything else comes some time. */
  readonly mayCome: boolean;
  /** A process of the service dies in it. */
  readonly dies: boolean;
}

type Change = Partial<Omit<ModelOperation, 'number'>>;

interface Here {
  readonly local: Local;
  readonly operation: ModelOperation;
  readonly facts: OperationFacts;
}

const distinct = (types: readonly (string | undefined)[]): string[] => [
  ...new Set(types.filter((type) => type !== undefined)),
];

/**
 * What may become of the operations of one entity, as the runtime would go on: called, refused, given up,
 * asked about, ended by a person. Time is left out: whatever may come, may come at any moment.
 */
export class OperationMoves {
  readonly #entities: Entities;
  readonly #decisions: Decisions;
  readonly #faults: Faults;
  readonly #commands: ReadonlyMap<number, Command>;
  readonly #known = new Map<number, readonly Move[]>();

  /** `commands`: what the success of each operation brings back, by its number. */
  constructor(parts: {
    entities: Entities;
    decisions: Decisions;
    faults: Faults;
    commands: ReadonlyMap<number, Command>;
  }) {
    this.#entities = parts.entities;
    this.#decisions = parts.decisions;
    this.#faults = parts.faults;
    this.#commands = parts.commands;
  }

  of(number: number): readonly Move[] {
    const known = this.#known.get(number);
    if (known) return known;
    const local = this.#entities.at(number);
    const moves = local.operations.flatMap((operation) => {
      const facts = this.#entities.operations[operation.number] as OperationFacts;
      return this.#movesOf({ local, operation, facts });
    });
    this.#known.set(number, moves);
    return moves;
  }

  #movesOf(here: Here): Move[] {
    const { status } = here.operation;
    const { kind } = here.facts.effect.rule.repeat;
    if (status === 'open') return kind === 'keyed' ? this.#keyed(here) : this.#unsafe(here);
    if (status === 'started')
      return [
        ...this.#givesUp(here, 'is given up, its process is gone', {}, ['unknown', 'no']),
        this.#success(here, 'succeeds, its process was only slow', true),
      ];
    if (status === 'waiting') return this.#waiting(here);
    return this.#closed(here);
  }

  /**
   * A call that failed and is made again leaves nothing behind that a decider sees, so it is no move: what
   * follows it follows also without it.
   */
  #keyed(here: Here): Move[] {
    const { operation, local, facts } = here;
    const { failures, world } = operation;
    const moves = [this.#success(here, 'succeeds'), ...this.#refusals(here)];
    const canFail = failures < this.#faults.failures;
    const dead = { world: 'done' } as const;
    if (world !== 'done')
      moves.push(this.#silent(here, 'acts, and its process dies before that is on record', dead, true));
    if (canFail) moves.push(...this.#givesUp(here, 'is given up', { failures: failures + 1 }, ['unknown']));
    let wanted: boolean;
    try {
      wanted = facts.effect.wanted(local.state);
    } catch (error) {
      const found = `wanted of ${facts.effect.name} throws: ${messageOf(error)}`;
      const step = failed(local, 'decides', 'an effect always knows whether it is wanted', found);
      return [
        {
          label: `${nameOf(facts.entity)}: is ${facts.effect.name} wanted?`,
          step,
          mayCome: false,
          dies: false,
        },
      ];
    }
    if (!wanted && facts.effect.close) moves.push(...this.#never(here, {}));
    else if (canFail) moves.push(...this.#never(here, { failures: failures + 1 }));
    return moves;
  }

  #unsafe(here: Here): Move[] {
    const { failures } = here.operation;
    const moves = [this.#success(here, 'succeeds'), ...this.#refusals(here)];
    const marked = { status: 'started' } as const;
    moves.push(this.#silent(here, 'is begun, and its process dies in it', marked, true));
    if (failures < this.#faults.failures)
      moves.push(...this.#givesUp(here, 'is given up', { failures: failures + 1 }, ['unknown', 'no']));
    return moves;
  }

  /** The provider is asked on, a call of before may be answered late, and a person may speak. */
  #waiting(here: Here): Move[] {
    const { operation, facts, local } = here;
    const moves = [this.#success(here, 'turns out to have happened', true)];
    if (facts.effect.lookup ?? facts.effect.close) moves.push(...this.#never(here, {}, true));
    if (operation.words > 0) return moves;
    const words = operation.words + 1;
    const { happened } = facts.effect;
    if (happened) {
      const change = { status: 'closed', world: 'done', words, successes: 1 } as const;
      const step = this.#decisions.recordSuccess(local, changed(here, change), {
        effect: facts.effect.name,
        command: happened(facts.intent),
        isFirst: operation.successes === 0,
      });
      moves.push(this.#move(here, 'happened, a person says', step, true));
    }
    if (operation.world === 'done') return moves;
    const { neverHappened } = facts.effect.rule;
    if (neverHappened === undefined)
      moves.push(this.#silent(here, 'did not happen, a person says', { status: 'open', words }, false));
    return moves;
  }

  /** A success that is on record may come once more under another cause, and what was given up may act. */
  #closed(here: Here): Move[] {
    const { world, successes } = here.operation;
    if (world === 'never' || successes > 1) return [];
    const move = this.#success(here, successes === 0 ? 'succeeds late' : 'succeeds (again)', true);
    const addsNothing = move.step.records.length === 0 && !move.step.problem;
    return successes > 0 && addsNothing ? [] : [move];
  }

  #success(here: Here, how: string, mayCome = false): Move {
    const { local, operation, facts } = here;
    const command = this.#commands.get(operation.number);
    if (!command) throw new Error(`the success of ${facts.id} was not asked for`);
    const successes = operation.successes + 1;
    const operations = changed(here, { status: 'closed', world: 'done', successes });
    const step = this.#decisions.recordSuccess(local, operations, {
      effect: facts.effect.name,
      command,
      isFirst: successes === 1,
    });
    return this.#move(here, how, step, mayCome);
  }

  #refusals(here: Here): Move[] {
    if (here.operation.world === 'done') return [];
    const rules = Object.values(here.facts.effect.rule.failures);
    const types = distinct(rules.map((rule) => (rule.class === 'rejected' ? rule.records : undefined)));
    return types.map((type) =>
      this.#ending(here, `is refused`, { status: 'closed', world: 'never' }, type, false),
    );
  }

  #givesUp(here: Here, how: string, change: Change, happened: readonly FailureRule['happened'][]): Move[] {
    const { effect, entity } = here.facts;
    const { waits } = entity.decider.contract.$contract;
    const types = distinct(
      Object.values(effect.rule.failures).map((failure) =>
        failure.class !== 'rejected' && happened.includes(failure.happened) ? failure.givingUp : undefined,
      ),
    );
    return types.map((type) => {
      const status = waits.includes(type) ? 'waiting' : 'closed';
      return this.#ending(
        here,
        `${how}: nobody knows whether it happened`,
        { ...change, status },
        type,
        false,
      );
    });
  }

  #never(here: Here, change: Change, mayCome = false): Move[] {
    const { neverHappened } = here.facts.effect.rule;
    if (here.operation.world === 'done' || neverHappened === undefined) return [];
    const ended = { ...change, status: 'closed', world: 'never' } as const;
    return [this.#ending(here, 'is ended: it can happen no more', ended, neverHappened, mayCome)];
  }

  /** An event that the contract names for an outcome: it carries the entity's id and nothing else. */
  #ending(here: Here, how: string, change: Change, type: string, mayCome: boolean): Move {
    const { local, facts } = here;
    const { types, entities } = facts.entity.decider.contract.$contract;
    const id = entities[facts.entity.entityType]?.id;
    const event = types[type]?.(id === undefined ? {} : { [id]: facts.entity.entityId });
    const step = this.#decisions.record(local, changed(here, change), event ? [event] : []);
    return this.#move(here, how, step, mayCome);
  }

  /** Nothing is decided: only what is so outside, or the operation's own place, changes. */
  #silent(here: Here, how: string, change: Change, dies: boolean): Move {
    const step = this.#decisions.record(here.local, changed(here, change), []);
    return { ...this.#move(here, how, step, true), dies };
  }

  #move({ facts: { entity, effect } }: Here, how: string, step: Step, mayCome: boolean): Move {
    return { label: `${nameOf(entity)}: ${effect.name} ${how}`, step, mayCome, dies: false };
  }
}

/** What is closed is closed: how often it had failed makes no difference to what may still come. */
const changed = ({ local, operation }: Here, change: Change): ModelOperation[] => {
  const over = change.status === 'closed' ? { failures: 0, words: 0 } : {};
  return local.operations.map((one) => (one === operation ? { ...one, ...change, ...over } : one));
};
