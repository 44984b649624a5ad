import { messageOf } from '@refrain/errors';
import type { DurableRef } from '@refrain/event-log';
import type { ServiceDefinition } from './definition.ts';
import { keyUsedFrom, isInDoubt, type Recovery } from './lost-tail.ts';
import type { Operation } from './operations.ts';
import type { Ports } from './ports.ts';
import { type Imported, readImport } from './import-record.ts';
import { noteFloor, readFlows, readRecovery } from './recovery-record.ts';
import { topologyOf } from './topology.ts';
import { Wake } from './wake.ts';

/** How often a process looks whether a recovery has begun, in milliseconds. */
const LOOK_EVERY_MS = 1_000;
/** How often the floor of each durable is noted, in milliseconds: this is how exact a rewinding is. */
const NOTE_EVERY_MS = 60_000;
/** A reason of its own: without one, an error with its stack is made. */
const STOPPED = 'stopped';
/** Clocks of processes differ a little. */
const NOTE_SHARE = 0.9;

export interface RecoveryWatchParts {
  readonly ports: Ports;
  readonly service: string;
  /** Its durables, whose floors it notes. */
  readonly durables: readonly DurableRef[];
  /** Whether the platform was imported and not taken over, as far as this process was told. */
  readonly held: boolean;
  /** Told once, when a recovery or an import has begun after this process did: all that it knows is void. */
  readonly onVoid: () => void;
}

/**
 * What a process knows of recoveries and of an import. It begins no work while a recovery rewinds; and when
 * one of them begins later, it must end: an acknowledgement of before would settle a rewound delivery, and
 * what it has in mind may be gone.
 */
export class RecoveryWatch {
  readonly #parts: RecoveryWatchParts;
  readonly #wake: Wake;
  #recovery: Recovery | undefined;
  /** The digest of what was imported when this process began. */
  #imported: string | undefined;
  /** The flows of before of which the service may have called the world and not know it. */
  #flows: ReadonlySet<string> = new Set();
  readonly #stop = new AbortController();
  readonly #cleared: Promise<boolean>;
  readonly #clear: (isClear: boolean) => void;

  constructor(parts: RecoveryWatchParts) {
    ({ promise: this.#cleared, resolve: this.#clear } = Promise.withResolvers<boolean>());
    this.#parts = parts;
    this.#wake = new Wake(parts.ports.clock);
  }

  /** The recovery that this process began after; `undefined` where there never was one. */
  get recovery(): Recovery | undefined {
    return this.#recovery;
  }

  get stopped(): boolean {
    return this.#stop.signal.aborted;
  }

  /** Returns after `ms`, or as soon as it is told to stop. */
  async sleep(ms: number): Promise<void> {
    await this.#parts.ports.clock.sleep(ms, this.#stop.signal);
  }

  /**
   * Waits until no recovery is rewinding, and takes what the last one left. Void where the platform is held
   * by an import that this process was not told of.
   */
  async begin(): Promise<void> {
    const { ports, service } = this.#parts;
    const { recovering, clock, logger } = ports;
    if (!recovering) return;
    for (let told = false; !this.stopped; told = true) {
      const { recovery } = await readRecovery(recovering.bucket);
      if (recovery?.phase !== 'rewinding') {
        this.#recovery = recovery;
        if (recovery) this.#flows = await readFlows(recovering.bucket, { service, id: recovery.id });
        const { imported } = await readImport(recovering.bucket);
        this.#imported = imported?.sha256;
        if (this.#isUntold(imported)) this.#void('an import');
        return;
      }
      if (!told)
        logger.warn(
          { recovery: recovery.id },
          'a recovery is under way; nothing is begun before it has ended',
        );
      await clock.sleep(LOOK_EVERY_MS / 4);
    }
  }

  /** Whether an unsafe operation may have happened already, and from when on a key's horizon counts. */
  doubtOf(operation: Operation): { readonly inDoubt: boolean; readonly keyUsedFrom: number } {
    const recovery = this.#recovery;
    if (!recovery) return { inDoubt: false, keyUsedFrom: operation.at };
    const began = this.#beganOf(operation, recovery);
    return {
      inDoubt: isInDoubt(operation, recovery, began),
      keyUsedFrom: keyUsedFrom(operation, recovery, began),
    };
  }

  /** Only whether it was before the recovery matters. */
  #beganOf({ at, intent }: Operation, recovery: Recovery): number {
    return this.#flows.has(intent.correlation) ? Math.min(at, recovery.since) : at;
  }

  stop(): void {
    this.#stop.abort(STOPPED);
    this.#wake.wake();
  }

  async run(): Promise<void> {
    const { ports } = this.#parts;
    if (!ports.recovering) return;
    let noteAt = 0;
    while (!this.stopped) {
      if (await this.#isVoid()) return;
      if (ports.clock.now() >= noteAt) {
        noteAt = ports.clock.now() + NOTE_EVERY_MS;
        await this.#noteFloors();
      }
      await this.#wake.sleep(LOOK_EVERY_MS);
    }
  }

  /**
   * Looks again once it hears, until the broker answers: an import looks first who hears, and then writes.
   */
  async lookAgain(): Promise<void> {
    for (;;) {
      const isVoid = this.stopped || (await this.#isVoid());
      if (isVoid !== undefined) return this.#clear(!isVoid);
      await this.sleep(LOOK_EVERY_MS / 4);
    }
  }

  /** What is heard before it has looked again waits for that. Where all is void it is not acted on. */
  async whenClear(act: () => Promise<void>): Promise<void> {
    if (await this.#cleared) await act();
  }

  #isUntold(imported: Imported | undefined): boolean {
    return imported?.phase === 'importing' || (imported?.phase === 'held' && !this.#parts.held);
  }

  #void(what: string): true {
    this.#parts.ports.logger.error({}, `${what} has begun: what this process knows is void`);
    this.#parts.onVoid();
    return true;
  }

  /** `undefined`: the broker did not tell. */
  async #isVoid(): Promise<boolean | undefined> {
    const { ports } = this.#parts;
    if (!ports.recovering) return false;
    try {
      const { recovery } = await readRecovery(ports.recovering.bucket);
      if (recovery && recovery.id !== this.#recovery?.id) return this.#void(`the recovery ${recovery.id}`);
      const { imported } = await readImport(ports.recovering.bucket);
      return imported?.sha256 !== this.#imported && this.#void('an import');
    } catch (error) {
      ports.logger.debug({ error: messageOf(error) }, 'the broker did not tell whether a recovery has begun');
      return undefined;
    }
  }

  async #noteFloors(): Promise<void> {
    const { ports, durables } = this.#parts;
    const { recovering, clock, logger } = ports;
    if (!recovering) return;
    for (const ref of durables) {
      const floor = async (): Promise<number> => (await recovering.durables.stateOf(ref)).floor;
      try {
        const when = { now: clock.now(), everyMs: NOTE_EVERY_MS * NOTE_SHARE };
        await noteFloor(recovering.bucket, ref, floor, when);
      } catch (error) {
        // The last note stands: a recovery would go back a little further.
        logger.debug({ durable: ref.durable, error: messageOf(error) }, 'a floor was not noted');
      }
    }
  }
}

/** The watch of a service, over the durables that it declares. */
export function watchOf(
  definition: ServiceDefinition,
  ports: Ports,
  { held, onVoid }: Pick<RecoveryWatchParts, 'held' | 'onVoid'>,
): RecoveryWatch {
  const { service, durables } = topologyOf(definition);
  const refs = durables.map(({ stream, durable }) => ({ service: stream, durable }));
  return new RecoveryWatch({ ports, service, durables: refs, held, onVoid });
}
