import type { GovernorStore, Kept } from '@refrain/governor';
import { z } from 'zod';
import { LEASE_KEY } from './bucket.ts';

/** A lease that was not renewed for so long, in milliseconds, is over; for its holder as for the others. */
export const LEASE_MS = 3_000;

/** Terms that a broker can have lost. */
const TERMS_AHEAD_MAX = 1_000;

/** Loose: a newer governor may say more, and an older one beside it must still see who holds it. */
const lease = z.looseObject({
  v: z.literal(1),
  /** Drawn by each process: one that was started again is another. */
  holder: z.string(),
  /** The term: one higher for each that takes over. */
  epoch: z.int().min(1),
  /** Its holder has ended and said so: nobody need wait. */
  released: z.boolean().optional(),
});
export type Lease = z.output<typeof lease>;

/** What one governor knows of the lease. Times are those of its own steady clock and of no other. */
export interface LeaseView {
  /** 0: nobody has ever had it. */
  readonly revision: number;
  readonly lease: Lease | undefined;
  /** When this governor first saw this revision. */
  readonly seenAt: number;
  /** When it sent its last own renewal that was stored; `undefined` when the lease is not its own. */
  readonly renewedAt: number | undefined;
}

export const unseen: LeaseView = { revision: 0, lease: undefined, seenAt: 0, renewedAt: undefined };

/**
 * Whether it may speak. Counted from before the renewal was sent: the others begin to count when they see it,
 * which is later, so there is never a moment that two believe to be theirs.
 */
export const isHeld = ({ renewedAt }: LeaseView, now: number): boolean =>
  renewedAt !== undefined && now - renewedAt < LEASE_MS;

/** What it knows after it has looked. @throws when what stands there is no lease: no term follows it. */
export function seen(view: LeaseView, kept: Kept | undefined, { self, now }: At): LeaseView {
  if (!kept) return unseen;
  if (kept.revision === view.revision) return view;
  const read = lease.parse(JSON.parse(kept.value));
  // A renewal of its own whose answer never came. When it was sent is not known: no later time is taken.
  const mine = read.holder === self && read.epoch === view.lease?.epoch && isHeld(view, now);
  return {
    revision: kept.revision,
    lease: read,
    seenAt: now,
    renewedAt: mine ? view.renewedAt : undefined,
  };
}

/**
 * What it should write now: a renewal, a takeover, or nothing, since another one holds it. `heard`: the
 * highest term that an instance has heard of. It may be one that the broker lost with its last seconds.
 */
export function claimOf(view: LeaseView, { self, now }: At, heard = 0): Lease | undefined {
  const { lease: before, seenAt } = view;
  if (isHeld(view, now)) return { v: 1, holder: self, epoch: before?.epoch ?? 1 };
  const isFree =
    before === undefined || before.released === true || before.holder === self || now - seenAt >= LEASE_MS;
  // One higher also for what was its own before: what it said meanwhile, if anything, is over.
  return isFree ? { v: 1, holder: self, epoch: Math.max(before?.epoch ?? 0, heard) + 1 } : undefined;
}

interface At {
  readonly self: string;
  readonly now: number;
}

/** One governor's part in the lease. It changes it by compare-and-set on the revision that it has seen. */
export class LeaseKeeper {
  readonly self: string;
  readonly #store: GovernorStore;
  readonly #elapsed: () => number;
  #view = unseen;
  #heard = 0;

  /** `elapsed`: a clock that never jumps, in milliseconds. */
  constructor(store: GovernorStore, { self, elapsed }: { self: string; elapsed: () => number }) {
    this.self = self;
    this.#store = store;
    this.#elapsed = elapsed;
  }

  /** The term in which it may speak at this very moment; `undefined` when it may not. */
  speaks(): number | undefined {
    return isHeld(this.#view, this.#elapsed()) ? this.#view.lease?.epoch : undefined;
  }

  get view(): LeaseView {
    return this.#view;
  }

  /**
   * Renews it, or takes it when it is free. Called once a second.
   * @throws RF_UNREACHABLE; what it holds then runs out by itself.
   */
  async beat(): Promise<void> {
    if (this.speaks() === undefined || !(await this.#claim())) {
      await this.#look();
      await this.#claim();
    }
  }

  /** Lets another one have it at once. */
  async release(): Promise<void> {
    const epoch = this.speaks();
    if (epoch === undefined) return;
    const { revision } = this.#view;
    this.giveUp();
    const released: Lease = { v: 1, holder: this.self, epoch, released: true };
    await this.#store.write(LEASE_KEY, JSON.stringify(released), revision);
  }

  /** An instance has heard of this term: a lower one would be heard by nobody. */
  hearOf(epoch: number): void {
    const known = this.#view.lease?.epoch ?? 0;
    // Nobody may use up all the numbers there are by one wrong report.
    if (epoch > known + TERMS_AHEAD_MAX) return;
    this.#heard = Math.max(this.#heard, epoch);
    if (epoch > known) this.giveUp();
  }

  /** Stops believing in it, because something says that another one has taken over. */
  giveUp(): void {
    this.#view = { ...this.#view, renewedAt: undefined };
  }

  async #look(): Promise<void> {
    const kept = await this.#store.read(LEASE_KEY);
    this.#view = seen(this.#view, kept, { self: this.self, now: this.#elapsed() });
  }

  /** False when somebody else has written meanwhile. */
  async #claim(): Promise<boolean> {
    const sentAt = this.#elapsed();
    const claim = claimOf(this.#view, { self: this.self, now: sentAt }, this.#heard);
    if (!claim) return true;
    const revision = await this.#store.write(LEASE_KEY, JSON.stringify(claim), this.#view.revision);
    if (revision === undefined) return false;
    this.#view = { revision, lease: claim, seenAt: sentAt, renewedAt: sentAt };
    return true;
  }
}
