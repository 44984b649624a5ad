import { cause as causes, rootTrace } from '@refrain/contract-kit';
import { messageOf } from '@refrain/errors';
import { type DurableRef, nameOf } from '@refrain/event-log';
import { within } from './attempt.ts';
import type { Effect } from './definition.ts';
import type { EffectRunner } from './effect-runner.ts';
import type { EntityStore } from './entity-store.ts';
import { type Act, addedBy, isOurs } from './found-acts.ts';
import type { Gatekeeper } from './gatekeeper.ts';
import { type Recovery, type TimeSpan, spanOf } from './lost-tail.ts';
import type { OwnLogView } from './own-log-view.ts';
import type { Ports } from './ports.ts';
import { type Found, type Parked, readReport, type RecoveryReport, writeReport } from './recovery-record.ts';
import type { RecoveryWatch } from './recovery-watch.ts';
import type { Registry } from './registry.ts';
import type { Reporter } from './reporter.ts';
import { isDefect } from './trouble.ts';

/** How often it is looked whether what was rewound has been handled, in milliseconds. */
const LOOK_EVERY_MS = 250;
/** How long what was rewound is waited for, in milliseconds: one that nobody can handle holds up no more. */
const CATCH_UP_MAX_MS = 60_000;
/** How long after a failure it is tried again, in milliseconds, doubling. */
const FIRST_PAUSE_MS = 500;
const MOST_PAUSE_MS = 10_000;

export interface RecoveryWorkParts {
  readonly ports: Ports;
  readonly registry: Registry;
  readonly store: EntityStore;
  readonly view: OwnLogView;
  readonly watch: RecoveryWatch;
  readonly effects: EffectRunner;
  readonly gatekeeper: Gatekeeper;
  readonly reporter: Reporter;
  readonly platformId: string;
  /** The durables in which it hears others: what they bring is handled first. */
  readonly hears: readonly DurableRef[];
}

/**
 * A service's part of a recovery, before it calls the world again: what was rewound is handled, so that it
 * knows all that can be known from the logs; unsafe operations that may have happened are left to a person;
 * providers are asked for what they did and the log does not know. Done again, it adds nothing.
 */
export class RecoveryWork {
  readonly #parts: RecoveryWorkParts;

  constructor(parts: RecoveryWorkParts) {
    this.#parts = parts;
  }

  /** Returns when the service may go on. It does not before its providers have answered. */
  async run(): Promise<void> {
    const { ports, watch, registry } = this.#parts;
    const { recovery } = watch;
    if (!recovery || !ports.recovering) return;
    let pauseMs = FIRST_PAUSE_MS;
    while (!watch.stopped) {
      try {
        const asked = { service: registry.contract.service, id: recovery.id };
        if (await readReport(ports.recovering.bucket, asked)) return;
        const report = await this.#recover(recovery);
        if (!report) return; // told to stop: the next process begins it again
        await writeReport(ports.recovering.bucket, recovery.id, report);
        return tell(this.#parts, report);
      } catch (error) {
        ports.logger.warn(
          { error: messageOf(error) },
          'the recovery goes on later; nothing is called before',
        );
        await watch.sleep(pauseMs);
        pauseMs = Math.min(MOST_PAUSE_MS, pauseMs * 2);
      }
    }
  }

  async #recover(recovery: Recovery): Promise<RecoveryReport | undefined> {
    const { watch, registry } = this.#parts;
    await this.#catchUp(recovery);
    // Who has not heard all must not hold for unknown what is only not heard yet.
    if (watch.stopped) return undefined;
    const parked = await this.#park(recovery);
    const found: Found[] = [];
    let foreign = 0;
    for (const effect of registry.effects.values())
      for (const act of await this.#actsOf(effect, recovery)) {
        if (watch.stopped) return undefined;
        if (!isOurs(act, effect, this.#names)) foreign++;
        else found.push(...(await this.#record(act, effect)));
      }
    if (watch.stopped) return undefined; // what was not asked is not answered
    return { service: this.#names.service, parked, found, foreign };
  }

  get #names(): { readonly platformId: string; readonly service: string } {
    const { platformId, registry } = this.#parts;
    return { platformId, service: registry.contract.service };
  }

  /** Waits until what others' logs kept is handled here: most of what the own log lost follows from it. */
  async #catchUp({ ends }: Recovery): Promise<void> {
    const { ports, hears, watch } = this.#parts;
    const giveUpAt = ports.clock.now() + CATCH_UP_MAX_MS;
    for (const ref of hears)
      for (;;) {
        const state = await ports.recovering?.durables.stateOf(ref);
        const left = state ? state.pending + state.out : 0;
        if (watch.stopped || left === 0 || (state?.floor ?? 0) >= (ends[ref.service] ?? 0)) break;
        if (ports.clock.now() >= giveUpAt) {
          ports.logger.warn(
            { durable: ref.durable, left },
            'the recovery goes on without what is not handled yet',
          );
          break;
        }
        await watch.sleep(LOOK_EVERY_MS);
      }
  }

  /** All that wait for a person because of this recovery, also those that an earlier try has parked. */
  async #park({ at }: Recovery): Promise<Parked[]> {
    const { view, registry, effects } = this.#parts;
    await view.catchUp();
    const unsafe = ({ effect }: { effect: string }): boolean =>
      registry.effects.get(effect)?.rule.repeat.kind === 'unsafe';
    const open = [...view.operations.all()].filter(({ operation }) => unsafe(operation));
    for (const { entity, operation } of open) await effects.parkInDoubt(entity, operation.id);
    await view.catchUp();
    return [...view.operations.all()]
      .filter(({ operation }) => unsafe(operation) && (operation.waitingSince ?? 0) >= at)
      .map(({ entity, operation: { id, effect, intent } }) => {
        return { operation: id, effect, entity: nameOf(entity), correlation: intent.correlation };
      });
  }

  /**
   * Everything that the provider did in the span, once no call of before can act any more; less, where it is
   * told to stop.
   */
  async #actsOf(effect: Effect, recovery: Recovery): Promise<Act[]> {
    const { ports, watch } = this.#parts;
    if (!effect.reconcile) return [];
    const { askableAt, ...span } = spanOf(recovery, effect.rule);
    if (ports.clock.now() < askableAt) await watch.sleep(askableAt - ports.clock.now());
    const acts: Act[] = [];
    for (let after: string | undefined; ; ) {
      if (!(await this.#hasLeave(effect.rule.dependency))) return acts;
      const page = await this.#pageOf(effect, { span, after, id: recovery.id });
      acts.push(...page.acts);
      if (page.next === undefined) return acts;
      after = page.next;
    }
  }

  /** Waits for leave to ask; false when it is told to stop meanwhile. */
  async #hasLeave(dependency: string): Promise<boolean> {
    const { gatekeeper, watch } = this.#parts;
    while (!watch.stopped) {
      const leave = await gatekeeper.ask(dependency, 'retry');
      if (leave.go) return true;
      await watch.sleep(leave.forMs);
    }
    return false;
  }

  async #pageOf(effect: Effect, asked: { span: TimeSpan; after: string | undefined; id: string }) {
    const { ports, reporter } = this.#parts;
    const { dependency, timeoutMs } = effect.rule;
    const from = ports.clock.now();
    const over = (outcome: 'success' | 'transient'): void =>
      reporter.answered(dependency, outcome, ports.clock.now() - from);
    reporter.called(dependency, 'retry');
    try {
      const names = { correlationId: asked.id, traceparent: rootTrace(asked.id) };
      const page = await within({ clock: ports.clock, timeoutMs }, async (signal) =>
        effect.reconcile?.(asked, { ...names, signal }),
      );
      over('success');
      return page ?? { acts: [] };
    } catch (error) {
      over('transient');
      throw error;
    }
  }

  async #record(act: Act, effect: Effect): Promise<Found[]> {
    const { store, ports, platformId } = this.#parts;
    const { operationId: operation, ref, entityId, correlation } = act;
    const { entityType } = effect;
    const entity = `${entityType}/${entityId}`;
    const about = { operation, effect: effect.name, entity, correlation, ref };
    try {
      const propose = addedBy(act, { effect, platformId });
      const changed = await store.change(entityType, entityId, 'fresh', propose);
      const recorded = changed.events.map(({ type }) => type);
      const before = changed.entity.isHandled(causes.found(operation, ref), act.command.name);
      return recorded.length > 0 || before ? [{ ...about, recorded }] : [];
    } catch (error) {
      if (!isDefect(error)) throw error;
      ports.logger.error(
        { ...about, error: messageOf(error) },
        'an act that the log lost could not be recorded',
      );
      return [{ ...about, recorded: [], problem: messageOf(error) }];
    }
  }
}

function tell({ ports }: RecoveryWorkParts, { parked, found }: RecoveryReport): void {
  for (const { operation, entity } of parked)
    ports.logger.warn({ operation, entity }, 'it may have happened: a person has to say');
  for (const { operation, entity, ref, recorded } of found)
    ports.logger.warn(
      { operation, entity, ref, recorded: recorded.join(' ') },
      'the provider did it, the log had lost it',
    );
  ports.logger.info({ parked: parked.length, found: found.length }, 'the part of the recovery has ended');
}
